//! Everything a person can ask for, wherever they ask for it.
//!
//! Panels, menus and keys send [`Command`]s; one place carries them out. An [`Action`] is a command
//! that needs nothing more said: it has its words, tooltip, shortcut and icon here, so that menus,
//! buttons and keys never drift apart.

use std::path::PathBuf;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::race::RaceCommand;
use crate::experiment::Edit;
use crate::insight::{LinearSpec, StartFrom};
use crate::ui::icon::{self, Icon};

/// Something a person asks for.
#[derive(Clone, Debug)]
pub enum Command {
    /// An action from a menu, a button or a key.
    Do(Action),
    /// A change of the document.
    Edit(Edit),
    /// Opens a file without asking which.
    OpenPath(PathBuf),
    /// Sets the watching speed, 0 (slowest) to 1 (as fast as the machine can).
    SetSpeed(f32),
    /// Sets one weight or bias by hand.
    SetParameter {
        /// Where it lies in the flat vector.
        index: usize,
        /// Its new value.
        value: f32,
    },
    /// Shows the network as it was after this epoch; `None` shows it as it is.
    LookBack(Option<u64>),
    /// Trains a new network on another set, chosen by its identifier.
    ChooseData(String),
    /// Puts text on the clipboard and says so.
    Copy {
        /// What to put there.
        text: String,
        /// What it is, as in "Confusion matrix copied".
        what: &'static str,
    },
    /// Whether a change of the architecture keeps the weights that still fit.
    KeepWeights(bool),
    /// Gives up reading the file.
    CancelLoading,
    /// Something about the race between methods.
    Race(RaceCommand),
    /// Runs the learning-rate range test on the experiment as it is.
    StartRangeTest,
    /// Gives up the range test.
    CancelRangeTest,
    /// Runs the Krylov solvers on a linear system.
    StudySystem(LinearSpec),
    /// Lets the person choose the file of a linear system.
    PickSystem,
    /// Lets the person type the path of a linear system.
    AskSystemPath,
    /// Climbs to the input that excites a neuron most.
    Climb {
        /// The neuron's layer, by its identifier.
        layer: u32,
        /// Its number in the layer, from 0.
        unit: usize,
        /// Where to begin.
        start: StartFrom,
    },
    /// Forgets the climb.
    ForgetClimb,
    /// Draws pictures of steps over these two parameters, as places in the flat vector.
    Watch([usize; 2]),
}

/// A command that needs nothing more said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Begins a new experiment.
    New,
    /// Opens an experiment or a table through the file dialog.
    Open,
    /// Opens a file whose path is typed.
    OpenByPath,
    /// Saves the experiment.
    Save,
    /// Saves the experiment under another name.
    SaveAs,
    /// Ends the program.
    Quit,
    /// Takes the last edit back.
    Undo,
    /// Makes an undone edit again.
    Redo,
    /// Removes what is selected.
    Delete,
    /// Selects the next layer.
    SelectNext,
    /// Selects the layer before.
    SelectPrevious,
    /// Moves the selected layer one place to the left.
    MoveLeft,
    /// Moves the selected layer one place to the right.
    MoveRight,
    /// Starts or pauses training.
    Train,
    /// Makes one update.
    StepUpdate,
    /// Trains one epoch.
    StepEpoch,
    /// Goes back to the starting weights.
    Reset,
    /// Draws other starting weights.
    NewWeights,
    /// Draws other points, another division.
    NewData,
    /// Dark colours.
    Dark,
    /// Light colours.
    Light,
    /// The system's colours.
    SystemTheme,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// Ordinary size.
    ZoomReset,
    /// Large text for a projector, on or off.
    Presentation,
    /// Fits the network into the canvas.
    FitCanvas,
    /// Compares training methods.
    Race,
    /// Looks for a learning rate.
    RangeTest,
    /// Shows what Krylov methods do.
    Krylov,
    /// Back to the experiment.
    Experiment,
    /// Explains the window.
    Help,
    /// Lists the keys.
    Shortcuts,
    /// Explains every training method.
    Methods,
    /// Says what this program is.
    About,
}

