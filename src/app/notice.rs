//! Short messages at the edge of the window.

use std::time::{Duration, Instant};

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// Something was done.
    Information,
    /// Something is worth knowing.
    Warning,
    /// Something failed; stays until it is closed.
    Error,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Notice {
    /// How grave it is.
    pub gravity: Gravity,
    /// What it says.
    pub text: String,
    /// When it goes away by itself.
    pub until: Option<Instant>,
}

/// The messages that are shown.
#[derive(Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
}

/// Most messages shown at once.
const MOST: usize = 4;

impl Notices {
    /// Shows a message; one that is shown already is not repeated.
    pub fn show(&mut self, gravity: Gravity, text: impl Into<String>) {
        let text = text.into();
        self.list.retain(|notice| notice.text != text);
        let seconds = match gravity {
            Gravity::Information => Some(5),
            Gravity::Warning => Some(12),
            Gravity::Error => None,
        };
        let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        self.list.push(Notice { gravity, text, until });
        if self.list.len() > MOST {
            self.list.remove(0);
        }
    }

    /// Takes away what has been shown long enough; returns when to look again.
    pub fn expire(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.list.retain(|notice| notice.until.is_none_or(|until| until > now));
        let next = self.list.iter().filter_map(|notice| notice.until).min()?;
        Some(next.saturating_duration_since(now) + Duration::from_millis(10))
    }

    /// The messages, the oldest first.
    pub fn list(&self) -> &[Notice] {
        &self.list
    }

    /// Closes one.
    pub fn close(&mut self, index: usize) {
        if index < self.list.len() {
            self.list.remove(index);
        }
    }
}
