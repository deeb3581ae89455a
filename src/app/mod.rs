//! The program with a window: its state, what commands do to it, background jobs, dialogs,
//! preferences.
//!
//! [`Netsmith`] owns everything. A frame has two phases: *logic* takes what the workers and jobs
//! have sent and brings the run in line with the document; *ui* draws and collects commands, which
//! are carried out at once. Drawing itself is in [`crate::ui`].

pub mod autosave;
pub mod background;
pub mod command;
pub mod compare;
pub mod dialog;
pub mod dispatch;
pub mod growth;
pub mod job;
pub mod netsmith;
pub mod notice;
pub mod offscreen;
pub mod opening;
pub mod preferences;
pub mod race;
pub mod raster;
pub mod run_link;
pub mod window;

pub use command::{Action, Command, Outbox};
pub use netsmith::{Netsmith, Setup};
pub use race::{Race, RaceCommand};
