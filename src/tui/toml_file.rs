//! A TOML file that a person wrote, and what is wrong in it, by line. What it says is the business of its reader.

use crate::failure::{Failure, Kind};
use toml::de::DeTable;

/// A TOML file.
#[derive(Clone, Copy, Debug)]
pub struct TomlFile<'a> {
    /// Its name for messages.
    pub name: &'a str,
    /// What stands in it.
    pub text: &'a str,
}

impl<'a> TomlFile<'a> {
    /// The table that the file is.
    ///
    /// # Errors
    /// With file and line, when it is no TOML.
    pub fn table(&self) -> Result<DeTable<'a>, Failure> {
        match DeTable::parse(self.text) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => Err(self.problem(error.span().map_or(0, |span| span.start), error.message())),
        }
    }

    /// The line of a byte, from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }

    /// What is wrong at a byte.
    #[must_use]
    pub fn problem(&self, at: usize, what: &str) -> Failure {
        Failure::new(Kind::Usage, format!("{}:{}: {what}", self.name, self.line(at)))
    }
}
