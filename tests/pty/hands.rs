//! What a person does in the editor, on a file that we encrypted.

use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

pub const FILE: &str = "values.sops.yaml";

/// The file that most tests open.
pub const PLAINTEXT: &str = "\
# values of the status page
gatus:
    target_version: 1.2.3
    slack_webhook_sops_cypher: https://hooks.example/T0/B0/x
    username_sops_cypher: admin
    password_sops_cypher: hunter2
";

/// Control keys.
pub const CTRL_S: &str = "\x13";
pub const CTRL_U: &str = "\x15";
pub const ENTER: &str = "\r";

/// A place where `FILE` holds `plaintext`, encrypted for the key in `tests/data/keys/age1.txt`.
pub fn place_with(plaintext: &str) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write(FILE, plaintext);
    let arguments = [
        "encrypt",
        "-i",
        "--age",
        AGE1,
        "--encrypted-suffix",
        "_sops_cypher",
        FILE,
    ];
    let outcome = place.lazysops(arguments);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    place
}

/// Opens `FILE` and waits for its first key.
pub fn open(place: &Sandbox, size: Size, first_key: &str) -> Terminal {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let mut terminal = Terminal::start(program, [FILE], place.environment(), &place.path(""), size);
    terminal.wait_for(first_key);
    terminal
}

/// Goes to the value whose path `filter` finds, and types another.
pub fn replace_value(terminal: &mut Terminal, filter: &str, value: &str) {
    terminal.send(&format!("/{filter}{ENTER}e{CTRL_U}{value}{ENTER}"));
}

/// Lists the one change and accepts it.
pub fn accept_change(terminal: &mut Terminal) {
    terminal.send(CTRL_S);
    terminal.wait_for("Save 1 change to");
    terminal.send(ENTER);
}

/// Saves the one change. What says so stays: the frame around the file counts its changes.
pub fn save(terminal: &mut Terminal) {
    accept_change(terminal);
    terminal.wait_without("1 change");
    terminal.wait_for("saved");
}

/// Locks, and waits until nothing of the keys is left on the screen.
pub fn lock(terminal: &mut Terminal) {
    terminal.send("L");
    terminal.wait_for("Locked");
    terminal.wait_without("password");
}

/// Quits an editor without unsaved changes.
pub fn quit(terminal: &mut Terminal) {
    terminal.send("q");
    assert_eq!(terminal.wait_for_exit(), 0);
}

/// One value of `FILE`, decrypted.
pub fn value(place: &Sandbox, path: &str) -> String {
    let outcome = place.lazysops(["decrypt", "--extract", path, FILE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    String::from_utf8(outcome.stdout).unwrap()
}

/// A place where the only clipboard is a program that keeps the text in `bin/held` after the editor is gone, and in `bin/seen` what it
/// was given.
pub fn with_a_tool(place: Sandbox) -> Sandbox {
    let script = "#!/bin/sh\nheld=\"${0%/*}/held\"\nenv > \"${0%/*}/seen\"; printf '%s ' \"$@\" >> \"${0%/*}/seen\"\n\
        for word; do case $word in -out) exec cat \"$held\";; esac; done\nexec cat > \"$held\"\n";
    std::fs::create_dir(place.path("bin")).unwrap();
    executable(&place.path("bin/xclip"), script);
    let search = format!(
        "{}:{}",
        place.path("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    place
        .variable("PATH", &search)
        .variable("DISPLAY", ":4242")
        .variable("VAULT_TOKEN", "token-of-nobody")
}
