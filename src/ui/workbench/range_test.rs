//! The learning-rate range test.

use eframe::egui::Ui;

use super::super::Scene;
use crate::app::Outbox;

/// What the page keeps between frames.
#[derive(Default)]
pub struct RangeTestPage {}

/// Draws the page.
pub fn show(_ui: &mut Ui, _scene: &Scene<'_>, _out: &mut Outbox, _page: &mut RangeTestPage) {}
