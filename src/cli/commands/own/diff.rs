//! `diff` and `textconv`

use super::{MASK, Verdict, line, print};
use crate::cli::args::own::{Diff, Textconv};
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::{Environment, UserKey, plain_line};
use crate::ops::compare::{Comparison, Seen, ValueChange, Version, What, compare};
use crate::ops::config::{absolute, read_input};
use crate::ops::counted::counted_as;
use crate::ops::merge::{RecipientChange, recipient_words};
use crate::ops::review::{self, Outcome, Reviewed};
use serde_json::{Value, json};

/// How much of a readable value is shown, in characters.
const WIDTH: usize = 60;

/// `diff`
pub fn run(args: &Diff, environment: &Environment) -> Result<Verdict, Failure> {
    let environment = &environment.clone().opening_once();
    let repository = review::repository(environment)?;
    let span = review::span(&repository, &args.words, args.staged, environment)?;
    let files = review::review(&repository, &span, environment)?;
    if args.json {
        print(&files.iter().map(as_json).collect())?;
    } else {
        let mut text = String::new();
        for file in &files {
            write(&mut text, file);
        }
        output::result(text.as_bytes())?;
    }
    Ok(Verdict::of(!files.is_empty()))
}

/// `textconv`
pub fn textconv(args: &Textconv, environment: &Environment) -> Result<Verdict, Failure> {
    let path = absolute(environment, &args.file);
    let (bytes, _) = read_input(&path)?;
    let name = args.file.display().to_string();
    let Ok(version) = Version::read(&bytes, Format::from_path(&path), &name, environment) else {
        // git asks about every file of the pattern; what is no SOPS file is shown as it is.
        output::result(&bytes)?;
        return Ok(Verdict::Clean);
    };
    let key = UserKey::load(environment)
        .map_err(|error| Failure::new(Kind::Usage, format!("the key for fingerprints: {error}")))?;
    let mut text = String::new();
    for change in compare(None, Some(&version), &key).values {
        if let Some(seen) = &change.new {
            line(
                &mut text,
                format_args!("{}: {} {}", change.path, seen.type_name, cell(seen)),
            );
        }
    }
    for entry in version.metadata().groups.iter().flat_map(|group| &group.keys) {
        let name = crate::ops::unlock::identity(&entry.recipient);
        line(
            &mut text,
            format_args!("sops recipient: {} {name}", entry.recipient.kind()),
        );
    }
    if version.is_broken() {
        line(
            &mut text,
            format_args!("sops: the MAC does not hold: this was changed without sops"),
        );
    }
    output::result(text.as_bytes())?;
    Ok(Verdict::Clean)
}

/// A value: itself where everybody can read it, else the mask and its fingerprint.
pub(super) fn cell(seen: &Seen) -> String {
    match (&seen.shown, &seen.print) {
        (Some(text), _) => {
            let first: String = text
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(WIDTH)
                .collect();
            let more = if first.len() < text.len() { "…" } else { "" };
            format!("{first}{more}")
        }
        (None, Some(print)) => format!("{MASK} {}", short(print)),
        (None, None) => format!("{MASK} locked"),
    }
}

/// The first six digits of a fingerprint: enough to see what is the same.
pub(super) fn short(print: &[u8; 32]) -> String {
    print.iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}

fn write(text: &mut String, file: &Reviewed) {
    match &file.old_path {
        Some(old) => line(text, format_args!("{old} → {}", file.path)),
        None => line(text, format_args!("{}", file.path)),
    }
    match &file.outcome {
        Outcome::Exposed => line(
            text,
            format_args!("  ! no longer encrypted: everybody can read every value"),
        ),
        Outcome::Sealed => line(
            text,
            format_args!("  encrypted from now on; its history is readable"),
        ),
        Outcome::Rules(lines) => {
            line(text, format_args!("  rules changed"));
            for changed in lines {
                line(
                    text,
                    format_args!("  {} {}", changed.sign, plain_line(&changed.text)),
                );
            }
        }
        Outcome::Unreadable(reason) => line(text, format_args!("  ! {reason}")),
        Outcome::Compared { exists, comparison } => {
            match exists {
                (false, true) => line(text, format_args!("  new file")),
                (true, false) => line(text, format_args!("  deleted")),
                _ => {}
            }
            write_comparison(text, comparison);
        }
    }
    line(text, format_args!(""));
}

