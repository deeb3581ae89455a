//! Sharing large work between the processor's cores.
//!
//! The rule that keeps training repeatable: work is cut into pieces, each piece is computed from
//! beginning to end by whoever takes it, and no two pieces touch the same number. No sum is ever
//! split between threads, so the number of threads changes who computes a result and never its
//! bits.
//!
//! A step of training has a dozen places worth sharing, some of them 20 microseconds long, and
//! waking a sleeping thread costs about as much. So threads are [gathered](Threads::together) once
//! for many steps; while gathered they stay awake, and handing over a piece costs about one
//! microsecond.
//!
//! This file knows of pieces and threads, not of networks.

use std::collections::BTreeMap;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use rayon::{ThreadPool, ThreadPoolBuilder, Yield};

/// How many threads may share a large piece of work.
///
/// Only a number: the threads behind it are started once for the whole program, when they are
/// first gathered, and sleep in between.
///
/// ```
/// use netsmith::threads::Threads;
///
/// let mut squares = vec![0.0_f32; 1000];
/// let threads = Threads::new(2);
/// threads.together(|| {
///     threads.for_each(squares.chunks_mut(300).enumerate(), |(piece, squares)| {
///         for (offset, square) in squares.iter_mut().enumerate() {
///             *square = ((300 * piece + offset) as f32).powi(2);
///         }
///     });
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

    /// The threads that are [gathered](Threads::together) around the calling one.
    pub fn gathered() -> Self {
        if is_gathered() { Self::new(rayon::current_num_threads()) } else { Self::ONE }
    }

    /// How many threads these are, the calling one included.
    pub fn count(self) -> usize {
        self.0
    }

    /// How many of these [`together`](Threads::together) really gathers: no more than the machine
    /// runs at once, but two in any case.
    pub fn gathering(self) -> usize {
        self.0.min(Self::available().0.max(2))
    }

    /// Does `work` with these threads gathered: all of them awake until it is done, so that
    /// [`for_each`](Threads::for_each) within can share small pieces. The caller waits meanwhile
    /// and one of the threads does its work.
    ///
    /// Gathering costs tens of microseconds and keeps the cores busy: do it for milliseconds of
    /// work that shares often. Within `together`, another `together` changes nothing.
    ///
    /// # Panics
    /// If `work` panics.
    pub fn together<R: Send>(self, work: impl FnOnce() -> R + Send) -> R {
        if self == Self::ONE || is_gathered() {
            return work();
        }
        let Some(crew) = crew(self.0) else { return work() };
        crew.install(|| {
            let done = AtomicBool::new(false);
            let me = rayon::current_thread_index();
            rayon::scope(|scope| {
                scope.spawn_broadcast(|_, member| {
                    // The worker itself finds this task while it waits for others; it has no time.
                    if Some(member.index()) != me {
                        stay_awake(&done);
                    }
                });
                let _release = Release(&done);
                work()
            })
        })
    }

    /// Does `work` on each of the `pieces`, and returns when all are done. Shares them if the
    /// threads are [gathered](Threads::together); otherwise the calling thread does them all.
    ///
    /// Every thread takes the next piece when it has finished the last, so a thread that is held
    /// up takes fewer. The calling thread begins at the front and the others at the back: so each
    /// finds about the same rows of a matrix in its own cache, step after step. Sharing costs about
    /// a microsecond: the work as a whole should take much longer, and there should be a few
    /// pieces for each thread.
    ///
    /// # Panics
    /// If `work` panics.
    pub fn for_each<Pieces, Work>(self, pieces: Pieces, work: Work)
    where
        Pieces: DoubleEndedIterator<Item: Send> + Send,
        Work: Fn(Pieces::Item) + Sync,
    {
        if self == Self::ONE || !is_gathered() {
            return pieces.for_each(work);
        }
        let queue = Queue::new(pieces);
        let from_front = || {
            while let Some(piece) = queue.first() {
                work(piece);
                queue.finish();
            }
            queue.await_last();
        };
        let from_back = || {
            while let Some(piece) = queue.last() {
                work(piece);
                queue.finish();
            }
        };
        let helpers = self.0.min(rayon::current_num_threads()) - 1;
        rayon::join(from_front, || side_by_side(helpers, &from_back));
    }
}

/// How often the calling thread looks whether the others have finished their last pieces before it
/// lets the operating system put it to sleep: about a tenth of a millisecond.
const PATIENCE: usize = 5_000;

/// Pieces of work, and how many of them have been begun and finished.
struct Queue<Pieces> {
    pieces: Mutex<Pieces>,
    begun: AtomicUsize,
    finished: AtomicUsize,
}

