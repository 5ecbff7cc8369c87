//! What the mouse does, as the update hears it, and what must be remembered of it between two events.

use super::layout::Divider;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;
use std::time::{Duration, Instant};

/// Two presses on one cell within this time are a double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// The left button went down.
    Press,
    /// The pointer moved while the left button was down.
    Drag,
    /// The left button went up.
    Release,
    /// The wheel was turned towards the user.
    WheelDown,
    /// The wheel was turned away from the user.
    WheelUp,
}

/// One event of the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What was done.
    pub gesture: Gesture,
    /// On which cell.
    pub at: Position,
}

impl Mouse {
    /// The event of the terminal, if it means anything here; other buttons are left to the terminal.
    #[must_use]
    pub fn from_event(event: MouseEvent) -> Option<Self> {
        let gesture = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => Gesture::Press,
            MouseEventKind::Drag(MouseButton::Left) => Gesture::Drag,
            MouseEventKind::Up(MouseButton::Left) => Gesture::Release,
            MouseEventKind::ScrollDown => Gesture::WheelDown,
            MouseEventKind::ScrollUp => Gesture::WheelUp,
            _ => return None,
        };
        let at = Position::new(event.column, event.row);
        Some(Self { gesture, at })
    }
}

/// The mouse between two events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pointer {
    /// The border that is being dragged.
    pub held: Option<Divider>,
    last: Option<(Position, Instant)>,
}

impl Pointer {
    /// Notes a press; whether it is the second one of a double click.
    pub fn press(&mut self, at: Position, now: Instant) -> bool {
        let double = self
            .last
            .is_some_and(|(before, time)| before == at && now.saturating_duration_since(time) <= DOUBLE);
        // A third press begins anew.
        self.last = (!double).then_some((at, now));
        double
    }
}

#[cfg(test)]
mod tests {
    use super::{DOUBLE, Pointer};
    use ratatui::layout::Position;
    use std::time::{Duration, Instant};

    #[test]
    fn a_double_click_is_two_presses_on_one_cell_in_short_time() {
        let now = Instant::now();
        let at = Position::new(3, 4);
        let mut pointer = Pointer::default();
        assert!(!pointer.press(at, now));
        assert!(pointer.press(at, now + DOUBLE));
        assert!(!pointer.press(at, now + DOUBLE), "the third press begins anew");
        assert!(!pointer.press(at, now + DOUBLE * 2 + Duration::from_millis(1)));
        assert!(!pointer.press(Position::new(4, 4), now + DOUBLE * 2));
    }
}
