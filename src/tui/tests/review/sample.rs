//! A review made by hand, with everything that can be told.

use crate::host::{Environment, Repository};
use crate::metadata::Recipient;
use crate::ops::compare::{Comparison, Seen, ValueChange, What};
use crate::ops::merge::RecipientChange;
use crate::ops::review::{Outcome, Reviewed, Stored, line_changes};
use crate::tui::msg::Msg;
use crate::tui::testing::Editor;
use crate::tui::worker::Outcome as Done;
use crate::tui::worker::review::{Answer, Listed};
use std::path::Path;

/// A review of everything that can be told, made by hand.
pub fn sample() -> Vec<Reviewed> {
    let seen = |print: u8, shown: Option<&str>| Seen {
        type_name: "str",
        is_encrypted: shown.is_none(),
        print: Some([print; 32]),
        shown: shown.map(str::to_owned),
    };
    let change = |what, path: &str, old: Option<Seen>, new: Option<Seen>| ValueChange {
        what,
        path: path.to_owned(),
        old_path: None,
        old,
        new,
        by_rule: false,
        same_as: None,
    };
    let stored = |digest: u8| {
        Some(Stored {
            mode: "100644".to_owned(),
            object: None,
            digest: [digest; 32],
        })
    };
    let file = |path: &str, outcome| Reviewed {
        path: path.to_owned(),
        old_path: None,
        untracked: false,
        sides: (stored(1), stored(2)),
        outcome,
    };
    let compared = |values, comparison: Comparison| Outcome::Compared {
        exists: (true, true),
        comparison: Box::new(Comparison { values, ..comparison }),
    };
    let values = vec![
        change(
            What::Changed,
            "gatus.target_version",
            Some(seen(1, Some("1.2.3"))),
            Some(seen(2, Some("1.2.4"))),
        ),
        change(
            What::Changed,
            "gatus.password_sops_cypher",
            Some(seen(0x5b, None)),
            Some(seen(0x9e, None)),
        ),
        ValueChange {
            same_as: Some("db.password in staging/values.sops.yaml".to_owned()),
            ..change(
                What::Added,
                "gatus.token_sops_cypher",
                None,
                Some(seen(0x41, None)),
            )
        },
        change(
            What::Removed,
            "gatus.old_sops_cypher",
            Some(seen(0x77, None)),
            None,
        ),
        ValueChange {
            old_path: Some("gatus.user_sops_cypher".to_owned()),
            ..change(
                What::Renamed,
                "gatus.username_sops_cypher",
                Some(seen(0x12, None)),
                Some(seen(0x12, None)),
            )
        },
    ];
    let who = |came, name: &str| RecipientChange {
        name: Some(name.to_owned()),
        ..RecipientChange::new(
            came,
            Recipient::Age {
                recipient: format!("age1{name}"),
            },
        )
    };
    let settings = Comparison {
        recipients: vec![who(true, "ci"), who(false, "old-laptop")],
        rotated: Some(true),
        ..Comparison::default()
    };
    let readable = vec![change(
        What::Changed,
        "api_key",
        Some(seen(0x33, None)),
        Some(seen(0x33, Some("visible"))),
    )];
    let rules = Comparison {
        rule: Some((
            "encrypted_regex key$".to_owned(),
            "encrypted_regex ^key$".to_owned(),
        )),
        ..Comparison::default()
    };
    vec![
        file(
            ".sops.yaml",
            Outcome::Rules(line_changes(
                b"creation_rules:\n  - encrypted_regex: key$\n",
                b"creation_rules:\n  - encrypted_regex: ^key$\n",
            )),
        ),
        file("charts/status-page/values.sops.yaml", compared(values, settings)),
        file("prod/service.json", compared(readable, rules)),
        file("prod/plain.env", Outcome::Exposed),
    ]
}

/// An editor with that review.
pub fn sample_editor(width: u16, height: u16) -> Editor {
    let mut editor = Editor::open(crate::tui::testing::gatus(), width, height);
    editor.keys("D");
    let (id, _) = editor.job();
    let listed = Listed {
        repository: Repository::at(Path::new("/repo"), &Environment::default()),
        names: ["index".to_owned(), "work tree".to_owned()],
        files: sample(),
        branches: Vec::new(),
    };
    let answer = Done::Reviewed(Box::new(Answer::Listed(Ok(Box::new(listed)))));
    editor.send(Msg::Done(id, answer));
    editor
}
