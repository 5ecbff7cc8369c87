//! Edits of comments.

use super::Patcher;
use crate::format::ini::layout::Piece;
use crate::format::ini::write;
use crate::tree::NodeId;

impl Patcher<'_> {
    /// Writes the comment of the header or key whose line begins at `line`. `lifts`: the value needs the whole line,
    /// so that the part of the comment behind it must go above.
    pub(super) fn comment(
        &mut self,
        line: usize,
        indentation: &[u8],
        lifts: bool,
        was: Option<NodeId>,
        now: Option<NodeId>,
    ) {
        let old = was.and_then(|id| self.tree.node(id).comment());
        let new = now.and_then(|id| self.edited.node(id).comment());
        let pieces = was.map_or(&[][..], |id| self.layout.pieces(id));
        let lifts = lifts && pieces.iter().any(|piece| piece.inline);
        let (Some(new), same) = (new, old == new) else {
            if let Some(was) = was {
                self.drop_comment(was);
            }
            return;
        };
        if same {
            if lifts {
                self.lift(line, indentation, pieces);
            }
            return;
        }
        let text = new.text.expose();
        match (pieces, pieces.first(), pieces.last()) {
            (pieces, Some(first), Some(last)) if !lifts && fits(pieces, text) => {
                let mark = write::mark_length(self.slice(first.text.clone()));
                self.splices.replace(first.text.start + mark..last.text.end, text);
            }
            _ => {
                if let Some(was) = was {
                    self.drop_comment(was);
                }
                let mut lines = Vec::new();
                write::comment(&mut lines, text, true, indentation, self.habits.newline);
                self.splices
                    .insert_lines(self.source, line, lines, self.habits.newline);
            }
        }
    }

    /// Writes a comment as lines; one that was moved, but not changed, keeps its spelling.
    pub(super) fn write_comment(&self, out: &mut Vec<u8>, id: NodeId, trim: bool, indentation: &[u8]) {
        let pieces = self.layout.pieces(id);
        if !pieces.is_empty() && self.tree.node(id).body == self.edited.node(id).body {
            for piece in pieces {
                if piece.inline {
                    out.extend_from_slice(indentation);
                    self.push_lines(out, self.slice(piece.text.clone()));
                } else {
                    self.push_lines(out, self.slice(piece.extent.clone()));
                }
            }
        } else if let Some(comment) = self.edited.node(id).comment() {
            let text = comment.text.expose();
            write::comment(out, text, trim, indentation, self.habits.newline);
        }
    }

    /// Puts what stands behind a value on a line of its own above it.
    fn lift(&mut self, line: usize, indentation: &[u8], pieces: &[Piece]) {
        for piece in pieces.iter().filter(|piece| piece.inline) {
            self.splices.delete(piece.extent.clone());
            let lines = [indentation, self.slice(piece.text.clone()), self.habits.newline];
            self.splices
                .insert_lines(self.source, line, lines.concat(), self.habits.newline);
        }
    }

    pub(super) fn drop_comment(&mut self, id: NodeId) {
        for piece in self.layout.pieces(id) {
            self.splices.delete(piece.extent.clone());
        }
    }
}

/// Whether a text can stand where a comment stood: one line behind a value, or whole lines.
fn fits(pieces: &[Piece], text: &[u8]) -> bool {
    match pieces {
        [piece] if piece.inline => !text.contains(&b'\n'),
        pieces => !pieces.iter().any(|piece| piece.inline),
    }
}
