//! Files in the window: tables of one's own, experiments, and what is asked before work is lost.

use std::path::{Path, PathBuf};

use crate::support::app::{App, file};
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers};
use netsmith::app::{Action, Setup};
use netsmith::data::TaskKind;
use netsmith::experiment::{DataSource, ExperimentFile, ExperimentSpec, TableOrigin};
use netsmith::train::SavedRun;
use tempfile::TempDir;

/// Sixty plants: two sizes that give the kind away, a word, a gap here and there.
fn plants() -> String {
    let mut text = "height;width;place;kind\n".to_owned();
    for row in 0..60 {
        let (height, width, kind) =
            if row % 2 == 0 { (3.0, 1.0, "grass") } else { (9.0, 4.0, "tree") };
        let height = height + f64::from(row % 7) * 0.1;
        let width = if row == 13 { String::new() } else { format!("{width}") };
        let place = ["hill", "valley", "shore"][row as usize % 3];
        text.push_str(&format!("{height};{width};{place};{kind}\n"));
    }
    text
}

/// An experiment saved in a folder.
fn saved(folder: &Path) -> PathBuf {
    let path = folder.join("mine.netsmith.json");
    ExperimentFile::<SavedRun>::new(ExperimentSpec::default(), None).save(&path).unwrap();
    path
}

fn open(path: &Path) -> App {
    App::open(Setup { file: Some(path.to_owned()), ..Setup::default() })
}

/// Something that can be undone.
fn make_an_edit(app: &mut App) {
    app.click("Add a neuron to dense layer 1");
}

fn is_table(app: &App) -> bool {
    matches!(&app.spec().data.source,
        DataSource::Table(table) if matches!(table.origin, TableOrigin::File { .. }))
}

#[test]
fn a_table_of_ones_own_is_opened_prepared_and_learned() {
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), "plants.csv", plants());
    let mut app = App::start();
    app.open_by_path(&path);
    app.wait_until("the table is open", |app| is_table(app) && app.snapshot().is_some());
    assert_eq!(app.value(Role::ComboBox, "Predict"), "kind", "the last column by itself");
    assert!(app.says("60"), "how many rows there are");

    app.entry("Preparation").click();
    app.run();
    assert!(app.says("width"), "what was filled is said");
    app.click("place");
    app.wait_until("the network has two inputs", |app| {
        app.snapshot().is_some_and(|snapshot| snapshot.prepared.network.inputs() == 2)
    });
    app.key(Key::Space);
    app.wait_until("it is learned", |app| app.validation_accuracy() > 0.99);
    app.key(Key::Space);

    app.pick("Predict", "height");
    app.wait_until("it is a regression", |app| {
        app.snapshot().is_some_and(|snapshot| {
            snapshot.prepared.samples.encoder.target.task() == TaskKind::Regression
        })
    });
    assert!(app.has_control("Fit"));
    app.click("Rows");
    assert!(app.says("Rows of plants.csv") && app.says("valley"));

    for _ in 0..3 {
        app.key_with(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(app.spec(), ExperimentSpec::default(), "Undo brings back what was open");
}

#[test]
fn a_table_given_at_the_start_is_open_at_once() {
    let folder = TempDir::new().unwrap();
    let mut app = open(&file(folder.path(), "plants.csv", plants()));
    app.wait_until("the table is open", is_table);
    assert_eq!(app.state().preferences().recent.len(), 1);
    app.choose("File", "New experiment");
    app.click("Don't save");
    assert_eq!(app.spec(), ExperimentSpec::default());
}

#[test]
fn bad_files_are_explained_and_change_nothing() {
    let folder = TempDir::new().unwrap();
    let rows = |rows: usize, row: &str| row.repeat(rows);
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("short.csv", b"a,b,c\n1,2,3\n4,5\n6,7,8\n".to_vec(), &["Line 3", "2 fields"]),
        ("empty.csv", Vec::new(), &["empty"]),
        ("binary.csv", (0..=255).cycle().take(4000).collect(), &["binary.csv"]),
        ("one.csv", b"a\n1\n2\n3\n4\n5\n".to_vec(), &["column"]),
        ("class.csv", format!("a,b\n{}", rows(20, "1,x\n")).into_bytes(), &["class"]),
        ("no.netsmith.json", b"{\n  \"format\": 7\n}\n".to_vec(), &["line 2"]),
        (
            "other.json",
            b"{\"format\":\"other\",\"experiment\":{\"version\":1}}".to_vec(),
            &["other"],
        ),
    ];
    let mut app = App::start();
    make_an_edit(&mut app);
    app.key_with(Modifiers::COMMAND, Key::Z);
    let before = app.spec();
    for (name, contents, words) in cases {
        let path = file(folder.path(), name, contents);
        app.open_by_path(&path);
        app.wait_until("it is explained", |app| app.has_control("Close"));
        for word in words {
            assert!(app.says(word), "{name}: {:?}", app.state().dialog());
        }
        assert_eq!(app.spec(), before, "{name}");
        app.click("Close");
        assert!(app.state().dialog().is_none());
    }
    for path in [folder.path().to_owned(), folder.path().join("nowhere.csv")] {
        app.open_by_path(&path);
        app.wait_until("it is explained", |app| app.has_control("Close"));
        app.key(Key::Escape);
        assert_eq!(app.spec(), before);
    }
    app.key(Key::S);
    app.wait_until("everything goes on", |app| app.step_count() == 1);
}

