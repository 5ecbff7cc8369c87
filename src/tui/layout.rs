//! Where the panes stand: three columns from 120 cells on, two below that, one below 80.

mod sizes;

use super::action::Context;
use ratatui::layout::{Position, Rect};
pub use sizes::{Divider, Sizes};

/// A frame with one line in it.
const LOWEST: u16 = 3;

/// One of the five panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pane {
    /// 1
    Files,
    /// 2
    Tree,
    /// 3
    Changes,
    /// 4
    Recipients,
    /// 5
    Groups,
}

impl Pane {
    /// All panes, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Files,
        Self::Tree,
        Self::Changes,
        Self::Recipients,
        Self::Groups,
    ];

    /// Its context in the keymap.
    #[must_use]
    pub const fn context(self) -> Context {
        match self {
            Self::Files => Context::Files,
            Self::Tree => Context::Tree,
            Self::Changes => Context::Changes,
            Self::Recipients => Context::Recipients,
            Self::Groups => Context::Groups,
        }
    }

    /// The pane so many numbers further on, around the corner.
    #[must_use]
    pub fn cycle(self, by: usize) -> Self {
        Self::ALL
            .iter()
            .cycle()
            .skip(self as usize + by)
            .copied()
            .next()
            .unwrap_or(self)
    }
}

/// Which side column a terminal of two columns shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Files and changes.
    #[default]
    Left,
    /// Recipients and key groups.
    Right,
}

impl Side {
    /// Its upper and its lower pane.
    #[must_use]
    pub const fn panes(self) -> (Pane, Pane) {
        match self {
            Self::Left => (Pane::Files, Pane::Changes),
            Self::Right => (Pane::Recipients, Pane::Groups),
        }
    }
}

/// The places of one screen; `None` is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    panes: [Option<Rect>; 5],
    /// The line at the bottom.
    pub bar: Rect,
    /// All above that.
    pub main: Rect,
}

impl Layout {
    /// Places panes on a screen.
    #[must_use]
    pub fn of(size: Rect, focus: Pane, side: Side, sizes: &Sizes, changes: usize, groups: usize) -> Self {
        let bar_height = u16::from(size.height > 1);
        let main = Rect {
            height: size.height - bar_height,
            ..size
        };
        let bar = Rect {
            y: size.y + main.height,
            height: bar_height,
            ..size
        };
        let mut layout = Self {
            panes: [None; 5],
            bar,
            main,
        };
        let (left, right) = sizes.widths(size.width, side);
        if left + right == 0 {
            layout.put(focus, main);
            return layout;
        }
        let tree = Rect {
            x: main.x + left,
            width: main.width - left - right,
            ..main
        };
        layout.put(Pane::Tree, tree);
        // The one side column that two columns show stands at the left.
        let first = if right > 0 { Side::Left } else { side };
        let columns = [(left, main.x, first), (right, tree.right(), Side::Right)];
        for (width, x, side) in columns.into_iter().filter(|(width, ..)| *width > 0) {
            let lines = match side {
                Side::Left => changes,
                Side::Right => groups,
            };
            let height = sizes.lower(side, lines, main.height);
            layout.stack(Rect { x, width, ..main }, side.panes(), height);
        }
        layout
    }

    /// Where a pane stands.
    #[must_use]
    pub fn pane(&self, pane: Pane) -> Option<Rect> {
        self.panes.get(pane as usize).copied().flatten()
    }

    /// The pane at a place.
    #[must_use]
    pub fn pane_at(&self, at: Position) -> Option<Pane> {
        Pane::ALL
            .into_iter()
            .find(|pane| self.pane(*pane).is_some_and(|area| area.contains(at)))
    }

    /// The border between two panes at a place: the frames of both belong to it.
    #[must_use]
    pub fn divider(&self, at: Position) -> Option<Divider> {
        let tree = self.pane(Pane::Tree)?;
        let pane = self.pane_at(at)?;
        let area = self.pane(pane)?;
        let beside = |x: u16| at.x == x || at.x + 1 == x;
        if tree.x > self.main.x && beside(tree.x) {
            return Some(Divider::Left);
        }
        if tree.right() < self.main.right() && beside(tree.right()) {
            return Some(Divider::Right);
        }
        for side in [Side::Left, Side::Right] {
            let (upper, lower) = side.panes();
            let inner = pane == upper && at.y + 1 == area.bottom() || pane == lower && at.y == area.y;
            if inner && self.pane(upper).is_some() && self.pane(lower).is_some() {
                return Some(Divider::Between(side));
            }
        }
        None
    }

