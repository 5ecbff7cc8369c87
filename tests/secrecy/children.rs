//! Programs that are started on the way get no identity of the user: neither the editor nor git, gpg, a plugin, or a program that
//! prints an identity (security P16). The clipboard's helpers are in `pty::clipboard`.

use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;

/// Somebody else's public key.
const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

/// Programs that write down what they are given, and fail.
const PROGRAMS: [&str; 5] = ["editor", "git", "gpg", "age-plugin-fake", "prints-identity"];

/// The identity, and a passphrase that opens another one.
const SECRETS: [&str; 2] = ["AGE-SECRET-KEY-1", "correct horse battery"];

fn place() -> Sandbox {
    let text = std::fs::read_to_string(crate::support::data("keys/age1.txt")).unwrap();
    let identity = text.lines().find(|line| line.starts_with(SECRETS[0])).unwrap();
    let place = Sandbox::without_keys().variable("SOPS_AGE_KEY", identity);
    for folder in ["bin", "seen", ".git"] {
        std::fs::create_dir(place.path(folder)).unwrap();
    }
    let seen = place.path("seen");
    for name in PROGRAMS {
        let script = format!(
            "#!/bin/sh\n{{ /usr/bin/env; printf '%s\\n' \"$@\"; }} > '{}/{name}'\nexit 1\n",
            seen.display()
        );
        executable(&place.path("bin").join(name), &script);
    }
    let bin = place.path("bin");
    let editor = bin.join("editor");
    let gpg = bin.join("gpg");
    let prints = bin.join("prints-identity");
    place
        .variable("PATH", &format!("{}:/usr/bin:/bin", bin.display()))
        .variable("EDITOR", editor.to_str().unwrap())
        .variable("SOPS_GPG_EXEC", gpg.to_str().unwrap())
        .variable("SOPS_AGE_KEY_CMD", prints.to_str().unwrap())
        .variable("AGE_PASSPHRASE", SECRETS[1])
}

#[test]
fn no_program_that_is_started_gets_an_identity_or_a_passphrase_it_has_no_use_for() {
    let place = place();
    let fake = bech32::Hrp::parse("age1fake").unwrap();
    let fake = bech32::encode::<bech32::Bech32>(fake, b"public").unwrap();
    place.write("a.yaml", "token: hunter2\n");
    let made = place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    place.write("b.yaml", "token: hunter2\n");
    for arguments in [
        &["edit", "a.yaml"][..],
        &["set", "a.yaml", "[\"token\"]", "\"hunter3\""],
        &[
            "encrypt",
            "--pgp",
            "94F5D5ABC60CD3A694F5D5ABC60CD3A694F5D5AB",
            "b.yaml",
        ],
        &["encrypt", "--age", &fake, "b.yaml"],
        &["encrypt", "-i", "--age", OTHER, "b.yaml"],
        // The identity at hand does not open it: the program that prints others is asked.
        &["decrypt", "b.yaml"],
    ] {
        place.lazysops(arguments);
    }
    for name in PROGRAMS {
        let seen = std::fs::read_to_string(place.path("seen").join(name));
        let seen = seen.unwrap_or_else(|_| panic!("{name} was not started at all"));
        assert!(seen.contains("PATH="), "{name}: {seen}");
        assert!(!seen.contains(SECRETS[0]), "{name} was given the identity");
        // A plugin may be there for passphrases.
        let may_ask = ["age-plugin-fake", "prints-identity"].contains(&name);
        assert!(
            may_ask || !seen.contains(SECRETS[1]),
            "{name} was given a passphrase"
        );
    }
}
