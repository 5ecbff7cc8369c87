//! Dangers from what somebody without a key can write: P6, P8, P9.

use super::{FORMATS, decrypted, leave, ok, on_terminal, refused, save, warned};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use std::os::unix::fs::PermissionsExt as _;

const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
const ATTACKER: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";

/// A repository with these rules and one plain file.
fn repository(format: (&str, &str, &str), recipients: &str) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    std::fs::create_dir(place.path(".git")).unwrap();
    place.write(".sops.yaml", format!("creation_rules:\n  - age: {recipients}\n"));
    place.write(format.0, format.1);
    place
}

#[test]
fn recipients_that_somebody_else_changed_are_asked_about_or_warned_of_or_refused() {
    for format in FORMATS {
        let name = format.0;
        let place = repository(format, &format!("{AGE1},{OTHER}"));
        let state = place.path("../state");
        let place = place.variable("LAZYSOPS_CONFIG_DIR", state.to_str().unwrap());
        ok(&place.lazysops(["encrypt", "-i", name]));
        // What is written by an own command is remembered.
        ok(&place.lazysops(["rekey", "--rotate", "--yes", name]));
        let fine = place.lazysops(["rotate", name]);
        assert_eq!((fine.code, fine.stderr.as_str()), (Some(0), ""), "{name}");
        let text = String::from_utf8(place.read(name)).unwrap();
        let hostile = text.replace(OTHER, ATTACKER);
        assert_ne!(text, hostile);
        place.write(name, &hostile);

        warned(&place, &["rotate", name], ATTACKER);
        refused(&place, name, &["rotate", "-i", "--strict", name], ATTACKER);
        let why = "--accept-metadata";
        refused(&place, name, &["rekey", "--rotate", "--yes", name], why);
        let shown = place.lazysops(["rekey", "--rotate", "--dry-run", name]);
        assert!(
            String::from_utf8_lossy(&shown.stdout).contains(ATTACKER),
            "{name}"
        );

        let mut terminal = on_terminal(&place, &[name]);
        terminal.wait_for("changed since you last wrote it");
        terminal.send("\x1b");
        terminal.wait_without("changed since you last wrote it");
        terminal.send(&format!("/{}\re\x15correct horse\r", format.2));
        terminal.wait_for("1 change");
        save(&mut terminal);
        terminal.wait_for("Did you change who can read this?");
        terminal.wait_for(ATTACKER);
        terminal.send("\r");
        terminal.wait_without("Did you change who can read this?");
        leave(&mut terminal);
        assert_eq!(place.read(name), hostile.as_bytes(), "{name}");
    }
}

#[test]
fn the_rules_of_a_stranger_are_refused_or_warned_of() {
    for format in FORMATS {
        let name = format.0;
        let place = repository(format, AGE1);
        let rules = format!("creation_rules:\n  - path_regex: ^a\\.\n    age: {AGE1}\n");
        place.write(".sops.yaml", rules);
        let rules = place.path(".sops.yaml");
        std::fs::set_permissions(&rules, std::fs::Permissions::from_mode(0o666)).unwrap();

        warned(
            &place,
            &["encrypt", name],
            "is used although anybody can change it",
        );
        let why = "is used although anybody can change it";
        refused(&place, name, &["encrypt", "-i", "--strict", name], why);
        let why = "is not used: anybody can change it";
        refused(&place, name, &["why", name], why);
        ok(&place.lazysops(["why", "--trust-config", name]));
        // What the rules would encrypt does not look clean.
        for (flags, finding) in [
            (&["check", name][..], why),
            (&["check", "--trust-config", name], "stand"),
        ] {
            let outcome = place.lazysops(flags);
            let said = String::from_utf8(outcome.stdout).unwrap();
            assert!(
                outcome.code == Some(1) && said.contains(finding),
                "{flags:?}: {said}"
            );
        }

        let mut terminal = on_terminal(&place, &[name]);
        terminal.wait_for("is not encrypted");
        terminal.send("y");
        terminal.wait_for("Cannot encrypt");
        terminal.wait_for("is not used");
        terminal.wait_for("anybody can change it");
        terminal.send("\r");
        leave(&mut terminal);
        assert_eq!(
            place.read(name),
            format.1.as_bytes(),
            "{name}: not by rules of a stranger"
        );

        let mut terminal = on_terminal(&place, &["open", "--config", ".sops.yaml", name]);
        terminal.wait_for("is not encrypted");
        terminal.send("y");
        terminal.wait_for("••••");
        drop(terminal);
        assert!(decrypted(&place, name).contains("hunter2"), "{name}");
    }
}

