//! `keygen`, `join` and `approve`: from no key to reading.

use super::{done, repository, with_code};
use crate::support::sandbox::Sandbox;
use std::os::unix::fs::PermissionsExt as _;

const RULES: &str = "creation_rules:\n  - path_regex: ^prod/\n    age:\n      - {A}\n  - age: {A}\n";

#[test]
fn somebody_new_makes_a_key_asks_is_let_in_and_reads() {
    let place = repository(RULES, &[("prod/a.enc.yaml", "a: 1\n"), ("b.enc.yaml", "b: 2\n")]);
    let new = place.path("../new/keys.txt");
    let public = done(&place.lazysops(["keygen", "--output", new.to_str().unwrap()]));
    assert!(public.starts_with("age1"), "{public}");
    let mode = std::fs::metadata(&new).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = place.lazysops(["keygen", "--output", new.to_str().unwrap()]);
    with_code(&again, 2);
    assert!(again.stderr.contains("not overwritten"), "{}", again.stderr);
    let asked = done(&place.lazysops(["join", "new-laptop", "--key", public.trim()]));
    assert!(
        asked.starts_with(".lazysops/requests/new-laptop.toml is written"),
        "{asked}"
    );
    with_code(&place.lazysops(["join", "new-laptop", "--key", public.trim()]), 2);
    let plan = place.lazysops(["approve", "new-laptop", "--dry-run"]);
    assert!(done(&plan).contains("2 SOPS files: 0 with a new data key, 2 rewrapped"));
    assert!(plan.stderr.contains(public.trim()), "{}", plan.stderr);
    done(&place.lazysops(["approve", "new-laptop", "--yes"]));
    assert!(!place.path(".lazysops/requests/new-laptop.toml").exists());
    let rules = String::from_utf8(place.read(".sops.yaml")).unwrap();
    assert!(
        rules.contains(&format!("      - {} # new-laptop\n", public.trim())),
        "{rules}"
    );
    assert_eq!(
        done(&place.lazysops(["drift"])),
        "2 SOPS files, 0 drifted, 0 without a rule\n"
    );
    let place = place.variable("SOPS_AGE_KEY_FILE", new.to_str().unwrap());
    assert_eq!(done(&place.lazysops(["decrypt", "prod/a.enc.yaml"])), "a: 1\n");
}

#[test]
fn a_request_of_somebody_hostile_gets_nowhere() {
    let place = repository(RULES, &[("a.enc.yaml", "a: 1\n")]);
    let before = place.read("a.enc.yaml");
    std::fs::create_dir_all(place.path(".lazysops/requests")).unwrap();
    for (name, text) in [
        ("other", "name = \"ops\"\nkey = \"age1x\"\n"),
        ("secret", "name = \"secret\"\nkey = \"AGE-SECRET-KEY-1CANARY\"\n"),
        ("two", "name = \"two\"\nkey = \"age1a,age1b\"\n"),
        ("hidden", "name = \"hidden\"\nkey = \"age1a\\u202e\"\n"),
        ("broken", "name = \n"),
    ] {
        place.write(&format!(".lazysops/requests/{name}.toml"), text);
        let outcome = place.lazysops(["approve", name, "--yes"]);
        with_code(&outcome, 2);
        assert!(!outcome.stderr.contains("CANARY") && !outcome.stderr.contains('\u{202e}'));
    }
    for name in ["../x", ".hidden", "", "a/b", "-x"] {
        with_code(&place.lazysops(["approve", "--yes", "--", name]), 2);
        with_code(&place.lazysops(["join", "--key", "age1x", "--", name]), 2);
    }
    assert_eq!(place.read("a.enc.yaml"), before);
}

#[test]
fn a_key_goes_where_sops_looks_for_it_and_may_be_post_quantum() {
    let place = Sandbox::without_keys();
    let path = done(&place.lazysops(["keygen", "--dry-run"]));
    assert!(path.trim().ends_with("home/.config/sops/age/keys.txt"), "{path}");
    assert!(!std::path::Path::new(path.trim()).exists());
    let made = super::json(&done(&place.lazysops(["keygen", "--pq", "--json"])));
    assert!(made["recipient"].as_str().unwrap().starts_with("age1pq1"));
    assert_eq!(
        std::fs::metadata(path.trim()).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let folder = std::path::Path::new(path.trim()).parent().unwrap();
    assert_eq!(
        std::fs::metadata(folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    // Nothing but the key is needed from now on.
    let asked = place.lazysops(["join", "ops-laptop", "--json"]);
    assert_eq!(super::json(&done(&asked))["recipient"], made["recipient"]);
}
