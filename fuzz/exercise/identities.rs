//! Keys and wrapped keys of age as files hold them: recipients, identities, SSH keys, armoured files, the lines of a plugin.

use lazysops::host::Environment;
use lazysops::keys::locked::{SshKey, is_locked};
use lazysops::keys::plugin::{self, stanza};
use lazysops::keys::{age, hybrid, unlock};
use lazysops::metadata::{Group, KeyEntry, Metadata, Recipient};
use lazysops::seal::DataKey;
use lazysops::tree::{Secret, Time};

/// The first byte says what the rest claims to be.
pub fn run(bytes: &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let text = String::from_utf8_lossy(rest);
    match first % 4 {
        0 => written(&text),
        1 => lines(&text),
        2 => {
            let _ = is_locked(rest);
            let _ = SshKey::read(&text, "key");
        }
        _ => wrapped(&text),
    }
}

fn written(text: &str) {
    let _ = age::kind_of(text);
    if let Ok(recipient) = text.parse::<hybrid::Recipient>() {
        assert_eq!(
            recipient.to_string().parse::<hybrid::Recipient>().ok(),
            Some(recipient)
        );
    }
    if let Ok(identity) = text.parse::<hybrid::Identity>() {
        assert!(!format!("{identity:?}").contains("1"));
    }
    for program in [
        plugin::Recipient::parse(text).map(|it| it.plugin().program()),
        plugin::Identity::parse(text).map(|it| it.plugin().program()),
    ] {
        let decent =
            |program: &str| !program.contains(['/', '\\', '\0', '\n', ' ']) && !program.starts_with('-');
        assert!(
            program.as_deref().is_none_or(decent),
            "a name that could leave PATH"
        );
    }
    let environment = Environment::new(
        [
            ("SOPS_AGE_KEY", text.replace('\0', "")),
            ("HOME", "/nonexistent".into()),
        ],
        "/",
    );
    let _ = age::own_recipients(&environment);
}

fn lines(text: &str) {
    let mut reader = stanza::Reader::default();
    for line in text.lines() {
        let Ok(command) = reader.line(line) else {
            return;
        };
        let Some(command) = command else {
            continue;
        };
        let args: Vec<&str> = command.args.iter().map(String::as_str).collect();
        let again = stanza::write(&command.tag, &args, &command.body);
        let again = String::from_utf8(again).expect("text");
        let mut reader = stanza::Reader::default();
        let read = again
            .lines()
            .find_map(|line| reader.line(line).expect("it was written here"));
        let read = read.expect("a whole command");
        assert_eq!((read.tag, read.args), (command.tag, command.args.clone()));
        assert_eq!(*read.body, *command.body);
    }
}

/// A wrapped key that anybody could have put into a file.
fn wrapped(text: &str) {
    const IDENTITY: &str = "AGE-SECRET-KEY-1GHTVGKTZRX65V0R7W85YE63Z35U0MTWZALSVWTXYSV7PDVHP6RRSZ85RLL";
    let recipient = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";
    let entry = KeyEntry {
        recipient: Recipient::Age {
            recipient: recipient.to_owned(),
        },
        enc: text.to_owned(),
        created_at: None,
    };
    let metadata = Metadata {
        groups: vec![Group { keys: vec![entry] }],
        threshold: None,
        last_modified: Time::from_unix(0),
        mac: Secret::from(""),
        rule: None,
        mac_only_encrypted: false,
        version: String::new(),
    };
    let environment = Environment::new([("SOPS_AGE_KEY", IDENTITY), ("HOME", "/nonexistent")], "/");
    let unlocked = unlock(&metadata, &environment);
    assert_eq!(
        unlocked.key.as_ref().map(DataKey::expose),
        None,
        "nobody has this key"
    );
}
