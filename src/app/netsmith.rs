//! [`Netsmith`]: everything the window has, and the two phases of a frame.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui;

use super::autosave::Autosave;
use super::background::Background;
use super::command::{Action, Outbox};
use super::compare::RateSearch;
use super::dialog::{Answer, Dialog, Pending};
use super::growth::Growth;
use super::job::Jobs;
use super::notice::Notices;
use super::opening::is_experiment;
use super::preferences::{Preferences, ThemeChoice};
use super::race::Race;
use super::run_link::RunLink;
use crate::experiment::{ExperimentSpec, History};
use crate::insight::linear::SystemFile;
use crate::insight::{Ascent, InsightWorker, LinearStudy};
use crate::train::worker::Waker;
use crate::train::{SavedRun, TrainWorker};
use crate::ui::{self, Scene, View};

/// How the program is started.
#[derive(Debug, Default)]
pub struct Setup {
    /// A file to open at once.
    pub file: Option<PathBuf>,
    /// An experiment to begin with, and its run.
    pub experiment: Option<(ExperimentSpec, Option<SavedRun>)>,
    /// What was remembered of earlier sessions.
    pub preferences: Preferences,
    /// Where unsaved work is kept; `None` keeps none (pictures, tests).
    pub autosave: Option<PathBuf>,
}

/// The program with a window.
pub struct Netsmith {
    pub(super) history: History,
    pub(super) file: Option<PathBuf>,
    pub(super) link: RunLink,
    pub(super) trainer: TrainWorker,
    pub(super) insight: InsightWorker,
    pub(super) jobs: Jobs,
    pub(super) waker: Waker,
    pub(super) race: Option<Race>,
    pub(super) range_test: Background<RateSearch>,
    pub(super) growth: Background<Growth>,
    pub(super) study: Background<LinearStudy>,
    /// The linear system that was opened last, for the page of Krylov methods to take up.
    pub(super) system: Option<Arc<SystemFile>>,
    pub(super) ascent: Background<Ascent>,
    pub(super) notices: Notices,
    pub(super) dialog: Option<Dialog>,
    pub(super) preferences: Preferences,
    pub(super) autosave: Option<Autosave>,
    pub(super) view: View,
    pub(super) panels: ui::Panels,
    pub(super) outbox: Outbox,
    /// Counts presses of the mouse and keys, so that one gesture is one step of undo.
    pub(super) gesture: u64,
    /// Saving waits for the run from the trainer.
    pub(super) saving: Option<(PathBuf, Option<Pending>)>,
    /// The window may close: nothing is left to be asked.
    pub(super) may_close: bool,
    pub(super) close_requested: bool,
    /// The focus was moved with the Tab key rather than with the mouse.
    focused_by_key: bool,
    applied_scale: f32,
    applied_theme: Option<ThemeChoice>,
}

impl std::fmt::Debug for Netsmith {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Netsmith").field("spec", self.history.spec()).finish_non_exhaustive()
    }
}

