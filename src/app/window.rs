//! Opens the real window.

use std::path::PathBuf;

use eframe::egui;
use thiserror::Error;

use super::autosave::Autosave;
use super::netsmith::{Netsmith, Setup};

/// Under which name preferences are stored.
pub(super) const PREFERENCES: &str = "netsmith";

/// Why no window opened.
#[derive(Debug, Error)]
pub enum WindowError {
    /// There is no display, or it cannot draw.
    #[error(
        "no window can be opened here ({0}). Without a display, use the headless commands: \
         netsmith train, predict, list, render (see netsmith --help)."
    )]
    NoDisplay(String),
}

/// Opens the window, on a file if one is given, and returns when it is closed.
///
/// # Errors
/// [`WindowError::NoDisplay`].
pub fn open(file: Option<PathBuf>) -> Result<(), WindowError> {
    if cfg!(target_os = "linux")
        && std::env::var_os("DISPLAY").is_none()
        && std::env::var_os("WAYLAND_DISPLAY").is_none()
        && std::env::var_os("WAYLAND_SOCKET").is_none()
    {
        return Err(WindowError::NoDisplay("DISPLAY and WAYLAND_DISPLAY are not set".to_owned()));
    }
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .try_init()
        .ok();
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([800.0, 520.0])
            .with_app_id("netsmith")
            .with_title("Netsmith")
            .with_icon(icon())
            .with_drag_and_drop(true),
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Netsmith",
        options,
        Box::new(move |creation| {
            let preferences = creation
                .storage
                .and_then(|storage| eframe::get_value(storage, PREFERENCES))
                .unwrap_or_default();
            let setup = Setup {
                file,
                preferences,
                autosave: Autosave::standard_folder(),
                ..Setup::default()
            };
            Ok(Box::new(Netsmith::new(&creation.egui_ctx, setup)?))
        }),
    )
    .map_err(|error| WindowError::NoDisplay(error.to_string()))
}

/// The icon in the task bar: three neurons and their weights.
fn icon() -> egui::IconData {
    const SIDE: u32 = 64;
    let nodes = [(14.0, 20.0), (14.0, 44.0), (50.0, 32.0)];
    let colors: [[u8; 3]; 3] = [[245, 147, 34], [245, 147, 34], [8, 119, 189]];
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            let node = nodes
                .iter()
                .zip(colors)
                .find(|((cx, cy), _)| (x - cx).powi(2) + (y - cy).powi(2) < 81.0);
            let on_line = nodes.iter().take(2).any(|&(ax, ay)| {
                let share = (x - ax) / (50.0 - ax);
                (0.0..=1.0).contains(&share) && (ay + share * (32.0 - ay) - y).abs() < 2.0
            });
            let pixel = match node {
                Some((_, [r, g, b])) => [r, g, b, 255],
                None if on_line => [150, 160, 170, 255],
                None => [0, 0, 0, 0],
            };
            rgba.extend_from_slice(&pixel);
        }
    }
    egui::IconData { rgba, width: SIDE, height: SIDE }
}
