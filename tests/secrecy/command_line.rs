//! The commands: messages, files left behind, and what is written on the way.

use crate::support::damage::mutants;
use crate::support::machine::can_trace;
use crate::support::parallel::check_all;
use crate::support::sandbox::Sandbox;
use crate::support::secret::{CANARY, files_with_the_secret};
use crate::support::{AGE1, skipped};
use std::path::Path;

/// Damaged files of each format to look at.
const COUNT: usize = 100;

/// A file of each format, and the path of its secret.
const FILES: [(&str, &str); 5] = [
    ("a.yaml", "[\"password\"]"),
    ("a.json", "[\"password\"]"),
    ("a.env", "[\"password\"]"),
    ("a.ini", "[\"web\"][\"password\"]"),
    ("a.bin", ""),
];

/// What such a file holds, with the secret in it.
fn plain(name: &str) -> String {
    match name {
        "a.yaml" => format!("# {CANARY}\npassword: {CANARY}\nuser: admin\nlist: [{CANARY}, 5]\n"),
        "a.json" => {
            format!("{{\"password\": \"{CANARY}\", \"user\": \"admin\", \"list\": [\"{CANARY}\", 5]}}")
        }
        "a.env" => format!("# {CANARY}\npassword={CANARY}\nuser=admin\n"),
        "a.ini" => format!("; {CANARY}\n[web]\npassword = {CANARY}\nuser = admin\n"),
        _ => format!("{CANARY}\n"),
    }
}

/// A file with the secret in it, encrypted in place.
fn sealed_as(name: &str) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write(name, plain(name));
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, name]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    place
}

fn sealed() -> Sandbox {
    sealed_as("a.yaml")
}

#[test]
fn encrypting_in_place_leaves_no_plaintext_behind() {
    for (name, _) in FILES {
        let place = sealed_as(name);
        assert_eq!(
            files_with_the_secret(place.root()),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn changing_a_value_leaves_no_plaintext_behind() {
    for (name, path) in FILES.into_iter().filter(|(_, path)| !path.is_empty()) {
        let place = sealed_as(name);
        let value = format!("\"{CANARY}-new\"");
        let outcome = place.lazysops(["set", name, path, &value]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        assert_eq!(
            files_with_the_secret(place.root()),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn changing_a_value_writes_nothing_decrypted_to_any_file() {
    let place = sealed();
    let program = env!("CARGO_BIN_EXE_lazysops");
    let value = format!("\"{CANARY}-new\"");
    let calls = "trace=write,pwrite64,writev,pwritev,sendfile,copy_file_range";
    let strace = [
        "-f",
        "-qq",
        "-e",
        calls,
        "-s",
        "1000000",
        "-o",
        "calls",
        program,
        "set",
        "a.yaml",
        "[\"password\"]",
        &value,
    ];
    if !can_trace(&place) {
        skipped(
            "what is written while a value changes",
            "strace is missing or may not trace here",
        );
        return;
    }
    let outcome = place.run(Path::new("strace"), strace, b"");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let calls = String::from_utf8_lossy(&place.read("calls")).into_owned();
    assert!(
        calls.contains("ENC[AES256_GCM"),
        "the trace does not show the save"
    );
    assert!(!calls.contains(CANARY), "the secret was written");
}

#[test]
fn no_damage_makes_a_message_tell_a_value() {
    let mut damaged = Vec::new();
    for (name, _) in FILES {
        let text = String::from_utf8(sealed_as(name).read(name)).unwrap();
        let mut mutants = mutants(&text, COUNT);
        // A type that does not fit makes the program read the decrypted text as a number, and complain about it.
        let types = ["int", "float", "bool", "time", "bytes", "comment", "other"];
        mutants.extend(types.map(|other| text.replace("type:str", &format!("type:{other}"))));
        damaged.extend(mutants.into_iter().map(|mutant| (name, mutant)));
    }
    check_all(&damaged, |(name, mutant)| {
        let place = Sandbox::with_key("age1.txt");
        place.write(name, mutant);
        let outcome = place.lazysops(["decrypt", name]);
        if outcome.stderr.contains(CANARY) {
            return Err(format!("the message tells the secret:\n{mutant}"));
        }
        match outcome.code {
            Some(0) => Ok(()),
            Some(101) | None => Err(format!("the program fell over:\n{}\n{mutant}", outcome.stderr)),
            Some(_) if outcome.stdout.is_empty() => Ok(()),
            Some(_) => Err(format!("refused, but something was printed:\n{mutant}")),
        }
    });
}

#[test]
fn a_refusal_does_not_repeat_the_value_that_was_given() {
    let place = sealed();
    let before = place.read("a.yaml");
    let broken = format!("{{\"{CANARY}\"");
    let list = format!("[\"{CANARY}\"]");
    for (path, value) in [
        ("[\"password\"]", &broken),
        ("[\"password\"]", &list),
        ("password", &list),
    ] {
        let outcome = place.lazysops(["set", "a.yaml", path, value]);
        assert_ne!(outcome.code, Some(0), "{path} {value}");
        assert!(!outcome.stderr.contains(CANARY), "{}", outcome.stderr);
        assert_eq!(place.read("a.yaml"), before);
    }
}
