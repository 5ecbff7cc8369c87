//! Files that were made to hurt: a sample for the commands, all of them for the editor (security P5, P10).
//!
//! All of it, with times and memory of a release build: `tests/faults/hostile.py target/release/lazysops`.

use crate::support::sandbox::Sandbox;
use crate::support::secret::CANARY;
use crate::support::{data, installed, skipped};
use lazysops::host::Environment;
use lazysops::ops::open::open;
use std::path::{Path, PathBuf};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/hostile.py");
const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");

/// A prime, so that every command meets every kind of file now and then.
const SAMPLE: &str = "101";

/// The files, without those that are only large.
fn files(place: &Sandbox, test: &str) -> Option<PathBuf> {
    if !installed("python3") {
        skipped(test, "python3 is missing");
        return None;
    }
    let folder = place.path("files");
    let made = place.run(
        Path::new(SCRIPT),
        ["--make", folder.to_str().unwrap(), "--small", PROGRAM],
        b"",
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    Some(folder)
}

#[test]
fn no_command_comes_to_harm_by_a_hostile_file() {
    let place = Sandbox::without_keys();
    let Some(files) = files(&place, "no_command_comes_to_harm_by_a_hostile_file") else {
        return;
    };
    // Seconds say little in a debug build among other tests; what takes for ever shows.
    let limits = ["--seconds", "60", "--mib", "512", "--sample", SAMPLE, "--files"];
    let mut arguments = vec![PROGRAM];
    arguments.extend(limits);
    arguments.push(files.to_str().unwrap());
    let tried = place.run(Path::new(SCRIPT), arguments, b"");
    let said = String::from_utf8_lossy(&tried.stdout);
    assert_eq!(tried.code, Some(0), "{said}{}", tried.stderr);
}

#[test]
fn the_editor_opens_or_refuses_every_hostile_file() {
    let place = Sandbox::without_keys();
    let Some(files) = files(&place, "the_editor_opens_or_refuses_every_hostile_file") else {
        return;
    };
    let key = data("keys/age1.txt");
    let environment = Environment::new(
        [
            ("SOPS_AGE_KEY_FILE", key.to_str().unwrap()),
            ("HOME", "/nonexistent"),
        ],
        "/",
    );
    let (mut opened, mut refused) = (0, 0);
    for folder in std::fs::read_dir(files).unwrap() {
        for entry in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            match open(&path, &environment) {
                Ok(_) => opened += 1,
                Err(failure) => {
                    refused += 1;
                    assert!(!format!("{failure:?}").contains(CANARY), "{failure:?}");
                }
            }
        }
    }
    assert!(opened > 50 && refused > 300, "{opened} opened, {refused} refused");
}
