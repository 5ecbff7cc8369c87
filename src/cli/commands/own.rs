//! Commands that sops does not have. Exit codes: 0 clean or done, 1 findings, 2 called wrongly or could not check.

mod access;
mod check;
mod diff;
mod doctor;
mod drift;
mod git_setup;
mod history;
mod join;
mod keygen;
mod rekey;
mod repair;
mod resolve;
mod stage;
mod why;

use crate::cli::args::Unlock;
use crate::cli::args::keyservice::KeyServices;
use crate::cli::args::own::{Own, OwnCommon};
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::{Console, Environment};
use crate::ops::caution::Caution;
use crate::ops::counted::counted_as;
use crate::ops::rulebook::{Rulebook, Source};
use crate::ops::survey::Skipped;
use crate::ops::unlock;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;

/// How a masked value is shown; the same for every length.
const MASK: &str = "••••••••";

/// Whether a command found what it looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to report, nothing to do, or not wanted.
    Clean,
    /// Everything was done.
    Done,
    /// There are findings.
    Findings,
}

impl Verdict {
    const fn of(findings: bool) -> Self {
        if findings { Self::Findings } else { Self::Clean }
    }
}

/// Runs one of them and gives the exit code.
///
/// # Errors
/// When it was called wrongly or could not do its work; the exit code is 2 then.
pub fn run(command: &Own, environment: &Environment) -> Result<u8, Failure> {
    let verdict = match command {
        Own::Why(args) => why::run(args, environment),
        Own::Drift(args) => drift::run(args, environment),
        Own::Access(args) => access::run(args, environment),
        Own::Diff(args) => diff::run(args, environment),
        Own::Stage(args) => stage::stage(args, environment),
        Own::Unstage(args) => stage::unstage(args, environment),
        Own::Textconv(args) => diff::textconv(args, environment),
        Own::GitSetup(args) => git_setup::run(args, environment),
        Own::History(args) => history::run(args, environment),
        Own::Check(args) => check::run(args, environment),
        Own::Doctor(args) => doctor::run(args, environment),
        Own::Repair(args) => repair::run(args, environment),
        Own::Resolve(args) => resolve::run(args, environment),
        Own::Rekey(args) => rekey::run(args, environment),
        Own::Keygen(args) => keygen::run(args, environment),
        Own::Join(args) => join::ask(args, environment),
        Own::Approve(args) => join::approve(args, environment),
    };
    match verdict {
        Ok(Verdict::Clean | Verdict::Done) => Ok(0),
        Ok(Verdict::Findings) => Ok(1),
        Err(failure) => Err(Failure {
            kind: Kind::Usage,
            ..failure
        }),
    }
}

/// The rules by the flags.
fn book<'e>(common: &OwnCommon, environment: &'e Environment) -> Rulebook<'e> {
    let source = Source {
        explicit: common.config.clone(),
        trust: common.trust_config,
    };
    Rulebook::new(source, environment)
}

/// Prints JSON, and a line break.
fn print(value: &Value) -> Result<(), Failure> {
    output::result(format!("{value:#}\n").as_bytes())
}

/// The environment in which a command that decrypts tries keys: in the order and with the services that were asked for, with
/// questions on the terminal.
fn at_hand(
    unlocking: &Unlock,
    services: &KeyServices,
    mut caution: Caution,
    environment: &Environment,
) -> Result<Environment, Failure> {
    let environment = unlock::with_order(environment, unlocking.decryption_order.as_deref())?;
    let local = services.enable_local_keyservice.as_deref();
    let environment = unlock::with_keyservices(&environment, &services.keyservice, local, &mut caution)?;
    let environment = environment.asking(Arc::new(Console {
        drop_in: false,
        strict: caution.is_strict(),
    }));
    output::warnings(&mut caution);
    Ok(environment)
}

/// What was left out, for people.
fn tell_skipped(skipped: &[Skipped]) {
    for skipped in skipped {
        output::tell(&format!("not scanned: {}: {}", skipped.name, skipped.reason));
    }
}

/// Refuses to call an incomplete look a clean one.
fn looked_everywhere(skipped: &[Skipped]) -> Result<(), Failure> {
    match skipped.iter().filter(|skipped| skipped.unread).count() {
        0 => Ok(()),
        count => {
            let text = format!(
                "{} could not be looked into",
                counted_as(count, "file or folder", "files or folders")
            );
            Err(Failure::new(Kind::Usage, text)
                .hint("put right what is listed above, then run the same command again"))
        }
    }
}

/// What was left out, for scripts.
fn skipped_json(skipped: &[Skipped]) -> Value {
    let items = skipped
        .iter()
        .map(|skipped| json!({"path": skipped.name, "reason": skipped.reason}));
    items.collect()
}

/// Adds a line to a text.
fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}
