//! The list of files, new files, and files that may not be changed, in three sizes of terminal.

use super::hands::{self, ENTER, FILE};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use crate::support::{AGE1, installed, skipped};
use std::path::Path;

const SIZES: [Size; 3] = [Size(80, 24), Size(120, 30), Size(60, 20)];

/// The file, with a rule for it, for `charts/`, and a plain file that the rule is for.
fn place() -> Sandbox {
    let place = hands::place_with(hands::PLAINTEXT);
    let rules = format!(
        "creation_rules:\n  - path_regex: values\\.sops\\.yaml$\n    encrypted_suffix: _sops_cypher\n    age: {AGE1}\n"
    );
    place.write(".sops.yaml", rules);
    std::fs::create_dir_all(place.path("charts/web")).unwrap();
    place.write("charts/web/values.sops.yaml", "a_sops_cypher: plain\n");
    place
}

#[test]
fn a_new_file_is_made_by_its_rule_and_opened() {
    for size in SIZES {
        let place = place();
        let mut terminal = hands::open(&place, size, "gatus");
        terminal.send("1a");
        terminal.wait_for("Kubernetes Secret");
        terminal.send("j\r");
        terminal.wait_for("New file: Helm values");
        terminal.send(hands::CTRL_U);
        terminal.send("charts/new/values.sops.yaml\r");
        terminal.wait_for("password_sops_cypher");
        terminal.wait_for("# secret values");
        hands::quit(&mut terminal);
        let made = String::from_utf8(place.read("charts/new/values.sops.yaml")).unwrap();
        assert!(made.contains("password_sops_cypher: ENC["), "{made}");
    }
}

#[test]
fn a_plain_file_is_listed_on_request_and_encrypted_where_it_stands() {
    for size in SIZES {
        let place = place();
        let mut terminal = hands::open(&place, size, "gatus");
        terminal.send("1f");
        terminal.wait_for("charts/web/");
        terminal.wait_for("! values.sops");
        terminal.send("G\r");
        terminal.wait_for("Encrypt charts/web/values.sops.yaml?");
        terminal.send("y");
        terminal.wait_for("a_sops_cypher");
        hands::quit(&mut terminal);
        let made = String::from_utf8(place.read("charts/web/values.sops.yaml")).unwrap();
        assert!(made.starts_with("a_sops_cypher: ENC["), "{made}");
    }
}

#[test]
fn the_list_says_what_git_says() {
    let test = "the_list_says_what_git_says";
    if !installed("git") {
        return skipped(test, "there is no git");
    }
    for size in SIZES {
        let place = place();
        let git = |arguments: &[&str]| {
            let who = [
                "-c",
                "user.name=ci",
                "-c",
                "user.email=ci@localhost",
                "-c",
                "commit.gpgsign=false",
            ];
            let all: Vec<&str> = who.iter().chain(arguments).copied().collect();
            assert_eq!(
                place.run(Path::new("git"), all, b"").code,
                Some(0),
                "{arguments:?}"
            );
        };
        git(&["init", "-q"]);
        git(&["add", FILE]);
        git(&["commit", "-q", "-m", "x"]);
        let mut terminal = hands::open(&place, size, "gatus");
        hands::replace_value(&mut terminal, "password", "n3w");
        hands::save(&mut terminal);
        terminal.send("1");
        terminal.wait_until("M behind the name", |terminal| {
            let text = terminal.text();
            text.lines().any(|line| {
                line.contains("values.sops.y") && line.split('│').any(|part| part.trim_end().ends_with(" M"))
            })
        });
        hands::quit(&mut terminal);
    }
}

#[test]
fn nothing_is_changed_when_the_editor_is_opened_read_only() {
    for size in SIZES {
        let place = place();
        let before = place.read(FILE);
        let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
        let mut terminal = Terminal::start(
            program,
            ["open", "--read-only", FILE],
            place.environment(),
            &place.path(""),
            size,
        );
        terminal.wait_for("gatus");
        for key in ["e", "a", "d", "c", "C", "T", "t", "J", "E"] {
            terminal.send("\x0c");
            terminal.send(key);
            terminal.wait_for("opened read-only");
        }
        terminal.send(ENTER);
        hands::quit(&mut terminal);
        assert_eq!(place.read(FILE), before);
    }
}

#[test]
fn a_file_is_listed_with_all_of_its_repository_and_selected_there() {
    for size in SIZES {
        let place = place();
        for folder in [".git", "below/deep"] {
            std::fs::create_dir_all(place.path(folder)).unwrap();
        }
        place.write("below/deep/inner.sops.yaml", place.read(FILE));
        let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
        let (environment, folder) = (place.environment(), place.path("below"));
        let file = ["../below/deep/inner.sops.yaml"];
        let mut terminal = Terminal::start(program, file, environment, &folder, size);
        terminal.wait_for("gatus");
        terminal.wait_for("below/deep/inner.sops.yaml");
        terminal.send("1");
        terminal.wait_for("▾ below/deep/");
        terminal.wait_for("● inner.sops");
        terminal.wait_for("values.sops");
        // The line above the selected one is its folder.
        terminal.send("k\r");
        terminal.wait_for("▸ below/deep/");
        terminal.wait_without("inner.sops.ya│");
        terminal.send("l");
        terminal.wait_for("● inner.sops");
        hands::quit(&mut terminal);
    }
}
