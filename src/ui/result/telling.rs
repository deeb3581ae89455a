//! Which two columns of a table tell most about the target: what the map shows first.

use crate::data::{InputKind, Samples, TargetEncoding, Values};

/// Rows that are looked at: enough for a first choice.
const ROWS: usize = 2000;

/// The two columns for the axes of the map: the one that tells most about the target by itself,
/// and the one that tells most together with the first. Points keep their own axes.
pub fn telling_columns(samples: &Samples) -> (usize, Option<usize>) {
    let count = samples.encoder.columns.len();
    if count < 2 {
        return (0, None);
    }
    let rows: Vec<usize> = samples.train.iter().take(ROWS).map(|&row| row as usize).collect();
    let target = target_values(samples, &rows);
    let (Some(target), true) = (target, samples.encoder.features.is_empty()) else {
        return (0, Some(1));
    };
    let columns: Vec<Option<Vec<f64>>> =
        (0..count).map(|column| numbers(samples, column, &rows)).collect();
    let scores = |explained: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        let score = |values: &Option<Vec<f64>>| values.as_deref().map_or(0.0, explained);
        columns.iter().map(score).collect()
    };
    let first = best(&scores(&|values| target.explained_by(values, None)));
    let Some(Some(known)) = columns.get(first) else { return (0, Some(1)) };
    let mut rest = scores(&|values| target.explained_by(known, Some(values)));
    if let Some(own) = rest.get_mut(first) {
        *own = f64::NEG_INFINITY;
    }
    (first, Some(best(&rest)))
}

fn best(scores: &[f64]) -> usize {
    let better = |best: usize, index: usize| {
        let score = |index: usize| scores.get(index).copied().unwrap_or(f64::NEG_INFINITY);
        if score(index) > score(best) { index } else { best }
    };
    (0..scores.len()).fold(0, better)
}

/// The values of a column of numbers; those missing are filled as for the network.
fn numbers(samples: &Samples, column: usize, rows: &[usize]) -> Option<Vec<f64>> {
    let input = samples.encoder.columns.get(column)?;
    let InputKind::Number { fill, .. } = &input.kind else { return None };
    let Values::Number(values) = &samples.table.column(&input.name)?.values else { return None };
    let value = |&row: &usize| values.get(row).copied().filter(|value| value.is_finite());
    Some(rows.iter().map(|row| value(row).unwrap_or(*fill)).collect())
}

/// The target of some rows.
enum Target {
    Number(Vec<f64>),
    Class(Vec<usize>, usize),
}

fn target_values(samples: &Samples, rows: &[usize]) -> Option<Target> {
    let target = &samples.encoder.target;
    let values = &samples.table.column(target.name())?.values;
    match (target, values) {
        (TargetEncoding::Number { .. }, Values::Number(values)) => {
            let value = |&row: &usize| values.get(row).copied().unwrap_or(0.0);
            Some(Target::Number(rows.iter().map(value).collect()))
        }
        (TargetEncoding::Classes { classes, .. }, _) => {
            let class = |&row: &usize| target.class_of(values, row).unwrap_or(0);
            Some(Target::Class(rows.iter().map(class).collect(), classes.len()))
        }
        _ => None,
    }
}

impl Target {
    /// Share of the variance that one or two columns and the target have in common: R² of a linear
    /// regression for a number; for classes one less Wilks' lambda, det(W)/det(T), with W the
    /// scatter of the columns within the classes and T all of their scatter (Wilks 1932). With one
    /// column that is the correlation ratio η².
    fn explained_by(&self, one: &[f64], other: Option<&[f64]>) -> f64 {
        let zeros;
        let other = if let Some(other) = other {
            other
        } else {
            zeros = vec![0.0; one.len()];
            &zeros
        };
        let all = Scatter::around(one, other, &[], 1);
        match self {
            Self::Number(target) => all.regression(one, other, target),
            Self::Class(classes, count) => {
                let (within, total) =
                    (Scatter::around(one, other, classes, *count).area(), all.area());
                if total > 0.0 { 1.0 - within / total } else { 0.0 }
            }
        }
    }
}