    fn put(&mut self, pane: Pane, area: Rect) {
        if let Some(slot) = self.panes.get_mut(pane as usize) {
            *slot = Some(area);
        }
    }

    /// Two panes above each other; without room for both, the upper one.
    fn stack(&mut self, area: Rect, (upper, lower): (Pane, Pane), height: u16) {
        let first = Rect {
            height: area.height - height,
            ..area
        };
        if first.height < LOWEST {
            self.put(upper, area);
            return;
        }
        self.put(upper, first);
        self.put(
            lower,
            Rect {
                y: area.y + first.height,
                height,
                ..area
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Divider, Layout, Pane, Side, Sizes};
    use ratatui::layout::{Position, Rect};

    #[test]
    fn the_panes_of_every_size_stand_side_by_side_inside_the_screen() {
        for width in 1..140 {
            for height in 1..50 {
                let size = Rect::new(0, 0, width, height);
                let mut sizes = Sizes::default();
                for (focus, side) in [(Pane::Tree, Side::Left), (Pane::Groups, Side::Right)] {
                    let layout = Layout::of(size, focus, side, &sizes, 3, 9);
                    let areas: Vec<Rect> = Pane::ALL.iter().filter_map(|pane| layout.pane(*pane)).collect();
                    let cells: u32 = areas.iter().map(|area| area.area()).sum();
                    assert_eq!(cells, layout.main.area(), "{width}x{height}");
                    for area in areas {
                        assert_eq!(area.intersection(layout.main), area);
                    }
                    // The second round: with sizes that fit no screen.
                    for divider in [Divider::Left, Divider::Right, Divider::Between(Side::Right)] {
                        sizes.drag(
                            divider,
                            Position::new(width * 7 % 150, height * 5 % 60),
                            size,
                            side,
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_tree_keeps_room_whatever_is_dragged() {
        for width in [80, 100, 119, 120, 200] {
            let size = Rect::new(0, 0, width, 24);
            for x in [0, 1, width / 2, width - 1] {
                let mut sizes = Sizes::default();
                sizes.drag(Divider::Left, Position::new(x, 5), size, Side::Left);
                sizes.drag(Divider::Right, Position::new(x, 5), size, Side::Left);
                let layout = Layout::of(size, Pane::Tree, Side::Left, &sizes, 3, 9);
                assert!(layout.pane(Pane::Tree).unwrap().width >= 40, "{width} {x}");
                assert!(layout.pane(Pane::Files).unwrap().width >= 16, "{width} {x}");
            }
        }
    }

    #[test]
    fn a_border_is_where_two_frames_meet() {
        let size = Rect::new(0, 0, 120, 30);
        let layout = Layout::of(size, Pane::Tree, Side::Left, &Sizes::default(), 0, 2);
        let tree = layout.pane(Pane::Tree).unwrap();
        let lower = layout.pane(Pane::Changes).unwrap();
        let at = |x, y| layout.divider(Position::new(x, y));
        assert_eq!(at(tree.x, 3), Some(Divider::Left));
        assert_eq!(at(tree.x - 1, 3), Some(Divider::Left));
        assert_eq!(at(tree.right(), 3), Some(Divider::Right));
        assert_eq!(at(4, lower.y), Some(Divider::Between(Side::Left)));
        assert_eq!(at(4, lower.y - 1), Some(Divider::Between(Side::Left)));
        assert_eq!(at(4, 3), None);
        assert_eq!(at(tree.x + 1, 0), None);
        let narrow = Layout::of(
            Rect::new(0, 0, 60, 30),
            Pane::Tree,
            Side::Left,
            &Sizes::default(),
            0,
            2,
        );
        assert_eq!(narrow.divider(Position::new(0, 3)), None);
    }
}
