//! Settings that mean nothing stop the editor before the screen opens; those that do are in force on it.

use super::hands::{self, FILE, PLAINTEXT};
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const SIZES: [Size; 3] = [Size(120, 40), Size(80, 24), Size(60, 20)];

#[test]
fn what_is_wrong_is_told_with_file_and_line_and_no_screen_opens() {
    for (name, text, problem) in [
        (
            "config.toml",
            "\nmouse = 1\n",
            "config.toml:2: `mouse` is true or false",
        ),
        (
            "config.toml",
            "reveal_seconds = 0\n",
            "config.toml:1: `reveal_seconds` is a number of seconds from 1 to 86400",
        ),
        (
            "config.toml",
            "theme = \"pink\"\n",
            "config.toml:1: there is no such theme",
        ),
        ("config.toml", "theme = \n", "config.toml:1: "),
        (
            "keymap.toml",
            "[tree]\n\nx = \"fly\"\n",
            "keymap.toml:3: there is no such action",
        ),
        (
            "keymap.toml",
            "[tree]\ng = \"top\"\n",
            "keymap.toml:2: these keys clash with `g g`",
        ),
    ] {
        let place = hands::place_with(PLAINTEXT).variable("LAZYSOPS_CONFIG_DIR", ".");
        place.write(name, text);
        let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
        let size = Size(200, 24);
        let mut terminal = Terminal::start(program, [FILE], place.environment(), &place.path(""), size);
        assert_eq!(terminal.wait_for_exit(), 2, "{problem}");
        assert!(
            terminal.text().contains(problem),
            "{problem}\n{}",
            terminal.text()
        );
        let opened = terminal
            .output()
            .windows(8)
            .any(|window| window == b"\x1b[?1049h");
        assert!(!opened, "{problem}");
    }
}

#[test]
fn a_theme_a_keymap_and_own_keys_are_in_force_on_the_screen() {
    for size in SIZES {
        in_force(size);
    }
}

fn in_force(size: Size) {
    let place = hands::place_with(PLAINTEXT).variable("LAZYSOPS_CONFIG_DIR", ".");
    place.write(
        "config.toml",
        "theme = \"high-contrast\"\nkeymap = \"vim\"\nascii = true\n",
    );
    place.write("keymap.toml", "[tree]\nQ = \"delete\"\n");
    let mut terminal = hands::open(&place, size, "password_");
    assert!(terminal.text().is_ascii(), "{}", terminal.text());
    terminal.send("jjQ");
    terminal.wait_for("1 change");
    terminal.send("u");
    terminal.wait_without("1 change");
    terminal.send("ZQ");
    assert_eq!(terminal.wait_for_exit(), 0);
}

#[test]
fn without_colours_no_colour_is_written() {
    for size in SIZES {
        colourless(size);
    }
}

fn colourless(size: Size) {
    let place = hands::place_with(PLAINTEXT).variable("NO_COLOR", "1");
    let mut terminal = hands::open(&place, size, "password_");
    terminal.send("?");
    terminal.wait_for("Help");
    let (rows, columns) = terminal.screen().size();
    for row in 0..rows {
        for column in 0..columns {
            let cell = terminal.screen().cell(row, column).unwrap();
            assert_eq!(
                (cell.fgcolor(), cell.bgcolor()),
                (vt100::Color::Default, vt100::Color::Default)
            );
        }
    }
    terminal.send("q");
    hands::quit(&mut terminal);
}
