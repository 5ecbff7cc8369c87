//! Text to tree and back, without loss, for the five formats of SOPS files.
//!
//! Two writers share one tree. [`emit`] writes the whole tree in sops's own layout, byte for byte. [`patch`] takes the
//! bytes a tree was read from and replaces only what an edited clone of that tree changed: nodes are matched by
//! their [`crate::tree::NodeId`], the result is read again and compared with the intended tree.
//!
//! Here belongs what a format's text means. What is encrypted, and where the `sops` block stands, does not.

pub mod binary;
mod detect;
mod diff;
pub mod dotenv;
pub mod flat;
mod float;
pub mod ini;
pub mod json;
mod splice;
pub mod yaml;

pub use detect::sealed_format;
pub(crate) use diff::kept;

use crate::tree::{NodeId, Tree};
use std::sync::Arc;
use thiserror::Error;

/// One of the five formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML, one or more documents.
    Yaml,
    /// JSON.
    Json,
    /// `KEY=value` lines.
    Dotenv,
    /// INI sections.
    Ini,
    /// Any bytes: one value under the key `data`, sealed as JSON.
    Binary,
}

impl Format {
    /// The format of a name given to `--input-type`; anything unknown is `None`, which sops ignores (spec §11.0).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "yaml" => Self::Yaml,
            "json" => Self::Json,
            "dotenv" => Self::Dotenv,
            "ini" => Self::Ini,
            "binary" => Self::Binary,
            _ => return None,
        })
    }

    /// The format sops takes a file for by its name: case-sensitive suffixes, everything else is binary (spec §11.0).
    #[must_use]
    pub fn from_path(path: &std::path::Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        [
            (".yaml", Self::Yaml),
            (".yml", Self::Yaml),
            (".json", Self::Json),
            (".env", Self::Dotenv),
            (".ini", Self::Ini),
        ]
        .into_iter()
        .find_map(|(suffix, format)| name.ends_with(suffix).then_some(format))
        .unwrap_or(Self::Binary)
    }

    /// The format of the encrypted form: binary files are sealed as JSON (spec §11.6). Load and emit a sealed text as
    /// this format, a plain one as `self`.
    #[must_use]
    pub const fn sealed(self) -> Self {
        match self {
            Self::Binary => Self::Json,
            other => other,
        }
    }

    /// The name of the format, as `--input-type` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Dotenv => "dotenv",
            Self::Ini => "ini",
            Self::Binary => "binary",
        }
    }
}

/// What reading a text gives: its tree, and where every node stands in the text.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The content.
    pub tree: Tree,
    /// Where it stands, for [`patch`].
    pub layout: Layout,
}

/// Where the nodes of a tree stand in the text it was read from.
#[derive(Clone, Debug)]
pub enum Layout {
    /// Spans of a YAML text.
    Yaml(yaml::Layout),
    /// Spans of a JSON text.
    Json(json::Layout),
    /// Spans of dotenv lines.
    Dotenv(dotenv::Layout),
    /// Spans of an INI text.
    Ini(ini::Layout),
    /// Plain bytes are one value; there is nothing to tell.
    Binary,
}

impl Layout {
    /// The byte at which an entry begins, where the layout keeps that.
    #[must_use]
    pub fn start_of(&self, id: NodeId) -> Option<usize> {
        match self {
            Self::Yaml(layout) => layout.span(id).map(|span| span.start),
            Self::Json(layout) => layout.span(id).map(json::Span::start),
            Self::Dotenv(layout) => layout.span(id).map(|span| span.line.start),
            Self::Ini(layout) => layout.span(id).and_then(ini::Span::start),
            Self::Binary => None,
        }
    }
}

/// How sops's own layout is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The indentation step from `--indent` or `stores.….indent`; `None` is the format's default.
    pub indent: Option<u8>,
}

/// Why a text is no tree. Never holds a part of the text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// There is nothing but white space and comments.
    #[error("there is nothing in it")]
    Empty,
    /// The bytes are no text this format can have.
    #[error("{}{problem}", at(.line))]
    Bytes {
        /// What is wrong.
        problem: &'static str,
        /// 1-based line, where known.
        line: Option<usize>,
    },
    /// The text breaks the rules of the format.
    #[error("{}{problem}", at(.line))]
    Syntax {
        /// What is wrong.
        problem: &'static str,
        /// 1-based line, where known.
        line: Option<usize>,
    },
    /// The text is well-formed, but sops's data model has no place for it (top-level list, duplicate key, …).
    #[error("{}{problem}", at(.line))]
    Content {
        /// What is wrong.
        problem: &'static str,
        /// 1-based line, where known.
        line: Option<usize>,
    },
    /// Reading on would take unbounded memory or time (nesting, alias expansion).
    #[error("{}{problem}", at(.line))]
    Limit {
        /// Which limit was met.
        problem: &'static str,
        /// 1-based line, where known.
        line: Option<usize>,
    },
}

