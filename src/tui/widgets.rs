//! Small parts that panes and overlays share; they know nothing of files.

mod cursor;
mod input;
mod pen;
mod window;

pub use cursor::Cursor;
pub use input::SecretInput;
pub use pen::Pen;
pub use window::{pane, popup, popup_place, scroll_note};
