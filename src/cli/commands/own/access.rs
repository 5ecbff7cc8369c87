//! `access`

use super::{Verdict, book, line, print, skipped_json, tell_skipped};
use crate::cli::args::own::Scope;
use crate::cli::output;
use crate::failure::Failure;
use crate::host::Environment;
use crate::ops::access::{self, Matrix};
use serde_json::{Value, json};

pub fn run(args: &Scope, environment: &Environment) -> Result<Verdict, Failure> {
    let book = book(&args.common, environment);
    let matrix = access::access(&args.paths, &book, environment)?;
    if args.common.json {
        print(&as_json(&matrix))?;
    } else {
        output::result(as_text(&matrix).as_bytes())?;
        tell_skipped(&matrix.skipped);
    }
    Ok(Verdict::Clean)
}

/// A legend of numbered recipients, then a line for each file: `x` reads it, a digit is the group where several are needed, `+`
/// is in the rule and cannot read it yet.
fn as_text(matrix: &Matrix) -> String {
    let mut text = String::new();
    let width = matrix.people.len().to_string().len();
    for (number, person) in (1..).zip(&matrix.people) {
        let name = person.name.as_deref().unwrap_or("-");
        let me = if person.me { "  (you)" } else { "" };
        line(
            &mut text,
            format_args!(
                "{number:>width$}  {name}  {} {}{me}",
                person.kind, person.identity
            ),
        );
    }
    line(&mut text, format_args!(""));
    let heads: Vec<String> = (1..=matrix.people.len())
        .map(|number| format!("{number:>width$}"))
        .collect();
    line(&mut text, format_args!("{}", heads.join(" ")));
    for file in &matrix.files {
        let several = file.groups.len() > 1;
        let cells: Vec<String> = (0..matrix.people.len())
            .map(|person| {
                let sign = match file.groups_of(person).as_slice() {
                    [] if file.missing.contains(&person) => "+".to_owned(),
                    [] => ".".to_owned(),
                    _ if !several => "x".to_owned(),
                    [group] => group.to_string(),
                    _ => "*".to_owned(),
                };
                format!("{sign:>width$}")
            })
            .collect();
        let needed = if several {
            format!("  ({} of {} groups)", file.needed, file.groups.len())
        } else {
            String::new()
        };
        line(
            &mut text,
            format_args!("{}  {}{needed}", cells.join(" "), file.name),
        );
        for mention in matrix.mentions.iter().filter(|mention| mention.path == file.path) {
            line(
                &mut text,
                format_args!(
                    "{}  named by {}:{}",
                    " ".repeat(heads.join(" ").len()),
                    mention.by,
                    mention.line
                ),
            );
        }
    }
    text
}

fn as_json(matrix: &Matrix) -> Value {
    let people = matrix.people.iter().map(|person| {
        json!({"recipient": person.identity, "type": person.kind, "name": person.name, "me": person.me})
    });
    let files = matrix.files.iter().map(|file| {
        let groups = file.groups.iter().map(|members| -> Value {
            let names = members.iter().filter_map(|number| matrix.people.get(*number));
            names.map(|person| json!(person.identity)).collect()
        });
        let named = |numbers: &[usize]| -> Value {
            let people = numbers.iter().filter_map(|number| matrix.people.get(*number));
            people.map(|person| json!(person.identity)).collect()
        };
        json!({
            "path": file.name,
            "needed": file.needed,
            "groups": groups.collect::<Value>(),
            "ruled": file.ruled,
            "missing": named(&file.missing),
            "extra": named(&file.extra),
        })
    });
    let mentions = matrix
        .mentions
        .iter()
        .map(|mention| json!({"path": mention.target, "by": mention.by, "line": mention.line}));
    json!({
        "recipients": people.collect::<Value>(),
        "files": files.collect::<Value>(),
        "mentions": mentions.collect::<Value>(),
        "skipped": skipped_json(&matrix.skipped),
    })
}
