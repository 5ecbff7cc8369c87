//! `rekey`

use super::{Verdict, book, line, looked_everywhere, print, skipped_json, tell_skipped};
use crate::cli::args::own::Rekey;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::counted::{counted, counted_as};
use crate::ops::drift::{Difference, needed};
use crate::ops::people::People;
use crate::ops::rekey_files::{
    self, Action, FilePlan, FileResult, Goal, MANY, NOT_UNDONE, Outcome, Plan, Request, Wish, who,
};
use crate::ops::rulebook::Rulebook;
use crate::tree::Time;
use serde_json::{Value, json};

pub fn run(args: &Rekey, environment: &Environment) -> Result<Verdict, Failure> {
    let book = book(&args.common, environment);
    let wish = Wish {
        paths: args.paths.clone(),
        goal: if args.rotate {
            Goal::DataKey
        } else {
            Goal::Recipients
        },
        add: args.add.clone(),
        remove: args.remove.clone(),
        keep_data_key: args.no_rotate,
        rules: args.rules,
        accept_metadata: args.accept_metadata,
        restart: args.restart,
    };
    let request = wish.request(&book, environment)?;
    carry_out(&request, &Way::of(args), &book, environment)
}

/// How a plan is shown and carried out.
pub struct Way {
    /// Print JSON.
    pub json: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// Do not ask.
    pub yes: bool,
}

impl Way {
    const fn of(args: &Rekey) -> Self {
        Self {
            json: args.common.json,
            dry_run: args.dry_run,
            yes: args.yes,
        }
    }
}

/// Plans, shows the plan, asks, and does it.
///
/// # Errors
/// When something cannot be planned or done; the rest is done.
pub fn carry_out(
    request: &Request,
    way: &Way,
    book: &Rulebook<'_>,
    environment: &Environment,
) -> Result<Verdict, Failure> {
    let plan = rekey_files::plan(request, book, environment)?;
    let people = rekey_files::people(book, &plan.recipients(), environment);
    if way.dry_run || plan.is_empty() {
        if way.json {
            print(&as_json(&plan, None, &people))?;
        } else {
            output::result(as_text(&plan, &people).as_bytes())?;
            tell_skipped(&plan.skipped);
        }
        return whole(&plan).map(|()| Verdict::Clean);
    }
    if !way.json {
        output::result(as_text(&plan, &people).as_bytes())?;
        tell_skipped(&plan.skipped);
    }
    // On a terminal the plan shows it, and the answer counts.
    if let Some(failure) = plan.suspicion().filter(|_| way.yes || way.json) {
        return Err(failure);
    }
    if !way.yes && !confirmed(way)? {
        return Ok(Verdict::Clean);
    }
    let results = rekey_files::apply(&plan, MANY, environment, &mut |_, done, total| {
        output::progress(done, total)
    })?;
    if way.json {
        print(&as_json(&plan, Some(&results), &people))?;
    }
    let verdict = report(&results, way.json)?;
    whole(&plan).map(|()| verdict)
}

/// A file that could not be looked into, or cannot be changed, may still be readable for somebody who is to go: that is not "done".
fn whole(plan: &Plan) -> Result<(), Failure> {
    looked_everywhere(&plan.skipped)?;
    let impossible = |file: &&FilePlan| matches!(file.action, Action::Impossible(_));
    match plan.files.iter().filter(impossible).count() {
        0 => Ok(()),
        count => {
            let text = format!(
                "{count} of {} cannot be changed",
                counted(plan.files.len(), "file")
            );
            Err(Failure::new(Kind::Usage, text)
                .hint("put right what is listed above, then run the same command again"))
        }
    }
}

fn confirmed(way: &Way) -> Result<bool, Failure> {
    if way.json || !output::can_ask() {
        let text = "nobody can be asked whether this is right; nothing was written";
        return Err(
            Failure::new(Kind::Usage, text).hint("--yes answers beforehand, --dry-run only shows the plan")
        );
    }
    output::confirmed("Is this okay? (y/n):")
}

