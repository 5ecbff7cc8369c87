//! What went wrong, as it is shown to a person and to a script.
//!
//! Modules have small error enums of their own; they become a [`Failure`] once, at the edge of [`crate::ops`].
//! No value of a file may ever enter a message.

use std::fmt;

/// The kind of a failure; decides the exit code, which is the one sops uses (spec §13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Configuration, metadata, unknown flags, keys that cannot encrypt, and everything without a code of its own.
    Generic,
    /// A file that should be encrypted is not, or not in the format it is taken for.
    NotEncrypted,
    /// The input cannot be read or parsed.
    Read,
    /// The output cannot be written.
    Write,
    /// The tree cannot be written in the asked format.
    Serialise,
    /// A malformed `--encryption-context`.
    EncryptionContext,
    /// A malformed path or value of `set` and `unset`.
    SetArgument,
    /// Parameters that exclude each other.
    Conflict,
    /// A file is in conflict, and nobody has decided yet.
    Unmerged,
    /// The MAC cannot be encrypted.
    EncryptMac,
    /// The tree cannot be encrypted.
    EncryptTree,
    /// The tree cannot be decrypted.
    DecryptTree,
    /// Keys were to be added to, or removed from, a file that does not exist.
    KeysOfMissingFile,
    /// The MAC is missing, cannot be decrypted or does not fit.
    MacMismatch,
    /// A malformed `--extract`.
    ExtractPath,
    /// The input is completely empty.
    EmptyFile,
    /// No file was named, or it does not exist.
    NoFile,
    /// A kind of key stands twice in the decryption order.
    DecryptionOrder,
    /// The data key cannot be recovered.
    NoDataKey,
    /// `edit` left the file as it was.
    NotChanged,
    /// The editor failed, or there is none.
    Editor,
    /// The file is encrypted already, or uses the reserved key.
    AlreadyEncrypted,
    /// An own command found what it looks for (drift, leaks, differences).
    Findings,
    /// An own command was called wrongly, or could not check.
    Usage,
    /// A child process ended with this status, which is passed on.
    Child(u8),
}

impl Kind {
    /// The exit code of the process.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Generic | Self::NotEncrypted | Self::Findings | Self::Unmerged => 1,
            Self::Read | Self::Usage => 2,
            Self::Write => 3,
            Self::Serialise => 4,
            Self::EncryptionContext => 6,
            Self::SetArgument => 7,
            Self::Conflict => 8,
            Self::EncryptMac => 21,
            Self::EncryptTree => 23,
            Self::DecryptTree => 25,
            Self::KeysOfMissingFile => 49,
            Self::MacMismatch => 51,
            Self::ExtractPath => 91,
            Self::EmptyFile => 92,
            Self::NoFile => 100,
            Self::DecryptionOrder => 112,
            Self::NoDataKey => 128,
            Self::NotChanged => 200,
            Self::Editor => 201,
            Self::AlreadyEncrypted => 203,
            Self::Child(code) => code,
        }
    }
}

/// A failure: its kind, what failed on which file and path, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Decides the exit code.
    pub kind: Kind,
    /// What failed, on which file and path; one line, or several where there is a table to show.
    pub message: String,
    /// What to do next, one line each.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// The same failure with one more line of advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind};

    #[test]
    fn scripts_get_the_exit_codes_of_sops() {
        for (kind, code) in [
            (Kind::Generic, 1),
            (Kind::NotEncrypted, 1),
            (Kind::Findings, 1),
            (Kind::Unmerged, 1),
            (Kind::Read, 2),
            (Kind::Usage, 2),
            (Kind::Write, 3),
            (Kind::Serialise, 4),
            (Kind::EncryptionContext, 6),
            (Kind::SetArgument, 7),
            (Kind::Conflict, 8),
            (Kind::EncryptMac, 21),
            (Kind::EncryptTree, 23),
            (Kind::DecryptTree, 25),
            (Kind::KeysOfMissingFile, 49),
            (Kind::MacMismatch, 51),
            (Kind::ExtractPath, 91),
            (Kind::EmptyFile, 92),
            (Kind::NoFile, 100),
            (Kind::DecryptionOrder, 112),
            (Kind::NoDataKey, 128),
            (Kind::NotChanged, 200),
            (Kind::Editor, 201),
            (Kind::AlreadyEncrypted, 203),
            (Kind::Child(7), 7),
        ] {
            assert_eq!(kind.exit_code(), code, "{kind:?}");
        }
    }

    #[test]
    fn a_failure_says_what_failed_and_then_what_to_do() {
        let failure = Failure::new(Kind::Read, "no").hint("first").hint("then");
        assert_eq!(failure.to_string(), "no\nhint: first\nhint: then");
    }
}
