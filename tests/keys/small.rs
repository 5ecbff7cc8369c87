//! The build without any service: it stays small, works with age, and says what it was built without.

use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use std::collections::BTreeSet;
use std::process::Command;

/// What the whole tree of crates may count without services, and with all of them.
const MOST: [(&[&str], usize); 2] = [(&["--no-default-features"], 300), (&[], 500)];

#[test]
fn both_builds_have_few_enough_crates() {
    for (flags, most) in MOST {
        let tree = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--locked",
                "--offline",
                "-e",
                "normal",
                "--prefix",
                "none",
            ])
            .args(flags)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let text = String::from_utf8(tree.stdout).unwrap();
        let crates: BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        assert!(crates.len() > 100, "{}", String::from_utf8_lossy(&tree.stderr));
        assert!(crates.len() <= most, "{flags:?}: {} crates", crates.len());
    }
}

#[test]
fn an_age_file_needs_no_service() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "token: hunter2\n");
    let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(place.lazysops(["decrypt", "a.yaml"]).stdout, b"token: hunter2\n");
}

/// What an encryption for a key of a service that is not there says.
#[cfg(not(feature = "net"))]
#[test]
fn a_service_that_was_left_out_is_named_with_its_feature() {
    let place = Sandbox::without_keys();
    place.write("a.yaml", "token: hunter2\n");
    for (flag, key, feature) in [
        ("--kms", "arn:aws:kms:eu-west-1:1:key/a", "aws"),
        (
            "--gcp-kms",
            "projects/p/locations/l/keyRings/r/cryptoKeys/k",
            "gcp",
        ),
        ("--azure-kv", "https://n.vault.azure.net/keys/k/v", "azure"),
        (
            "--hc-vault-transit",
            "https://v.example/v1/transit/keys/k",
            "vault",
        ),
    ] {
        let outcome = place.lazysops(["encrypt", "-i", flag, key, "a.yaml"]);
        assert_eq!(outcome.code, Some(1), "{flag}");
        let named = format!("built with the feature {feature}");
        assert!(outcome.stderr.contains(&named), "{flag}: {}", outcome.stderr);
        assert_eq!(place.read("a.yaml"), b"token: hunter2\n");
    }
}

#[cfg(not(feature = "keyservice"))]
#[test]
fn key_services_in_other_processes_that_were_left_out_are_named() {
    let place = Sandbox::without_keys();
    place.write("a.yaml", "token: hunter2\n");
    let remote = ["--enable-local-keyservice=false", "--keyservice", "unix:///a"];
    let encrypt = [&["encrypt", "--age", AGE1][..], &remote, &["a.yaml"]].concat();
    for arguments in [encrypt, vec!["keyservice"]] {
        let outcome = place.lazysops(arguments);
        assert_eq!(outcome.code, Some(1));
        let named = "built with the feature keyservice";
        assert!(outcome.stderr.contains(named), "{}", outcome.stderr);
    }
}
