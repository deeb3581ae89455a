//! Standard output, standard error and the progress bar.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::CliError;

/// Writes a line of the result. A reader that has gone away (`| head`) ends the program quietly.
pub fn line(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(CliError::failed),
    }
}

/// Writes a line for the person, beside the result.
pub fn message(text: &str) {
    // Where nobody can read it, it cannot be said.
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// A progress bar on a terminal; nothing elsewhere.
pub fn progress_bar(length: u64, unit: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(
        Some(length),
        if io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        },
    );
    let template = format!("{{bar:30}} {{pos}}/{{len}} {unit}  {{msg}}  {{eta}}");
    bar.with_style(
        ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}
