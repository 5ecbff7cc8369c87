//! The editor: model, update, view, and the loop around them.

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::ops::start::Start;

/// Runs the editor on the terminal until the user leaves it.
///
/// # Errors
/// When there is no terminal, or what was asked for cannot be shown at all.
pub fn run(_start: &Start, _environment: &Environment) -> Result<(), Failure> {
    Err(Failure::new(Kind::Usage, "the editor is not built yet"))
}
