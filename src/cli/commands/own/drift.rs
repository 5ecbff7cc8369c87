//! `drift`

use super::{Verdict, book, line, looked_everywhere, print, skipped_json, tell_skipped};
use crate::cli::args::own::Scope;
use crate::cli::output;
use crate::failure::Failure;
use crate::host::Environment;
use crate::metadata::Recipient;
use crate::ops::counted::counted;
use crate::ops::drift::{self, Difference, FileDrift, Report, Standing};
use crate::ops::people::People;
use crate::ops::survey::name_of;
use serde_json::{Value, json};
use std::path::PathBuf;

pub fn run(args: &Scope, environment: &Environment) -> Result<Verdict, Failure> {
    let book = book(&args.common, environment);
    let report = drift::drift(&args.paths, &book, environment)?;
    let configs: Vec<PathBuf> = book.read().iter().map(|located| located.path.clone()).collect();
    let people = People::gather(&configs, recipients(&report), environment);
    if args.common.json {
        print(&as_json(&report, &people))?;
    } else {
        output::result(as_text(&report, &people, environment).as_bytes())?;
        tell_skipped(&report.skipped);
    }
    let unknown = report.files.iter().find_map(|file| match &file.standing {
        Standing::Unknown(failure) => Some(failure.clone()),
        _ => None,
    });
    match unknown {
        Some(failure) => Err(failure),
        None => {
            looked_everywhere(&report.skipped)?;
            Ok(Verdict::of(report.files.iter().any(FileDrift::drifted)))
        }
    }
}

fn recipients(report: &Report) -> impl Iterator<Item = &Recipient> {
    report
        .files
        .iter()
        .flat_map(|file| match &file.standing {
            Standing::Ruled { differences, .. } => differences.as_slice(),
            _ => &[],
        })
        .filter_map(|difference| match difference {
            Difference::Missing { recipient, .. } | Difference::Extra { recipient, .. } => Some(recipient),
            _ => None,
        })
}

/// One difference in words; `+` is to come, `-` is to go.
fn words(difference: &Difference, people: &People) -> String {
    let who = |recipient: &Recipient| {
        let person = people.of(recipient);
        match &person.name {
            Some(name) => format!("{name} ({} {})", person.kind, person.identity),
            None => format!("{} {}", person.kind, person.identity),
        }
    };
    let group = |group: &usize| match group {
        0 => String::new(),
        other => format!(", group {other}"),
    };
    match difference {
        Difference::Missing { group: at, recipient } => {
            format!(
                "+ {} is in the rule and cannot read it{}",
                who(recipient),
                group(at)
            )
        }
        Difference::Extra { group: at, recipient } => {
            format!(
                "- {} can read it and is not in the rule{}",
                who(recipient),
                group(at)
            )
        }
        Difference::Threshold { file, rule } => {
            format!(
                "~ needed: {}, {} by the rule",
                drift::needed(*file),
                drift::needed(*rule)
            )
        }
        Difference::Selection { file, rule } => format!(
            "~ encrypted by {} {}, {} {} by the rule",
            file.field(),
            file.pattern(),
            rule.field(),
            rule.pattern()
        ),
        Difference::MacOnlyEncrypted { file } => {
            format!("~ mac_only_encrypted is {file}, {} by the rule", !file)
        }
    }
}

fn as_text(report: &Report, people: &People, environment: &Environment) -> String {
    let mut text = String::new();
    let mut drifted = 0;
    let mut ruleless = 0;
    for file in &report.files {
        match &file.standing {
            Standing::Ruled {
                config,
                line: at,
                differences,
            } if !differences.is_empty() => {
                drifted += 1;
                let config = name_of(config, environment);
                line(&mut text, format_args!("{} (rule at {config}:{at})", file.name));
                for difference in differences {
                    line(&mut text, format_args!("  {}", words(difference, people)));
                }
            }
            Standing::Ruled { .. } => {}
            Standing::NoRules => ruleless += 1,
            Standing::NoRule { config } => {
                ruleless += 1;
                let config = name_of(config, environment);
                line(
                    &mut text,
                    format_args!("{}: no rule of {config} is for it", file.name),
                );
            }
            Standing::Unknown(failure) => {
                line(&mut text, format_args!("{}: {}", file.name, failure.message));
            }
        }
    }
    line(
        &mut text,
        format_args!(
            "{}, {drifted} drifted, {ruleless} without a rule",
            counted(report.files.len(), "SOPS file")
        ),
    );
    text
}

fn as_json(report: &Report, people: &People) -> Value {
    let difference = |difference: &Difference| match difference {
        Difference::Missing { group, recipient } | Difference::Extra { group, recipient } => {
            let kind = if matches!(difference, Difference::Missing { .. }) {
                "missing"
            } else {
                "extra"
            };
            let person = people.of(recipient);
            json!({"kind": kind, "group": group, "recipient": person.identity, "type": person.kind, "name": person.name})
        }
        Difference::Threshold { file, rule } => json!({"kind": "threshold", "file": file, "rule": rule}),
        Difference::Selection { file, rule } => json!({
            "kind": "selection",
            "file": {"field": file.field(), "pattern": file.pattern()},
            "rule": {"field": rule.field(), "pattern": rule.pattern()},
        }),
        Difference::MacOnlyEncrypted { file } => {
            json!({"kind": "mac_only_encrypted", "file": file, "rule": !file})
        }
    };
    let files = report.files.iter().map(|file| {
        let (state, config, at, differences) = match &file.standing {
            Standing::NoRules => ("no-rules", None, None, json!([])),
            Standing::NoRule { config } => ("no-rule", Some(config), None, json!([])),
            Standing::Ruled {
                config,
                line,
                differences,
            } => (
                if differences.is_empty() { "ok" } else { "drift" },
                Some(config),
                Some(line),
                differences.iter().map(difference).collect(),
            ),
            Standing::Unknown(failure) => ("unknown", None, None, json!([failure.message])),
        };
        json!({
            "path": file.name,
            "state": state,
            "config": config.map(|path| path.display().to_string()),
            "line": at,
            "differences": differences,
        })
    });
    json!({"files": files.collect::<Value>(), "skipped": skipped_json(&report.skipped)})
}
