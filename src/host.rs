//! The machine: files, environment, clock, randomness, terminal, child processes. The only place that touches them besides
//! [`crate::keys`].

mod ask;
mod bunch;
mod clipboard;
pub mod clock;
mod console;
mod dangerous;
pub mod editor;
mod environment;
pub mod file;
mod foreground;
pub mod git;
pub mod guardian;
mod harden;
pub mod pipe;
mod plain;
mod program;
mod random;
#[cfg(test)]
#[path = "../tests/support/script.rs"]
pub mod script;
pub mod shell;
pub mod user;
mod user_key;
mod walk;
pub mod words;

pub use ask::{Ask, Cancel, Nobody, Question, Subject};
pub use clipboard::{Clipboard, Provider};
pub use console::Console;
pub use dangerous::is_dangerous;
pub use environment::Environment;
pub use git::{GitError, Operation, Repository, Stages, Underway};
pub use harden::harden;
pub use plain::plain_line;
pub use program::this_program;
pub use random::SystemRandom;
pub use user_key::UserKey;
pub use walk::{Walked, files_below, walk_below};
