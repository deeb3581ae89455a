//! Training in the window: keys, steps, live changes, looking back, what is done when it goes wrong.

use std::time::Duration;

use crate::support::app::App;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, pos2};
use netsmith::experiment::{DataSource, ExperimentSpec, NetworkSpec, Prepared, TableStore};
use netsmith::nn::Activation;
use netsmith::train::{Status, StopReason, Trainer};

/// The weights a headless run of the document has after so many epochs.
fn headless(spec: &ExperimentSpec, epochs: usize) -> Vec<f32> {
    let go_on = |_| std::ops::ControlFlow::Continue(());
    let prepared = Prepared::load(spec.clone(), &TableStore::default(), &go_on).unwrap();
    let mut trainer = Trainer::new(prepared).unwrap();
    for _ in 0..epochs {
        trainer.run_epoch();
    }
    trainer.parameters().to_vec()
}

fn train_for(app: &mut App, epochs: u64) {
    app.key(Key::Space);
    app.wait_until("some epochs are done", |app| app.epoch() >= epochs);
    app.key(Key::Space);
    app.wait_until("it pauses", |app| !app.is_running());
}

#[test]
fn keys_train_step_reset_and_draw_new_weights() {
    let mut app = App::start();
    let start = app.parameters();
    app.key(Key::S);
    app.wait_until("one update is made", |app| app.step_count() == 1);
    assert_ne!(app.parameters(), start);
    app.key(Key::E);
    app.wait_until("the epoch is finished", |app| app.epoch() == 1);
    assert_eq!(app.step_count(), 25, "250 rows in batches of 10");
    assert!(!app.is_running());

    train_for(&mut app, 5);
    app.key(Key::R);
    app.wait_until("it is reset", |app| app.step_count() == 0);
    assert_eq!(app.parameters(), start, "the same starting weights");
    app.key(Key::W);
    app.wait_until("others are drawn", |app| app.parameters() != start);
    app.key_with(eframe::egui::Modifiers::COMMAND, Key::Z);
    app.wait_until("the first are back", |app| app.parameters() == start);
}

#[test]
fn the_window_trains_to_the_same_numbers_as_a_headless_run() {
    let mut app = App::start();
    for epoch in 1..=3 {
        app.key(Key::E);
        app.wait_until("an epoch is done", |app| app.epoch() == epoch);
    }
    assert_eq!(app.parameters(), headless(&app.spec(), 3));
}

#[test]
fn buttons_do_the_same_as_keys() {
    let mut app = App::start();
    let start = app.parameters();
    app.choose("Step", "Step one update");
    app.wait_until("one update is made", |app| app.step_count() == 1);
    app.choose("Step", "Step one epoch");
    app.wait_until("the epoch is finished", |app| app.epoch() == 1);
    app.click("Train");
    app.wait_until("it runs", App::is_running);
    app.click("Pause");
    app.wait_until("it pauses", |app| !app.is_running());
    app.choose("Reset", "Reset");
    app.wait_until("it is reset", |app| app.step_count() == 0);
    assert_eq!(app.parameters(), start);
}

#[test]
fn the_space_bar_trains_wherever_the_mouse_clicked_before() {
    let mut app = App::start();
    let places = [app.map().center(), app.canvas().left_top() + eframe::egui::vec2(8.0, 8.0)];
    let noise = app.of_role(Role::Slider, "Noise").rect().center();
    for place in places.into_iter().chain([noise]) {
        app.click_at(place);
        app.key(Key::Space);
        app.wait_until("it runs", App::is_running);
        app.key(Key::Space);
        app.wait_until("it pauses", |app| !app.is_running());
    }
    // In a field, keys are typed.
    app.click_role(Role::SpinButton, "Learning rate");
    app.key(Key::S);
    assert_eq!(app.step_count(), app.snapshot().unwrap().step);
    assert!(!app.is_running());
}

#[test]
fn a_button_reached_with_the_tab_key_is_pressed_with_the_space_bar() {
    let mut app = App::start();
    app.key(Key::Tab);
    app.control("Confusion").focus();
    app.run();
    app.key(Key::Space);
    assert!(!app.is_running());
}

