//! A recorded case: what is done, and what the real sops did (see `tests/data/vectors/README.md`).

use crate::support::data;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// `args.json` of a case.
#[derive(Debug, Deserialize)]
pub struct Case {
    pub name: String,
    pub dimension: String,
    pub kind: Kind,
    pub identities: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, Option<String>>,
    pub file: String,
    #[serde(default)]
    pub files: Vec<String>,
    pub input: Option<String>,
    #[serde(default)]
    pub encrypt: Vec<String>,
    pub encrypted: Option<String>,
    pub encrypted_as: Option<String>,
    #[serde(default)]
    pub decrypt: Vec<String>,
    pub decrypted: Option<String>,
    #[serde(default)]
    pub expect_exit: i32,
    pub start: Option<Start>,
    #[serde(default)]
    pub steps: Vec<Step>,
    #[serde(rename = "final")]
    pub last: Option<Final>,
    #[serde(default)]
    pub loose_numbers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Roundtrip,
    Refuse,
    Decrypt,
    Command,
}

/// What lies in the folder before the first step.
#[derive(Debug, Deserialize)]
pub struct Start {
    pub file: String,
    /// None where the command makes the file.
    pub from: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Step {
    pub args: Vec<String>,
    pub stdin: Option<String>,
    #[serde(default)]
    pub env: BTreeMap<String, Option<String>>,
    pub cwd: Option<String>,
    pub exit: i32,
    pub stdout: Option<String>,
}

/// What the file is like after the last step.
#[derive(Debug, Deserialize)]
pub struct Final {
    pub file: String,
    pub exists: bool,
    pub unchanged: bool,
    #[serde(default)]
    pub kept_values: usize,
    #[serde(default)]
    pub decrypt: Vec<String>,
    #[serde(default)]
    pub decrypt_exit: i32,
}

impl Case {
    /// All cases, in the order of the index.
    pub fn all() -> Vec<Self> {
        #[derive(Deserialize)]
        struct Index {
            cases: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            name: String,
        }
        let read = |path: PathBuf| {
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let index: Index = serde_json::from_slice(&read(data("vectors/index.json"))).unwrap();
        index
            .cases
            .into_iter()
            .map(|entry| {
                let path = data("vectors").join(&entry.name).join("args.json");
                serde_json::from_slice(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", entry.name))
            })
            .collect()
    }

    /// A file of the case.
    pub fn path(&self, name: &str) -> PathBuf {
        data("vectors").join(&self.name).join(name)
    }

    /// The content of a file of the case, if there is one.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path(name)).ok()
    }

    /// Whether OpenPGP keys take part.
    pub fn needs_gpg(&self) -> bool {
        let texts = self
            .encrypt
            .iter()
            .chain(self.steps.iter().flat_map(|step| &step.args));
        self.identities.iter().any(|identity| identity.starts_with("pgp"))
            || texts.clone().any(|text| text.contains("pgp"))
            || self.env.keys().any(|name| name.contains("PGP"))
            || self.files.iter().any(|file| {
                let content = self.read(&format!("files/{file}")).unwrap_or_default();
                String::from_utf8_lossy(&content).contains("pgp")
            })
    }
}
