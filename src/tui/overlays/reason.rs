//! Which rule decided about a value, and what would change that.

use super::pager::Pager;
use crate::ops::why::{self, Why};
use crate::tree::NodeId;
use crate::tui::text;
use crate::tui::theme::Role;
use std::path::Path;

/// How wide the column of titles is.
const TITLES: usize = 9;

/// The answer, and what it is about.
pub struct Reason {
    /// The answer in words.
    pub pager: Pager,
    /// The node that was asked about.
    pub node: NodeId,
    /// Whether it can be changed from here.
    pub changeable: bool,
}

impl Reason {
    /// The answer about a node. `unsaved` is what is different from the file on disk; `name` is how a path is called here.
    #[must_use]
    pub fn new(
        title: &str,
        why: &Why,
        unsaved: Vec<String>,
        (node, change): (NodeId, Option<String>),
        name: impl Fn(&Path) -> String,
    ) -> Self {
        let mut lines = why::lines(why, name);
        let at = lines.iter().position(|(title, _)| *title == "value");
        let at = at.unwrap_or(lines.len());
        let unsaved = unsaved.into_iter().map(|text| ("unsaved", text));
        let rest = lines.split_off(at);
        let changeable = change.is_some();
        let lines = lines.into_iter().chain(unsaved).chain(rest);
        let lines = lines.chain(change.map(|text| ("", text)));
        let lines = lines.map(|(title, words)| {
            vec![
                (format!("{title:<TITLES$} "), Role::Dim),
                (text::escape(&words), role(title)),
            ]
        });
        Self {
            pager: Pager::parts(title, lines.collect()),
            node,
            changeable,
        }
    }
}

fn role(title: &str) -> Role {
    match title {
        "value" => Role::Branch,
        "unsaved" => Role::Edited,
        "note" => Role::Warning,
        _ => Role::Text,
    }
}
