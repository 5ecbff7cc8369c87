//! `rekey`: who can read changes over many files. What is stopped in the middle is in [`super::stopped`].

use super::{OTHER, done, json, repository, with_code};
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, data, four_keys, sops};

const RULES: &str = "# ours\ncreation_rules:\n  - path_regex: ^prod/  # production\n    age:\n      - {A} # ops-laptop\n      - {B} # old-laptop\n  - age: {A},{B}\n";
pub const PLAIN: &str = "db:\n  password: hunter2\n  port: 5432\nnote_unencrypted: x\n";
/// A third key.
const THIRD: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";

pub fn text(place: &Sandbox, name: &str) -> String {
    String::from_utf8(place.read(name)).unwrap()
}

fn line(text: &str, key: &str) -> String {
    text.lines()
        .find(|line| line.trim_start().starts_with(key))
        .unwrap()
        .to_owned()
}

#[test]
fn somebody_who_leaves_gets_a_new_data_key_a_list_of_what_they_read_and_no_rule() {
    let place = repository(
        RULES,
        &[
            ("prod/a.enc.yaml", PLAIN),
            ("b.enc.yaml", PLAIN),
            ("plain.yaml", PLAIN),
        ],
    );
    let before = text(&place, "prod/a.enc.yaml");
    let plan = done(&place.lazysops(["rekey", "--remove", "old-laptop", "--rules", "--dry-run"]));
    assert_eq!(
        plan,
        format!(
            ".sops.yaml: the rules at lines 3, 7 change\nb.enc.yaml: new data key\n  - old-laptop (age {OTHER})\n  [ ] could be read: \
             [\"db\"][\"password\"]\n  [ ] could be read: [\"db\"][\"port\"]\nprod/a.enc.yaml: new data key\n  - old-laptop (age \
             {OTHER})\n  [ ] could be read: [\"db\"][\"password\"]\n  [ ] could be read: [\"db\"][\"port\"]\nWhat they read they know, \
             and old versions in git stay readable for them: change the secrets listed above, too.\n2 SOPS files: 2 with a new data \
             key, 0 rewrapped, 0 unchanged, 0 impossible\n"
        )
    );
    assert_eq!(
        text(&place, "prod/a.enc.yaml"),
        before,
        "a dry run writes nothing"
    );
    let unasked = place.lazysops(["rekey", "--remove", OTHER]);
    with_code(&unasked, 2);
    assert!(unasked.stderr.contains("--yes"), "{}", unasked.stderr);
    done(&place.lazysops(["rekey", "--remove", OTHER, "--rules", "--yes"]));
    let after = text(&place, "prod/a.enc.yaml");
    assert!(!after.contains(OTHER));
    assert_ne!(
        line(&before, "password:"),
        line(&after, "password:"),
        "encrypted anew"
    );
    assert_eq!(
        done(&place.lazysops(["decrypt", "prod/a.enc.yaml"])),
        PLAIN.replace("  ", "    ")
    );
    assert_eq!(
        text(&place, ".sops.yaml"),
        RULES
            .replace("      - {B} # old-laptop\n", "")
            .replace(",{B}", "")
            .replace("{A}", AGE1)
    );
    assert_eq!(
        done(&place.lazysops(["rekey", "--remove", OTHER, "--rules", "--yes"])),
        "2 SOPS files: 0 with a new data key, 0 rewrapped, 2 unchanged, 0 impossible\n"
    );
    assert_eq!(
        done(&place.lazysops(["drift"])),
        "2 SOPS files, 0 drifted, 0 without a rule\n"
    );
}

#[test]
fn somebody_who_comes_changes_nothing_but_their_own_entry() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN)]);
    let before = text(&place, "a.enc.yaml");
    let report = json(&done(
        &place.lazysops(["rekey", "--add", THIRD, "--yes", "--json"]),
    ));
    assert_eq!(
        (&report["files"][0]["action"], &report["files"][0]["outcome"]),
        (&"rewrap".into(), &"rewrapped".into())
    );
    let after = text(&place, "a.enc.yaml");
    assert!(before.lines().all(|line| after.contains(line)), "{after}");
    assert!(after.contains(THIRD));
    // Without flags the rules count again, and a data key stays where it is asked to.
    done(&place.lazysops(["rekey", "--no-rotate", "--yes"]));
    assert_eq!(text(&place, "a.enc.yaml"), before);
}

#[test]
fn what_would_lock_everybody_out_and_private_keys_are_refused() {
    let place = repository("creation_rules:\n  - age: {A}\n", &[("a.enc.yaml", PLAIN)]);
    let before = text(&place, "a.enc.yaml");
    let outcome = place.lazysops(["rekey", "--remove", AGE1, "--yes"]);
    with_code(&outcome, 2);
    assert!(
        outcome.stderr.contains("nobody would be left"),
        "{}",
        outcome.stderr
    );
    let secret = "AGE-SECRET-KEY-1QQQQQQQQ";
    let outcome = place.lazysops(["rekey", "--add", secret, "--yes"]);
    with_code(&outcome, 2);
    assert!(!outcome.stderr.contains("QQQQ"), "{}", outcome.stderr);
    assert_eq!(text(&place, "a.enc.yaml"), before);
    let locked = place.variable("SOPS_AGE_KEY_FILE", "/nowhere");
    with_code(&locked.lazysops(["rekey", "--add", OTHER, "--yes"]), 2);
}

