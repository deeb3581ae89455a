//! The window's own code drawn into a picture, without a display.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;
use image::RgbaImage;
use thiserror::Error;

use super::netsmith::{Netsmith, Setup};
use super::preferences::{Preferences, ThemeChoice};
use super::raster::Rasteriser;
use crate::experiment::{ExperimentSpec, PrepareError, Prepared, TableStore};
use crate::train::{SavedRun, Trainer};
use crate::ui::theme;

/// What the picture is to be.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Dark or light.
    pub dark: bool,
    /// Size of everything.
    pub zoom: f32,
    /// Epochs to train before the picture.
    pub epochs: u64,
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The experiment cannot be trained.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The data cannot be read or used.
    #[error("{0}")]
    Data(String),
    /// The system gave no thread.
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
    /// The window did not settle.
    #[error("the window did not come to rest within {0:?}")]
    Restless(Duration),
}

/// How long the window may take to settle.
const PATIENCE: Duration = Duration::from_secs(30);

/// Trains the experiment and draws the window.
///
/// # Errors
/// [`RenderError`].
pub fn render(
    spec: ExperimentSpec,
    saved: Option<SavedRun>,
    picture: &Picture,
) -> Result<RgbaImage, RenderError> {
    let run = train(&spec, saved, picture.epochs)?;
    let preferences = Preferences {
        theme: if picture.dark { ThemeChoice::Dark } else { ThemeChoice::Light },
        zoom: picture.zoom,
        ..Preferences::default()
    };
    let ctx = egui::Context::default();
    let setup = Setup { experiment: Some((spec, run)), preferences, ..Setup::default() };
    let mut app = Netsmith::new(&ctx, setup)?;
    let mut screen = Screen::new(ctx, picture);
    screen.settle(&mut app)?;
    if let Some(error) = app.data_error() {
        return Err(RenderError::Data(error.to_owned()));
    }
    // Animations and layouts that need the size of an earlier frame come to rest. The first of
    // these frames may choose other columns for the map, which is then waited for.
    for _ in 0..12 {
        screen.frame(&mut app);
    }
    screen.settle(&mut app)?;
    Ok(screen.draw(&mut app))
}

fn train(
    spec: &ExperimentSpec,
    saved: Option<SavedRun>,
    epochs: u64,
) -> Result<Option<SavedRun>, RenderError> {
    if epochs == 0 {
        return Ok(saved);
    }
    let prepared = Prepared::load(spec.clone(), &TableStore::default(), &|_| {
        std::ops::ControlFlow::Continue(())
    })?;
    let mut trainer = match saved {
        Some(saved) => Trainer::resume(prepared, saved)?,
        None => Trainer::new(prepared)?,
    };
    for _ in 0..epochs {
        if trainer.run_epoch().is_some() {
            break;
        }
    }
    Ok(Some(trainer.save()))
}

/// Whether the picture would show the latest weights.
fn is_settled(app: &Netsmith) -> bool {
    match app.snapshot() {
        Some(snapshot) => {
            let latest = app.latest_insight().map(|insight| insight.snapshot);
            latest == Some(snapshot.number) && app.has_latest_look()
        }
        // A document that cannot be trained is drawn as it is; a file is waited for.
        None => app.is_waiting_for_nothing(),
    }
}

/// A window without a display.
struct Screen {
    ctx: egui::Context,
    rasteriser: Rasteriser,
    size: (u32, u32),
    pixels_per_point: f32,
    frames: u32,
}

impl Screen {
    fn new(ctx: egui::Context, picture: &Picture) -> Self {
        Self {
            ctx,
            rasteriser: Rasteriser::default(),
            size: picture.size,
            pixels_per_point: picture.zoom,
            frames: 0,
        }
    }

    /// Shows frames until the workers have answered.
    fn settle(&mut self, app: &mut Netsmith) -> Result<(), RenderError> {
        let begin = Instant::now();
        while !is_settled(app) {
            if begin.elapsed() > PATIENCE {
                return Err(RenderError::Restless(PATIENCE));
            }
            self.frame(app);
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn frame(&mut self, app: &mut Netsmith) -> egui::FullOutput {
        self.frames += 1;
        let size = egui::vec2(self.size.0 as f32, self.size.1 as f32) / self.pixels_per_point;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(f64::from(self.frames) / 10.0),
            focused: false,
            ..egui::RawInput::default()
        };
        let mut output = self.ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        self.rasteriser.update(&output.textures_delta);
        output.textures_delta.clear();
        output
    }

    fn draw(&mut self, app: &mut Netsmith) -> RgbaImage {
        let output = self.frame(app);
        let primitives = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let background = theme::palette(&self.ctx).background;
        let size = [self.size.0 as usize, self.size.1 as usize];
        self.rasteriser.draw(&primitives, size, output.pixels_per_point, background)
    }
}

/// Wakes nobody: for programs without a window.
pub fn no_waker() -> crate::train::worker::Waker {
    Arc::new(|| {})
}
