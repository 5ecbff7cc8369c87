//! age plugins.

use super::person::{Person, with_access};
use crate::support::script::executable;
use age::{Decryptor, Encryptor};
use age_core::primitives::bech32_encode;
use lazysops::keys::access::{Access, Ask, Nobody};
use lazysops::keys::plugin::{Identity, Recipient};
use std::io::{Read, Write};
use tempfile::TempDir;

/// A plugin that seals nothing: the stanza has the file key in clear. Then it does what `$EXTRA` of the test says.
const FAKE: &str = r#"#!/bin/sh
[ -z "$SOPS_AGE_KEY" ] || exit 9
tell() { printf -- '%s\n%s\n' "$1" "$2"; }
hear() { read -r reply; read -r reply_body; }
body=
while read -r line; do
    case $line in
    '-> wrap-file-key'* | '-> recipient-stanza 0 fake'*) read -r body ;;
    '-> done') read -r line; break ;;
    esac
done
@EXTRA@
case $1 in
--age-plugin=recipient-v1) tell '-> recipient-stanza 0 fake' "$body" ;;
--age-plugin=identity-v1) tell '-> file-key 0' "$body" ;;
esac
hear
tell '-> done' ''
"#;

/// A folder with the plugin in it.
fn plugin(extra: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("age-plugin-fake");
    executable(&path, &FAKE.replace("@EXTRA@", extra));
    folder
}

fn recipient() -> Recipient {
    let text = bech32_encode(bech32::Hrp::parse("age1fake").unwrap(), b"public");
    Recipient::parse(&text).unwrap()
}

fn identity() -> Identity {
    let text = bech32_encode(bech32::Hrp::parse("age-plugin-fake-").unwrap(), b"secret");
    Identity::parse(&text.to_uppercase()).unwrap()
}

fn seal(access: &Access<'_>, recipient: &Recipient) -> Result<Vec<u8>, String> {
    let recipient = recipient.with_access(*access);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _));
    let mut sealed = Vec::new();
    let mut writer = encryptor
        .map_err(|error| error.to_string())?
        .wrap_output(&mut sealed)
        .unwrap();
    writer.write_all(b"data key").unwrap();
    writer.finish().unwrap();
    Ok(sealed)
}

fn open(access: &Access<'_>, identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, String> {
    let identity = identity.with_access(*access);
    let mut opened = Vec::new();
    match Decryptor::new(sealed)
        .unwrap()
        .decrypt(std::iter::once(&identity as _))
    {
        Ok(mut reader) => reader.read_to_end(&mut opened).unwrap(),
        Err(_) => {
            return Err(identity
                .refusal()
                .map_or_else(String::new, |refusal| refusal.reason));
        }
    };
    Ok(opened)
}

/// Runs the plugin for both directions, with this person and a secret in the variables.
fn there_and_back(extra: &str, ask: &dyn Ask) -> Result<Vec<u8>, String> {
    let folder = plugin(extra);
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let variables = [("PATH", path.as_str()), ("SOPS_AGE_KEY", "AGE-SECRET-KEY-1")];
    with_access(&variables, ask, |access| {
        let sealed = seal(access, &recipient())?;
        open(access, &identity(), &sealed)
    })
}

#[test]
fn a_plugin_wraps_and_unwraps_and_does_not_see_the_identity_of_the_user() {
    let opened = there_and_back("", &Nobody { drop_in: true });
    assert_eq!(opened.unwrap(), b"data key");
}

#[test]
fn a_plugin_that_a_recipient_names_runs_only_when_somebody_agreed() {
    let refused = "may not run: a recipient names it, and nobody agreed";
    let nobody = Nobody { drop_in: false };
    assert!(there_and_back("", &nobody).unwrap_err().contains(refused));
    let person = Person::who_says(false);
    assert!(there_and_back("", &person).unwrap_err().contains(refused));
    assert_eq!(person.seen(), ["run age-plugin-fake"]);
    let person = Person::who_says(true);
    assert_eq!(there_and_back("", &person).unwrap(), b"data key");
}

#[test]
fn who_agreed_to_a_plugin_once_is_not_asked_again() {
    let folder = plugin("");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let state = folder.path().join("state");
    let variables = [
        ("PATH", path.as_str()),
        ("LAZYSOPS_CONFIG_DIR", state.to_str().unwrap()),
    ];
    let person = Person {
        decides: true,
        ..Person::who_says(true)
    };
    for _ in 0..2 {
        with_access(&variables, &person, |access| seal(access, &recipient()).unwrap());
    }
    assert_eq!(person.seen(), ["run age-plugin-fake"]);
    let nobody = Nobody { drop_in: false };
    with_access(&variables, &nobody, |access| seal(access, &recipient()).unwrap());
}

