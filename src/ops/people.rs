//! Who recipients are: names from `.lazysops.toml`, from comments of `.sops.yaml`, from SSH keys and the gpg keyring; and
//! which of them is the user.

use super::unlock::identity;
use crate::host::{Environment, file, plain_line};
use crate::keys::access::Access;
use crate::keys::age;
use crate::keys::pgp::{self, PublicKey};
use crate::metadata::Recipient;
use crate::policy::names::names;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The longest name that is shown, in characters.
const LONGEST: usize = 60;

/// One recipient for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// What identifies it in files and messages.
    pub identity: String,
    /// The kind of its key, as [`Recipient::kind`].
    pub kind: &'static str,
    /// What people call it.
    pub name: Option<String>,
    /// Whether the user has its private key at hand, as far as that is known without asking anybody.
    pub me: bool,
}

impl Person {
    /// The name where there is one, else the identity.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.identity)
    }
}

/// Names and own keys.
#[derive(Clone, Debug, Default)]
pub struct People {
    names: HashMap<String, (String, &'static str)>,
    own: HashSet<String>,
    keyring: Vec<PublicKey>,
    own_keyring: Vec<PublicKey>,
}

impl People {
    /// Gathers what is known. `configs` are the `.sops.yaml` whose comments count; `.lazysops.toml` is looked for beside them and
    /// from the working directory upwards. gpg is asked only where `recipients` has one of its keys.
    #[must_use]
    pub fn gather<'r>(
        configs: &[PathBuf],
        recipients: impl IntoIterator<Item = &'r Recipient>,
        environment: &Environment,
    ) -> Self {
        let mut people = Self::default();
        let folders = configs.iter().filter_map(|path| path.parent());
        let mut files: Vec<PathBuf> = folders.map(|folder| folder.join(".lazysops.toml")).collect();
        files.extend(nearest(environment.directory()));
        for path in files {
            if let Ok((bytes, _)) = file::read(&path) {
                people.add(committed(&bytes), ".lazysops.toml");
            }
        }
        for path in configs {
            if let Ok((bytes, _)) = file::read(path) {
                people.add(names(&bytes), "a comment or anchor of .sops.yaml");
            }
        }
        people.own.extend(age::own_recipients(environment));
        people.own.extend(ssh_keys(environment));
        let has_pgp = recipients
            .into_iter()
            .any(|recipient| matches!(recipient, Recipient::Pgp { .. }));
        if has_pgp {
            let access = Access::of(environment);
            people.keyring = pgp::keyring(&access, None).unwrap_or_default();
            people.own_keyring = pgp::own_keys(&access).unwrap_or_default();
        }
        people
    }

    fn add(&mut self, names: HashMap<String, String>, source: &'static str) {
        for (written, name) in names {
            let name: String = plain_line(&name).chars().take(LONGEST).collect();
            if !name.is_empty() {
                self.names.entry(bare(&written)).or_insert((name, source));
            }
        }
    }

    /// Where the name of a recipient comes from.
    #[must_use]
    pub fn source(&self, recipient: &Recipient) -> Option<&'static str> {
        let identity = identity(recipient);
        let written = match recipient {
            Recipient::Kms { arn, .. } => arn,
            _ => &identity,
        };
        let named = |written: &str| self.names.get(&bare(written)).map(|(_, source)| *source);
        named(&identity)
            .or_else(|| named(written))
            .or_else(|| match recipient {
                Recipient::Pgp { fingerprint } => {
                    let known = self.keyring.iter().any(|key| key.is(fingerprint));
                    known.then_some("the gpg keyring")
                }
                Recipient::Age { recipient } => ssh_comment(recipient).map(|_| "the comment of the SSH key"),
                _ => None,
            })
    }

    /// Who a recipient is.
    #[must_use]
    pub fn of(&self, recipient: &Recipient) -> Person {
        let identity = identity(recipient);
        let named = |written: &str| self.names.get(&bare(written)).map(|(name, _)| name.clone());
        let (name, me) = match recipient {
            Recipient::Age { recipient } => (
                named(recipient).or_else(|| ssh_comment(recipient)),
                self.own.contains(&bare(recipient)),
            ),
            Recipient::Pgp { fingerprint } => {
                let key = self.keyring.iter().find(|key| key.is(fingerprint));
                let user_id = key.and_then(|key| key.user_ids.first().cloned());
                let me = self.own_keyring.iter().any(|key| key.is(fingerprint));
                (named(fingerprint).or(user_id), me)
            }
            Recipient::Kms { arn, .. } => (named(&identity).or_else(|| named(arn)), false),
            _ => (named(&identity), false),
        };
        Person {
            identity,
            kind: recipient.kind(),
            name,
            me,
        }
    }
}

