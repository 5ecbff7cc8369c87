//! The answer of `why` in words, for the command line and the editor.

use super::{Decided, Match, Origin, RuleSite, Why};
use std::path::Path;

/// The answer, line by line: what the line is about (nothing where it goes on with the line before), and what it says. `name` is
/// how a path is called here.
#[must_use]
pub fn lines(why: &Why, name: impl Fn(&Path) -> String) -> Vec<(&'static str, String)> {
    let mut lines = vec![(
        "config",
        match &why.config {
            Some(config) => name(config),
            None => "no .sops.yaml is used".to_owned(),
        },
    )];
    rules(why, &mut lines);
    lines.push(("selects", selects(why)));
    if let Some(value) = &why.value {
        about(value, &mut lines);
    }
    lines.extend(why.notices.iter().map(|notice| ("note", notice.clone())));
    lines
}

/// The rule that is used first, then the others.
fn rules(why: &Why, lines: &mut Vec<(&'static str, String)>) {
    let (used, others): (Vec<&RuleSite>, Vec<&RuleSite>) =
        why.rules.iter().partition(|rule| rule.matched == Match::Used);
    let mut title = "rule";
    for rule in used.into_iter().chain(others) {
        let pattern = match &rule.pattern {
            Some(pattern) => format!("path_regex {pattern}"),
            None => "for every file".to_owned(),
        };
        let matched = match &rule.matched {
            Match::Used => "is used",
            Match::Shadowed => "matches too, but comes later",
            Match::Other => "does not match",
            Match::Broken(problem) => problem,
        };
        let text = format!("{} at line {}: {pattern}: {matched}", rule.number, rule.line);
        lines.push((title, text));
        title = "";
    }
}

fn selects(why: &Why) -> String {
    let origin = match why.origin {
        Origin::File => "from the sops block of the file".to_owned(),
        Origin::Rule(number) => format!("from line {number} of the .sops.yaml"),
        Origin::Default => "the default, because nothing else is said".to_owned(),
        Origin::Binary => return "everything: a binary file is encrypted as a whole".to_owned(),
    };
    format!("{} {} ({origin})", why.selection.field(), why.selection.pattern())
}

fn about(value: &Decided, lines: &mut Vec<(&'static str, String)>) {
    let state = match (value.encrypted, value.branch) {
        (true, false) => "is encrypted",
        (false, false) => "stays in clear",
        (true, true) => "is encrypted with all that is below",
        (false, true) => "is not selected itself; keys below may be",
    };
    lines.push(("value", format!("{} {state}: {}", value.path, value.reason)));
    if value.stands_encrypted == Some(!value.encrypted) {
        let stands = if value.encrypted { "in clear" } else { "encrypted" };
        lines.push(("", format!("but it stands {stands} in the file")));
    }
    if let Some((encrypted, reason)) = &value.by_rule {
        let state = if *encrypted {
            "would be encrypted"
        } else {
            "would stay in clear"
        };
        lines.push(("", format!("by the rule it {state}: {reason}")));
    }
    let mut title = "change";
    for change in &value.change {
        lines.push((title, change.clone()));
        title = "";
    }
}