impl Netsmith {
    /// Starts the workers and opens the first experiment.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new(ctx: &egui::Context, setup: Setup) -> std::io::Result<Self> {
        ui::theme::install(ctx);
        // The size of everything is a preference; two who set it would get in each other's way.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let waker = waker_of(ctx);
        let (spec, run) = setup.experiment.unwrap_or_default();
        let mut app = Self {
            history: History::new(spec),
            file: None,
            link: RunLink::default(),
            trainer: TrainWorker::start(Arc::clone(&waker))?,
            insight: InsightWorker::start(Arc::clone(&waker))?,
            jobs: Jobs::new(Arc::clone(&waker)),
            race: None,
            range_test: Background::new(Arc::clone(&waker)),
            growth: Background::new(Arc::clone(&waker)),
            study: Background::new(Arc::clone(&waker)),
            system: None,
            ascent: Background::new(Arc::clone(&waker)),
            waker,
            notices: Notices::default(),
            dialog: None,
            preferences: setup.preferences,
            autosave: setup.autosave.map(Autosave::new),
            view: View::default(),
            panels: ui::Panels::default(),
            outbox: Outbox::default(),
            gesture: 0,
            saving: None,
            may_close: false,
            close_requested: false,
            focused_by_key: false,
            applied_scale: 1.0,
            applied_theme: None,
        };
        app.link.saved = run.map(Box::new);
        app.apply_speed();
        if let Some(path) = setup.file {
            app.open_path(path);
        }
        if let Some(autosave) = &app.autosave {
            let found = autosave.find();
            if !found.is_empty() {
                app.dialog = Some(Dialog::Restore { found });
            }
        }
        app.logic(ctx);
        Ok(app)
    }

    /// The first phase of a frame: takes what has come in, brings the run in line with the
    /// document, says when to look again. Draws nothing.
    pub fn logic(&mut self, ctx: &egui::Context) {
        self.apply_preferences(ctx);
        self.take_events();
        self.synchronise();
        self.ask_insight();
        self.range_test.update();
        self.study.update();
        self.ascent.update();
        self.update_race();
        self.take_dropped_files(ctx);
        self.watch_closing(ctx);
        let waits = [
            self.notices.expire(),
            self.autosave.as_mut().and_then(|autosave| {
                autosave.update(
                    self.history.spec(),
                    self.history.is_unsaved(),
                    self.file.as_deref(),
                )
            }),
        ];
        if let Some(wait) = waits.into_iter().flatten().min() {
            ctx.request_repaint_after(wait);
        }
    }

    /// The second phase of a frame: draws the window and carries out what was asked for.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.count_gestures(&ctx);
        if self.dialog.is_none() {
            self.take_shortcuts(&ctx);
        }
        // The snapshot is held for the frame: what is drawn is one moment of the run.
        let snapshot = self.trainer.latest().filter(|_| self.link.is_trainable());
        let insight = self.insight.latest();
        let shown = self.link.shown_parameters(snapshot.as_deref());
        let title = self.jobs.reading().map(|reading| (reading.name.clone(), reading.progress()));
        let ascent = self.shown_ascent();
        let scene = Scene {
            spec: self.history.spec(),
            history: &self.history,
            samples: self.link.samples(),
            problems: self.link.problems(),
            data_error: self.link.data_error(),
            snapshot: snapshot.as_deref(),
            parameters: shown.as_deref(),
            look_back: self.link.look_back(),
            insight: insight.as_deref().filter(|_| snapshot.is_some()),
            loading: title.as_ref().map(|(name, share)| (name.as_str(), *share)),
            file: self.file.as_deref(),
            recent: &self.preferences.recent,
            speed: self.preferences.speed,
            presentation: self.preferences.presentation,
            theme: self.preferences.theme,
            keep_weights: self.preferences.keep_weights,
            race: self.race.as_ref(),
            range_test: &self.range_test,
            growth: &self.growth,
            study: &self.study,
            system: self.system.as_ref(),
            ascent: ascent.as_deref(),
        };
        self.panels.show(ui, &scene, &mut self.view, &mut self.outbox);
        ui::notice::show(&ctx, &mut self.notices);
        let answer = self.dialog.as_mut().and_then(|dialog| ui::dialog::show(&ctx, dialog));
        if let Some(answer) = answer {
            self.answer(&ctx, answer);
        }
        let commands = self.outbox.take();
        let busy = !commands.is_empty();
        for command in commands {
            self.carry_out(&ctx, command);
        }
        if busy {
            self.synchronise();
            ctx.request_repaint();
        }
    }

    /// The document.
    pub fn spec(&self) -> &Arc<ExperimentSpec> {
        self.history.spec()
    }

    /// The run as it was last published.
    pub fn snapshot(&self) -> Option<Arc<crate::train::Snapshot>> {
        self.trainer.latest().filter(|_| self.link.is_trainable())
    }

    /// The latest look into the network.
    pub fn latest_insight(&self) -> Option<Arc<crate::insight::InsightFrame>> {
        self.insight.latest()
    }

    /// Whether nothing is being read: the window will not change by itself.
    pub fn is_waiting_for_nothing(&self) -> bool {
        self.jobs.reading().is_none() && !self.link.is_trainable()
    }

    /// Why there are no rows, if there are none.
    pub fn data_error(&self) -> Option<&str> {
        self.link.data_error()
    }

    /// What is being looked at.
    pub fn view_mut(&mut self) -> &mut View {
        &mut self.view
    }

    /// What lies over the window.
    pub const fn dialog(&self) -> Option<&Dialog> {
        self.dialog.as_ref()
    }

    /// The race between methods, if there is one.
    pub const fn race(&self) -> Option<&Race> {
        self.race.as_ref()
    }

    /// The messages at the window's edge.
    pub fn notices(&self) -> &[super::notice::Notice] {
        self.notices.list()
    }

    /// What the program remembers of the person.
    pub const fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// The name in the window's title.
    pub fn title(&self) -> String {
        let name = self.file.as_ref().map_or_else(
            || self.spec().name.clone(),
            |path| crate::experiment::data_spec::file_name(path),
        );
        let mark = if self.history.is_unsaved() { " •" } else { "" };
        format!("{name}{mark} – Netsmith")
    }

    fn apply_preferences(&mut self, ctx: &egui::Context) {
        let theme = self.preferences.theme;
        if self.applied_theme != Some(theme) {
            ctx.set_theme(match theme {
                ThemeChoice::System => egui::ThemePreference::System,
                ThemeChoice::Dark => egui::ThemePreference::Dark,
                ThemeChoice::Light => egui::ThemePreference::Light,
            });
            self.applied_theme = Some(theme);
        }
        let scale = self.preferences.scale();
        if (self.applied_scale - scale).abs() > f32::EPSILON {
            ctx.set_zoom_factor(scale);
            self.applied_scale = scale;
        }
    }

    /// A press of the mouse or of a key begins a gesture; holding and moving belongs to it.
    fn count_gestures(&mut self, ctx: &egui::Context) {
        let begins = ctx.input(|input| {
            input.pointer.any_pressed()
                || input.events.iter().any(|event| {
                    matches!(
                        event,
                        egui::Event::Key { pressed: true, .. }
                            | egui::Event::AccessKitActionRequest(_)
                    )
                })
        });
        if begins {
            self.gesture += 1;
        }
    }

    fn take_shortcuts(&mut self, ctx: &egui::Context) {
        self.watch_focus(ctx);
        let typing = ctx.text_edit_focused();
        // What was reached with the Tab key is pressed with the space bar.
        let pressing = self.focused_by_key && ctx.memory(|memory| memory.focused().is_some());
        // The longest shortcut first: Ctrl+Shift+S must not be taken for Ctrl+S.
        let mut actions: Vec<Action> = Action::ALL.to_vec();
        actions.sort_by_key(|action| {
            std::cmp::Reverse(action.shortcut().is_some_and(|s| s.modifiers.shift))
        });
        for action in actions {
            let Some(shortcut) = action.shortcut() else { continue };
            let plain = shortcut.modifiers.is_none() && shortcut.logical_key != egui::Key::F1;
            let presses = plain && shortcut.logical_key == egui::Key::Space;
            if typing && plain || pressing && presses {
                continue;
            }
            if ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                self.outbox.act(action);
            }
        }
        let command = egui::Modifiers::COMMAND;
        let others = [
            (command | egui::Modifiers::SHIFT, egui::Key::Z, Action::Redo),
            // The plus of many keyboards, without Shift.
            (command, egui::Key::Equals, Action::ZoomIn),
        ];
        for (modifiers, key, action) in others {
            let shortcut = egui::KeyboardShortcut::new(modifiers, key);
            if ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                self.outbox.act(action);
            }
        }
    }

    /// Notes whether the focus was moved with the keyboard or the mouse.
    fn watch_focus(&mut self, ctx: &egui::Context) {
        ctx.input(|input| {
            if input.pointer.any_pressed() {
                self.focused_by_key = false;
            }
            let moves = |event: &egui::Event| {
                matches!(
                    event,
                    egui::Event::Key { key: egui::Key::Tab, pressed: true, .. }
                        | egui::Event::AccessKitActionRequest(_)
                )
            };
            if input.events.iter().any(moves) {
                self.focused_by_key = true;
            }
        });
    }

    fn take_dropped_files(&mut self, ctx: &egui::Context) {
        let dropped =
            ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        match dropped {
            // On the page of Krylov methods a table is a matrix.
            Some(path)
                if self.view.bench == ui::view::Workbench::Krylov && !is_experiment(&path) =>
            {
                self.open_system(path);
            }
            Some(path) => self.open_with_question(Pending::OpenPath(path)),
            None => {}
        }
    }

    fn watch_closing(&mut self, ctx: &egui::Context) {
        if ctx.input(|input| input.viewport().close_requested()) && !self.may_close {
            if self.history.is_unsaved() {
                ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
                self.dialog = Some(Dialog::Unsaved { then: Pending::Quit });
            } else {
                self.may_close = true;
            }
        }
        if self.close_requested {
            self.close_requested = false;
            self.may_close = true;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    fn answer(&mut self, ctx: &egui::Context, answer: Answer) {
        self.dialog = None;
        match answer {
            Answer::Cancel => {}
            Answer::Save(then) => self.save(Some(then)),
            Answer::Drop(then) => self.go_on(then),
            Answer::OpenSystem(path) => self.open_system(path),
            Answer::Open(path) => self.open_with_question(Pending::OpenPath(path)),
            Answer::SaveTo(path, then) => self.save_to(path, then),
            Answer::Restore(found) => self.restore(found),
            Answer::Forget(found) => Autosave::forget(&found),
        }
        ctx.request_repaint();
    }

    /// Forgets unsaved work that the person has chosen to drop, at the end.
    pub(super) fn forget_unsaved(&mut self) {
        if let Some(autosave) = &mut self.autosave {
            autosave.clear();
        }
    }
}

/// Wakes the window from other threads, at most 30 times a second.
fn waker_of(ctx: &egui::Context) -> Waker {
    let ctx = ctx.clone();
    Arc::new(move || {
        ctx.request_repaint_after_for(Duration::from_millis(10), egui::ViewportId::ROOT);
    })
}

impl eframe::App for Netsmith {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
        let title = self.title();
        if self.panels.title != title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.panels.title = title;
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, super::window::PREFERENCES, &self.preferences);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if self.may_close {
            self.forget_unsaved();
        }
    }
}
