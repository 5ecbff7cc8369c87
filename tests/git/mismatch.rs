//! Files that somebody changed by hand: what is said of them, and how they are repaired.

use super::place::{AGE2, Place, Step};
use crate::support::parallel::check_all;
use crate::support::sandbox::Outcome;

const TEST: &str = "repairing a MAC";
const FILE: &str = "a.enc.yaml";
const TEXT: &str = "\
# where it runs
port_unencrypted: 5432
user: admin
password: hunter2-first
m:
    host_unencrypted: db-0.example
    token: hunter2-token
list:
    - one
    - two
";

/// What a hand does to the text of the file.
enum Hand {
    Replace(&'static str, &'static str),
    /// Takes the first line out that begins so.
    Cut(&'static str),
    /// Puts a line behind the first one that begins so.
    Insert(&'static str, &'static str),
    /// Swaps the first two lines that begin so.
    Swap(&'static str, &'static str),
    /// Gives the value of the second key to the first, from the version before.
    Older(&'static str),
}

struct Case {
    name: &'static str,
    hand: Hand,
    /// What is said, with `#` for what differs from run to run.
    said: &'static [&'static str],
    /// Whether it can be accepted as it stands.
    whole: bool,
    /// What the file holds after it was accepted, in one line.
    holds: &'static str,
}

use Hand::{Cut, Insert, Older, Replace, Swap};

const CASES: &[Case] = &[
    Case {
        name: "a readable value",
        hand: Replace("5432", "5433"),
        said: &["line 2: port_unencrypted: a readable value was changed by hand: 5432 → 5433"],
        whole: true,
        holds: "port_unencrypted: 5433",
    },
    Case {
        name: "a readable value deep inside",
        hand: Replace("db-0.example", "db-1.example"),
        said: &[
            "line 6: m.host_unencrypted: a readable value was changed by hand: db-0.example → db-1.example",
        ],
        whole: true,
        holds: "host_unencrypted: db-1.example",
    },
    Case {
        name: "a readable line that was added",
        hand: Insert("user:", "new_unencrypted: yes-please\n"),
        said: &["line 4: new_unencrypted: a readable value was added by hand"],
        whole: true,
        holds: "new_unencrypted: yes-please",
    },
    Case {
        name: "an encrypted line that was taken out",
        hand: Cut("password:"),
        said: &["password: was taken out by hand"],
        whole: true,
        holds: "user: admin",
    },
    Case {
        name: "two lines that were swapped",
        hand: Swap("port_unencrypted:", "user:"),
        said: &["was moved by hand: the order counts"],
        whole: true,
        holds: "port_unencrypted: 5432",
    },
    Case {
        name: "an encrypted value of an older version",
        hand: Older("password:"),
        said: &["line 4: password: an encrypted value is another one, under a MAC that was not made anew"],
        whole: true,
        holds: "password: hunter2-zeroth",
    },
    Case {
        name: "an encrypted key that was renamed",
        hand: Replace("password:", "passphrase:"),
        said: &["line 4: passphrase: its ciphertext belongs to password: it was renamed or moved by hand"],
        whole: false,
        holds: "",
    },
    Case {
        name: "a value in clear where the rule encrypts",
        hand: Replace("user: ENC[", "user: root #"),
        said: &["line 3: user: stands there in clear, and the rule encrypts it"],
        whole: false,
        holds: "",
    },
    Case {
        name: "a ciphertext that was changed",
        hand: Replace(
            "password: ENC[AES256_GCM,data:",
            "password: ENC[AES256_GCM,data:AAAA",
        ),
        said: &["line 4: password: its ciphertext does not decrypt"],
        whole: false,
        holds: "",
    },
    Case {
        name: "lastmodified",
        hand: Replace("lastmodified: \"20", "lastmodified: \"19"),
        said: &[
            "the MAC itself does not decrypt",
            "`lastmodified` was changed by hand",
        ],
        whole: true,
        holds: "user: admin",
    },
    Case {
        name: "which values the MAC covers",
        hand: Insert("    unencrypted_suffix:", "    mac_only_encrypted: true\n"),
        said: &["`mac_only_encrypted`"],
        whole: true,
        holds: "user: admin",
    },
];

fn apply(text: &str, older: &str, hand: &Hand) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let find = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    let mut new: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    match hand {
        Replace(from, to) => return text.replacen(from, to, 1),
        Cut(start) => drop(new.remove(find(start))),
        Insert(start, line) => new.insert(find(start) + 1, (*line).to_owned()),
        Swap(one, other) => new.swap(find(one), find(other)),
        Older(start) => {
            let line = older.lines().find(|line| line.starts_with(start)).unwrap();
            new[find(start)] = format!("{line}\n");
        }
    }
    new.concat()
}

