//! The page “Krylov methods”: systems of every kind, all solvers side by side, one's own numbers.

use std::path::Path;

use crate::support::app::{App, WINDOW, file};
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, vec2};
use egui_kittest::kittest::{By, Queryable};
use netsmith::app::Setup;
use netsmith::app::preferences::{Preferences, ThemeChoice};
use tempfile::TempDir;

/// The window of an old projector, in points of the screen.
const SMALL: [f32; 2] = [1024.0, 640.0];

/// The page, with the first system solved.
fn open() -> App {
    opened(App::start())
}

fn opened(mut app: App) -> App {
    app.key(Key::K);
    app.wait_until("the first system is solved", |app| app.has_control("CG"));
    app
}

/// What is said of the figure whose name begins so.
fn figure(app: &App, begins: &str) -> String {
    let texts = app.texts();
    let found = texts.iter().find(|text| text.starts_with(begins));
    found.cloned().unwrap_or_else(|| panic!("no figure begins with {begins:?}: {texts:?}"))
}

/// Chooses a lesson, waits until it plays, and goes to its end.
fn lesson(app: &mut App, title: &str, solved: impl Fn(&App) -> bool) {
    app.click(title);
    app.wait_until("the system of the lesson is solved", solved);
}

/// Puts other text into the field for numbers.
fn type_numbers(app: &mut App, text: &str) {
    app.click_role(Role::MultilineTextInput, "Rows of numbers");
    app.key_with(Modifiers::COMMAND, Key::A);
    app.harness.event(egui::Event::Text(text.to_owned()));
    app.run();
}

#[test]
fn the_page_opens_from_the_menu_with_a_solved_system() {
    let mut app = App::start();
    app.choose("Learn", "Krylov methods");
    app.wait_until("the first system is solved", |app| app.says("All 6 methods solve"));
    assert!(app.says("a bowl: its lowest point is the solution"));
    assert!(app.says("CG ended after 2 iterations, exactly the n = 2 steps"));
    assert!(figure(&app, "Level lines of").contains("the paths of 6 solvers"));
    app.click("Back to the experiment");
    assert!(!app.has_control("CG"));
    app.key(Key::K);
    assert!(app.has_control("CG"), "what was solved is still there");
    app.key(Key::Escape);
    assert!(!app.has_control("CG"));
}

#[test]
fn size_and_condition_number_change_the_system() {
    let mut app = open();
    app.fill("Unknowns", "12");
    app.wait_until("the larger system is solved", |app| app.says("Matrix A, 12×12"));
    assert!(app.says("n = 12"));
    app.fill("Condition number", "300");
    app.wait_until("the harder system is solved", |app| app.says("κ\u{a0}=\u{a0}300"));
    let before = figure(&app, "Residual against iteration");
    app.click("Another draw");
    app.wait_until("another system is solved", |app| {
        figure(app, "Residual against iteration") != before
    });
    // Beyond its limits a field stays at them.
    app.fill("Unknowns", "100000");
    assert_eq!(app.value(Role::SpinButton, "Unknowns"), "200");
    app.fill("Unknowns", "2");
    app.wait_until("the plane is back", |app| app.says("a bowl"));
}

#[test]
fn on_each_kind_the_failing_solvers_say_why() {
    let mut app = open();
    app.fill("Unknowns", "10");
    app.click("Symmetric indefinite");
    app.wait_until("the indefinite system is solved", |app| app.says("negative; κ"));
    assert!(app.says("negative curvature"));
    app.click("About CG");
    assert!(app.says("the quadratic ½xᵀAx − bᵀx has no lowest point that way"));
    assert!(app.says("CG needs positive eigenvalues only"));
    assert!(app.says("Use MINRES if A is symmetric"));
    app.click("Non-symmetric");
    app.wait_until("the non-symmetric system is solved", |app| app.says("Singular values of A"));
    app.click("About MINRES");
    assert!(app.says("MINRES relies on symmetry, but here a("));
    app.click("About GMRES");
    assert!(app.says("GMRES solved it in"));
    app.click("Nearly singular");
    app.wait_until("the nearly singular system is solved", |app| app.says("κ\u{a0}=\u{a0}1.0e12"));
    assert!(app.says("a small residual is not a small error"));
    app.click("Symmetric positive definite");
    app.wait_until("the definite system is solved", |app| app.says("κ\u{a0}=\u{a0}100"));
}

