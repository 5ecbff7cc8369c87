//! What is known of one file of the list, and of all.

use super::Pager;
use crate::ops::counted::{counted, counted_as};
use crate::ops::overview::About;
use crate::ops::scan::{FileKind, Found};
use crate::policy::lint::Severity;
use crate::tui::panes::files::FilesPane;
use crate::tui::text;
use crate::tui::theme::{Glyphs, Role};
use std::path::Path;

impl Pager {
    /// One file: what it is, its rule, why it has its marks, who names it.
    #[must_use]
    pub fn about_file(
        name: &str,
        file: &Found,
        about: Option<&About>,
        state: Option<char>,
        folder: &Path,
    ) -> Self {
        let mut pager = Self::empty(name);
        let what = match file.kind {
            FileKind::Sealed => "encrypted",
            FileKind::Plain => "not encrypted, and a rule is for it",
            FileKind::Other => "not encrypted",
        };
        pager.pair("format", &format!("{}, {what}", file.format.name()), Role::Text);
        if let Some(state) = state {
            pager.pair("git", &format!("{state}: {}", in_git(state)), Role::Text);
        }
        let Some(about) = about else {
            pager.pair("rule", "not looked up yet", Role::Dim);
            return pager;
        };
        match &about.rule {
            Some(rule) => {
                let config = rule.config.strip_prefix(folder).unwrap_or(&rule.config).display();
                match (rule.number, rule.line) {
                    (Some(number), Some(line)) => {
                        pager.pair("rule", &format!("{number}, at {config}:{line}"), Role::Text);
                    }
                    _ => pager.pair("rule", &format!("none of {config} is for it"), Role::Warning),
                }
            }
            None if file.kind == FileKind::Sealed => pager.pair("rule", "there are no rules", Role::Dim),
            None => {}
        }
        for mention in &about.mentions {
            let by = format!("{}:{}", mention.by, mention.line);
            pager.pair("named by", &by, Role::Text);
        }
        if about.findings.is_empty() {
            pager.pair("check", "nothing found", Role::Ok);
        }
        for finding in &about.findings {
            let (sign, role) = match (finding.is_drift(), finding.severity) {
                (true, _) => ("≠", Role::Warning),
                (_, Severity::Error) => ("!", Role::Error),
                (_, Severity::Warning) => ("~", Role::Warning),
                (_, Severity::Note) => ("i", Role::Info),
            };
            let line = finding.line.map(|line| format!("line {line}: "));
            let words = format!("{}{}", line.unwrap_or_default(), finding.text);
            pager.lines.push(Vec::new());
            for (sign, sign_role, words, role) in [
                (sign, role, &words, Role::Text),
                ("→", Role::Info, &finding.advice, Role::Info),
            ] {
                pager
                    .lines
                    .push(vec![(format!("{sign} "), sign_role), (text::escape(words), role)]);
            }
        }
        pager
    }

    /// All files: what the marks mean, how many there are of each, and what was not looked into.
    #[must_use]
    pub fn about_all(files: &FilesPane, glyphs: &Glyphs) -> Self {
        let mut pager = Self::empty("Files");
        let counts = files.counts();
        let leaks = "something in it is readable, or it is broken";
        let marks = [
            (glyphs.current, Role::Ok, "the open file", None),
            ("!", Role::Error, leaks, Some(counts.leaks)),
            (
                "≠",
                Role::Warning,
                "it is not what its rule asks for",
                Some(counts.drifted),
            ),
            (
                glyphs.plain,
                Role::Warning,
                "a plain file that a rule is for",
                Some(counts.plain),
            ),
            ("*", Role::Info, "marked", Some(files.marked.len())),
            ("M", Role::Edited, "letters are the state in git", None),
        ];
        for (sign, role, words, count) in marks {
            let count = count.map(|count| format!(": {count}")).unwrap_or_default();
            pager.lines.push(vec![
                (format!("{sign}  "), role),
                (format!("{words}{count}"), Role::Text),
            ]);
        }
        pager.lines.push(Vec::new());
        let words = match files.looked() {
            Some(looked) => format!(
                "{}, {} without a rule; {}",
                counted(counts.sealed, "SOPS file"),
                counts.ruleless,
                counted_as(looked, "file was looked into", "files were looked into")
            ),
            None => format!(
                "{}; nothing was looked into yet",
                counted(counts.sealed, "SOPS file")
            ),
        };
        pager.lines.push(vec![(words, Role::Text)]);
        let skipped = files.skipped();
        if !skipped.is_empty() {
            let words = format!("{} not looked into:", skipped.len());
            pager.lines.push(vec![(words, Role::OverlayTitle)]);
        }
        for skipped in skipped {
            pager.lines.push(vec![
                (format!("{}  ", text::escape(&skipped.name)), Role::Text),
                (text::escape(&skipped.reason), Role::Dim),
            ]);
        }
        pager
    }

    fn pair(&mut self, name: &str, words: &str, role: Role) {
        self.lines.push(vec![
            (format!("{name:<9} "), Role::Dim),
            (text::escape(words), role),
        ]);
    }
}

/// A state of git in words.
const fn in_git(state: char) -> &'static str {
    match state {
        'M' => "changed since the last commit",
        'A' => "new, and staged",
        'R' => "renamed or copied",
        'U' => "in conflict",
        '?' => "git does not know it",
        _ => "not as it was committed",
    }
}
