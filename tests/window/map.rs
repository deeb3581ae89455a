//! The map and the other results: asking, painting, the tabs.

use crate::support::app::App;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use netsmith::data::Cell;
use netsmith::experiment::{DataSource, ExperimentSpec};
use netsmith::insight::{Axis, Scale};

/// A place on the map, as shares of its width and height.
fn at(map: Rect, x: f32, y: f32) -> Pos2 {
    pos2(map.left() + x * map.width(), map.top() + y * map.height())
}

fn painted(app: &App) -> Option<usize> {
    match app.spec().data.source {
        DataSource::Points(points) => Some(points.points.len()),
        _ => None,
    }
}

/// Presses the right button somewhere.
fn right_click_at(app: &mut App, pos: Pos2) {
    app.harness.hover_at(pos);
    app.run();
    for pressed in [true, false] {
        let button = PointerButton::Secondary;
        app.harness.event(Event::PointerButton {
            pos,
            button,
            pressed,
            modifiers: Modifiers::NONE,
        });
        app.run();
    }
}

/// Where a row of the data lies on the map as it is.
fn place_of(app: &mut App, row: usize) -> Pos2 {
    let (x, y) = (app.harness.state_mut().view_mut().x, app.harness.state_mut().view_mut().y);
    let samples = app.snapshot().unwrap().prepared.samples.clone();
    let cells = samples.encoder.row_of(&samples.table, row);
    let share = |column: usize| {
        let axis = Axis::of(&samples.encoder, column).unwrap();
        let Scale::Number { minimum, maximum } = axis.scale else { panic!("a number") };
        ((axis.value(&cells[column]).unwrap() - minimum) / (maximum - minimum)) as f32
    };
    at(app.map(), share(x), 1.0 - share(y.unwrap()))
}

/// The numbers of the row that the network is asked about.
fn asked(app: &mut App) -> Vec<f64> {
    let cells = app.harness.state_mut().view_mut().asked.clone().unwrap_or_default();
    let numbers = cells.iter().filter_map(|cell| match cell {
        Cell::Number(number) => Some(*number),
        _ => None,
    });
    numbers.collect()
}

#[test]
fn the_arrow_keys_move_the_question() {
    let mut app = App::start();
    let map = app.map();
    app.click_at(at(map, 0.5, 0.5));
    let begin = asked(&mut app);
    app.key(Key::ArrowRight);
    app.key(Key::ArrowRight);
    let across = asked(&mut app);
    assert!(across[0] > begin[0] + 0.2 && across[1] == begin[1], "{begin:?} {across:?}");
    app.key(Key::ArrowUp);
    let up = asked(&mut app);
    assert!(up[1] > across[1] && up[0] == across[0], "{across:?} {up:?}");
    app.key(Key::ArrowLeft);
    app.key(Key::ArrowDown);
    assert!(asked(&mut app)[0] < up[0] && asked(&mut app)[1] < up[1]);
    for _ in 0..80 {
        app.key(Key::ArrowLeft);
    }
    assert!(asked(&mut app)[0] >= -6.001, "the question stays on the map");
}

#[test]
fn a_right_click_on_a_point_asks_about_it_or_erases_it() {
    let mut app = App::start();
    let row = 17;
    let place = place_of(&mut app, row);
    right_click_at(&mut app, place);
    app.click("Ask about this row");
    let samples = app.snapshot().unwrap().prepared.samples.clone();
    let cells = samples.encoder.row_of(&samples.table, row);
    assert_eq!(app.harness.state_mut().view_mut().asked, Some(cells));
    app.harness.remove_cursor();
    app.run();
    assert!(app.says("Answer: "));

    right_click_at(&mut app, place);
    app.click("Erase this point");
    assert_eq!(painted(&app), Some(499));
    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec(), ExperimentSpec::default());
}

#[test]
fn a_right_click_on_a_row_of_a_table_holds_the_other_columns_there() {
    let mut app = App::start_on(ExperimentSpec::named("iris").unwrap());
    app.settle();
    let place = place_of(&mut app, 40);
    right_click_at(&mut app, place);
    app.click("Hold the other columns at this row");
    let held = app.harness.state_mut().view_mut().held_row.expect("a row is held");
    assert_eq!(place_of(&mut app, held as usize), place, "a row of that place");
    let number = app.value(Role::SpinButton, "Row that other columns are held at");
    assert_eq!(number.replace('\u{202f}', ""), (held + 1).to_string());
}

#[test]
fn a_right_click_beside_the_points_says_what_it_is_for() {
    let mut app = App::start();
    let map = app.map();
    right_click_at(&mut app, at(map, 0.02, 0.02));
    assert!(app.says("Right-click a point"));
    assert!(!app.has_control("Ask about this row"));
}

