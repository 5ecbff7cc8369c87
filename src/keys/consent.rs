//! What the user allowed once and for all: which plugins may start, which servers may get credentials (security P7, P9).
//!
//! Kept in `consent.toml` in the folder of the program's state, readable by the user alone. A file that others can write to
//! allows nothing. Nothing secret stands in it.

use super::access::Access;
use crate::host::Environment;
use crate::host::file::{self, Ownership, Place, WriteError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// One question at a time: services are at work at the same time, and who asks for the same thing meanwhile finds the answer.
static ASKING: Mutex<()> = Mutex::new(());

/// What the file begins with.
const HEADER: &str = "# What you allowed lazysops once. Remove a name to be asked again.\n";

/// How often a write is tried again when another process wrote meanwhile.
const TRIES: usize = 5;

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An age plugin may start, by the name of its program.
    Plugin,
    /// A server may get credentials, by scheme, host and port: `https://vault.example:8200`.
    Host,
}

/// What was allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Consent {
    plugins: BTreeSet<String>,
    hosts: BTreeSet<String>,
}

impl Consent {
    /// Reads it. Without a file, or with one that is broken or that others can change, nothing was allowed.
    #[must_use]
    pub fn load(environment: &Environment) -> Self {
        path(environment)
            .filter(|path| matches!(file::ownership(path, None), Ok(Ownership::Trusted)))
            .and_then(|path| file::read(&path).ok())
            .and_then(|(bytes, _)| parse(&bytes))
            .unwrap_or_default()
    }

    /// Whether this was allowed.
    #[must_use]
    pub fn allows(&self, kind: Kind, name: &str) -> bool {
        match kind {
            Kind::Plugin => self.plugins.contains(name),
            Kind::Host => self.hosts.contains(name),
        }
    }

    fn add(&mut self, kind: Kind, name: &str) {
        match kind {
            Kind::Plugin => self.plugins.insert(name.to_owned()),
            Kind::Host => self.hosts.insert(name.to_owned()),
        };
    }
}

/// Whether an age plugin that a file names may start: allowed before, or asked now.
#[must_use]
pub fn may_run(access: &Access<'_>, program: &str) -> bool {
    agreed(access, Kind::Plugin, program, || access.ask.may_run(program))
}

/// Whether a credential, e.g. "the Vault token", may go to a server that a file names: allowed before, or asked now. The server
/// is scheme, host and port, as [`Kind::Host`] says.
#[must_use]
pub fn may_send(access: &Access<'_>, credential: &str, server: &str) -> bool {
    agreed(access, Kind::Host, server, || {
        access.ask.may_send(credential, server)
    })
}

/// Asks unless it was allowed before; what a person agrees to is remembered.
fn agreed(access: &Access<'_>, kind: Kind, name: &str, ask: impl FnOnce() -> bool) -> bool {
    let allowed = || Consent::load(access.environment).allows(kind, name);
    if allowed() {
        return true;
    }
    let _one = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    if allowed() {
        return true;
    }
    let yes = ask();
    if yes && access.ask.decides() && !remember(access.environment, kind, name) {
        access
            .ask
            .show("your answer could not be written to consent.toml; you will be asked again");
    }
    yes
}

/// Adds to what was allowed; whether it was written.
fn remember(environment: &Environment, kind: Kind, name: &str) -> bool {
    let Some(path) = path(environment) else {
        return false;
    };
    for _ in 0..TRIES {
        if file::private_file(&path).is_err() {
            return false;
        }
        let Ok((bytes, before)) = file::read(&path) else {
            return false;
        };
        let mut consent = parse(&bytes).unwrap_or_default();
        consent.add(kind, name);
        let Ok(text) = toml::to_string(&consent) else {
            return false;
        };
        let text = format!("{HEADER}{text}");
        match file::write(&path, text.as_bytes(), Some(&before), Place::Replace) {
            Ok(_) => return true,
            Err(WriteError::Changed) => {}
            Err(_) => return false,
        }
    }
    false
}

fn path(environment: &Environment) -> Option<PathBuf> {
    Some(environment.state_folder()?.join("consent.toml"))
}

fn parse(bytes: &[u8]) -> Option<Consent> {
    toml::from_str(std::str::from_utf8(bytes).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn place() -> (tempfile::TempDir, Environment) {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let environment = Environment::new([("LAZYSOPS_CONFIG_DIR", &state)], "/");
        (folder, environment)
    }

    #[test]
    fn what_was_allowed_once_is_allowed_again_and_nothing_else_is() {
        let (_folder, environment) = place();
        assert_eq!(Consent::load(&environment), Consent::default());
        assert!(remember(&environment, Kind::Plugin, "age-plugin-yubikey"));
        assert!(remember(&environment, Kind::Host, "https://vault.example:8200"));
        let consent = Consent::load(&environment);
        assert!(consent.allows(Kind::Plugin, "age-plugin-yubikey"));
        assert!(consent.allows(Kind::Host, "https://vault.example:8200"));
        assert!(!consent.allows(Kind::Host, "https://vault.example"));
        assert!(!consent.allows(Kind::Host, "age-plugin-yubikey"));
    }

    #[test]
    fn the_file_is_the_users_alone_and_one_that_others_can_change_allows_nothing() {
        let (_folder, environment) = place();
        remember(&environment, Kind::Plugin, "age-plugin-x");
        let path = path(&environment).unwrap();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(Consent::load(&environment), Consent::default());
    }

    #[test]
    fn a_broken_file_allows_nothing_and_is_no_panic() {
        let (_folder, environment) = place();
        let path = path(&environment).unwrap();
        file::private_file(&path).unwrap();
        std::fs::write(&path, "plugins = 3\n\u{0}").unwrap();
        assert_eq!(Consent::load(&environment), Consent::default());
    }
}
