//! The mouse of a real terminal: asked for, understood, given back, and left alone where it is turned off.

use super::hands::{self, FILE, PLAINTEXT};
use crate::support::terminal::{Size, Terminal};

const ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const OFF: &[u8] = b"\x1b[?1000l";

fn wrote(terminal: &Terminal, wanted: &[u8]) -> bool {
    let output = terminal.output();
    output.windows(wanted.len()).any(|window| window == wanted)
}

/// A press of the left button on the first cell of a text, as terminals report it.
fn press_on(terminal: &mut Terminal, text: &str) {
    let screen = terminal.text();
    let (row, column) = screen
        .lines()
        .enumerate()
        .find_map(|(row, line)| Some((row + 1, line[..line.find(text)?].chars().count() + 1)))
        .unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{screen}"));
    terminal.send(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
}

#[test]
fn a_value_is_changed_with_the_mouse_alone_but_for_its_text() {
    for size in [Size(80, 24), Size(120, 40), Size(40, 12)] {
        let place = hands::place_with(PLAINTEXT);
        let mut terminal = hands::open(&place, size, "password_");
        assert!(wrote(&terminal, ON));
        press_on(&mut terminal, "password_");
        press_on(&mut terminal, "password_");
        terminal.wait_for("Enter accept");
        terminal.send(&format!("{}clicked", hands::CTRL_U));
        press_on(&mut terminal, "Enter accept");
        terminal.wait_for("1 change");
        terminal.send(hands::CTRL_S);
        terminal.wait_for("[ Save ]");
        press_on(&mut terminal, "[ Save ]");
        terminal.wait_for("saved");
        hands::quit(&mut terminal);
        assert!(wrote(&terminal, OFF), "the mouse is given back");
        assert_eq!(
            hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
            "clicked"
        );
    }
}

#[test]
fn the_mouse_is_left_to_the_terminal_where_it_is_turned_off() {
    let place = hands::place_with(PLAINTEXT).variable("LAZYSOPS_CONFIG_DIR", ".");
    place.write("config.toml", "mouse = false\n");
    let mut terminal = hands::open(&place, Size(80, 24), "password_");
    assert!(!wrote(&terminal, b"\x1b[?1000h") && !wrote(&terminal, b"\x1b[?1002h"));
    hands::quit(&mut terminal);
    assert!(place.path(FILE).exists());
}
