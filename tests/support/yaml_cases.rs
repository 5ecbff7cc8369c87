//! The recorded YAML cases: what sops's own YAML layer does with 5,281 texts.

use base64::Engine;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;

/// One recorded case.
pub struct Case(Value);

impl Case {
    /// Its number and class.
    pub fn name(&self) -> String {
        format!(
            "{} {}",
            self.0["id"].as_str().unwrap(),
            self.0["class"].as_str().unwrap()
        )
    }

    /// The text that was read.
    pub fn input(&self) -> Vec<u8> {
        match self.0["input"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => base64::engine::general_purpose::STANDARD
                .decode(self.0["input_b64"].as_str().unwrap())
                .unwrap(),
        }
    }

    /// The trees, unless reading failed.
    pub fn documents(&self) -> Option<&Value> {
        self.0.get("documents")
    }

    /// What was written at an indentation of 2 or 4.
    pub fn emitted(&self, step: u8) -> &str {
        self.0[format!("emit{step}")].as_str().unwrap()
    }

    /// What reading the emission again gave: `same`, `different` or `error`.
    pub fn reload(&self) -> &str {
        self.0["reload"].as_str().unwrap_or_default()
    }
}

/// All cases, simple to weird.
pub fn all() -> Vec<Case> {
    let mut text = String::new();
    GzDecoder::new(&include_bytes!("../data/yaml/cases.jsonl.gz")[..])
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .map(|line| {
            let mut reader = serde_json::Deserializer::from_str(line);
            reader.disable_recursion_limit();
            Case(Value::deserialize(&mut reader).unwrap())
        })
        .collect()
}
