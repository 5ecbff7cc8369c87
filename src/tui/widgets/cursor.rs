//! A place in a list, and the part of the list that is on screen.

/// The selected line and the first visible one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The selected line, from 0.
    pub at: usize,
    /// The first line on screen.
    pub top: usize,
}

impl Cursor {
    /// Moves by lines, within a list of `len`.
    pub fn move_by(&mut self, by: isize, len: usize) {
        self.at = self.at.saturating_add_signed(by).min(len.saturating_sub(1));
    }

    /// Moves the window by lines; the selected line stays inside it.
    pub fn scroll(&mut self, by: isize, height: usize, len: usize) {
        let last = len.saturating_sub(height);
        self.top = self.top.saturating_add_signed(by).min(last);
        let room = 3.min(height.saturating_sub(1) / 2);
        let first = if self.top == 0 { 0 } else { self.top + room };
        let end = if self.top == last {
            len.saturating_sub(1)
        } else {
            (self.top + height).saturating_sub(room + 1)
        };
        self.at = self.at.clamp(first.min(end), end);
    }

    /// Brings the selected line into a window of `height` lines, with a little room around it where there is some,
    /// and never leaves the window emptier than it must be.
    pub fn keep(&mut self, height: usize, len: usize) {
        self.at = self.at.min(len.saturating_sub(1));
        let room = 3.min(height.saturating_sub(1) / 2);
        let lowest = (self.at + room + 1).saturating_sub(height);
        let highest = self.at.saturating_sub(room);
        self.top = self.top.clamp(lowest.min(highest), highest);
        self.top = self.top.min(len.saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn the_wheel_moves_the_window_and_takes_the_selected_line_along() {
        let mut cursor = Cursor::default();
        for (by, top, at) in [(3, 3, 6), (3, 6, 9), (100, 30, 33), (-3, 27, 33), (-100, 0, 6)] {
            cursor.scroll(by, 10, 40);
            assert_eq!((cursor.top, cursor.at), (top, at), "{by}");
            let before = cursor;
            cursor.keep(10, 40);
            assert_eq!(cursor, before, "nothing is left to correct");
        }
        for (height, len) in [(0, 0), (0, 5), (5, 0), (5, 3)] {
            cursor.scroll(3, height, len);
            assert!(cursor.at < len.max(1));
        }
    }

    #[test]
    fn the_selected_line_is_always_on_screen() {
        for len in [0, 1, 5, 40] {
            for height in [0, 1, 2, 3, 10, 50] {
                let mut cursor = Cursor::default();
                for by in [1, 1, 30, -3, 100, -100, 7] {
                    cursor.move_by(by, len);
                    cursor.keep(height, len);
                    assert!(cursor.at == 0 || cursor.at < len);
                    assert!(height == 0 || (cursor.top..cursor.top + height).contains(&cursor.at));
                }
            }
        }
    }
}
