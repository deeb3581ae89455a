//! The surfaces on which the window's parts lie.

use eframe::egui::{CornerRadius, Frame, Margin};

use super::{Palette, RADIUS};

/// A side panel: one tone above the window's background, 12 points from its edge to its content.
pub fn panel_frame(palette: &Palette) -> Frame {
    Frame::new().fill(palette.panel).inner_margin(Margin::same(12))
}

/// A bar along the top or bottom edge, as flat as it can be.
pub fn toolbar_frame(palette: &Palette) -> Frame {
    Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 8))
}

/// A card on a panel: a group of things that belong together.
pub fn card_frame(palette: &Palette) -> Frame {
    Frame::new()
        .fill(palette.card)
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::same(12))
}

/// The ground on which something is drawn: the network, a map, a plot.
pub fn canvas_frame(palette: &Palette) -> Frame {
    Frame::new()
        .fill(palette.canvas)
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::same(8))
}