/// A recipient without what does not tell it apart: the comment of an SSH key, blanks and `0x` of a fingerprint.
fn bare(written: &str) -> String {
    let written = written.trim();
    if written.starts_with("ssh-") {
        let words: Vec<&str> = written.split_whitespace().take(2).collect();
        return words.join(" ");
    }
    let packed: String = written.chars().filter(|sign| !sign.is_whitespace()).collect();
    let digits = packed.trim_end_matches('!');
    let digits = digits
        .strip_prefix("0x")
        .or(digits.strip_prefix("0X"))
        .unwrap_or(digits);
    if digits.len() >= 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return digits.to_ascii_uppercase();
    }
    packed
}

/// What a key calls itself, where nothing else is known of it: the comment of an SSH key.
#[must_use]
pub fn own_name(recipient: &Recipient) -> Option<String> {
    match recipient {
        Recipient::Age { recipient } => ssh_comment(recipient),
        _ => None,
    }
}

fn ssh_comment(recipient: &str) -> Option<String> {
    if !recipient.starts_with("ssh-") {
        return None;
    }
    let comment: Vec<&str> = recipient.split_whitespace().skip(2).collect();
    let name = plain_line(&comment.join(" "));
    (!name.is_empty()).then_some(name)
}

/// The public halves of the SSH keys sops would use.
fn ssh_keys(environment: &Environment) -> Vec<String> {
    let named = environment
        .raw("SOPS_AGE_SSH_PRIVATE_KEY_FILE")
        .map(PathBuf::from);
    let home = environment.home().map(|home| home.join(".ssh"));
    let usual = ["id_ed25519", "id_rsa"]
        .into_iter()
        .filter_map(|name| Some(home.as_ref()?.join(name)));
    named
        .into_iter()
        .chain(usual)
        .filter_map(|path| {
            let mut public = path.into_os_string();
            public.push(".pub");
            let (bytes, _) = file::read(Path::new(&public)).ok()?;
            Some(bare(std::str::from_utf8(&bytes).ok()?.lines().next()?))
        })
        .filter(|key| key.starts_with("ssh-"))
        .collect()
}

/// The `.lazysops.toml` of the repository: the nearest from a folder upwards, not above the root of the repository.
fn nearest(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let path = folder.join(".lazysops.toml");
        if file::exists(&path) {
            return Some(path);
        }
        if file::exists(&folder.join(".git")) {
            return None;
        }
    }
    None
}

/// `[names]` of a `.lazysops.toml`: from recipient to name. A broken file has none.
fn committed(bytes: &[u8]) -> HashMap<String, String> {
    let table = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.parse::<toml::Table>().ok());
    let Some(toml::Value::Table(names)) = table.and_then(|mut table| table.remove("names")) else {
        return HashMap::new();
    };
    names
        .into_iter()
        .filter_map(|(recipient, name)| Some((recipient, name.as_str()?.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{People, bare, committed};
    use crate::host::Environment;
    use crate::metadata::Recipient;

    #[test]
    fn a_recipient_is_found_however_it_is_written() {
        assert_eq!(bare(" ssh-ed25519 AAAA ops@laptop "), "ssh-ed25519 AAAA");
        assert_eq!(bare("0x94f5 d5ab c60c d3a6!"), "94F5D5ABC60CD3A6");
        assert_eq!(bare("age1x"), "age1x");
        assert!(committed(b"names = 1").is_empty());
    }

    #[test]
    fn the_committed_name_wins_over_the_comment_of_the_rules() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join(".sops.yaml");
        std::fs::write(&config, "keys:\n  - age1a # from-rules\n  - age1b # second\n").unwrap();
        std::fs::write(
            folder.path().join(".lazysops.toml"),
            "[names]\nage1a = \"ci\\u001b[2J\"\n",
        )
        .unwrap();
        let environment = Environment::new([("HOME", "/nowhere")], folder.path());
        let people = People::gather(&[config], [], &environment);
        let name = |recipient: &str| {
            let recipient = recipient.to_owned();
            people.of(&Recipient::Age { recipient }).name
        };
        assert_eq!(name("age1a").unwrap(), "ci\\u{1b}[2J");
        assert_eq!(name("age1b").unwrap(), "second");
        assert_eq!(name("ssh-ed25519 AAAA build host").unwrap(), "build host");
        assert_eq!(name("age1c"), None);
    }
}
