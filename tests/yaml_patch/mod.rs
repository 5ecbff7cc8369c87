//! Edits that change only what they touch.

mod recorded;