#[test]
fn a_table_without_anything_to_learn_opens_nothing_but_columns_may_be_empty() {
    let folder = TempDir::new().unwrap();
    let mut text = "a,gap,b\n".to_owned();
    for row in 0..40 {
        text.push_str(&format!("{},,{}\n", row % 5, if row % 5 > 2 { "yes" } else { "no" }));
    }
    let mut app = open(&file(folder.path(), "gap.csv", text));
    app.wait_until("the table is open", |app| is_table(app) && app.snapshot().is_some());
    assert!(app.says("Preparation"));
    app.key(Key::E);
    app.wait_until("it learns", |app| app.epoch() == 1);
}

#[test]
fn a_file_that_has_changed_is_read_anew_when_it_is_opened_again() {
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), "plants.csv", plants());
    let mut app = open(&path);
    app.wait_until("the table is open", |app| is_table(app) && app.snapshot().is_some());
    file(folder.path(), "plants.csv", plants().replace("tree", "bush"));
    app.open_by_path(&path);
    app.wait_until("the new table is open", |app| app.says("bush"));
    app.wait_until("the run is about it", |app| {
        app.snapshot().is_some_and(|snapshot| {
            let target = &snapshot.prepared.samples.encoder.target;
            target.output_names().iter().all(|name| name != "tree")
        })
    });
}

#[test]
fn a_long_file_is_opened_while_the_document_changes_and_can_be_given_up() {
    let folder = TempDir::new().unwrap();
    let mut text = "a,b,c\n".to_owned();
    for row in 0..400_000 {
        text.push_str(&format!("{row},{},{}\n", row % 17, if row % 3 == 0 { "x" } else { "y" }));
    }
    let path = file(folder.path(), "long.csv", text);
    let mut app = App::start();
    app.begin_to_open(&path);
    app.step_until("it is being read", |app| app.says("Reading long.csv"));
    app.control("Cancel").click();
    app.step_until("it is given up", |app| !app.says("Reading long.csv"));
    std::thread::sleep(std::time::Duration::from_millis(100));
    app.run();
    assert_eq!(app.spec(), ExperimentSpec::default());

    app.begin_to_open(&path);
    app.step_until("it is being read", |app| app.says("Reading long.csv"));
    app.control("Spiral").click();
    app.step_until("the table is open", is_table);
}

#[test]
fn a_dropped_file_is_opened() {
    let folder = TempDir::new().unwrap();
    let path = file(folder.path(), "plants.csv", plants());
    let mut app = App::start();
    app.drop_file(path);
    app.wait_until("the table is open", is_table);
}

#[test]
fn an_experiment_is_saved_with_its_weights_and_opened_again() {
    let folder = TempDir::new().unwrap();
    let path = saved(folder.path());
    let mut app = open(&path);
    assert_eq!(app.state().title(), "mine.netsmith.json – Netsmith");
    make_an_edit(&mut app);
    assert_eq!(app.state().title(), "mine.netsmith.json • – Netsmith");
    app.key(Key::Space);
    app.wait_until("the circle is solved", |app| app.validation_accuracy() > 0.97);
    app.key(Key::Space);
    app.wait_until("it pauses", |app| !app.is_running());
    let (weights, accuracy, epoch) = (app.parameters(), app.validation_accuracy(), app.epoch());
    app.key_with(Modifiers::COMMAND, Key::S);
    app.wait_until("it is saved", |app| app.says("Saved mine.netsmith.json"));
    assert_eq!(app.state().title(), "mine.netsmith.json – Netsmith");

    let mut again = open(&path);
    again.wait_until("it is there", |app| app.epoch() == epoch);
    assert_eq!(again.parameters(), weights);
    assert_eq!(again.validation_accuracy(), accuracy, "without a single update");
    assert_eq!(again.spec(), app.spec());
    again.key(Key::S);
    app.key(Key::S);
    again.wait_until("it goes on", |app| app.parameters() != weights);
    app.wait_until("so does the other", |app| app.parameters() != weights);
    assert_eq!(again.parameters(), app.parameters(), "as if it had never been closed");
}

