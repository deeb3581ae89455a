//! The program: hands its arguments to [`netsmith::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    netsmith::cli::run()
}
