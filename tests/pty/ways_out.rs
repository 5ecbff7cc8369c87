//! Every way out gives the terminal back, and stopping and continuing brings the screen back.

use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;

/// A shell that runs a command, and says how it ended and what the terminal is like then.
fn shell_with(place: &Sandbox, command: &str) -> Terminal {
    let script = format!(
        "printf 'normal screen\\n'; stty -a > before; {command}; printf 'ended %s\\n' \"$?\"; \
         stty -a > after; cmp before after && printf 'terminal as before\\n'; read -r _"
    );
    Terminal::start(
        Path::new("/bin/sh"),
        ["-c", &script],
        place.environment(),
        &place.path(""),
        Size(80, 24),
    )
}

/// The same with the editor, which shows a secret.
fn shell(place: &Sandbox) -> Terminal {
    let mut terminal = shell_with(
        place,
        &format!("'{}' values.sops.yaml", env!("CARGO_BIN_EXE_lazysops")),
    );
    terminal.wait_for("pass_sops_cypher");
    terminal.send("Gr");
    terminal.wait_for("hunter2");
    terminal
}

fn place() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    let rules = format!("creation_rules:\n    - encrypted_suffix: '_sops_cypher'\n      age: {AGE1}\n");
    place.write(".sops.yaml", rules);
    place.write("values.sops.yaml", "a: 1\npass_sops_cypher: hunter2\n");
    let sealed = place.lazysops(["encrypt", "-i", "values.sops.yaml"]);
    assert_eq!(sealed.code, Some(0), "{}", sealed.stderr);
    place
}

/// The process of the editor: the child of the shell.
fn editor(place: &Sandbox) -> Pid {
    let folder = std::fs::canonicalize(place.path("")).unwrap();
    let number = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse::<i32>().ok())
        .find(|number| {
            let process = Path::new("/proc").join(number.to_string());
            let program = std::fs::read_link(process.join("exe")).unwrap_or_default();
            let here = std::fs::read_link(process.join("cwd")).unwrap_or_default();
            program.ends_with("lazysops") && here == folder
        });
    Pid::from_raw(number.expect("the editor runs")).unwrap()
}

/// The modes of the terminal that the editor sets, and how each was before: mouse, focus, pasted text, the whole frame, the
/// alternate screen off, the cursor on.
const MODES: [(&str, char); 8] = [
    ("1000", 'l'),
    ("1002", 'l'),
    ("1006", 'l'),
    ("1004", 'l'),
    ("2004", 'l'),
    ("2026", 'l'),
    ("1049", 'l'),
    ("25", 'h'),
];

/// What must hold once the shell has the terminal back.
fn restored(terminal: &mut Terminal) {
    terminal.wait_for("terminal as before");
    assert!(!terminal.screen().alternate_screen());
    assert!(!terminal.screen().hide_cursor());
    assert!(!terminal.screen().bracketed_paste());
    let output = String::from_utf8_lossy(terminal.output()).into_owned();
    for (mode, before) in MODES {
        let set = format!("\x1b[?{mode}");
        let last = output.rmatch_indices(&set).find_map(|(at, _)| {
            let end = output[at + set.len()..].chars().next();
            end.filter(|c| matches!(c, 'h' | 'l'))
        });
        assert_eq!(last, Some(before), "mode {mode}");
    }
    assert!(terminal.text().contains("normal screen"));
    assert!(!terminal.history().contains("hunter2"));
    terminal.send("\r");
}

/// Not a test of its own: the one below runs it in a terminal.
#[test]
#[ignore = "needs a terminal; a_panic_gives_the_terminal_back runs it in one"]
fn falls_over_with_the_screen_taken() {
    let mut screen = lazysops::tui::Screen::enter(true).unwrap();
    let style = ratatui::style::Style::default();
    for line in 0..2 {
        let drawn = screen.draw(|buffer| {
            buffer.set_string(0, line, "the secret is hunter2", style);
            assert!(line == 0, "fell over on purpose");
            None
        });
        drawn.unwrap();
    }
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let place = place();
    let program = std::env::current_exe().unwrap();
    let command = format!(
        "'{}' --exact pty::ways_out::falls_over_with_the_screen_taken --ignored --nocapture",
        program.display()
    );
    let mut terminal = shell_with(&place, &command);
    terminal.wait_for("ended 101");
    let output = String::from_utf8_lossy(terminal.output()).into_owned();
    assert!(output.contains("hunter2"), "it was on the screen of the editor");
    assert!(terminal.history().contains("fell over on purpose"));
    restored(&mut terminal);
}

#[test]
fn quitting_gives_the_terminal_back() {
    let place = place();
    let mut terminal = shell(&place);
    terminal.send("q");
    terminal.wait_for("ended 0");
    restored(&mut terminal);
}

#[test]
fn signals_give_the_terminal_back_and_end_the_process_as_they_say() {
    for (signal, status) in [
        (Signal::TERM, "ended 143"),
        (Signal::HUP, "ended 129"),
        (Signal::INT, "ended 130"),
        (Signal::QUIT, "ended 131"),
        (Signal::ABORT, "ended 134"),
        (Signal::USR1, "ended 138"),
        (Signal::USR2, "ended 140"),
        (Signal::ALARM, "ended 142"),
    ] {
        let place = place();
        let mut terminal = shell(&place);
        kill_process(editor(&place), signal).unwrap();
        terminal.wait_for(status);
        restored(&mut terminal);
    }
}

#[test]
fn a_stopped_editor_comes_back_locked() {
    let place = place();
    let mut terminal = shell(&place);
    let editor = editor(&place);
    terminal.send("\x1a");
    terminal.wait_until("the normal screen", |terminal| {
        !terminal.screen().alternate_screen()
    });
    let state = format!("/proc/{}/stat", editor.as_raw_nonzero());
    while !std::fs::read_to_string(&state).unwrap().contains(") T ") {
        std::thread::yield_now();
    }
    assert!(!terminal.text().contains("hunter2"));
    kill_process(editor, Signal::CONT).unwrap();
    terminal.wait_until("the editor", |terminal| terminal.screen().alternate_screen());
    terminal.wait_for("Locked");
    assert!(!terminal.text().contains("pass_sops_cypher"));
    terminal.send("\r");
    terminal.wait_for("pass_sops_cypher");
    assert!(!terminal.text().contains("hunter2"));
    terminal.send("q");
    terminal.wait_for("ended 0");
    restored(&mut terminal);
}
