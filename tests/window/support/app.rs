//! Drives the whole window as a person does: by role and name, with mouse and keys.
//!
//! The workers are real threads. Nothing here waits for a fixed time: [`App::wait_until`] runs
//! frames until what is waited for has happened.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, PointerButton, Pos2, Rect, Theme};
use egui_kittest::kittest::{By, NodeT, Queryable};
use egui_kittest::{Harness, Node};
use netsmith::app::preferences::{Preferences, ThemeChoice};
use netsmith::app::{Netsmith, Setup};
use netsmith::experiment::{ExperimentSpec, NetworkSpec};
use netsmith::train::{Snapshot, Status};

/// The size of the window as it first opens, in points.
pub const WINDOW: [f32; 2] = [1280.0, 800.0];
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The running program.
pub struct App {
    /// The window.
    pub harness: Harness<'static, Netsmith>,
}

impl App {
    /// Opens the program as it is started without a file.
    pub fn start() -> Self {
        Self::open(Setup::default())
    }

    /// Opens it on an experiment.
    pub fn start_on(spec: ExperimentSpec) -> Self {
        Self::open(Setup { experiment: Some((spec, None)), ..Setup::default() })
    }

    /// Opens it on the default data with nothing on the canvas.
    pub fn start_on_an_empty_canvas() -> Self {
        Self::start_on(ExperimentSpec {
            network: NetworkSpec::empty(),
            ..ExperimentSpec::default()
        })
    }

    /// Opens it as the setup says.
    pub fn open(setup: Setup) -> Self {
        Self::open_sized(setup, WINDOW)
    }

    /// Opens it in a window of this size, in points of the screen: what is drawn larger has less
    /// room.
    pub fn open_sized(setup: Setup, size: [f32; 2]) -> Self {
        let theme = match setup.preferences.theme {
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark | ThemeChoice::System => Theme::Dark,
        };
        let size = size.map(|side| side / setup.preferences.scale());
        let harness = super::window(size, theme).with_max_steps(60).build_eframe(move |creation| {
            Netsmith::new(&creation.egui_ctx, setup).expect("the system gives threads")
        });
        let mut app = Self { harness };
        app.wait_until("the first rows are there", |app| {
            app.snapshot().is_some() || app.state().is_waiting_for_nothing()
        });
        app
    }

    /// The program behind the window.
    pub fn state(&self) -> &Netsmith {
        self.harness.state()
    }

    /// The document.
    pub fn spec(&self) -> ExperimentSpec {
        self.state().spec().as_ref().clone()
    }

    /// The run, while there is one.
    pub fn snapshot(&self) -> Option<std::sync::Arc<Snapshot>> {
        self.state().snapshot()
    }

    /// The weights and biases.
    pub fn parameters(&self) -> Vec<f32> {
        self.snapshot().expect("the network can be trained").parameters.to_vec()
    }

    /// Finished epochs.
    pub fn epoch(&self) -> u64 {
        self.snapshot().map_or(0, |snapshot| snapshot.epoch)
    }

    /// Updates made.
    pub fn step_count(&self) -> u64 {
        self.snapshot().map_or(0, |snapshot| snapshot.step)
    }

    /// Whether the network is being trained.
    pub fn is_running(&self) -> bool {
        self.snapshot().is_some_and(|snapshot| snapshot.status == Status::Running)
    }

    /// Share of the validation rows whose class is right.
    pub fn validation_accuracy(&self) -> f64 {
        let metrics = self.snapshot().map(|snapshot| snapshot.metrics);
        metrics.and_then(|metrics| metrics.validation?.accuracy).unwrap_or(0.0)
    }

    /// How long the program would sleep now if nobody touched it.
    pub fn sleeps_for(&self) -> Duration {
        let viewports = &self.harness.output().viewport_output;
        viewports.values().map(|viewport| viewport.repaint_delay).min().unwrap_or(Duration::MAX)
    }

    /// What the program asked of its window in the last frame.
    pub fn asked_window(&self, command: &egui::ViewportCommand) -> bool {
        let viewports = &self.harness.output().viewport_output;
        viewports.values().any(|viewport| viewport.commands.contains(command))
    }

    /// Runs frames until nothing moves any more.
    pub fn run(&mut self) {
        self.harness.run();
    }

