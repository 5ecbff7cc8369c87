//! What an update asks the machine to do, as data.

use super::worker::{Job, TaskId};

/// One thing to do after the model was changed.
#[derive(Debug)]
pub enum Effect {
    /// Start a task; its outcome comes back as a message.
    Start(TaskId, Job),
    /// Hand the terminal to the shell until continued.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Put text that is no secret on the clipboard.
    Copy(String),
    /// Leave the editor.
    Quit,
}
