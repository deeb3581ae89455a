//! Which two columns of a table tell most about the target: what the map shows first.

use crate::data::{InputKind, Samples, TargetEncoding, Values};

/// Rows that are looked at: enough for a first choice.
const ROWS: usize = 2000;

/// The two columns for the axes of the map: the one that tells most about the target by itself,
/// and the one that tells most of what the first does not. Points keep their own axes.
pub fn telling_columns(samples: &Samples) -> (usize, Option<usize>) {
    let count = samples.encoder.columns.len();
    if count < 2 {
        return (0, None);
    }
    if !samples.encoder.features.is_empty() {
        return (0, Some(1));
    }
    let rows: Vec<usize> = samples.train.iter().take(ROWS).map(|&row| row as usize).collect();
    let Some(target) = target_values(samples, &rows) else {
        return (0, Some(1));
    };
    let columns: Vec<Option<Vec<f64>>> =
        (0..count).map(|column| numbers(samples, column, &rows)).collect();
    let scores: Vec<f64> = columns
        .iter()
        .map(|values| values.as_deref().map_or(0.0, |values| target.explained_by(values)))
        .collect();
    let first = best(&scores);
    let rest: Vec<f64> = scores
        .iter()
        .zip(&columns)
        .enumerate()
        .map(|(index, (score, values))| match (values, columns.get(first)) {
            _ if index == first => -1.0,
            (Some(values), Some(Some(first))) => score * (1.0 - squared_correlation(values, first)),
            _ => 0.0,
        })
        .collect();
    let second = best(&rest);
    (first, Some(if second == first { usize::from(first == 0) } else { second }))
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
    /// Share of variance that a column and the target have in common: r² for a number, the
    /// correlation ratio η² (variance between classes over all variance) for classes.
    fn explained_by(&self, values: &[f64]) -> f64 {
        match self {
            Self::Number(target) => squared_correlation(values, target),
            Self::Class(classes, count) => correlation_ratio(values, classes, *count),
        }
    }
}

fn correlation_ratio(values: &[f64], classes: &[usize], count: usize) -> f64 {
    let mut sums = vec![(0.0, 0.0); count];
    for (value, &class) in values.iter().zip(classes) {
        if let Some((sum, rows)) = sums.get_mut(class) {
            *sum += value;
            *rows += 1.0;
        }
    }
    let mean = mean(values);
    let total: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let between: f64 = sums
        .iter()
        .filter(|(_, rows)| *rows > 0.0)
        .map(|(sum, rows)| rows * (sum / rows - mean).powi(2))
        .sum();
    if total > 0.0 { between / total } else { 0.0 }
}

fn squared_correlation(one: &[f64], other: &[f64]) -> f64 {
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (mut both, mut of_one, mut of_other) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(other) {
        let (x, y) = (x - mean_one, y - mean_other);
        both += x * y;
        of_one += x * x;
        of_other += y * y;
    }
    let product = of_one * of_other;
    if product > 0.0 { both * both / product } else { 0.0 }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
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
    fn the_correlation_ratio_of_separate_classes_is_one() {
        let ratio = correlation_ratio(&[1.0, 1.0, 5.0, 5.0], &[0, 0, 1, 1], 2);
        assert!((ratio - 1.0).abs() < 1e-12);
        let nothing = correlation_ratio(&[1.0, 5.0, 1.0, 5.0], &[0, 0, 1, 1], 2);
        assert!(nothing.abs() < 1e-12);
    }
}