fn write_comparison(text: &mut String, comparison: &Comparison) {
    for change in &comparison.values {
        line(text, format_args!("  {}", words(change)));
    }
    if !comparison.recipients.is_empty() {
        line(
            text,
            format_args!(
                "  recipients {}",
                recipient_words(&comparison.recipients).join(" ")
            ),
        );
    }
    if let Some((old, new)) = &comparison.threshold {
        line(text, format_args!("  needed {old} → {new}"));
    }
    if let Some((old, new)) = &comparison.rule {
        line(text, format_args!("  rule {old} → {new}"));
    }
    if comparison.rotated == Some(true) {
        line(text, format_args!("  data key rotated"));
    }
    if comparison.reencrypted > 0 {
        line(
            text,
            format_args!("  {} encrypted anew, with the same value", comparison.reencrypted),
        );
    }
    match comparison.readable() {
        0 => {}
        count => {
            let what = counted_as(count, "value becomes", "values become");
            line(text, format_args!("  ! {what} readable by everybody"));
        }
    }
    if let Some(doubt) = comparison.doubt() {
        line(text, format_args!("  ! {doubt}"));
    }
    if comparison.locked != (false, false) {
        line(
            text,
            format_args!(
                "  no key here opens it: compared as it is stored, a changed ciphertext may hide the same value"
            ),
        );
    }
}

fn words(change: &ValueChange) -> String {
    let sides = match (&change.old, &change.new) {
        (Some(old), Some(new)) if change.what == What::Changed && old.type_name == new.type_name => {
            format!("{} {} → {}", new.type_name, cell(old), cell(new))
        }
        (Some(old), Some(new)) if change.what == What::Changed => {
            format!(
                "{} {} → {} {}",
                old.type_name,
                cell(old),
                new.type_name,
                cell(new)
            )
        }
        (_, Some(seen)) | (Some(seen), None) => format!("{} {}", seen.type_name, cell(seen)),
        (None, None) => String::new(),
    };
    let mark = match change.what {
        What::Added => '+',
        What::Removed => '-',
        What::Changed => '~',
        What::Renamed => '→',
        What::Moved => '↕',
    };
    let path = match (&change.old_path, change.what) {
        (Some(old), What::Renamed) => format!("{old} → {}", change.path),
        _ => change.path.clone(),
    };
    let warning = if change.becomes_readable() {
        "  ! becomes readable"
    } else {
        ""
    };
    format!("{mark} {path}  {sides}{warning}")
}

fn as_json(file: &Reviewed) -> Value {
    let details = match &file.outcome {
        Outcome::Exposed => json!({"status": "exposed"}),
        Outcome::Sealed => json!({"status": "sealed"}),
        Outcome::Rules(lines) => {
            let changed = lines.iter().filter(|line| line.sign != ' ');
            let lines: Vec<String> = changed
                .map(|line| format!("{}{}", line.sign, line.text))
                .collect();
            json!({"status": "rules", "lines": lines})
        }
        Outcome::Unreadable(reason) => json!({"status": "unreadable", "reason": reason}),
        Outcome::Compared { exists, comparison } => {
            let status = match exists {
                (false, _) => "added",
                (_, false) => "deleted",
                _ => "changed",
            };
            json!({
                "status": status,
                "values": comparison.values.iter().map(change_json).collect::<Value>(),
                "recipients": comparison.recipients.iter().map(RecipientChange::identified).collect::<Value>(),
                "needed": comparison.threshold,
                "rule": comparison.rule,
                "rotated": comparison.rotated,
                "reencrypted": comparison.reencrypted,
                "becomes_readable": comparison.readable(),
                "locked": comparison.locked != (false, false),
                "mac_mismatch": comparison.doubt().is_some(),
            })
        }
    };
    let mut whole = json!({"path": file.path, "old_path": file.old_path});
    if let (Some(whole), Value::Object(details)) = (whole.as_object_mut(), details) {
        whole.extend(details);
    }
    whole
}

/// What is told of a value on one side; nothing where it is not there.
pub(super) fn seen_json(seen: &Option<Seen>) -> Option<Value> {
    seen.as_ref().map(|seen| {
        json!({
            "type": seen.type_name,
            "encrypted": seen.is_encrypted,
            "fingerprint": seen.print.as_ref().map(short),
        })
    })
}

fn change_json(change: &ValueChange) -> Value {
    let what = match change.what {
        What::Added => "added",
        What::Removed => "removed",
        What::Changed => "changed",
        What::Renamed => "renamed",
        What::Moved => "moved",
    };
    json!({
        "change": what,
        "path": change.path,
        "old_path": change.old_path,
        "old": seen_json(&change.old),
        "new": seen_json(&change.new),
        "becomes_readable": change.becomes_readable(),
    })
}
