//! The rows of the review.

use super::{Shown, comparison};
use crate::ops::compare::Comparison;
use crate::ops::review::{Outcome, Reviewed, diff};
use crate::tree::Secret;
use std::sync::Arc;

/// One row. Files, changes and lines are named by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A file.
    File(usize),
    /// What is to be said of a file that is not compared by values.
    Note(usize),
    /// A line of a file with rules.
    Line(usize, usize),
    /// Who can read a file, its groups, rule and data key.
    Settings(usize),
    /// A value or a comment.
    Change(usize, usize),
    /// A line of the revealed value above.
    Part(usize, usize, usize),
    /// Values that are the same under another ciphertext.
    Reencrypted(usize),
}

impl Row {
    /// The place of its file.
    #[must_use]
    pub const fn file(self) -> usize {
        match self {
            Self::File(file)
            | Self::Note(file)
            | Self::Line(file, _)
            | Self::Settings(file)
            | Self::Change(file, _)
            | Self::Part(file, ..)
            | Self::Reencrypted(file) => file,
        }
    }
}

/// All rows.
pub fn rows(files: &[Arc<Reviewed>], shown: Option<&Shown>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, file) in files.iter().enumerate() {
        rows.push(Row::File(place));
        match &file.outcome {
            Outcome::Compared { .. } => {}
            Outcome::Rules(lines) => rows.extend((0..lines.len()).map(|line| Row::Line(place, line))),
            Outcome::Exposed | Outcome::Sealed | Outcome::Unreadable(_) => rows.push(Row::Note(place)),
        }
        let Some(comparison) = comparison(file) else {
            continue;
        };
        if comparison.locked != (false, false) || comparison.doubt().is_some() {
            rows.push(Row::Note(place));
        }
        if has_settings(comparison) {
            rows.push(Row::Settings(place));
        }
        for number in 0..comparison.values.len() {
            rows.push(Row::Change(place, number));
            if let Some(shown) = shown.filter(|shown| (shown.file, shown.number) == (place, number)) {
                rows.extend((0..parts(shown).len()).map(|part| Row::Part(place, number, part)));
            }
        }
        if comparison.reencrypted > 0 {
            rows.push(Row::Reencrypted(place));
        }
    }
    rows
}

/// Whether more than values differs.
pub fn has_settings(comparison: &Comparison) -> bool {
    !comparison.recipients.is_empty()
        || comparison.threshold.is_some()
        || comparison.rule.is_some()
        || comparison.rotated == Some(true)
}

/// The lines of a revealed value: by sign, those that went and those that came, with some around them.
pub fn parts(shown: &Shown) -> Vec<(char, &[u8])> {
    let parts = diff(&lines(&shown.value.old), &lines(&shown.value.new));
    if parts.is_empty() {
        // The same on both sides, as where only its place or its key changed.
        return lines(&shown.value.new)
            .into_iter()
            .map(|line| (' ', line))
            .collect();
    }
    parts
}

fn lines(value: &Option<Secret>) -> Vec<&[u8]> {
    let Some(value) = value else {
        return Vec::new();
    };
    let bytes = value.expose();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.split(|byte| *byte == b'\n').collect()
}
