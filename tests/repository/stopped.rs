//! `rekey`, stopped in the middle: every file is old or new, and the next run does the rest.

use super::rekey::{PLAIN, text};
use super::{OTHER, done, repository};
use crate::support::sandbox::Sandbox;
use crate::support::skipped;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

/// The last line of a run that wrote so many files.
fn written(count: usize) -> String {
    let files = if count == 1 { "file" } else { "files" };
    format!("{count} {files} written\n")
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
        assert!(rest.ends_with(&written(100 - done_already)) || done_already == 100);
        assert_eq!(changed(&place), 100);
        let opened = place.lazysops(["decrypt", "f3/99.yaml"]);
        assert_eq!(done(&opened), PLAIN.replace("  ", "    "));
        let entries = std::fs::read_dir(place.path("f0")).unwrap();
        assert_eq!(entries.count(), 25, "nothing is left behind");
    }
}

/// A repository of files of these names, all the same, that two can read, and what they hold.
fn several(names: &[String]) -> (Sandbox, Vec<u8>) {
    let place = repository("creation_rules:\n  - age: {A},{B}\n", &[("0.enc.yaml", PLAIN)]);
    let sealed = place.read("0.enc.yaml");
    for name in names {
        place.write(name, &sealed);
    }
    (place, sealed)
}

/// Runs a command that is killed when it renames a file for the `number`th time; whether it was.
fn killed_at(place: &Sandbox, number: usize, words: &[&str]) -> bool {
    let inject = format!("inject=rename:signal=KILL:when={number}");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &inject])
        .arg(env!("CARGO_BIN_EXE_lazysops"))
        .args(words)
        .env_clear()
        .envs(place.environment())
        .current_dir(place.path(""))
        .output();
    output.is_ok_and(|output| output.status.signal() == Some(9))
}

#[test]
fn killed_at_a_certain_file_those_before_it_are_new_and_the_others_old() {
    let test = "killed_at_a_certain_file_those_before_it_are_new_and_the_others_old";
    let names: Vec<String> = (0..100).map(|number| format!("{number}.enc.yaml")).collect();
    for number in [1, 37, 64, 100] {
        let (place, sealed) = several(&names);
        // The files of a folder are renamed one after another, by one thread.
        if !killed_at(&place, number, &["rekey", "--remove", OTHER, "--yes"]) {
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
        assert!(rest.ends_with(&written(100 - done_already)), "{rest}");
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
fn new_data_keys_for_many_files_are_gone_on_with_after_a_kill_and_made_anew_when_asked_for() {
    let test = "new_data_keys_for_many_files_are_gone_on_with_after_a_kill_and_made_anew_when_asked_for";
    let names: Vec<String> = (0..40).map(|number| format!("{number}.enc.yaml")).collect();
    let rotate = ["rekey", "--rotate", "--yes"];
    // Counted by thread: the first rename is that of the notes, then come those of the files.
    for number in [1, 2, 20, 40] {
        let (place, sealed) = several(&names);
        if !killed_at(&place, number, &rotate) {
            return skipped(test, "strace is not there, or may not trace");
        }
        let now = || -> Vec<Vec<u8>> { names.iter().map(|name| place.read(name)).collect() };
        let killed = now();
        let new = killed.iter().filter(|bytes| **bytes != sealed).count();
        assert!(new < 40, "{number}");
        let planned = done(&place.lazysops(["rekey", "--rotate", "--dry-run"]));
        assert!(
            planned.contains(&format!(": {} with a new data key", 40 - new)),
            "{planned}"
        );
        let rest = done(&place.lazysops(rotate));
        assert!(rest.ends_with(&written(40 - new)), "{rest}");
        assert_eq!(rest.contains("already"), new > 0, "{rest}");
        for (before, after) in killed.iter().zip(now()) {
            assert_eq!(*before != after, *before == sealed, "done once, and all of them");
        }
        // It ended, so the next one is a new one.
        assert!(done(&place.lazysops(rotate)).ends_with("40 files written\n"));
    }
}
