//! Where everything lies on the canvas: sizes, the cards' places, the zoom that fits.
//!
//! Owns the geometry and nothing else: it is given cards and a rectangle, and paints nothing.
//!
//! Widths grow with the zoom but not in proportion to it: text must stay readable, so each width
//! is *a + b·zoom*, and the zoom that fits follows from one division. Where even that is too wide
//! and the window itself is magnified, everything shrinks, down to the sizes of a window that is
//! not.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::column::{Column, card_height, footer_height};
use super::model::{Card, Face};
use crate::experiment::LayerKind;
use crate::ui::theme::{SPACE_3, TEXT_BODY, TEXT_SMALL};

/// Smallest zoom at which the network is fitted; a longer one has to be moved about.
pub(super) const LEAST_FIT: f32 = 0.34;
/// Smallest and largest zoom a person can choose.
pub(super) const ZOOM_RANGE: std::ops::RangeInclusive<f32> = LEAST_FIT..=3.0;
/// Space around the network, in points.
pub(super) const MARGIN: f32 = SPACE_3;
/// How much wider the gaps may become to fill a wide canvas, in points.
const MOST_STRETCH: f32 = 64.0;

/// Sizes at one zoom, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measure {
    /// The zoom.
    pub zoom: f32,
    /// What all sizes are multiplied by in a magnified window that is too narrow, at most 1.
    pub shrink: f32,
    /// Ordinary text.
    pub text: f32,
    /// Secondary text.
    pub small: f32,
    /// Height of buttons and fields.
    pub control: f32,
    /// Height of a card's header.
    pub header: f32,
    /// Space from a card's edge to its content.
    pub pad: f32,
}

impl Measure {
    /// The sizes at this zoom. Text never gets smaller than can be read.
    pub fn at(zoom: f32, shrink: f32) -> Self {
        let half = |size: f32| (size * shrink * 2.0).round() / 2.0;
        let whole = |size: f32| (size * shrink).round();
        Self {
            zoom,
            shrink,
            text: half((TEXT_BODY * zoom).clamp(11.5, 32.0)),
            small: half((TEXT_SMALL * zoom).clamp(11.0, 28.0)),
            control: whole((26.0 * zoom).clamp(20.0, 64.0)),
            header: whole((30.0 * zoom).clamp(22.0, 72.0)),
            pad: whole((SPACE_3 * 0.75 * zoom).clamp(5.0, 20.0)),
        }
    }

    /// This width at this zoom.
    fn of(self, width: Width) -> f32 {
        width.at(self.zoom) * self.shrink
    }

    /// A row of text.
    pub fn row(self) -> f32 {
        (self.small * 1.55).round()
    }
}

/// Where one card and its parts lie, in points of the window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CardBox {
    /// The whole card.
    pub rect: Rect,
    /// Its upper part: title and buttons, where it is dragged by.
    pub header: Rect,
    /// Between header and footer, within the padding.
    pub body: Rect,
    /// One for each unit that is drawn.
    pub cells: Vec<Rect>,
    /// Where it says how many units are not drawn.
    pub more: Option<Rect>,
    /// Its lower part: the controls.
    pub footer: Rect,
}

impl CardBox {
    /// Where curves leave the unit. The picture has one place for all its inputs.
    pub fn way_out(&self, face: Face, unit: usize) -> Option<Pos2> {
        let cell = self.cells.get(unit)?;
        let x = if face == Face::Names { self.rect.right() } else { cell.right() };
        Some(pos2(x, cell.center().y))
    }

    /// Where curves come into the unit.
    pub fn way_in(&self, unit: usize) -> Option<Pos2> {
        self.cells.get(unit).map(Rect::left_center)
    }
}

/// What the network is drawn on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Canvas {
    /// Its place, in points.
    pub rect: Rect,
    /// How much the person has magnified the whole window; 1 for not at all.
    pub magnified: f32,
}

/// Where all cards lie.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// The sizes in use.
    pub measure: Measure,
    /// One for each card, in order.
    pub boxes: Vec<CardBox>,
    /// Around all cards.
    pub content: Rect,
}

/// A gap opened between cards while something is dragged over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Opening {
    /// Before the card at this position.
    pub at: usize,
    /// Its width in points.
    pub width: f32,
}

