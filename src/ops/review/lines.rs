//! What differs between two texts, line by line: for texts that are no secret, and for values that were revealed.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A line of either text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `+` for a line that came, `-` for one that went, a blank for one that stands in both.
    pub sign: char,
    /// The line, without its end.
    pub text: String,
}

/// How many lines around a change are shown.
const AROUND: usize = 2;

/// The lines that differ, each with some lines around it.
#[must_use]
pub fn line_changes(old: &[u8], new: &[u8]) -> Vec<Line> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let was: Vec<&str> = old.lines().collect();
    let is: Vec<&str> = new.lines().collect();
    diff(&was, &is)
        .into_iter()
        .map(|(sign, line)| Line {
            sign,
            text: line.to_owned(),
        })
        .collect()
}

/// The lines that differ, by sign, and those around them. Borrowed, so that lines of secrets are copied nowhere.
#[must_use]
pub fn diff<'l, L: Copy + Ord + std::hash::Hash + 'l>(old: &[L], new: &[L]) -> Vec<(char, L)> {
    let mut found = Vec::new();
    let ops = capture_diff_slices(Algorithm::Myers, old, new);
    let last = ops.len().saturating_sub(1);
    for (number, op) in ops.iter().enumerate() {
        let (was, is) = (
            old.get(op.old_range()).unwrap_or_default(),
            new.get(op.new_range()).unwrap_or_default(),
        );
        if matches!(op, DiffOp::Equal { .. }) {
            let head = if number == 0 { 0 } else { AROUND };
            let tail = was.len().saturating_sub(if number == last { 0 } else { AROUND });
            let around = was.iter().enumerate();
            let near = around.filter(|(at, _)| *at < head || *at >= tail);
            found.extend(near.map(|(_, line)| (' ', *line)));
        } else {
            found.extend(was.iter().map(|line| ('-', *line)));
            found.extend(is.iter().map(|line| ('+', *line)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::line_changes;

    #[test]
    fn lines_that_differ_are_told_with_some_around_them() {
        let show = |old: &str, new: &str| -> String {
            line_changes(old.as_bytes(), new.as_bytes())
                .into_iter()
                .map(|line| format!("{}{}|", line.sign, line.text))
                .collect()
        };
        assert_eq!(show("a\n", "a\n"), "");
        assert_eq!(show("", "a\nb\n"), "+a|+b|");
        assert_eq!(
            show("1\n2\n3\n4\n5\nx\n6\n7\n8\n", "1\n2\n3\n4\n5\ny\n6\n7\n8\n"),
            " 4| 5|-x|+y| 6| 7|"
        );
    }
}
