//! `netsmith render`: the window as a picture, without a display.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{CliError, ExperimentArgs, output};
use crate::app::offscreen::{self, Picture};

/// Arguments of `netsmith render`.
#[derive(Args, Clone, Debug)]
pub struct RenderArgs {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// The picture to write
    #[arg(long, value_name = "window.png")]
    out: PathBuf,
    /// Width and height in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x800", value_parser = size)]
    size: (u32, u32),
    /// Colours
    #[arg(long, default_value = "dark")]
    theme: Theme,
    /// Zoom, 0.5 to 3
    #[arg(long, default_value_t = 1.0)]
    zoom: f32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Theme {
    Dark,
    Light,
}

/// Runs the command. The window is drawn after `--epochs` epochs of training (0 if left out).
///
/// # Errors
/// As [`CliError`] says.
pub fn run(args: &RenderArgs) -> Result<(), CliError> {
    let epochs = args.experiment.options.epochs;
    let mut experiment = args.experiment.clone();
    // Here, `--epochs` says how long to train before the picture, not how the document ends.
    experiment.options.epochs = None;
    let (spec, saved) = experiment.read()?;
    let picture = Picture {
        size: args.size,
        dark: matches!(args.theme, Theme::Dark),
        zoom: args.zoom.clamp(0.5, 3.0),
        epochs: epochs.unwrap_or(0),
    };
    let image = offscreen::render(spec, saved, &picture).map_err(CliError::failed)?;
    image.save(&args.out).map_err(|error| {
        CliError::Failed(format!("{} cannot be written: {error}", args.out.display()))
    })?;
    output::message(&format!("{}×{} pixels in {}", args.size.0, args.size.1, args.out.display()));
    Ok(())
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let parse = |part: &str| part.parse().ok().filter(|pixels| (64..=16_384).contains(pixels));
    text.split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some((parse(width)?, parse(height)?)))
        .ok_or_else(|| format!("expected e.g. 1280x800 (64 to 16384 pixels), found \"{text}\""))
}
