//! The trainer's thread: takes commands, trains in short slices, publishes what there is to see.
//!
//! Three ways lead in and out, and no lock is held while working:
//! * commands come in through a channel and are looked at between slices;
//! * the latest [`Snapshot`] lies in a slot that the reader empties when it likes (an older one is
//!   simply replaced);
//! * events that must arrive (a run ended, something failed) have a channel of their own.
//!
//! Whoever owns the worker hands in a closure that wakes it when there is something new. `message`
//! has what goes in and out, `thread` what is done there, `rate` how fast that is.

mod message;
mod rate;
mod thread;

use std::any::Any;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwapOption;

pub use message::{Pace, Snapshot, Status, TrainCommand, TrainEvent};

use thread::Worker;

/// What wakes the reader up.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// A trainer on a thread of its own. Dropping it ends the thread.
#[derive(Debug)]
pub struct TrainWorker {
    commands: Option<Sender<TrainCommand>>,
    events: Receiver<TrainEvent>,
    latest: Arc<ArcSwapOption<Snapshot>>,
    thread: Option<JoinHandle<()>>,
}

impl TrainWorker {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(waker: Waker) -> std::io::Result<Self> {
        let (commands, inbox) = channel();
        let (outbox, events) = channel();
        let latest = Arc::new(ArcSwapOption::empty());
        let worker = Worker::new(inbox, outbox, Arc::clone(&latest), waker);
        let thread = std::thread::Builder::new()
            .name("netsmith-trainer".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self { commands: Some(commands), events, latest, thread: Some(thread) })
    }

    /// Sends a command. Returns whether the thread is there to take it.
    pub fn send(&self, command: TrainCommand) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.send(command).is_ok())
    }

    /// The latest snapshot; `None` while nothing is loaded.
    pub fn latest(&self) -> Option<Arc<Snapshot>> {
        self.latest.load_full()
    }

    /// The events since the last call.
    pub fn events(&self) -> Vec<TrainEvent> {
        self.events.try_iter().collect()
    }

    /// Waits for the next event, at most so long.
    pub fn wait_event(&self, timeout: Duration) -> Option<TrainEvent> {
        self.events.recv_timeout(timeout).ok()
    }
}

impl Drop for TrainWorker {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic was already reported as an event.
            thread.join().ok();
        }
    }
}

/// The text of a panic.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown".to_owned())
}
