//! The canvas in the real window: layers are dragged onto it, moved, removed, set and read.

use std::time::Duration;

use eframe::egui::{self, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use netsmith::app::{Netsmith, Setup};
use netsmith::experiment::{ExperimentSpec, LayerKind, NetworkSpec};
use netsmith::nn::Activation;
use netsmith::ui::view::{ResultTab, Selection};

/// The window on an experiment, once the workers have looked at it.
fn window<'a>(spec: ExperimentSpec) -> Harness<'a, Netsmith> {
    let mut harness =
        crate::support::window([1280.0, 800.0], egui::Theme::Dark).build_eframe(|creation| {
            let setup = Setup { experiment: Some((spec, None)), ..Setup::default() };
            Netsmith::new(&creation.egui_ctx, setup).expect("threads")
        });
    settle(&mut harness);
    harness
}

/// Waits for the workers: until the run is that of the document, and has been looked into.
fn settle(harness: &mut Harness<'_, Netsmith>) {
    for _ in 0..400 {
        harness.run();
        let app = harness.state();
        let settled = match (app.snapshot(), app.latest_insight()) {
            (Some(run), Some(look)) => run.number == look.snapshot,
            (None, _) => app.is_waiting_for_nothing(),
            (Some(_), None) => false,
        };
        if settled {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn empty() -> ExperimentSpec {
    ExperimentSpec { network: NetworkSpec::empty(), ..ExperimentSpec::default() }
}

fn begin(harness: &mut Harness<'_, Netsmith>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(from + vec2(8.0, 8.0));
    harness.run();
    harness.hover_at(to);
    harness.run();
}

fn drag(harness: &mut Harness<'_, Netsmith>, from: Pos2, to: Pos2) {
    begin(harness, from, to);
    harness.drop_at(to);
    harness.run();
    harness.remove_cursor();
    settle(harness);
}

fn chip(harness: &Harness<'_, Netsmith>, kind: &str) -> Pos2 {
    harness.get_by_label(&format!("Add {kind} layer")).rect().center()
}

fn kinds(harness: &Harness<'_, Netsmith>) -> Vec<&'static str> {
    harness.state().spec().network.layers.iter().map(|layer| layer.kind.name()).collect()
}

fn title(harness: &Harness<'_, Netsmith>, name: &str) -> egui::Rect {
    harness.get_by_label_contains(name).rect()
}

#[test]
fn a_network_is_built_by_dragging_alone() {
    let mut harness = window(empty());
    for kind in ["Input", "Dense", "Dense", "Output"] {
        let from = chip(&harness, kind);
        let canvas = harness.get_by_label("Network canvas").rect();
        drag(&mut harness, from, canvas.right_center() - vec2(30.0, 0.0));
    }
    assert_eq!(kinds(&harness), ["Input", "Dense", "Dense", "Output"]);
    assert_eq!(harness.state().spec().network.hidden_units(), [8, 8]);
    harness.get_by_label("105 parameters");
    harness.get_by_label("Dense layer 2, 8 neurons, tanh");
}

#[test]
fn dropping_in_the_middle_each_time_gives_a_network_too() {
    let mut harness = window(empty());
    for kind in ["Input", "Dense", "Output"] {
        let from = chip(&harness, kind);
        let canvas = harness.get_by_label("Network canvas").rect();
        drag(&mut harness, from, canvas.center());
    }
    assert_eq!(kinds(&harness), ["Input", "Dense", "Output"]);
}

#[test]
fn a_click_adds_a_layer_where_it_makes_sense() {
    let mut harness = window(ExperimentSpec::default());
    harness.get_by_label("Add Dropout layer").click();
    harness.run();
    assert_eq!(kinds(&harness), ["Input", "Dense", "Dense", "Dropout", "Output"]);
    harness.get_by_label("Add Dense layer").focus();
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(kinds(&harness), ["Input", "Dense", "Dense", "Dropout", "Dense", "Output"]);
}

#[test]
fn cards_are_moved_and_removed_by_their_header() {
    let mut harness = window(ExperimentSpec::default());
    let first = title(&harness, "Dense layer 1, 4");
    let second = title(&harness, "Dense layer 2, 2");
    drag(
        &mut harness,
        first.left_center() + vec2(12.0, 0.0),
        second.right_center() + vec2(10.0, 0.0),
    );
    assert_eq!(harness.state().spec().network.hidden_units(), [2, 4]);

    let from = title(&harness, "Dense layer 1, 2").left_center() + vec2(12.0, 0.0);
    let canvas = harness.get_by_label("Network canvas").rect();
    drag(&mut harness, from, canvas.center_bottom() - vec2(0.0, 20.0));
    assert_eq!(harness.state().spec().network.hidden_units(), [4]);
    harness.get_by_label("Remove dense layer 1").click();
    harness.run();
    assert_eq!(kinds(&harness), ["Input", "Output"]);
}

#[test]
fn escape_and_letting_go_beside_the_canvas_change_nothing() {
    let mut harness = window(ExperimentSpec::default());
    let before = harness.state().spec().clone();
    let from = title(&harness, "Dense layer 1, 4").left_center() + vec2(12.0, 0.0);
    let canvas = harness.get_by_label("Network canvas").rect();
    begin(&mut harness, from, canvas.right_center() - vec2(20.0, 0.0));
    harness.key_press(egui::Key::Escape);
    harness.run();
    harness.drop_at(canvas.right_center() - vec2(20.0, 0.0));
    harness.run();
    assert_eq!(*harness.state().spec(), before);

    let from = chip(&harness, "Dense");
    drag(&mut harness, from, from + vec2(60.0, 2.0));
    assert_eq!(*harness.state().spec(), before);
}

#[test]
fn a_misplaced_layer_says_so_and_is_mended_by_its_button() {
    let mut harness = window(ExperimentSpec::default());
    let from = title(&harness, "Output layer, 1").left_center() + vec2(12.0, 0.0);
    let input = title(&harness, "Input layer, 2");
    drag(&mut harness, from, input.right_center() + vec2(4.0, 0.0));
    assert_eq!(kinds(&harness), ["Input", "Output", "Dense", "Dense"]);
    harness.get_by_label("Move to the end").click();
    harness.run();
    assert_eq!(kinds(&harness), ["Input", "Dense", "Dense", "Output"]);

    harness.get_by_label("Remove output layer").click();
    harness.run();
    harness.get_by_label("Add an Output layer").click();
    harness.run();
    assert_eq!(kinds(&harness), ["Input", "Dense", "Dense", "Output"]);
}

#[test]
fn an_empty_canvas_offers_a_small_network() {
    let mut harness = window(empty());
    harness.get_by_label("Add a small network").click();
    // The scroll area of the new network fades in over a few frames.
    harness.run_steps(10);
    assert_eq!(harness.state().spec().network.hidden_units(), [4, 2]);
}

#[test]
fn the_controls_on_a_card_change_the_layer() {
    let mut harness = window(ExperimentSpec::default());
    harness.get_by_label("Add a neuron to dense layer 1").click();
    harness.run();
    harness.get_by_label("Remove a neuron from dense layer 2").click();
    harness.run();
    assert_eq!(harness.state().spec().network.hidden_units(), [5, 1]);
    harness.get_by_label("Freeze dense layer 1").click();
    harness.run();
    assert!(harness.state().spec().network.layers[1].frozen);
    harness.get_by_label("Activation of dense layer 1").click();
    harness.run();
    harness.get_by_label("ReLU").click();
    harness.run();
    let kind = harness.state().spec().network.layers[1].kind;
    assert!(matches!(kind, LayerKind::Dense { activation: Activation::Relu, .. }));
    harness.get_by_label("Neurons in dense layer 1").click();
    harness.run();
    harness.event(egui::Event::Text("12".into()));
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().spec().network.hidden_units(), [12, 1]);
}

#[test]
fn a_button_pressed_again_and_again_stays_under_the_pointer() {
    let mut harness = window(ExperimentSpec::default());
    let place = harness.get_by_label("Add a neuron to dense layer 1").rect();
    harness.hover_at(place.center());
    harness.run();
    for _ in 0..4 {
        harness.drag_at(place.center());
        harness.run();
        harness.drop_at(place.center());
        harness.run();
    }
    assert_eq!(harness.state().spec().network.hidden_units(), [8, 2]);
    assert!(
        (harness.get_by_label("Add a neuron to dense layer 1").rect().top() - place.top()).abs()
            < 1.0
    );
}

#[test]
fn neurons_curves_and_cards_are_selected_by_a_click() {
    let mut harness = window(ExperimentSpec::default());
    let neuron = harness.get_by_label("Neuron 2 of dense layer 2");
    let from = neuron.rect();
    neuron.click();
    harness.run();
    assert_eq!(
        harness.state_mut().view_mut().selection,
        Some(Selection::Neuron { layer: 3, unit: 1 })
    );
    assert_eq!(harness.state_mut().view_mut().tab, ResultTab::Inspector);

    let to = harness.get_by_label_contains("Output neuron 1").rect();
    let middle = Pos2::new(
        f32::midpoint(from.right(), to.left()),
        f32::midpoint(from.center().y, to.center().y),
    );
    harness.hover_at(middle);
    harness.run_steps(2);
    harness.get_by_label_contains("Weight from neuron 2 to the output: ");
    harness.drag_at(middle);
    harness.run();
    harness.drop_at(middle);
    harness.run();
    let selection = harness.state_mut().view_mut().selection;
    assert!(
        matches!(selection, Some(Selection::Weight { layer: 4, address })
        if address.unit == 0 && address.input == Some(1)),
        "{selection:?}"
    );
    harness.remove_cursor();
    harness.run();

    harness.get_by_label("Dense layer 1, 4 neurons, tanh").click();
    harness.run();
    assert_eq!(harness.state_mut().view_mut().selection, Some(Selection::Layer(2)));
}

#[test]
fn a_right_click_offers_what_dragging_does() {
    for (entry, expected) in
        [("Move right", vec![2, 4]), ("Duplicate", vec![4, 4, 2]), ("Remove", vec![2])]
    {
        let mut harness = window(ExperimentSpec::default());
        harness.get_by_label("Dense layer 1, 4 neurons, tanh").click_secondary();
        harness.run();
        harness.get_by_label(entry).click();
        harness.run();
        assert_eq!(harness.state().spec().network.hidden_units(), expected, "{entry}");
    }
}

#[test]
fn the_wheel_zooms_and_fitting_brings_everything_back() {
    let mut harness = window(ExperimentSpec::default());
    let canvas = harness.get_by_label("Network canvas").rect();
    harness.hover_at(canvas.center());
    harness.run();
    harness.event(egui::Event::Zoom(2.0));
    harness.run();
    assert!(harness.state_mut().view_mut().zoom.is_some_and(|zoom| zoom > 1.2));
    harness.drag_at(canvas.center_top() + vec2(0.0, 12.0));
    harness.run();
    harness.hover_at(canvas.center_top() + vec2(-60.0, 12.0));
    harness.run();
    let pan = harness.state_mut().view_mut().pan;
    harness.hover_at(canvas.center_top() + vec2(-90.0, 12.0));
    harness.run();
    assert!(harness.state_mut().view_mut().pan.x < pan.x);
    harness.drop_at(canvas.center_top() + vec2(-90.0, 12.0));
    harness.run();
    harness.get_by_label("Fit the network").click();
    harness.run();
    assert_eq!(harness.state_mut().view_mut().zoom, None);
}

#[test]
fn keys_delete_move_and_take_back() {
    let mut harness = window(ExperimentSpec::default());
    harness.get_by_label("Dense layer 1, 4 neurons, tanh").click();
    harness.run();
    let both = egui::Modifiers::ALT | egui::Modifiers::SHIFT;
    harness.key_press_modifiers(both, egui::Key::ArrowRight);
    settle(&mut harness);
    assert_eq!(harness.state().spec().network.hidden_units(), [2, 4]);
    harness.key_press(egui::Key::Delete);
    settle(&mut harness);
    assert_eq!(harness.state().spec().network.hidden_units(), [2]);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    settle(&mut harness);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    settle(&mut harness);
    assert_eq!(harness.state().spec().network.hidden_units(), [4, 2]);
}
