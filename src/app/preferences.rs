//! What the program remembers between sessions that belongs to the person, not to an experiment.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// How many files are remembered.
const RECENT: usize = 10;

/// The person's preferences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Colours.
    pub theme: ThemeChoice,
    /// Size of everything, 0.5 to 3.
    pub zoom: f32,
    /// Whether everything is drawn large for a projector.
    pub presentation: bool,
    /// Watching speed, 0 to 1.
    pub speed: f32,
    /// Files opened or saved lately, the latest first.
    pub recent: Vec<PathBuf>,
    /// Whether a change of the architecture keeps the weights that still fit.
    pub keep_weights: bool,
}

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            zoom: 1.0,
            presentation: false,
            speed: 0.5,
            recent: Vec::new(),
            keep_weights: true,
        }
    }
}

impl Preferences {
    /// Puts a file at the head of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|other| other != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }

    /// The factor by which everything is enlarged.
    pub fn scale(&self) -> f32 {
        let zoom = if self.zoom.is_finite() { self.zoom.clamp(0.5, 3.0) } else { 1.0 };
        if self.presentation { zoom * 1.4 } else { zoom }
    }
}