impl Layout {
    /// Lays the cards out in `canvas`. `zoom` is what the person chose, `None` fits the network.
    /// `pan` is limited so that the network cannot be lost.
    pub fn new(cards: &[Card], canvas: Canvas, zoom: Option<f32>, pan: &mut Vec2) -> Self {
        Self::of_height(cards, canvas, zoom, pan, canvas.rect.height() - 2.0 * MARGIN)
    }

    /// As [`new`](Self::new), fitted into a part of the canvas's height.
    pub fn of_height(
        cards: &[Card],
        Canvas { rect: canvas, magnified }: Canvas,
        zoom: Option<f32>,
        pan: &mut Vec2,
        height: f32,
    ) -> Self {
        let room = vec2(canvas.width() - 2.0 * MARGIN, height).max(Vec2::splat(1.0));
        let widths: Vec<Width> = cards.iter().map(card_width).collect();
        let spaces = cards.len().saturating_sub(1) as f32;
        let total = widths.iter().fold(GAP.times(spaces), |sum, width| sum.plus(*width));
        let fit = total.zoom_for(room.x).clamp(LEAST_FIT, 1.0);
        let shrink = (room.x / total.at(fit)).clamp(magnified.max(1.0).recip(), 1.0);
        let fitted = Measure::at(fit, shrink);
        let stretch = if spaces > 0.0 {
            ((room.x - fitted.of(total)) / spaces).clamp(0.0, MOST_STRETCH)
        } else {
            0.0
        };

        let zoom = zoom.map(|zoom| zoom.clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end()));
        let measure = Measure::at(zoom.unwrap_or(fit), shrink);
        let magnification = measure.zoom / fit;
        let gap = measure.of(GAP) + stretch * magnification;
        let columns: Vec<Column> = cards
            .iter()
            .zip(&widths)
            .map(|(card, width)| {
                Column::plan(card, fitted, fitted.of(*width), room.y).magnified(magnification)
            })
            .collect();

        let width = widths.iter().map(|width| measure.of(*width)).sum::<f32>() + gap * spaces;
        let heights: Vec<f32> = cards
            .iter()
            .zip(&columns)
            .map(|(card, column)| card_height(card, column, measure))
            .collect();
        let height = heights.iter().copied().fold(0.0, f32::max);
        let size = vec2(width, height);
        let center = limited_center(canvas, size, zoom.is_none(), pan);
        let content = Rect::from_center_size(center, size);

        let mut left = content.left();
        let mut boxes = Vec::with_capacity(cards.len());
        for ((card, column), (width, height)) in
            cards.iter().zip(&columns).zip(widths.iter().zip(&heights))
        {
            let size = vec2(measure.of(*width), *height);
            let top = center.y - height / 2.0;
            let rect = Rect::from_min_size(pos2(left, top), size);
            left = rect.right() + gap;
            boxes.push(card_box(card, column, measure, rect));
        }
        Self { measure, boxes, content }
    }

    /// The position a layer would get that is dropped at `x`.
    pub fn position_at(&self, x: f32) -> usize {
        self.boxes.iter().filter(|card| card.rect.center().x <= x).count()
    }

    /// Moves everything.
    pub fn shift(&mut self, by: Vec2) {
        self.content = self.content.translate(by);
        self.boxes.iter_mut().for_each(|card| card.shift(by));
    }

    /// Moves the cards apart.
    pub fn open(&mut self, opening: Opening) {
        for (position, card) in self.boxes.iter_mut().enumerate() {
            let way = if position < opening.at { -0.5 } else { 0.5 };
            card.shift(vec2(way * opening.width, 0.0));
        }
    }

    /// Horizontal middle of the gap before the card at this position.
    pub fn gap_center(&self, at: usize) -> f32 {
        let left = at.checked_sub(1).and_then(|before| self.boxes.get(before));
        let right = self.boxes.get(at);
        let reach = self.measure.of(GAP) + 24.0;
        match (left, right) {
            (Some(left), Some(right)) => f32::midpoint(left.rect.right(), right.rect.left()),
            (Some(left), None) => left.rect.right() + reach,
            (None, Some(right)) => right.rect.left() - reach,
            (None, None) => self.content.center().x,
        }
    }
}

