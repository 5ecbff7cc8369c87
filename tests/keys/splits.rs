//! Data keys that are split among key groups: what sops splits we combine, and the other way.
//!
//! `LAZYSOPS_TEST_SPLITS=1000 tests/run keys::splits` does it a thousand times each way.

use crate::support::sandbox::Sandbox;
use crate::support::sops;
use age::secrecy::ExposeSecret as _;
use std::path::Path;

const PLAIN: &str = "user: ops\npassword: canary\n";

/// Most groups of a file here.
const MOST: usize = 5;

/// How often each way.
fn times() -> usize {
    let asked = std::env::var("LAZYSOPS_TEST_SPLITS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// Splits `PLAIN` with one program and opens it with the other: each time with another number of groups, another threshold, and
/// other groups at hand. With one group less than needed it must not open.
fn split(by: &Path, opened_by: &Path) {
    let identities: Vec<_> = (0..MOST).map(|_| age::x25519::Identity::generate()).collect();
    let keys = |groups: &mut dyn Iterator<Item = usize>| -> String {
        let keys = groups.map(|group| identities[group].to_string().expose_secret().to_owned());
        keys.collect::<Vec<_>>().join("\n")
    };
    for round in 0..times() {
        let groups = 2 + round % (MOST - 1);
        let threshold = 2 + round / (MOST - 1) % (groups - 1);
        let place = Sandbox::without_keys();
        let mut rules = format!("creation_rules:\n  - shamir_threshold: {threshold}\n    key_groups:\n");
        for identity in &identities[..groups] {
            rules.push_str(&format!("      - age: [{}]\n", identity.to_public()));
        }
        place.write(".sops.yaml", rules);
        place.write("plain.yaml", PLAIN);
        let sealed = place.run(by, ["encrypt", "plain.yaml"], b"");
        assert_eq!(sealed.code, Some(0), "{}", sealed.stderr);
        place.write("sealed.yaml", sealed.stdout);
        let at_hand = |count: usize| keys(&mut (0..count).map(|number| (round + number) % groups));
        let place = place.variable("SOPS_AGE_KEY", &at_hand(threshold));
        let opened = place.run(opened_by, ["decrypt", "sealed.yaml"], b"");
        let case = format!("{threshold} of {groups}, round {round}");
        assert_eq!(opened.code, Some(0), "{case}: {}", opened.stderr);
        assert_eq!(opened.stdout, PLAIN.as_bytes(), "{case}");
        if round < 12 {
            let place = place.variable("SOPS_AGE_KEY", &at_hand(threshold - 1));
            let refused = place.run(opened_by, ["decrypt", "sealed.yaml"], b"");
            assert_eq!(refused.code, Some(128), "{case}");
        }
    }
}

#[test]
fn what_sops_splits_we_combine() {
    let Some(sops) = sops("data keys that sops splits") else {
        return;
    };
    split(&sops, Path::new(env!("CARGO_BIN_EXE_lazysops")));
}

#[test]
fn what_we_split_sops_combines() {
    let Some(sops) = sops("data keys that we split") else {
        return;
    };
    split(Path::new(env!("CARGO_BIN_EXE_lazysops")), &sops);
}
