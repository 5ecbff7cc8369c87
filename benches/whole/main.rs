//! The whole program beside the real sops: `cargo bench --bench whole [screen|encrypt|decrypt|formats|rekey|review|history]`.
//!
//! Prints the tables of `docs/performance.md`, and ends with 1 when a target is missed. Without the real sops (set
//! `LAZYSOPS_TEST_SOPS`, or run `tests/run --no-run` once) only our own figures are printed.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench runs programs, prints, and may stop at the first surprise"
)]

mod commands;
mod formats;
mod history;
mod input;
mod memory;
mod place;
mod rekey;
mod report;
mod review;
mod screen;
#[allow(dead_code, reason = "the bench needs a part of what the tests need")]
#[path = "../../tests/support/terminal.rs"]
mod terminal;
#[path = "../formats/texts.rs"]
mod texts;

use place::Place;
use report::Report;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Cargo adds `--bench`; what is left says which part to run.
    let part = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    let place = Place::new();
    let mut report = Report::default();
    if wanted("screen") {
        screen::measure(&place, &mut report);
    }
    if wanted("encrypt") {
        commands::measure_encrypt(&place, &mut report);
    }
    if wanted("decrypt") {
        commands::measure_decrypt(&place, &mut report);
    }
    if wanted("formats") {
        formats::measure(&place, &mut report);
    }
    if wanted("rekey") {
        rekey::measure(&place, &mut report);
    }
    if wanted("review") {
        review::measure(&place, &mut report);
    }
    if wanted("history") {
        history::measure(&place, &mut report);
    }
    report.verdict()
}
