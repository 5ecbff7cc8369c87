//! A planted secret is on the screen while it is revealed, and nowhere else, ever.

use super::hands::{self, CTRL_U, ENTER};
use crate::support::machine::can_trace;
use crate::support::secret::{CANARY, contains, files_with_the_secret};
use crate::support::skipped;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const SIZES: [Size; 3] = [Size(120, 40), Size(80, 24), Size(40, 12)];

fn plaintext() -> String {
    format!("gatus:\n    username_sops_cypher: admin\n    password_sops_cypher: {CANARY}\n")
}

#[test]
fn a_value_that_was_never_revealed_is_never_drawn() {
    for size in SIZES {
        never_drawn(size);
    }
}

fn never_drawn(size: Size) {
    let place = hands::place_with(&plaintext());
    let mut terminal = hands::open(&place, size, "password");
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
    for size in SIZES {
        gone_after_concealing(size);
    }
}

fn gone_after_concealing(size: Size) {
    let place = hands::place_with(&plaintext());
    let mut terminal = hands::open(&place, size, "password");
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

/// Everything one does with a secret: reveal, show while it is edited, edit, copy, lock, unlock, take back, save.
fn tour(terminal: &mut Terminal) {
    terminal.send(&format!("/password{ENTER}r"));
    terminal.wait_for(CANARY);
    terminal.send("e\x14");
    terminal.wait_for("str · encrypted");
    terminal.send("-2\x05");
    terminal.wait_for("1 line");
    terminal.send("-3\x13");
    terminal.wait_for("1 change");
    terminal.send("y");
    terminal.wait_for("copied by xclip");
    hands::lock(terminal);
    terminal.send(ENTER);
    terminal.wait_for("password");
    terminal.send("u\x12r");
    terminal.wait_for(&format!("{CANARY}-2-3"));
    hands::save(terminal);
}

#[test]
fn after_a_full_tour_the_secret_is_nowhere() {
    let place = hands::with_a_tool(hands::place_with(&plaintext()));
    let mut terminal = hands::open(&place, Size(120, 40), "password");
    tour(&mut terminal);
    let command_line = std::fs::read(format!("/proc/{}/cmdline", terminal.process())).unwrap();
    assert!(!contains(&command_line, CANARY), "it is an argument");
    hands::quit(&mut terminal);
    let history = terminal.history();
    assert!(
        !history.contains(CANARY),
        "it stands on the normal screen:\n{history}"
    );
    for title in ["\x1b]0;", "\x1b]1;", "\x1b]2;", "\x1b]52;"] {
        assert!(
            !contains(terminal.output(), title),
            "the terminal was told {title:?}"
        );
    }
    assert_eq!(place.read("bin/held"), b"", "it is on the clipboard");
    assert_eq!(files_with_the_secret(place.root()), Vec::<String>::new());
    assert_eq!(
        hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
        format!("{CANARY}-2-3")
    );
}

#[test]
fn on_a_full_tour_the_secret_is_written_to_the_terminal_and_the_clipboard_only() {
    let place = hands::with_a_tool(hands::place_with(&plaintext()));
    if !can_trace(&place) {
        let reason = "strace is missing or may not trace here";
        skipped("what the editor writes while a secret is edited", reason);
        return;
    }
    let calls = "trace=execve,openat,write,pwrite64,writev,pwritev,sendfile,copy_file_range,sendto,sendmsg";
    let arguments = ["-f", "-qq", "-y", "-e", calls, "-s", "100000", "-o", "calls"];
    let arguments = arguments
        .into_iter()
        .chain([env!("CARGO_BIN_EXE_lazysops"), hands::FILE]);
    let mut terminal = Terminal::start(
        Path::new("strace"),
        arguments,
        place.environment(),
        &place.path(""),
        Size(120, 40),
    );
    terminal.wait_for("password");
    tour(&mut terminal);
    hands::quit(&mut terminal);
    let calls = String::from_utf8_lossy(&place.read("calls")).into_owned();
    let with_it: Vec<&str> = calls.lines().filter(|call| call.contains(CANARY)).collect();
    assert!(!with_it.is_empty(), "the trace does not show what was revealed");
    for call in with_it {
        let allowed = ["</dev/pts/", "<pipe:", "/bin/held>"];
        let harmless = call.contains("write(") && allowed.iter().any(|target| call.contains(target));
        assert!(harmless, "{call}");
    }
}