#[test]
fn a_new_experiment_asks_before_it_drops_work() {
    let mut app = App::start();
    app.choose("File", "New experiment");
    assert!(app.state().dialog().is_none(), "there is nothing to lose yet");
    make_an_edit(&mut app);
    let edited = app.spec();
    app.choose("File", "New experiment");
    assert!(app.says("Save your changes?"));
    app.click("Cancel");
    assert_eq!(app.spec(), edited);
    app.key_with(Modifiers::COMMAND, Key::N);
    app.key(Key::Escape);
    assert_eq!(app.spec(), edited);
    app.key_with(Modifiers::COMMAND, Key::N);
    app.key(Key::Space);
    assert!(!app.is_running(), "keys do nothing behind a question");
    app.click("Don't save");
    assert_eq!(app.spec(), ExperimentSpec::default());
}

#[test]
fn opening_an_experiment_asks_however_it_is_opened() {
    let folder = TempDir::new().unwrap();
    let path = saved(folder.path());
    let mut app = App::start();
    make_an_edit(&mut app);
    let edited = app.spec();
    app.open_by_path(&path);
    assert!(app.says("Save your changes?"));
    app.click("Cancel");
    app.drop_file(path.clone());
    assert!(app.says("Save your changes?"));
    app.click("Cancel");
    assert_eq!(app.spec(), edited);
    app.open_by_path(&path);
    app.click("Don't save");
    assert_eq!(app.spec(), ExperimentSpec::default());
    app.click("File");
    app.entry("Open recent").hover();
    app.run();
    assert!(app.has_control("mine.netsmith.json"));
}

#[test]
fn quitting_saves_first_if_asked_to() {
    let folder = TempDir::new().unwrap();
    let path = saved(folder.path());
    let mut app = open(&path);
    make_an_edit(&mut app);
    app.key_with(Modifiers::COMMAND, Key::Q);
    app.click("Cancel");
    assert!(!app.asked_window(&egui::ViewportCommand::Close));

    app.close_window();
    assert!(app.asked_window(&egui::ViewportCommand::CancelClose));
    app.control("Save").click();
    app.step_until("the window closes", |app| app.asked_window(&egui::ViewportCommand::Close));
    let written = ExperimentFile::<SavedRun>::open(&path).unwrap();
    assert_eq!(written.experiment, app.spec());
    assert!(written.run.is_some());
}

#[test]
fn work_that_was_not_saved_is_offered_back_after_a_crash() {
    let folder = TempDir::new().unwrap();
    let start =
        || App::open(Setup { autosave: Some(folder.path().to_owned()), ..Setup::default() });
    let mut app = start();
    make_an_edit(&mut app);
    let edited = app.spec();
    app.wait_until("it is kept", |_| {
        let files = std::fs::read_dir(folder.path()).unwrap().flatten();
        files.into_iter().any(|file| file.path().extension().is_some_and(|ending| ending == "json"))
    });
    drop(app);

    let mut app = start();
    assert!(app.says("Take your work up again?"));
    app.click("Later");
    assert_eq!(app.spec(), ExperimentSpec::default());
    drop(app);
    let mut app = start();
    app.click("Restore");
    assert_eq!(app.spec(), edited);
    assert!(app.state().title().contains('•'), "it is still not saved");
    drop(app);

    let mut app = start();
    app.click("Forget");
    drop(app);
    assert!(start().state().dialog().is_none());
}

#[test]
fn work_that_was_dropped_on_purpose_is_not_offered_back() {
    let folder = TempDir::new().unwrap();
    let setup = || Setup { autosave: Some(folder.path().to_owned()), ..Setup::default() };
    let mut app = App::open(setup());
    make_an_edit(&mut app);
    app.harness.state_mut().act(Action::Quit);
    app.run();
    app.control("Don't save").click();
    app.step_until("the window closes", |app| app.asked_window(&egui::ViewportCommand::Close));
    drop(app);
    assert!(App::open(setup()).state().dialog().is_none());
}
