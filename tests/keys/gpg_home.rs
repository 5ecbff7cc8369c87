//! A throw-away home of gpg.

use crate::support::data;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// RSA 2048, without a passphrase; its owner's user id is `sops vectors 1`.
pub const PGP1: &str = "pgp1";
/// Ed25519 and Curve25519, without a passphrase.
pub const PGP2: &str = "pgp2";

/// The home. gpg's agent is ended and the home removed when this is dropped.
pub struct GpgHome(TempDir);

impl GpgHome {
    /// A home with both public keys and these secret ones; nothing where gpg is not installed.
    pub fn with_secrets(names: &[&str]) -> Option<Self> {
        if Command::new("gpg").arg("--version").output().is_err() {
            crate::support::skipped("everything about PGP", "gpg is not installed");
            return None;
        }
        // The agent's socket lies in the home, and the path of a socket has at most 107 bytes.
        let folder = tempfile::Builder::new().prefix("lg").tempdir_in("/tmp").unwrap();
        let home = Self(folder);
        for name in [PGP1, PGP2] {
            home.import(&format!("{name}.pub.asc"));
        }
        for name in names {
            home.import(&format!("{name}.sec.asc"));
        }
        Some(home)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Its variables.
    pub fn variables(&self) -> Vec<(String, String)> {
        vec![
            ("PATH".to_owned(), std::env::var("PATH").unwrap()),
            ("HOME".to_owned(), self.path().to_str().unwrap().to_owned()),
            ("GNUPGHOME".to_owned(), self.path().to_str().unwrap().to_owned()),
        ]
    }

    /// Runs gpg without asking anybody.
    pub fn gpg(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--quiet", "--pinentry-mode", "loopback"])
            .args(arguments);
        self.run(&mut command)
    }

    /// Makes a key behind a passphrase; its fingerprint.
    pub fn locked_key(&self, passphrase: &str) -> String {
        let make = |arguments: &[&str]| {
            let output = self.gpg(&[&["--passphrase", passphrase][..], arguments].concat());
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        make(&["--quick-generate-key", "locked", "ed25519", "sign,cert", "never"]);
        let fingerprint = self.fingerprint("=locked");
        make(&["--quick-add-key", &fingerprint, "cv25519", "encr", "never"]);
        // The agent must forget the passphrase.
        self.run(Command::new("gpgconf").args(["--kill", "all"]));
        fingerprint
    }

    /// Makes a key that expired on 2 January 2020; its fingerprint.
    pub fn expired_key(&self) -> String {
        let then = |arguments: &[&str]| {
            let past = ["--passphrase", "", "--faked-system-time", "20200101T000000"];
            let output = self.gpg(&[&past[..], arguments].concat());
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        then(&["--quick-generate-key", "expired", "ed25519", "sign,cert", "1d"]);
        let fingerprint = self.fingerprint("=expired");
        then(&["--quick-add-key", &fingerprint, "cv25519", "encr", "1d"]);
        fingerprint
    }

    fn fingerprint(&self, name: &str) -> String {
        let listing = self.gpg(&["--with-colons", "--list-keys", name]).stdout;
        let listing = String::from_utf8(listing).unwrap();
        let line = listing.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    fn import(&self, name: &str) {
        let path = data("keys").join(name);
        let output = self.gpg(&["--import", path.to_str().unwrap()]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn run(&self, command: &mut Command) -> Output {
        let variables = self.variables();
        command
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for GpgHome {
    fn drop(&mut self) {
        self.run(Command::new("gpgconf").args(["--kill", "all"]));
    }
}
