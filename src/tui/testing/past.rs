//! A value that changed three times, long enough ago for its days to stay the same.

use super::{Editor, gatus};
use crate::ops::compare::Seen;
use crate::ops::history::{Commit, Entry, Told, What};
use crate::tui::msg::Msg;
use crate::tui::worker::Outcome;

/// The history of the password, all of it found.
pub fn past(width: u16, height: u16) -> Editor {
    let mut editor = Editor::open(gatus(), width, height);
    editor.keys("/").type_text("password").keys("Enter b");
    let (id, _) = editor.job();
    for (number, (what, subject)) in [
        (What::Changed, "Change the password of the status page"),
        (What::Exposed, "Take the password out of encryption"),
        (What::Renamed, "Call the password a password"),
        (What::Added, "Add the status page"),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = entry(what, subject, u8::try_from(number).unwrap());
        editor.send(Msg::Done(id, Outcome::Change(Box::new(entry))));
    }
    editor.send(Msg::Done(id, Outcome::History(Ok(Told::default()))));
    editor
}

fn entry(what: What, subject: &str, number: u8) -> Entry {
    let seen = |print: u8| Seen {
        type_name: "str",
        is_encrypted: true,
        print: Some([0x5b ^ print; 32]),
        shown: None,
    };
    Entry {
        commit: Some(Commit {
            id: "0".repeat(40),
            author: "ops".to_owned(),
            when: 1_700_000_000 - i64::from(number) * 30 * 24 * 60 * 60,
            subject: subject.to_owned(),
        }),
        file: "values.sops.yaml".to_owned(),
        path: "gatus.password_sops_cypher".to_owned(),
        other_path: (what == What::Renamed).then(|| "gatus.pass_sops_cypher".to_owned()),
        what,
        old: (what != What::Added).then(|| seen(number + 1)),
        new: Some(seen(number)),
        readers: vec!["ops-laptop".to_owned(), "ci".to_owned()],
        in_clear: false,
        value: None,
    }
}
