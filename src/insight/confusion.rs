//! The confusion matrix: which class is taken for which.

use super::map::outputs_of;
use super::pass::Pass;
use crate::experiment::Prepared;
use crate::train::metrics::class_of;

/// Counts of rows by actual and predicted class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Names of the classes.
    pub classes: Vec<String>,
    /// `counts[actual][predicted]`.
    pub counts: Vec<Vec<u32>>,
}

impl Confusion {
    /// No rows yet.
    pub fn new(classes: &[String]) -> Self {
        Self { classes: classes.to_vec(), counts: vec![vec![0; classes.len()]; classes.len()] }
    }

    /// Counts one row.
    pub fn add(&mut self, actual: usize, predicted: usize) {
        if let Some(count) = self.counts.get_mut(actual).and_then(|row| row.get_mut(predicted)) {
            *count += 1;
        }
    }

    /// Rows of a class.
    pub fn actual(&self, class: usize) -> u32 {
        self.counts.get(class).map_or(0, |row| row.iter().sum())
    }

    /// Rows taken for a class.
    pub fn predicted(&self, class: usize) -> u32 {
        self.counts.iter().filter_map(|row| row.get(class)).sum()
    }

    /// Rows of a class taken for it.
    pub fn right(&self, class: usize) -> u32 {
        self.counts.get(class).and_then(|row| row.get(class)).copied().unwrap_or(0)
    }

    /// Of the rows of a class, the share that is found; `None` without rows.
    pub fn recall(&self, class: usize) -> Option<f64> {
        share(self.right(class), self.actual(class))
    }

    /// Of the rows taken for a class, the share that is of it; `None` without rows.
    pub fn precision(&self, class: usize) -> Option<f64> {
        share(self.right(class), self.predicted(class))
    }

    /// Share of the rows that are right; `None` without rows.
    pub fn accuracy(&self) -> Option<f64> {
        let right = (0..self.classes.len()).map(|class| self.right(class)).sum();
        share(right, self.counts.iter().flatten().sum())
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// The predicted class of every row, in the order of the samples.
pub fn predicted_classes(prepared: &Prepared, parameters: &[f32], pass: &mut Pass) -> Vec<u16> {
    let mut classes = Vec::with_capacity(prepared.samples.inputs.nrows());
    let inputs = prepared.samples.inputs.as_slice().unwrap_or(&[]);
    pass.run(&prepared.network, parameters, inputs, |_, workspace| {
        classes
            .extend((0..workspace.batch()).map(|row| class_of(outputs_of(workspace, row)) as u16));
    });
    classes
}

/// The class each row really has.
pub fn actual_class(prepared: &Prepared, row: usize) -> usize {
    class_of(prepared.samples.targets.row(row).iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_and_recall_by_hand() {
        let mut matrix = Confusion::new(&["a".into(), "b".into()]);
        for (actual, predicted, times) in [(0, 0, 6), (0, 1, 2), (1, 0, 1), (1, 1, 1)] {
            (0..times).for_each(|_| matrix.add(actual, predicted));
        }
        assert_eq!(matrix.recall(0), Some(0.75));
        assert_eq!(matrix.precision(0), Some(6.0 / 7.0));
        assert_eq!(matrix.accuracy(), Some(0.7));
        assert_eq!(Confusion::new(&[]).accuracy(), None);
    }
}
