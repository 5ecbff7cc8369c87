//! `doctor`

use super::{Verdict, at_hand, line, print, repair};
use crate::cli::args::own::Doctor;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::keys::Outcome;
use crate::ops::caution::Caution;
use crate::ops::config::absolute;
use crate::ops::doctor::{self, Diagnosis, Key, has_opened, word};
use serde_json::{Value, json};
use std::path::Path;

/// Where the lines below a key begin.
const INDENT: &str = "             ";

pub fn run(args: &Doctor, environment: &Environment) -> Result<Verdict, Failure> {
    let [file] = args.files.as_slice() else {
        return Err(Failure::new(Kind::Usage, "name one file").hint("lazysops doctor FILE"));
    };
    let caution = Caution::new(args.strict, environment);
    let environment = at_hand(&args.unlock, &args.services, caution, environment)?;
    let diagnosis = doctor::examine(&absolute(&environment, file), &environment)?;
    if args.json {
        print(&as_json(file, &diagnosis))?;
    } else {
        output::result(as_text(file, &diagnosis).as_bytes())?;
    }
    Ok(Verdict::of(diagnosis.problem.is_some()))
}

fn as_text(file: &Path, diagnosis: &Diagnosis) -> String {
    let mut text = String::new();
    let name = file.display();
    match &diagnosis.problem {
        None => line(&mut text, format_args!("{name}: opens")),
        Some(problem) if problem.kind == Kind::NoDataKey => {
            line(
                &mut text,
                format_args!("{name}: does not open: no key at hand is enough"),
            );
        }
        Some(problem) => {
            line(&mut text, format_args!("{}", problem.message));
            for hint in &problem.hints {
                line(&mut text, format_args!("→ {hint}"));
            }
        }
    }
    if let Some(explanation) = &diagnosis.mismatch {
        line(&mut text, format_args!(""));
        repair::describe(&mut text, explanation);
        line(&mut text, format_args!("→ lazysops repair {name}"));
    }
    if let Some(words) = diagnosis.groups.words() {
        line(&mut text, format_args!("{words}"));
    }
    let attempts: Vec<_> = diagnosis.keys.iter().map(|key| key.attempt.clone()).collect();
    let mut last = None;
    for key in &diagnosis.keys {
        let group = key.attempt.group;
        if last != Some(group) {
            line(&mut text, format_args!(""));
            if diagnosis.groups.all > 1 {
                let state = if has_opened(&attempts, group) {
                    "opened"
                } else {
                    "closed"
                };
                line(&mut text, format_args!("group {group}: {state}"));
            }
            last = Some(group);
        }
        describe(&mut text, key);
    }
    text
}

fn describe(text: &mut String, key: &Key) {
    let person = &key.person;
    let word = word(&key.attempt.outcome);
    let mine = if person.me { "  (you)" } else { "" };
    let name = person
        .name
        .as_deref()
        .map_or_else(String::new, |name| format!("  {name}"));
    line(
        text,
        format_args!("  {word:<9}  {}  {}{name}{mine}", person.kind, person.identity),
    );
    match &key.attempt.outcome {
        Outcome::Opened { by } => line(text, format_args!("{INDENT}by {by}")),
        Outcome::NotTried => {}
        Outcome::Failed { reasons, next } => {
            for reason in reasons {
                line(text, format_args!("{INDENT}{reason}"));
            }
            if let Some(next) = next {
                line(text, format_args!("{INDENT}→ {next}"));
            }
        }
    }
}

fn as_json(file: &Path, diagnosis: &Diagnosis) -> Value {
    let keys = diagnosis.keys.iter().map(|key| {
        let (by, reasons, next) = match &key.attempt.outcome {
            Outcome::Opened { by } => (Some(by), &[][..], None),
            Outcome::Failed { reasons, next } => (None, reasons.as_slice(), next.as_ref()),
            Outcome::NotTried => (None, &[][..], None),
        };
        json!({
            "group": key.attempt.group,
            "type": key.person.kind,
            "recipient": key.person.identity,
            "name": key.person.name,
            "me": key.person.me,
            "result": word(&key.attempt.outcome),
            "by": by,
            "reasons": reasons,
            "next": next,
        })
    });
    json!({
        "path": file.display().to_string(),
        "opens": diagnosis.problem.is_none(),
        "problem": diagnosis.problem.as_ref().map(|problem| &problem.message),
        "mismatch": diagnosis.mismatch.as_ref().map(repair::as_json),
        "groups": {
            "all": diagnosis.groups.all,
            "needed": diagnosis.groups.needed,
            "opened": diagnosis.groups.opened,
        },
        "keys": keys.collect::<Value>(),
    })
}
