//! `resolve`

use super::diff::short;
use super::{MASK, Verdict, line, print};
use crate::cli::args::own::{MergeSide, Resolve};
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::config::absolute;
use crate::ops::counted::counted;
use crate::ops::resolve::{self, Choice, Dispute, Facet, Opened, Resolved, Which};
use serde_json::{Value, json};

pub fn run(args: &Resolve, environment: &Environment) -> Result<Verdict, Failure> {
    let environment = &environment.clone().opening_once();
    let path = absolute(environment, &args.of.file);
    let name = args.of.file.display().to_string();
    let dispute = match resolve::look(&path, environment)? {
        Opened::Both(dispute) => *dispute,
        Opened::OneSide(side) => {
            let Some(rest) = args.rest else {
                return Err(side.failure());
            };
            let kept = side.is_ours == (rest == MergeSide::Ours);
            let done = (!args.of.dry_run).then(|| side.take(kept, !args.no_add, environment));
            let done = done.transpose()?;
            let what = if kept { "kept" } else { "deleted" };
            if args.of.json {
                print(
                    &json!({"path": name, "file": what, "written": done.is_some(), "left": left(done.as_ref())}),
                )?;
            } else {
                let would = if done.is_some() { "" } else { "would be " };
                let mut text = String::new();
                line(&mut text, format_args!("{name}: {would}{what}"));
                tell_left(&mut text, done.as_ref());
                output::result(text.as_bytes())?;
            }
            return Ok(Verdict::Done);
        }
    };
    let choices = choices(args, &dispute, &name)?;
    let is_decided = choices.iter().all(Option::is_some);
    let written = is_decided && !args.of.dry_run;
    let done = written.then(|| dispute.write(&choices, !args.no_add, environment));
    let done = done.transpose()?;
    if args.of.json {
        let points = (0..).zip(&choices).map(|(number, choice)| {
            json!({
                "path": dispute.points.get(number).map(|point| &point.place),
                "conflict": dispute.points.get(number).map(|point| point.what),
                "choice": choice.as_ref().map(word),
            })
        });
        let conflicts: Value = points.collect();
        let added = done.as_ref().map(|done| done.added);
        print(&json!({
            "path": name,
            "conflicts": conflicts,
            "written": done.is_some(),
            "added": added,
            "left": left(done.as_ref()),
        }))?;
    } else {
        let text = as_text(&name, &dispute, &choices, done.as_ref());
        output::result(text.as_bytes())?;
    }
    Ok(Verdict::of(!is_decided))
}

/// What is chosen for each conflict.
fn choices(args: &Resolve, dispute: &Dispute, name: &str) -> Result<Vec<Option<Choice>>, Failure> {
    let rest = args.rest.map(|side| match side {
        MergeSide::Ours => Choice::Ours,
        MergeSide::Theirs => Choice::Theirs,
    });
    let mut choices = vec![None; dispute.points.len()];
    for (paths, choice) in [
        (&args.ours, Choice::Ours),
        (&args.theirs, Choice::Theirs),
        (&args.both, Choice::Both),
    ] {
        for path in paths {
            let mut any = false;
            for (number, slot) in choices.iter_mut().enumerate() {
                if dispute
                    .points
                    .get(number)
                    .is_none_or(|point| point.place != *path)
                {
                    continue;
                }
                if dispute.refuses(number, &choice).is_some() {
                    let text = format!("{name}: {path}: one of both sides has to be taken there");
                    return Err(Failure::new(Kind::Usage, text).hint("--ours or --theirs takes it"));
                }
                *slot = Some(choice.clone());
                any = true;
            }
            if !any {
                let text = format!("{name}: there is no conflict at {path}");
                return Err(Failure::new(Kind::Usage, text)
                    .hint("`lazysops resolve FILE` lists the paths of its conflicts"));
            }
        }
    }
    Ok(choices
        .into_iter()
        .map(|choice| choice.or_else(|| rest.clone()))
        .collect())
}

const fn word(choice: &Choice) -> &'static str {
    match choice {
        Choice::Ours => "ours",
        Choice::Theirs => "theirs",
        Choice::Both => "both",
        Choice::Own(_) => "own",
    }
}

fn as_text(name: &str, dispute: &Dispute, choices: &[Option<Choice>], done: Option<&Resolved>) -> String {
    let mut text = String::new();
    if let Some(notice) = dispute.notice {
        line(&mut text, format_args!("{name}: {notice}"));
    }
    let open = choices.iter().filter(|choice| choice.is_none()).count();
    let conflicts = counted(choices.len(), "conflict");
    line(&mut text, format_args!("{name}: {conflicts}, {open} open"));
    for (number, (point, choice)) in dispute.points.iter().zip(choices).enumerate() {
        let chosen = choice.as_ref().map(|choice| format!(", taken: {}", word(choice)));
        let chosen = chosen.unwrap_or_default();
        line(
            &mut text,
            format_args!("  {}: {}{chosen}", point.place, point.what),
        );
        for (side, which) in [
            (&dispute.underway.ours, Which::Ours),
            (&dispute.underway.theirs, Which::Theirs),
        ] {
            let label = if which == Which::Ours { "ours" } else { "theirs" };
            let seen = cell(&dispute.facet(number, which));
            line(&mut text, format_args!("    {label} ({side})  {seen}"));
        }
    }
    if done.is_none() && open == 0 {
        line(&mut text, format_args!("nothing was written: a dry run"));
    }
    tell_left(&mut text, done);
    text
}

/// What is left of the merge after a file was written.
fn tell_left(text: &mut String, done: Option<&Resolved>) {
    let Some(done) = done else { return };
    if let Some(reason) = &done.relaid {
        line(text, format_args!("laid out anew: {reason}"));
    }
    if let Some(reason) = &done.not_added {
        line(text, format_args!("written, and git was not told: {reason}"));
    }
    for path in &done.left {
        line(text, format_args!("still in conflict: {}", path.display()));
    }
    if done.added && done.left.is_empty() {
        line(
            text,
            format_args!("nothing is in conflict any more: {}", done.operation.next()),
        );
    }
}

fn left(done: Option<&Resolved>) -> Option<Vec<String>> {
    done.map(|done| done.left.iter().map(|path| path.display().to_string()).collect())
}

fn cell(facet: &Facet) -> String {
    match facet {
        Facet::Nothing => "not there".to_owned(),
        Facet::Masked(kind, mark) => format!("{kind} {MASK} {}", short(mark)),
        Facet::Words(words) => words.lines().next().unwrap_or_default().to_owned(),
    }
}
