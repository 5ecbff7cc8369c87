//! `stage` and `unstage`

use super::{Verdict, line, print};
use crate::cli::args::own::Stage;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, Repository};
use crate::ops::compare::Comparison;
use crate::ops::config::absolute;
use crate::ops::review::{Outcome, Point, Reviewed, Span, review};
use crate::ops::stage::{self, Chosen, Picks};
use serde_json::json;

/// `stage`
pub fn stage(args: &Stage, environment: &Environment) -> Result<Verdict, Failure> {
    run(args, false, environment)
}

/// `unstage`
pub fn unstage(args: &Stage, environment: &Environment) -> Result<Verdict, Failure> {
    run(args, true, environment)
}

fn run(args: &Stage, back: bool, environment: &Environment) -> Result<Verdict, Failure> {
    let path = absolute(environment, &args.of.file);
    let folder = path.parent().unwrap_or(environment.directory());
    let repository = Repository::around(folder, environment)
        .map_err(|error| Failure::new(Kind::Usage, error.to_string()))?;
    let (old, new) = if back {
        (Point::Commit("HEAD".to_owned()), Point::Index)
    } else {
        (Point::Index, Point::Worktree)
    };
    let span = Span {
        old,
        new,
        paths: vec![path],
        untracked: !back,
    };
    let files = review(&repository, &span, environment)?;
    let word = if back { "unstage" } else { "stage" };
    let [file] = files.as_slice() else {
        let name = args.of.file.display();
        return match files.len() {
            0 => output::result(format!("{name}: nothing to {word}\n").as_bytes()).map(|()| Verdict::Clean),
            _ => Err(Failure::new(
                Kind::Usage,
                format!("{name}: {word} one file at a time"),
            )),
        };
    };
    let picks = picks(args, file)?;
    if !back && !args.allow_readable {
        refuse_readable(file, &picks)?;
    }
    match (args.of.dry_run, back) {
        (true, false) => stage::preview(&repository, file, &picks, environment).map(|_| ())?,
        (true, true) => {}
        (false, false) => stage::stage(&repository, file, &picks, environment)?,
        (false, true) => stage::unstage(&repository, file, &picks, environment)?,
    }
    tell(args, back, file, &picks)?;
    Ok(Verdict::Done)
}

/// What the words on the command line mean: paths of values, or of branches with all below them.
fn picks(args: &Stage, file: &Reviewed) -> Result<Picks, Failure> {
    if args.paths.is_empty() && !args.settings {
        return Ok(Picks::All);
    }
    let comparison = stage::can_be_parted(file)?;
    let mut chosen = Chosen {
        settings: args.settings,
        ..Chosen::default()
    };
    for path in &args.paths {
        let below = |of: &str| {
            of.strip_prefix(path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let mut any = false;
        for (number, change) in comparison.values.iter().enumerate() {
            if below(&change.path) || change.old_path.as_deref().is_some_and(below) {
                let one = Chosen::value(number, comparison);
                chosen.values.extend(one.values);
                chosen.settings |= one.settings;
                any = true;
            }
        }
        if !any {
            let text = format!("{}: nothing changed at this path", file.path);
            return Err(Failure::new(Kind::Usage, text).hint("`lazysops diff` lists the paths"));
        }
    }
    Ok(Picks::Some(chosen))
}

/// What everybody could read after the next push is not staged by accident.
fn refuse_readable(file: &Reviewed, picks: &Picks) -> Result<(), Failure> {
    if !picks.exposes(file) {
        return Ok(());
    }
    let text = format!(
        "{}: a value that was encrypted would be readable in git",
        file.path
    );
    Err(Failure::new(Kind::Usage, text).hint("--allow-readable stages it all the same"))
}

fn tell(args: &Stage, back: bool, file: &Reviewed, picks: &Picks) -> Result<(), Failure> {
    let nothing = Comparison::default();
    let comparison = match &file.outcome {
        Outcome::Compared { comparison, .. } => comparison,
        _ => &nothing,
    };
    let paths: Vec<&str> = match picks {
        Picks::All => Vec::new(),
        Picks::Some(chosen) => {
            let changes = chosen
                .values
                .iter()
                .filter_map(|number| comparison.values.get(*number));
            changes.map(|change| change.path.as_str()).collect()
        }
    };
    let settings = matches!(picks, Picks::Some(chosen) if chosen.settings);
    if args.of.json {
        return print(&json!({
            "path": file.path,
            "whole": *picks == Picks::All,
            "changes": paths,
            "settings": settings,
            "dry_run": args.of.dry_run,
        }));
    }
    let word = match (args.of.dry_run, back) {
        (true, false) => "would be staged",
        (true, true) => "would be unstaged",
        (false, false) => "staged",
        (false, true) => "unstaged",
    };
    let mut text = String::new();
    if *picks == Picks::All {
        line(&mut text, format_args!("{word}: {}", file.path));
    }
    for path in paths {
        line(&mut text, format_args!("{word}: {} {path}", file.path));
    }
    if settings {
        line(
            &mut text,
            format_args!("{word}: {} recipients, rule and data key", file.path),
        );
    }
    output::result(text.as_bytes())
}
