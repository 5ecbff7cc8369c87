//! The columns of the resolver: a side each. What both came from is folded away where there is no room for it.

use crate::ops::resolve::Which;
use ratatui::layout::Rect;

/// From which width on there are three columns.
const ROOMY: u16 = 66;

/// The sides that are shown, from left to right.
pub const fn shown(area: Rect) -> &'static [Which] {
    if area.width >= ROOMY {
        &[Which::Ours, Which::Base, Which::Theirs]
    } else {
        &[Which::Ours, Which::Theirs]
    }
}

/// The place of each column in an area, with a gap between them.
pub fn places(area: Rect) -> Vec<(Which, Rect)> {
    let sides = shown(area);
    let count = u16::try_from(sides.len()).unwrap_or(1);
    let width = area.width / count;
    (0..count)
        .zip(sides)
        .map(|(number, which)| {
            let place = Rect {
                x: area.x + number * width,
                width: width.saturating_sub(1),
                ..area
            };
            (*which, place)
        })
        .collect()
}
