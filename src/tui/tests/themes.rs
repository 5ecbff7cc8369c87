//! Every overlay in every theme: the words are the same, the styles are those of the theme.

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::{Ask, Question, Subject};
use crate::ops::history::{Commit, Entry, What};
use crate::ops::rules_text::{self, RulesText};
use crate::policy::lint::lint;
use crate::tui::action::Context;
use crate::tui::asker::{Asker, Inquiry};
use crate::tui::event_loop::Event;
use crate::tui::msg::Msg;
use crate::tui::testing::{
    Editor, conflict, gatus, line, locked, runs, with_findings, with_matrix, with_plan,
};
use crate::tui::theme::{Role, Theme};
use crate::tui::worker::Outcome;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc::channel;

const SIZE: (u16, u16) = (80, 24);

/// What a key service asks; it goes on without an answer when the question is dropped.
fn asked(ask: impl FnOnce(&dyn Ask) + Send + 'static) -> Inquiry {
    let (send, events) = channel();
    let asker = Arc::new(Asker::new(send));
    std::thread::spawn(move || ask(&*asker));
    match events.recv() {
        Ok(Event::Asked(inquiry)) => inquiry,
        _ => panic!("a question comes"),
    }
}

fn at(keys: &str) -> Editor {
    let mut editor = Editor::open(gatus(), SIZE.0, SIZE.1);
    editor.keys(keys);
    editor
}

/// A commit in which a value changed.
fn entry(what: What, subject: &str) -> Entry {
    let commit = Commit {
        id: "0".repeat(40),
        author: "ops".to_owned(),
        when: 1_700_000_000,
        subject: subject.to_owned(),
    };
    Entry {
        commit: Some(commit),
        file: "values.sops.yaml".to_owned(),
        path: "gatus.password".to_owned(),
        other_path: None,
        what,
        old: None,
        new: None,
        readers: vec!["ops-laptop".to_owned(), "ci".to_owned()],
        in_clear: false,
        value: None,
    }
}

/// Everything that can lie above the panes, and what else changes the screen as a whole.
fn screens() -> Vec<(&'static str, Editor)> {
    let mut passphrase = at("j");
    passphrase.send(Msg::Asked(asked(|ask| {
        let subject = Subject::SshKey("/home/ops/.ssh/id_ed25519".to_owned());
        ask.passphrase(&Question { subject, attempt: 1 });
    })));
    let mut question = at("j");
    question.send(Msg::Asked(asked(|ask| {
        ask.may_run("age-plugin-x");
    })));
    let mut rules = at("g r");
    let (id, _) = rules.job();
    let text = "creation_rules:\n  - encrypted-suffix: _s\n    age: age1x\n";
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join(".sops.yaml"), text).unwrap();
    let environment = Environment::new([("HOME", place.path())], place.path());
    let read = rules_text::read(place.path(), &environment).unwrap();
    let found = Box::new(RulesText {
        findings: lint(text.as_bytes(), &[]),
        ..read
    });
    rules.send(Msg::Done(id, Outcome::Linted(Ok(found))));
    let mut why = at("j j j w");
    let (id, _) = why.job();
    let failure = Failure::new(Kind::Usage, ".sops.yaml is not used: anybody can change it");
    why.send(Msg::Done(id, Outcome::Ruled(Err(failure))));
    let mut history = at("j j j b");
    let (id, _) = history.job();
    for (what, subject) in [
        (What::Changed, "Change it"),
        (What::Exposed, "Show it"),
        (What::Added, "Begin"),
    ] {
        history.send(Msg::Done(id, Outcome::Change(Box::new(entry(what, subject)))));
    }
    history.keys("j");
    let mut message = at("j");
    let long = "the key service at https://vault.example:8200 did not answer within 10 seconds, twice";
    message.model.say(Role::Error, long);
    vec![
        ("field", at("j j j e x")),
        ("lines", at("j j j e ctrl-e x ctrl-t Space Space Enter y")),
        ("generator", at("j j j ctrl-g")),
        ("templates", at("1 a")),
        ("saving", at("j j d j e x Enter ctrl-s")),
        ("dialog", at("j j d q")),
        ("pager", at("4 t")),
        ("recipients", at("4 d k")),
        ("adding", at("4 a")),
        ("choice", at("4 m")),
        ("saving keys", at("4 j d ctrl-s")),
        ("rotation", at("R")),
        ("plan", with_plan(SIZE.0, SIZE.1)),
        ("matrix", with_matrix(SIZE.0, SIZE.1)),
        ("findings", with_findings(SIZE.0, SIZE.1)),
        ("palette", at(": f o l d")),
        ("passphrase", passphrase),
        ("question", question),
        ("why", why),
        ("rules", rules),
        ("history", history),
        ("review", super::review::sample_editor(SIZE.0, SIZE.1)),
        ("conflict", conflict(SIZE.0, SIZE.1)),
        ("filter", at("/ p a s")),
        ("values", at("/ Tab h u n")),
        ("keys in a row", at("z")),
        ("revealed", at("j j j r")),
        ("message", message),
        ("no key", Editor::open(locked(gatus()), SIZE.0, SIZE.1)),
        ("locked", at("j j d L")),
        ("share-safe", at("S")),
    ]
}

#[test]
fn every_overlay_in_every_theme_has_the_words_of_the_default_and_its_own_styles() {
    let mut screens = screens();
    // The line at the bottom and the panes beside are in other snapshots.
    let rows = 0..SIZE.1 - 1;
    for name in Theme::names() {
        let theme = Theme::named(name).unwrap().unwrap();
        let mut known = Vec::new();
        let mut out = String::new();
        for (screen, editor) in &mut screens {
            let words = |editor: &Editor| -> Vec<String> {
                let buffer = editor.buffer();
                rows.clone().map(|y| line(&buffer, y)).collect()
            };
            let before = words(editor);
            editor.model.theme = theme.clone();
            assert_eq!(words(editor), before, "{name}: {screen}");
            let buffer = editor.buffer();
            let _ = writeln!(out, "{screen}");
            for y in rows.clone() {
                let _ = writeln!(out, "  {}", runs(&buffer, y, &mut known));
            }
        }
        for (letter, style) in ('a'..).zip(&known) {
            let _ = writeln!(out, "{letter} {style}");
        }
        insta::assert_snapshot!(name, out);
    }
}

#[test]
fn every_context_is_among_the_screens_of_the_themes() {
    let screens = screens();
    for context in Context::ALL {
        let panes = [
            Context::Everywhere,
            Context::Files,
            Context::Changes,
            Context::Recipients,
            Context::Groups,
        ];
        let shown = |(_, editor): &(&str, Editor)| editor.model.contexts().contains(context);
        assert!(
            panes.contains(context) || screens.iter().any(shown),
            "{context:?}"
        );
    }
}
