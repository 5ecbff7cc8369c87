//! Files that sops sealed, opened and sealed again: data keys, paths, plaintexts and MACs as the specification's vectors
//! have them.

use crate::support::data;
use lazysops::format::{Format, Style, emit, load, patch};
use lazysops::host::{Environment, SystemRandom};
use lazysops::keys::{Outcome, unlock};
use lazysops::metadata::{Metadata, detach, update};
use lazysops::seal::selection::Selection;
use lazysops::seal::{DataKey, Opened, open, seal, verify_mac};
use lazysops::tree::{Body, Leaf, Step, Tree};
use serde_json::Value;
use std::path::Path;

/// One vector of `tests/data/spec/manifest.json`.
struct Vector(Value);

/// A vector, opened.
struct Unsealed {
    source: Vec<u8>,
    format: Format,
    loaded: lazysops::format::Loaded,
    metadata: Metadata,
    selection: Selection,
    sealed: Tree,
    key: DataKey,
    opened: Opened,
}

impl Vector {
    fn all() -> Vec<Self> {
        let text = std::fs::read_to_string(data("spec/manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&text).unwrap();
        manifest["vectors"]
            .as_array()
            .unwrap()
            .iter()
            .cloned()
            .map(Self)
            .collect()
    }

    fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    fn file(&self, field: &str) -> Vec<u8> {
        std::fs::read(data("spec").join(self.text(field))).unwrap()
    }

    /// Where a file is named by an extension of its own, it is binary.
    fn format(&self) -> Format {
        Format::from_path(Path::new(self.text("encrypted")))
    }

    fn environment(&self) -> Environment {
        let files = self.0["identities"].as_array().unwrap();
        let paths: Vec<_> = files
            .iter()
            .map(|file| data("spec").join(file.as_str().unwrap()))
            .collect();
        let (variable, value) = match paths.as_slice() {
            [path] => (self.text("identity_env"), path.to_str().unwrap().to_owned()),
            several => (
                "SOPS_AGE_KEY",
                several
                    .iter()
                    .map(|path| std::fs::read_to_string(path).unwrap())
                    .collect(),
            ),
        };
        Environment::new([(variable, value.as_str()), ("HOME", "/nonexistent")], "/")
    }

    fn open(&self) -> Unsealed {
        let name = self.text("name");
        let (source, format) = (self.file("encrypted"), self.format());
        let loaded = load(format.sealed(), &source).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut sealed = loaded.tree.clone();
        let (metadata, _) =
            detach(&mut sealed, format, false).unwrap_or_else(|error| panic!("{name}: {error}"));
        let unlocked = unlock(&metadata, &self.environment());
        let key = unlocked
            .key
            .unwrap_or_else(|| panic!("{name}: {:?}", unlocked.attempts));
        let selection = Selection::new(Some(metadata.effective_rule()), metadata.mac_only_encrypted).unwrap();
        let opened = open(&sealed, &key, &selection).unwrap_or_else(|error| panic!("{name}: {error}"));
        Unsealed {
            source,
            format,
            loaded,
            metadata,
            selection,
            sealed,
            key,
            opened,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// (path, type, plaintext) of everything that was encrypted, in order.
fn leaves(sealed: &Tree, opened: &Tree) -> Vec<[String; 3]> {
    let mut found = Vec::new();
    for step in sealed.walk() {
        let (Step::Leaf(id) | Step::Comment(id)) = step else {
            continue;
        };
        let text = match &sealed.node(id).body {
            Body::Leaf(Leaf::Text(text)) => text,
            Body::Comment(comment) => &comment.text,
            _ => continue,
        };
        let text = text.expose_str().unwrap_or_default();
        let Some(kind) = text
            .strip_prefix("ENC[")
            .and_then(|text| text.split(",type:").nth(1))
        else {
            continue;
        };
        let path: String = sealed
            .key_path(id)
            .iter()
            .map(|key| format!("{}:", key.display()))
            .collect();
        let plaintext = match &opened.node(id).body {
            Body::Leaf(leaf) => hex(&leaf.canonical()),
            Body::Comment(comment) => hex(comment.text.expose()),
            _ => String::new(),
        };
        let path = if path.is_empty() { ":".to_owned() } else { path };
        found.push([path, kind.trim_end_matches(']').to_owned(), plaintext]);
    }
    found
}

#[test]
fn every_vector_opens_to_its_data_key_leaves_and_mac() {
    for vector in Vector::all() {
        let name = vector.text("name");
        let unsealed = vector.open();
        assert_eq!(hex(unsealed.key.expose()), vector.text("data_key_hex"), "{name}");
        assert_eq!(unsealed.opened.mac, vector.text("mac_hex_upper"), "{name}");
        let Metadata {
            mac, last_modified, ..
        } = &unsealed.metadata;
        assert_eq!(
            verify_mac(mac, &unsealed.key, last_modified, &unsealed.opened.mac),
            Ok(()),
            "{name}"
        );
        let wanted: Vec<[String; 3]> = vector.0["leaves_in_decrypt_order"]
            .as_array()
            .unwrap()
            .iter()
            .map(|leaf| {
                ["aad", "type", "plaintext_hex"].map(|field| leaf[field].as_str().unwrap().to_owned())
            })
            .collect();
        let encrypted: Vec<_> = leaves(&unsealed.sealed, &unsealed.opened.tree);
        assert_eq!(encrypted, wanted, "{name}");
        assert_eq!(unsealed.opened.warnings, [], "{name}");
    }
}

#[test]
fn every_vector_decrypts_byte_for_byte_as_sops_prints_it() {
    for vector in Vector::all() {
        let name = vector.text("name");
        let mut unsealed = vector.open();
        unsealed.opened.drop_inline();
        let text = emit(unsealed.format, &unsealed.opened.tree, Style::default());
        let text = text.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            String::from_utf8_lossy(&text),
            String::from_utf8_lossy(&vector.file("decrypted")),
            "{name}"
        );
    }
}

#[test]
fn every_vector_sealed_again_unchanged_is_the_same_file() {
    for vector in Vector::all() {
        let name = vector.text("name");
        let unsealed = vector.open();
        let Unsealed {
            metadata,
            selection,
            key,
            opened,
            ..
        } = &unsealed;
        let (mut sealed, mac) = seal(&opened.tree, key, selection, &opened.stash, &mut SystemRandom).unwrap();
        assert_eq!(mac, opened.mac, "{name}");
        assert!(sealed.same_content(&unsealed.sealed, true), "{name}");
        let mut whole = unsealed.loaded.tree.clone();
        let (_, detached) = detach(&mut whole, unsealed.format, false).unwrap();
        update(&mut sealed, unsealed.format, &detached, metadata, metadata);
        let text = patch(&unsealed.source, &unsealed.loaded, &sealed)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            String::from_utf8_lossy(&text),
            String::from_utf8_lossy(&unsealed.source),
            "{name}"
        );
    }
}

#[test]
fn a_changed_value_a_moved_value_and_a_changed_time_do_not_verify() {
    let vector = Vector::all()
        .into_iter()
        .find(|vector| vector.text("name") == "nesting")
        .unwrap();
    let Unsealed {
        sealed,
        key,
        selection,
        metadata,
        opened,
        ..
    } = vector.open();
    let values: Vec<_> = sealed
        .walk()
        .filter_map(|step| match step {
            Step::Leaf(id) => Some(id),
            _ => None,
        })
        .collect();
    let clear = values
        .iter()
        .find(|id| sealed.node(**id).leaf() == opened.tree.node(**id).leaf())
        .unwrap();
    let mut changed = sealed.clone();
    changed.set_body(*clear, Body::Leaf(Leaf::text("changed")));
    let mac = open(&changed, &key, &selection).unwrap().mac;
    assert!(verify_mac(&metadata.mac, &key, &metadata.last_modified, &mac).is_err());
    let later = lazysops::tree::Time::from_unix(metadata.last_modified.unix() + 1);
    assert!(verify_mac(&metadata.mac, &key, &later, &opened.mac).is_err());
    let swapped = sealed.node(*values.last().unwrap()).body.clone();
    let mut moved = sealed.clone();
    moved.set_body(values[0], swapped);
    assert!(open(&moved, &key, &selection).is_err());
}

#[test]
fn without_an_identity_nothing_opens_and_no_secret_shows() {
    for vector in Vector::all() {
        let source = vector.file("encrypted");
        let mut tree = load(vector.format().sealed(), &source).unwrap().tree;
        let (metadata, _) = detach(&mut tree, vector.format(), false).unwrap();
        let environment = Environment::new([("HOME", "/nonexistent")], "/");
        let unlocked = unlock(&metadata, &environment);
        assert_eq!(unlocked.key, None);
        assert!(
            unlocked
                .attempts
                .iter()
                .all(|attempt| matches!(attempt.outcome, Outcome::Failed { .. }))
        );
        assert!(!format!("{unlocked:?}").contains("SECRET"));
    }
}

/// What of a tree the MAC covers, in order.
fn values(tree: &Tree) -> Vec<Vec<u8>> {
    let leaf = |step| match step {
        Step::Leaf(id) => tree.node(id).leaf().map(|leaf| leaf.canonical().to_vec()),
        _ => None,
    };
    tree.walk().filter_map(leaf).collect()
}

/// The values a damaged file would show, if it is accepted at all.
fn accepted(vector: &Vector, key: &DataKey, text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let format = vector.format();
    let mut tree = load(format.sealed(), text).ok()?.tree;
    let (metadata, _) = detach(&mut tree, format, false).ok()?;
    let (selection, bad) =
        Selection::for_reading(Some(metadata.effective_rule()), metadata.mac_only_encrypted);
    let opened = open(&tree, key, &selection).ok().filter(|_| bad.is_none())?;
    verify_mac(&metadata.mac, key, &metadata.last_modified, &opened.mac).ok()?;
    Some(values(&opened.tree))
}

#[test]
fn a_damaged_character_never_changes_a_value_unnoticed() {
    let mut accepted_unchanged = 0;
    for (number, vector) in Vector::all().iter().enumerate() {
        let Unsealed {
            source,
            key,
            opened,
            metadata,
            ..
        } = vector.open();
        if metadata.mac_only_encrypted {
            continue;
        }
        let before: Vec<u8> = values(&opened.tree).concat();
        for step in 0..120 {
            let at = (step * 7919 + number * 104_729) % source.len();
            let mut damaged = source.clone();
            damaged[at] = [b'A', b'0', b' ', b'#', b'\n', b':', damaged[at] ^ 1, 0xff][step % 8];
            if let Some(after) = accepted(vector, &key, &damaged) {
                assert_eq!(after.concat(), before, "{} at byte {at}", vector.text("name"));
                accepted_unchanged += 1;
            }
        }
    }
    assert!(
        accepted_unchanged > 0,
        "a change of a comment or a recipient is no damage of values"
    );
}