impl Action {
    /// All actions.
    pub const ALL: &[Self] = &[
        Self::New,
        Self::Open,
        Self::OpenByPath,
        Self::Save,
        Self::SaveAs,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::Delete,
        Self::SelectNext,
        Self::SelectPrevious,
        Self::MoveLeft,
        Self::MoveRight,
        Self::Train,
        Self::StepUpdate,
        Self::StepEpoch,
        Self::Reset,
        Self::NewWeights,
        Self::NewData,
        Self::Dark,
        Self::Light,
        Self::SystemTheme,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
        Self::Presentation,
        Self::FitCanvas,
        Self::Race,
        Self::RangeTest,
        Self::Krylov,
        Self::Experiment,
        Self::Help,
        Self::Shortcuts,
        Self::Methods,
        Self::About,
    ];

    /// The words on its menu entry or button.
    pub const fn text(self) -> &'static str {
        match self {
            Self::New => "New experiment",
            Self::Open => "Open…",
            Self::OpenByPath => "Open by path…",
            Self::Save => "Save",
            Self::SaveAs => "Save as…",
            Self::Quit => "Quit",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Delete => "Delete",
            Self::SelectNext => "Select next layer",
            Self::SelectPrevious => "Select previous layer",
            Self::MoveLeft => "Move layer left",
            Self::MoveRight => "Move layer right",
            Self::Train => "Train",
            Self::StepUpdate => "Step one update",
            Self::StepEpoch => "Step one epoch",
            Self::Reset => "Reset",
            Self::NewWeights => "New weights",
            Self::NewData => "New data",
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::SystemTheme => "As the system",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomReset => "Ordinary size",
            Self::Presentation => "Presentation",
            Self::FitCanvas => "Fit the network",
            Self::Race => "Race of methods",
            Self::RangeTest => "Find a learning rate",
            Self::Krylov => "Krylov methods",
            Self::Experiment => "Back to the experiment",
            Self::Help => "How to use Netsmith",
            Self::Shortcuts => "Keyboard shortcuts",
            Self::Methods => "Training methods",
            Self::About => "About Netsmith",
        }
    }

    /// What it does and what to try.
    pub const fn tooltip(self) -> &'static str {
        match self {
            Self::New => "Begins again with two circles and a small network.",
            Self::Open => "Opens an experiment (.netsmith.json) or a table of your own (.csv).",
            Self::OpenByPath => "Opens a file whose path you type. Serves where no dialog opens.",
            Self::Save => "Saves the experiment with its trained weights.",
            Self::SaveAs => "Saves the experiment under another name.",
            Self::Quit => "Ends the program. You are asked before unsaved work is lost.",
            Self::Undo => "Takes the last edit back. Training itself is undone with Reset.",
            Self::Redo => "Makes an undone edit again.",
            Self::Delete => "Removes the selected layer.",
            Self::SelectNext => "Selects the next layer on the canvas.",
            Self::SelectPrevious => "Selects the layer before on the canvas.",
            Self::MoveLeft => "Moves the selected layer one place towards the input.",
            Self::MoveRight => "Moves the selected layer one place towards the output.",
            Self::Train => {
                "Starts or pauses training. The network sees the training rows again and again \
                 and changes its weights a little after each batch, so that the loss falls."
            }
            Self::StepUpdate => {
                "Makes a single update: one batch goes through the network, the error travels \
                 back, every weight moves once. Watch which weights move most."
            }
            Self::StepEpoch => "Trains for one epoch: every training row is seen once.",
            Self::Reset => {
                "Back to the starting weights. They are the same every time, so that you can try \
                 another setting from the same start."
            }
            Self::NewWeights => {
                "Draws other starting weights. Networks can end in different places depending on \
                 where they start: try it a few times."
            }
            Self::NewData => {
                "Draws other points (or divides a table differently into training and validation \
                 part). A good network copes with any draw."
            }
            Self::Dark => "Dark colours, for a dim room.",
            Self::Light => "Light colours, for a bright room or a projector.",
            Self::SystemTheme => "The colours your system uses.",
            Self::ZoomIn => "Makes everything larger.",
            Self::ZoomOut => "Makes everything smaller.",
            Self::ZoomReset => "Makes everything its ordinary size.",
            Self::Presentation => "Large text and controls, to be read from the last row.",
            Self::FitCanvas => "Shows the whole network.",
            Self::Race => {
                "Two to six training methods on the same task, from the same starting weights, at \
                 once. See which one learns fastest, and what each one costs."
            }
            Self::RangeTest => {
                "Tries learning rates from tiny to huge in one short run and shows where the loss \
                 falls and where it explodes."
            }
            Self::Krylov => {
                "Solves a small system A·x = b with six methods side by side: steepest descent, \
                 CG, MINRES, GMRES, BiCG, BiCGSTAB. See their paths, and which one fails on which \
                 matrix and why."
            }
            Self::Experiment => "Back to building and training.",
            Self::Help => "A short tour of the window.",
            Self::Shortcuts => "Lists what the keys do.",
            Self::Methods => "Every training method: how it works, when to choose it.",
            Self::About => "Version, licence, data sources.",
        }
    }

    /// Its key, if it has one.
    pub const fn shortcut(self) -> Option<KeyboardShortcut> {
        const fn plain(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::NONE, key)
        }
        const fn command(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::COMMAND, key)
        }
        const SHIFT_COMMAND: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        match self {
            Self::New => Some(command(Key::N)),
            Self::Open => Some(command(Key::O)),
            Self::OpenByPath => Some(KeyboardShortcut::new(SHIFT_COMMAND, Key::O)),
            Self::Save => Some(command(Key::S)),
            Self::SaveAs => Some(KeyboardShortcut::new(SHIFT_COMMAND, Key::S)),
            Self::Quit => Some(command(Key::Q)),
            Self::Undo => Some(command(Key::Z)),
            Self::Redo => Some(command(Key::Y)),
            Self::Delete => Some(plain(Key::Delete)),
            Self::SelectNext => Some(KeyboardShortcut::new(Modifiers::ALT, Key::ArrowRight)),
            Self::SelectPrevious => Some(KeyboardShortcut::new(Modifiers::ALT, Key::ArrowLeft)),
            Self::MoveLeft => {
                Some(KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), Key::ArrowLeft))
            }
            Self::MoveRight => {
                Some(KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), Key::ArrowRight))
            }
            Self::Train => Some(plain(Key::Space)),
            Self::StepUpdate => Some(plain(Key::S)),
            Self::StepEpoch => Some(plain(Key::E)),
            Self::Reset => Some(plain(Key::R)),
            Self::NewWeights => Some(plain(Key::W)),
            Self::NewData => Some(plain(Key::D)),
            Self::ZoomIn => Some(command(Key::Plus)),
            Self::ZoomOut => Some(command(Key::Minus)),
            Self::ZoomReset => Some(command(Key::Num0)),
            Self::Presentation => Some(plain(Key::F5)),
            Self::FitCanvas => Some(plain(Key::F)),
            Self::Race => Some(plain(Key::C)),
            Self::RangeTest => Some(plain(Key::L)),
            Self::Krylov => Some(plain(Key::K)),
            Self::Help => Some(plain(Key::F1)),
            Self::Experiment
            | Self::Dark
            | Self::Light
            | Self::SystemTheme
            | Self::Shortcuts
            | Self::Methods
            | Self::About => None,
        }
    }

    /// Its icon.
    pub const fn icon(self) -> Option<Icon> {
        match self {
            Self::New => Some(icon::FILE_NEW),
            Self::Open | Self::OpenByPath => Some(icon::FOLDER_OPEN),
            Self::Save | Self::SaveAs => Some(icon::SAVE),
            Self::Undo => Some(icon::UNDO),
            Self::Redo => Some(icon::REDO),
            Self::Delete => Some(icon::TRASH),
            Self::Train => Some(icon::PLAY),
            Self::StepUpdate | Self::StepEpoch => Some(icon::STEP),
            Self::Reset => Some(icon::RESET),
            Self::NewWeights => Some(icon::DICE),
            Self::NewData => Some(icon::SHUFFLE),
            Self::Dark => Some(icon::MOON),
            Self::Light => Some(icon::SUN),
            Self::FitCanvas => Some(icon::FIT),
            Self::Help => Some(icon::QUESTION),
            _ => None,
        }
    }
}

/// Where panels put what the person asks for.
#[derive(Debug, Default)]
pub struct Outbox(Vec<Command>);

impl Outbox {
    /// Asks for something.
    pub fn send(&mut self, command: Command) {
        self.0.push(command);
    }

    /// Asks for an action.
    pub fn act(&mut self, action: Action) {
        self.send(Command::Do(action));
    }

    /// Asks for a change of the document.
    pub fn edit(&mut self, edit: Edit) {
        self.send(Command::Edit(edit));
    }

    /// Everything asked for since the last call.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
