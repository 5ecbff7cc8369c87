//! `edit`: what the editor sees, what comes of it, and what is left behind.

use super::{fails, ok, sealed};
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::secret::{CANARY, files_with_the_secret};
use crate::support::terminal::{Size, Terminal};
use crate::support::{AGE1, installed, skipped};
use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");

/// The place with an editor that is a script for `sh`; `$1` is the file.
fn with_editor(place: Sandbox, script: &str) -> Sandbox {
    let path = place.write("../editor", script);
    place.variable("EDITOR", &format!("sh {}", path.display()))
}

fn decrypted(place: &Sandbox, file: &str) -> String {
    let outcome = place.lazysops(["decrypt", file]);
    ok(&outcome);
    String::from_utf8(outcome.stdout).unwrap()
}

fn edit(place: &Sandbox, stdin: &str) -> Outcome {
    place.run(Path::new(PROGRAM), ["edit", "a.yaml"], stdin.as_bytes())
}

#[test]
fn only_the_line_of_the_edited_value_and_the_seal_change() {
    let place = with_editor(sealed(), "sed -i s/hunter2/other/ \"$1\"");
    let before = String::from_utf8(place.read("a.yaml")).unwrap();
    // Layout that sops would not write stays, too.
    let before = before.replace("user:", "\n\nuser: ");
    place.write("a.yaml", &before);
    ok(&edit(&place, ""));
    assert_eq!(
        decrypted(&place, "a.yaml"),
        "# who\nuser: admin\npassword: other\n"
    );
    let after = String::from_utf8(place.read("a.yaml")).unwrap();
    let was: HashSet<&str> = before.lines().collect();
    let changed: Vec<&str> = after
        .lines()
        .filter(|line| !was.contains(line))
        .map(|line| line.trim().split(':').next().unwrap())
        .collect();
    let meant = ["password", "lastmodified", "mac"];
    assert!(changed.iter().all(|name| meant.contains(name)), "{changed:?}");
    assert_eq!(before.lines().count(), after.lines().count());
}

#[test]
fn the_editor_sees_the_real_name_in_a_private_folder_and_nothing_stays() {
    let script = "echo \"$1\"; stat -c '%a' \"$1\" \"$(dirname \"$1\")\"; env | grep -c AGE-SECRET; stat -f -c %T \"$1\"";
    let place = with_editor(sealed().variable("SOPS_AGE_KEY", "# none"), script);
    let outcome = edit(&place, "");
    assert_eq!(outcome.code, Some(200), "{}", outcome.stderr);
    assert_eq!(outcome.stderr, "Error: File has not changed, exiting.\n");
    let said = String::from_utf8(outcome.stdout).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert!(said[0].ends_with("/a.yaml"), "{said:?}");
    assert_eq!(said[1..], ["600", "700", "0", "tmpfs"]);
    assert!(!Path::new(said[0]).parent().unwrap().exists());
}

#[test]
fn a_new_file_starts_from_an_example_and_is_written_only_if_changed() {
    let place = with_editor(Sandbox::with_key("age1.txt"), "cat \"$1\"");
    let outcome = place.lazysops(["edit", "--age", AGE1, "new.yaml"]);
    assert_eq!(outcome.code, Some(200));
    assert!(
        String::from_utf8(outcome.stdout)
            .unwrap()
            .contains("password: example")
    );
    assert!(!place.path("new.yaml").exists());
    let place = with_editor(place, "echo 'a: 1' > \"$1\"");
    fails(
        &place.lazysops(["edit", "new.yaml"]),
        1,
        "Error: {}/new.yaml: config file not found, or has no creation rules, and no keys provided through command line \
         options\nhint: name a recipient with --age, or write a .sops.yaml with creation_rules\n"
            .replace("{}", place.path("").to_str().unwrap().trim_end_matches('/'))
            .as_str(),
    );
    ok(&place.lazysops(["edit", "--age", AGE1, "new.yaml"]));
    assert_eq!(decrypted(&place, "new.yaml"), "a: 1\n");
}

