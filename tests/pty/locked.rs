//! Files that do not open, or should not be trusted: they are shown as far as that goes, and stay as they are.

use super::hands::{self, ENTER, FILE};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Size;

#[test]
fn a_file_for_another_key_opens_locked_and_says_which_keys_were_tried() {
    let place = hands::place_with(hands::PLAINTEXT);
    let sealed = place.read(FILE);
    for place in [Sandbox::with_key("age2.txt"), Sandbox::without_keys()] {
        place.write(FILE, &sealed);
        let mut terminal = hands::open(&place, Size(120, 40), "gatus");
        // The message lies over the tree; the line at the bottom stays after it is closed.
        terminal.wait_for(" Locked ");
        terminal.wait_for(&AGE1[..20]);
        terminal.send(ENTER);
        terminal.wait_without(" Locked ");
        terminal.wait_for("locked");
        terminal.send("e");
        terminal.wait_for("no key at hand");
        hands::quit(&mut terminal);
        assert_eq!(place.read(FILE), sealed);
    }
}

#[test]
fn a_file_whose_mac_does_not_fit_opens_read_only() {
    let place = hands::place_with(hands::PLAINTEXT);
    let text = String::from_utf8(place.read(FILE)).unwrap();
    let tampered = text.replace("target_version: 1.2.3", "target_version: 6.6.6");
    assert_ne!(tampered, text);
    place.write(FILE, &tampered);
    let mut terminal = hands::open(&place, Size(120, 40), "6.6.6");
    terminal.wait_for("MAC");
    terminal.send(ENTER);
    terminal.wait_for("read-only");
    terminal.send("d");
    terminal.wait_for("cannot be trusted");
    hands::quit(&mut terminal);
    assert_eq!(place.read(FILE), tampered.as_bytes());
}
