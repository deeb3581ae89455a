//! How the window looks and behaves in other themes, sizes and scales, and the pages over it.

use crate::support::app::{App, WINDOW};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use netsmith::app::Setup;
use netsmith::app::preferences::{Preferences, ThemeChoice};
use netsmith::experiment::ExperimentSpec;

/// The window of an old projector, in points of the screen.
const SMALL: [f32; 2] = [1024.0, 640.0];

fn scaled(zoom: f32, size: [f32; 2]) -> App {
    let preferences = Preferences { zoom, ..Preferences::default() };
    App::open_sized(Setup { preferences, ..Setup::default() }, size)
}

/// Every control lies within the window: none is pushed out of it.
fn assert_all_is_inside(app: &App) {
    let window = app.harness.ctx.content_rect().expand(1.0);
    let place = |name| match name {
        "Speed" | "Timeline" => app.of_role(Role::Slider, name).rect(),
        _ => app.of_role(Role::Button, name).rect(),
    };
    for name in ["Train", "Step", "Reset", "Speed", "Timeline"] {
        let place = place(name);
        assert!(window.contains_rect(place), "{name} at {place:?} is outside of {window:?}");
    }
    let bar = ["Train", "Step", "Reset", "Speed"].map(place);
    for (left, right) in bar.iter().zip(&bar[1..]) {
        assert!(left.right() <= right.left(), "{left:?} lies over {right:?}");
    }
}

#[test]
fn themes_are_switched_and_remembered() {
    let mut app = App::start();
    for (entry, choice, dark) in [
        ("Light", ThemeChoice::Light, false),
        ("Dark", ThemeChoice::Dark, true),
        ("As the system", ThemeChoice::System, true),
    ] {
        app.choose("View", entry);
        app.key(Key::Escape);
        assert_eq!(app.state().preferences().theme, choice);
        assert_eq!(app.harness.ctx.global_style().visuals.dark_mode, dark);
    }
}

#[test]
fn everything_grows_and_shrinks() {
    let mut app = App::start();
    let before = app.harness.ctx.pixels_per_point();
    app.key_with(Modifiers::COMMAND, Key::Plus);
    assert!(app.harness.ctx.pixels_per_point() > before);
    app.key_with(Modifiers::COMMAND, Key::Equals);
    assert!((app.state().preferences().zoom - 1.21).abs() < 1e-4);
    app.key_with(Modifiers::COMMAND, Key::Minus);
    app.key_with(Modifiers::COMMAND, Key::Minus);
    assert_eq!(app.harness.ctx.pixels_per_point(), before);
    for _ in 0..20 {
        app.key_with(Modifiers::COMMAND, Key::Plus);
    }
    assert!(app.state().preferences().zoom <= 2.5, "there is an end");
    app.key_with(Modifiers::COMMAND, Key::Num0);
    assert_eq!(app.harness.ctx.pixels_per_point(), before);
    app.key(Key::F5);
    assert!(app.state().preferences().presentation);
    assert!(app.harness.ctx.pixels_per_point() > before);
    app.choose("View", "Presentation");
    assert!(!app.state().preferences().presentation);
}

#[test]
fn nothing_is_pushed_out_of_the_window_at_any_size() {
    for size in [WINDOW, SMALL] {
        for zoom in [1.0, 1.5, 2.0] {
            let app = scaled(zoom, size);
            assert_all_is_inside(&app);
        }
    }
}

#[test]
fn a_window_of_little_room_shows_one_panel_at_a_time() {
    let mut app = scaled(2.0, WINDOW);
    app.click("Data panel");
    app.click("Spiral");
    app.click("Training panel");
    app.fill("Learning rate", "0.02");
    app.click("Network panel");
    app.click("Add Dense layer");
    assert_eq!(app.spec().network.hidden_units().len(), 3);
    app.click("Result panel");
    let map = app.map();
    assert!(app.harness.ctx.content_rect().contains(map.center()));
    app.click_at(map.center());
    app.key(Key::Space);
    app.wait_until("it learns", |app| app.epoch() > 1);
    app.click("Menu");
    app.entry("Learn").click();
    app.run();
    app.entry("About Netsmith").click();
    app.run();
    assert!(app.says("Licence"));
}

#[test]
fn the_pages_open_and_close() {
    let mut app = App::start();
    app.key(Key::F1);
    assert!(app.says("How to use Netsmith"));
    app.click("Close");
    app.key(Key::F1);
    assert!(app.state().dialog().is_some());
    app.key(Key::Escape);
    assert!(app.state().dialog().is_none());
}

#[test]
fn a_menu_opens_at_the_first_click_after_a_page() {
    for page in ["How to use Netsmith", "Keyboard shortcuts", "About Netsmith"] {
        for by_key in [false, true] {
            let mut app = App::start();
            app.choose("Learn", page);
            assert!(app.state().dialog().is_some(), "{page}");
            if by_key {
                app.key(Key::Escape);
            } else {
                app.click("Close");
            }
            assert!(app.state().dialog().is_none());
            let learn = app.place("Learn").center();
            app.click_at(learn);
            app.entry(page);
        }
    }
}

#[test]
fn pictures_can_be_taken_of_every_set_in_both_themes() {
    for (theme, sets) in
        [(ThemeChoice::Dark, ["circle", "penguins"]), (ThemeChoice::Light, ["curve", "concrete"])]
    {
        for set in sets {
            let preferences = crate::support::app::preferences(theme);
            let experiment = ExperimentSpec::named(set).map(|spec| (spec, None));
            let mut app =
                App::open_sized(Setup { experiment, preferences, ..Setup::default() }, SMALL);
            app.key(Key::E);
            app.wait_until("an epoch is done", |app| app.epoch() == 1);
            app.settle();
            let picture = app.picture();
            assert_eq!(picture.dimensions(), (1024, 640));
            let first = picture.get_pixel(0, 0);
            assert!(picture.pixels().any(|pixel| pixel != first), "something is drawn");
        }
    }
}

#[test]
fn every_control_is_reached_with_the_tab_key() {
    let mut app = App::start();
    let mut reached = std::collections::BTreeSet::new();
    for _ in 0..160 {
        app.key(Key::Tab);
        if let Some(focused) = app.focused() {
            reached.insert(focused);
        }
    }
    for name in
        ["Train", "Method", "Circle", "Add Dense layer", "Neurons in dense layer 1", "Timeline"]
    {
        let disabled = name == "Timeline";
        assert!(disabled || reached.contains(name), "{name} is not among {reached:?}");
    }
    assert_eq!(app.value(Role::ComboBox, "Method"), "Adam", "walking changes nothing");
    assert_eq!(app.spec(), ExperimentSpec::default());
}
