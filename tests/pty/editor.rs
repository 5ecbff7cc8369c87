//! The editor as its user meets it: open, change one value, save, and what stands in git afterwards.

use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use crate::support::{AGE1, sops};
use std::path::Path;

const VALUES: &str = "\
# values of the status page
gatus:
    target_version: 1.2.3
    slack_webhook_sops_cypher: https://hooks.example/T0/B0/x
    username_sops_cypher: admin
    password_sops_cypher: hunter2
";

/// Keys by the names the keymap has for them.
const CTRL_S: &str = "\x13";
const CTRL_U: &str = "\x15";
const ENTER: &str = "\r";

/// A folder with `.sops.yaml` and the file of the first slice, sealed by `program`.
fn place(program: &Path) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    let rules = format!("creation_rules:\n    - encrypted_suffix: '_sops_cypher'\n      age: {AGE1}\n");
    place.write(".sops.yaml", rules);
    place.write("values.sops.yaml", VALUES);
    place.write("other.sops.yaml", "other_sops_cypher: 1\n");
    for file in ["values.sops.yaml", "other.sops.yaml"] {
        let sealed = place.run(program, ["--encrypt", "--in-place", file], b"");
        assert_eq!(sealed.code, Some(0), "{}", sealed.stderr);
    }
    place
}

/// The place as sealed by our own command.
fn own_place() -> Sandbox {
    place(Path::new(env!("CARGO_BIN_EXE_lazysops")))
}

/// The editor on the file.
fn edit(place: &Sandbox, size: Size) -> Terminal {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    Terminal::start(
        program,
        ["values.sops.yaml"],
        place.environment(),
        &place.path(""),
        size,
    )
}

/// The keys of the lines that differ, each once. When both were written in the same second, `lastmodified` is not there.
fn differing(before: &[u8], after: &[u8]) -> Vec<String> {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    let diff = similar::TextDiff::from_lines(before.as_ref(), after.as_ref());
    let count = |tag| {
        diff.iter_all_changes()
            .filter(|change| change.tag() == tag)
            .count()
    };
    assert_eq!(
        count(similar::ChangeTag::Insert),
        count(similar::ChangeTag::Delete)
    );
    diff.iter_all_changes()
        .filter(|change| change.tag() == similar::ChangeTag::Insert)
        .map(|change| change.value().trim().split(':').next().unwrap().to_owned())
        .filter(|key| key != "lastmodified")
        .collect()
}

/// Leaves the editor and looks at what it left behind: the screen is as before, and nowhere stands the secret.
fn leave(mut terminal: Terminal, secrets: &[&str]) {
    terminal.send("q");
    assert_eq!(terminal.wait_for_exit(), 0);
    assert!(!terminal.screen().alternate_screen());
    assert!(!terminal.screen().hide_cursor());
    assert!(!terminal.screen().bracketed_paste());
    for secret in secrets {
        assert!(!terminal.text().contains(secret));
    }
}

#[test]
fn one_value_changes_and_git_shows_three_lines() {
    let Some(sops) = sops("one_value_changes_and_git_shows_three_lines") else {
        return;
    };
    let place = place(&sops);
    let before = place.read("values.sops.yaml");
    let mut terminal = edit(&place, Size(120, 40));
    terminal.wait_for("password_sops_cypher");
    terminal.wait_for("other.sops.yaml");
    assert!(terminal.text().contains("••••••••"));
    assert!(!terminal.text().contains("hunter2"));
    terminal.send("/pass\r");
    terminal.send("e");
    terminal.wait_for("str · encrypted");
    terminal.send(CTRL_U);
    terminal.send("n3w p4ss");
    terminal.send(ENTER);
    terminal.wait_for("1 change");
    terminal.send(CTRL_S);
    terminal.wait_for("Save 1 change to values.sops.yaml");
    terminal.send(ENTER);
    terminal.wait_for("saved values.sops.yaml");
    assert!(!terminal.output().windows(8).any(|window| window == b"n3w p4ss"));
    leave(terminal, &["hunter2", "n3w p4ss"]);
    let after = place.read("values.sops.yaml");
    assert_eq!(differing(&before, &after), ["password_sops_cypher", "mac"]);
    let opened = place.run(&sops, ["--decrypt", "values.sops.yaml"], b"");
    assert_eq!(
        String::from_utf8(opened.stdout).unwrap(),
        VALUES.replace("hunter2", "n3w p4ss"),
        "{}",
        opened.stderr
    );
}

