//! The race between training methods.

use eframe::egui::Ui;

use super::super::Scene;
use crate::app::Outbox;

/// What the page keeps between frames.
#[derive(Default)]
pub struct RacePage {}

/// Draws the page.
pub fn show(_ui: &mut Ui, _scene: &Scene<'_>, _out: &mut Outbox, _page: &mut RacePage) {}
