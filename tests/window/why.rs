//! The account of the last update, and the climb to a neuron's favourite input.

use crate::support::app::App;
use eframe::egui::{Key, Role};
use netsmith::experiment::ExperimentSpec;
use netsmith::optim;

/// The window on the circle with this method, after one update, with the account open.
fn after_one_update(method: &str) -> App {
    let mut spec = ExperimentSpec::named("circle").unwrap();
    spec.training.choose(optim::method(method).unwrap());
    let mut app = App::start_on(spec);
    app.click_role(Role::Tab, "Why");
    assert!(app.says("Make one update"));
    app.key(Key::S);
    app.wait_until("one update is made", |app| app.snapshot().is_some_and(|run| run.step == 1));
    app.settle();
    app
}

/// Presses a button that may have to be scrolled to.
fn press(app: &mut App, name: &str) {
    app.control(name).click_accesskit();
    app.run();
}

#[test]
fn a_first_order_step_tells_what_it_promised_and_what_came() {
    let app = after_one_update("sgd");
    for text in ["Last update of SGD", "straight downhill", "Promised change", "What moved most"] {
        assert!(app.says(text), "{text}");
    }
    let report = app.snapshot().unwrap().report.clone().unwrap();
    let observed = report.observed.unwrap();
    let loss_after = report.loss + observed.actual_change.unwrap();
    assert!(loss_after > 0.0 && observed.predicted_change.unwrap() < 0.0);
    assert!(!report.moved.is_empty());
    let far = |moved: &optim::Moved| (moved.to - moved.from).abs();
    assert!(report.moved.windows(2).all(|pair| far(&pair[0]) >= far(&pair[1])));
}

#[test]
fn every_family_draws_what_went_on_inside() {
    for (method, heading) in [
        ("lbfgs", "The search along the line"),
        ("newton_cg", "Inner iterations of CG"),
        ("cma_es", "The candidates"),
    ] {
        let app = after_one_update(method);
        assert!(app.says(heading), "{method}");
    }
}

#[test]
fn the_method_explains_itself_below() {
    let mut app = after_one_update("newton_cg");
    press(&mut app, "About Newton–CG");
    app.settle();
    assert!(app.says("Good for:") && app.says("Martens"));
}

#[test]
fn a_neuron_climbs_to_its_favourite_input() {
    let mut app = App::start();
    app.click("Neuron 1 of dense layer 1");
    app.click_role(Role::Tab, "Inspector");
    app.settle();
    app.click("Climb from the best row");
    assert!(!app.is_enabled("From the place asked"), "nothing is asked yet");
    app.wait_until("the climb is done", |app| app.says("up to z ="));
    press(&mut app, "Show on the map");
    app.settle();
    assert!(app.has_control("Ask the network"), "the map is shown");
    app.click_role(Role::Tab, "Inspector");
    app.settle();
    assert!(app.is_enabled("From the place asked"), "the top is what is asked about");
}

#[test]
fn all_methods_are_explained_in_the_learn_menu() {
    let mut app = App::start();
    app.choose("Learn", "Training methods");
    app.settle();
    for family in optim::Family::ALL {
        assert!(app.says(family.name()), "{}", family.name());
    }
    press(&mut app, "CMA-ES");
    app.settle();
    assert!(app.says("Hansen"));
}
