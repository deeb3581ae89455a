//! One computation at a time on a thread of its own, with progress, cancelling and a result.
//!
//! Serves work that takes from a moment to a minute and that the window only waits for. A newer
//! request takes the place of an older one, whose result nobody wants any more.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};

use crate::train::worker::{Waker, panic_message};

/// The place where a computation runs and where its result lies.
pub struct Background<T> {
    waker: Waker,
    running: Option<Running<T>>,
    result: Option<Result<Arc<T>, String>>,
}

struct Running<T> {
    answer: Receiver<Result<Option<T>, String>>,
    progress: Arc<AtomicU32>,
    cancelled: Arc<AtomicBool>,
}

impl<T> std::fmt::Debug for Background<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Background")
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

/// How a computation says how far it is, and hears whether it should go on.
pub type Report<'a> = &'a dyn Fn(f32) -> ControlFlow<()>;

impl<T: Send + Sync + 'static> Background<T> {
    /// Nothing runs yet.
    pub const fn new(waker: Waker) -> Self {
        Self { waker, running: None, result: None }
    }

    /// Begins a computation; one that runs is given up. `None` as its result means that it was
    /// broken off.
    pub fn start(
        &mut self,
        work: impl FnOnce(Report<'_>) -> Result<Option<T>, String> + Send + 'static,
    ) {
        self.cancel();
        let (outbox, answer) = channel();
        let progress = Arc::new(AtomicU32::new(0));
        let cancelled = Arc::new(AtomicBool::new(false));
        let (share, stop, waker) =
            (Arc::clone(&progress), Arc::clone(&cancelled), Arc::clone(&self.waker));
        let body = move || {
            let report = |done: f32| {
                share.store(done.to_bits(), Ordering::Relaxed);
                waker();
                if stop.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            let answer = catch_unwind(AssertUnwindSafe(|| work(&report))).unwrap_or_else(|panic| {
                Err(format!("An error in Netsmith itself: {}.", panic_message(&*panic)))
            });
            // Nobody listens any more to a computation that was given up.
            outbox.send(answer).ok();
            waker();
        };
        match std::thread::Builder::new().name("netsmith-background".to_owned()).spawn(body) {
            Ok(_) => self.running = Some(Running { answer, progress, cancelled }),
            Err(error) => self.result = Some(Err(format!("The system gives no thread: {error}."))),
        }
    }

    /// Gives up what runs; an earlier result stays.
    pub fn cancel(&mut self) {
        if let Some(running) = self.running.take() {
            running.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Forgets the result and gives up what runs.
    pub fn clear(&mut self) {
        self.cancel();
        self.result = None;
    }

    /// Takes in a result that has arrived. To be called once a frame.
    pub fn update(&mut self) {
        let Some(running) = &self.running else { return };
        match running.answer.try_recv() {
            Ok(answer) => {
                self.running = None;
                if let Some(answer) = answer.map(|done| done.map(Arc::new)).transpose() {
                    self.result = Some(answer);
                }
            }
            Err(std::sync::mpsc::TryRecvError::Empty) => {}
            Err(std::sync::mpsc::TryRecvError::Disconnected) => self.running = None,
        }
    }

    /// The share that is done of what runs.
    pub fn progress(&self) -> Option<f32> {
        let running = self.running.as_ref()?;
        Some(f32::from_bits(running.progress.load(Ordering::Relaxed)))
    }

    /// The latest result, or why there is none.
    pub const fn result(&self) -> Option<&Result<Arc<T>, String>> {
        self.result.as_ref()
    }
}

impl<T> Drop for Background<T> {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.cancelled.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn wait<T: Send + Sync + 'static>(background: &mut Background<T>) {
        for _ in 0..2000 {
            background.update();
            if background.progress().is_none() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("no answer");
    }

    #[test]
    fn a_result_arrives_and_a_panic_becomes_words() {
        let mut background = Background::new(Arc::new(|| {}));
        background.start(|_| Ok(Some(7)));
        wait(&mut background);
        assert_eq!(background.result(), Some(&Ok(Arc::new(7))));
        background.start(|_| panic!("on purpose"));
        wait(&mut background);
        let error = background.result().unwrap().as_ref().unwrap_err();
        assert!(error.contains("on purpose"), "{error}");
    }

    #[test]
    fn what_is_cancelled_leaves_the_earlier_result() {
        let mut background = Background::new(Arc::new(|| {}));
        background.start(|_| Ok(Some(1)));
        wait(&mut background);
        background.start(|report| {
            while report(0.5).is_continue() {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(None)
        });
        background.cancel();
        background.update();
        assert_eq!(background.result(), Some(&Ok(Arc::new(1))));
        assert_eq!(background.progress(), None);
    }
}
