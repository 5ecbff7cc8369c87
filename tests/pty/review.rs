//! The review in a terminal: three secrets change, one is committed, and none is seen before it is revealed.

use super::hands::{ENTER, FILE, place_with};
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::script::executable;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");
const CTRL_S: &str = "\x13";
const SPACE: &str = " ";

const BEFORE: &str = "\
gatus:
    one_sops_cypher: planted-one-old
    two_sops_cypher: planted-two-old
    three_sops_cypher: planted-three-old
";

fn git(place: &Sandbox, words: &[&str]) -> Outcome {
    let done = place.run(Path::new("git"), words, b"");
    assert_eq!(done.code, Some(0), "git {words:?}: {}", done.stderr);
    done
}

/// A repository in which three secrets of one file changed.
fn changed() -> Sandbox {
    let place = place_with(BEFORE)
        .variable("GIT_CONFIG_NOSYSTEM", "1")
        .variable("GIT_AUTHOR_NAME", "ops-laptop")
        .variable("GIT_AUTHOR_EMAIL", "ops@localhost")
        .variable("GIT_COMMITTER_NAME", "ops-laptop")
        .variable("GIT_COMMITTER_EMAIL", "ops@localhost");
    git(&place, &["init", "-q", "-b", "main"]);
    git(&place, &["add", "-A"]);
    git(&place, &["commit", "-q", "-m", "first"]);
    for name in ["one", "two", "three"] {
        let path = format!("[\"gatus\"][\"{name}_sops_cypher\"]");
        let value = format!("\"planted-{name}-new\"");
        let done = place.lazysops(["set", FILE, &path, &value]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    }
    place
}

fn review(place: &Sandbox, size: Size) -> Terminal {
    let nothing: [&str; 0] = [];
    let mut terminal = Terminal::start(
        Path::new(PROGRAM),
        nothing,
        place.environment(),
        &place.path(""),
        size,
    );
    terminal.wait_for("values.sops");
    terminal.send("D");
    terminal.wait_for("gatus.one_sops_cypher");
    terminal
}

fn holds(terminal: &Terminal, text: &str) -> bool {
    let output = String::from_utf8_lossy(terminal.output()).into_owned();
    output.contains(text)
}

#[test]
fn of_three_changed_secrets_one_is_committed_and_the_others_stay() {
    let place = changed();
    let worktree = place.read(FILE);
    let mut terminal = review(&place, Size(120, 40));
    terminal.send("jj");
    terminal.send(SPACE);
    terminal.wait_without("gatus.two_sops_cypher");
    terminal.send("D");
    terminal.wait_for("HEAD → index");
    terminal.wait_for("gatus.two_sops_cypher");
    terminal.wait_without("gatus.one_sops_cypher");
    terminal.send("c");
    terminal.wait_for("Message of the commit");
    terminal.send(&format!("Change two{CTRL_S}"));
    terminal.wait_for("nothing differs here");
    assert!(!holds(&terminal, "planted"), "a secret was on the screen");
    terminal.send("q");
    terminal.wait_without("nothing differs here");
    terminal.send("q");
    assert_eq!(terminal.wait_for_exit(), 0);
    assert_eq!(git(&place, &["log", "-1", "--format=%s"]).stdout, b"Change two\n");
    assert_eq!(place.read(FILE), worktree);
    let committed = git(&place, &["show", &format!("HEAD:{FILE}")]).stdout;
    place.write("committed.sops.yaml", committed);
    let plain = place.lazysops(["decrypt", "committed.sops.yaml"]);
    assert_eq!(plain.code, Some(0), "{}", plain.stderr);
    assert_eq!(
        String::from_utf8_lossy(&plain.stdout),
        BEFORE.replace("two-old", "two-new")
    );
}

#[test]
fn a_planted_secret_is_never_on_screen_until_it_is_revealed_at_any_size() {
    for size in [Size(120, 40), Size(80, 24), Size(40, 12)] {
        let place = changed();
        let mut terminal = review(&place, size);
        for keys in ["j", "j", "G", "gg", "D"] {
            terminal.send(keys);
        }
        terminal.wait_for("nothing differs here");
        terminal.send("D");
        terminal.wait_for("Compare HEAD");
        terminal.send(&format!("HEAD{ENTER}"));
        terminal.wait_for("nothing differs here");
        terminal.send("DD");
        terminal.wait_for("gatus.one_sops_cypher");
        assert!(!holds(&terminal, "planted"));
        terminal.send("ggjr");
        terminal.wait_for("planted-one-new");
        assert!(!holds(&terminal, "planted-two"));
        terminal.send("X");
        terminal.wait_without("planted");
        terminal.send("qq");
        assert_eq!(terminal.wait_for_exit(), 0);
    }
}

#[test]
fn a_hook_that_refuses_is_told_and_nothing_is_committed() {
    let place = changed();
    let hook = place.path(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    executable(&hook, "#!/bin/sh\necho 'no commits on a friday'\nexit 1\n");
    let mut terminal = review(&place, Size(80, 24));
    terminal.send(SPACE);
    terminal.wait_for("nothing differs here");
    terminal.send("c");
    terminal.wait_for("Message of the commit");
    terminal.send(&format!("All{CTRL_S}"));
    terminal.wait_for("no commits on a friday");
    terminal.send("q");
    terminal.wait_without("no commits on a friday");
    assert_eq!(git(&place, &["log", "-1", "--format=%s"]).stdout, b"first\n");
}
