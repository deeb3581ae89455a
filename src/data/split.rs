//! Dividing the rows into a training part and a validation part.
//!
//! Shuffled, so that sorted files do no harm, and stratified: each class is divided in
//! the same proportion, so that a rare class is not left out of either part by chance.

use super::DataError;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// How to divide.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Share of the rows to train on, 0…1. Each part gets at least one row; with 1 all rows are
    /// trained on, and the validation part is empty.
    pub train_share: f64,
    /// The same seed divides the same rows in the same way.
    pub seed: u64,
}

impl Default for Split {
    /// Half and half, as in the TensorFlow Playground; seed 1.
    fn default() -> Self {
        Self { train_share: 0.5, seed: 1 }
    }
}

/// The two parts, as row numbers in random order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Rows to train on.
    pub train: Vec<u32>,
    /// Rows to test on.
    pub validation: Vec<u32>,
}

impl Split {
    /// Divides the rows `0..rows`; with `classes` (one number a row) class by class.
    ///
    /// The training part has `round(train_share · rows)` rows, classes share them in
    /// proportion by largest remainder, and a class gets its first row for training as
    /// long as there are enough to go round.
    ///
    /// # Errors
    /// [`DataError::TooFewRows`] below two rows.
    pub fn divide(&self, rows: usize, classes: Option<&[u32]>) -> Result<Parts, DataError> {
        if rows < 2 {
            return Err(DataError::TooFewRows { found: rows });
        }
        let wanted = (self.train_share * rows as f64).round() as usize;
        let most = if self.train_share >= 1.0 { rows } else { rows - 1 };
        let wanted = wanted.clamp(1, most);
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut groups = group(rows, classes);
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let quotas = quotas(&sizes, wanted);
        let mut parts = Parts {
            train: Vec::with_capacity(wanted),
            validation: Vec::with_capacity(rows - wanted),
        };
        for (rows, quota) in groups.iter_mut().zip(quotas) {
            rows.shuffle(&mut rng);
            let (train, validation) = rows.split_at(quota.min(rows.len()));
            parts.train.extend_from_slice(train);
            parts.validation.extend_from_slice(validation);
        }
        // The groups lie one after the other; mix them.
        parts.train.shuffle(&mut rng);
        parts.validation.shuffle(&mut rng);
        Ok(parts)
    }
}

/// The rows of each class, classes in ascending order.
fn group(rows: usize, classes: Option<&[u32]>) -> Vec<Vec<u32>> {
    let Some(classes) = classes else {
        return vec![(0..rows as u32).collect()];
    };
    let mut groups = std::collections::BTreeMap::<u32, Vec<u32>>::new();
    for row in 0..rows {
        let class = classes.get(row).copied().unwrap_or(u32::MAX);
        groups.entry(class).or_default().push(row as u32);
    }
    groups.into_values().collect()
}

/// How many of each group to train on; sums to `wanted`.
fn quotas(sizes: &[usize], wanted: usize) -> Vec<usize> {
    let all: usize = sizes.iter().sum();
    // size · wanted / all, whole part now, the largest remainders after it.
    let mut quotas: Vec<usize> = sizes.iter().map(|size| size * wanted / all.max(1)).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    let remainder = |index: &usize| sizes.get(*index).map_or(0, |size| size * wanted % all.max(1));
    order.sort_by_key(|index| (std::cmp::Reverse(remainder(index)), *index));
    let mut left = wanted - quotas.iter().sum::<usize>();
    for index in order {
        if left == 0 {
            break;
        }
        if let Some(quota) = quotas.get_mut(index) {
            *quota += 1;
            left -= 1;
        }
    }
    // A class that training never sees cannot be learnt: the richest class gives one up.
    while let Some(poor) = quotas.iter().position(|&quota| quota == 0) {
        let richest = (0..quotas.len()).max_by_key(|&index| quotas.get(index));
        let Some(rich) = richest.and_then(|index| quotas.get_mut(index)).filter(|q| **q > 1) else {
            break;
        };
        *rich -= 1;
        if let Some(quota) = quotas.get_mut(poor) {
            *quota = 1;
        }
    }
    quotas
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotas_follow_the_sizes() {
        assert_eq!(quotas(&[50, 50, 50], 75), [25, 25, 25]);
        assert_eq!(quotas(&[152, 68, 124], 172), [76, 34, 62]);
        assert_eq!(quotas(&[100, 1], 50), [49, 1]);
        assert_eq!(quotas(&[1, 1, 1], 2).iter().sum::<usize>(), 2);
    }

    proptest! {
        #[test]
        fn every_row_is_in_one_part(
            classes in prop::collection::vec(0_u32..5, 2..200),
            train_share in -0.5_f64..1.5,
            seed: u64,
            stratify: bool,
        ) {
            let split = Split { train_share, seed };
            let classes_given = stratify.then_some(classes.as_slice());
            let parts = split.divide(classes.len(), classes_given).unwrap();
            prop_assert!(!parts.train.is_empty());
            prop_assert_eq!(parts.validation.is_empty(), train_share >= 1.0);
            let mut all: Vec<u32> = parts.train.iter().chain(&parts.validation).copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..classes.len() as u32).collect::<Vec<_>>());
            prop_assert_eq!(&parts, &split.divide(classes.len(), classes_given).unwrap());
            let wanted = (train_share * classes.len() as f64).round() as usize;
            let most = classes.len() - usize::from(train_share < 1.0);
            prop_assert_eq!(parts.train.len(), wanted.clamp(1, most));
        }

        #[test]
        fn classes_keep_their_share(sizes in prop::collection::vec(4_usize..60, 2..6), seed: u64) {
            let classes: Vec<u32> = sizes.iter().enumerate()
                .flat_map(|(class, &size)| std::iter::repeat_n(class as u32, size)).collect();
            let parts = Split { train_share: 0.5, seed }.divide(classes.len(), Some(&classes)).unwrap();
            for (class, &size) in sizes.iter().enumerate() {
                let trained = parts.train.iter().filter(|&&row| classes[row as usize] == class as u32).count();
                prop_assert!((trained as f64 - size as f64 / 2.0).abs() <= 1.0);
            }
        }
    }
}
