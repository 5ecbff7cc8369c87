//! Documents that come, go or change places: what stays is edited in place first, then the text is put together anew, document by
//! document, each with its own lines.

use super::source::{Source, ends_with_break};
use super::{Mode, Patcher, verify};
use crate::format::PatchError;
use crate::format::yaml::{self, Layout};
use crate::tree::{Body, NodeId, Tree};
use std::collections::{HashMap, HashSet};

const MARKER: &[u8] = b"---";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes an edited clone of `tree` that has other documents.
pub(super) fn patch(
    source: &[u8],
    tree: &Tree,
    layout: &Layout,
    edited: &Tree,
    mode: Mode,
) -> Result<Vec<u8>, PatchError> {
    if edited.documents().is_empty() {
        return Err(PatchError::NoPlace("a file has at least one document"));
    }
    let wanted: HashSet<NodeId> = edited.documents().iter().copied().collect();
    let known: HashSet<NodeId> = tree.documents().iter().copied().collect();
    let mut kept = edited.clone();
    kept.set_documents(
        tree.documents()
            .iter()
            .copied()
            .filter(|root| wanted.contains(root))
            .collect(),
    );
    let patcher = Patcher::new(source, tree, layout, &kept, mode);
    let mut texts: HashMap<NodeId, Vec<u8>> = HashMap::new();
    for root in edited.documents().iter().filter(|root| !known.contains(root)) {
        if !matches!(edited.node(*root).body, Body::Map(_)) {
            return Err(PatchError::NoPlace("a new document is a map"));
        }
        texts.insert(*root, patcher.document_lines(*root, |_| true)?);
    }
    let text = patcher.text()?;
    let (again, layout) = yaml::load(&text).map_err(|_| PatchError::Unfaithful)?;
    if again.documents().len() != tree.documents().len() {
        return Err(PatchError::Unfaithful);
    }
    for (root, range) in tree.documents().iter().zip(&layout.documents) {
        let part = text.get(range.clone()).unwrap_or_default();
        if part.trim_ascii_start().starts_with(b"%") {
            return Err(PatchError::NoPlace("directives stand before a document"));
        }
        texts.insert(*root, part.to_vec());
    }
    let head = layout.documents.first().map_or(0, |range| range.start);
    let head = text.get(..head).unwrap_or_default();
    let leads = tree.documents().first() == edited.documents().first();
    if !leads && text.starts_with(BYTE_ORDER_MARK) {
        return Err(PatchError::NoPlace(
            "a byte order mark stands before the first document",
        ));
    }
    let text = together(
        if leads { head } else { &[] },
        edited,
        &texts,
        Source::new(source).line_end,
    );
    verify::reads_back(&text, edited)?;
    Ok(text)
}

/// The documents in their order, each behind the first with its marker.
fn together(head: &[u8], edited: &Tree, texts: &HashMap<NodeId, Vec<u8>>, line_end: &[u8]) -> Vec<u8> {
    let mut out = head.to_vec();
    for (number, root) in edited.documents().iter().enumerate() {
        let text = texts.get(root).map_or(&[][..], Vec::as_slice);
        if number > 0 {
            if !ends_with_break(&out) {
                out.extend_from_slice(line_end);
            }
            if !has_marker(text) {
                out.extend_from_slice(MARKER);
                out.extend_from_slice(line_end);
            }
        }
        out.extend_from_slice(text);
    }
    out
}

/// Whether the first line of a document that is neither blank nor a comment is its marker.
fn has_marker(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.find(|line| {
        let line = line.trim_ascii_start();
        !line.is_empty() && !line.starts_with(b"#")
    });
    first.is_some_and(|line| {
        line.strip_prefix(MARKER)
            .is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
    })
}