#[test]
fn entries_are_added_deleted_renamed_and_the_real_sops_reads_them() {
    let Some(sops) = sops("entries_are_added_deleted_renamed_and_the_real_sops_reads_them") else {
        return;
    };
    let place = place(&sops);
    let mut terminal = edit(&place, Size(80, 24));
    terminal.wait_for("password_sops_cypher");
    terminal.send("/webhook\rd");
    terminal.wait_for("deleted");
    terminal.send("/target\rc");
    terminal.wait_for("Rename gatus.target_version");
    terminal.send(CTRL_U);
    terminal.send("version\r");
    terminal.wait_for("2 changes");
    terminal.send("Ga");
    terminal.wait_for("New key in gatus");
    terminal.send("token\r");
    terminal.wait_for("Value of token_sops_cypher");
    terminal.send("t0ken\r");
    terminal.wait_for("3 changes");
    terminal.send("uu\x12");
    terminal.wait_for("2 changes");
    terminal.send("\x12");
    terminal.wait_for("3 changes");
    terminal.send(CTRL_S);
    terminal.send(ENTER);
    terminal.wait_for("saved values.sops.yaml");
    leave(terminal, &["t0ken"]);
    let opened = place.run(&sops, ["--decrypt", "values.sops.yaml"], b"");
    assert_eq!(
        String::from_utf8(opened.stdout).unwrap(),
        "# values of the status page\ngatus:\n    version: 1.2.3\n    username_sops_cypher: admin\n    \
         password_sops_cypher: hunter2\n    token_sops_cypher: t0ken\n",
        "{}",
        opened.stderr
    );
}

#[test]
fn quitting_with_unsaved_changes_asks_and_writes_nothing() {
    let place = own_place();
    let before = place.read("values.sops.yaml");
    let mut terminal = edit(&place, Size(40, 12));
    terminal.wait_for("target_vers");
    terminal.send("Gd");
    terminal.wait_for("1 change");
    terminal.send("\x03");
    terminal.wait_for("1 change is not saved.");
    terminal.send("y");
    assert_eq!(terminal.wait_for_exit(), 0);
    assert_eq!(place.read("values.sops.yaml"), before);
}

#[test]
fn another_file_of_the_folder_is_opened() {
    let place = own_place();
    let mut terminal = edit(&place, Size(80, 24));
    terminal.wait_for("other.sops.yaml");
    terminal.wait_for("password_sops_cypher");
    terminal.send("1gg");
    terminal.send(ENTER);
    terminal.wait_for("other_sops_cypher");
    terminal.wait_without("password_sops_cypher");
    leave(terminal, &[]);
}

#[test]
fn the_demo_needs_nothing_and_leaves_nothing() {
    let place = Sandbox::without_keys();
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let mut terminal = Terminal::start(
        program,
        ["--demo"],
        place.environment(),
        &place.path(""),
        Size(120, 40),
    );
    terminal.wait_for("unlocked by age");
    terminal.wait_for("app.env");
    leave(terminal, &[]);
    let left = std::fs::read_dir(place.path("../")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        left.iter().all(|name| name == "home" || name == "work"),
        "{left:?}"
    );
}

#[test]
fn many_lines_and_comments_reach_the_file_as_they_were_typed() {
    let place = own_place();
    let mut terminal = edit(&place, Size(80, 24));
    terminal.wait_for("password_sops_cypher");
    terminal.send("/pass\re");
    terminal.wait_for("str · encrypted");
    terminal.send(CTRL_U);
    terminal.send("\x05");
    terminal.wait_for("1 line");
    terminal.send("\x1b[200~-----BEGIN-----\rabc\r-----END-----\r\x1b[201~");
    terminal.wait_for("4 lines");
    terminal.send(CTRL_S);
    terminal.wait_for("1 change");
    terminal.send("#");
    terminal.wait_for("New comment");
    terminal.send("rotated\r");
    terminal.wait_for("2 changes");
    terminal.send(CTRL_S);
    terminal.wait_for("Save 2 changes");
    terminal.send(ENTER);
    terminal.wait_for("saved values.sops.yaml");
    leave(terminal, &["BEGIN"]);
    let opened = place.lazysops(["decrypt", "values.sops.yaml"]);
    let expected = VALUES.replace(
        "password_sops_cypher: hunter2",
        "# rotated\n    password_sops_cypher: |\n        -----BEGIN-----\n        abc\n        -----END-----",
    );
    assert_eq!(String::from_utf8(opened.stdout).unwrap(), expected);
}

#[test]
fn a_paste_that_comes_in_two_parts_is_taken_whole() {
    let place = own_place();
    let mut terminal = edit(&place, Size(80, 24));
    terminal.wait_for("password_sops_cypher");
    terminal.send("/pass\re\x15\x14");
    terminal.wait_for("str · encrypted");
    // A key and the beginning of a paste in one go: after the key is taken in, what was typed is forgotten.
    terminal.send("a\x1b[200~first half, ");
    terminal.wait_for("│ a ");
    terminal.send("second half\x1b[201~z");
    terminal.wait_for("afirst half, second halfz");
    let long = "0123456789".repeat(10_000);
    terminal.send(&format!("\x1b[200~{long}\x1b[201~"));
    terminal.send("\r");
    terminal.wait_for("1 change");
    terminal.send(CTRL_S);
    terminal.wait_for("Save 1 change");
    terminal.send(ENTER);
    terminal.wait_for("saved values.sops.yaml");
    leave(terminal, &[]);
    let value = place.lazysops([
        "decrypt",
        "--extract",
        "[\"gatus\"][\"password_sops_cypher\"]",
        "values.sops.yaml",
    ]);
    let expected = format!("afirst half, second halfz{long}");
    assert!(
        value.stdout == expected.as_bytes(),
        "{} bytes",
        value.stdout.len()
    );
}
