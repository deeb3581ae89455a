//! Sharing a result of a few rows between threads: some columns of every row at a time.

use super::LANES;

/// Columns that a thread computes at a time.
const COLUMNS: usize = 4 * LANES;

/// Hands out columns of a result from both ends, with the number of the first.
pub(super) struct Columns<'a, const S: usize, T> {
    pub(super) rows: [&'a mut [T]; S],
    pub(super) first: usize,
}

impl<const S: usize, T> Columns<'_, S, T> {
    fn left(&self) -> usize {
        self.rows.first().map_or(0, |row| row.len())
    }
}

impl<'a, const S: usize, T> Iterator for Columns<'a, S, T> {
    type Item = (usize, [&'a mut [T]; S]);

    fn next(&mut self) -> Option<Self::Item> {
        let count = self.left().min(COLUMNS);
        let first = self.first;
        self.first += count;
        let columns =
            self.rows.each_mut().map(|row| row.split_off_mut(..count).unwrap_or_default());
        (count > 0).then_some((first, columns))
    }
}

impl<const S: usize, T> DoubleEndedIterator for Columns<'_, S, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let left = self.left();
        let begin = left.checked_sub(1)? / COLUMNS * COLUMNS;
        let columns =
            self.rows.each_mut().map(|row| row.split_off_mut(begin..).unwrap_or_default());
        Some((self.first + begin, columns))
    }
}