/// A repository with two versions of the file, then changed by hand; and the bytes of the last commit.
fn place(hand: &Hand) -> (Place, Vec<u8>) {
    let place = Place::new(FILE, false);
    let older = TEXT.replace("hunter2-first", "hunter2-zeroth");
    place.step(Step::Text(Box::leak(older.into_boxed_str())));
    let older = String::from_utf8(place.sandbox.read(FILE)).unwrap();
    place.step(Step::Text(TEXT));
    let good = place.sandbox.read(FILE);
    let text = apply(std::str::from_utf8(&good).unwrap(), &older, hand);
    assert_ne!(text.as_bytes(), good, "the hand changes something");
    place.sandbox.write(FILE, text);
    (place, good)
}

fn text(outcome: &Outcome) -> String {
    format!("{}{}", String::from_utf8_lossy(&outcome.stdout), outcome.stderr)
}

fn check(case: &Case) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{}: {what}", case.name));
    let (place, good) = place(&case.hand);
    let broken = place.sandbox.read(FILE);
    let doctor = text(&place.sandbox.lazysops(["doctor", FILE]));
    let plan = place.sandbox.lazysops(["repair", "--dry-run", FILE]);
    for said in case.said {
        if !doctor.contains(said) {
            return wrong(format!("doctor does not say {said:?}:\n{doctor}"));
        }
        if !text(&plan).contains(said) {
            return wrong(format!("repair does not say {said:?}:\n{}", text(&plan)));
        }
    }
    if doctor.contains("hunter2") || text(&plan).contains("hunter2") {
        return wrong(format!("shows a secret:\n{doctor}"));
    }
    if plan.code != Some(if case.whole { 1 } else { 2 }) {
        return wrong(format!("dry run ended with {:?}: {}", plan.code, text(&plan)));
    }
    let unasked = place.sandbox.lazysops(["repair", FILE]);
    if unasked.code != Some(2) || place.sandbox.read(FILE) != broken {
        return wrong("written although nobody agreed".to_owned());
    }
    if case.whole {
        let done = place.sandbox.lazysops(["repair", "--yes", FILE]);
        if done.code != Some(0) {
            return wrong(text(&done));
        }
        match place.decrypted(TEST) {
            Ok(found) if found.contains(case.holds) => {}
            other => return wrong(format!("{other:?}")),
        }
        // What was not touched keeps its ciphertext.
        let now = String::from_utf8(place.sandbox.read(FILE)).unwrap();
        let was = String::from_utf8(broken).unwrap();
        let differ = now.lines().filter(|line| !was.contains(line)).count();
        if differ > 3 {
            return wrong(format!("{differ} lines are new:\n{now}"));
        }
        let again = place.sandbox.lazysops(["repair", "--dry-run", FILE]);
        if again.code != Some(0) || !text(&again).contains("nothing to repair") {
            return wrong(text(&again));
        }
        place.sandbox.write(FILE, was);
    }
    let restored = place.sandbox.lazysops(["repair", "--restore", "--yes", FILE]);
    if restored.code != Some(0) || place.sandbox.read(FILE) != good {
        return wrong(format!("not restored: {}", text(&restored)));
    }
    Ok(())
}

#[test]
fn what_a_hand_changed_is_told_by_its_line_and_repaired_on_request() {
    check_all(CASES, check);
}

