//! A layer's card: its ground, its header with title and buttons, its menu.

use eframe::egui::{
    self, Align2, CornerRadius, CursorIcon, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::Stage;
use super::drag::{self, Drag, Item};
use super::layout::CardBox;
use super::model::Card;
use super::paint::{self, IconButton};
use crate::app::Outbox;
use crate::experiment::{Edit, LayerKind, Place};
use crate::ui::icon::{self, Icon};
use crate::ui::theme;
use crate::ui::view::{ResultTab, Selection, View};

/// Width of a letter of the title, as a share of the text's size: enough to know what has room.
const LETTER: f32 = 0.62;

/// What freezing a layer does.
const FREEZE: &str = "Freeze: training leaves the weights and biases of a frozen layer as they are. \
                      Its curves are dashed.";

/// The icon of a kind of layer.
pub(super) const fn icon_of(kind: LayerKind) -> Icon {
    match kind {
        LayerKind::Input => icon::DATABASE,
        LayerKind::Dense { .. } => icon::NETWORK,
        LayerKind::Dropout { .. } => icon::DROP,
        LayerKind::Output => icon::TARGET,
    }
}

/// What a kind of layer is and what to try with it.
pub(super) const fn teaching(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Input => {
            "Input layer: where the data come in, one value a column (or feature). Every network \
             has one, at the left end."
        }
        LayerKind::Dense { .. } => {
            "Dense layer: every neuron sees every value of the layer before, a = f(W·x + b). More \
             layers bend the answer further; try one, then two."
        }
        LayerKind::Dropout { .. } => {
            "Dropout layer: switches a random share of the values off in every update, so that the \
             network does not learn the training rows by heart. Try it when the validation loss \
             rises while the training loss falls."
        }
        LayerKind::Output => {
            "Output layer: the answer. Its size and its activation follow the task. Every network \
             has one, at the right end."
        }
    }
}

/// Paints the ground of a card.
pub(super) fn paint_ground(
    painter: &Painter,
    stage: &Stage<'_>,
    card: &Card,
    place: &CardBox,
    view: &View,
    dragged: bool,
) {
    let palette = stage.palette;
    let selected = view.selection == Some(Selection::Layer(card.id));
    let wrong = stage.scene.problems_at(Place::Layer(card.id)).next().is_some();
    let stroke = if selected {
        Stroke::new(1.5, palette.accent_text)
    } else if wrong {
        Stroke::new(1.5, palette.warning)
    } else {
        Stroke::new(1.0, palette.outline)
    };
    let fill = if dragged { palette.card.gamma_multiply(0.4) } else { palette.card };
    let corner = CornerRadius::same(theme::RADIUS);
    painter.rect(place.rect, corner, fill, stroke, StrokeKind::Inside);
}

/// Shows the header of a card: a handle to drag it by, its title, its buttons.
pub(super) fn show_header(
    ui: &Ui,
    stage: &Stage<'_>,
    card: &Card,
    place: &CardBox,
    view: &mut View,
    out: &mut Outbox,
    drag: &mut Option<Drag>,
) {
    let palette = stage.palette;
    let header = place.header;
    let id = super::id_of(card.id);
    let response = ui.interact(header, id, Sense::click_and_drag());
    let selected = view.selection == Some(Selection::Layer(card.id));
    response.widget_info(|| {
        let name = card.description(stage.scene.output());
        WidgetInfo::selected(Role::Button, true, selected, name)
    });
    if response.clicked() {
        view.selection = Some(Selection::Layer(card.id));
    }
    if response.double_clicked() {
        view.tab = ResultTab::Inspector;
    }
    if response.drag_started_by(egui::PointerButton::Primary) {
        *drag = Some(Drag::new(Item::Layer(card.id), response.id, ghost_label(card)));
    }
    response.context_menu(|ui| menu(ui, stage, card, view, out));

    let hovered = response.hovered();
    paint::focus_ring(ui, &response, place.rect.expand(1.0));
    let response = response.on_hover_cursor(CursorIcon::Grab);
    let buttons = show_buttons(ui, stage, card, header, view, out);
    paint_title(ui.painter(), stage, card, header, buttons, hovered);
    if drag.is_none() {
        response.on_hover_ui(|ui| {
            ui.label(teaching(card.kind));
            ui.small("Drag to move it, right-click for more.");
        });
    }
    if hovered {
        let corner = CornerRadius::same(theme::RADIUS);
        let stroke = Stroke::new(1.0, palette.text_weak);
        if !selected {
            ui.painter().rect_stroke(place.rect, corner, stroke, StrokeKind::Inside);
        }
    }
}

/// What the ghost of a dragged card says.
pub(super) fn ghost_label(card: &Card) -> String {
    match card.kind {
        LayerKind::Dense { units, activation } => {
            format!("Dense {units}, {}", activation.name().to_lowercase())
        }
        kind => kind.name().to_owned(),
    }
}

