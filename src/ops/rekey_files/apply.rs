//! Carrying out a plan.

use super::journal::Journal;
use super::{Action, FilePlan, Plan, rules};
use crate::failure::{Failure, Kind};
use crate::format::{Format, Style};
use crate::host::Environment;
use crate::host::file::{self, Batched, Identity};
use crate::metadata::Metadata;
use crate::ops::caution::Caution;
use crate::ops::rekey::{rekeyed, wrap_since};
use crate::ops::save::not_written;
use crate::ops::set::Target;
use crate::ops::{decrypt, parallel, pins, rotate};

/// How many files are prepared before they are written together, where nobody looks on. Bounds the memory, and what a stop takes.
pub const MANY: usize = 256;
/// How many where somebody wants to see each of them done, and to stop soon.
pub const FEW: usize = 16;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was as it should be.
    Unchanged,
    /// Its data key is wrapped for others.
    Rewrapped,
    /// It has a new data key.
    Rotated,
    /// It is as it was before.
    Failed(Failure),
    /// It is as it was before, because the work was stopped.
    Stopped,
}

/// One file, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileResult {
    /// What it is called.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Warnings on the way.
    pub warnings: Vec<String>,
}

/// What is to be written.
struct Prepared {
    content: Result<Vec<u8>, Failure>,
    warnings: Vec<String>,
    /// Whether the work was stopped before it was there.
    stopped: bool,
}

/// Carries out a plan: rules first, then files, several at once: at most `together` are written with one wait for the disk.
/// `progress` is told of each file when it is done, with how many are done and how many there are; a passphrase is asked for once. The
/// cancel token of the environment stops the work: what is being written is finished, and nothing else is begun.
///
/// # Errors
/// When rules cannot be written; no file is touched then.
pub fn apply(
    plan: &Plan,
    together: usize,
    environment: &Environment,
    progress: &mut dyn FnMut(&FileResult, usize, usize),
) -> Result<Vec<FileResult>, Failure> {
    rules::apply(&plan.rules)?;
    let environment = &environment.clone().opening_once();
    let total = plan.files.len();
    let mut journal = plan.journal.clone();
    if let Some(journal) = &mut journal {
        let wanted = plan.files.iter().filter(|file| file.action == Action::Rotate);
        journal.begin(wanted.map(|file| file.path.as_path()), environment);
    }
    let mut results: Vec<FileResult> = Vec::with_capacity(total);
    for files in plan.files.chunks(together.max(1)) {
        let done = if environment.cancel().is_cancelled() {
            files.iter().map(|file| result(file, Outcome::Stopped)).collect()
        } else {
            write_some(files, journal.as_deref_mut(), environment)
        };
        for result in done {
            progress(&result, results.len() + 1, total);
            results.push(result);
        }
    }
    if let Some(journal) = &mut journal {
        let files = plan.files.iter().zip(&results);
        let done =
            files.filter(|(_, result)| matches!(result.outcome, Outcome::Rotated | Outcome::Unchanged));
        journal.end(done.map(|(file, _)| file.path.as_path()), environment);
    }
    Ok(results)
}

fn result(plan: &FilePlan, outcome: Outcome) -> FileResult {
    FileResult {
        name: plan.name.clone(),
        outcome,
        warnings: Vec::new(),
    }
}

