//! Dragging: layers from the palette onto the canvas, cards to another place or into the bin.
//!
//! What is dragged is remembered here from press to release; egui says whether the press still
//! lasts. Escape, and letting go beside the canvas, change nothing.

use eframe::egui::{
    self, Align2, CornerRadius, CursorIcon, Id, LayerId, Order, Painter, Pos2, Rect, Shadow,
    Stroke, StrokeKind, Ui, Vec2, pos2, vec2,
};

use super::layout::{Layout, Opening};
use super::model::{self, Card};
use super::paint;
use crate::app::Outbox;
use crate::experiment::{Edit, LayerKind};
use crate::ui::icon;
use crate::ui::scene::Scene;
use crate::ui::theme::{self, Palette};
use crate::ui::view::{Selection, View};

/// What is dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    /// A new layer from the palette.
    New(LayerKind),
    /// A layer that is on the canvas, by its identifier.
    Layer(u32),
}

/// A drag, from press to release.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drag {
    /// What is dragged.
    pub item: Item,
    /// The widget that is being dragged.
    pub source: Id,
    /// What the ghost under the pointer says.
    pub label: String,
    /// Where it would land.
    target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Target {
    /// Nowhere: letting go changes nothing.
    None,
    /// Before the card at this position.
    Gap(usize),
    /// The bin.
    Bin,
}

impl Drag {
    /// Begins to drag.
    pub fn new(item: Item, source: Id, label: String) -> Self {
        Self { item, source, label, target: Target::None }
    }

    /// Looks where the pointer is. `layout` is that without a gap, so that opening the gap does
    /// not move what is under the pointer.
    pub fn aim(&mut self, pointer: Option<Pos2>, layout: &Layout, canvas: Rect) {
        self.target = match pointer {
            Some(at) if self.can_be_binned() && bin_rect(canvas).contains(at) => Target::Bin,
            Some(at) if canvas.contains(at) => Target::Gap(self.place(at.x, layout)),
            _ => Target::None,
        };
    }

    /// Where it lands at `x`. A new input goes to the front and a new output to the end, wherever
    /// they are dropped: the gap shows it.
    fn place(&self, x: f32, layout: &Layout) -> usize {
        match self.item {
            Item::New(LayerKind::Input) => 0,
            Item::New(LayerKind::Output) => layout.boxes.len(),
            Item::New(_) | Item::Layer(_) => layout.position_at(x),
        }
    }

    /// Whether it is over the bin.
    pub fn over_bin(&self) -> bool {
        self.target == Target::Bin
    }

    /// Whether there is a bin for it.
    pub const fn can_be_binned(&self) -> bool {
        matches!(self.item, Item::Layer(_))
    }

    /// The gap it is over, unless that is where it comes from.
    pub fn gap(&self, cards: &[Card]) -> Option<usize> {
        let Target::Gap(at) = self.target else {
            return None;
        };
        match self.item {
            Item::New(_) => Some(at),
            Item::Layer(id) => {
                let from = cards.iter().position(|card| card.id == id)?;
                (at != from && at != from + 1).then_some(at)
            }
        }
    }

    /// Carries out what was dragged, where it was let go.
    fn drop_now(&self, cards: &[Card], scene: &Scene<'_>, view: &mut View, out: &mut Outbox) {
        match (self.item, self.target) {
            (Item::Layer(id), Target::Bin) => remove(id, view, out),
            (Item::New(kind), Target::Gap(at)) => add(kind, at, scene, view, out),
            (Item::Layer(id), Target::Gap(_)) => {
                let from = cards.iter().position(|card| card.id == id);
                if let (Some(from), Some(at)) = (from, self.gap(cards)) {
                    // The place is counted once the layer is taken out.
                    let to = if at > from { at - 1 } else { at };
                    out.edit(Edit::MoveLayer { id, to });
                    view.selection = Some(Selection::Layer(id));
                }
            }
            _ => {}
        }
    }
}

/// Puts a new layer at a position and selects it. A new dense layer is like its neighbour.
pub(super) fn add(
    kind: LayerKind,
    at: usize,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
) {
    let kind = match kind {
        LayerKind::Dense { .. } => model::new_dense(scene, at),
        other => other,
    };
    out.edit(Edit::InsertLayer { at, kind });
    view.selection = Some(Selection::Layer(scene.spec.network.free_id()));
}

/// Takes a layer away.
pub(super) fn remove(id: u32, view: &mut View, out: &mut Outbox) {
    out.edit(Edit::RemoveLayer { id });
    if view.selection.is_some_and(|selection| selection.layer() == id) {
        view.selection = None;
    }
}

/// Where a layer goes that is added without saying where: an input to the front, an output to the
/// end, others to the right of the selected layer or else before the output.
pub(super) fn sensible_place(kind: LayerKind, scene: &Scene<'_>, view: &View) -> usize {
    let layers = &scene.spec.network.layers;
    let before_output = match layers.last() {
        Some(last) if last.kind == LayerKind::Output => layers.len() - 1,
        _ => layers.len(),
    };
    match kind {
        LayerKind::Input => 0,
        LayerKind::Output => layers.len(),
        LayerKind::Dense { .. } | LayerKind::Dropout { .. } => view
            .selection
            .and_then(|selection| scene.spec.network.position(selection.layer()))
            .map_or(before_output, |selected| (selected + 1).min(before_output)),
    }
}

