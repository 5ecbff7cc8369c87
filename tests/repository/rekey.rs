//! `rekey`: who can read changes over many files, and nothing is ever half done.

use super::{OTHER, done, json, repository, with_code};
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, skipped, sops};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

const RULES: &str = "# ours\ncreation_rules:\n  - path_regex: ^prod/  # production\n    age:\n      - {A} # ops-laptop\n      - {B} # old-laptop\n  - age: {A},{B}\n";
const PLAIN: &str = "db:\n  password: hunter2\n  port: 5432\nnote_unencrypted: x\n";
/// A third key.
const THIRD: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";

fn text(place: &Sandbox, name: &str) -> String {
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
            ".sops.yaml: the rules at line 3, 7 change\nb.enc.yaml: new data key\n  - old-laptop (age {OTHER})\n  [ ] could be read: \
             [\"db\"][\"password\"]\n  [ ] could be read: [\"db\"][\"port\"]\nprod/a.enc.yaml: new data key\n  - old-laptop (age \
             {OTHER})\n  [ ] could be read: [\"db\"][\"password\"]\n  [ ] could be read: [\"db\"][\"port\"]\nWhat they read they know, \
             and old versions in git stay readable for them: change the secrets listed above, too.\n2 SOPS files: 2 get a new data \
             key, 0 are rewrapped, 0 stay, 0 impossible\n"
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
        "2 SOPS files: 0 get a new data key, 0 are rewrapped, 2 stay, 0 impossible\n"
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
        "1 SOPS files, 0 drifted, 0 without a rule\n"
    );
    assert_eq!(
        done(&place.lazysops(["decrypt", "a.enc.yaml"])),
        PLAIN.replace("  ", "    ")
    );
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

/// A repository of 100 files that three can read.
fn hundred() -> Sandbox {
    let place = repository("creation_rules:\n  - age: {A},{B}\n", &[("one.enc.yaml", PLAIN)]);
    let sealed = place.read("one.enc.yaml");
    for number in 0..100 {
        let folder = place.path(&format!("f{}", number % 4));
        std::fs::create_dir_all(&folder).unwrap();
        place.write(&format!("f{}/{number}.yaml", number % 4), &sealed);
    }
    std::fs::remove_file(place.path("one.enc.yaml")).unwrap();
    place
}

fn contents(place: &Sandbox) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for folder in 0..4 {
        for entry in std::fs::read_dir(place.path(&format!("f{folder}"))).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "yaml") {
                all.push((path.to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    all
}

#[test]
fn killed_anywhere_in_a_hundred_files_each_is_old_or_new_and_the_rest_is_done_next_time() {
    for stop_after in [1, 40, 70] {
        let place = hundred();
        let before = contents(&place);
        let mut child = Command::new(env!("CARGO_BIN_EXE_lazysops"))
            .args(["rekey", "--remove", OTHER, "--yes"])
            .env_clear()
            .envs(place.environment())
            .current_dir(place.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let changed = |place: &Sandbox| {
            contents(place)
                .iter()
                .filter(|(_, bytes)| *bytes != before[0].1)
                .count()
        };
        while changed(&place) < stop_after && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        let after = contents(&place);
        assert_eq!(after.len(), 100);
        let done_already = after.iter().filter(|(_, bytes)| *bytes != before[0].1).count();
        for (path, bytes) in &after {
            let is_new = *bytes != before[0].1;
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert_eq!(is_new, !text.contains(OTHER), "{path} is neither old nor new");
        }
        let rest = done(&place.lazysops(["rekey", "--remove", OTHER, "--yes"]));
        assert!(rest.ends_with(&format!("{} files written\n", 100 - done_already)) || done_already == 100);
        assert_eq!(changed(&place), 100);
        let opened = place.lazysops(["decrypt", "f3/99.yaml"]);
        assert_eq!(done(&opened), PLAIN.replace("  ", "    "));
        let entries = std::fs::read_dir(place.path("f0")).unwrap();
        assert_eq!(entries.count(), 25, "nothing is left behind");
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
    let key2 = crate::support::data("keys/age2.txt");
    let text2 = std::fs::read_to_string(&key2).unwrap();
    let second = text2
        .split("public key: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
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
fn killed_at_a_certain_file_those_before_it_are_new_and_the_others_old() {
    let test = "killed_at_a_certain_file_those_before_it_are_new_and_the_others_old";
    let names: Vec<String> = (0..100).map(|number| format!("{number}.enc.yaml")).collect();
    for number in [1, 37, 64, 100] {
        let place = repository("creation_rules:\n  - age: {A},{B}\n", &[("0.enc.yaml", PLAIN)]);
        let sealed = place.read("0.enc.yaml");
        for name in &names {
            place.write(name, &sealed);
        }
        // The files of a folder are renamed one after another, by one thread.
        let inject = format!("inject=rename:signal=KILL:when={number}");
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-e", &inject])
            .arg(env!("CARGO_BIN_EXE_lazysops"))
            .args(["rekey", "--remove", OTHER, "--yes"])
            .env_clear()
            .envs(place.environment())
            .current_dir(place.path(""))
            .output();
        if !output.is_ok_and(|output| output.status.signal() == Some(9)) {
            return skipped(test, "strace is not there, or may not trace");
        }
        let is_new = |name: &String| place.read(name) != sealed;
        let done_already = names.iter().filter(|name| is_new(name)).count();
        assert!(
            (number - 1..=number).contains(&done_already),
            "{number}: {done_already}"
        );
        for name in names.iter().filter(|name| is_new(name)) {
            assert!(
                !text(&place, name).contains(OTHER),
                "{name} is neither old nor new"
            );
        }
        let rest = done(&place.lazysops(["rekey", "--remove", OTHER, "--yes"]));
        assert!(
            rest.ends_with(&format!("{} files written\n", 100 - done_already)),
            "{rest}"
        );
        assert!(rest.contains("\n100 SOPS files: "), "{rest}");
        assert!(names.iter().all(is_new));
        let left = std::fs::read_dir(place.path("")).unwrap();
        assert_eq!(
            left.count(),
            102,
            "nothing is left behind but .git and .sops.yaml"
        );
    }
}

#[test]
fn a_file_that_cannot_be_looked_into_is_not_done() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN)]);
    place.write(
        "broken.yaml",
        "a: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\nsops: {mac: 1}\n",
    );
    let outcome = place.lazysops(["rekey", "--remove", OTHER, "--yes"]);
    assert_eq!(with_code(&outcome, 2).lines().last(), Some("1 files written"));
    assert!(
        outcome
            .stderr
            .contains("1 files or folders could not be looked into"),
        "{}",
        outcome.stderr
    );
    assert!(!text(&place, "a.enc.yaml").contains(OTHER));
}
