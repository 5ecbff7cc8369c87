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

#[test]
fn what_may_not_be_read_is_counted_in_the_list_and_named_with_the_reason() {
    let key = std::fs::read_to_string(crate::support::data("keys/age1.txt")).unwrap();
    let sealed = hands::place_with(hands::PLAINTEXT).read(FILE);
    for (size, file) in [(Size(120, 40), true), (Size(80, 24), true), (Size(80, 24), false)] {
        let place = Sandbox::without_keys().variable("SOPS_AGE_KEY", key.lines().last().unwrap());
        std::fs::create_dir(place.path("closed")).unwrap();
        place.write("closed/inside.yaml", &sealed);
        place.write("mine.yaml", &sealed);
        let Some(user) = Unprivileged::new(&place) else {
            skipped("folders that may not be read", "setpriv is missing");
            return;
        };
        if file {
            place.write(FILE, &sealed);
            user.give(&place.path(FILE), 0o644);
        }
        user.give(&place.path("closed"), 0o000);
        user.give(&place.path("mine.yaml"), 0o000);
        user.give(&place.path(""), 0o755);
        let (program, arguments) = user.command(&[]);
        let folder = place.path("");
        let mut terminal = Terminal::start(&program, arguments, place.environment(), &folder, size);
        terminal.wait_for("2 not looked into");
        terminal.wait_for(if file { FILE } else { "no SOPS files here" });
        terminal.send("I");
        terminal.wait_for("closed  cannot be read (permission denied)");
        terminal.wait_for("mine.yaml  cannot be read (permission denied)");
        terminal.send("q");
        terminal.wait_without("permission denied");
        hands::quit(&mut terminal);
        // So that the sandbox can be removed.
        user.give(&place.path("closed"), 0o755);
    }
}