/// Sums of squares and products of two columns around their means.
struct Scatter {
    one: f64,
    other: f64,
    both: f64,
}

impl Scatter {
    /// Around the means of each class; without classes around the mean of all rows.
    fn around(one: &[f64], other: &[f64], classes: &[usize], count: usize) -> Self {
        let class = |row: usize| classes.get(row).copied().unwrap_or(0);
        let mut means = vec![(0.0, 0.0, 0.0); count.max(1)];
        for (row, (x, y)) in one.iter().zip(other).enumerate() {
            if let Some((sum_x, sum_y, rows)) = means.get_mut(class(row)) {
                *sum_x += x;
                *sum_y += y;
                *rows += 1.0;
            }
        }
        let mut scatter = Self { one: 0.0, other: 0.0, both: 0.0 };
        for (row, (x, y)) in one.iter().zip(other).enumerate() {
            let (sum_x, sum_y, rows) = means.get(class(row)).copied().unwrap_or((0.0, 0.0, 1.0));
            let (x, y) = (x - sum_x / rows, y - sum_y / rows);
            scatter.one += x * x;
            scatter.other += y * y;
            scatter.both += x * y;
        }
        scatter
    }

    /// The determinant; of the first column alone where the second does not vary or says the same.
    fn area(&self) -> f64 {
        let area = self.one * self.other - self.both * self.both;
        if self.is_flat() { self.one } else { area }
    }

    fn is_flat(&self) -> bool {
        let product = self.one * self.other;
        product <= 0.0 || product - self.both * self.both < 1e-6 * product
    }

    /// R² of the regression of `target` on both columns.
    fn regression(&self, one: &[f64], other: &[f64], target: &[f64]) -> f64 {
        let with_one = Self::around(one, target, &[], 1);
        let with_other = Self::around(other, target, &[], 1);
        let total = with_one.other;
        if total <= 0.0 || self.one <= 0.0 {
            return 0.0;
        }
        let (a, b) = (with_one.both, with_other.both);
        if self.is_flat() {
            return a * a / (self.one * total);
        }
        let explained = a * a * self.other - 2.0 * a * b * self.both + b * b * self.one;
        explained / (self.area() * total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Split, library_set};

    #[test]
    fn telling_columns_are_numbers_that_tell_the_classes_apart() {
        let samples = library_set("penguins").unwrap().prepare(&Split::default()).unwrap();
        let (x, y) = telling_columns(&samples);
        let name = |column: usize| samples.encoder.columns[column].name.as_str();
        assert_eq!(name(x), "flipper_length_mm");
        assert_eq!(name(y.unwrap()), "bill_length_mm");
    }

    #[test]
    fn what_classes_share_with_columns() {
        let apart = Target::Class(vec![0, 0, 1, 1], 2);
        assert!((apart.explained_by(&[1.0, 1.0, 5.0, 5.0], None) - 1.0).abs() < 1e-12);
        assert!(apart.explained_by(&[1.0, 5.0, 1.0, 5.0], None).abs() < 1e-12);
    }

    #[test]
    fn two_columns_explain_what_they_add_up_to() {
        let (one, other) = ([1.0, 2.0, 3.0, 4.0], [1.0, -1.0, 2.0, -3.0]);
        let sum: Vec<f64> = one.iter().zip(&other).map(|(x, y)| 2.0 * x + y).collect();
        let target = Target::Number(sum);
        assert!(target.explained_by(&one, None) < 0.99);
        assert!((target.explained_by(&one, Some(&other)) - 1.0).abs() < 1e-9);
        let alone = target.explained_by(&one, None);
        assert!((target.explained_by(&one, Some(&one)) - alone).abs() < 1e-9);
    }
}
