//! What is too much: nesting and the expansion of aliases.

use super::cursor::Mark;
use crate::format::LoadError;

/// How deep block collections, and flow collections, may nest.
pub(super) const DEPTH: usize = 10_000;

/// How deep a tree may nest after aliases were expanded: as deep as it can without them. Flow collections can stand
/// inside block collections, and every block map can hold a list at its own column.
pub(super) const EXPANDED_DEPTH: usize = 3 * DEPTH;

/// How many nodes and bytes aliases may add to a tree, in every document.
pub(super) struct Budget {
    nodes: usize,
    bytes: usize,
}

impl Budget {
    /// For a source of this many bytes.
    pub const fn new(source: usize) -> Self {
        Self {
            nodes: 1_000_000 + source,
            bytes: (64 << 20) + 10 * source,
        }
    }

    /// Pays for a copied node with a text of some bytes.
    pub fn pay(&mut self, bytes: usize, at: Mark) -> Result<(), LoadError> {
        match (self.nodes.checked_sub(1), self.bytes.checked_sub(bytes)) {
            (Some(nodes), Some(bytes)) => {
                *self = Self { nodes, bytes };
                Ok(())
            }
            _ => Err(too_many_copies(at)),
        }
    }
}

/// sops's own measure in the first document (§2.1): of all values decoded, how many are below aliases.
#[derive(Clone, Copy, Default)]
pub(super) struct AliasRatio {
    /// All values decoded so far.
    pub decoded: u64,
    /// Those below aliases.
    pub aliased: u64,
}

impl AliasRatio {
    /// Whether sops would refuse the document as a bomb.
    #[allow(clippy::cast_precision_loss)] // counts stay far below 2^52
    pub fn is_excessive(self) -> bool {
        const LOW: f64 = 400_000.0;
        const HIGH: f64 = 4_000_000.0;
        if self.aliased <= 100 || self.decoded <= 1000 {
            return false;
        }
        let decoded = self.decoded as f64;
        let share = ((decoded - LOW) / (HIGH - LOW)).clamp(0.0, 1.0);
        self.aliased as f64 / decoded > 0.99 - share * (0.99 - 0.10)
    }
}

/// Nesting beyond [`DEPTH`].
pub(super) const fn too_deep(at: Mark) -> LoadError {
    limit("the nesting is deeper than 10000 levels", at)
}

/// Aliases that would make the tree far larger than the text.
pub(super) const fn too_many_copies(at: Mark) -> LoadError {
    limit("the document contains excessive aliasing", at)
}

const fn limit(problem: &'static str, at: Mark) -> LoadError {
    LoadError::Limit {
        problem,
        line: Some(at.line as usize + 1),
    }
}
