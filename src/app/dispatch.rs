//! Carries out commands: the one place where what a person asks for is done.

use eframe::egui;

use super::command::{Action, Command};
use super::dialog::{Dialog, PathPurpose, Pending};
use super::netsmith::Netsmith;
use super::notice::Gravity;
use super::preferences::ThemeChoice;
use crate::experiment::{DataSource, Edit, ExperimentSpec};
use crate::insight::linear::study;
use crate::train::{Pace, TrainCommand};
use crate::ui::view::{Selection, Workbench};

/// Zoom steps.
const ZOOM: f32 = 1.1;

impl Netsmith {
    /// Does what was asked for.
    pub(super) fn carry_out(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Do(action) => self.act(action),
            Command::Edit(edit) => self.edit(edit),
            Command::OpenPath(path) => self.open_with_question(Pending::OpenPath(path)),
            Command::SetSpeed(speed) => {
                self.preferences.speed = speed.clamp(0.0, 1.0);
                self.apply_speed();
            }
            Command::SetParameter { index, value } => {
                self.tell(TrainCommand::SetParameter { index, value });
            }
            Command::LookBack(epoch) => self.link.set_look_back(epoch),
            Command::ChooseData(id) => self.choose_data(&id),
            Command::KeepWeights(keep) => self.preferences.keep_weights = keep,
            Command::Copy { text, what } => {
                ctx.copy_text(text);
                self.notices.show(Gravity::Information, format!("{what} copied."));
            }
            Command::CancelLoading => self.jobs.cancel_reading(),
            Command::Race(command) => self.command_race(command),
            Command::StartRangeTest => self.start_range_test(),
            Command::CancelRangeTest => self.range_test.cancel(),
            Command::StudySystem(spec) => self.study.start(move |report| study(spec, report)),
            Command::PickSystem => self.jobs.pick_system(),
            Command::AskSystemPath => self.ask_path(PathPurpose::System, None, None),
            Command::Climb { layer, unit, start } => self.climb(layer, unit, start),
            Command::ForgetClimb => self.ascent.clear(),
            Command::Watch(parameters) => self.tell(TrainCommand::SetWatch(parameters)),
        }
    }

    /// Does an action.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::New => self.open_with_question(Pending::New),
            Action::Open => self.open_with_question(Pending::Open),
            Action::OpenByPath => self.ask_path(PathPurpose::Open, None, None),
            Action::Save => self.save(None),
            Action::SaveAs => self.save_as(None),
            Action::Quit => self.open_with_question(Pending::Quit),
            Action::Undo => {
                self.history.undo();
                self.drop_lost_selection();
            }
            Action::Redo => {
                self.history.redo();
                self.drop_lost_selection();
            }
            Action::Delete => self.delete_selection(),
            Action::SelectNext => self.select_neighbour(1),
            Action::SelectPrevious => self.select_neighbour(-1),
            Action::MoveLeft => self.move_selection(-1),
            Action::MoveRight => self.move_selection(1),
            Action::Train => self.toggle_training(),
            Action::StepUpdate => self.run(TrainCommand::StepUpdate),
            Action::StepEpoch => self.run(TrainCommand::StepEpoch),
            Action::Reset => self.run(TrainCommand::Reset),
            Action::NewWeights => self.edit(Edit::NewWeights),
            Action::NewData => self.edit(Edit::NewData),
            Action::Dark => self.preferences.theme = ThemeChoice::Dark,
            Action::Light => self.preferences.theme = ThemeChoice::Light,
            Action::SystemTheme => self.preferences.theme = ThemeChoice::System,
            Action::ZoomIn => self.zoom(self.preferences.zoom * ZOOM),
            Action::ZoomOut => self.zoom(self.preferences.zoom / ZOOM),
            Action::ZoomReset => self.zoom(1.0),
            Action::Presentation => {
                self.preferences.presentation = !self.preferences.presentation;
            }
            Action::FitCanvas => {
                self.view.zoom = None;
                self.view.pan = egui::Vec2::ZERO;
            }
            Action::Race => self.view.bench = Workbench::Race,
            Action::RangeTest => {
                self.view.bench = Workbench::RangeTest;
                self.start_range_test();
            }
            Action::Krylov => self.view.bench = Workbench::Krylov,
            Action::Experiment => self.view.bench = Workbench::Experiment,
            Action::Help => self.dialog = Some(Dialog::Help),
            Action::Shortcuts => self.dialog = Some(Dialog::Shortcuts),
            Action::Methods => self.dialog = Some(Dialog::Methods),
            Action::About => self.dialog = Some(Dialog::About),
        }
    }

    /// Changes the document.
    pub(super) fn edit(&mut self, edit: Edit) {
        self.history.edit(edit, self.gesture);
        self.drop_lost_selection();
    }

    /// Trains on another set. The layers stay; going from points to a table or back, the settings
    /// change to those that suit, in one step that can be undone.
    fn choose_data(&mut self, id: &str) {
        let Some(source) = DataSource::named(id) else { return };
        let spec = self.spec();
        let is_table = |source: &DataSource| matches!(source, DataSource::Table(_));
        let kind_changes = is_table(&source) != is_table(&spec.data.source)
            || source.is_curve() != spec.data.source.is_curve();
        let mut next = if kind_changes {
            ExperimentSpec { seed: spec.seed, ..ExperimentSpec::on(source) }
        } else {
            let mut next = spec.as_ref().clone();
            next.name = source.title();
            next.data.source = keep_features(source, &spec.data.source);
            next
        };
        // A loss chosen for the last task may not fit this one.
        next.training.loss = None;
        self.edit(Edit::Replace(Box::new(next), "choose data"));
    }

    /// Starts or pauses what is on screen: the race on its page, the experiment everywhere else.
    fn toggle_training(&mut self) {
        if self.toggle_race() {
            return;
        }
        if self.is_running() {
            self.tell(TrainCommand::Pause);
        } else {
            self.run(TrainCommand::Play);
        }
    }

    /// Tells the run something, if there is one; otherwise says why not.
    fn run(&mut self, command: TrainCommand) {
        self.link.set_look_back(None);
        // What begins to train is shown.
        self.view.bench = Workbench::Experiment;
        if self.link.is_trainable() {
            self.notices.begin_run();
            self.tell(command);
            return;
        }
        let reason = self.why_not_trainable();
        self.notices.show(Gravity::Warning, reason);
    }

    /// Tells the trainer how fast to go.
    pub(super) fn apply_speed(&mut self) {
        let pace = pace(self.preferences.speed);
        self.tell(TrainCommand::SetPace(pace));
        if let Some(race) = &self.race {
            race.set_pace(pace);
        }
    }

    fn zoom(&mut self, zoom: f32) {
        // Steps land on the ordinary size again.
        let zoom = if (zoom - 1.0).abs() < 0.04 { 1.0 } else { zoom };
        self.preferences.zoom = zoom.clamp(0.6, 2.5);
    }

    fn delete_selection(&mut self) {
        if let Some(Selection::Layer(id)) = self.view.selection {
            self.view.selection = None;
            self.edit(Edit::RemoveLayer { id });
        } else {
            let text = "Select a layer by its title first, then press Delete.";
            self.notices.show(Gravity::Information, text);
        }
    }

    fn select_neighbour(&mut self, by: isize) {
        let layers = &self.spec().network.layers;
        let position = self
            .view
            .selection
            .and_then(|selection| self.spec().network.position(selection.layer()));
        let next = match position {
            Some(position) => {
                position.saturating_add_signed(by).min(layers.len().saturating_sub(1))
            }
            None if by > 0 => 0,
            None => layers.len().saturating_sub(1),
        };
        self.view.selection = layers.get(next).map(|layer| Selection::Layer(layer.id));
    }

    fn move_selection(&mut self, by: isize) {
        if let Some(id) = self.view.selection.map(Selection::layer)
            && let Some(position) = self.spec().network.position(id)
        {
            self.edit(Edit::MoveLayer { id, to: position.saturating_add_signed(by) });
        }
    }

    fn drop_lost_selection(&mut self) {
        let gone = self
            .view
            .selection
            .is_some_and(|selection| self.spec().network.layer(selection.layer()).is_none());
        if gone {
            self.view.selection = None;
        }
    }
}

/// Chosen inputs stay when another point set is chosen.
fn keep_features(mut source: DataSource, before: &DataSource) -> DataSource {
    if let (Some(features), Some(before)) = (source.features_mut(), before.features()) {
        before.clone_into(features);
    }
    source
}

/// The pace a position of the speed slider stands for: 1 update a second at the left end, ten
/// times as many each sixth of the way, everything at the right end.
pub fn pace(speed: f32) -> Pace {
    if speed >= 0.999 {
        Pace::Full
    } else {
        Pace::Updates(10.0_f64.powf(f64::from(speed.max(0.0)) * 6.0))
    }
}
