//! Short messages at the edge of the window.

use std::time::{Duration, Instant};

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// Something was done.
    Information,
    /// What was asked for cannot be done yet; goes away once it can.
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
    /// Whether it says how the run ended: it goes away when training begins again.
    pub of_run: bool,
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
            Gravity::Warning => Some(6),
            Gravity::Error => None,
        };
        let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
        self.list.push(Notice { gravity, text, until, of_run: false });
        if self.list.len() > MOST {
            self.list.remove(0);
        }
    }

    /// Shows how the run ended.
    pub fn show_end(&mut self, gravity: Gravity, text: impl Into<String>) {
        self.show(gravity, text);
        if let Some(notice) = self.list.last_mut() {
            notice.of_run = true;
        }
    }

    /// Training begins again: how it ended before is no longer of interest.
    pub fn begin_run(&mut self) {
        self.list.retain(|notice| !notice.of_run);
    }

    /// Takes away what has been shown long enough; returns when to look again.
    pub fn expire(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.list.retain(|notice| notice.until.is_none_or(|until| until > now));
        let next = self.list.iter().filter_map(|notice| notice.until).min()?;
        Some(next.saturating_duration_since(now) + Duration::from_millis(10))
    }

    /// What stood in the way is mended: nothing warns of it any more.
    pub fn mended(&mut self) {
        self.list.retain(|notice| notice.gravity != Gravity::Warning);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mended_is_not_warned_of_any_more() {
        let mut notices = Notices::default();
        notices.show(Gravity::Warning, "Add an output layer.");
        notices.show_end(Gravity::Error, "The loss is no longer a number.");
        notices.show(Gravity::Error, "The disk is full.");
        notices.begin_run();
        notices.mended();
        let left: Vec<_> = notices.list().iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(left, ["The disk is full."]);
    }
}
