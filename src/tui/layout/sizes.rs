//! How wide and how high the side columns are: as the screen suggests, or as somebody dragged them. What was dragged is a
//! wish; a screen that is too small for it gets what fits, and the wish is kept for a larger one.

use super::{LOWEST, Pane, Side};
use ratatui::layout::{Position, Rect};

/// Below this width there is one column.
const TWO: u16 = 80;
/// From this width on there are three.
const THREE: u16 = 120;
/// Fewest columns of the tree beside others.
const TREE: u16 = 40;
/// Fewest columns beside the tree.
const COLUMN: u16 = 16;

/// A border that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divider {
    /// Between the left column and the tree.
    Left,
    /// Between the tree and the right column.
    Right,
    /// Between the two panes of a side column.
    Between(Side),
}

/// What somebody asked for; `None` where nobody did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    left: Option<u16>,
    right: Option<u16>,
    lower: [Option<u16>; 2],
}

impl Sizes {
    /// How wide the left and the right column are on a screen of so many cells; both 0 where there is one column only.
    pub(super) fn widths(&self, width: u16, side: Side) -> (u16, u16) {
        if width < TWO {
            return (0, 0);
        }
        if width < THREE {
            let wanted = match side {
                Side::Left => self.left,
                Side::Right => self.right,
            };
            let usual = (width / 4).clamp(20, 30);
            return (wanted.unwrap_or(usual).clamp(COLUMN, width - TREE), 0);
        }
        let left = self.left.unwrap_or((width / 5).clamp(24, 36));
        let left = left.clamp(COLUMN, width - TREE - COLUMN);
        let right = self.right.unwrap_or((width / 5).clamp(26, 44));
        (left, right.clamp(COLUMN, width - TREE - left))
    }

    /// How high the lower pane of a column is: what its lines need, at most half, or what was asked for.
    pub(super) fn lower(&self, side: Side, lines: usize, height: u16) -> u16 {
        let needed = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2);
        let usual = needed.clamp(4, (height / 2).max(4)).min(height);
        let wanted = self.lower.get(side as usize).copied().flatten();
        match wanted.filter(|_| height >= 2 * LOWEST) {
            Some(wanted) => wanted.clamp(LOWEST, height - LOWEST),
            None => usual,
        }
    }

    /// Moves a border to a place of the screen; `side` is the column that a screen of two columns shows.
    pub fn drag(&mut self, divider: Divider, at: Position, screen: Rect, side: Side) {
        let from_left = at.x.saturating_sub(screen.x).saturating_add(1);
        let from_right = screen.right().saturating_sub(at.x);
        // Above the line at the bottom.
        let from_bottom = screen.bottom().saturating_sub(1).saturating_sub(at.y);
        match divider {
            Divider::Left if screen.width < THREE && side == Side::Right => self.right = Some(from_left),
            Divider::Left => self.left = Some(from_left),
            Divider::Right => self.right = Some(from_right),
            Divider::Between(side) => {
                if let Some(slot) = self.lower.get_mut(side as usize) {
                    *slot = Some(from_bottom);
                }
            }
        }
    }

    /// Makes a pane wider or narrower by some columns; whether that changed anything on this screen.
    pub fn widen(&mut self, pane: Pane, by: i16, width: u16, side: Side) -> bool {
        let (left, right) = self.widths(width, side);
        let before = (left, right);
        let shown = if right == 0 { side } else { Side::Left };
        let grow = |size: u16, by: i16| Some(size.saturating_add_signed(by));
        match pane {
            _ if left == 0 => return false,
            Pane::Files | Pane::Changes => self.left = grow(left, by),
            Pane::Recipients | Pane::Groups if right == 0 => self.right = grow(left, by),
            Pane::Recipients | Pane::Groups => self.right = grow(right, by),
            Pane::Tree if shown == Side::Right => self.right = grow(left, -by),
            Pane::Tree => {
                self.left = grow(left, -by);
                if right > 0 {
                    self.right = grow(right, -by);
                }
            }
        }
        let after = self.widths(width, side);
        // What does not fit is not wished for: the next key must do something.
        match (after.1, side) {
            (0, Side::Right) => self.right = self.right.map(|_| after.0),
            (0, Side::Left) => self.left = self.left.map(|_| after.0),
            _ => {
                self.left = self.left.map(|_| after.0);
                self.right = self.right.map(|_| after.1);
            }
        }
        before != after
    }

    /// Makes a pane of a side column higher or lower by some lines; `current` is its height and that of its column. Whether
    /// that changed anything.
    pub fn heighten(&mut self, pane: Pane, by: i16, (current, column): (u16, u16)) -> bool {
        let Some(side) = [Side::Left, Side::Right]
            .into_iter()
            .find(|side| side.panes().0 == pane || side.panes().1 == pane)
        else {
            return false;
        };
        if column < 2 * LOWEST || current == column {
            return false;
        }
        let lower = if side.panes().0 == pane {
            (column - current).saturating_add_signed(-by)
        } else {
            current.saturating_add_signed(by)
        };
        let lower = lower.clamp(LOWEST, column - LOWEST);
        let before = if side.panes().0 == pane {
            column - current
        } else {
            current
        };
        if let Some(slot) = self.lower.get_mut(side as usize) {
            *slot = Some(lower);
        }
        lower != before
    }
}
