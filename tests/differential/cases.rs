//! The inputs: `tests/data/differential/cases.toml`.

use crate::support::{AGE1, data};
use serde::Deserialize;

/// One input, and the arguments it is encrypted and decrypted with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The recorded case whose input this is, with the ending of the input: `yaml-strings-empty.yaml`.
    pub input: String,
    /// The format the input is written in.
    pub format: String,
    /// The name it has when it is encrypted: rules and formats depend on names.
    pub file: String,
    /// The name it has when it is decrypted, if another.
    encrypted_as: Option<String>,
    #[serde(default = "default_encrypt")]
    encrypt: Vec<String>,
    #[serde(default = "default_decrypt")]
    decrypt: Vec<String>,
    /// Why we give other bytes than the sops we compare with.
    pub differs: Option<String>,
}

fn default_encrypt() -> Vec<String> {
    ["encrypt", "--age", "{AGE}", "{FILE}"]
        .map(str::to_owned)
        .to_vec()
}

fn default_decrypt() -> Vec<String> {
    ["decrypt", "{FILE}"].map(str::to_owned).to_vec()
}

impl Case {
    pub fn plaintext(&self) -> Vec<u8> {
        let (case, ending) = self.input.rsplit_once('.').unwrap();
        std::fs::read(data("vectors").join(case).join(format!("input.{ending}"))).unwrap()
    }

    pub fn encrypted_name(&self) -> &str {
        self.encrypted_as.as_deref().unwrap_or(&self.file)
    }

    pub fn encrypt_arguments(&self) -> Vec<String> {
        filled(&self.encrypt, &self.file)
    }

    pub fn decrypt_arguments(&self) -> Vec<String> {
        filled(&self.decrypt, self.encrypted_name())
    }
}

fn filled(arguments: &[String], file: &str) -> Vec<String> {
    arguments
        .iter()
        .map(|text| text.replace("{AGE}", AGE1).replace("{FILE}", file))
        .collect()
}

/// The cases of one format.
pub fn of_format(format: &str) -> Vec<Case> {
    #[derive(Deserialize)]
    struct Table {
        case: Vec<Case>,
    }
    let text = std::fs::read_to_string(data("differential/cases.toml")).unwrap();
    let mut cases = toml::from_str::<Table>(&text).unwrap().case;
    cases.retain(|case| case.format == format);
    assert!(!cases.is_empty(), "no case of format {format}");
    cases
}
