//! The table "What differs between the faces" of `docs/security.md`, a test for each row: what the editor, the commands that sops
//! does not have, the commands of sops, and these with `--strict` do in the same danger; in all five formats where a file is in it.

mod files;
mod rules;
mod screen;
#[cfg(feature = "vault")]
mod servers;

use crate::support::AGE1;
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");

/// A file of each format with the value `hunter2`: its name, its text, and a part of the path of the value.
pub const FORMATS: [(&str, &str, &str); 5] = [
    ("a.yaml", "note: open\npassword: hunter2\n", "password"),
    (
        "a.json",
        "{\n\t\"note\": \"open\",\n\t\"password\": \"hunter2\"\n}\n",
        "password",
    ),
    ("a.env", "note=open\npassword=hunter2\n", "password"),
    ("a.ini", "[web]\nnote = open\npassword = hunter2\n", "password"),
    ("a.bin", "hunter2", "data"),
];

/// A place with one of [`FORMATS`], encrypted; the note stays readable where the format has one.
pub fn sealed(format: (&str, &str, &str)) -> Sandbox {
    let (name, text, _) = format;
    let place = Sandbox::with_key("age1.txt");
    place.write(name, text);
    let arguments = [
        "encrypt",
        "-i",
        "--age",
        AGE1,
        "--unencrypted-regex",
        "^note$",
        name,
    ];
    ok(&place.lazysops(arguments));
    place
}

#[track_caller]
pub fn ok(outcome: &Outcome) {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

/// A refusal that says why, prints nothing, and leaves the file alone.
#[track_caller]
pub fn refused(place: &Sandbox, name: &str, arguments: &[&str], why: &str) {
    let before = place.read(name);
    let outcome = place.lazysops(arguments);
    assert_ne!(outcome.code, Some(0), "{arguments:?}: {}", outcome.stderr);
    assert!(outcome.stderr.contains(why), "{arguments:?}: {}", outcome.stderr);
    assert_eq!(place.read(name), before, "{arguments:?}");
}

/// Done, with a warning of this in one line.
#[track_caller]
pub fn warned(place: &Sandbox, arguments: &[&str], of: &str) {
    let outcome = place.lazysops(arguments);
    ok(&outcome);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("warning: ") && line.contains(of)),
        "{arguments:?}: {lines:?}"
    );
}

/// lazysops on a terminal.
pub fn on_terminal(place: &Sandbox, arguments: &[&str]) -> Terminal {
    let environment = place.environment();
    Terminal::start(
        Path::new(PROGRAM),
        arguments,
        environment,
        &place.path(""),
        Size(120, 40),
    )
}

/// The editor on a file that opens, with another value typed over one, not saved yet.
pub fn edited(place: &Sandbox, format: (&str, &str, &str)) -> Terminal {
    let (name, _, value) = format;
    let mut terminal = on_terminal(place, &[name]);
    terminal.wait_for("••••");
    terminal.send(&format!("/{value}\re\x15correct horse\r"));
    terminal.wait_for("1 change");
    terminal
}

/// Lists the one change and accepts it.
pub fn save(terminal: &mut Terminal) {
    terminal.send("\x13");
    terminal.wait_for("Save 1 change to");
    terminal.send("\r");
}

/// Leaves without saving what was changed.
pub fn leave(terminal: &mut Terminal) {
    terminal.send(":quit-without-saving\r");
    assert_eq!(terminal.wait_for_exit(), 0);
}

/// The whole file, decrypted.
pub fn decrypted(place: &Sandbox, name: &str) -> String {
    let outcome = place.lazysops(["decrypt", name]);
    ok(&outcome);
    String::from_utf8(outcome.stdout).unwrap()
}
