//! `history`

use super::diff::{cell, seen_json};
use super::{Verdict, book, line, print};
use crate::cli::args::own::History as Args;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::compare::Seen;
use crate::ops::config::{absolute, read_input};
use crate::ops::counted::counted_as;
use crate::ops::history::{self, Entry, Subject, Told, What};
use crate::tree::{Leaf, Time};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// How much of the name of a commit is shown.
const DIGITS: usize = 9;
/// What stands before each line of a value.
const INDENT: &[u8] = b"    | ";

pub fn run(args: &Args, environment: &Environment) -> Result<Verdict, Failure> {
    let [file, value] = args.arguments.as_slice() else {
        let text = "history takes a file and the path of a value in it";
        return Err(Failure::new(Kind::Usage, text).hint("lazysops history FILE '[\"key\"]'"));
    };
    if args.reveal && !args.always && !output::is_terminal() {
        let text = "values are shown in clear on a terminal only, and standard output is none";
        return Err(Failure::new(Kind::Usage, text).hint("--always shows them all the same"));
    }
    let reveal = args.reveal;
    let path = absolute(environment, file);
    let value = history::value(&value.to_string_lossy())?;
    // A file that is gone has a history, too.
    let bytes = read_input(&path).ok().map(|(bytes, _)| bytes);
    let subject = Subject {
        path: &path,
        bytes: bytes.as_deref(),
        value: &value,
    };
    let book = book(&args.common, environment);
    if args.common.json {
        let mut entries = Vec::new();
        let mut take = |entry: Entry| {
            entries.push(as_json(&entry, reveal));
            true
        };
        let told = history::history(&subject, &book, environment, &mut take)?;
        print(&json!({"entries": entries, "versions": told.versions, "unreadable": told.unreadable}))?;
        return Ok(Verdict::Done);
    }
    let mut written = Ok(());
    let mut take = |entry: Entry| {
        written = output::result(as_text(&entry).as_bytes());
        if written.is_ok() && reveal {
            written = output::result(&revealed(entry.value.as_ref()));
        }
        written.is_ok()
    };
    let told = history::history(&subject, &book, environment, &mut take)?;
    written?;
    tell(&told);
    Ok(Verdict::Done)
}

fn tell(told: &Told) {
    match told.unreadable {
        0 => {}
        count => output::tell(&counted_as(
            count,
            "version could not be read and was passed over",
            "versions could not be read and were passed over",
        )),
    }
}

/// A line that says what happened to the value, one that says where it comes from, and one that says who could read it.
fn as_text(entry: &Entry) -> String {
    let mut text = String::new();
    let (id, date, author, subject) = match &entry.commit {
        Some(commit) => (
            commit.id.get(..DIGITS).unwrap_or(&commit.id),
            day(commit.when),
            commit.author.as_str(),
            commit.subject.as_str(),
        ),
        None => ("not committed", String::new(), "", ""),
    };
    let head = [id, &date, author, subject];
    let head: Vec<&str> = head.into_iter().filter(|part| !part.is_empty()).collect();
    line(&mut text, format_args!("{}", head.join("  ")));
    line(&mut text, format_args!("    {}", words(entry)));
    let readers = if entry.in_clear {
        "everybody: it was not encrypted".to_owned()
    } else {
        entry.readers.join(", ")
    };
    line(
        &mut text,
        format_args!("    in {}, readable by {readers}", entry.file),
    );
    text
}

/// The value in clear, indented line by line.
fn revealed(value: Option<&Leaf>) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::new());
    let Some(value) = value else {
        text.extend_from_slice(b"    no key here opens it\n");
        return text;
    };
    let value = value.canonical();
    // Room for all of it at once, so that no copy stays behind.
    let lines = memchr::memchr_iter(b'\n', &value).count() + 1;
    text.reserve_exact(value.len() + lines * (INDENT.len() + 1));
    for line in value.split(|byte| *byte == b'\n') {
        text.extend_from_slice(INDENT);
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

fn day(when: i64) -> String {
    Time::from_unix(when).to_string().chars().take(10).collect()
}

fn words(entry: &Entry) -> String {
    let path = &entry.path;
    let (old, new) = (entry.old.as_ref(), entry.new.as_ref());
    let one = |seen: Option<&Seen>| {
        seen.map(|seen| format!("  {} {}", seen.type_name, cell(seen)))
            .unwrap_or_default()
    };
    let both = match (old, new) {
        (Some(old), Some(new)) if old.type_name == new.type_name => {
            format!("  {} {} → {}", new.type_name, cell(old), cell(new))
        }
        (Some(old), Some(new)) => {
            format!(
                "  {} {} → {} {}",
                old.type_name,
                cell(old),
                new.type_name,
                cell(new)
            )
        }
        _ => String::new(),
    };
    let from = entry.other_path.as_ref().map(|other| format!(", was {other}"));
    let from = from.unwrap_or_default();
    match entry.what {
        What::Added => format!("+ {path}{}", one(new)),
        What::Removed => match &entry.other_path {
            Some(other) => format!("→ {path} → {other}{}", one(old)),
            None => format!("- {path}{}", one(old)),
        },
        What::Renamed => format!(
            "→ {} → {path}{}",
            entry.other_path.as_deref().unwrap_or_default(),
            one(new)
        ),
        What::Changed => format!("~ {path}{both}{from}"),
        What::Encrypted => format!("~ {path}{both}  encrypted from now on{from}"),
        What::Exposed => format!("~ {path}{both}  ! becomes readable{from}"),
        What::Untold => format!("? {path}{both}  no key here opens it: changed, or encrypted anew{from}"),
    }
}

fn as_json(entry: &Entry, reveal: bool) -> Value {
    let commit = entry.commit.as_ref().map(|commit| {
        json!({
            "id": commit.id,
            "author": commit.author,
            "date": Time::from_unix(commit.when).to_string(),
            "subject": commit.subject,
        })
    });
    let mut told = json!({
        "commit": commit,
        "file": entry.file,
        "path": entry.path,
        "other_path": entry.other_path,
        "change": entry.what.name(),
        "old": seen_json(&entry.old),
        "new": seen_json(&entry.new),
        "readers": entry.readers,
        "in_clear": entry.in_clear,
    });
    if reveal {
        let value = entry.value.as_ref().map(Leaf::canonical);
        let value = value.map(|value| String::from_utf8_lossy(&value).into_owned());
        if let Some(told) = told.as_object_mut() {
            told.insert("value".to_owned(), json!(value));
        }
    }
    told
}
