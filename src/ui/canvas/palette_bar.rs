//! The row above the canvas: the title, the layers that can be dragged onto the canvas, the size
//! of the network, and a menu for what concerns the network as a whole.

use eframe::egui::{
    self, Button, CursorIcon, Role, Sense, Ui, WidgetInfo, containers::menu::MenuButton,
};

use super::CanvasState;
use super::card;
use super::drag::{self, Drag, Item};
use super::model::{self, Card};
use super::navigate::{self, Drawn};
use crate::app::{Action, Outbox};
use crate::experiment::{Edit, LayerKind, NetworkSpec};
use crate::nn::{Activation, Initialization};
use crate::ui::scene::Scene;
use crate::ui::view::View;
use crate::ui::{format, icon, theme};

/// The layers on offer. What a dense layer starts with is decided where it lands.
const OFFERED: [LayerKind; 4] = [
    LayerKind::Input,
    LayerKind::Dense { units: 8, activation: Activation::Tanh },
    LayerKind::Dropout { rate: 0.2 },
    LayerKind::Output,
];

/// Below this width the title gives way, in points.
const WITH_TITLE: f32 = 500.0;
/// Below this width the icons on the chips give way, in points.
const WITH_ICONS: f32 = 400.0;
/// From this width on, the button that fits the network stands in the row, in points.
const WITH_FIT: f32 = 330.0;
/// From this width on, the zoom buttons stand in the row, in points.
const WITH_ZOOM: f32 = 600.0;
/// From this width on, the number of parameters stands in the row, in points.
const WITH_COUNT: f32 = 760.0;

/// Shows the row.
pub(super) fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    cards: &[Card],
    view: &mut View,
    out: &mut Outbox,
    state: &mut CanvasState,
) {
    let width = ui.available_width();
    ui.horizontal(|ui| {
        if width >= WITH_TITLE {
            ui.heading("Network");
            ui.add_space(theme::SPACE_2);
        }
        ui.spacing_mut().item_spacing.x = theme::SPACE_1;
        for kind in OFFERED {
            show_chip(ui, scene, kind, width >= WITH_ICONS, view, out, state);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            show_menu(ui, scene, state.drawn, view, out);
            if width >= WITH_FIT {
                navigate::show_buttons(ui, width >= WITH_ZOOM, state.drawn, view);
            }
            if has_count(width) {
                ui.add_space(theme::SPACE_2);
                show_count(ui, scene, cards);
            }
        });
    });
}

/// Whether the number of parameters has room in the row; else it stands on the canvas.
pub(super) fn has_count(width: f32) -> bool {
    width >= WITH_COUNT
}

/// A layer that can be dragged onto the canvas; a click puts it where it makes sense.
fn show_chip(
    ui: &mut Ui,
    scene: &Scene<'_>,
    kind: LayerKind,
    with_icon: bool,
    view: &mut View,
    out: &mut Outbox,
    state: &mut CanvasState,
) {
    let palette = theme::palette(ui);
    // A network has one input and one output: the chip steps back once they are there.
    let single = matches!(kind, LayerKind::Input | LayerKind::Output);
    let there = single && scene.spec.network.layers.iter().any(|layer| layer.kind == kind);
    let color = if there { palette.text_weak } else { palette.text_strong };
    let text = egui::RichText::new(kind.name()).color(color);
    let button = if with_icon {
        let picture = card::icon_of(kind);
        let picture = egui::Atom::paint(egui::Vec2::splat(theme::ICON), move |ui, args| {
            picture.paint(ui.painter(), args.rect.center(), theme::ICON, color);
        });
        Button::new((picture, text))
    } else {
        Button::new(text)
    };
    let response = ui.add(button.sense(Sense::click_and_drag()));
    let name = format!("Add {} layer", kind.name());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.clicked() {
        let at = drag::sensible_place(kind, scene, view);
        drag::add(kind, at, scene, view, out);
    }
    if response.drag_started_by(egui::PointerButton::Primary) {
        let label = kind.name().to_owned();
        state.drag = Some(Drag::new(Item::New(kind), response.id, label));
    }
    if state.drag.is_none() {
        response.on_hover_cursor(CursorIcon::Grab).on_hover_ui(|ui| {
            ui.label(card::teaching(kind));
            ui.small("Drag it onto the canvas, or click to add it.");
            if there {
                let which = kind.name().to_lowercase();
                ui.small(format!("This network has its {which} layer already."));
            }
        });
    }
}

/// "21 parameters".
pub(super) fn show_count(ui: &mut Ui, scene: &Scene<'_>, cards: &[Card]) {
    let Some(snapshot) = scene.snapshot else {
        return;
    };
    let network = &snapshot.prepared.network;
    let count = network.parameter_count();
    let text = model::counted(count, "parameter", "parameters");
    let palette = theme::palette(ui);
    let text = egui::RichText::new(text).color(palette.text_weak);
    ui.add(egui::Label::new(text).sense(Sense::hover())).on_hover_ui(|ui| {
        ui.label("Parameters are the numbers that training changes: weights and biases.");
        for (layer, id) in network.layers().iter().zip(snapshot.prepared.layer_ids.iter()) {
            let Some(dense) = layer.as_dense() else {
                continue;
            };
            let name = cards
                .iter()
                .find(|card| card.id == *id)
                .map_or_else(|| "A layer".to_owned(), Card::name);
            let number = |count: usize| format::count(count as u64);
            ui.label(format!(
                "{name}: {} × {} weights + {} biases = {}",
                number(dense.inputs),
                number(dense.units),
                number(dense.units),
                number(dense.weights.len() + dense.biases.len()),
            ));
        }
    });
}

/// What concerns the network as a whole.
fn show_menu(
    ui: &mut Ui,
    scene: &Scene<'_>,
    drawn: Option<Drawn>,
    view: &mut View,
    out: &mut Outbox,
) {
    let button = Button::new(icon::MORE).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.menu_button((icon::SCATTER, "Starting weights"), |ui| {
            show_initializations(ui, scene, out);
        });
        show_action(ui, Action::NewWeights, out);
        ui.separator();
        navigate::show_entries(ui, drawn, view);
        ui.separator();
        let empty = scene.spec.network.layers.is_empty();
        let text = egui::RichText::new("Empty canvas").color(theme::palette(ui).danger_text);
        let response = ui.add_enabled(!empty, Button::new((icon::BROOM, text)));
        if response.clicked() {
            out.edit(Edit::SetNetwork(NetworkSpec::empty(), "empty the canvas"));
        }
        response
            .on_hover_text("Takes all layers away, to begin from nothing. Undo brings them back.");
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Network menu"));
    response.on_hover_text("Starting weights, empty canvas");
}

fn show_initializations(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let current = scene.spec.network.initialization;
    for &choice in Initialization::ALL {
        let item = ui.radio(choice == current, choice.name());
        if item.clicked() {
            out.edit(Edit::SetInitialization(choice));
            ui.close();
        }
        item.on_hover_ui(|ui| {
            ui.label(choice.formula());
            ui.label(choice.summary());
            ui.small("n inputs and m neurons in the layer; biases start at 0 unless said.");
        });
    }
}

/// A menu entry for an action, with its key and its tooltip.
fn show_action(ui: &mut Ui, action: Action, out: &mut Outbox) {
    let mut button = match action.icon() {
        Some(icon) => Button::new((icon, action.text())),
        None => Button::new(action.text()),
    };
    if let Some(shortcut) = action.shortcut() {
        button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
    }
    let response = ui.add(button);
    if response.clicked() {
        out.act(action);
    }
    response.on_hover_text(action.tooltip());
}
