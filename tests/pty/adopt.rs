//! A plain file is encrypted from the editor, where it stands.

use super::hands::{self, FILE};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

/// A plain file, below a folder with rules or without.
fn place(rules: Option<&str>) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    if let Some(rules) = rules {
        place.write(".sops.yaml", rules);
    }
    place.write(FILE, hands::PLAINTEXT);
    place
}

fn open(place: &Sandbox) -> Terminal {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let mut terminal = Terminal::start(
        program,
        [FILE],
        place.environment(),
        &place.path(""),
        Size(80, 24),
    );
    terminal.wait_for("is not encrypted");
    terminal
}

#[test]
fn a_plain_file_is_encrypted_where_it_stands_after_a_yes() {
    let place = place(Some(&format!(
        "creation_rules:\n  - encrypted_suffix: _sops_cypher\n    age: {AGE1}\n"
    )));
    let mut terminal = open(&place);
    terminal.send("y");
    terminal.wait_for("password_sops_cypher");
    hands::quit(&mut terminal);
    let sealed = String::from_utf8(place.read(FILE)).unwrap();
    assert!(sealed.starts_with("# values of the status page\ngatus:\n    target_version: 1.2.3\n"));
    assert!(!sealed.contains("hunter2"));
    assert_eq!(
        hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
        "hunter2"
    );
}

#[test]
fn without_a_yes_or_without_a_rule_the_plain_file_stays_as_it_is() {
    let place = place(None);
    let mut terminal = open(&place);
    terminal.send("y");
    terminal.wait_for("Cannot encrypt");
    terminal.wait_for("config file");
    terminal.send("\r");
    terminal.wait_without("Cannot encrypt");
    hands::quit(&mut terminal);
    let mut terminal = open(&place);
    terminal.send("\r");
    terminal.wait_without("is not encrypted");
    hands::quit(&mut terminal);
    assert_eq!(place.read(FILE), hands::PLAINTEXT.as_bytes());
}
