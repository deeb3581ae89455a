//! Choosing what to predict: which column, and whether it is classes or a number.

use super::DataError;
use super::encoder::{TargetEncoding, TaskKind};
use super::table::{Column, Table, Values};

/// Whole numbers are taken as classes without asking up to this many different ones.
const FEW: usize = 10;

/// Numbers can be classes on demand up to this many different ones.
const MOST_NUMBER_CLASSES: usize = 20;

/// Words can be classes up to this many different ones.
const MOST_WORD_CLASSES: usize = 1000;

/// Fewer rows a class than this, and whole numbers are rather counts than classes.
const ROWS_PER_CLASS: usize = 5;

/// The last column that can be a target: no text, and more than one value.
pub fn default_target(table: &Table) -> Option<&Column> {
    let varied = |column: &&Column| match &column.values {
        Values::Number(_) => distinct_numbers(&column.values, 1).is_none(),
        Values::Category { .. } => used_levels(&column.values).len() > 1,
        Values::Text(_) => false,
    };
    table.columns.iter().rev().find(varied)
}

/// What a target column asks for when nobody says it.
///
/// Words are classes. Numbers are classes when there are two different whole ones, or at
/// most ten that count up without a gap from 0 or 1 with at least five rows each: the
/// digits 0 … 9 are classes, a count of cylinders (3, 4, 5, 6, 8) is a number.
pub fn guess_task(values: &Values) -> TaskKind {
    let Values::Number(numbers) = values else {
        return TaskKind::Classification;
    };
    let Some(distinct) = distinct_numbers(values, FEW) else {
        return TaskKind::Regression;
    };
    let whole = distinct.iter().all(|x| x.fract() == 0.0);
    let first = distinct.first().copied().unwrap_or(0.0);
    let steps = distinct.iter().zip(0_u8..);
    let counting = [0.0, 1.0].contains(&first)
        && steps.into_iter().all(|(x, step)| x - first - f64::from(step) == 0.0);
    let often = || {
        let rows = |class: f64| numbers.iter().filter(|x| *x - class == 0.0).count();
        distinct.iter().all(|class| rows(*class) >= ROWS_PER_CLASS)
    };
    if whole && (distinct.len() == 2 || (counting && often())) {
        TaskKind::Classification
    } else {
        TaskKind::Regression
    }
}

/// The encoding of a target: its classes, or a number whose scale is not known yet.
pub(super) fn encoding(column: &Column, task: TaskKind) -> Result<TargetEncoding, DataError> {
    let name = column.name.clone();
    let present = column.values.len() - column.values.missing();
    if present == 0 {
        return Err(DataError::TargetMissing { column: name });
    }
    if task == TaskKind::Regression {
        let Values::Number(_) = &column.values else {
            let example = (0..column.values.len()).find_map(|row| column.values.word(row));
            let example = example.unwrap_or_default().to_owned();
            return Err(DataError::TargetNotNumeric { column: name, example });
        };
        let (mean, scale) = (0.0, 1.0);
        return Ok(TargetEncoding::Number { name, mean, scale });
    }
    let classes = classes(column)?;
    if let [class] = classes.as_slice() {
        return Err(DataError::OneClass { column: name, class: class.clone() });
    }
    Ok(TargetEncoding::Classes { name, classes })
}

/// The classes of a column in order: the levels that occur, or the numbers, ascending.
fn classes(column: &Column) -> Result<Vec<String>, DataError> {
    let too_many =
        |found, limit| DataError::TooManyClasses { column: column.name.clone(), found, limit };
    match &column.values {
        Values::Number(numbers) => {
            let few = distinct_numbers(&column.values, MOST_NUMBER_CLASSES);
            let few = few.ok_or_else(|| {
                let all = distinct_numbers(&column.values, numbers.len());
                too_many(all.map_or(numbers.len(), |all| all.len()), MOST_NUMBER_CLASSES)
            })?;
            Ok(few.iter().map(ToString::to_string).collect())
        }
        Values::Category { .. } => {
            let used = used_levels(&column.values);
            if used.len() > MOST_WORD_CLASSES {
                return Err(too_many(used.len(), MOST_WORD_CLASSES));
            }
            Ok(used)
        }
        Values::Text(texts) => {
            let mut distinct: Vec<&str> = texts.iter().filter(|text| !text.is_empty()).collect();
            distinct.sort_unstable();
            distinct.dedup();
            Err(DataError::TargetIsText {
                column: column.name.clone(),
                distinct: distinct.len(),
                rows: texts.len(),
            })
        }
    }
}

