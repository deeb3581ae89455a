//! The inspector: reading, changing and freezing single weights; taking numbers out of the window.

use crate::support::app::App;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, OutputCommand};
use egui_kittest::kittest::NodeT;
use netsmith::experiment::ExperimentSpec;
use netsmith::experiment::spec::WeightAddress;

/// The first dense layer's first weight of its first neuron.
const WEIGHT: WeightAddress = WeightAddress { unit: 0, input: Some(0) };
/// The identifier of the first dense layer, and its position on the canvas.
const DENSE: (u32, usize) = (2, 1);

/// Where a weight or bias of the first dense layer lies in the flat vector.
fn index(app: &App, address: WeightAddress) -> usize {
    let snapshot = app.snapshot().unwrap();
    let dense = snapshot.prepared.network.layers()[0].as_dense().unwrap();
    dense.parameter(address.unit, address.input).unwrap()
}

/// The program with the first neuron of the first dense layer in the inspector.
fn start_on_a_neuron() -> App {
    let mut app = App::start();
    assert_eq!(app.spec().network.layers[DENSE.1].id, DENSE.0);
    app.click("Neuron 1 of dense layer 1");
    assert!(app.says("Dense layer 1, neuron 1"));
    app
}

fn train_one_epoch(app: &mut App) {
    let epoch = app.epoch();
    app.key(Key::E);
    app.wait_until("an epoch is trained", |app| app.epoch() > epoch);
}

/// Presses a button and returns what it has put on the clipboard.
fn copied(app: &mut App, button: &str) -> String {
    app.control(button).click();
    app.harness.step();
    let commands = &app.harness.output().platform_output.commands;
    let mut texts = commands.iter().filter_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let text = texts.next_back().expect("something is copied");
    app.run();
    text
}

#[test]
fn a_weight_and_a_bias_are_changed_by_hand() {
    let mut app = start_on_a_neuron();
    let (weight, bias) =
        (index(&app, WEIGHT), index(&app, WeightAddress { input: None, ..WEIGHT }));
    let before = app.parameters();
    app.fill("Weight from x₁", "2.5");
    app.wait_until("the weight is set", |app| app.parameters()[weight] == 2.5);
    app.fill("Bias", "−0,75");
    app.wait_until("the bias is set", |app| app.parameters()[bias] == -0.75);
    let after = app.parameters();
    let others = (0..after.len()).filter(|&index| index != weight && index != bias);
    assert!(others.into_iter().all(|index| after[index] == before[index]));
    // Training goes on from there; Reset brings the starting weights back.
    train_one_epoch(&mut app);
    assert!((app.parameters()[weight] - 2.5).abs() < 1.0);
    app.key(Key::R);
    app.wait_until("it begins again", |app| app.parameters() == before);
}

#[test]
fn what_is_no_number_changes_no_weight() {
    let mut app = start_on_a_neuron();
    let before = app.parameters();
    for nonsense in ["abc", "inf", "NaN", ""] {
        app.fill("Weight from x₁", nonsense);
    }
    app.settle();
    assert_eq!(app.parameters(), before);
}

#[test]
fn a_frozen_weight_stays_while_the_others_are_trained() {
    let mut app = start_on_a_neuron();
    let weight = index(&app, WEIGHT);
    let before = app.parameters();
    app.click("Freeze the weight from x₁");
    assert_eq!(app.spec().network.layers[DENSE.1].frozen_weights, [WEIGHT]);
    train_one_epoch(&mut app);
    let trained = app.parameters();
    let moved = (0..trained.len()).filter(|&index| trained[index] != before[index]).count();
    assert_eq!(trained[weight].to_bits(), before[weight].to_bits());
    assert!(moved > trained.len() / 2, "only {moved} of {} moved", trained.len());
    app.click("Unfreeze the weight from x₁");
    train_one_epoch(&mut app);
    assert_ne!(app.parameters()[weight], before[weight]);
    app.key_with(Modifiers::COMMAND, Key::Z);
    app.key_with(Modifiers::COMMAND, Key::Z);
    assert!(app.spec().network.layers[DENSE.1].frozen_weights.is_empty());
}

#[test]
fn a_whole_neuron_is_frozen_and_thawed() {
    let mut app = start_on_a_neuron();
    app.click("Freeze neuron");
    assert_eq!(app.spec().network.layers[DENSE.1].frozen_weights.len(), 3, "two weights, one bias");
    app.click("Unfreeze neuron");
    assert!(app.spec().network.layers[DENSE.1].frozen_weights.is_empty());
}

#[test]
fn a_weight_that_is_looked_back_at_cannot_be_changed() {
    let mut app = start_on_a_neuron();
    train_one_epoch(&mut app);
    train_one_epoch(&mut app);
    app.key_with(Modifiers::NONE, Key::Escape);
    let slider = app.of_role(Role::Slider, "Timeline").rect();
    app.click_at(slider.left_center() + eframe::egui::vec2(2.0, 0.0));
    app.wait_until("it looks back", |app| app.says("looking back") || app.says("Looking back"));
    let field = app.of_role(Role::SpinButton, "Weight from x₁");
    assert!(field.accesskit_node().is_disabled());
}

#[test]
fn the_curves_are_copied_as_a_table() {
    let mut app = App::start();
    for _ in 0..3 {
        train_one_epoch(&mut app);
    }
    let text = copied(&mut app, "Copy the curves as a table");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|&head| head == name).expect(name);
    let curve = app.snapshot().unwrap().curve.clone();
    assert_eq!(rows.len(), curve.points().len() + 1);
    let last = curve.last().unwrap();
    let row = rows.last().unwrap();
    assert_eq!(row[column("epoch")], "3");
    assert_eq!(row[column("train_loss")].parse(), Ok(last.metrics.train.loss));
    let accuracy = last.metrics.validation.unwrap().accuracy.unwrap();
    assert_eq!(row[column("validation_accuracy")].parse(), Ok(accuracy));
    assert!(app.says("Learning curves copied."));
}

#[test]
fn the_confusion_matrix_is_copied_as_a_table() {
    let mut app = App::start_on(ExperimentSpec::named("penguins").unwrap());
    app.click_role(Role::Tab, "Confusion");
    app.settle();
    let text = copied(&mut app, "Copy the matrix as a table");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0][1..], ["Adelie", "Chinstrap", "Gentoo"]);
    let counts = rows[1..].iter().flat_map(|row| &row[1..]);
    let total: usize = counts.map(|count| count.parse::<usize>().unwrap()).sum();
    let samples = app.snapshot().unwrap().prepared.samples.clone();
    assert!(total == samples.validation.len(), "{total} rows in {text}");
}