impl CardBox {
    fn shift(&mut self, by: Vec2) {
        for rect in [&mut self.rect, &mut self.header, &mut self.body, &mut self.footer] {
            *rect = rect.translate(by);
        }
        self.cells.iter_mut().chain(&mut self.more).for_each(|rect| *rect = rect.translate(by));
    }
}

/// A width as it depends on the zoom: `fixed + growing·zoom`.
#[derive(Clone, Copy, Debug)]
struct Width {
    fixed: f32,
    growing: f32,
}

/// Between two cards.
const GAP: Width = Width { fixed: 5.0, growing: 43.0 };

impl Width {
    fn at(self, zoom: f32) -> f32 {
        self.growing.mul_add(zoom, self.fixed)
    }

    fn plus(self, other: Self) -> Self {
        Self { fixed: self.fixed + other.fixed, growing: self.growing + other.growing }
    }

    fn times(self, factor: f32) -> Self {
        Self { fixed: self.fixed * factor, growing: self.growing * factor }
    }

    /// The zoom at which it is this wide.
    fn zoom_for(self, width: f32) -> f32 {
        if self.growing > 0.0 { (width - self.fixed) / self.growing } else { 1.0 }
    }
}

fn card_width(card: &Card) -> Width {
    let (fixed, growing) = match (card.kind, card.face) {
        (LayerKind::Input, Face::Names) => (60.0, 76.0),
        (LayerKind::Input, _) => (36.0, 64.0),
        (LayerKind::Dense { .. }, _) => (50.0, 74.0),
        (LayerKind::Dropout { .. }, _) => (52.0, 50.0),
        (LayerKind::Output, Face::NamedMaps) => (60.0, 84.0),
        (LayerKind::Output, _) => (46.0, 66.0),
    };
    Width { fixed, growing }
}

fn card_box(card: &Card, column: &Column, measure: Measure, rect: Rect) -> CardBox {
    let pad = measure.pad;
    let header = Rect::from_min_size(rect.min, vec2(rect.width(), measure.header));
    let footer_height = footer_height(card, measure);
    let footer = Rect::from_min_max(
        pos2(rect.left() + pad, rect.bottom() - pad - footer_height),
        rect.max - Vec2::splat(pad),
    );
    let bottom = if footer_height > 0.0 { footer.top() - pad } else { rect.bottom() - pad };
    let body = Rect::from_min_max(
        pos2(rect.left() + pad, header.bottom()),
        pos2(rect.right() - pad, bottom.max(header.bottom())),
    );
    let cells = (0..column.shown)
        .map(|unit| cell_rect(card, column, body, unit as f32 * column.pitch))
        .collect();
    let more = column.more.then(|| {
        Rect::from_min_max(
            pos2(rect.left(), body.bottom() - measure.row()),
            pos2(rect.right(), body.bottom()),
        )
    });
    CardBox { rect, header, body, cells, more, footer }
}

/// The place of the unit `down` points below the first.
fn cell_rect(card: &Card, column: &Column, body: Rect, down: f32) -> Rect {
    let top = body.top() + down;
    let square = Vec2::splat(column.cell);
    match (card.kind, card.face) {
        (_, Face::Names) => {
            Rect::from_min_size(pos2(body.left(), top), vec2(body.width(), column.cell))
        }
        (LayerKind::Input, Face::NamedMaps) => {
            Rect::from_min_size(pos2(body.right() - column.cell, top), square)
        }
        (LayerKind::Output, Face::NamedMaps) => Rect::from_min_size(pos2(body.left(), top), square),
        _ => Rect::from_min_size(pos2(body.center().x - column.cell / 2.0, top), square),
    }
}

