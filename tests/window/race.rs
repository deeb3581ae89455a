//! The race of methods in the window: choosing racers, watching, taking the winner, and the same
//! methods on growing networks.

use crate::support::app::{App, WINDOW};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use netsmith::app::Setup;
use netsmith::app::preferences::Preferences;
use netsmith::experiment::ExperimentSpec;
use netsmith::optim;

/// Two circles and a method that is in no starting field, so that taking a racer changes something.
fn spec() -> ExperimentSpec {
    let mut spec = ExperimentSpec::default();
    spec.training.choose(optim::method("momentum").unwrap());
    spec
}

fn open(size: [f32; 2], zoom: f32) -> App {
    let preferences = Preferences { speed: 1.0, zoom, ..Preferences::default() };
    let setup = Setup { experiment: Some((spec(), None)), preferences, ..Setup::default() };
    App::open_sized(setup, size)
}

/// The race page with three racers and so many epochs to run.
fn at_the_start(epochs: &str) -> App {
    let mut app = open(WINDOW, 1.0);
    app.key(Key::C);
    app.click("Remove racer 4");
    app.fill("Epochs of the race", epochs);
    app
}

fn is_running(app: &App) -> bool {
    app.state().race().is_some_and(netsmith::app::Race::is_running)
}

fn finished(epochs: &str) -> App {
    let mut app = at_the_start(epochs);
    app.click("Start the race");
    app.wait_until("everybody has finished", |app| app.has_control("Take the winner"));
    app
}

#[test]
fn three_methods_race_and_the_winner_is_taken() {
    let mut app = finished("60");
    assert!(app.says("has won: "), "{:?}", app.texts());
    let racers = &app.state().race().unwrap().racers;
    let names: Vec<_> = racers.iter().map(|racer| racer.training.optimizer.clone()).collect();
    assert_eq!(names.len(), 3);
    for racer in racers {
        let standing = racer.standing().unwrap();
        assert!(standing.stop.is_some(), "{standing:?}");
        assert!(app.says(&standing.verdict), "{}", standing.verdict);
        let name = optim::method(&standing.optimizer).unwrap().name;
        assert!(app.has_control(&format!("Take {name}")), "{:?}", app.names());
        assert!(app.says(&format!("Map of {name}: epoch ")), "each has a map");
    }
    let before = app.spec();
    app.click("Take the winner");
    let taken = app.spec();
    assert!(names.contains(&taken.training.optimizer), "{}", taken.training.optimizer);
    assert_eq!(taken.training.stop, before.training.stop, "when to stop stays");
    assert!(app.has_control("Race…"), "back at the experiment");
    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec(), before);
}

#[test]
fn any_racer_can_be_taken_with_its_settings() {
    let mut app = at_the_start("5");
    app.fill("Learning rate of SGD, racer 1", "0.25");
    app.click("Start the race");
    app.wait_until("everybody has finished", |app| app.has_control("Take the winner"));
    app.click("Take SGD");
    let training = app.spec().training;
    assert_eq!((training.optimizer.as_str(), training.learning_rate), ("sgd", 0.25));
}

#[test]
fn the_curves_are_drawn_over_what_is_chosen() {
    let mut app = finished("20");
    assert!(app.says("Loss of SGD, Adam, Newton–CG over work."));
    for axis in ["Epochs", "Seconds"] {
        let now = app.names().into_iter().find(|name| name.starts_with("Horizontal axis"));
        app.click(&now.unwrap());
        app.click(axis);
        let words = format!("over {}.", axis.to_lowercase());
        assert!(app.says(&words), "{words}");
    }
    app.click("Accuracy");
    app.click("Training");
    assert!(app.says("Accuracy of SGD"));
}

#[test]
fn a_race_waits_while_nobody_looks() {
    let mut app = at_the_start("100000");
    app.click("Start the race");
    app.wait_until("it runs", is_running);
    app.key(Key::Escape);
    app.wait_until("it waits", |app| !is_running(app));
    assert!(!app.state().race().unwrap().is_over());
    app.key(Key::C);
    app.click("Go on");
    app.wait_until("it runs again", is_running);
    app.key(Key::Space);
    app.wait_until("the space bar stops it", |app| !is_running(app));
    assert!(!app.is_running(), "and does not train the experiment behind the page");
    app.click("Change racers");
    assert!(app.has_control("Start the race"));
    app.click("Last race");
    assert!(app.has_control("Go on"));
}

