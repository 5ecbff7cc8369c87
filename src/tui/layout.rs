//! Where the panes stand: three columns from 120 cells on, two below that, one below 80.

use super::action::Context;
use ratatui::layout::Rect;

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
    pub fn of(size: Rect, focus: Pane, side: Side, changes: usize, groups: usize) -> Self {
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
        if size.width < 80 {
            layout.put(focus, main);
            return layout;
        }
        let side_width = if size.width < 120 {
            (size.width / 4).clamp(20, 30)
        } else {
            (size.width / 5).clamp(24, 36)
        };
        let left = Rect {
            width: side_width,
            ..main
        };
        if size.width < 120 {
            let tree = Rect {
                x: main.x + side_width,
                width: main.width - side_width,
                ..main
            };
            layout.put(Pane::Tree, tree);
            match side {
                Side::Left => layout.stack(left, (Pane::Files, Pane::Changes), changes),
                Side::Right => layout.stack(left, (Pane::Recipients, Pane::Groups), groups),
            }
            return layout;
        }
        let right_width = (size.width / 5).clamp(26, 44);
        let right = Rect {
            x: main.x + main.width - right_width,
            width: right_width,
            ..main
        };
        let tree = Rect {
            x: main.x + side_width,
            width: main.width - side_width - right_width,
            ..main
        };
        layout.put(Pane::Tree, tree);
        layout.stack(left, (Pane::Files, Pane::Changes), changes);
        layout.stack(right, (Pane::Recipients, Pane::Groups), groups);
        layout
    }

    /// Where a pane stands.
    #[must_use]
    pub fn pane(&self, pane: Pane) -> Option<Rect> {
        self.panes.get(pane as usize).copied().flatten()
    }

    fn put(&mut self, pane: Pane, area: Rect) {
        if let Some(slot) = self.panes.get_mut(pane as usize) {
            *slot = Some(area);
        }
    }

    /// Two panes above each other; the lower one is as high as its lines need, at most half.
    fn stack(&mut self, area: Rect, (upper, lower): (Pane, Pane), lines: usize) {
        let wanted = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2);
        let height = wanted.clamp(4, (area.height / 2).max(4)).min(area.height);
        let first = Rect {
            height: area.height - height,
            ..area
        };
        if first.height < 3 {
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
    use super::{Layout, Pane, Side};
    use ratatui::layout::Rect;

    #[test]
    fn the_panes_of_every_size_stand_side_by_side_inside_the_screen() {
        for width in 1..140 {
            for height in 1..50 {
                let size = Rect::new(0, 0, width, height);
                for (focus, side) in [(Pane::Tree, Side::Left), (Pane::Groups, Side::Right)] {
                    let layout = Layout::of(size, focus, side, 3, 9);
                    let areas: Vec<Rect> = Pane::ALL.iter().filter_map(|pane| layout.pane(*pane)).collect();
                    let cells: u32 = areas.iter().map(|area| area.area()).sum();
                    assert_eq!(cells, layout.main.area(), "{width}x{height}");
                    for area in areas {
                        assert_eq!(area.intersection(layout.main), area);
                    }
                }
            }
        }
    }
}
