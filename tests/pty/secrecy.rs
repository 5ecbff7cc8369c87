//! A planted secret is on the screen while it is revealed, and nowhere else, ever.

use super::hands::{self, CTRL_U, ENTER};
use crate::support::secret::{CANARY, contains, files_with_the_secret};
use crate::support::terminal::Size;

fn plaintext() -> String {
    format!("gatus:\n    username_sops_cypher: admin\n    password_sops_cypher: {CANARY}\n")
}

#[test]
fn a_value_that_was_never_revealed_is_never_drawn() {
    let place = hands::place_with(&plaintext());
    let mut terminal = hands::open(&place, Size(120, 40), "password");
    hands::replace_value(&mut terminal, "username", "root");
    hands::save(&mut terminal);
    // Looked at in the field and typed there: both hidden.
    terminal.send(&format!("/password{ENTER}e{CTRL_U}{CANARY}-new{ENTER}"));
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert!(!contains(terminal.output(), CANARY), "the secret was drawn");
    assert_eq!(files_with_the_secret(place.root()), Vec::<String>::new());
    assert_eq!(
        hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
        format!("{CANARY}-new")
    );
}

#[test]
fn a_revealed_value_is_gone_after_concealing_and_after_the_end() {
    let place = hands::place_with(&plaintext());
    let mut terminal = hands::open(&place, Size(80, 24), "password");
    terminal.send(&format!("/password{ENTER}r"));
    terminal.wait_for(CANARY);
    terminal.send("X");
    terminal.wait_without(CANARY);
    terminal.send("r");
    terminal.wait_for(CANARY);
    hands::quit(&mut terminal);
    let history = terminal.history();
    assert!(
        !history.contains(CANARY),
        "the secret stands on the normal screen:\n{history}"
    );
    assert_eq!(files_with_the_secret(place.root()), Vec::<String>::new());
}