#[test]
fn the_experiment_waits_while_the_others_race() {
    let mut app = open(WINDOW, 1.0);
    app.key(Key::Space);
    app.wait_until("it trains", |app| app.epoch() > 0);
    app.click("Race…");
    app.fill("Epochs of the race", "3");
    app.click("Start the race");
    app.wait_until("it waits", |app| !app.is_running());
    app.wait_until("everybody has finished", |app| app.has_control("Take the winner"));
    // A fast machine may have finished between two frames: what counts is that it went on.
    let before = app.epoch();
    app.key(Key::Space);
    app.wait_until("it trains again", |app| app.epoch() > before);
    assert!(app.has_control("Race…"), "and is shown");
}

#[test]
fn a_race_on_other_data_is_said_to_be_old() {
    let mut app = finished("3");
    assert!(!app.has_control("Race again"));
    app.key(Key::Escape);
    app.click("Spiral");
    app.wait_until("the rows are there", |app| app.snapshot().is_some());
    app.key(Key::C);
    assert!(app.says("have changed since this race"));
    app.click("Race again");
    app.wait_until("everybody has finished", |app| app.has_control("Take the winner"));
    assert!(!app.says("have changed since this race"));
}

#[test]
fn two_to_six_methods_take_part() {
    let mut app = open(WINDOW, 1.0);
    app.key(Key::C);
    app.click("Add a method");
    app.click("Add a method");
    assert!(!app.has_control("Add a method"), "six are enough");
    for number in [6, 5, 4, 3] {
        app.click(&format!("Remove racer {number}"));
    }
    assert!(!app.is_enabled("Remove racer 1"), "two are the fewest");
    app.pick("Method of racer 1", "RMSProp");
    app.click("Learning rates");
    let methods: Vec<_> = (1..=3).map(|i| format!("Method of racer {i}")).collect();
    for list in &methods {
        assert_eq!(app.value(Role::ComboBox, list), "Momentum");
    }
    app.click("Families compared");
    assert_eq!(app.value(Role::ComboBox, "Method of racer 6"), "CMA-ES");
}

#[test]
fn without_a_network_there_is_no_race() {
    let mut app = App::start_on_an_empty_canvas();
    app.key(Key::C);
    assert!(!app.is_enabled("Start the race"));
    assert!(app.says("Mend this first"));
}

#[test]
fn points_of_the_curse_of_dimension_stay() {
    let mut app = open(WINDOW, 1.0);
    app.key(Key::C);
    app.click("Curse of dimension");
    for method in ["CMA-ES", "Solis–Wets local search"] {
        app.click(method);
    }
    app.fill("Budget", "15");
    for (width, parameters) in [("2", "15"), ("5", "51")] {
        app.fill("Neurons in the hidden layers", width);
        app.wait_until("it is tried", |app| {
            app.says(&format!("Adam, {parameters}\u{a0}parameters"))
        });
    }
    let all = app.texts();
    let figure = all.iter().find(|text| text.contains("over the number of parameters")).unwrap();
    for words in ["Adam, 15", "Adam, 51", "Pure random search, 15", "Pure random search, 51"] {
        assert!(figure.contains(words), "{words} is not in: {figure}");
    }
    app.click("Work needed");
    assert!(app.says("Work needed over the number of parameters"));
}

#[test]
fn everything_fits_into_small_and_enlarged_windows() {
    for (size, zoom) in [([1024.0, 640.0], 1.0), (WINDOW, 1.5), (WINDOW, 2.0)] {
        let mut app = open(size, zoom);
        app.key(Key::C);
        let window = app.harness.ctx.content_rect().expand(1.0);
        for name in ["Start the race", "Learning rates", "Back to the experiment"] {
            assert!(window.contains_rect(app.place(name)), "{name} at {size:?} × {zoom}");
        }
        app.fill("Epochs of the race", "3");
        app.click("Start the race");
        app.wait_until("everybody has finished", |app| app.has_control("Take the winner"));
        for name in ["Again", "Change racers", "Take the winner"] {
            assert!(window.contains_rect(app.place(name)), "{name} at {size:?} × {zoom}");
        }
    }
}

#[test]
fn the_experiments_own_curves_change_their_axis_too() {
    let mut app = open(WINDOW, 1.0);
    app.key(Key::E);
    app.wait_until("an epoch is done", |app| app.epoch() == 1);
    app.harness.get_by_label("Loss over epochs, 2 points.");
    app.click("Horizontal axis: Epochs");
    app.click("Seconds");
    app.harness.get_by_label("Loss over seconds, 2 points.");
}
