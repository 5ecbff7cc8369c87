//! The lines of a plan.

use crate::ops::counted::{counted, counted_as};
use crate::ops::drift::{Difference, needed};
use crate::ops::rekey_files::{Action, FilePlan, FileResult, Goal, Outcome, Planned, who};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::Pen;
use ratatui::style::Style;

/// One line: a sign, and words.
pub struct Row {
    indent: u16,
    sign: &'static str,
    sign_role: Role,
    words: String,
    role: Role,
}

impl Row {
    fn file(sign: &'static str, sign_role: Role, words: &str) -> Self {
        Self {
            indent: 0,
            sign,
            sign_role,
            words: text::escape(words),
            role: Role::Text,
        }
    }

    fn below(sign: &'static str, sign_role: Role, words: &str, role: Role) -> Self {
        Self {
            indent: 4,
            sign,
            sign_role,
            words: text::escape(words),
            role,
        }
    }

    /// Draws it.
    pub fn draw(&self, theme: &Theme, pen: &mut Pen<'_>, over: Option<Style>) {
        let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
        let sign = if self.sign == "✓" {
            theme.glyphs.ok
        } else {
            self.sign
        };
        pen.put(&" ".repeat(usize::from(self.indent)), style(Role::Text))
            .put(sign, style(self.sign_role))
            .put(" ", style(Role::Text));
        let room = pen.left();
        pen.put_cut(&self.words, room, theme.glyphs.cut, style(self.role));
        let rest = " ".repeat(pen.left());
        pen.put(&rest, style(Role::Text));
    }
}

/// All lines: rules, then files with who comes and goes and what was readable; what stays as it is is left out.
pub fn of(planned: &Planned, goal: Goal, results: &[FileResult]) -> Vec<Row> {
    let mut rows = Vec::new();
    for rules in &planned.plan.rules {
        rows.push(Row::file("~", Role::Edited, &rules.words()));
    }
    if let Some((count, _)) = planned.plan.resumed() {
        let have = counted_as(count, "file has its new key", "files have their new keys");
        let words = format!("{have} already, from the run that was stopped");
        rows.push(Row::file("✓", Role::Ok, &words));
    }
    for (number, file) in planned.plan.files.iter().enumerate() {
        let lists = goal == Goal::Secrets && !file.exposed.is_empty();
        if file.action == Action::Nothing && !lists {
            continue;
        }
        rows.push(head(file, results.get(number)));
        if let Action::Impossible(failure) = &file.action {
            rows.push(Row::below("!", Role::Error, &failure.message, Role::Error));
        }
        if let Some(result) = results.get(number) {
            after(&mut rows, result);
        } else {
            before(&mut rows, file, planned);
        }
    }
    for skipped in &planned.plan.skipped {
        let words = format!("{}: not looked into: {}", skipped.name, skipped.reason);
        rows.push(Row::file("–", Role::Dim, &words));
    }
    if rows.is_empty() {
        rows.push(Row::file("✓", Role::Ok, "everything is as it should be"));
    }
    rows
}

/// The line of a file: what happens to it, or what became of it.
fn head(file: &FilePlan, result: Option<&FileResult>) -> Row {
    let name = &file.name;
    let (sign, role, what) = match (result.map(|result| &result.outcome), &file.action) {
        (Some(Outcome::Rewrapped), _) => ("✓", Role::Ok, ": rewrapped"),
        (Some(Outcome::Rotated), _) => ("✓", Role::Ok, ": has a new data key"),
        (Some(Outcome::Stopped), _) => ("–", Role::Warning, ": stopped, as it was"),
        (Some(Outcome::Failed(_)), _) => ("!", Role::Error, ": as it was"),
        (Some(Outcome::Unchanged), _) => ("–", Role::Dim, ": as it should be"),
        (None, Action::Rotate) => ("~", Role::Edited, ": new data key, every value encrypted anew"),
        (None, Action::Rewrap) => {
            return Row::file("~", Role::Edited, &format!("{name}: {}", file.words()));
        }
        (None, Action::Impossible(_)) => ("!", Role::Error, ": impossible"),
        (None, Action::Nothing) => (" ", Role::Dim, ""),
    };
    Row::file(sign, role, &format!("{name}{what}"))
}

