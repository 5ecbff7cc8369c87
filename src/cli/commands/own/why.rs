//! `why`

use super::{Verdict, book, line, print};
use crate::cli::args::own::Why as Args;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::config::absolute;
use crate::ops::survey::name_of;
use crate::ops::why::{self, Match, Origin, Why};
use serde_json::{Value, json};

pub fn run(args: &Args, environment: &Environment) -> Result<Verdict, Failure> {
    let (file, value) = match args.arguments.as_slice() {
        [file] => (file, None),
        [file, value] => (file, Some(value)),
        _ => {
            let text = "why takes a file, and perhaps the path of a value in it";
            return Err(Failure::new(Kind::Usage, text).hint("lazysops why FILE '[\"key\"]'"));
        }
    };
    let value = value.map(|value| value.to_string_lossy());
    let path = absolute(environment, file);
    let book = book(&args.common, environment);
    let why = why::why(&path, value.as_deref(), &book)?;
    if args.common.json {
        print(&as_json(&why))?;
    } else {
        output::result(as_text(&why, environment).as_bytes())?;
    }
    Ok(Verdict::Clean)
}

fn as_text(why: &Why, environment: &Environment) -> String {
    let mut text = String::new();
    let state = match why.encrypted {
        Some(true) => "encrypted",
        Some(false) => "not encrypted",
        None => "not there yet",
    };
    line(
        &mut text,
        format_args!(
            "{}: {}, {state}",
            name_of(&why.path, environment),
            why.format.name()
        ),
    );
    for (title, words) in why::lines(why, |path| name_of(path, environment)) {
        line(&mut text, format_args!("{title:<9} {words}"));
    }
    text
}

fn as_json(why: &Why) -> Value {
    let rules = why.rules.iter().map(|rule| {
        let (matched, problem) = match &rule.matched {
            Match::Used => ("used", None),
            Match::Shadowed => ("shadowed", None),
            Match::Other => ("no", None),
            Match::Broken(problem) => ("broken", Some(problem)),
        };
        json!({
            "number": rule.number,
            "line": rule.line,
            "path_regex": rule.pattern,
            "matched": matched,
            "problem": problem,
        })
    });
    let origin = match why.origin {
        Origin::File => "file",
        Origin::Rule(_) => "rule",
        Origin::Default => "default",
        Origin::Binary => "binary",
    };
    let value = why.value.as_ref().map(|value| {
        json!({
            "path": value.path,
            "encrypted": value.encrypted,
            "stands_encrypted": value.stands_encrypted,
            "branch": value.branch,
            "reason": value.reason,
            "key": value.key,
            "by_rule": value.by_rule.as_ref().map(|(encrypted, reason)| json!({
                "encrypted": encrypted,
                "reason": reason,
            })),
            "change": value.change,
        })
    });
    json!({
        "path": why.path.display().to_string(),
        "format": why.format.name(),
        "encrypted": why.encrypted,
        "config": why.config.as_ref().map(|path| path.display().to_string()),
        "rules": rules.collect::<Value>(),
        "selection": {"field": why.selection.field(), "pattern": why.selection.pattern(), "from": origin},
        "notices": why.notices,
        "value": value,
    })
}
