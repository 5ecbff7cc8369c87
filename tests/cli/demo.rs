//! The demo repository.

use super::ok;
use crate::support::sandbox::{Outcome, Sandbox};
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

fn git(place: &Sandbox, words: &[&str]) -> Outcome {
    let who = [
        "-c",
        "user.name=ops",
        "-c",
        "user.email=ops@localhost",
        "-C",
        "demo",
    ];
    place.run(Path::new("git"), who.iter().chain(words), b"")
}

#[test]
fn the_demo_has_a_past_to_look_at_and_a_branch_to_merge() {
    let place = Sandbox::without_keys().variable("GIT_CONFIG_NOSYSTEM", "1");
    ok(&place.lazysops(["--demo-dir", "demo"]));
    let key = place.path("demo/key.txt");
    let place = place.variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap());
    let text = |outcome: &Outcome| String::from_utf8_lossy(&outcome.stdout).into_owned();
    assert_eq!(text(&git(&place, &["status", "--porcelain"])), "");
    let log = text(&git(&place, &["log", "--format=%s"]));
    assert_eq!(log.lines().count(), 8, "{log}");
    let file = "charts/status-page/values.sops.yaml";
    for (revision, opens) in [
        ("HEAD:", file),
        ("HEAD~1:", file),
        ("HEAD~7:", "charts/status/values.sops.yaml"),
        ("other-team:", file),
    ] {
        let version = git(&place, &["show", &format!("{revision}{opens}")]);
        place.write("version.yaml", text(&version));
        ok(&place.lazysops(["decrypt", "version.yaml"]));
    }
    // As git merges texts, the lines of the MAC and of the password conflict; by values, only the password does.
    let plain = git(&place, &["merge", "other-team"]);
    assert_ne!(plain.code, Some(0));
    let marks = |place: &Sandbox| {
        let merged = String::from_utf8(place.read(&format!("demo/{file}"))).unwrap();
        merged.matches("<<<<<<<").count()
    };
    assert!(marks(&place) > 1);
    git(&place, &["merge", "--abort"]);
    let driver = format!(
        "merge.lazysops.driver={} merge %O %A %B %P",
        env!("CARGO_BIN_EXE_lazysops")
    );
    place.write("demo/.git/info/attributes", "*.sops.yaml merge=lazysops\n");
    let merged = git(&place, &["-c", &driver, "merge", "other-team"]);
    assert_ne!(merged.code, Some(0));
    let told = format!("{}{}", text(&merged), merged.stderr);
    assert_eq!(told.matches("gatus.password_sops_cypher").count(), 1, "{told}");
    assert_eq!(marks(&place), 0);
}