/// What is known before it is done.
fn before(rows: &mut Vec<Row>, file: &FilePlan, planned: &Planned) {
    for change in &file.suspicions {
        let words = format!("changed since you last wrote it: {change}");
        rows.push(Row::below("!", Role::Error, &words, Role::Warning));
    }
    for change in &file.changes {
        rows.extend(match change {
            Difference::Missing { recipient, .. } => {
                let who = who(&planned.people.of(recipient));
                Some(Row::below("+", Role::Added, &who, Role::Text))
            }
            Difference::Extra { recipient, .. } => {
                let who = who(&planned.people.of(recipient));
                Some(Row::below("-", Role::Deleted, &who, Role::Text))
            }
            Difference::Threshold { file, rule } => {
                let words = format!("needed: {} instead of {}", needed(*rule), needed(*file));
                Some(Row::below("~", Role::Edited, &words, Role::Text))
            }
            Difference::Selection { .. } | Difference::MacOnlyEncrypted { .. } => None,
        });
    }
    for path in &file.exposed {
        rows.push(Row::below("[ ]", Role::Dim, path, Role::Dim));
    }
}

/// What is known after it was done.
fn after(rows: &mut Vec<Row>, result: &FileResult) {
    if let Outcome::Failed(failure) = &result.outcome {
        rows.push(Row::below(" ", Role::Error, &failure.message, Role::Error));
        for hint in &failure.hints {
            rows.push(Row::below("→", Role::Info, hint, Role::Info));
        }
    }
    for warning in &result.warnings {
        rows.push(Row::below("!", Role::Warning, warning, Role::Warning));
    }
}

/// One line about all files.
pub fn summary(planned: &Planned, goal: Goal, results: &[FileResult]) -> String {
    let files = &planned.plan.files;
    if goal == Goal::Secrets {
        let values = counted(planned.plan.exposed(), "value");
        return format!("{values} in {}", counted(files.len(), "file"));
    }
    if results.len() == files.len() && !results.is_empty() {
        let written = |result: &&FileResult| matches!(result.outcome, Outcome::Rewrapped | Outcome::Rotated);
        let left = |result: &&FileResult| matches!(result.outcome, Outcome::Failed(_) | Outcome::Stopped);
        let (written, left) = (
            results.iter().filter(written).count(),
            results.iter().filter(left).count(),
        );
        let stay = results.len() - written - left;
        let shares = [
            (written, "written"),
            (left, "as before"),
            (stay, "needed nothing"),
        ];
        let shares = shares.into_iter().filter(|(count, _)| *count > 0);
        let shares: Vec<String> = shares.map(|(count, what)| format!("{count} {what}")).collect();
        return shares.join(", ");
    }
    let count = |wanted: fn(&Action) -> bool| files.iter().filter(|file| wanted(&file.action)).count();
    let rotate = count(|action| matches!(action, Action::Rotate));
    let rewrap = count(|action| matches!(action, Action::Rewrap));
    let stay = count(|action| matches!(action, Action::Nothing));
    let bad = count(|action| matches!(action, Action::Impossible(_)));
    let shares = [
        (rotate, "with a new data key"),
        (rewrap, "rewrapped"),
        (stay, "unchanged"),
        (bad, "impossible"),
    ];
    let shares: Vec<String> = shares
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut words = counted(files.len(), "file");
    if !shares.is_empty() {
        words.push_str(&format!(": {}", shares.join(", ")));
    }
    match planned.plan.exposed() {
        0 => {}
        count => {
            let readable = counted_as(count, "value was readable", "values were readable");
            words.push_str(&format!("; {readable}"));
        }
    }
    words
}
