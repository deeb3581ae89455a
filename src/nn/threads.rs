//! Sharing large work between the processor's cores.
//!
//! The rule that keeps training repeatable: work is cut into pieces, each piece is computed from
//! beginning to end by whoever takes it, and no two pieces touch the same number. No sum is ever
//! split between threads, so the number of threads changes who computes a result and never its
//! bits.
//!
//! This file knows of pieces and threads, not of networks.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::available_parallelism;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// How many threads may share a large piece of work.
///
/// Only a number: the helping threads are started once for the whole program, when work is first
/// shared, and sleep in between. A program that never asks for a second thread never has one.
///
/// ```
/// use netsmith::nn::Threads;
///
/// let mut squares = vec![0.0_f32; 1000];
/// Threads::new(2).for_each(squares.chunks_mut(300).enumerate(), |(piece, squares)| {
///     for (offset, square) in squares.iter_mut().enumerate() {
///         *square = ((300 * piece + offset) as f32).powi(2);
///     }
/// });
/// assert_eq!(squares[999], 999.0 * 999.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threads(usize);

impl Threads {
    /// Only the thread that asks.
    pub const ONE: Self = Self(1);

    /// Up to `count` threads, the calling one included; 0 counts as 1. More threads than the
    /// machine runs at once are never used.
    pub fn new(count: usize) -> Self {
        Self(count.max(1))
    }

    /// As many threads as the machine runs at once.
    pub fn available() -> Self {
        Self::new(available_parallelism().map_or(1, usize::from))
    }

    /// How many threads these are, the calling one included.
    pub fn count(self) -> usize {
        self.0
    }

    /// Does `work` on each of the `pieces`, and returns when all are done.
    ///
    /// Every thread takes the next piece when it has finished the last, so a thread that is held
    /// up takes fewer. Sharing costs about 15 microseconds: the work as a whole should take much
    /// longer, and there should be a few pieces for each thread.
    ///
    /// # Panics
    /// If `work` panics.
    pub fn for_each<Pieces, Work>(self, pieces: Pieces, work: Work)
    where
        Pieces: Iterator<Item: Send> + Send,
        Work: Fn(Pieces::Item) + Sync,
    {
        let Some(helpers) = (self.0 > 1).then(helpers).flatten() else {
            return pieces.for_each(work);
        };
        let pieces = Mutex::new(pieces);
        let take_pieces = || {
            while let Some(piece) = next(&pieces) {
                work(piece);
            }
        };
        helpers.in_place_scope(|scope| {
            for _ in 0..helpers.current_num_threads().min(self.0 - 1) {
                scope.spawn(|_| take_pieces());
            }
            take_pieces();
        });
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}

/// The next piece. A function of its own, so that the lock is released before the work begins.
fn next<Pieces: Iterator>(pieces: &Mutex<Pieces>) -> Option<Pieces::Item> {
    pieces.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// The program's helping threads: one for each core but the caller's, at least one. None if the
/// system gives no threads; then the caller does all the work.
fn helpers() -> Option<&'static ThreadPool> {
    static HELPERS: OnceLock<Option<ThreadPool>> = OnceLock::new();
    HELPERS
        .get_or_init(|| {
            ThreadPoolBuilder::new()
                .num_threads(Threads::available().count().saturating_sub(1).max(1))
                .thread_name(|index| format!("netsmith-helper-{index}"))
                .build()
                .ok()
        })
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn every_piece_is_done_once() {
        for threads in [0, 1, 2, 3, 100] {
            let mut counts = vec![0_u8; 1_001];
            let calls = AtomicUsize::new(0);
            Threads::new(threads).for_each(counts.chunks_mut(10), |piece| {
                calls.fetch_add(1, Ordering::Relaxed);
                for count in piece {
                    *count += 1;
                }
            });
            assert_eq!(calls.into_inner(), 101);
            assert!(counts.iter().all(|&count| count == 1));
        }
    }

    #[test]
    fn no_pieces_are_no_work() {
        Threads::new(2).for_each(std::iter::empty::<u8>(), |_| panic!("there is no piece"));
    }

    #[test]
    fn shared_work_may_share_again() {
        let calls = AtomicUsize::new(0);
        Threads::new(2).for_each(0..4, |_| {
            Threads::new(2).for_each(0..4, |_| {
                calls.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(calls.into_inner(), 16);
    }

    #[test]
    #[should_panic(expected = "piece 7")]
    fn a_panic_reaches_the_caller() {
        Threads::new(2).for_each(0..10, |piece| assert!(piece != 7, "piece {piece}"));
    }
}