impl<Pieces: DoubleEndedIterator> Queue<Pieces> {
    fn new(pieces: Pieces) -> Self {
        let (begun, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { pieces: Mutex::new(pieces), begun, finished }
    }

    /// The first piece left.
    fn first(&self) -> Option<Pieces::Item> {
        self.take(Pieces::next)
    }

    /// The last piece left.
    fn last(&self) -> Option<Pieces::Item> {
        self.take(Pieces::next_back)
    }

    /// A piece. The lock is released before the work on it begins.
    fn take(&self, take: impl Fn(&mut Pieces) -> Option<Pieces::Item>) -> Option<Pieces::Item> {
        let piece = take(&mut self.pieces.lock().unwrap_or_else(PoisonError::into_inner))?;
        self.begun.fetch_add(1, Ordering::Relaxed);
        Some(piece)
    }

    /// A piece is done.
    fn finish(&self) {
        self.finished.fetch_add(1, Ordering::Release);
    }

    /// Waits a little for the others' last pieces, without going to sleep: waking up takes longer
    /// than most pieces.
    fn await_last(&self) {
        for _ in 0..PATIENCE {
            if self.finished.load(Ordering::Acquire) >= self.begun.load(Ordering::Relaxed) {
                return;
            }
            spin_loop();
        }
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}

/// Whether this is one of several threads that [`Threads::together`] has gathered.
fn is_gathered() -> bool {
    rayon::current_thread_index().is_some()
}

/// Lets `count` threads do the same work, as far as they have the time.
fn side_by_side(count: usize, work: &(impl Fn() + Sync)) {
    if count <= 1 {
        work();
    } else {
        rayon::join(work, || side_by_side(count - 1, work));
    }
}

/// Looks for shared work, again and again, until all is done.
fn stay_awake(done: &AtomicBool) {
    while !done.load(Ordering::Acquire) {
        if rayon::yield_now() != Some(Yield::Executed) {
            // A short pause: looking all the time would slow down the thread that is looked at.
            for _ in 0..8 {
                spin_loop();
            }
        }
    }
}

/// Releases the gathered threads when the work is over, also when it ends in a panic.
struct Release<'a>(&'a AtomicBool);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The program's threads for work that so many share, as far as the machine has them. None if the
/// system gives no threads; then the caller does all the work.
fn crew(count: usize) -> Option<Arc<ThreadPool>> {
    static CREWS: Mutex<BTreeMap<usize, Option<Arc<ThreadPool>>>> = Mutex::new(BTreeMap::new());
    let count = Threads::new(count).gathering();
    let mut crews = CREWS.lock().unwrap_or_else(PoisonError::into_inner);
    let start = || {
        let name = |index| format!("netsmith-crew-{index}");
        ThreadPoolBuilder::new().num_threads(count).thread_name(name).build().ok().map(Arc::new)
    };
    crews.entry(count).or_insert_with(start).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once() {
        for threads in [0, 1, 2, 3, 100].map(Threads::new) {
            let mut counts = vec![0_u8; 1_001];
            let calls = AtomicUsize::new(0);
            let share = |counts: &mut Vec<u8>| {
                threads.for_each(counts.chunks_mut(10), |piece| {
                    calls.fetch_add(1, Ordering::Relaxed);
                    for count in piece {
                        *count += 1;
                    }
                });
            };
            threads.together(|| share(&mut counts));
            share(&mut counts);
            assert_eq!(calls.into_inner(), 202);
            assert!(counts.iter().all(|&count| count == 2));
        }
    }

    #[test]
    fn no_pieces_are_no_work() {
        let threads = Threads::new(2);
        threads.together(|| {
            threads.for_each(std::iter::empty::<u8>(), |_| panic!("there is no piece"));
        });
    }

    #[test]
    fn shared_work_may_share_again() {
        let calls = AtomicUsize::new(0);
        let threads = Threads::new(2);
        threads.together(|| {
            threads.for_each(0..4, |_| {
                threads.together(|| {
                    threads.for_each(0..4, |_| {
                        calls.fetch_add(1, Ordering::Relaxed);
                    });
                });
            });
        });
        assert_eq!(calls.into_inner(), 16);
    }

    #[test]
    fn several_may_gather_at_once() {
        let total = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let threads = Threads::new(2);
                        threads.together(|| {
                            threads.for_each(0..50, |piece| {
                                total.fetch_add(piece, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(total.into_inner(), 4 * 20 * (0..50).sum::<usize>());
    }

    #[test]
    #[should_panic(expected = "piece 7")]
    fn a_panic_reaches_the_caller() {
        let threads = Threads::new(2);
        threads.together(|| threads.for_each(0..10, |piece| assert!(piece != 7, "piece {piece}")));
    }
}