fn at(line: &Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!("line {line}: "))
}

/// Why a tree cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EmitError {
    /// The format has no way to write something of the tree.
    #[error("{problem} (at {path})")]
    Unrepresentable {
        /// What cannot be written.
        problem: &'static str,
        /// Where, as a dotted path of keys.
        path: String,
    },
    /// The text in this format's layout would not read back to the same tree.
    #[error("the text would not read back to the same content (at {path})")]
    Lossy {
        /// Where, as a dotted path of keys.
        path: String,
    },
}

/// Why an edit cannot be written into the text; the caller may fall back to [`emit`] and say so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatchError {
    /// The text after the edit does not read back to the intended tree.
    #[error("the edited text would not read back to the intended content")]
    Unfaithful,
    /// An edit has no place in the text as it is laid out.
    #[error("{0}")]
    NoPlace(&'static str),
    /// The new value cannot be written in this format.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// Reads a text.
///
/// # Errors
/// When the text is not of this format, or hostile.
pub fn load(format: Format, bytes: &[u8]) -> Result<Loaded, LoadError> {
    match format {
        Format::Yaml => yaml::load(bytes).map(|(tree, layout)| Loaded {
            tree,
            layout: Layout::Yaml(layout),
        }),
        Format::Json => json::load(bytes).map(|(tree, layout)| Loaded {
            tree,
            layout: Layout::Json(layout),
        }),
        Format::Dotenv => dotenv::load(bytes).map(|(tree, layout)| Loaded {
            tree,
            layout: Layout::Dotenv(layout),
        }),
        Format::Binary => binary::load(bytes).map(|tree| Loaded {
            tree,
            layout: Layout::Binary,
        }),
        Format::Ini => ini::load(bytes).map(|(tree, layout)| Loaded {
            tree,
            layout: Layout::Ini(layout),
        }),
    }
}

/// Reads a text for its tree alone: as [`load`], with less memory. Ciphertexts may be parts of `bytes`, which stay then.
///
/// # Errors
/// As [`load`].
pub fn load_tree(format: Format, bytes: &Arc<Vec<u8>>) -> Result<Tree, LoadError> {
    match format {
        Format::Yaml => yaml::load_tree(bytes),
        _ => load(format, bytes).map(|loaded| loaded.tree),
    }
}

/// Whether a text ends where its content does: sops ignores what stands behind the object of a plain JSON text, and refuses it behind
/// that of an encrypted one. Nothing but white space can be there in the other formats.
///
/// # Errors
/// Where it goes on.
pub fn ends(bytes: &[u8], loaded: &Loaded) -> Result<(), LoadError> {
    match (&loaded.layout, loaded.tree.documents().first()) {
        (Layout::Json(layout), Some(root)) => json::ends(bytes, layout, *root),
        _ => Ok(()),
    }
}

/// Writes a tree in sops's own layout.
///
/// # Errors
/// When the format cannot hold the tree.
pub fn emit(format: Format, tree: &Tree, style: Style) -> Result<Vec<u8>, EmitError> {
    match format {
        Format::Yaml => yaml::emit(tree, style),
        Format::Json => json::emit(tree, style),
        Format::Dotenv => dotenv::emit(tree),
        Format::Binary => binary::emit(tree, style),
        Format::Ini => ini::emit(tree),
    }
}

/// Writes an edited clone of `loaded.tree` into the text it was read from, changing only what the edits touch.
///
/// # Errors
/// When the edits cannot be written faithfully; nothing is lost then, the caller still has both trees.
pub fn patch(source: &[u8], loaded: &Loaded, edited: &Tree) -> Result<Vec<u8>, PatchError> {
    match &loaded.layout {
        Layout::Yaml(layout) => yaml::patch(source, &loaded.tree, layout, edited),
        Layout::Json(layout) => json::patch(source, &loaded.tree, layout, edited),
        Layout::Dotenv(layout) => dotenv::patch(source, &loaded.tree, layout, edited),
        Layout::Ini(layout) => ini::patch(source, &loaded.tree, layout, edited),
        Layout::Binary => binary::patch(edited),
    }
}

/// The keys above a node, joined by dots, for messages.
fn dotted(tree: &Tree, id: NodeId) -> String {
    let keys: Vec<_> = tree
        .key_path(id)
        .into_iter()
        .map(crate::tree::Key::display)
        .collect();
    keys.join(".")
}