#[test]
fn a_click_on_the_map_asks_the_network() {
    let mut app = App::start();
    let before = app.spec();
    let map = app.map();
    app.click_at(at(map, 0.5, 0.5));
    assert!(app.says("Answer: "), "the answer is written below the map");
    assert_eq!(app.spec(), before, "asking changes nothing");
    app.click("Forget the question");
    assert!(!app.says("Answer: "));
}

#[test]
fn points_are_painted_moved_and_erased() {
    let mut app = App::start();
    let map = app.map();
    app.click("Paint blue");
    app.click_at(at(map, 0.05, 0.05));
    assert_eq!(painted(&app), Some(501), "the first stroke keeps the points that are there");
    let before = app.spec();
    app.drag(at(map, 0.1, 0.95), at(map, 0.6, 0.95));
    let stroke = painted(&app).unwrap();
    assert!(stroke > 505, "a stroke is a trail of points: {stroke}");
    app.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(app.spec(), before, "a stroke is one step of undo");

    app.click("Move points");
    app.drag(at(map, 0.05, 0.05), at(map, 0.95, 0.05));
    assert_eq!(painted(&app), Some(501));
    let DataSource::Points(points) = app.spec().data.source else { panic!("painted points") };
    assert!(points.points[500].x1 > 4.0, "the point has moved: {:?}", points.points[500]);

    app.click("Erase points");
    app.click_at(at(map, 0.95, 0.05));
    assert_eq!(painted(&app), Some(500));
    app.click("Add a class");
    app.click_at(at(map, 0.05, 0.9));
    let DataSource::Points(points) = app.spec().data.source else { panic!("painted points") };
    assert_eq!((points.classes, points.points.last().map(|p| p.class)), (3, Some(2)));
    app.wait_until("the network has an output a class", |app| {
        app.snapshot().is_some_and(|snapshot| snapshot.prepared.network.outputs() == 3)
    });
}

#[test]
fn an_empty_plane_is_painted_from_nothing_and_learned() {
    let mut app = App::start();
    app.click("Remove all points");
    assert_eq!(painted(&app), Some(0));
    assert!(!app.is_enabled("Train"));
    assert!(app.says("Paint at least 4 points"));
    let map = app.map();
    app.click("Paint orange");
    app.drag(at(map, 0.1, 0.2), at(map, 0.9, 0.2));
    app.click("Paint blue");
    app.drag(at(map, 0.1, 0.8), at(map, 0.9, 0.8));
    assert!(app.is_enabled("Train"));
    app.key(Key::Space);
    app.wait_until("it is learned", |app| app.validation_accuracy() > 0.99);
}

#[test]
fn the_map_of_a_table_shows_any_two_columns() {
    let mut app = App::start_on(ExperimentSpec::named("penguins").unwrap());
    app.pick("Horizontal axis", "flipper_length_mm");
    app.pick("Vertical axis", "sex");
    app.settle();
    assert!(app.says("Decision map over flipper_length_mm and sex"));
    app.pick("Vertical axis", "None");
    app.settle();
    app.pick("Other columns held at", "values of row");
    app.settle();
    assert!(app.has_control("Row that other columns are held at"));
}

#[test]
fn the_confusion_matrix_counts_every_row() {
    let mut app = App::start_on(ExperimentSpec::named("penguins").unwrap());
    app.click_role(Role::Tab, "Confusion");
    app.key(Key::Space);
    app.wait_until("it has learned", |app| app.validation_accuracy() > 0.95);
    app.key(Key::Space);
    app.settle();
    assert!(app.says("Adelie") && app.says("Chinstrap") && app.says("Gentoo"));
}

#[test]
fn a_regression_has_fit_and_residuals() {
    let mut app = App::start_on(ExperimentSpec::named("concrete").unwrap());
    assert!(!app.has_control("Confusion"));
    for tab in ["Fit", "Residuals", "Inspector", "Map"] {
        app.click_role(Role::Tab, tab);
        app.settle();
    }
    app.click("Circle");
    app.settle();
    assert!(app.has_control("Confusion") && !app.has_control("Fit"));
}

#[test]
fn every_set_can_be_chosen_and_drawn_in_every_tab() {
    let mut app = App::start();
    let names: Vec<&str> = netsmith::data::SYNTHETIC
        .iter()
        .map(|set| set.name)
        .chain(netsmith::data::LIBRARY.iter().map(|set| set.name))
        .collect();
    for name in names {
        app.click(name);
        app.wait_until("it can be trained", |app| app.snapshot().is_some());
        for tab in ["Map", "Confusion", "Fit", "Residuals", "Inspector"] {
            if app.has_control(tab) {
                app.click_role(Role::Tab, tab);
                app.settle();
            }
        }
        app.key(Key::E);
        app.wait_until("it learns", |app| app.epoch() == 1);
        app.picture();
    }
}