fn as_text(plan: &Plan, people: &People) -> String {
    let mut text = String::new();
    for rules in &plan.rules {
        line(&mut text, format_args!("{}", rules.words()));
    }
    let mut counts = [0_usize; 4];
    for file in &plan.files {
        let place = match &file.action {
            Action::Rotate => 0,
            Action::Rewrap => 1,
            Action::Nothing => 2,
            Action::Impossible(_) => 3,
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        if file.action == Action::Nothing {
            continue;
        }
        line(&mut text, format_args!("{}: {}", file.name, file.words()));
        for change in &file.changes {
            change_text(&mut text, change, people);
        }
        for change in &file.suspicions {
            line(
                &mut text,
                format_args!("  ! changed since you last wrote it: {change}"),
            );
        }
        for path in &file.exposed {
            line(&mut text, format_args!("  [ ] could be read: {path}"));
        }
    }
    if let Some((count, when)) = plan.resumed() {
        let when = Time::from_unix(when);
        line(
            &mut text,
            format_args!(
                "{} already, from the run that began at {when} and was stopped; --restart gives another",
                counted_as(
                    count,
                    "file has its new data key",
                    "files have their new data keys"
                )
            ),
        );
    }
    if !plan.leavers(people).is_empty() {
        line(&mut text, format_args!("{NOT_UNDONE}"));
    }
    let [rotate, rewrap, nothing, impossible] = counts;
    line(
        &mut text,
        format_args!(
            "{}: {rotate} with a new data key, {rewrap} rewrapped, {nothing} unchanged, {impossible} impossible",
            counted(plan.files.len(), "SOPS file")
        ),
    );
    text
}

fn change_text(text: &mut String, change: &Difference, people: &People) {
    match change {
        Difference::Missing { recipient, .. } => {
            line(text, format_args!("  + {}", who(&people.of(recipient))))
        }
        Difference::Extra { recipient, .. } => line(text, format_args!("  - {}", who(&people.of(recipient)))),
        Difference::Threshold { file, rule } => {
            line(
                text,
                format_args!("  ~ needed: {} instead of {}", needed(*rule), needed(*file)),
            );
        }
        Difference::Selection { .. } | Difference::MacOnlyEncrypted { .. } => {}
    }
}

/// What went wrong, and the count of what was done.
fn report(results: &[FileResult], json: bool) -> Result<Verdict, Failure> {
    let (mut done, mut failed) = (0_usize, 0_usize);
    for result in results {
        for warning in &result.warnings {
            output::tell(&format!("warning: {warning}"));
        }
        match &result.outcome {
            Outcome::Unchanged => {}
            Outcome::Rewrapped | Outcome::Rotated => done += 1,
            Outcome::Stopped => failed += 1,
            Outcome::Failed(failure) => {
                failed += 1;
                output::tell(&format!("Error: {failure}"));
            }
        }
    }
    if !json {
        output::result(format!("{} written\n", counted(done, "file")).as_bytes())?;
    }
    if failed == 0 {
        return Ok(Verdict::Done);
    }
    let text = format!(
        "{failed} of {} not written, as before",
        counted(results.len(), "file")
    );
    Err(Failure::new(Kind::Usage, text).hint("what is done stays done; the same command does the rest"))
}

fn as_json(plan: &Plan, results: Option<&[FileResult]>, people: &People) -> Value {
    let files = plan.files.iter().enumerate().map(|(number, file)| {
        let result = results.and_then(|results| results.get(number));
        file_json(file, result, people)
    });
    let rules = plan
        .rules
        .iter()
        .map(|rules| json!({"path": rules.name, "lines": rules.lines}));
    json!({
        "files": files.collect::<Value>(),
        "rules": rules.collect::<Value>(),
        "skipped": skipped_json(&plan.skipped),
    })
}

fn file_json(file: &FilePlan, result: Option<&FileResult>, people: &People) -> Value {
    let (action, problem) = match &file.action {
        Action::Nothing => ("none", None),
        Action::Rewrap => ("rewrap", None),
        Action::Rotate => ("rotate", None),
        Action::Impossible(failure) => ("impossible", Some(failure.message.clone())),
    };
    let changes = file.changes.iter().filter_map(|change| match change {
        Difference::Missing { group, recipient } | Difference::Extra { group, recipient } => {
            let person = people.of(recipient);
            let kind = if matches!(change, Difference::Missing { .. }) {
                "add"
            } else {
                "remove"
            };
            Some(json!({"kind": kind, "group": group, "recipient": person.identity, "name": person.name}))
        }
        Difference::Threshold { file, rule } => Some(json!({"kind": "threshold", "from": file, "to": rule})),
        Difference::Selection { .. } | Difference::MacOnlyEncrypted { .. } => None,
    });
    let (outcome, failure) = match result.map(|result| &result.outcome) {
        None => (None, None),
        Some(Outcome::Unchanged) => (Some("unchanged"), None),
        Some(Outcome::Rewrapped) => (Some("rewrapped"), None),
        Some(Outcome::Rotated) => (Some("rotated"), None),
        Some(Outcome::Stopped) => (Some("stopped"), None),
        Some(Outcome::Failed(failure)) => (Some("failed"), Some(failure.message.clone())),
    };
    json!({
        "path": file.name,
        "action": action,
        "changes": changes.collect::<Value>(),
        "suspicions": file.suspicions,
        "exposed": file.exposed,
        "resumed": file.resumed,
        "reshared": file.reshared,
        "outcome": outcome,
        "problem": problem.or(failure),
    })
}
