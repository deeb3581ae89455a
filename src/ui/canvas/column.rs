//! How many units of a layer are drawn, how large, and how high its card becomes.

use super::layout::Measure;
use super::model::{Card, Face};
use crate::experiment::LayerKind;
use crate::insight::neuron::SHOWN_UNITS;

/// Smallest map of a neuron when fitted, in points.
const LEAST_CELL: f32 = 18.0;
/// Largest map of a neuron at zoom 1, in points.
const MOST_CELL: f32 = 54.0;
/// Distance from map to map, in maps.
const PITCH: f32 = 1.16;
/// Most inputs drawn by name.
const SHOWN_NAMES: usize = 12;

/// The column of units of one card.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// How many are drawn.
    pub shown: usize,
    /// Whether there are more.
    pub more: bool,
    /// Height of one.
    pub cell: f32,
    /// Distance from one to the next.
    pub pitch: f32,
}

impl Column {
    /// How many units fit into `room`, and how large they are, when the network is fitted.
    pub fn plan(card: &Card, measure: Measure, width: f32, room: f32) -> Self {
        let rest = card_height(card, &Self::NONE, measure);
        let least_cell = LEAST_CELL * measure.shrink;
        let room = (room - rest).max(least_cell);
        let inner = width - 2.0 * measure.pad;
        let beside = match (card.kind, card.face) {
            (LayerKind::Output, Face::NamedMaps) => 0.4,
            (_, Face::NamedMaps) => 0.6,
            _ => 1.0,
        };
        let most = (MOST_CELL * measure.zoom.max(0.72)).min(inner * beside).max(least_cell);
        let (least, most, limit, pitch) = match card.face {
            Face::Empty => return Self::NONE,
            Face::Picture => {
                let side = inner.min(room).max(least_cell);
                return Self { shown: 1, more: false, cell: side, pitch: side };
            }
            Face::Names => (measure.row(), measure.row() * 1.2, SHOWN_NAMES, 1.0),
            Face::Maps | Face::NamedMaps => (least_cell, most, SHOWN_UNITS, PITCH),
        };
        let capacity = ((room / (least * pitch)) as usize).clamp(1, limit);
        let (shown, room) = if card.units <= capacity {
            (card.units, room)
        } else {
            let room = room - measure.row();
            (((room / (least * pitch)) as usize).clamp(1, limit), room)
        };
        let cell = (room / (shown.max(1) as f32 * pitch)).clamp(least, most).floor();
        Self { shown, more: card.units > shown, cell, pitch: cell * pitch }
    }

    const NONE: Self = Self { shown: 0, more: false, cell: 0.0, pitch: 0.0 };

    pub fn magnified(self, by: f32) -> Self {
        Self { cell: self.cell * by, pitch: self.pitch * by, ..self }
    }

    fn height(self) -> f32 {
        self.shown.saturating_sub(1) as f32 * self.pitch + self.cell
    }
}

/// Height of a card's lower part.
pub(super) fn footer_height(card: &Card, measure: Measure) -> f32 {
    match (card.kind, card.face) {
        (LayerKind::Dense { .. }, _) => 2.0 * measure.control + measure.pad * 0.5,
        (LayerKind::Dropout { .. }, _) => measure.control,
        (LayerKind::Output, _) | (LayerKind::Input, Face::Empty) => 2.0 * measure.row(),
        (LayerKind::Input, Face::Picture) => measure.row(),
        (LayerKind::Input, _) => 0.0,
    }
}

/// Height of what is drawn in a dropout card.
fn figure_height(card: &Card, measure: Measure) -> f32 {
    if matches!(card.kind, LayerKind::Dropout { .. }) { 3.0 * measure.control } else { 0.0 }
}

/// Height of a card with this column of units.
pub(super) fn card_height(card: &Card, column: &Column, measure: Measure) -> f32 {
    let footer = footer_height(card, measure);
    let more = if column.more { measure.row() } else { 0.0 };
    let body = column.height() + figure_height(card, measure) + more;
    let pads = if footer > 0.0 && body > 0.0 { 2.0 } else { 1.0 };
    (measure.header + body + footer + pads * measure.pad).round()
}