/// Prepares some files at the same time, and writes them together.
fn write_some(
    files: &[FilePlan],
    journal: Option<&mut Journal>,
    environment: &Environment,
) -> Vec<FileResult> {
    let prepared = parallel::map(files, |plan| prepare(plan, environment));
    let jobs: Vec<(usize, Batched<'_>)> = files
        .iter()
        .zip(&prepared)
        .enumerate()
        .filter(|(_, (plan, _))| matches!(plan.action, Action::Rewrap | Action::Rotate))
        .filter_map(|(number, (plan, file))| {
            let content = file.content.as_ref().ok()?;
            let job = Batched {
                path: &plan.path,
                content,
                expected: &plan.identity,
            };
            Some((number, job))
        })
        .collect();
    let batch: Vec<Batched<'_>> = jobs.iter().map(|(_, job)| *job).collect();
    if let Some(journal) = journal.filter(|_| !batch.is_empty()) {
        journal.note(batch.iter().map(|job| (job.path, job.content)), environment);
    }
    let mut written: Vec<Option<Failure>> = vec![None; prepared.len()];
    for ((number, job), result) in jobs.iter().zip(file::replace_all(&batch)) {
        if let (Err(error), Some(slot)) = (result, written.get_mut(*number)) {
            *slot = Some(not_written(&job.path.display().to_string(), &error));
        }
    }
    let fine: Vec<&Batched<'_>> = jobs
        .iter()
        .filter(|(number, _)| written.get(*number).is_some_and(Option::is_none))
        .map(|(_, job)| job)
        .collect();
    parallel::map(&fine, |job| {
        pins::remember_bytes(job.path, job.content, true, environment);
    });
    files
        .iter()
        .zip(prepared)
        .zip(written)
        .map(|((plan, file), failure)| {
            let outcome = match (&plan.action, file.content, failure) {
                (Action::Nothing, ..) => Outcome::Unchanged,
                (Action::Rewrap | Action::Rotate, Err(_), _) if file.stopped => Outcome::Stopped,
                (Action::Impossible(failure), ..) => Outcome::Failed(failure.clone()),
                (_, Err(failure), _) | (_, Ok(_), Some(failure)) => Outcome::Failed(failure),
                (Action::Rotate, ..) => Outcome::Rotated,
                (Action::Rewrap, ..) => Outcome::Rewrapped,
            };
            FileResult {
                warnings: file.warnings,
                ..result(plan, outcome)
            }
        })
        .collect()
}

fn prepare(plan: &FilePlan, environment: &Environment) -> Prepared {
    let mut caution = Caution::default();
    let stopped = || Failure::new(Kind::Generic, format!("{}: stopped", plan.name));
    let content = match plan.action {
        Action::Nothing | Action::Impossible(_) => Ok(Vec::new()),
        Action::Rewrap | Action::Rotate if environment.cancel().is_cancelled() => Err(stopped()),
        Action::Rewrap | Action::Rotate => content(plan, environment, &mut caution),
    };
    Prepared {
        // A key service that was told to give up fails, too.
        stopped: content.is_err() && environment.cancel().is_cancelled(),
        content,
        warnings: caution.take(),
    }
}

/// The new text of a file.
fn content(plan: &FilePlan, environment: &Environment, caution: &mut Caution) -> Result<Vec<u8>, Failure> {
    let name = plan.name.as_str();
    let (bytes, identity) = file::read(&plan.path)
        .map_err(|error| Failure::new(Kind::Read, format!("{name}: cannot be read: {error}")))?;
    check(&identity, plan)?;
    let target = Target {
        name,
        bytes: &bytes,
        format: Format::from_path(&plan.path),
        format_is_certain: false,
        indent: None,
    };
    // The content is known to be of another format than its name says, where it is.
    let mut quiet = Caution::default();
    let unsealed = decrypt::unseal(&target, false, environment, &mut quiet)?;
    if plan.action == Action::Rotate {
        let rewritten = rotate::with_groups(
            &target,
            &unsealed,
            &plan.groups,
            plan.threshold,
            None,
            environment,
            caution,
        )?;
        return Ok(rewritten.bytes);
    }
    let sealed = &unsealed.sealed;
    let before = (sealed.metadata.groups.as_slice(), sealed.metadata.threshold);
    let (groups, _) = wrap_since(
        before,
        &plan.groups,
        plan.threshold,
        &unsealed.key,
        name,
        environment,
    )?;
    let metadata = Metadata {
        groups,
        threshold: plan.threshold,
        ..sealed.metadata.clone()
    };
    rekeyed(name, &bytes, sealed, &metadata, Style::default(), caution)
}

fn check(identity: &Identity, plan: &FilePlan) -> Result<(), Failure> {
    if *identity == plan.identity {
        return Ok(());
    }
    let text = format!(
        "{}: it was changed by somebody else since the plan was made",
        plan.name
    );
    Err(Failure::new(Kind::Usage, text).hint("run the command again"))
}
