//! The key of the user: what turns values into fingerprints that only this user can make (decisions: pins, fingerprints).

use super::{Environment, SystemRandom};
use crate::seal::Random as _;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 random bytes in the state folder, made at the first use. Two processes of one user agree on a fingerprint; nobody else can
/// find a value by making the fingerprints of guesses.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct UserKey([u8; 32]);

impl UserKey {
    /// The key in the state folder, made if there is none. Without a state folder a key that is as long as this process.
    ///
    /// # Errors
    /// When the folder or the file cannot be read or made, or no randomness can be had.
    pub fn load(environment: &Environment) -> io::Result<Self> {
        let Some(folder) = environment.state_folder() else {
            return Self::fresh();
        };
        let path = folder.join("key");
        match Self::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            read => return read,
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let key = Self::fresh()?;
        // Complete before it gets its name: another process may be looking for it at the same time.
        let draft = folder.join(format!("key.{}", std::process::id()));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        let linked = file
            .write_all(&key.0)
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::hard_link(&draft, &path));
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Self::read(&path),
            Err(error) => Err(error),
        }
    }

    fn fresh() -> io::Result<Self> {
        let mut key = Self([0; 32]);
        SystemRandom.fill(&mut key.0).map_err(io::Error::other)?;
        Ok(key)
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut bytes = fs::read(path)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice());
        bytes.zeroize();
        key.map(Self)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it does not hold a key; remove it"))
    }

    /// The fingerprint of these parts; `purpose` keeps the fingerprints of one use apart from those of another.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return [0; 32];
        };
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&part.len().to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::UserKey;
    use crate::host::Environment;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn fingerprints_of_one_user_agree_and_those_of_another_differ() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let print = |folder: &tempfile::TempDir| {
            let state = folder.path().join("new/state");
            let environment = Environment::new([("LAZYSOPS_CONFIG_DIR", state.as_os_str())], "/");
            let key = UserKey::load(&environment).unwrap();
            let mode = std::fs::metadata(state.join("key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            assert_eq!(std::fs::read_dir(&state).unwrap().count(), 1);
            key.fingerprint("test", &[b"a", b"b"])
        };
        assert_eq!(print(&folders[0]), print(&folders[0]));
        assert_ne!(print(&folders[0]), print(&folders[1]));
    }

    #[test]
    fn parts_and_purposes_do_not_run_together() {
        let key = UserKey([7; 32]);
        let prints = [
            key.fingerprint("x", &[b"ab", b"c"]),
            key.fingerprint("x", &[b"a", b"bc"]),
            key.fingerprint("y", &[b"ab", b"c"]),
            key.fingerprint("x", &[b"abc"]),
        ];
        for (index, print) in prints.iter().enumerate() {
            assert!(!prints[..index].contains(print));
        }
    }
}
