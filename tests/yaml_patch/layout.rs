//! What cannot be done in place, and what is left alone.

use super::{at, try_edited};
use lazysops::format::PatchError;

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
fn equal_keys_are_refused_because_nobody_could_read_them() {
    let result = try_edited("a: 1\nb: 2\n", |tree| {
        tree.set_key(at(tree, "b"), Some("a".into()));
    });
    assert_eq!(result, Err(PatchError::Unfaithful));
}