/// Where the middle of the network lies. A network that fits stays within the canvas; a larger one
/// can be moved until its edge comes in. Fitted, a long network shows its input first.
fn limited_center(canvas: Rect, size: Vec2, fitted: bool, pan: &mut Vec2) -> Pos2 {
    let over = size + Vec2::splat(2.0 * MARGIN) - canvas.size();
    let base = if fitted { vec2(over.x.max(0.0) / 2.0, 0.0) } else { Vec2::ZERO };
    let limit = vec2(over.x.abs(), over.y.abs()) / 2.0;
    *pan = (base + *pan).clamp(-limit, limit) - base;
    canvas.center() + base + *pan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::NetworkSpec;
    use crate::nn::Activation;
    use crate::ui::canvas::model::{Facts, cards};

    fn dense(widths: &[usize]) -> Vec<Card> {
        let facts = Facts {
            input_names: vec!["x₁".into(), "x₂".into()],
            output_names: vec!["inner".into()],
            ..Facts::default()
        };
        cards(&NetworkSpec::dense(widths, Activation::Tanh), &facts)
    }

    fn fitted(cards: &[Card], canvas: Rect, zoom: Option<f32>) -> Layout {
        let mut pan = Vec2::ZERO;
        Layout::new(cards, plain(canvas), zoom, &mut pan)
    }

    /// In a window that is not magnified.
    fn plain(rect: Rect) -> Canvas {
        Canvas { rect, magnified: 1.0 }
    }

    fn canvas(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(100.0, 50.0), vec2(width, height))
    }

    #[test]
    fn a_usual_network_fits_a_small_canvas() {
        for (widths, size) in [(&[4, 2][..], (420.0, 300.0)), (&[8, 8, 8], (560.0, 420.0))] {
            let canvas = canvas(size.0, size.1);
            let layout = fitted(&dense(widths), canvas, None);
            assert!(canvas.contains_rect(layout.content), "{widths:?}: {:?}", layout.content);
            for (card, units) in layout.boxes.iter().skip(1).zip(widths) {
                assert_eq!(card.cells.len(), *units);
            }
        }
    }

    #[test]
    fn parts_lie_within_their_card_at_any_zoom() {
        for zoom in [None, Some(0.42), Some(1.0), Some(2.5)] {
            let layout = fitted(&dense(&[40, 2, 1]), canvas(700.0, 420.0), zoom);
            for card in &layout.boxes {
                let outer = card.rect.expand(0.5);
                let parts = [card.header, card.body, card.footer];
                for part in parts.iter().chain(&card.cells).chain(&card.more) {
                    assert!(outer.contains_rect(*part), "{zoom:?}: {part:?} in {outer:?}");
                }
                if let (Some(last), Some(more)) = (card.cells.last(), card.more) {
                    assert!(last.bottom() <= more.top() + 0.5);
                }
            }
        }
    }

    #[test]
    fn a_wide_layer_says_that_there_are_more() {
        let layout = fitted(&dense(&[4096]), canvas(560.0, 420.0), None);
        let card = &layout.boxes[1];
        assert!(card.more.is_some());
        assert!((4..=32).contains(&card.cells.len()), "{}", card.cells.len());
    }

    #[test]
    fn the_network_cannot_be_lost() {
        let mut pan = vec2(1e6, -1e6);
        let canvas = canvas(700.0, 420.0);
        let layout = Layout::new(&dense(&[4, 2]), plain(canvas), Some(1.0), &mut pan);
        assert!(canvas.expand(1.0).contains_rect(layout.content));
    }

    #[test]
    fn a_long_network_shows_its_input_first() {
        let canvas = canvas(420.0, 300.0);
        let layout = fitted(&dense(&[4; 12]), canvas, None);
        assert!(canvas.contains_rect(layout.boxes[0].rect));
        assert!(layout.content.right() > canvas.right());
    }

    #[test]
    fn a_magnified_window_still_shows_a_usual_network_whole() {
        for (magnified, rect) in [(1.5, canvas(330.0, 214.0)), (1.25, canvas(320.0, 184.0))] {
            let (cards, mut pan) = (dense(&[8, 8]), Vec2::ZERO);
            let layout = Layout::new(&cards, Canvas { rect, magnified }, None, &mut pan);
            assert!(rect.contains_rect(layout.content), "{magnified}: {:?}", layout.content);
            assert!(layout.measure.small * magnified >= 11.0, "{:?}", layout.measure);
            assert!(fitted(&cards, rect, None).content.width() > layout.content.width());
        }
    }

    #[test]
    fn positions_count_the_cards_to_the_left() {
        let layout = fitted(&dense(&[4]), canvas(700.0, 420.0), None);
        assert_eq!(layout.position_at(0.0), 0);
        assert_eq!(layout.position_at(layout.boxes[1].rect.left()), 1);
        assert_eq!(layout.position_at(layout.boxes[1].rect.right()), 2);
        assert_eq!(layout.position_at(1e4), 3);
    }
}
