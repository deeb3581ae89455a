//! The program: hands its arguments to [`netsmith::cli`].

// A window needs no console beside it on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    netsmith::cli::run()
}
