//! The command line: arguments to a use case, results to the standard streams. Never draws a screen.

pub mod debug_yaml;

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::start::Start;
use std::ffi::OsString;
use std::io::Write as _;

/// What is left to do after the command line was read and served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: end the process with this code.
    Exit(u8),
    /// Show the editor.
    Edit(Start),
}

/// Serves a command line; `arguments` begin with the name of the program.
#[must_use]
pub fn run(arguments: &[OsString], _environment: &Environment) -> Next {
    if arguments.iter().skip(1).eq(["debug", "yaml"]) {
        let served = debug_yaml::run(std::io::stdin().lock(), std::io::stdout().lock());
        return Next::Exit(u8::from(served.is_err()));
    }
    match arguments.get(1) {
        Some(path) => Next::Edit(Start {
            path: Some(path.into()),
            ..Start::default()
        }),
        None => Next::Exit(report(&Failure::new(Kind::NoFile, "no file specified"))),
    }
}

/// Tells what went wrong on standard error and gives the exit code.
#[must_use]
pub fn report(failure: &Failure) -> u8 {
    let mut text = format!("Error: {}\n", failure.message);
    for hint in &failure.hints {
        text.push_str(&format!("hint: {hint}\n"));
    }
    // Nobody can be told when standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    failure.kind.exit_code()
}