/// A plugin that notes that it ran, and then does nothing more.
fn with_plugin(place: Sandbox) -> Sandbox {
    std::fs::create_dir(place.path("bin")).unwrap();
    let ran = place.path("ran");
    executable(
        &place.path("bin/age-plugin-fake"),
        &format!("#!/bin/sh\necho ran >> '{}'\n", ran.display()),
    );
    let path = format!(
        "{}:{}",
        place.path("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    place.variable("PATH", &path)
}

#[test]
fn a_plugin_that_a_recipient_names_starts_after_a_yes_and_for_the_commands_of_sops() {
    let fake: bech32::Hrp = bech32::Hrp::parse("age1fake").unwrap();
    let fake = bech32::encode::<bech32::Bech32>(fake, b"public").unwrap();
    for format in FORMATS {
        a_plugin_starts_after_a_yes_or_by_the_commands_of_sops(&fake, format);
    }
}

fn a_plugin_starts_after_a_yes_or_by_the_commands_of_sops(fake: &str, format: (&str, &str, &str)) {
    let (name, sealed) = (format.0, format.0.replace("a.", "sealed."));
    let sealed = sealed.as_str();
    let place = with_plugin(repository(format, &format!("{AGE1},{fake}")));
    let ran = || std::fs::read_to_string(place.path("ran")).map_or(0, |text| text.lines().count());
    let by = |arguments: &[&str]| {
        let outcome = place.lazysops(arguments);
        assert_ne!(outcome.code, Some(0), "the plugin wraps nothing");
        outcome.stderr
    };
    let refusal = "nobody agreed";
    let said = by(&["encrypt", "--strict", name]);
    assert!(said.contains(refusal) && ran() == 0, "{said}");
    let said = by(&["encrypt", name]);
    assert!(!said.contains(refusal) && ran() == 1, "{said}");

    // Own commands, where nobody can be asked, and where somebody says no.
    place.write(sealed, format.1);
    ok(&place.lazysops(["encrypt", "-i", "--config", "/dev/null", "--age", AGE1, sealed]));
    let said = by(&["rekey", "--yes", sealed]);
    assert!(said.contains(refusal) && ran() == 1, "{said}");
    for (answer, times) in [("no\n", 1), ("yes\n", 2)] {
        let mut terminal = on_terminal(&place, &["rekey", "--yes", sealed]);
        terminal.wait_for("a recipient wants to start age-plugin-fake: agree?");
        terminal.send(answer);
        assert_eq!(terminal.wait_for_exit(), 2);
        assert_eq!(ran(), times, "{answer}");
    }
    // A yes is remembered; in the editor another user is asked.
    let state = place.path("../other-state");
    let place = place.variable("LAZYSOPS_CONFIG_DIR", state.to_str().unwrap());
    let ran = || std::fs::read_to_string(place.path("ran")).map_or(0, |text| text.lines().count());
    for (answer, times) in [("\r", 2), ("y", 3)] {
        let mut terminal = on_terminal(&place, &[name]);
        terminal.wait_for("is not encrypted");
        terminal.send("y");
        terminal.wait_for("age-plugin-fake");
        assert_eq!(ran(), 2, "not before a yes");
        terminal.send(answer);
        terminal.wait_for("Cannot encrypt");
        terminal.send("\r");
        leave(&mut terminal);
        assert_eq!(ran(), times, "{answer:?}");
        assert_eq!(place.read(name), format.1.as_bytes());
    }
}
