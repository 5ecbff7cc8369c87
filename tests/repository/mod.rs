//! Rules and recipients over whole repositories: the commands sops does not have.

mod check;
mod drift;
mod health;
mod join;
mod pins;
mod rekey;
mod rules_text;
mod stopped;
mod trust;
mod why;

use crate::support::AGE1;
use crate::support::sandbox::{Outcome, Sandbox};
use serde_json::Value;

/// Somebody else's public key.
const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

/// A repository with these rules and plain files; those that end in `.enc.yaml` are encrypted by the rules.
fn repository(rules: &str, files: &[(&str, &str)]) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    std::fs::create_dir(place.path(".git")).unwrap();
    place.write(".sops.yaml", rules.replace("{A}", AGE1).replace("{B}", OTHER));
    for (name, content) in files {
        std::fs::create_dir_all(place.path(name).parent().unwrap()).unwrap();
        place.write(name, content);
        if name.contains(".enc.") {
            done(&place.lazysops(["encrypt", "-i", name]));
        }
    }
    place
}

/// Standard output of a command that ended well.
#[track_caller]
fn done(outcome: &Outcome) -> String {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    String::from_utf8(outcome.stdout.clone()).unwrap()
}

/// Standard output of a command that ended with this code.
#[track_caller]
fn with_code(outcome: &Outcome, code: i32) -> String {
    assert_eq!(
        outcome.code,
        Some(code),
        "{}{}",
        String::from_utf8_lossy(&outcome.stdout),
        outcome.stderr
    );
    String::from_utf8(outcome.stdout.clone()).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
