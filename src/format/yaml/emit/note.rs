//! Comment lines on their way from the tree to the text.

use crate::tree::Comment;
use zeroize::Zeroizing;

/// Lines of comments, each with its `#`, joined by line feeds; empty when there is none.
#[derive(Default)]
pub(super) struct Note(Zeroizing<Vec<u8>>);

impl Note {
    pub(super) fn push(&mut self, comment: &Comment) {
        self.separate();
        self.0.push(b'#');
        self.0.extend_from_slice(comment.text.expose());
    }

    /// The lines of both, the other's last.
    pub(super) fn append(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else if !other.is_empty() {
            self.separate();
            self.0.extend_from_slice(&other.0);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has_several_lines(&self) -> bool {
        self.0.contains(&b'\n')
    }

    pub(super) fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Takes the other's lines over, if it has any.
    pub(super) fn overwrite(&mut self, other: Self) {
        if !other.is_empty() {
            *self = other;
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|byte| *byte == b'\n')
    }

    fn separate(&mut self) {
        if !self.0.is_empty() {
            self.0.push(b'\n');
        }
    }
}
