//! The names of plugins, which come from files, and the programs they stand for.

use crate::host::Environment;
use crate::keys::access::Refusal;
use age_core::primitives::bech32_decode;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const RECIPIENT_PREFIX: &str = "age1";
const IDENTITY_PREFIX: &str = "AGE-PLUGIN-";

/// Longest name; file names have at most 255 bytes.
const LONGEST: usize = 200;

/// A name of the characters `[A-Za-z0-9+-._]`: it can neither leave the folders of `PATH` nor be an option.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PluginName(String);

impl PluginName {
    /// Checks a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let decent = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
        (!name.is_empty() && name.len() <= LONGEST && name.bytes().all(decent)).then(|| Self(name.to_owned()))
    }

    /// The name of the program.
    #[must_use]
    pub fn program(&self) -> String {
        format!("age-plugin-{}", self.0)
    }

    /// The program in the folders of `PATH`. Relative folders are left out: what lies in a repository must not run.
    ///
    /// # Errors
    /// When it is in none of them.
    pub fn find(&self, environment: &Environment) -> Result<PathBuf, Refusal> {
        let program = self.program();
        let folders = environment.raw("PATH").unwrap_or_default();
        std::env::split_paths(folders)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&program))
            .find(|path| {
                path.metadata()
                    .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
            })
            .ok_or_else(|| {
                Refusal::new(format!("the plugin {program} is not installed"))
                    .next(format!("install {program} in a folder of PATH"))
            })
    }
}

/// The name in `age1NAME1…`.
pub fn of_recipient(text: &str) -> Option<PluginName> {
    let prefix = prefix(text)?;
    PluginName::parse(prefix.strip_prefix(RECIPIENT_PREFIX)?)
}

/// The name in `AGE-PLUGIN-NAME-1…`, which is upper case as a whole.
pub fn of_identity(text: &str) -> Option<PluginName> {
    let prefix = prefix(text)?;
    let name = prefix.strip_prefix(IDENTITY_PREFIX)?.strip_suffix('-')?;
    PluginName::parse(&name.to_ascii_lowercase())
}

/// What stands before the data of a Bech32 text, as written.
fn prefix(text: &str) -> Option<String> {
    bech32_decode(text, |_| (), |_| Ok(()), |prefix, _| Ok(prefix.to_string())).ok()?;
    text.rsplit_once('1').map(|(prefix, _)| prefix.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use age_core::primitives::bech32_encode;

    fn recipient(name: &str) -> String {
        bech32_encode(bech32::Hrp::parse(&format!("age1{name}")).unwrap(), b"data")
    }

    #[test]
    fn decent_names_are_taken() {
        for name in ["yubikey", "pq", "fido2-hmac", "a.b_c+d", "tag1x"] {
            assert_eq!(of_recipient(&recipient(name)), PluginName::parse(name), "{name}");
            let identity = bech32_encode(
                bech32::Hrp::parse(&format!("age-plugin-{name}-")).unwrap(),
                b"data",
            );
            assert_eq!(
                of_identity(&identity.to_uppercase()),
                PluginName::parse(name),
                "{name}"
            );
            assert_eq!(of_identity(&identity), None, "lower case is no identity");
        }
    }

    #[test]
    fn hostile_names_never_become_a_program() {
        let hostile = [
            "../x",
            "/bin/sh",
            "x/../../sh",
            "a/b",
            "$(id)",
            "`id`",
            "a;id",
            "a|b",
            "a&b",
            "a>b",
            "a'b",
            "a\"b",
            "~root",
            "*",
            "?",
            "a\\b",
            "!",
            "#x",
            "a=b",
            "%00",
        ];
        assert_eq!(hostile.len(), 20);
        for name in hostile {
            assert_eq!(PluginName::parse(name), None, "{name}");
            assert_eq!(of_recipient(&recipient(name)), None, "{name}");
        }
        for text in ["", "age1", "age11", "AGE-PLUGIN-1", "AGE-PLUGIN--1QVHULF"] {
            assert_eq!((of_recipient(text), of_identity(text)), (None, None), "{text}");
        }
        assert_eq!(PluginName::parse(&"a".repeat(201)), None);
    }

    #[test]
    fn a_program_in_the_working_folder_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("age-plugin-x");
        std::fs::write(&path, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let name = PluginName::parse("x").unwrap();
        let at = |list: &str| name.find(&Environment::new([("PATH", list)], folder.path()));
        assert!(at(".:").is_err() && at("").is_err());
        assert_eq!(at(folder.path().to_str().unwrap()), Ok(path));
    }
}
