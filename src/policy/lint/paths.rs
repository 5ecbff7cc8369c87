//! For which files rules are, and which of them are never reached.

use super::rules::Entry;
use super::{Findings, Severity};
use std::collections::HashMap;

/// Checks the patterns of paths, and the order of rules.
pub fn check(findings: &mut Findings<'_>, rules: &[Entry], files: &[Vec<u8>]) {
    for rule in rules {
        pattern(findings, rule);
    }
    let dead = dead(findings, rules);
    if !files.is_empty() {
        unused(findings, rules, files, &dead);
    }
}

/// A pattern that cannot be for any path of a repository.
fn pattern(findings: &mut Findings<'_>, rule: &Entry) {
    let (Some(text), Some(pattern)) = (&rule.text, &rule.pattern) else {
        return;
    };
    let mut add = |severity, code, what: &str, advice: &str| {
        findings.add(rule.pattern_id, severity, code, what, advice);
    };
    if pattern.is_for_none() {
        add(
            Severity::Error,
            "regex-matches-nothing",
            "path_regex can match nothing: it asks for something before the start or behind the end",
            "`^` belongs at the start, `$` at the end",
        );
    } else if ["^/", "^\\/", "^\\./", "^\\.\\/"]
        .iter()
        .any(|start| text.starts_with(start))
    {
        add(
            Severity::Error,
            "absolute-path",
            "paths are matched relative to the folder of the .sops.yaml: none begins like this",
            "take the start out: ^secrets/, not ^/secrets/ or ^./secrets/",
        );
    } else if text.contains("\\\\") {
        add(
            Severity::Error,
            "separator",
            "this asks for a backslash in the path; folders are separated by `/`",
            "write `/`",
        );
    } else if is_list(text) {
        add(
            Severity::Error,
            "separator",
            "a comma is a letter of the path here, it does not separate patterns",
            "write alternatives with `|`: (a|b)\\.yaml$",
        );
    } else if text.contains("/*.") || text.starts_with("*.") {
        add(
            Severity::Warning,
            "glob",
            "this looks like a file pattern of the shell: as a regular expression `/*` is any number of slashes",
            "write `/.*\\.`",
        );
    }
}

/// Whether a comma stands outside of a count.
fn is_list(text: &str) -> bool {
    let mut inside = false;
    text.chars().any(|sign| {
        match sign {
            '{' | '[' => inside = true,
            '}' | ']' => inside = false,
            _ => {}
        }
        sign == ',' && !inside
    })
}

/// Rules behind one that takes every file, or has the same pattern; gives which.
fn dead(findings: &mut Findings<'_>, rules: &[Entry]) -> Vec<bool> {
    let taken = before(rules.iter().map(|rule| (rule.text.as_deref(), rule)), |rule| {
        is_for_all(rule)
    });
    for (rule, found) in rules.iter().zip(&taken) {
        if let Some((other, why)) = found {
            let line = findings.reader.line(other.id);
            findings.add(
                rule.id,
                Severity::Error,
                "dead-rule",
                format!("this rule is never used: the rule at line {line} comes first and {why}"),
                format!("move it above line {line}, or take it out"),
            );
        }
    }
    taken.iter().map(Option::is_some).collect()
}

/// For each rule the one before it that leaves it no file, and why. Every rule is looked at once, however many there are.
fn before<'t, T: Copy>(
    rules: impl Iterator<Item = (Option<&'t str>, T)>,
    mut is_for_all: impl FnMut(T) -> bool,
) -> Vec<Option<(T, &'static str)>> {
    let mut takes_all: Option<T> = None;
    let mut first_with: HashMap<&str, T> = HashMap::new();
    let mut taken = Vec::new();
    for (text, rule) in rules {
        let same = text.and_then(|text| first_with.get(text).copied());
        taken.push(match (takes_all, same) {
            (Some(other), _) => Some((other, "takes every file")),
            (None, same) => same.map(|other| (other, "has the same path_regex")),
        });
        if takes_all.is_none() && is_for_all(rule) {
            takes_all = Some(rule);
        }
        if let Some(text) = text {
            first_with.entry(text).or_insert(rule);
        }
    }
    taken
}

/// Whether a rule takes every file.
fn is_for_all(rule: &Entry) -> bool {
    match (&rule.text, &rule.pattern) {
        (None, _) => true,
        (Some(_), Some(pattern)) => pattern.is_for_all(),
        (Some(_), None) => false,
    }
}

/// Rules that are for no file, or whose files all go to rules before them.
fn unused(findings: &mut Findings<'_>, rules: &[Entry], files: &[Vec<u8>], dead: &[bool]) {
    let is_for = |rule: &Entry, file: &[u8]| match (&rule.text, &rule.pattern) {
        (None, _) => true,
        (Some(_), Some(pattern)) => pattern.is_match(file),
        (Some(_), None) => false,
    };
    let mut own = vec![0_usize; rules.len()];
    // The first rule that took a file from this one.
    let mut taken: Vec<Option<usize>> = vec![None; rules.len()];
    for file in files {
        let mut first = None;
        for (number, _) in rules.iter().enumerate().filter(|(_, rule)| is_for(rule, file)) {
            match first {
                None => {
                    first = Some(number);
                    if let Some(count) = own.get_mut(number) {
                        *count += 1;
                    }
                }
                Some(before) => {
                    if let Some(slot) = taken.get_mut(number).filter(|slot| slot.is_none()) {
                        *slot = Some(before);
                    }
                }
            }
        }
    }
    for (((rule, own), taken), dead) in rules.iter().zip(own).zip(taken).zip(dead) {
        let Some(pattern) = rule.pattern.as_ref().filter(|_| own == 0 && !dead) else {
            continue;
        };
        if pattern.is_for_none() {
            continue;
        }
        match taken.and_then(|number| rules.get(number)) {
            Some(before) => {
                let line = findings.reader.line(before.id);
                findings.add(
                    rule.pattern_id,
                    Severity::Warning,
                    "shadowed-rule",
                    format!("every file this is for is taken by rules before it, the first at line {line}"),
                    "the first rule that matches wins: put special rules before general ones",
                );
            }
            None => findings.add(
                rule.pattern_id,
                Severity::Note,
                "matches-no-file",
                "no file here is matched",
                "paths are matched as written from the folder of the .sops.yaml; take the rule out if it is old",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn rules_that_are_never_used_are_found_by_looking_at_each_once() {
        const MANY: usize = 10_000;
        let texts: Vec<String> = (0..MANY).map(|number| format!("^{}/", number % 5000)).collect();
        let (mut seen, mut judged) = (0, 0);
        let rules = texts.iter().enumerate().map(|(number, text)| {
            seen += 1;
            (Some(text.as_str()), number)
        });
        let taken = before(rules, |number| {
            judged += 1;
            number == 7000
        });
        assert_eq!(
            (seen, judged),
            (MANY, 7001),
            "none is asked about behind one that takes all"
        );
        assert!(taken[..5000].iter().all(Option::is_none));
        assert_eq!(taken[6000], Some((1000, "has the same path_regex")));
        assert_eq!(taken[7001], Some((7000, "takes every file")));
        assert!(taken[5000..].iter().all(Option::is_some));
    }
}
