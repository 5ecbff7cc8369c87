//! Arguments to a face; the only place that ends the process.

#![allow(
    clippy::disallowed_methods,
    reason = "arguments are read here and the process is ended here, nowhere else"
)]

use lazysops::cli::{self, Next};
use lazysops::host::{Console, Environment, guardian, harden};
use lazysops::tui;
use std::alloc::System;
use std::process::ExitCode;
use std::sync::Arc;
use zeroizing_alloc::ZeroAlloc;

/// Memory that is given back is wiped first: also what crates of others kept in it.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    harden();
    let arguments: Vec<_> = std::env::args_os().collect();
    if guardian::served(&arguments) {
        return ExitCode::SUCCESS;
    }
    let environment = Environment::of_process();
    let console = Console {
        drop_in: true,
        strict: environment.text("LAZYSOPS_STRICT") == Some("1"),
    };
    let at_the_terminal = environment.clone().asking(Arc::new(console));
    ExitCode::from(match cli::run(&arguments, &at_the_terminal) {
        Next::Exit(code) => code,
        Next::Settings => cli::show_settings(tui::settings(&environment)),
        Next::Edit(start) => match tui::run(&start, &environment) {
            Ok(()) => 0,
            Err(failure) => cli::report(&failure),
        },
    })
}
