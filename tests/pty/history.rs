//! The history of a value in the editor: across a new data key and another name of the file, revealed, and restored.

use super::hands::{self, CTRL_S, ENTER, FILE};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const SECRETS: [&str; 3] = ["hunter2", "planted-second", "planted-third"];
const PASSWORD: &str = "[\"gatus\"][\"password_sops_cypher\"]";

fn git(place: &Sandbox, words: &[&str]) {
    let who = ["-c", "user.name=ops", "-c", "user.email=ops@localhost"];
    let outcome = place.run(Path::new("git"), who.iter().chain(words), b"");
    assert_eq!(outcome.code, Some(0), "git {words:?}: {}", outcome.stderr);
}

fn done(place: &Sandbox, words: &[&str], subject: &str) {
    let outcome = place.lazysops(words);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    git(place, &["add", "-A"]);
    git(place, &["commit", "-q", "-m", subject]);
}

/// A file that had another name, whose password changed twice, and whose data key was rotated.
fn past() -> Sandbox {
    let place = hands::place_with(hands::PLAINTEXT).variable("GIT_CONFIG_NOSYSTEM", "1");
    git(&place, &["init", "-q", "-b", "main"]);
    let old = "old.sops.yaml";
    std::fs::rename(place.path(FILE), place.path(old)).unwrap();
    done(&place, &["filestatus", old], "begin");
    done(&place, &["set", old, PASSWORD, "\"planted-second\""], "second");
    git(&place, &["mv", old, FILE]);
    done(&place, &["rotate", "-i", FILE], "rename and rotate");
    done(&place, &["set", FILE, PASSWORD, "\"planted-third\""], "third");
    place
}

#[test]
fn an_old_value_is_found_behind_a_rotation_and_a_rename_shown_and_restored() {
    for size in [Size(120, 40), Size(80, 24), Size(40, 12)] {
        let place = past();
        let mut terminal: Terminal = hands::open(&place, size, "gatus");
        terminal.send("/pass\rb");
        terminal.wait_for("begin");
        terminal.wait_for("second");
        terminal.wait_for("third");
        let text = terminal.text();
        assert!(!text.contains("rename and rotate"), "{text}");
        terminal.send("j");
        terminal.wait_for("readable by");
        let text = terminal.text();
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
        terminal.send("r");
        terminal.wait_for("planted-second");
        assert!(!terminal.text().contains("planted-third"));
        terminal.send("r");
        terminal.wait_without("planted-second");
        terminal.send(ENTER);
        terminal.wait_without("third");
        terminal.send(CTRL_S);
        terminal.wait_for("Save 1 change");
        terminal.send(ENTER);
        terminal.wait_for("saved");
        hands::quit(&mut terminal);
        let history = terminal.history();
        assert!(SECRETS.iter().all(|secret| !history.contains(secret)));
        assert_eq!(hands::value(&place, PASSWORD), "planted-second");
    }
}
