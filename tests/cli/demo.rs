//! The demo repository.

use super::ok;
use crate::support::sandbox::Sandbox;
use std::path::Path;

const SECRETS: [&str; 6] = [
    "correct-horse-battery-staple",
    "token-two",
    "bm90LXRoZS1yZWFsLW9uZQ",
    "also-made-up",
    "demo-mail-password",
    "0000-1111-2222-3333",
];

#[test]
fn every_file_of_the_demo_opens_with_its_own_key_and_shows_no_secret() {
    let place = Sandbox::without_keys();
    let outcome = place.lazysops(["--demo-dir", "demo"]);
    ok(&outcome);
    let folder = place.path("demo");
    let hint = String::from_utf8(outcome.stdout).unwrap();
    assert_eq!(
        hint,
        format!("SOPS_AGE_KEY_FILE={0}/key.txt lazysops {0}\n", folder.display())
    );
    let place = place.variable("SOPS_AGE_KEY_FILE", folder.join("key.txt").to_str().unwrap());
    let mut opened = String::new();
    for file in [
        "charts/status-page/values.sops.yaml",
        "kubernetes/database-secret.yaml",
        "kubernetes/registry.sopssecret.yaml",
        "config/environments.yaml",
        "config/app.env",
        "config/mail.ini",
        "config/service.json",
        "config/licence.txt",
    ] {
        let path = Path::new("demo").join(file);
        let sealed = String::from_utf8(place.read(path.to_str().unwrap())).unwrap();
        for secret in SECRETS {
            assert!(!sealed.contains(secret), "{file}: {secret}");
        }
        let decrypted = place.lazysops([Path::new("decrypt"), &path]);
        ok(&decrypted);
        opened.push_str(&String::from_utf8(decrypted.stdout).unwrap());
    }
    for secret in SECRETS {
        assert!(opened.contains(secret), "{secret}");
    }
    assert!(opened.contains("target_version: 1.2.3"));
}

#[test]
fn a_folder_with_something_in_it_is_not_touched() {
    let place = Sandbox::without_keys();
    std::fs::create_dir(place.path("mine")).unwrap();
    place.write("mine/notes", "mine");
    let outcome = place.lazysops(["--demo-dir", "mine"]);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(std::fs::read_dir(place.path("mine")).unwrap().count(), 1);
}