/// Handle and title, as far as the buttons leave room.
fn paint_title(
    painter: &Painter,
    stage: &Stage<'_>,
    card: &Card,
    header: Rect,
    right: f32,
    hovered: bool,
) {
    let palette = stage.palette;
    let measure = stage.layout.measure;
    let mut left = header.left() + measure.pad * 0.5;
    let handle = (measure.text * 0.95).min(18.0);
    if right - left >= handle + 2.0 + title_width(stage, card) {
        let color = if hovered { palette.text } else { palette.text_weak.gamma_multiply(0.6) };
        icon::DRAG.paint(painter, pos2(left + handle / 2.0, header.center().y), handle, color);
        left += handle + 2.0;
    } else {
        left = header.left() + measure.pad;
    }
    let text = Rect::from_min_max(pos2(left, header.top()), pos2(right, header.bottom()));
    let font = paint::strong(measure.text);
    paint::text_in(painter, text, Align2::LEFT_CENTER, card.kind.name(), font, palette.text_strong);
}

/// Whether a layer has weights that training could leave alone.
const fn can_freeze(card: &Card) -> bool {
    matches!(card.kind, LayerKind::Dense { .. } | LayerKind::Output)
}

fn title_width(stage: &Stage<'_>, card: &Card) -> f32 {
    card.kind.name().len() as f32 * stage.layout.measure.text * LETTER
}

/// The buttons at the right of the header; returns where they begin.
fn show_buttons(
    ui: &Ui,
    stage: &Stage<'_>,
    card: &Card,
    header: Rect,
    view: &mut View,
    out: &mut Outbox,
) -> f32 {
    let palette = stage.palette;
    let measure = stage.layout.measure;
    let side = (measure.header * 0.72).clamp(17.0, 40.0);
    let icon_size = (side * 0.7).min(20.0);
    let mut right = header.right() - measure.pad * 0.3;
    let mut next = || {
        right -= side;
        Rect::from_center_size(pos2(right + side / 2.0, header.center().y), vec2(side, side))
    };
    let id = super::id_of(card.id);
    let lower = card.lower_name();

    let remove = IconButton {
        icon: icon::CLOSE,
        color: palette.text_weak,
        hovered: palette.danger_text,
        name: &format!("Remove {lower}"),
        tooltip: "Removes this layer. Undo brings it back.",
    };
    if remove.show(ui, next(), id.with("remove"), icon_size).clicked() {
        drag::remove(card.id, view, out);
    }
    let has_room = header.width() >= title_width(stage, card) + 2.0 * side + measure.pad;
    if can_freeze(card) && (card.frozen || has_room) {
        let verb = if card.frozen { "Unfreeze" } else { "Freeze" };
        let freeze = IconButton {
            icon: icon::SNOWFLAKE,
            color: if card.frozen { palette.accent_text } else { palette.text_weak },
            hovered: palette.accent_text,
            name: &format!("{verb} {lower}"),
            tooltip: FREEZE,
        };
        if freeze.show(ui, next(), id.with("freeze"), icon_size).clicked() {
            out.edit(Edit::FreezeLayer { id: card.id, frozen: !card.frozen });
        }
    }
    right
}

/// The menu of a card: everything that can be done to it without dragging.
pub(super) fn menu(ui: &mut Ui, stage: &Stage<'_>, card: &Card, view: &mut View, out: &mut Outbox) {
    let last = stage.cards.len().saturating_sub(1);
    let at = card.position;
    if ui.button((icon::SEARCH, "Select in inspector")).clicked() {
        view.selection = Some(Selection::Layer(card.id));
        view.tab = ResultTab::Inspector;
    }
    if ui.button((icon::COPY, "Duplicate")).clicked() {
        out.edit(Edit::InsertLayer { at: at + 1, kind: card.kind });
        view.selection = Some(Selection::Layer(stage.scene.spec.network.free_id()));
    }
    let left = egui::Button::new((icon::ARROW_LEFT, "Move left"));
    if ui.add_enabled(at > 0, left).clicked() {
        out.edit(Edit::MoveLayer { id: card.id, to: at.saturating_sub(1) });
    }
    let right = egui::Button::new((icon::ARROW_RIGHT, "Move right"));
    if ui.add_enabled(at < last, right).clicked() {
        out.edit(Edit::MoveLayer { id: card.id, to: at + 1 });
    }
    if can_freeze(card) {
        let text = if card.frozen { "Unfreeze" } else { "Freeze" };
        if ui.button((icon::SNOWFLAKE, text)).clicked() {
            out.edit(Edit::FreezeLayer { id: card.id, frozen: !card.frozen });
        }
    }
    ui.separator();
    let danger = theme::palette(ui).danger_text;
    let text = egui::RichText::new("Remove").color(danger);
    if ui.button((icon::TRASH, text)).clicked() {
        drag::remove(card.id, view, out);
    }
}
