//! What an update asks the machine to do, as data.

use super::clipboard::Request;
use super::outside::Outside;
use super::worker::{Job, TaskId};
use crate::tree::Secret;

/// One thing to do after the model was changed.
#[derive(Debug)]
pub enum Effect {
    /// Start a task; its outcome comes back as a message.
    Start(TaskId, Job),
    /// Stop a task; nobody waits for its outcome any more.
    Cancel(TaskId),
    /// Hand the terminal to the shell until continued.
    Suspend,
    /// Hand a text to the user's own editor; what becomes of it comes back as a message.
    Outside(Box<Outside>),
    /// Draw everything anew.
    Redraw,
    /// Put a text on the clipboard, or take ours off; the answer comes back as a message.
    Clipboard(Request),
    /// Ask the terminal to put a text on its clipboard (OSC 52); an empty one clears it.
    TellTerminal(Secret),
    /// Wipe what buffers hold of what was drawn and typed.
    Wipe,
    /// Leave the editor.
    Quit,
}
