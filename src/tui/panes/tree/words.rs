//! What a row says of its node in words: its type, whether it is encrypted, and by which rule.

use super::rows::Row;
use crate::seal::selection::{Decision, Rule};
use crate::tree::{Body, Leaf};
use crate::tui::open_file::{Mark, OpenFile};
use crate::tui::text;
use crate::tui::theme::Role;
use std::borrow::Cow;

/// The word of the right column.
pub fn label(
    file: &OpenFile,
    row: Row,
    mark: Mark,
    decision: &Decision,
    narrow: bool,
) -> (Cow<'static, str>, Role) {
    match mark {
        Mark::New => return ("new".into(), Role::Added),
        Mark::Edited => return ("edited".into(), Role::Edited),
        Mark::Moved => return ("moved".into(), Role::Moved),
        Mark::Deleted => return ("deleted".into(), Role::Deleted),
        Mark::Same => {}
    }
    let node = file.tree().node(row.id);
    if node.is_branch() || node.leaf() == Some(&Leaf::Null) {
        return ("".into(), Role::Dim);
    }
    if !decision.encrypted {
        return match node.comment() {
            Some(_) => ("".into(), Role::RuleClear),
            None => ("clear".into(), Role::RuleClear),
        };
    }
    let word = match file.document.selection.rule() {
        Some(Rule::EncryptedSuffix(_)) if narrow => "suffix".into(),
        Some(Rule::EncryptedSuffix(suffix)) => Cow::Owned(text::escape(suffix)),
        Some(Rule::EncryptedRegex(_)) if narrow => "regex".into(),
        Some(Rule::EncryptedRegex(_)) => matched_text(file, decision).map_or("regex".into(), Cow::Owned),
        Some(Rule::EncryptedCommentRegex(_)) => "comment".into(),
        _ if narrow => "sealed".into(),
        _ => "encrypted".into(),
    };
    (word, Role::Rule)
}

fn matched_text(file: &OpenFile, decision: &Decision) -> Option<String> {
    let (id, range) = decision.matched.as_ref()?;
    let key = file.tree().node(*id).key.as_ref()?.display();
    key.get(range.clone())
        .filter(|text| !text.is_empty())
        .map(text::escape)
}

/// The type of a row, and whether and why it is encrypted, in words.
#[must_use]
pub fn facts(file: &OpenFile, row: Row) -> (Cow<'static, str>, Cow<'static, str>) {
    let node = file.tree().node(row.id);
    let decision = file.decide(row.id);
    let kind: Cow<'static, str> = match &node.body {
        Body::Map(children) => return (count("map", children.len()), Cow::Borrowed("")),
        Body::List(children) => return (count("list", children.len()), Cow::Borrowed("")),
        Body::Comment(_) => "comment".into(),
        Body::Leaf(leaf) if file.locked() && decision.encrypted => sealed_type(leaf),
        Body::Leaf(_) if file.is_decoded(row.id) => "b64".into(),
        Body::Leaf(leaf) => leaf.type_name().into(),
    };
    (kind, reason(file.document.selection.rule(), &decision).into())
}

/// Whether and why something is encrypted, in a few words.
fn reason(rule: Option<&Rule>, decision: &Decision) -> String {
    let state = if decision.encrypted { "encrypted" } else { "clear" };
    let Some(rule) = rule else {
        return format!("{state}: everything is");
    };
    let what = match rule {
        Rule::EncryptedSuffix(_) | Rule::UnencryptedSuffix(_) => "suffix",
        Rule::EncryptedRegex(_) | Rule::UnencryptedRegex(_) => "regex",
        Rule::EncryptedCommentRegex(_) | Rule::UnencryptedCommentRegex(_) => "comment",
    };
    if decision.encrypted == rule.match_encrypts() {
        format!("{state}: {what}")
    } else {
        format!("{state}: no {what} matches")
    }
}

fn count(what: &str, number: usize) -> Cow<'static, str> {
    format!("{what} of {number}").into()
}

/// The type that the ciphertext of a value names.
fn sealed_type(leaf: &Leaf) -> Cow<'static, str> {
    let Leaf::Text(text) = leaf else {
        return leaf.type_name().into();
    };
    let name = text
        .expose_str()
        .and_then(|text| Some(text.rsplit_once("type:")?.1.trim_end_matches(']')));
    match name {
        Some("int") => "int",
        Some("float") => "float",
        Some("bool") => "bool",
        Some("bytes") => "bytes",
        Some("time") => "time",
        _ => "str",
    }
    .into()
}