#[test]
fn the_threshold_and_groups_of_the_rule_are_brought_into_files() {
    let place = repository("creation_rules:\n  - age: {A}\n", &[("a.enc.yaml", PLAIN)]);
    place.write(
        ".sops.yaml",
        format!(
            "creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [{AGE1}]\n      - age: [{AGE1}, {OTHER}]\n      - age: [{THIRD}]\n"
        ),
    );
    done(&place.lazysops(["rekey", "--yes"]));
    assert!(text(&place, "a.enc.yaml").contains("shamir_threshold: 2"));
    assert_eq!(
        done(&place.lazysops(["drift"])),
        "1 SOPS file, 0 drifted, 0 without a rule\n"
    );
    assert_eq!(
        done(&place.lazysops(["decrypt", "a.enc.yaml"])),
        PLAIN.replace("  ", "    ")
    );
}

#[test]
fn who_comes_to_a_key_group_leaves_the_entries_of_all_others_alone_and_new_shares_are_announced() {
    let [(a, for_a), (b, for_b), (_, for_c), (d, for_d)] = four_keys();
    let rules = |third: &str, threshold: u8| {
        format!(
            "creation_rules:\n  - shamir_threshold: {threshold}\n    key_groups:\n      - age: [{}]\n      - age: [{}]\n      - age: [{third}]\n",
            for_a, for_b
        )
    };
    let place = repository(&rules(&for_c, 2), &[("a.enc.yaml", PLAIN)]);
    // Two of the three groups are in hand; the one that somebody comes to is not.
    let both = |place: Sandbox, keys: [&str; 2]| {
        place.write("both.txt", keys.concat());
        let path = place.path("both.txt");
        place.variable("SOPS_AGE_KEY_FILE", path.to_str().unwrap())
    };
    let place = both(place, [&a, &b]);
    let before = text(&place, "a.enc.yaml");
    let third = format!("{for_c}, {for_d}");
    place.write(".sops.yaml", rules(&third, 2));
    let plan = done(&place.lazysops(["rekey", "--dry-run"]));
    assert!(
        plan.starts_with("a.enc.yaml: rewrapped, the data key stays\n  + "),
        "{plan}"
    );
    done(&place.lazysops(["rekey", "--yes"]));
    let after = text(&place, "a.enc.yaml");
    for key in [&for_a, &for_b, &for_c] {
        assert_eq!(stanza(&before, key), stanza(&after, key));
    }
    assert_eq!(line(&before, "mac:"), line(&after, "mac:"));
    let place = both(place, [&a, &d]);
    let plain = PLAIN.replace("  ", "    ");
    assert_eq!(done(&place.lazysops(["decrypt", "a.enc.yaml"])), plain);
    if let Some(sops) = sops("a new share of a key group") {
        assert_eq!(done(&place.run(&sops, ["decrypt", "a.enc.yaml"], b"")), plain);
    }
    // Another number of groups cannot be had with the old shares, and the plan says so.
    place.write(".sops.yaml", rules(&third, 3));
    let plan = done(&place.lazysops(["rekey", "--dry-run"]));
    let announced = "the data key stays; all groups get new shares of it, wrapped anew for everybody\n  ~ needed: 3 groups instead of 2 groups";
    assert!(plan.contains(announced), "{plan}");
    done(&place.lazysops(["rekey", "--yes"]));
    let shared = text(&place, "a.enc.yaml");
    assert_ne!(stanza(&after, &for_a), stanza(&shared, &for_a));
    with_code(&place.lazysops(["decrypt", "a.enc.yaml"]), 128);
}

#[test]
fn the_real_sops_opens_what_was_rekeyed_and_the_removed_key_does_not() {
    let Some(sops) = sops("rekey beside the real sops") else {
        return;
    };
    let place = repository(
        "creation_rules:\n  - age: {A}\n",
        &[("a.enc.yaml", PLAIN), ("b.enc.env", "A=1\n")],
    );
    let made = done(&place.lazysops(["--version"]));
    assert!(!made.is_empty());
    done(&place.lazysops(["rekey", "--add", OTHER, "--yes"]));
    done(&place.lazysops(["rekey", "--remove", OTHER, "--yes"]));
    for (name, expected) in [
        ("a.enc.yaml", PLAIN.replace("  ", "    ")),
        ("b.enc.env", "A=1\n".to_owned()),
    ] {
        assert_eq!(done(&place.run(&sops, ["decrypt", name], b"")), expected);
    }
}

/// The wrapped data key of somebody, as it stands in a file.
fn stanza(text: &str, recipient: &str) -> String {
    let at = text.find(&format!("recipient: {recipient}")).unwrap();
    let start = text[..at].rfind("- enc: |").unwrap();
    let start = text[..start].rfind('\n').unwrap() + 1;
    let end = text[at..].find('\n').unwrap() + at + 1;
    text[start..end].to_owned()
}

