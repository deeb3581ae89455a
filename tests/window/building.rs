//! Building networks with the mouse: layers from the palette onto the canvas, cards to another
//! place, into the bin, off the canvas in every other way, and back again with undo.

use crate::support::app::App;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Pos2, pos2};
use egui_kittest::kittest::NodeT;
use netsmith::experiment::{ExperimentSpec, LayerKind};
use netsmith::nn::Activation;

/// The free end of the canvas.
fn right_end(app: &App) -> Pos2 {
    let canvas = app.canvas();
    pos2(canvas.right() - 40.0, canvas.center().y)
}

/// Drags a layer from the palette to the right end of the canvas.
fn drag_in(app: &mut App, chip: &str) {
    let from = app.place(chip).center();
    app.drag(from, right_end(app));
}

/// Where a card is taken hold of: its title.
fn handle(app: &App, card: &str) -> Pos2 {
    let header = app.card(card);
    pos2(header.left() + header.width() * 0.35, header.center().y)
}

fn kinds(app: &App) -> Vec<&'static str> {
    app.spec().network.layers.iter().map(|layer| layer.kind.name()).collect()
}

#[test]
fn a_network_is_built_by_drag_and_drop_alone_and_solves_the_circle() {
    let mut app = App::start_on_an_empty_canvas();
    assert!(app.says("The canvas is empty."));
    assert!(!app.is_enabled("Train"));
    drag_in(&mut app, "Add Input layer");
    drag_in(&mut app, "Add Dense layer");
    drag_in(&mut app, "Add Dense layer");
    drag_in(&mut app, "Add Output layer");
    assert_eq!(kinds(&app), ["Input", "Dense", "Dense", "Output"]);
    assert_eq!(app.spec().network.hidden_units(), [8, 8]);

    assert!(app.is_enabled("Train"));
    app.click("Train");
    app.wait_until("the circle is solved", |app| app.validation_accuracy() >= 0.97);
    assert!(app.is_running());
    app.click("Pause");
    app.wait_until("it pauses", |app| !app.is_running());
}

#[test]
fn the_number_of_neurons_is_set_by_buttons_and_by_typing() {
    let mut app = App::start();
    app.click("Add a neuron to dense layer 1");
    app.click("Add a neuron to dense layer 1");
    app.click("Remove a neuron from dense layer 2");
    assert_eq!(app.spec().network.hidden_units(), [6, 1]);
    assert!(!app.is_enabled("Remove a neuron from dense layer 2"), "a layer has a neuron");
    app.fill("Neurons in dense layer 2", "64");
    assert_eq!(app.spec().network.hidden_units(), [6, 64]);
    assert!(app.says("more"), "layers too wide to draw say so");
    app.fill("Neurons in dense layer 2", "9999");
    assert_eq!(app.spec().network.hidden_units(), [6, 4096], "and there is an end");
}

#[test]
fn a_card_is_dragged_to_another_place() {
    let mut app = App::start();
    assert_eq!(app.spec().network.hidden_units(), [4, 2]);
    let to = app.card("Input layer").right() + 12.0;
    let from = handle(&app, "Dense layer 2");
    app.drag(from, pos2(to, from.y));
    assert_eq!(app.spec().network.hidden_units(), [2, 4]);
    assert_eq!(kinds(&app), ["Input", "Dense", "Dense", "Output"]);
}

#[test]
fn letting_go_beside_the_canvas_or_pressing_escape_changes_nothing() {
    let mut app = App::start();
    let before = app.spec();
    let chip = app.place("Add Dense layer").center();
    app.drag(chip, pos2(100.0, 700.0));
    assert_eq!(app.spec(), before);
    let middle = app.canvas().center();
    app.hold(chip, middle);
    app.key(Key::Escape);
    app.let_go(middle);
    assert_eq!(app.spec(), before);
}

#[test]
fn a_layer_is_removed_in_every_way_there_is() {
    let mut app = App::start();
    let canvas = app.canvas();
    let bin = pos2(canvas.center().x, canvas.bottom() - 28.0);
    let from = handle(&app, "Dense layer 1");
    app.drag(from, bin);
    assert_eq!(app.spec().network.hidden_units(), [2], "the bin takes it");

    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec(), ExperimentSpec::default());
    let from = handle(&app, "Dense layer 1");
    app.click_at(from);
    app.key(Key::Delete);
    assert_eq!(app.spec().network.hidden_units(), [2], "Delete removes what is selected");

    app.key_with(Modifiers::COMMAND, Key::Z);
    app.right_click("Dense layer 2, 2 neurons, tanh");
    app.click("Remove");
    assert_eq!(app.spec().network.hidden_units(), [4], "the menu of the card removes it");

    app.key_with(Modifiers::COMMAND, Key::Z);
    app.click("Remove dense layer 2");
    assert_eq!(app.spec().network.hidden_units(), [4], "so does its cross");

    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec(), ExperimentSpec::default());
    app.click("Neuron 1 of dense layer 1");
    app.key(Key::Delete);
    assert_eq!(app.spec(), ExperimentSpec::default(), "a neuron is not its layer");
    assert!(app.says("Select a layer by its title"));
}