#[test]
fn settings_change_while_it_trains() {
    let mut app = App::start();
    app.key(Key::Space);
    app.wait_until("it runs", |app| app.epoch() > 1);
    let epoch = app.epoch();
    app.pick("Activation of dense layer 1", "ReLU");
    app.wait_until("it trains with ReLU", |app| {
        app.snapshot().is_some_and(|snapshot| {
            let network = &snapshot.prepared.spec.network;
            network.layers[1].kind
                == netsmith::experiment::LayerKind::Dense { units: 4, activation: Activation::Relu }
        })
    });
    app.pick("Method", "RMSProp");
    app.fill("Learning rate", "0.02");
    app.fill("Batch size", "5");
    app.wait_until("it trains with the new settings", |app| {
        app.snapshot().is_some_and(|snapshot| {
            let training = &snapshot.prepared.spec.training;
            (training.learning_rate - 0.02).abs() < 1e-9
                && training.batch_size == 5
                && training.optimizer == "rmsprop"
        })
    });
    assert!(app.is_running(), "nothing of this stops it");
    assert!(app.epoch() > epoch, "nothing of this begins anew");
}

#[test]
fn a_wider_layer_keeps_what_was_learned() {
    let mut app = App::start();
    app.key(Key::Space);
    app.wait_until("the circle is solved", |app| app.validation_accuracy() > 0.95);
    app.key(Key::Space);
    app.wait_until("it pauses", |app| !app.is_running());
    let before = app.parameters();
    app.click("Add a neuron to dense layer 2");
    app.wait_until("the layer is wider", |app| app.parameters().len() > before.len());
    assert_eq!(app.parameters()[..12], before[..12], "the first layer is as it was");
}

#[test]
fn the_timeline_looks_back_and_returns() {
    let mut app = App::start();
    assert!(!app.is_enabled("Timeline"));
    train_for(&mut app, 20);
    let last = app.epoch();
    let slider = app.place("Timeline");
    app.click_at(pos2(slider.left() + slider.width() * 0.3, slider.center().y));
    assert!(app.says("looking back at epoch"));
    app.settle();
    app.click("Now");
    assert!(!app.says("looking back at epoch"));
    assert_eq!(app.epoch(), last, "training stayed where it was");

    app.click_at(pos2(slider.left() + slider.width() * 0.3, slider.center().y));
    app.key(Key::Space);
    app.wait_until("it trains", App::is_running);
    assert!(!app.says("looking back at epoch"), "training shows the present");
}

#[test]
fn a_run_that_explodes_stops_with_a_reason() {
    let mut spec = ExperimentSpec::named("plane").unwrap();
    spec.training.optimizer = "sgd".to_owned();
    spec.training.learning_rate = 10.0;
    spec.network.layers[1].kind =
        netsmith::experiment::LayerKind::Dense { units: 4, activation: Activation::Identity };
    spec.network.layers[2].kind =
        netsmith::experiment::LayerKind::Dense { units: 2, activation: Activation::Identity };
    let mut app = App::start_on(spec);
    app.key(Key::Space);
    app.wait_until("it stops", |app| {
        app.snapshot().is_some_and(|snapshot| {
            matches!(snapshot.status, Status::Stopped(StopReason::Diverged(_)))
        })
    });
    let told = app.state().notices().iter().any(|notice| notice.text.contains("learning rate"));
    assert!(told, "{:?}", app.state().notices());
    app.click("Close message");
    assert!(app.state().notices().is_empty());
    app.key(Key::R);
    app.wait_until("it can begin again", |app| app.step_count() == 0);
    assert!(app.is_enabled("Train"));
}

#[test]
fn a_run_ends_by_itself_and_goes_on_when_asked() {
    let mut spec = ExperimentSpec::default();
    spec.training.stop.epochs = Some(3);
    let mut app = App::start_on(spec);
    app.key(Key::Space);
    app.wait_until("it ends", |app| {
        app.snapshot().is_some_and(|snapshot| matches!(snapshot.status, Status::Stopped(_)))
    });
    assert_eq!(app.epoch(), 3);
    assert!(app.says("Finished: 3 epochs."));
    app.key(Key::Space);
    app.wait_until("it goes on", |app| app.epoch() > 3);
}

