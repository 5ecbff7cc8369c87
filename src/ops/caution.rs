//! Warnings: what sops does in silence and we say in one line, or refuse when told to be strict.

use crate::failure::{Failure, Kind};
use crate::host::Environment;

/// Collects warnings on the way to a result; when strict, the first one is the end.
#[derive(Clone, Debug, Default)]
pub struct Caution {
    strict: bool,
    warnings: Vec<String>,
}

impl Caution {
    /// Strict when asked by the flag, or by `LAZYSOPS_STRICT=1`.
    #[must_use]
    pub fn new(strict: bool, environment: &Environment) -> Self {
        Self {
            strict: strict || environment.text("LAZYSOPS_STRICT") == Some("1"),
            warnings: Vec::new(),
        }
    }

    /// Whether a warning is the end.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.strict
    }

    /// Notes a warning: one line, no value in it.
    ///
    /// # Errors
    /// The warning itself, when strict.
    pub fn warn(&mut self, text: impl Into<String>) -> Result<(), Failure> {
        let text = text.into();
        if self.strict {
            return Err(Failure::new(Kind::Generic, text).hint("this is a warning without --strict"));
        }
        self.warnings.push(text);
        Ok(())
    }

    /// What was noted, in order; it is told by the caller and not noted any more.
    #[must_use]
    pub fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// What was noted, in order.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
