//! The program: hands its arguments to [`netsmith::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A frame asks for megabytes for its triangles and gives them back. The usual allocator gets them
/// from the system anew each time, which takes longer than drawing does.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    netsmith::cli::run()
}