#[test]
fn what_is_dragged_can_be_done_with_the_keyboard_and_the_menu() {
    let mut app = App::start();
    for _ in 0..3 {
        app.key_with(Modifiers::ALT, Key::ArrowRight);
    }
    app.key_with(Modifiers::ALT | Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(app.spec().network.hidden_units(), [2, 4], "the selected layer moves left");
    app.choose("Edit", "Move layer right");
    assert_eq!(app.spec().network.hidden_units(), [4, 2]);
    app.click("Add Dropout layer");
    assert_eq!(kinds(&app), ["Input", "Dense", "Dense", "Dropout", "Output"]);
    app.choose("Edit", "Delete");
    assert_eq!(kinds(&app), ["Input", "Dense", "Dense", "Output"]);
}

#[test]
fn a_missing_output_is_explained_on_the_canvas_and_mended_there() {
    let mut app = App::start();
    app.click("Train");
    app.wait_until("it trains", |app| app.epoch() > 2);
    app.click("Remove output layer");
    assert!(!app.is_running());
    assert!(!app.is_enabled("Train"));
    assert!(app.says("There is no Output layer"));
    app.key(Key::Space);
    assert!(!app.is_running());
    app.click("Add an Output layer");
    assert!(app.is_enabled("Train"));
    assert!(!app.has_control("Add an Output layer"));
    app.key_with(Modifiers::COMMAND, Key::Z);
    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec(), ExperimentSpec::default());
}

#[test]
fn two_inputs_and_a_misplaced_output_are_explained_and_mended() {
    let mut app = App::start();
    app.right_click("Output layer, 1 output, sigmoid");
    app.click("Move left");
    assert!(app.says("The Output layer comes last"));
    app.click("Move to the end");
    assert_eq!(kinds(&app), ["Input", "Dense", "Dense", "Output"]);
    app.click("Add Input layer");
    assert!(app.says("A network has one Input layer"));
    app.click_role(Role::Button, "Remove");
    assert_eq!(kinds(&app), ["Input", "Dense", "Dense", "Output"]);
    assert!(app.is_enabled("Train"));
}

#[test]
fn the_empty_canvas_offers_a_network() {
    let mut app = App::start_on_an_empty_canvas();
    app.click("Add a small network");
    assert_eq!(app.spec().network, ExperimentSpec::default().network);
    app.click("Network menu");
    app.click("Empty canvas");
    assert_eq!(kinds(&app), <[&str; 0]>::default());
}

#[test]
fn everything_is_undone_back_to_the_first_document_and_made_again() {
    let mut app = App::start();
    let first = app.spec();
    let mut steps = vec![first.clone()];
    let mut note = |app: &App| {
        assert_ne!(steps.last(), Some(&app.spec()), "each of these is an edit");
        steps.push(app.spec());
    };
    app.click("Add Dense layer");
    note(&app);
    let from = app.place("Add Dropout layer").center();
    let to = right_end(&app);
    app.drag(from, to);
    note(&app);
    app.fill("Neurons in dense layer 1", "7");
    note(&app);
    app.pick("Activation of dense layer 1", "ReLU");
    note(&app);
    app.click("Freeze dense layer 2");
    note(&app);
    app.click("Remove dense layer 3");
    note(&app);
    app.fill("Learning rate", "0.003");
    note(&app);
    app.pick("Method", "RMSProp");
    note(&app);
    app.pick("Schedule", "Cosine annealing");
    note(&app);
    app.click_role(Role::CheckBox, "Patience");
    note(&app);
    app.click("x₁²");
    note(&app);
    app.fill("Noise", "0.2");
    note(&app);
    app.key(Key::W);
    note(&app);
    app.key(Key::D);
    note(&app);
    app.click("Spiral");
    note(&app);
    app.click("Penguins");
    note(&app);
    app.click("bill_depth_mm");
    note(&app);

    let mut back = steps.clone();
    while let Some(expected) = back.pop() {
        assert_eq!(app.spec(), expected);
        app.key_with(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(app.spec(), first, "there is nothing before the first document");
    app.click("Edit");
    assert!(app.entry("Undo").accesskit_node().is_disabled());
    app.key(Key::Escape);
    for expected in &steps {
        assert_eq!(app.spec(), *expected);
        app.key_with(Modifiers::COMMAND, Key::Y);
    }
    assert_eq!(Some(&app.spec()), steps.last());
    app.wait_until("the last document can be trained", |app| app.snapshot().is_some());
}

#[test]
fn the_activation_of_a_layer_is_chosen_on_its_card() {
    let mut app = App::start();
    for activation in Activation::ALL {
        if app.value(Role::ComboBox, "Activation of dense layer 2") == activation.name() {
            continue;
        }
        app.pick("Activation of dense layer 2", activation.name());
        let layers = app.spec().network.layers;
        assert_eq!(layers[2].kind, LayerKind::Dense { units: 2, activation: *activation });
        assert!(app.is_enabled("Train"));
    }
}
