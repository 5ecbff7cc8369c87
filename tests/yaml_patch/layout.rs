//! What cannot be done in place, and what is left alone.

use super::{at, try_edited};
use lazysops::format::{PatchError, yaml};
use lazysops::tree::{Body, Leaf};

#[test]
fn a_text_without_edits_stays_byte_for_byte() {
    for source in [
        "",
        "a: 1",
        "\u{feff}a:  1\r\n\r\n",
        "--- {}\n...\n",
        "a: &x [1]\nb: *x\n",
    ] {
        if source.is_empty() {
            continue;
        }
        assert_eq!(try_edited(source, |_| {}).unwrap(), source);
    }
}

#[test]
fn a_utf_16_text_is_refused() {
    let bytes: Vec<u8> = "\u{feff}a: 1\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (tree, layout) = yaml::load(&bytes).unwrap();
    let mut edited = tree.clone();
    edited.set_body(at(&tree, "a"), Body::Leaf(Leaf::Int(2)));
    assert!(matches!(
        yaml::patch(&bytes, &tree, &layout, &edited),
        Err(PatchError::NoPlace(_))
    ));
}

#[test]
fn new_documents_are_refused() {
    let result = try_edited("a: 1\n", |tree| {
        tree.push_document();
    });
    assert!(matches!(result, Err(PatchError::NoPlace(_))));
}

#[test]
fn equal_keys_are_refused_because_nobody_could_read_them() {
    let result = try_edited("a: 1\nb: 2\n", |tree| {
        tree.set_key(at(tree, "b"), Some("a".into()));
    });
    assert_eq!(result, Err(PatchError::Unfaithful));
}
