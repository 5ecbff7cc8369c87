//! The recorded cases of sops, as far as the formats alone can answer them: what is read is written as sops writes it.

use crate::support::data;
use lazysops::format::{self, Format, Style};
use lazysops::tree::Tree;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// One recorded case.
struct Case {
    name: String,
    folder: PathBuf,
    fields: Value,
}

impl Case {
    fn text(&self, field: &str) -> &str {
        self.fields[field].as_str().unwrap_or_default()
    }

    fn is(&self, kind: &str) -> bool {
        self.text("kind") == kind
    }

    fn read(&self, field: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(self.text(field))).unwrap()
    }

    fn words(&self, field: &str) -> Vec<&str> {
        let words = self.fields[field].as_array();
        words.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The argument behind an option of a command.
    fn option(&self, command: &str, option: &str) -> Option<&str> {
        let words = self.words(command);
        let place = words.iter().position(|word| *word == option)?;
        words.get(place + 1).copied()
    }

    /// The format a command reads or writes.
    fn format(&self, command: &str, option: &str, file: &str) -> Format {
        let named = self.option(command, option).and_then(Format::from_name);
        named.unwrap_or_else(|| Format::from_path(Path::new(self.text(file))))
    }

    fn style(&self, command: &str) -> Style {
        let indent = self
            .option(command, "--indent")
            .and_then(|text| text.parse().ok());
        Style { indent }
    }
}

fn cases(wanted: impl Fn(&Case) -> bool) -> Vec<Case> {
    let prefixes = [
        "json-",
        "dotenv-",
        "ini-",
        "binary-",
        "convert-",
        "foreign-dotenv",
        "foreign-ini",
        "foreign-json",
    ];
    let mut cases: Vec<Case> = std::fs::read_dir(data("vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap();
            prefixes.iter().any(|prefix| name.starts_with(prefix))
        })
        .map(|folder| Case {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            fields: serde_json::from_slice(&std::fs::read(folder.join("args.json")).unwrap()).unwrap(),
            folder,
        })
        .filter(wanted)
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty());
    cases
}

fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

fn assert_same(case: &Case, got: &[u8], expected: &[u8]) {
    assert!(
        got == expected,
        "{}:\n got {}\nsops {}",
        case.name,
        shown(got),
        shown(expected)
    );
}

/// The plain text that sops writes after a round trip: `input` written as the format of the decryption.
#[test]
fn decrypted_files_look_as_sops_writes_them() {
    let mut count = 0;
    for case in cases(|case| case.is("roundtrip") && !case.text("decrypted").is_empty()) {
        let input = case.format("encrypt", "--input-type", "file");
        let sealed = case.format("encrypt", "--output-type", "file");
        let output = match case
            .option("decrypt", "--output-type")
            .and_then(Format::from_name)
        {
            Some(format) => format,
            None => Format::from_path(Path::new(case.text("encrypted_as"))),
        };
        let loaded = format::load(input, &case.read("input")).unwrap();
        // Without types in between, values come back as texts.
        let tree = match sealed {
            Format::Dotenv | Format::Ini if sealed != input => continue,
            _ => loaded.tree,
        };
        let text = format::emit(output, &tree, case.style("decrypt")).unwrap();
        assert_same(&case, &text, &case.read("decrypted"));
        count += 1;
    }
    assert!(count >= 90, "only {count} cases were compared");
}

/// What sops encrypted is written again byte for byte, metadata included.
#[test]
fn encrypted_files_look_as_sops_writes_them() {
    let mut count = 0;
    for case in cases(|case| case.is("roundtrip") && !case.name.starts_with("foreign-")) {
        let format = case.format("encrypt", "--output-type", "file").sealed();
        if format == Format::Yaml {
            continue;
        }
        let source = case.read("encrypted");
        let loaded = format::load(format, &source).unwrap();
        let text = format::emit(format, &loaded.tree, case.style("encrypt")).unwrap();
        assert_same(&case, &text, &source);
        count += 1;
    }
    assert!(count >= 80, "only {count} cases were compared");
}

#[test]
fn what_sops_refuses_to_read_or_write_is_refused() {
    let mut count = 0;
    for case in cases(|case| case.is("refuse") && case.fields["expect_exit"] == 2) {
        let format = case.format("encrypt", "--input-type", "file");
        assert!(
            format::load(format, &case.read("input")).is_err(),
            "{}",
            case.name
        );
        count += 1;
    }
    for case in cases(|case| case.is("roundtrip") && case.fields["expect_exit"] == 4) {
        let input = case.format("encrypt", "--input-type", "file");
        let output = case
            .option("decrypt", "--output-type")
            .and_then(Format::from_name)
            .unwrap();
        let loaded = format::load(input, &case.read("input")).unwrap();
        let text = format::emit(output, &loaded.tree, Style::default());
        assert!(text.is_err(), "{}", case.name);
        count += 1;
    }
    assert!(count >= 15, "only {count} cases were compared");
}

/// Encrypted files are recognised whatever they are called; plain ones are not.
#[test]
fn encrypted_files_are_recognised_by_content() {
    for case in cases(|case| case.is("roundtrip")) {
        let format = case.format("encrypt", "--output-type", "file");
        let sealed = case.read("encrypted");
        let is_empty_dotenv = format == Format::Dotenv && !sealed.starts_with(b"sops_") && sealed.is_empty();
        if !is_empty_dotenv {
            assert_eq!(
                format::sealed_format(&sealed, format),
                Some(format),
                "{}",
                case.name
            );
            for name in [Format::Dotenv, Format::Ini] {
                let found = format::sealed_format(&sealed, name).unwrap();
                assert_eq!(found, format.sealed(), "{} as {}", case.name, name.name());
            }
        }
        if case.name != "binary-already-encrypted-json" {
            assert_eq!(
                format::sealed_format(&case.read("input"), format),
                None,
                "{}",
                case.name
            );
        }
    }
}

/// A patch without an edit is the text itself, however odd its layout.
#[test]
fn saving_without_an_edit_changes_nothing() {
    for case in cases(|case| !case.text("encrypted").is_empty()) {
        let format = case.format("encrypt", "--output-type", "file").sealed();
        if format == Format::Yaml {
            continue;
        }
        let source = case.read("encrypted");
        let loaded = format::load(format, &source).unwrap();
        let edited: Tree = loaded.tree.clone();
        assert_same(&case, &format::patch(&source, &loaded, &edited).unwrap(), &source);
    }
}