#[test]
fn the_commit_whose_mac_held_is_found_behind_commits_whose_did_not() {
    let (place, _) = place(&Replace("5432", "5433"));
    place.git(&["commit", "-qam", "a hand was here"]);
    let text_now = String::from_utf8(place.sandbox.read(FILE)).unwrap();
    place.sandbox.write(FILE, text_now.replace("db-0", "db-9"));
    place.git(&["add", "-A"]);
    let said = text(&place.sandbox.lazysops(["repair", "--dry-run", FILE]));
    for expected in [
        "It held last in commit ",
        "ops-laptop, step",
        "5432 → 5433",
        "db-0.example → db-9.example",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let json = place.sandbox.lazysops(["repair", "--dry-run", "--json", FILE]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["findings"][0]["fault"], "edited");
    assert_eq!(value["findings"][0]["line"], 2);
    assert_eq!(value["acceptable"], true);
    assert_eq!(value["written"], false);
}

#[test]
fn the_commit_whose_mac_held_is_found_under_the_name_that_the_file_had_then() {
    let (place, _) = place(&Replace("5432", "5433"));
    let other = "b.enc.yaml";
    let held = |when: &str| {
        let said = text(&place.sandbox.lazysops(["repair", "--dry-run", other]));
        assert!(
            said.contains("ops-laptop, step") && said.contains("5432 → 5433"),
            "{when}: {said}"
        );
    };
    std::fs::rename(place.sandbox.path(FILE), place.sandbox.path(other)).unwrap();
    held("not committed yet");
    place.git(&["add", "-A"]);
    place.git(&["commit", "-qm", "another name, and a hand was here"]);
    held("committed");
    let text_now = String::from_utf8(place.sandbox.read(other)).unwrap();
    place.sandbox.write(other, text_now.replace("db-0", "db-9"));
    place.git(&["commit", "-qam", "the hand again"]);
    held("a commit later");
}

#[test]
fn without_git_what_can_be_said_is_said() {
    for (hand, said) in [
        (
            Replace("5432", "5433"),
            "a readable value was changed, or a value was added",
        ),
        (
            Replace("lastmodified: \"20", "lastmodified: \"19"),
            "`lastmodified` or `mac` was changed by hand",
        ),
        (
            Insert("    unencrypted_suffix:", "    mac_only_encrypted: true\n"),
            "`mac_only_encrypted` was added by hand",
        ),
        (Replace("user: ENC[", "user: root #"), "stands there in clear"),
    ] {
        let (place, _) = place(&hand);
        std::fs::remove_dir_all(place.sandbox.path(".git")).unwrap();
        let found = text(&place.sandbox.lazysops(["doctor", FILE]));
        assert!(found.contains(said), "{said}: {found}");
        let restored = place.sandbox.lazysops(["repair", "--restore", "--yes", FILE]);
        assert_eq!(restored.code, Some(2), "{}", text(&restored));
    }
}

#[test]
fn a_rotation_since_then_hides_nothing() {
    let place = Place::new(FILE, false);
    place.step(Step::Text(TEXT));
    place.step(Step::Run(&["rotate", "-i", "--add-age", AGE2]));
    let now = String::from_utf8(place.sandbox.read(FILE)).unwrap();
    place.sandbox.write(FILE, now.replace("5432", "1"));
    place.git(&["add", "-A"]);
    place.git(&["commit", "-qm", "by hand"]);
    let said = text(&place.sandbox.lazysops(["doctor", FILE]));
    assert!(said.contains("5432 → 1"), "{said}");
    assert_eq!(said.matches("by hand").count(), 1, "{said}");
}

#[test]
fn files_of_other_formats_are_explained_and_repaired() {
    for (file, source, from, to, said) in [
        (
            "a.enc.json",
            "{\"a_unencrypted\": \"x1\", \"b\": \"hunter2\"}\n",
            "x1",
            "x2",
            "x1 → x2",
        ),
        (
            "a.enc.env",
            "A_unencrypted=x1\nB=hunter2\n",
            "x1",
            "x2",
            "line 1: A_unencrypted: a readable value",
        ),
        (
            "a.enc.ini",
            "[s]\na_unencrypted = x1\nb = hunter2\n",
            "x1",
            "x2",
            "line 2: s.a_unencrypted: a readable value",
        ),
    ] {
        let place = Place::new(file, false);
        place.step(Step::Text(source));
        let now = String::from_utf8(place.sandbox.read(file)).unwrap();
        place.sandbox.write(file, now.replacen(from, to, 1));
        let found = text(&place.sandbox.lazysops(["repair", "--yes", file]));
        assert!(found.contains(said), "{file}: {found}");
        assert!(place.decrypted(TEST).unwrap().contains("x2"), "{file}");
    }
}
