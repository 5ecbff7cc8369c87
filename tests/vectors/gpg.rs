//! GnuPG homes for the cases with OpenPGP keys, one for each set of secret keys; their agents end with the test.

use crate::support::data;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};
use tempfile::TempDir;

static HOMES: LazyLock<Mutex<HashMap<Vec<String>, TempDir>>> = LazyLock::new(Mutex::default);

/// The home with these secret keys, and all public ones.
pub fn home(identities: &[String]) -> PathBuf {
    let keys: Vec<String> = identities
        .iter()
        .filter(|name| name.starts_with("pgp"))
        .cloned()
        .collect();
    let mut homes = HOMES.lock().unwrap();
    let home = homes.entry(keys.clone()).or_insert_with(|| make(&keys));
    home.path().to_owned()
}

/// Ends the agents and removes the homes.
pub fn clean_up() {
    for (_, home) in HOMES.lock().unwrap().drain() {
        let _ = command("gpgconf", home.path()).args(["--kill", "all"]).status();
    }
}

fn make(keys: &[String]) -> TempDir {
    // The agent's socket is in there; its path must be short.
    let home = tempfile::Builder::new().prefix("lsv").tempdir_in("/tmp").unwrap();
    let public = ["pgp1.pub.asc", "pgp2.pub.asc"].map(str::to_owned);
    let secret = keys.iter().map(|key| format!("{key}.sec.asc"));
    for file in public.into_iter().chain(secret) {
        let status = command("gpg", home.path())
            .args(["--batch", "--quiet", "--import"])
            .arg(data("vectors/keys").join(file))
            .status()
            .unwrap();
        assert!(status.success());
    }
    home
}

fn command(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("GNUPGHOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