#[test]
fn who_was_removed_opens_nothing_that_was_written_since_even_with_their_old_entry() {
    let Some(sops) = sops("who_was_removed_opens_nothing_that_was_written_since") else {
        return;
    };
    let key2 = data("keys/age2.txt");
    let [_, (_, second), ..] = four_keys();
    let second = second.as_str();
    let rules = RULES.replace("{B}", second);
    for (keep, opens) in [(false, false), (true, true)] {
        let place = repository(&rules, &[("a.enc.yaml", PLAIN)]);
        let leaver = |name: &str| {
            let other = Sandbox::without_keys().variable("SOPS_AGE_KEY_FILE", key2.to_str().unwrap());
            other.write("a.enc.yaml", place.read(name));
            other.run(&sops, ["--decrypt", "a.enc.yaml"], b"").code
        };
        assert_eq!(leaver("a.enc.yaml"), Some(0), "they could read it");
        let old = stanza(&text(&place, "a.enc.yaml"), second);
        let mut arguments = vec!["rekey", "--remove", second, "--yes"];
        arguments.extend(keep.then_some("--no-rotate"));
        done(&place.lazysops(arguments));
        assert_ne!(leaver("a.enc.yaml"), Some(0), "they are not in it any more");
        assert_eq!(place.run(&sops, ["--decrypt", "a.enc.yaml"], b"").code, Some(0));
        // They put their old entry from git into the new file.
        let new = text(&place, "a.enc.yaml");
        let first = stanza(&new, AGE1);
        place.write("spliced.yaml", new.replace(&first, &format!("{old}{first}")));
        assert_eq!(
            leaver("spliced.yaml") == Some(0),
            opens,
            "only a data key that was kept opens with an old entry"
        );
    }
}

#[test]
fn every_file_gets_a_new_data_key_while_those_who_read_stay() {
    let place = repository(RULES, &[("prod/a.enc.yaml", PLAIN), ("b.enc.env", "A=1\n")]);
    let before = text(&place, "prod/a.enc.yaml");
    let plan = json(&done(&place.lazysops([
        "rekey",
        "--rotate",
        "--dry-run",
        "--json",
    ])));
    assert_eq!(plan["files"][1]["action"], "rotate");
    assert_eq!(plan["files"][1]["changes"], json("[]"));
    assert_eq!(
        text(&place, "prod/a.enc.yaml"),
        before,
        "a dry run writes nothing"
    );
    done(&place.lazysops(["rekey", "--rotate", "--yes"]));
    let after = text(&place, "prod/a.enc.yaml");
    assert_ne!(line(&before, "password:"), line(&after, "password:"));
    assert!(after.contains(AGE1) && after.contains(OTHER));
    assert_eq!(
        done(&place.lazysops(["decrypt", "prod/a.enc.yaml"])),
        PLAIN.replace("  ", "    ")
    );
    assert_eq!(done(&place.lazysops(["decrypt", "b.enc.env"])), "A=1\n");
    with_code(&place.lazysops(["rekey", "--rotate", "--no-rotate"]), 2);
    // With somebody who comes, both happens.
    done(&place.lazysops(["rekey", "--rotate", "--add", THIRD, "--yes", "b.enc.env"]));
    let both = text(&place, "b.enc.env");
    assert!(both.contains(THIRD), "{both}");
}

#[test]
fn a_file_that_cannot_be_rotated_does_not_make_the_others_wait_or_be_done_twice() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN), ("b.enc.yaml", PLAIN)]);
    let whole = place.read("b.enc.yaml");
    let broken = text(&place, "b.enc.yaml").replacen("type:str", "type:int", 1);
    place.write("b.enc.yaml", broken);
    let rotate = |words: &[&str]| place.lazysops(["rekey", "--rotate", "--yes"].iter().chain(words));
    let outcome = rotate(&["--accept-metadata"]);
    assert_eq!(with_code(&outcome, 2).lines().last(), Some("1 file written"));
    let first = place.read("a.enc.yaml");
    place.write("b.enc.yaml", whole);
    let outcome = rotate(&["--restart", "--dry-run"]);
    assert!(done(&outcome).contains(": 2 with a new data key"));
    assert!(done(&rotate(&[])).ends_with("1 file written\n"));
    assert_eq!(place.read("a.enc.yaml"), first);
}

#[test]
fn a_file_that_cannot_be_looked_into_is_not_done() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN)]);
    place.write(
        "broken.yaml",
        "a: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\nsops: {mac: 1}\n",
    );
    let outcome = place.lazysops(["rekey", "--remove", OTHER, "--yes"]);
    assert_eq!(with_code(&outcome, 2).lines().last(), Some("1 file written"));
    assert!(
        outcome
            .stderr
            .contains("1 file or folder could not be looked into"),
        "{}",
        outcome.stderr
    );
    assert!(!text(&place, "a.enc.yaml").contains(OTHER));
}
