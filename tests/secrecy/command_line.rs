//! The commands: messages, files left behind, and what is written on the way.

use crate::support::damage::mutants;
use crate::support::machine::can_trace;
use crate::support::parallel::check_all;
use crate::support::sandbox::Sandbox;
use crate::support::secret::{CANARY, files_with_the_secret};
use crate::support::{AGE1, skipped};
use std::path::Path;

/// Damaged files to look at.
const COUNT: usize = 300;

/// A file with the secret in it, encrypted in place.
fn sealed() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write(
        "a.yaml",
        format!("# {CANARY}\npassword: {CANARY}\nuser: admin\nlist: [{CANARY}, 5]\n"),
    );
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    place
}

#[test]
fn encrypting_in_place_leaves_no_plaintext_behind() {
    assert_eq!(files_with_the_secret(sealed().root()), Vec::<String>::new());
}

#[test]
fn changing_a_value_leaves_no_plaintext_behind() {
    let place = sealed();
    let value = format!("\"{CANARY}-new\"");
    let outcome = place.lazysops(["set", "a.yaml", "[\"password\"]", &value]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(files_with_the_secret(place.root()), Vec::<String>::new());
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
    let place = sealed();
    let text = String::from_utf8(place.read("a.yaml")).unwrap();
    let mut damaged = mutants(&text, COUNT);
    // A type that does not fit makes the program read the decrypted text as a number, and complain about it.
    let types = ["int", "float", "bool", "time", "bytes", "comment", "other"];
    damaged.extend(types.map(|name| text.replace("type:str", &format!("type:{name}"))));
    check_all(&damaged, |mutant| {
        let place = Sandbox::with_key("age1.txt");
        place.write("a.yaml", mutant);
        let outcome = place.lazysops(["decrypt", "a.yaml"]);
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