#[test]
fn a_text_that_cannot_be_saved_comes_back_to_the_editor() {
    let script = "if [ -e ../tried ]; then sed -n 1p \"$1\"; echo 'user: new' > \"$1\"; else touch ../tried; echo 'a: [' > \"$1\"; fi";
    let place = with_editor(sealed(), script);
    let outcome = edit(&place, "\n");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Press Enter to return to the editor"));
    assert_eq!(outcome.stdout, b"a: [\n", "the text is as it was left");
    assert_eq!(decrypted(&place, "a.yaml"), "user: new\n");
}

#[test]
fn an_editor_that_makes_the_same_mistake_for_ever_ends_when_nobody_is_there() {
    for (text, code) in [("a: [", 2), ("sops: x", 203), ("1: x", 23)] {
        let place = with_editor(sealed(), &format!("echo '{text}' > \"$1\""));
        let before = place.read("a.yaml");
        let outcome = edit(&place, "");
        assert_eq!(outcome.code, Some(code), "{text}: {}", outcome.stderr);
        assert_eq!(place.read("a.yaml"), before);
    }
}

#[test]
fn an_editor_that_fails_leaves_the_file_alone() {
    let place = sealed();
    let before = place.read("a.yaml");
    for (editor, code, said) in [
        ("false", 201, "the editor ended with exit status 1"),
        ("/no/such/editor", 201, "the editor cannot be started"),
        ("'", 201, "EDITOR is no command line"),
        ("rm", 2, "the edited file cannot be read"),
        ("sh -c 'kill -TERM $$'", 143, "stopped by signal 15"),
    ] {
        let place = sealed().variable("EDITOR", editor);
        place.write("a.yaml", &before);
        let outcome = edit(&place, "");
        assert_eq!(outcome.code, Some(code), "{editor}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(said), "{editor}: {}", outcome.stderr);
        assert_eq!(place.read("a.yaml"), before);
    }
}

#[test]
fn what_means_the_same_is_not_written() {
    let place = with_editor(sealed(), "echo >> \"$1\"");
    let before = place.read("a.yaml");
    ok(&edit(&place, ""));
    assert_eq!(place.read("a.yaml"), before);
}

#[test]
fn recipients_can_be_shown_and_the_edit_is_not_lost() {
    let place = with_editor(
        sealed(),
        "grep -c recipient: \"$1\"; sed -i s/hunter2/other/ \"$1\"",
    );
    let outcome = place.lazysops(["edit", "-s", "a.yaml"]);
    ok(&outcome);
    assert_eq!(outcome.stdout, b"1\n");
    assert!(decrypted(&place, "a.yaml").contains("password: other"));
    let place = with_editor(
        place,
        "sed -i 's/version: .*/version: 9.9.9/; s/other/third/' \"$1\"",
    );
    let outcome = place.lazysops(["edit", "-s", "a.yaml"]);
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("is not taken over"), "{}", outcome.stderr);
    assert!(decrypted(&place, "a.yaml").contains("password: third"));
}

#[test]
fn a_file_whose_mac_does_not_fit_is_edited_only_when_asked() {
    let place = with_editor(sealed(), "sed -i s/admin/root/ \"$1\"");
    let text = String::from_utf8(place.read("a.yaml")).unwrap();
    let without: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("password:"))
        .collect();
    place.write("a.yaml", without.join("\n") + "\n");
    assert_eq!(edit(&place, "").code, Some(51));
    ok(&place.lazysops(["edit", "--ignore-mac", "a.yaml"]));
    assert_eq!(decrypted(&place, "a.yaml"), "# who\nuser: root\n");
}

