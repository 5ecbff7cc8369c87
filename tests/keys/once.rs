//! A run over many files asks for a passphrase once, on whatever threads it works.

use super::person::Person;
use crate::support::passphrase::locked_identity;
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, data};
use lazysops::host::Environment;
use lazysops::metadata::Recipient;
use lazysops::ops::rekey_files::{MANY, Outcome, Request, apply, plan};
use lazysops::ops::rulebook::{Rulebook, Source};
use std::sync::Arc;

/// A third key.
const THIRD: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";
const FILES: usize = 12;

/// Files for a recipient.
fn place(recipient: &str) -> Sandbox {
    let place = Sandbox::without_keys();
    for number in 0..FILES {
        let name = format!("{number}.yaml");
        place.write(&name, "token: hunter2\n");
        let sealed = place.lazysops(["encrypt", "-i", "--age", recipient, &name]);
        assert_eq!(sealed.code, Some(0), "{}", sealed.stderr);
    }
    place
}

/// Lets somebody in; how each file ended.
fn run(place: &Sandbox, variable: &str, value: &str, person: &Arc<Person>) -> Vec<Outcome> {
    let environment = Environment::new(place.environment(), place.path(""))
        .with(variable, value)
        .asking(person.clone());
    let book = Rulebook::new(Source::default(), &environment);
    let recipient = Recipient::Age {
        recipient: THIRD.to_owned(),
    };
    let request = Request {
        add: vec![recipient],
        ..Request::default()
    };
    let plan = plan(&request, &book, &environment).unwrap();
    let results = apply(&plan, MANY, &environment, &mut |_, _, _| {}).unwrap();
    results.into_iter().map(|result| result.outcome).collect()
}

#[test]
fn an_identity_file_behind_a_passphrase_is_opened_once_for_all_files() {
    let place = place(AGE1);
    let key = place.write("keys.age", locked_identity());
    let person = Arc::new(Person::with_passphrases(&["wrong", "right"]));
    let outcomes = run(&place, "SOPS_AGE_KEY_FILE", key.to_str().unwrap(), &person);
    assert_eq!(outcomes, vec![Outcome::Rewrapped; FILES]);
    assert_eq!(person.seen().len(), 2, "{:?}", person.seen());
}

#[test]
fn a_person_who_does_not_answer_is_asked_once_and_no_file_changes() {
    let place = place(AGE1);
    let key = place.write("keys.age", locked_identity());
    let before = place.read("3.yaml");
    let person = Arc::new(Person::with_passphrases(&[]));
    let outcomes = run(&place, "SOPS_AGE_KEY_FILE", key.to_str().unwrap(), &person);
    let failed = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Failed(_)));
    assert_eq!(failed.count(), FILES);
    assert_eq!(person.seen().len(), 1, "{:?}", person.seen());
    assert_eq!(place.read("3.yaml"), before);
}

#[test]
fn an_ssh_key_behind_a_passphrase_is_opened_once_for_all_files() {
    let public = std::fs::read_to_string(data("keys/ssh-locked.pub")).unwrap();
    let place = place(public.trim());
    let key = data("keys/ssh-locked");
    let person = Arc::new(Person::with_passphrases(&["test-passphrase"]));
    let outcomes = run(
        &place,
        "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
        key.to_str().unwrap(),
        &person,
    );
    assert_eq!(outcomes, vec![Outcome::Rewrapped; FILES]);
    assert_eq!(person.seen().len(), 1, "{:?}", person.seen());
}
