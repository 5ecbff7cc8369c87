//! `why`

use super::{Verdict, book, line, print};
use crate::cli::args::own::Why as Args;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::config::absolute;
use crate::ops::survey::name_of;
use crate::ops::why::{self, Match, Origin, RuleSite, Why};
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
    let why = why::why(&path, value.as_deref(), &book, environment)?;
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
    match &why.config {
        Some(config) => line(
            &mut text,
            format_args!("config    {}", name_of(config, environment)),
        ),
        None => line(&mut text, format_args!("config    there is no .sops.yaml")),
    }
    let mut title = "rule";
    let (used, others): (Vec<&RuleSite>, Vec<&RuleSite>) =
        why.rules.iter().partition(|rule| rule.matched == Match::Used);
    for rule in used.into_iter().chain(others) {
        let pattern = match &rule.pattern {
            Some(pattern) => format!("path_regex {pattern}"),
            None => "for every file".to_owned(),
        };
        let matched = match &rule.matched {
            Match::Used => "is used".to_owned(),
            Match::Shadowed => "matches too, but comes later".to_owned(),
            Match::Other => "does not match".to_owned(),
            Match::Broken(problem) => problem.clone(),
        };
        line(
            &mut text,
            format_args!(
                "{title:<9} {} at line {}: {pattern}: {matched}",
                rule.number, rule.line
            ),
        );
        title = "";
    }
    let origin = match why.origin {
        Origin::File => "from the sops block of the file".to_owned(),
        Origin::Rule(number) => format!("from line {number} of the .sops.yaml"),
        Origin::Default => "the default, because nothing else is said".to_owned(),
        Origin::Binary => String::new(),
    };
    if why.origin == Origin::Binary {
        line(
            &mut text,
            format_args!("selects   everything: a binary file is encrypted as a whole"),
        );
    } else {
        line(
            &mut text,
            format_args!(
                "selects   {} {} ({origin})",
                why.selection.field(),
                why.selection.pattern()
            ),
        );
    }
    if let Some(value) = &why.value {
        let state = match (value.encrypted, value.branch) {
            (true, false) => "is encrypted",
            (false, false) => "stays in clear",
            (true, true) => "is encrypted with all that is below",
            (false, true) => "is not selected itself; keys below may be",
        };
        line(
            &mut text,
            format_args!("value     {} {state}: {}", value.path, value.reason),
        );
        if value.stands_encrypted == Some(!value.encrypted) {
            let stands = if value.encrypted { "in clear" } else { "encrypted" };
            line(
                &mut text,
                format_args!("          but it stands {stands} in the file"),
            );
        }
        let mut title = "change";
        for change in &value.change {
            line(&mut text, format_args!("{title:<9} {change}"));
            title = "";
        }
    }
    for notice in &why.notices {
        line(&mut text, format_args!("note      {notice}"));
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
