//! The five panes. Each knows its own state and how to draw itself; what they share comes in as arguments.

pub mod changes;
pub mod files;
pub mod groups;
pub mod recipients;
pub mod tree;

use super::open_file::OpenFile;
use super::theme::Theme;

/// What panes see of the rest of the editor while drawing.
#[derive(Clone, Copy)]
pub struct View<'m> {
    /// The open file.
    pub file: Option<&'m OpenFile>,
    /// The theme.
    pub theme: &'m Theme,
    /// Whether this pane has the focus.
    pub focused: bool,
    /// Whether no value at all is to be shown.
    pub share_safe: bool,
}
