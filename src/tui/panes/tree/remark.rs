//! What else there is to say of a value: how it is stored, how large a binary file is.

use crate::format::Format;
use crate::ops::counted::counted;
use crate::ops::kubernetes;
use crate::tree::{Leaf, NodeId};
use crate::tui::open_file::OpenFile;

/// One remark for the line below the tree; empty for most values. Never a part of the value.
#[must_use]
pub fn remark(file: &OpenFile, id: NodeId) -> String {
    let Some(leaf @ Leaf::Text(text)) = file.tree().node(id).leaf() else {
        return String::new();
    };
    if file.document.format == Format::Binary && !file.locked() {
        return size(text.expose());
    }
    if !file.is_decoded(id) {
        return String::new();
    }
    match kubernetes::decode(leaf) {
        Some(bytes) if kubernetes::looks_encoded_twice(&bytes) => "base64, looks encoded twice".to_owned(),
        Some(bytes) if std::str::from_utf8(&bytes).is_err() => format!("base64 of {}", size(&bytes)),
        _ => "stored as base64".to_owned(),
    }
}

fn size(bytes: &[u8]) -> String {
    let what = if std::str::from_utf8(bytes).is_ok() {
        "text"
    } else {
        "binary"
    };
    format!("{what}, {}", counted(bytes.len(), "byte"))
}
