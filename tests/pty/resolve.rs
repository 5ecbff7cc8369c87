//! A merge that git could not make, resolved in a terminal, by value, up to the commit.

use super::hands::{self, CTRL_S};
use crate::support::sandbox::Sandbox;
use crate::support::sops;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const FILE: &str = "charts/status-page/values.sops.yaml";
/// What the other branch has made of the password, and what ours has made of it.
const SECRETS: [&str; 2] = ["what-the-others-chose", "correct-horse"];

/// The demo, in git.
fn in_git() -> Sandbox {
    let place = Sandbox::without_keys();
    let folder = place.path("demo");
    let made = place.lazysops(["--demo-dir", folder.to_str().unwrap()]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let place = place.variable("SOPS_AGE_KEY_FILE", folder.join("key.txt").to_str().unwrap());
    git(&place, &["config", "user.name", "ops-laptop"]);
    git(&place, &["config", "user.email", "ops@localhost"]);
    place
}

/// The demo, in the middle of a merge.
fn demo() -> Sandbox {
    let place = in_git();
    git(&place, &["merge", "-q", "other-team"]);
    assert!(
        status(&place).contains("UU "),
        "the merge must stop: {}",
        status(&place)
    );
    place
}

fn git(place: &Sandbox, words: &[&str]) -> String {
    let folder = place.path("demo");
    let words = [&["-C", folder.to_str().unwrap()], words].concat();
    let done = place.run(Path::new("git"), words, b"");
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn status(place: &Sandbox) -> String {
    git(place, &["status", "--porcelain", "--untracked-files=no"])
}

fn open(place: &Sandbox, size: Size) -> Terminal {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let folder = place.path("demo");
    let mut terminal = Terminal::start(program, [FILE], place.environment(), &folder, size);
    terminal.wait_for("Resolve");
    terminal
}

fn shown(terminal: &Terminal) -> String {
    String::from_utf8_lossy(terminal.output()).into_owned()
}

#[test]
fn a_merge_is_resolved_and_committed_and_no_secret_was_on_screen_before_it_was_asked_for() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let place = demo();
        let mut terminal = open(&place, Size(width, height));
        terminal.send("y");
        terminal.wait_for("password_sops");
        terminal.wait_for("open");
        for secret in SECRETS {
            assert!(!shown(&terminal).contains(secret), "{secret} at {width}x{height}");
        }
        terminal.send("r");
        terminal.wait_for("what-the-others");
        terminal.send("l");
        terminal.wait_without("what-the-others");
        terminal.wait_for("is decided");
        terminal.send(CTRL_S);
        terminal.wait_for("Write and git add");
        terminal.send("y");
        terminal.wait_for("Commit the merge");
        terminal.send("y");
        terminal.wait_for("the merge is committed");
        hands::quit(&mut terminal);
        assert_eq!(status(&place), "", "nothing is left at {width}x{height}");
        let file = place.path("demo").join(FILE);
        let path = "[\"gatus\"][\"password_sops_cypher\"]";
        let words = ["decrypt", "--extract", path, file.to_str().unwrap()];
        let value = match sops("resolving a merge in a terminal") {
            Some(sops) => place.run(&sops, words, b""),
            None => place.lazysops(words),
        };
        assert_eq!(
            String::from_utf8_lossy(&value.stdout),
            "what-the-others-chose",
            "{}",
            value.stderr
        );
    }
}

#[test]
fn a_file_that_one_side_deleted_is_kept_or_goes_and_the_merge_is_committed() {
    for (size, keys, stays) in [
        (Size(120, 40), "y", true),
        (Size(40, 12), "y", true),
        // From `Cancel` one button back.
        (Size(80, 24), "h\r", false),
    ] {
        let place = in_git();
        git(&place, &["checkout", "-q", "-b", "tidy"]);
        git(&place, &["rm", "-q", FILE]);
        git(&place, &["commit", "-q", "-m", "Remove the status page"]);
        git(&place, &["checkout", "-q", "other-team"]);
        git(&place, &["merge", "-q", "tidy"]);
        assert!(
            status(&place).contains("UD "),
            "the merge must stop: {}",
            status(&place)
        );
        let mut terminal = open(&place, size);
        terminal.send("y");
        terminal.wait_for("Keep the file");
        terminal.wait_for("tidy deleted it.");
        terminal.send(keys);
        terminal.wait_for("Commit the merge");
        terminal.send("y");
        terminal.wait_for("the merge is committed");
        hands::quit(&mut terminal);
        assert_eq!(status(&place), "");
        let file = place.path("demo").join(FILE);
        assert_eq!(file.exists(), stays);
        if stays {
            let opened = place.lazysops(["decrypt", file.to_str().unwrap()]);
            assert_eq!(opened.code, Some(0), "{}", opened.stderr);
        }
    }
}
