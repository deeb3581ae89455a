//! The program: hands its arguments to [`netsmith::cli`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A frame asks for megabytes for its triangles and gives them back. With the usual allocator of
/// Linux, about a fifth of a frame goes into getting them from the system anew. Huge pages, of which
/// a frame would touch a small part and the system clear all, are not asked for (`no_thp`).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    netsmith::cli::run()
}
