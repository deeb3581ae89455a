//! The learning-rate range test in the window.

use crate::support::app::App;
use eframe::egui::{Key, Modifiers};
use netsmith::experiment::ExperimentSpec;
use netsmith::optim;

/// Two circles and a rate that is far too small.
fn slow() -> App {
    let mut spec = ExperimentSpec::default();
    spec.training.learning_rate = 1e-5;
    App::start_on(spec)
}

fn tried(app: &mut App) {
    app.wait_until("the rates are tried", |app| app.has_control("Try again"));
}

#[test]
fn a_rate_is_found_and_taken_with_one_click() {
    let mut app = slow();
    app.click("Find a rate…");
    tried(&mut app);
    assert!(app.says("The loss falls fast around "), "{:?}", app.texts());
    assert!(app.says("Loss against learning rate"));
    let button = app.names().into_iter().find(|name| name.starts_with("Use ")).unwrap();
    app.click(&button);
    let rate = app.spec().training.learning_rate;
    assert!((1e-4..=1.0).contains(&rate), "{rate}");
    assert!(app.has_control("Find a rate…"), "back at the experiment");
    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec().training.learning_rate, 1e-5);
}

#[test]
fn the_rate_that_is_used_already_is_not_offered_again() {
    let mut app = slow();
    app.key(Key::L);
    tried(&mut app);
    let button = app.names().into_iter().find(|name| name.starts_with("Use ")).unwrap();
    app.click(&button);
    app.key(Key::L);
    tried(&mut app);
    assert!(!app.is_enabled(&button), "the test does not depend on the rate");
}

#[test]
fn the_experiment_waits_and_keeps_its_weights() {
    let mut app = slow();
    let before = app.parameters();
    app.key(Key::L);
    tried(&mut app);
    assert_eq!(app.parameters(), before);
    app.key(Key::Space);
    app.wait_until("it trains", App::is_running);
    assert!(app.has_control("Find a rate…"), "and is shown");
    app.key(Key::L);
    app.wait_until("it waits", |app| !app.is_running());
}

#[test]
fn a_test_of_another_experiment_is_said_to_be_old() {
    let mut app = slow();
    app.key(Key::L);
    tried(&mut app);
    assert!(!app.says("has changed since this test"));
    app.key(Key::W);
    app.wait_until("other weights are drawn", |app| app.says("has changed since this test"));
    app.click("Try again");
    tried(&mut app);
    assert!(!app.says("has changed since this test"));
}

#[test]
fn a_method_without_a_rate_offers_one_with() {
    let mut spec = ExperimentSpec::default();
    spec.training.choose(optim::method("lbfgs").unwrap());
    let mut app = App::start_on(spec);
    assert!(!app.has_control("Find a rate…"));
    app.key(Key::L);
    assert!(app.says("it has no learning rate"));
    app.click("Change to Adam and try");
    tried(&mut app);
    assert_eq!(app.spec().training.optimizer, "adam");
    assert!(app.says("The loss falls fast around "));
}

#[test]
fn without_a_network_the_page_says_why_not() {
    let mut app = App::start_on_an_empty_canvas();
    app.key(Key::L);
    assert!(app.says("No learning rates have been tried yet."));
    assert!(!app.is_enabled("Try again"));
}
