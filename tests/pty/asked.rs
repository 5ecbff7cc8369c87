//! An identity behind a passphrase: the editor asks on its own screen.

use super::hands::{self, ENTER, FILE};
use crate::support::passphrase::locked_identity;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};

/// The file, and only the locked identity at hand.
fn place() -> Sandbox {
    let place = hands::place_with(hands::PLAINTEXT);
    let key = place.write("keys.age", locked_identity());
    place.variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap())
}

fn open(place: &Sandbox) -> Terminal {
    hands::open(place, Size(120, 40), "A key is locked")
}

#[test]
fn a_wrong_passphrase_is_corrected_and_none_of_it_is_shown() {
    let place = place();
    let mut terminal = open(&place);
    terminal.wait_for("keys.age");
    terminal.send(&format!("wrongphrase{ENTER}"));
    terminal.wait_for("wrong, try again");
    terminal.send(&format!("right{ENTER}"));
    terminal.wait_without("A key is locked");
    terminal.wait_for("password_sops_cypher");
    let output = String::from_utf8_lossy(terminal.output()).into_owned();
    assert!(
        !output.contains("wrongphrase") && !output.contains("right"),
        "it was on the screen"
    );
    hands::replace_value(&mut terminal, "username", "ops");
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert!(String::from_utf8(place.read(FILE)).unwrap().contains("gatus:"));
}

#[test]
fn who_gives_no_passphrase_sees_the_file_locked_and_why() {
    let place = place();
    let before = place.read(FILE);
    let mut terminal = open(&place);
    terminal.send("\x1b");
    terminal.wait_for(" Locked ");
    terminal.wait_for("no passphrase was given");
    terminal.send(ENTER);
    terminal.wait_without(" Locked ");
    hands::quit(&mut terminal);
    assert_eq!(place.read(FILE), before);
}