    /// Runs frames until `condition` holds.
    ///
    /// # Panics
    /// If it does not within 20 seconds.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !condition(self) {
            assert!(begin.elapsed() < PATIENCE, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(4));
            self.harness.step();
        }
        self.run();
    }

    /// Runs single frames until `condition` holds, and none after it.
    #[track_caller]
    pub fn step_until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !condition(self) {
            assert!(begin.elapsed() < PATIENCE, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(2));
            self.harness.step();
        }
    }

    /// Clicks the cross of the window.
    pub fn close_window(&mut self) {
        let viewport = self.harness.input_mut().viewports.entry(egui::ViewportId::ROOT);
        viewport.or_default().events.push(egui::ViewportEvent::Close);
        self.harness.step();
    }

    /// Drops a file on the window.
    pub fn drop_file(&mut self, path: PathBuf) {
        self.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path)));
        self.run();
    }

    /// Waits until the looks into the network belong to its latest weights.
    #[track_caller]
    pub fn settle(&mut self) {
        self.wait_until("the insight has caught up", |app| {
            let insight = app.state().latest_insight();
            match (app.snapshot(), insight) {
                (Some(snapshot), Some(insight)) => snapshot.number == insight.snapshot,
                (snapshot, _) => snapshot.is_none(),
            }
        });
    }

    /// Clicks the button (tab, entry, check box …) of this name, whatever its role.
    #[track_caller]
    pub fn click(&mut self, name: &str) {
        self.control(name).click();
        self.run();
    }

    /// Right-clicks it.
    #[track_caller]
    pub fn right_click(&mut self, name: &str) {
        self.control(name).click_secondary();
        self.run();
    }

    /// Opens a menu of the menu bar and chooses an entry.
    #[track_caller]
    pub fn choose(&mut self, menu: &str, entry: &str) {
        self.click(menu);
        self.entry(entry).click();
        self.run();
    }

    /// An entry of the menu that is open; its name ends in its key, if it has one.
    #[track_caller]
    pub fn entry(&self, name: &str) -> Node<'_> {
        let with_key = format!("{name} ");
        let labelled = |fits: &dyn Fn(&str) -> bool| {
            self.harness
                .query_all(controls())
                .find(|node| node.accesskit_node().label().is_some_and(|label| fits(&label)))
        };
        let found = labelled(&|label| label.starts_with(&with_key));
        found
            .or_else(|| labelled(&|label| label == name))
            .unwrap_or_else(|| panic!("no entry is called {name:?}; there are: {:?}", self.names()))
    }

    /// The one thing of this name that can be acted upon.
    #[track_caller]
    pub fn control<'a>(&'a self, name: &'a str) -> Node<'a> {
        let found: Vec<_> = self.harness.query_all(controls().label(name)).collect();
        assert!(
            found.len() == 1,
            "{} controls are called {name:?}; there are: {:?}",
            found.len(),
            self.names()
        );
        found[0]
    }

    /// The one control of this role and name: several may share a name, as a slider and its field.
    #[track_caller]
    pub fn of_role<'a>(&'a self, role: Role, name: &'a str) -> Node<'a> {
        self.harness.get_by_role_and_label(role, name)
    }

    /// Clicks it.
    #[track_caller]
    pub fn click_role(&mut self, role: Role, name: &str) {
        self.of_role(role, name).click();
        self.run();
    }

    /// Chooses an entry of a list.
    #[track_caller]
    pub fn pick(&mut self, list: &str, entry: &str) {
        self.click_role(Role::ComboBox, list);
        // A long list shows a part of itself.
        self.of_role(Role::Button, entry).scroll_to_me();
        self.run();
        self.click_role(Role::Button, entry);
    }

    /// What a list, a field or a slider stands at.
    #[track_caller]
    pub fn value(&self, role: Role, name: &str) -> String {
        self.of_role(role, name).value().unwrap_or_default()
    }

    /// Whether there is something of this name that can be acted upon, and it is switched on.
    pub fn is_enabled(&self, name: &str) -> bool {
        !self.control(name).accesskit_node().is_disabled()
    }

    /// Whether there is a control of this name.
    pub fn has_control(&self, name: &str) -> bool {
        self.harness.query_all(controls().label(name)).next().is_some()
    }

    /// The name of what has the keyboard.
    pub fn focused(&self) -> Option<String> {
        let mut nodes = self.harness.query_all(controls());
        nodes.find(Node::is_focused).and_then(|node| node.accesskit_node().label())
    }

    /// The names of all controls, for messages.
    pub fn names(&self) -> Vec<String> {
        self.harness
            .query_all(controls())
            .filter_map(|node| node.accesskit_node().label())
            .collect()
    }

    /// Whether some text on the window contains this.
    pub fn says(&self, text: &str) -> bool {
        self.texts().iter().any(|shown| shown.contains(text))
    }

    /// Everything that is written or named on the window.
    pub fn texts(&self) -> Vec<String> {
        let nodes = self.harness.query_all(By::new());
        nodes
            .flat_map(|node| {
                let node = node.accesskit_node();
                [node.label(), node.value()]
            })
            .flatten()
            .collect()
    }

    /// Where the control of this name is.
    #[track_caller]
    pub fn place(&self, name: &str) -> Rect {
        self.control(name).rect()
    }

    /// Where the card of the layer is whose description begins so, as "Dense layer 2".
    #[track_caller]
    pub fn card(&self, description: &str) -> Rect {
        let found = self.harness.query_all(controls().label_contains(description));
        let found: Vec<_> = found
            .filter(|node| {
                node.accesskit_node().label().is_some_and(|label| label.starts_with(description))
            })
            .collect();
        assert!(found.len() == 1, "{} cards begin with {description:?}", found.len());
        found[0].rect()
    }

    /// The canvas.
    pub fn canvas(&self) -> Rect {
        self.harness.get_by_label("Network canvas").rect()
    }

    /// The decision map.
    #[track_caller]
    pub fn map(&self) -> Rect {
        self.harness.get_by_label_contains("Decision map over").rect()
    }

    /// Presses a key.
    pub fn key(&mut self, key: Key) {
        self.key_with(Modifiers::NONE, key);
    }

    /// Presses a key together with Ctrl, Shift …
    pub fn key_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.run();
    }

    /// Clicks somewhere.
    pub fn click_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.run();
        for pressed in [true, false] {
            self.button_at(at, PointerButton::Primary, pressed);
        }
    }

    /// Presses the mouse at one place, moves to another and lets go.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.hold(from, to);
        self.let_go(to);
    }

    /// The first part of a drag: the button stays down.
    pub fn hold(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.run();
        self.button_at(from, PointerButton::Primary, true);
        for share in [0.05, 0.3, 0.7, 1.0] {
            self.harness.hover_at(from + (to - from) * share);
            self.run();
        }
    }

    /// The end of a drag.
    pub fn let_go(&mut self, at: Pos2) {
        self.button_at(at, PointerButton::Primary, false);
        self.harness.remove_cursor();
        self.run();
    }

    fn button_at(&mut self, pos: Pos2, button: PointerButton, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers });
        self.run();
    }

    /// Types a value into the field of this name: click, select all, type, Enter.
    #[track_caller]
    pub fn fill(&mut self, name: &str, text: &str) {
        self.click_role(Role::SpinButton, name);
        // A field that has been clicked is edited from the next frame on, all of it selected.
        self.key_with(Modifiers::COMMAND, Key::A);
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.run();
        self.key(Key::Enter);
    }

    /// Opens a file through File, Open by path…
    pub fn open_by_path(&mut self, path: &Path) {
        self.begin_to_open(path);
        self.run();
    }

    /// As [`open_by_path`](Self::open_by_path), but only up to the frame in which reading begins.
    pub fn begin_to_open(&mut self, path: &Path) {
        self.choose("File", "Open by path…");
        self.harness.event(egui::Event::Text(path.display().to_string()));
        self.run();
        self.harness.key_press(Key::Enter);
        self.harness.step();
    }

    /// A picture of the window as it is.
    pub fn picture(&mut self) -> image::RgbaImage {
        self.harness.render().expect("the rasteriser draws everything")
    }
}

/// A file on its way into the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Preferences with a theme of their own, so that pictures do not depend on the system.
pub fn preferences(theme: ThemeChoice) -> Preferences {
    Preferences { theme, ..Preferences::default() }
}

/// Writes a file into a folder and returns its path.
pub fn file(folder: &Path, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, contents).expect("the temporary folder can be written to");
    path
}

/// Finds what can be acted upon, rather than text that happens to say the same.
fn controls() -> By<'static> {
    By::new().predicate(|node| {
        !matches!(
            node.role(),
            Role::Label | Role::GenericContainer | Role::Unknown | Role::Window | Role::Status
        )
    })
}
