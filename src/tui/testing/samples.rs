//! A plan, a matrix and a report of a check, made by hand, and the editor with them on screen.

use super::{Editor, gatus};
use crate::failure::{Failure, Kind};
use crate::metadata::Recipient;
use crate::ops::access::{FileAccess, Matrix};
use crate::ops::check::{Finding, Report};
use crate::ops::drift::Difference;
use crate::ops::people::{People, Person};
use crate::ops::rekey_files::{Action, FilePlan, Plan, Planned};
use crate::policy::lint::Severity;
use crate::tui::msg::Msg;
use crate::tui::worker::Outcome;
use std::path::Path;

/// A plan in which somebody goes from two files; one stays as it is, one cannot be changed.
fn planned() -> Planned {
    let leaver = Recipient::Age {
        recipient: "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg".to_owned(),
    };
    let file = |name: &str, action: Action| FilePlan::sample(Path::new("/repo"), name, action);
    let gone = |mut file: FilePlan| {
        file.changes = vec![Difference::Extra {
            group: 0,
            recipient: leaver.clone(),
        }];
        file.exposed = vec!["[\"db\"][\"password\"]".to_owned(), "[\"token\"]".to_owned()];
        file
    };
    let nobody = Failure::new(Kind::Usage, "nobody would be left who can read it");
    let mut doubtful = gone(file("staging/values.sops.yaml", Action::Rotate));
    doubtful.suspicions = vec!["+ age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm".to_owned()];
    Planned {
        plan: Plan {
            files: vec![
                gone(file("prod/values.sops.yaml", Action::Rotate)),
                file("prod/db.enc.env", Action::Nothing),
                doubtful,
                file("old.yaml", Action::Impossible(nobody)),
            ],
            ..Plan::default()
        },
        people: People::default(),
    }
}

/// Two files and three recipients.
fn matrix() -> Matrix {
    let person = |name: &str, me| Person {
        identity: format!("age1{name}"),
        kind: "age",
        name: Some(name.to_owned()),
        me,
    };
    let file = |name: &str, groups: &[&[usize]], ruled| FileAccess {
        path: Path::new("/repo").join(name),
        name: name.to_owned(),
        groups: groups.iter().map(|group| group.to_vec()).collect(),
        needed: groups.len().min(2),
        ruled,
        missing: Vec::new(),
        extra: Vec::new(),
    };
    let mut drifted = file("prod/values.sops.yaml", &[&[0, 2]], true);
    drifted.missing = vec![1];
    drifted.extra = vec![2];
    Matrix {
        people: vec![
            person("ops-laptop", true),
            person("ci", false),
            person("old-laptop", false),
        ],
        files: vec![
            drifted,
            file("staging/values.sops.yaml", &[&[0], &[1], &[0, 2]], true),
            file("a/very/long/way/down/to/a/file/notes.sops.yaml", &[&[0]], false),
        ],
        ..Matrix::default()
    }
}

/// A value in clear, and somebody who should be gone.
fn report() -> Report {
    let finding = |name: &str, line, severity, code, text: &str, advice: &str| Finding {
        path: Path::new("/repo").join(name),
        name: name.to_owned(),
        line,
        severity,
        code,
        text: text.to_owned(),
        advice: advice.to_owned(),
    };
    Report {
        findings: vec![
            finding(
                "prod/values.sops.yaml",
                Some(5),
                Severity::Error,
                "clear-value",
                "a value that the file says is encrypted stands in clear",
                "take it out and set it with `lazysops set` or the editor; the secret is known now",
            ),
            finding(
                "prod/db.enc.env",
                None,
                Severity::Warning,
                "stale-recipient",
                "age1x can read it, and is not in the rule",
                "lazysops updatekeys",
            ),
        ],
        files: 2,
        ..Report::default()
    }
}

fn answered(keys: &str, outcome: Outcome, (width, height): (u16, u16)) -> Editor {
    let mut editor = Editor::open(gatus(), width, height);
    editor.keys(keys);
    let (id, _) = editor.job();
    editor.send(Msg::Done(id, outcome));
    editor
}

/// The editor with a plan on screen.
pub fn with_plan(width: u16, height: u16) -> Editor {
    answered("R Enter", Outcome::Planned(Ok(planned())), (width, height))
}

/// The editor with the matrix on screen.
pub fn with_matrix(width: u16, height: u16) -> Editor {
    answered("1 m", Outcome::Access(Ok(matrix())), (width, height))
}

/// The editor with findings on screen.
pub fn with_findings(width: u16, height: u16) -> Editor {
    answered("1 c", Outcome::Checked(Ok(report())), (width, height))
}
