//! The terminal that the other tests rely on shows what a program draws.

use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

#[test]
fn a_terminal_shows_what_a_program_draws_and_passes_keys_on() {
    let place = Sandbox::without_keys();
    let script = r#"printf 'name? '; read -r name; printf '\033[2J\033[H\033[1mhello %s\033[m ' "$name"
        read -r _; stty size; exit 7"#;
    let mut terminal = Terminal::start(
        Path::new("/bin/sh"),
        ["-c", script],
        place.environment(),
        &place.path(""),
        Size(40, 12),
    );
    terminal.wait_for("name? ");
    terminal.send("ci\r");
    terminal.wait_for("hello ci");
    terminal.wait_without("name? ");
    assert!(terminal.screen().cell(0, 0).unwrap().bold(), "styles are kept");
    assert!(
        terminal.output().starts_with(b"name? "),
        "what was cleared is in the output still"
    );
    terminal.resize(Size(80, 24));
    terminal.send("\r");
    terminal.wait_for("24 80");
    assert_eq!(terminal.wait_for_exit(), 7);
}