#[test]
fn what_a_plugin_asks_reaches_the_person_as_safe_text() {
    // "touch \e[2J", "PIN?", "sure?" with the answers "go" and "stop", and something that does not exist.
    let extra = "
        tell '-> msg' dG91Y2ggG1sySg; hear
        tell '-> request-secret' UElOPw; hear; [ \"$reply_body\" = MTIzNA ] || exit 8
        tell '-> confirm Z28 c3RvcA' c3VyZT8; hear; [ \"$reply\" = '-> ok yes' ] || exit 7
        tell '-> request-public' d2hvPw; hear; [ \"$reply\" = '-> ok' ] || exit 6
        tell '-> later-invention x' ''; hear; [ \"$reply\" = '-> unsupported' ] || exit 5
    ";
    let person = Person {
        agrees: Some(true),
        ..Person::with_passphrases(&["1234", "1234"])
    };
    assert_eq!(there_and_back(extra, &person).unwrap(), b"data key");
    let seen = person.seen();
    assert_eq!(
        seen[1..5],
        [
            "age-plugin-fake: touch \\u{1b}[2J",
            "age-plugin-fake: PIN? (0)",
            "age-plugin-fake: sure? go/stop",
            "age-plugin-fake: who?",
        ]
    );
}

#[test]
fn a_plugin_that_misbehaves_is_an_error_in_one_line() {
    let nobody = Nobody { drop_in: true };
    // The plugin reports an error: "no key\n".
    let error = there_and_back(
        "tell '-> error internal' bm8ga2V5Cg; hear; tell '-> done' ''; exit",
        &nobody,
    );
    assert_eq!(error.unwrap_err(), "age-plugin-fake: no key");
    let error = there_and_back("exit 1", &nobody);
    assert_eq!(error.unwrap_err(), "age-plugin-fake ended unexpectedly");
    let error = there_and_back("echo hello", &nobody);
    assert_eq!(
        error.unwrap_err(),
        "age-plugin-fake does not speak the plugin protocol"
    );
    let error = there_and_back("while :; do tell '-> msg' ''; done", &nobody);
    assert_eq!(error.unwrap_err(), "age-plugin-fake does not come to an end");
    let error = there_and_back("body=AAAA", &nobody);
    assert_eq!(error.unwrap_err(), "", "a file key of the wrong length is no key");
}

#[test]
fn a_missing_plugin_is_named() {
    with_access(&[("PATH", "/nowhere")], &Nobody { drop_in: true }, |access| {
        let error = seal(access, &recipient()).unwrap_err();
        assert_eq!(error, "the plugin age-plugin-fake is not installed");
    });
}

/// The post-quantum plugin of age itself, which needs no hardware.
#[test]
fn the_plugins_of_age_work() {
    let Ok(folder) = std::env::var("LAZYSOPS_TEST_AGE") else {
        crate::support::skipped(
            "age's own plugin",
            "LAZYSOPS_TEST_AGE is not set; tests/run sets it where Go is",
        );
        return;
    };
    let key = include_str!("../data/keys/age-pq.key");
    let path = format!("{folder}:/usr/bin:/bin");
    with_access(&[("PATH", &path)], &Nobody { drop_in: true }, |access| {
        let native: lazysops::keys::hybrid::Identity = key
            .lines()
            .find(|line| line.starts_with("AGE-"))
            .unwrap()
            .parse()
            .unwrap();
        let converted = std::process::Command::new(format!("{folder}/age-plugin-pq"))
            .arg("-identity")
            .stdin(std::fs::File::open(crate::support::data("keys/age-pq.key")).unwrap())
            .output()
            .unwrap();
        let text = String::from_utf8(converted.stdout).unwrap();
        let line = text.lines().find(|line| line.starts_with("AGE-PLUGIN-")).unwrap();
        let identity = Identity::parse(line).unwrap();
        let encryptor = Encryptor::with_recipients(std::iter::once(&native.to_recipient() as _)).unwrap();
        let mut sealed = Vec::new();
        let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
        writer.write_all(b"data key").unwrap();
        writer.finish().unwrap();
        assert_eq!(open(access, &identity, &sealed).unwrap(), b"data key");
    });
}
