//! Small terminals and large files.

use super::hands;
use crate::support::terminal::Size;
use std::fmt::Write as _;

const PASSWORD: &str = "[\"gatus\"][\"password_sops_cypher\"]";

#[test]
fn a_terminal_of_40_by_12_is_enough_to_change_a_value() {
    let place = hands::place_with(hands::PLAINTEXT);
    let mut terminal = hands::open(&place, Size(40, 12), "gatus");
    hands::replace_value(&mut terminal, "password", "correct horse");
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert_eq!(hands::value(&place, PASSWORD), "correct horse");
}

#[test]
fn no_size_of_the_window_breaks_the_screen() {
    let place = hands::place_with(hands::PLAINTEXT);
    let mut terminal = hands::open(&place, Size(80, 24), "gatus");
    for (cols, rows) in [(40, 12), (10, 3), (1, 1), (200, 60), (39, 11), (79, 5), (120, 40)] {
        terminal.resize(Size(cols, rows));
    }
    terminal.wait_for("password_sops_cypher");
    hands::replace_value(&mut terminal, "password", "correct horse");
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert_eq!(hands::value(&place, PASSWORD), "correct horse");
}

#[test]
fn ten_thousand_values_can_be_searched_and_one_changed() {
    let mut text = String::new();
    for number in 0..10_000 {
        if number % 50 == 0 {
            writeln!(text, "service_{:03}_sops_cypher:", number / 50).unwrap();
        }
        writeln!(text, "    setting_{:02}: value-{number}", number % 50).unwrap();
    }
    let place = hands::place_with(&text);
    let before = String::from_utf8(place.read(hands::FILE)).unwrap();
    let mut terminal = hands::open(&place, Size(120, 40), "service_000");
    terminal.send("G");
    terminal.wait_for("service_199");
    hands::replace_value(&mut terminal, "service_123_sops_cypher.setting_45", "changed");
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert_eq!(
        hands::value(&place, "[\"service_123_sops_cypher\"][\"setting_45\"]"),
        "changed"
    );
    let after = String::from_utf8(place.read(hands::FILE)).unwrap();
    assert_eq!(after.lines().count(), before.lines().count());
    let pairs = before.lines().zip(after.lines());
    let changed: Vec<&str> = pairs
        .filter(|(old, new)| old != new)
        .map(|(_, new)| new)
        .collect();
    // The time is among them unless both were written in the same second.
    assert!(
        changed.len() <= 3,
        "value, time and MAC change, no more: {changed:?}"
    );
}
