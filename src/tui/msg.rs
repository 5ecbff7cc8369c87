//! What can happen to the editor.

use super::asker::Inquiry;
use super::clipboard::Answer;
use super::key::Key;
use super::mouse::Mouse;
use super::outside::Outside;
use super::worker::{Outcome, TaskId};
use crate::host::editor::EditorError;
use crate::tree::Secret;
use zeroize::Zeroizing;

/// One thing that happened.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(Zeroizing<String>),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// The terminal got or lost the focus.
    Focus(bool),
    /// A task ended.
    Done(TaskId, Outcome),
    /// A key service asks something.
    Asked(Inquiry),
    /// A key service has something to say.
    Told(String),
    /// What became of a request to the clipboard.
    Clipboard(Answer),
    /// The process is about to be stopped from outside.
    Stop,
    /// The user's own editor has ended: the text that was handed to it, and the one it left.
    Edited(Box<Outside>, Result<Secret, EditorError>),
    /// How far unlocking got.
    Progress(TaskId, String),
    /// The time the model asked for has come.
    Deadline,
}