/// Ends the drag if the press has ended: carries it out, or forgets it.
pub(super) fn finish(
    ui: &Ui,
    drag: &mut Option<Drag>,
    cards: &[Card],
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
) {
    let Some(current) = drag else { return };
    let (escaped, released) =
        ui.input(|input| (input.key_pressed(egui::Key::Escape), input.pointer.any_released()));
    if !escaped && !released && ui.ctx().is_being_dragged(current.source) {
        return;
    }
    if released && !escaped {
        current.drop_now(cards, scene, view, out);
    }
    *drag = None;
    ui.ctx().request_repaint();
}

/// Opens the gap under the pointer, gently.
pub(super) fn open_gap(
    ui: &Ui,
    gap: Option<usize>,
    cards: usize,
    layout: &mut Layout,
) -> Option<Rect> {
    let mut opened = None;
    for at in 0..=cards {
        let id = super::root_id().with(("gap", at));
        let share = ui.ctx().animate_bool(id, gap == Some(at));
        if share <= 0.0 {
            continue;
        }
        let width = 72.0 * layout.measure.zoom.clamp(0.5, 1.5) * share;
        layout.open(Opening { at, width });
        if gap == Some(at) {
            opened = Some(width);
        }
    }
    let (at, width) = (gap?, opened?);
    let height = layout.content.height().max(120.0);
    let center = pos2(layout.gap_center(at), layout.content.center().y);
    Some(Rect::from_center_size(center, vec2((width * 0.75).max(4.0), height)))
}

/// The place where the layer will stand.
pub(super) fn paint_gap(painter: &Painter, rect: Rect, palette: &Palette) {
    let fill = palette.accent.gamma_multiply(0.25);
    let stroke = Stroke::new(1.5, palette.accent_text);
    painter.rect(rect, CornerRadius::same(theme::RADIUS), fill, stroke, StrokeKind::Inside);
}

/// What is dragged, under the pointer.
pub(super) fn paint_ghost(ui: &Ui, drag: &Drag, palette: &Palette) {
    let Some(pointer) = ui.ctx().pointer_latest_pos() else {
        return;
    };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let layer = LayerId::new(Order::Tooltip, super::root_id().with("ghost"));
    let painter = ui.ctx().layer_painter(layer);
    let font = paint::strong(theme::TEXT_BODY);
    let galley = paint::line(&painter, &drag.label, font, palette.text_strong, 240.0);
    let size = galley.size() + vec2(2.0 * theme::SPACE_3, 2.0 * theme::SPACE_2);
    let rect = Rect::from_center_size(pointer + vec2(0.0, -4.0), size);
    let shadow = Shadow { offset: [0, 4], blur: 12, spread: 0, color: palette.shadow };
    painter.add(shadow.as_shape(rect, theme::RADIUS));
    let edge = if drag.over_bin() { palette.danger } else { palette.accent };
    let stroke = Stroke::new(1.5, edge);
    painter.rect(rect, theme::RADIUS, palette.card, stroke, StrokeKind::Inside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, palette.text_strong);
}

/// Where the bin is while a card is dragged.
fn bin_rect(canvas: Rect) -> Rect {
    let size = vec2(200.0_f32.min(canvas.width() - 16.0), 44.0);
    let center = pos2(canvas.center().x, canvas.bottom() - size.y / 2.0 - theme::SPACE_2);
    Rect::from_center_size(center, size)
}

/// The bin.
pub(super) fn paint_bin(ui: &Ui, canvas: Rect, hot: bool, palette: &Palette) {
    let rect = bin_rect(canvas);
    let (fill, color) =
        if hot { (palette.danger, palette.on_accent) } else { (palette.card, palette.danger_text) };
    let painter = ui.painter();
    let stroke = Stroke::new(1.5, palette.danger);
    painter.rect(rect, theme::RADIUS, fill, stroke, StrokeKind::Inside);
    let font = paint::strong(theme::TEXT_BODY);
    let galley = paint::line(painter, "Drop here to remove", font, color, rect.width() - 40.0);
    let size = galley.size() + vec2(theme::ICON + theme::SPACE_2, 0.0);
    let start = Align2::CENTER_CENTER.align_size_within_rect(size, rect);
    let middle = pos2(start.left() + theme::ICON / 2.0, rect.center().y);
    icon::TRASH.paint(painter, middle, theme::ICON, color);
    let text = pos2(start.right() - galley.size().x, rect.center().y - galley.size().y / 2.0);
    painter.galley(text, galley, color);
}

/// Moves the drawing while something is dragged along its edge.
pub(super) fn follow_edge(ui: &Ui, pointer: Option<Pos2>, canvas: Rect, pan: &mut Vec2) {
    const EDGE: f32 = 28.0;
    const STEP: f32 = 9.0;
    let Some(at) = pointer.filter(|at| canvas.contains(*at)) else {
        return;
    };
    let push = if at.x < canvas.left() + EDGE {
        STEP
    } else if at.x > canvas.right() - EDGE {
        -STEP
    } else {
        return;
    };
    let before = *pan;
    pan.x += push;
    if before != *pan {
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::NetworkSpec;
    use crate::nn::Activation;
    use crate::ui::canvas::model::{Facts, cards};

    fn drag_to(item: Item, at: usize) -> Option<usize> {
        let network = NetworkSpec::dense(&[4, 2], Activation::Tanh);
        let cards = cards(&network, &Facts::default());
        let mut drag = Drag::new(item, Id::NULL, String::new());
        drag.target = Target::Gap(at);
        drag.gap(&cards)
    }

    #[test]
    fn a_card_has_no_gap_where_it_stands() {
        assert_eq!(drag_to(Item::Layer(2), 1), None);
        assert_eq!(drag_to(Item::Layer(2), 2), None);
        assert_eq!(drag_to(Item::Layer(2), 3), Some(3));
        assert_eq!(drag_to(Item::New(LayerKind::Input), 1), Some(1));
    }
}
