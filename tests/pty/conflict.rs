//! Somebody else saves the file while it is open here: neither change is lost.

use super::hands::{self, ENTER, FILE};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};

const USERNAME: &str = "[\"gatus\"][\"username_sops_cypher\"]";
const PASSWORD: &str = "[\"gatus\"][\"password_sops_cypher\"]";

/// An editor with an unsaved password, on a file whose user name somebody else has changed since; asked what to do.
fn conflict() -> (Sandbox, Terminal) {
    let place = hands::place_with(hands::PLAINTEXT);
    let mut terminal = hands::open(&place, Size(120, 40), "password");
    hands::replace_value(&mut terminal, "password", "mine");
    let outcome = place.lazysops(["set", FILE, USERNAME, "\"theirs\""]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    hands::accept_change(&mut terminal);
    terminal.wait_for("changed on disk");
    (place, terminal)
}

#[test]
fn the_other_change_is_kept_when_the_user_cancels() {
    let (place, mut terminal) = conflict();
    terminal.send(ENTER);
    terminal.wait_without("Reload");
    assert_eq!(hands::value(&place, USERNAME), "theirs");
    assert_eq!(hands::value(&place, PASSWORD), "hunter2");
}

#[test]
fn both_changes_are_kept_when_the_user_reloads() {
    let (place, mut terminal) = conflict();
    terminal.send("y");
    terminal.wait_for("reloaded; 1 edit kept");
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert_eq!(hands::value(&place, USERNAME), "theirs");
    assert_eq!(hands::value(&place, PASSWORD), "mine");
}