#[test]
fn flags_of_sops_and_a_file_mean_to_edit_it() {
    let place = with_editor(sealed(), "cat \"$1\"");
    for arguments in [
        &["--input-type", "yaml", "--output-type", "yaml", "a.yaml"][..],
        &["--ignore-mac", "a.yaml"],
        &["-i", "a.yaml"],
        &["edit", "a.yaml"],
    ] {
        let outcome = place.lazysops(arguments);
        assert_eq!(outcome.code, Some(200), "{arguments:?}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, super::PLAIN.as_bytes());
    }
}

#[test]
fn without_memory_the_text_goes_to_a_private_folder_with_a_warning_or_nowhere() {
    let test = "without_memory_the_text_goes_to_a_private_folder_with_a_warning_or_nowhere";
    let place = with_editor(sealed(), "stat -c %a \"$(dirname \"$1\")\"");
    // A kernel that lets a process have mounts of its own can hide the memory.
    let hidden = |flag: &str| {
        let script = format!("mount -t proc none /dev/shm || exit 99; '{PROGRAM}' edit {flag} a.yaml");
        place.run(
            Path::new("unshare"),
            ["-r", "-m", "-p", "-f", "sh", "-c", &script],
            b"",
        )
    };
    if !installed("unshare") || hidden("").code == Some(99) {
        skipped(test, "there is no unshare that may mount");
        return;
    }
    let outcome = hidden("");
    assert_eq!(outcome.code, Some(200), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, b"700\n");
    assert!(
        outcome
            .stderr
            .starts_with("warning: the text is edited in a temporary folder")
    );
    let strict = hidden("--strict");
    assert_eq!(strict.code, Some(201), "{}", strict.stderr);
    assert!(strict.stdout.is_empty());
}

#[test]
fn whatever_ends_it_nothing_decrypted_is_left() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", format!("a: old\nb: {CANARY}\n"));
    ok(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]));
    let place = with_editor(place, "echo \"$1\"; echo $$; exec sleep 600 >/dev/null");
    let kill = |signal: &str, id: &str| place.run(Path::new("kill"), ["-s", signal, id], b"").code;
    for signal in ["HUP", "TERM", "INT", "QUIT", "ABRT", "KILL"] {
        let mut child = Command::new(PROGRAM)
            .args(["edit", "a.yaml"])
            .env_clear()
            .envs(place.environment())
            .current_dir(place.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let path = said.next().expect("the editor runs").unwrap();
        let editor = said.next().unwrap().unwrap();
        let folder = Path::new(&path).parent().unwrap();
        assert!(folder.exists());
        assert_eq!(kill(signal, &child.id().to_string()), Some(0));
        child.wait().unwrap();
        wait_without(folder);
        assert_eq!(
            files_with_the_secret(place.root()),
            Vec::<String>::new(),
            "{signal}"
        );
        // What cannot be caught leaves the editor alone, without its file.
        let _ = kill("KILL", &editor);
    }
}

/// Waits until the guardian has removed a folder. There is no event to wait for: it is a process of its own.
pub fn wait_without(folder: &Path) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while folder.exists() {
        assert!(
            std::time::Instant::now() < deadline,
            "{} is left",
            folder.display()
        );
        std::thread::yield_now();
    }
}

#[test]
fn keys_of_the_terminal_are_the_editors_business() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "a: old\n");
    ok(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]));
    let place = with_editor(
        place,
        "trap 'echo caught; echo \"a: new\" > \"$1\"; exit 0' INT; echo ready; while :; do sleep 1; done",
    );
    let mut terminal = Terminal::start(
        Path::new(PROGRAM),
        ["edit", "a.yaml"],
        place.environment(),
        &place.path(""),
        Size(80, 24),
    );
    terminal.wait_for("ready");
    terminal.send("\x03");
    terminal.wait_for("caught");
    let code = terminal.wait_for_exit();
    assert_eq!(code, 0, "{}", terminal.text());
    assert_eq!(decrypted(&place, "a.yaml"), "a: new\n");
}