#[test]
fn the_page_of_a_solver_tells_what_it_is() {
    let mut app = open();
    app.click("About BiCGSTAB");
    for text in ["Stabilized biconjugate gradient", "Made for", "Fails on", "van der Vorst"] {
        assert!(app.says(text), "{text}");
    }
}

#[test]
fn own_numbers_are_taken_and_mistakes_are_told_with_their_place() {
    let mut app = open();
    app.click("Your own numbers");
    app.wait_until("the numbers on screen are offered", |app| app.says("Your own system"));
    type_numbers(&mut app, "1 2\n3 x");
    assert!(app.says("A number was expected in line 2, column 2, but “x” is there"));
    assert!(app.says("The pictures still show the system before."));
    type_numbers(&mut app, "1 2 3\n4 5");
    assert!(app.says("Line 2 has 2 columns, the first line has 3"));
    type_numbers(&mut app, "2 0 4\n0 -1 3");
    assert!(!app.says("The pictures still show"));
    app.wait_until("the typed system is solved", |app| app.says("x* = (2, −3)"));
    type_numbers(&mut app, "1 2 1\n2 4 3");
    app.wait_until("the singular system is studied", |app| app.says("A is singular"));
    assert!(app.says("None of the 6 methods solves this system."));
}

#[test]
fn solvers_are_switched_on_and_off() {
    let mut app = open();
    assert!(figure(&app, "Residual against iteration").contains("BiCG "));
    app.click_role(Role::CheckBox, "BiCG");
    let text = figure(&app, "Residual against iteration");
    assert!(!text.contains(" BiCG ") && text.contains("BiCGSTAB"), "{text}");
    for name in ["Steepest descent", "CG", "MINRES", "GMRES", "BiCGSTAB"] {
        app.click_role(Role::CheckBox, name);
    }
    assert!(figure(&app, "Residual against iteration").ends_with(':'), "none is left");
}

#[test]
fn the_walk_goes_step_by_step_and_plays_to_the_end() {
    let mut app = open();
    for _ in 0..30 {
        app.click("One iteration back");
    }
    assert!(app.says("0 of 8"));
    app.click("One iteration on");
    assert!(app.says("1 of 8"));
    assert!(figure(&app, "Residual against iteration").contains("at iteration 1"));
    app.click("Play");
    app.wait_until("the walk has ended", |app| app.says("8 of 8"));
    assert!(app.has_control("Play"));
    app.click("Play");
    app.click("Pause");
    assert!(app.sleeps_for() > std::time::Duration::from_secs(1), "nothing moves any more");
    app.click("all 90");
    app.wait_until("all iterations are shown", |app| app.says("90 of 90"));
}

#[test]
fn the_start_is_moved_in_the_plane_and_by_number() {
    let mut app = open();
    let plane = app.harness.get_by_label_contains("Level lines of").rect();
    app.click_at(plane.center() + vec2(40.0, 60.0));
    app.wait_until("the paths begin elsewhere", |app| {
        app.value(Role::SpinButton, "Start x₁") != "−0.83"
    });
    app.fill("Start x₁", "0.5");
    app.fill("Start x₂", "0.25");
    assert_eq!(app.value(Role::SpinButton, "Start x₂"), "0.25");
}

#[test]
fn each_lesson_shows_what_it_says() {
    let mut app = open();
    lesson(&mut app, "2  Make it a saddle", |app| app.says("a saddle"));
    lesson(&mut app, "3  Break the symmetry", |app| app.says("goes astray"));
    lesson(&mut app, "4  Count to n", |app| app.says("exactly the n = 30 steps"));
    lesson(&mut app, "5  Lose count", |app| app.says("rounding errors bend its directions"));
    assert!(app.has_control("Rows of numbers"));
    lesson(&mut app, "6  Trust no residual", |app| app.says("Error against iteration"));
    app.click("r, A·r, …");
    app.click("perpendicular");
    lesson(&mut app, "7  Even out the scales", |app| app.says("13×13"));
    app.click("About Steepest descent");
    app.wait_until("it gives up", |app| app.says("used up all 1000 iterations"));
    app.click("Diagonal of A");
    app.wait_until("the solvers see another matrix", |app| app.says("Eigenvalues of M⁻¹·A"));
    assert!(app.says("All 6 methods solve this system."));
    assert!(app.says("M⁻¹·A instead: κ\u{a0}=\u{a0}8."), "{:?}", app.texts());
    assert!(app.says("M is the diagonal of A, so zᵢ = rᵢ / aᵢᵢ."));
    app.click("None");
    app.wait_until("A as it is is back", |app| !app.says("M⁻¹·A instead"));
    lesson(&mut app, "1  Narrow the valley", |app| app.says("a bowl"));
}

