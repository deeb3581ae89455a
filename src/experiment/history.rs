//! Undo and redo over whole documents, one entry per gesture.

use std::collections::VecDeque;
use std::sync::Arc;

use super::edit::Edit;
use super::spec::ExperimentSpec;

/// How many steps can be undone.
pub const DEPTH: usize = 100;

/// The document with its past and its future.
///
/// ```
/// use netsmith::experiment::{Edit, ExperimentSpec, History};
/// let mut history = History::new(ExperimentSpec::default());
/// history.edit(Edit::Rename("mine".into()), 1);
/// assert_eq!(history.undo_text(), Some("rename"));
/// history.undo();
/// assert_eq!(history.spec().name, ExperimentSpec::default().name);
/// ```
#[derive(Clone, Debug)]
pub struct History {
    present: Arc<ExperimentSpec>,
    past: VecDeque<Entry>,
    future: Vec<Entry>,
    saved: Option<Arc<ExperimentSpec>>,
    last: Option<(u64, &'static str)>,
}

/// A document, and the edit between it and its neighbour nearer to the present.
#[derive(Clone, Debug)]
struct Entry {
    spec: Arc<ExperimentSpec>,
    text: &'static str,
}

impl History {
    /// A document without a past. It counts as saved.
    pub fn new(spec: ExperimentSpec) -> Self {
        let present = Arc::new(spec);
        Self {
            saved: Some(Arc::clone(&present)),
            present,
            past: VecDeque::new(),
            future: Vec::new(),
            last: None,
        }
    }

    /// The document as it is now. Documents are compared by this pointer to see whether anything
    /// changed.
    pub const fn spec(&self) -> &Arc<ExperimentSpec> {
        &self.present
    }

    /// Carries out an edit; returns whether it changed anything.
    ///
    /// Edits of the same kind within one gesture (one press of the mouse, one key) become one
    /// step: dragging a slider is undone at once.
    pub fn edit(&mut self, edit: Edit, gesture: u64) -> bool {
        let text = edit.text();
        let mut spec = ExperimentSpec::clone(&self.present);
        if !edit.apply(&mut spec) {
            return false;
        }
        let before = std::mem::replace(&mut self.present, Arc::new(spec));
        if self.last != Some((gesture, text)) {
            self.past.push_back(Entry { spec: before, text });
            if self.past.len() > DEPTH {
                self.past.pop_front();
            }
        }
        self.last = Some((gesture, text));
        self.future.clear();
        true
    }

    /// Goes one step back; returns what was undone.
    pub fn undo(&mut self) -> Option<&'static str> {
        let entry = self.past.pop_back()?;
        let after = std::mem::replace(&mut self.present, entry.spec);
        self.future.push(Entry { spec: after, text: entry.text });
        self.last = None;
        Some(entry.text)
    }

    /// Goes one step forward again; returns what was redone.
    pub fn redo(&mut self) -> Option<&'static str> {
        let entry = self.future.pop()?;
        let before = std::mem::replace(&mut self.present, entry.spec);
        self.past.push_back(Entry { spec: before, text: entry.text });
        self.last = None;
        Some(entry.text)
    }

    /// What "Undo" would undo.
    pub fn undo_text(&self) -> Option<&'static str> {
        self.past.back().map(|entry| entry.text)
    }

    /// What "Redo" would redo.
    pub fn redo_text(&self) -> Option<&'static str> {
        self.future.last().map(|entry| entry.text)
    }

    /// Says that the document as it is now has been saved.
    pub fn mark_saved(&mut self) {
        self.saved = Some(Arc::clone(&self.present));
    }

    /// Says that the document as it is now has never been saved (it was restored after a crash).
    pub fn mark_unsaved(&mut self) {
        self.saved = None;
    }

    /// Whether closing would lose something.
    pub fn is_unsaved(&self) -> bool {
        self.saved.as_ref().is_none_or(|saved| **saved != *self.present)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(history: &mut History, value: u64, gesture: u64) {
        history.edit(Edit::SetSeed(value), gesture);
    }

    #[test]
    fn one_gesture_is_one_step() {
        let mut history = History::new(ExperimentSpec::default());
        for value in 10..20 {
            seed(&mut history, value, 7);
        }
        seed(&mut history, 99, 8);
        history.undo();
        assert_eq!(history.spec().seed, 19);
        history.undo();
        assert_eq!(history.spec().seed, 1);
        assert_eq!(history.undo(), None);
    }

    #[test]
    fn a_new_edit_forgets_what_was_undone() {
        let mut history = History::new(ExperimentSpec::default());
        seed(&mut history, 2, 1);
        history.undo();
        seed(&mut history, 3, 2);
        assert_eq!(history.redo(), None);
    }

    #[test]
    fn undoing_to_the_saved_document_is_saved_again() {
        let mut history = History::new(ExperimentSpec::default());
        seed(&mut history, 2, 1);
        assert!(history.is_unsaved());
        history.undo();
        assert!(!history.is_unsaved());
    }

    #[test]
    fn the_past_is_limited() {
        let mut history = History::new(ExperimentSpec::default());
        for value in 0..500 {
            seed(&mut history, value + 2, value);
        }
        let steps = std::iter::from_fn(|| history.undo()).count();
        assert_eq!(steps, DEPTH);
    }
}