/// The different numbers of a column, ascending; `None` when there are more than `most`.
fn distinct_numbers(values: &Values, most: usize) -> Option<Vec<f64>> {
    let Values::Number(numbers) = values else {
        return None;
    };
    let mut distinct: Vec<f64> = Vec::new();
    for &x in numbers.iter().filter(|x| !x.is_nan()) {
        // −0 and 0 are one class.
        let x = x + 0.0;
        if let Err(place) = distinct.binary_search_by(|other| other.total_cmp(&x)) {
            if distinct.len() == most {
                return None;
            }
            distinct.insert(place, x);
        }
    }
    Some(distinct)
}

/// The levels that occur in at least one row.
fn used_levels(values: &Values) -> Vec<String> {
    let Values::Category { levels, codes } = values else {
        return Vec::new();
    };
    let mut used = vec![false; levels.len()];
    for &code in codes {
        if let Some(seen) = used.get_mut(code as usize) {
            *seen = true;
        }
    }
    let kept = levels.iter().zip(used).filter(|(_, used)| *used);
    kept.map(|(level, _)| level.clone()).collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    fn repeated(numbers: &[f64], times: usize) -> Values {
        Values::Number(numbers.iter().copied().cycle().take(numbers.len() * times).collect())
    }

    #[test]
    fn whole_numbers_that_count_are_classes() {
        let digits: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(guess_task(&repeated(&digits, 5)), TaskKind::Classification);
        assert_eq!(guess_task(&repeated(&digits, 4)), TaskKind::Regression);
        assert_eq!(guess_task(&repeated(&[-1.0, 1.0], 1)), TaskKind::Classification);
        assert_eq!(guess_task(&repeated(&[3.0, 4.0, 5.0, 6.0, 8.0], 50)), TaskKind::Regression);
        assert_eq!(guess_task(&repeated(&[0.5, 1.0], 50)), TaskKind::Regression);
        let eleven: Vec<f64> = (0..11).map(f64::from).collect();
        assert_eq!(guess_task(&repeated(&eleven, 50)), TaskKind::Regression);
    }

    #[test]
    fn classes_on_demand() {
        let grades = Column::new("grade", repeated(&[1.0, 1.5, 2.0], 2));
        let target = encoding(&grades, TaskKind::Classification).unwrap();
        assert_eq!(target.classes(), ["1", "1.5", "2"]);
        let many: Vec<f64> = (0..30).map(f64::from).collect();
        let many = Column::new("n", Values::Number(many));
        assert_eq!(
            encoding(&many, TaskKind::Classification),
            Err(DataError::TooManyClasses { column: "n".into(), found: 30, limit: 20 })
        );
    }

    #[test]
    fn what_cannot_be_a_target() {
        let one = Column::new("c", Values::category(&["a", "a"]));
        assert!(matches!(
            encoding(&one, TaskKind::Classification),
            Err(DataError::OneClass { .. })
        ));
        assert!(matches!(
            encoding(&one, TaskKind::Regression),
            Err(DataError::TargetNotNumeric { .. })
        ));
        let none = Column::new("c", Values::Number(vec![f64::NAN]));
        assert!(matches!(
            encoding(&none, TaskKind::Regression),
            Err(DataError::TargetMissing { .. })
        ));
        let text = Column::new("c", Values::Text(["x", "y"].iter().collect()));
        assert!(matches!(
            encoding(&text, TaskKind::Classification),
            Err(DataError::TargetIsText { .. })
        ));
    }
}
