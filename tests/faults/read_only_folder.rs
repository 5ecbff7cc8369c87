//! A folder in which no file can be made, so that no new file can take the place of the old one.

use crate::support::machine::Unprivileged;
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, skipped};

/// A folder with an encrypted file in it, and a user who may do there what `folder` and `file` permit.
fn place_with(folder: u32, file: u32) -> Option<(Sandbox, Unprivileged)> {
    let key = std::fs::read_to_string(crate::support::data("keys/age1.txt")).unwrap();
    let key = key.lines().last().unwrap().to_owned();
    let place = Sandbox::without_keys().variable("SOPS_AGE_KEY", &key);
    place.write("a.yaml", "password: hunter2\n");
    assert_eq!(
        place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]).code,
        Some(0)
    );
    let Some(user) = Unprivileged::new(&place) else {
        skipped("permissions of an unprivileged user", "setpriv is missing");
        return None;
    };
    user.give(&place.path("a.yaml"), file);
    user.give(&place.path(""), folder);
    Some((place, user))
}

fn set(place: &Sandbox, user: &Unprivileged) -> crate::support::sandbox::Outcome {
    let (program, arguments) = user.command(&["set", "a.yaml", "[\"password\"]", "\"correct horse\""]);
    place.run(&program, arguments, b"")
}

#[test]
fn a_command_writes_in_place_where_it_cannot_rename_and_says_so() {
    let Some((place, user)) = place_with(0o555, 0o644) else {
        return;
    };
    let outcome = set(&place, &user);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("a.yaml"),
        "no warning: {}",
        outcome.stderr
    );
    let extract = ["decrypt", "--extract", "[\"password\"]", "a.yaml"];
    assert_eq!(place.lazysops(extract).stdout, b"correct horse");
}

#[test]
fn a_file_that_may_not_be_written_stays_and_the_message_names_it() {
    let Some((place, user)) = place_with(0o555, 0o444) else {
        return;
    };
    let before = place.read("a.yaml");
    let outcome = set(&place, &user);
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("a.yaml"), "{}", outcome.stderr);
    assert_eq!(place.read("a.yaml"), before);
}
