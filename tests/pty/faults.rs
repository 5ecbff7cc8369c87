//! Saving where it cannot work: said plainly, the file as it was, the edit still there.

use super::hands::{self, ENTER, FILE};
use crate::support::machine::{Unprivileged, can_make_disks, on_a_full_disk};
use crate::support::sandbox::Sandbox;
use crate::support::skipped;
use crate::support::terminal::{Size, Terminal};

/// Tries to save an edit, and takes it for lost.
fn fail_to_save(terminal: &mut Terminal, message: &str) {
    terminal.wait_for("password");
    hands::replace_value(terminal, "password", "correct horse");
    hands::accept_change(terminal);
    terminal.wait_for(message);
    terminal.send(ENTER);
    terminal.wait_without(message);
    terminal.wait_for("1 change");
    terminal.send(&format!(":quit-without-saving{ENTER}"));
}

#[test]
fn a_folder_that_is_read_only_is_named_and_the_edit_is_kept() {
    let key = std::fs::read_to_string(crate::support::data("keys/age1.txt")).unwrap();
    let sealed = hands::place_with(hands::PLAINTEXT).read(FILE);
    let place = Sandbox::without_keys().variable("SOPS_AGE_KEY", key.lines().last().unwrap());
    place.write(FILE, &sealed);
    let Some(user) = Unprivileged::new(&place) else {
        skipped("saving in a read-only folder", "setpriv is missing");
        return;
    };
    user.give(&place.path(FILE), 0o644);
    user.give(&place.path(""), 0o555);
    let (program, arguments) = user.command(&[FILE]);
    let folder = place.path("");
    let mut terminal = Terminal::start(&program, arguments, place.environment(), &folder, Size(120, 40));
    fail_to_save(&mut terminal, "takes no new files");
    assert_eq!(terminal.wait_for_exit(), 0);
    assert_eq!(place.read(FILE), sealed);
}

#[test]
fn a_full_disk_is_named_and_the_file_is_as_before() {
    let place = hands::place_with(&format!("{}text: {}\n", hands::PLAINTEXT, "x".repeat(4_000)));
    if !can_make_disks(&place) {
        skipped(
            "the editor on a full disk",
            "unshare is missing or may not mount here",
        );
        return;
    }
    let (program, arguments) = on_a_full_disk(FILE, &format!("{} {FILE}", env!("CARGO_BIN_EXE_lazysops")));
    let folder = place.path("");
    let mut terminal = Terminal::start(&program, arguments, place.environment(), &folder, Size(120, 40));
    fail_to_save(&mut terminal, "os error 28");
    terminal.wait_for("file as before");
    terminal.wait_for(&format!("files filler {FILE}"));
    assert_eq!(terminal.wait_for_exit(), 0);
}
