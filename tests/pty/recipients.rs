//! Who can read a file is changed in the editor; the real sops says who can afterwards.

use super::hands::{CTRL_S, ENTER};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use crate::support::{AGE1, data, sops};
use std::path::{Path, PathBuf};

const FILE: &str = "demo/config/service.json";
const SIZES: [Size; 3] = [Size(120, 40), Size(80, 24), Size(40, 12)];

/// The demo in a folder, with its own key, another one, and a file with both.
struct House {
    place: Sandbox,
    sops: PathBuf,
    own: PathBuf,
    other: PathBuf,
    both: PathBuf,
}

impl House {
    fn new(sops: &Path) -> Self {
        let place = Sandbox::without_keys();
        let made = place.lazysops(["--demo-dir", "demo"]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let (own, other) = (place.path("demo/key.txt"), data("keys").join("age1.txt"));
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        let both = place.write("both.txt", text(&own) + "\n" + &text(&other));
        Self {
            sops: sops.to_owned(),
            place,
            own,
            other,
            both,
        }
    }

    fn edit(&self, key: &Path, size: Size) -> Terminal {
        let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
        let mut environment = self.place.environment();
        environment.push(("SOPS_AGE_KEY_FILE".to_owned(), key.to_str().unwrap().to_owned()));
        let mut terminal = Terminal::start(program, [FILE], environment, &self.place.path(""), size);
        terminal.wait_for("oauth");
        terminal
    }

    /// Whether the real sops decrypts the file with a key.
    fn opens(&self, key: &Path) -> bool {
        let variable = format!("SOPS_AGE_KEY_FILE={}", key.display());
        let arguments = [variable.as_str(), self.sops.to_str().unwrap(), "--decrypt", FILE];
        let outcome = self.place.run(Path::new("/usr/bin/env"), arguments, b"");
        assert!(
            outcome.code == Some(0) || outcome.stderr.contains("data key"),
            "{}",
            outcome.stderr
        );
        outcome.code == Some(0)
    }
}

/// Lists the changes, waits for a word about the data key, and saves.
fn save(terminal: &mut Terminal, words: &str) {
    terminal.send(CTRL_S);
    terminal.wait_for(words);
    terminal.send(ENTER);
    terminal.wait_for("saved");
    // What is said stays for a while.
    terminal.send("\x1b");
    terminal.wait_without("saved");
}

fn quit(mut terminal: Terminal) {
    terminal.send("q");
    assert_eq!(terminal.wait_for_exit(), 0);
}

/// Adds the other key.
fn add(terminal: &mut Terminal) {
    terminal.send("4a");
    terminal.wait_for("New recipient");
    terminal.send(&AGE1[..30]);
    terminal.wait_for("not a complete");
    terminal.send(&AGE1[30..]);
    terminal.wait_for("age key");
    terminal.send(ENTER);
    terminal.wait_for("can read it");
}

#[test]
fn somebody_is_added_and_removed_and_the_real_sops_agrees() {
    let Some(sops) = sops("somebody_is_added_and_removed_and_the_real_sops_agrees") else {
        return;
    };
    for size in SIZES {
        let house = House::new(&sops);
        let before = house.place.read(FILE);
        let mut terminal = house.edit(&house.own, size);
        assert!(house.opens(&house.own) && !house.opens(&house.other));
        add(&mut terminal);
        save(&mut terminal, "The data key stays");
        assert!(house.opens(&house.own) && house.opens(&house.other));
        let after = house.place.read(FILE);
        let lines = |text: &[u8]| {
            String::from_utf8_lossy(text)
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let gone = lines(&before)
            .into_iter()
            .filter(|line| !lines(&after).contains(line))
            .count();
        assert!(gone <= 1, "{gone} lines of those who were there changed");
        terminal.send("Gd");
        terminal.wait_for("goes");
        terminal.send(CTRL_S);
        terminal.wait_for("New data key");
        terminal.send("v");
        terminal.wait_for("What this means");
        terminal.send("\x1b");
        terminal.wait_without("What this means");
        terminal.send("\x1b");
        terminal.wait_without("New data key");
        save(&mut terminal, "New data key");
        assert!(house.opens(&house.own) && !house.opens(&house.other));
        quit(terminal);
    }
}

#[test]
fn two_groups_are_made_and_undone_and_a_lock_out_needs_a_yes() {
    let Some(sops) = sops("two_groups_are_made_and_undone_and_a_lock_out_needs_a_yes") else {
        return;
    };
    for size in SIZES {
        let house = House::new(&sops);
        let mut terminal = house.edit(&house.own, size);
        add(&mut terminal);
        save(&mut terminal, "The data key stays");
        // The key at hand alone would not be enough.
        terminal.send("5a");
        terminal.wait_for("First key of the");
        terminal.send(AGE1);
        terminal.wait_for("age key");
        terminal.send(ENTER);
        terminal.wait_for("Lock yourself out?");
        terminal.send(ENTER);
        terminal.wait_without("Lock yourself out?");
        terminal.wait_for("any one key");
        quit(terminal);
        let mut terminal = house.edit(&house.both, size);
        terminal.send("5a");
        terminal.wait_for("First key of the");
        terminal.send(AGE1);
        terminal.wait_for("age key");
        terminal.send(ENTER);
        terminal.wait_for("2 of 2");
        terminal.send("+");
        terminal.wait_for("nobody could");
        save(&mut terminal, "New data key");
        assert!(!house.opens(&house.own) && !house.opens(&house.other));
        assert!(house.opens(&house.both));
        // The other key moves to the first group, and its own goes: any key is enough again.
        terminal.send("5Gm");
        terminal.wait_for("a new group");
        terminal.send(ENTER);
        terminal.wait_for("moved to");
        save(&mut terminal, "The data key stays");
        assert!(house.opens(&house.own) && house.opens(&house.other));
        quit(terminal);
    }
}