#[test]
fn the_slowest_speed_makes_an_update_at_a_time() {
    let mut app = App::start();
    app.of_role(Role::Slider, "Speed").set_value_accesskit(0.0);
    app.run();
    app.key(Key::Space);
    app.wait_until("it makes an update", |app| app.step_count() >= 1);
    assert!(app.step_count() < 10);
    let slider = app.of_role(Role::Slider, "Speed").rect();
    app.click_at(pos2(slider.right() - 1.0, slider.center().y));
    app.wait_until("it speeds up", |app| app.epoch() > 100);
}

#[test]
fn a_frozen_layer_stays_as_it_is() {
    let mut app = App::start();
    let start = app.parameters();
    app.click("Freeze dense layer 1");
    train_for(&mut app, 3);
    let trained = app.parameters();
    assert_eq!(trained[..12], start[..12]);
    assert_ne!(trained[12..], start[12..]);
    app.click("Unfreeze dense layer 1");
    let epoch = app.epoch();
    train_for(&mut app, epoch + 3);
    assert_ne!(app.parameters()[..12], start[..12]);
}

#[test]
fn nothing_is_computed_while_nothing_happens() {
    let mut app = App::start();
    train_for(&mut app, 3);
    app.settle();
    // Notices and tooltips come to an end first.
    app.wait_until("it sleeps", |app| app.sleeps_for() > Duration::from_secs(60));
    let number = app.snapshot().unwrap().number;
    std::thread::sleep(Duration::from_millis(150));
    app.harness.step();
    assert!(app.sleeps_for() > Duration::from_secs(60), "{:?}", app.sleeps_for());
    assert_eq!(app.snapshot().unwrap().number, number);
}

#[test]
fn every_method_and_loss_can_be_chosen() {
    let mut app = App::start();
    for method in netsmith::optim::METHODS {
        if app.value(Role::ComboBox, "Method") != method.name {
            app.pick("Method", method.name);
        }
        assert_eq!(app.spec().training.optimizer, method.id);
        assert!(app.is_enabled("Train"), "{}", method.name);
    }
    app.pick("Loss", "Mean squared error");
    assert!(app.is_enabled("Train"));
    app.click("Concrete");
    assert!(matches!(app.spec().data.source, DataSource::Table(_)));
    assert!(app.is_enabled("Train"));
}

#[test]
fn a_large_network_gets_a_coarser_map_while_it_trains() {
    let mut spec = ExperimentSpec::named("spiral").unwrap();
    spec.network = NetworkSpec::dense(&[100, 100, 100], Activation::Tanh);
    let mut app = App::start_on(spec);
    app.settle();
    let resolution = |app: &App| app.state().latest_insight().unwrap().request.resolution;
    let finest = resolution(&app);
    app.key(Key::Space);
    app.wait_until("the map is coarser", |app| resolution(app) == finest / 2);
    app.key(Key::Space);
    app.wait_until("the map is drawn in full", |app| resolution(app) == finest);
}

#[test]
fn values_beyond_the_controls_are_shown_and_kept() {
    let mut spec = ExperimentSpec::default();
    spec.training.learning_rate = 1e30;
    spec.training.batch_size = 2000;
    spec.training.l2 = 5.0;
    spec.training.stop.target_loss = Some(1e9);
    let before = spec.training.clone();
    let mut app = App::start_on(spec);
    app.settle();
    assert_eq!(app.spec().training, before, "nothing was touched");
    assert_eq!(app.value(Role::SpinButton, "Learning rate"), "1e30");
    assert_eq!(app.value(Role::SpinButton, "Batch size"), "2000");
    app.click("All rows in each update");
    let after = &app.spec().training;
    assert_eq!((after.learning_rate, after.batch_size, after.l2), (1e30, 2000, 5.0));
    assert_eq!(after.whole_batch, Some(true));
}