/// Opens a matrix through the page's own path field.
fn open_matrix(app: &mut App, path: &Path) {
    app.click("By path…");
    app.harness.event(egui::Event::Text(path.display().to_string()));
    app.run();
    app.harness.key_press(Key::Enter);
    app.run();
}

#[test]
fn a_matrix_is_opened_and_what_is_none_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let mut app = open();
    app.click("Diagonal of A");
    let matrix = file(folder.path(), "bridge.csv", "2;0;0;4\n0;5;0;10\n0;0;8;24\n");
    open_matrix(&mut app, &matrix);
    app.wait_until("its solution is there", |app| app.says("x* = (2, 2, 3)"));
    assert!(app.says("bridge.csv") && app.says("Its last column is b."));
    assert!(app.says("Eigenvalues of M⁻¹·A"), "the preconditioner stays");

    let words = file(folder.path(), "words.csv", "name,age\nAda,36\n");
    open_matrix(&mut app, &words);
    app.wait_until("the mistake is told", |app| app.says("line 1, column 1, but “name”"));
    assert!(app.says("words.csv") && app.says("The page keeps the system it shows."));
    app.click("Close");
    open_matrix(&mut app, &folder.path().join("missing.csv"));
    app.wait_until("there is none", |app| app.says("There is no such file"));
    app.click("Close");
    let large = "1,".repeat(200) + "1\n";
    open_matrix(&mut app, &file(folder.path(), "large.csv", large.repeat(201)));
    app.wait_until("it is too large", |app| app.says("At most 200 rows were expected"));
    app.click("Close");
    assert!(app.says("bridge.csv") && app.says("x* = (2, 2, 3)"));

    // The same file once more, after it has changed.
    file(folder.path(), "bridge.csv", "2;0\n0;5\n");
    open_matrix(&mut app, &matrix);
    app.wait_until("the new numbers are there", |app| app.says("x* = (1, 1)"));
    assert!(app.says("every unknown should come out as 1"));
    app.click("Symmetric positive definite");
    app.wait_until("an example is back", |app| !app.says("bridge.csv"));
}

#[test]
fn a_matrix_dropped_on_the_page_is_opened_there() {
    let folder = TempDir::new().unwrap();
    let mut app = open();
    let before = app.spec();
    app.drop_file(file(folder.path(), "dropped.csv", "3 0 6\n0 1 5\n"));
    app.wait_until("its solution is there", |app| app.says("x* = (2, 5)"));
    assert_eq!(app.spec(), before, "the experiment has no part in it");
}

#[test]
fn two_hundred_unknowns_are_studied_beside_the_window() {
    let mut app = open();
    app.click("Non-symmetric");
    app.fill("Unknowns", "200");
    // The window answers while the study runs, or after it.
    app.click("About BiCG");
    app.wait_until("the large system is studied", |app| app.says("Matrix A, 200×200"));
    assert!(app.says("Singular values of A"));
}

#[test]
fn the_numbers_can_be_copied() {
    let mut app = open();
    app.click("Copy the curves as a table");
    assert!(app.says("Curves of the solvers copied."));
    app.click("Copy A and b");
    assert!(app.says("The system copied."));
}

#[test]
fn nothing_is_pushed_out_of_the_window() {
    for (size, zoom) in [(WINDOW, 1.0), (SMALL, 1.0), (WINDOW, 1.5), (SMALL, 1.5), (WINDOW, 2.0)] {
        let preferences =
            Preferences { zoom, ..crate::support::app::preferences(ThemeChoice::Light) };
        let mut app = opened(App::open_sized(Setup { preferences, ..Setup::default() }, size));
        let window = app.harness.ctx.content_rect().expand(1.0);
        for name in ["Play", "Iteration", "CG", "BiCGSTAB", "Unknowns"] {
            for node in app.harness.query_all(By::new().label(name)) {
                let place = node.rect();
                let inside = window.x_range().contains(place.left())
                    && window.x_range().contains(place.right());
                assert!(inside, "{name} at {place:?} of {window:?}, zoom {zoom}");
            }
        }
        app.click_role(Role::CheckBox, "CG");
    }
}
