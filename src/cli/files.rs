//! What the commands share: reading what they are given, and putting the result where it belongs.

use super::args::{Output, Reading, Types};
use super::output;
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::Environment;
use crate::host::file::{self, Identity, Place, WriteError};
use crate::ops::caution::Caution;
use crate::ops::config::{self, Located, absolute, read_input};
use crate::ops::decrypt::Request;
use crate::ops::pins;
use crate::ops::save::not_written;
use crate::ops::set::Target;
use crate::ops::unlock;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What a command works on.
pub struct Input {
    /// The file; `None` for standard input.
    pub path: Option<PathBuf>,
    /// What it was when it was read.
    pub identity: Option<Identity>,
    /// Its content; it may be secret.
    pub bytes: Zeroizing<Vec<u8>>,
    /// The name that chooses rule and format; absolute.
    pub treated_as: PathBuf,
    /// What it is called in messages.
    pub name: String,
}

impl Input {
    /// See [`format`].
    pub fn format(&self, flag: Option<&str>) -> (Format, bool) {
        format(&self.treated_as, flag)
    }

    /// The file for a use case; `flag` names its format, if it does.
    pub fn target(&self, flag: Option<&str>, indent: Option<i64>) -> Target<'_> {
        let (format, format_is_certain) = self.format(flag);
        Target {
            name: &self.name,
            bytes: &self.bytes,
            format,
            format_is_certain,
            indent,
        }
    }

    /// What is to be decrypted of it as the flags say: all, and only if the MAC fits.
    pub fn request(&self, types: &Types, indent: Option<i64>) -> Request<'_> {
        let (input, input_is_certain) = self.format(types.input_type.as_deref());
        Request {
            name: &self.name,
            bytes: &self.bytes,
            input,
            input_is_certain,
            output: self.output(types),
            extract: None,
            ignore_mac: false,
            indent,
        }
    }

    /// The format of the result that the flags ask for; `None` for that of the file. With a format for the input only, the name
    /// decides about the output.
    pub fn output(&self, types: &Types) -> Option<Format> {
        let (_, certain) = self.format(types.input_type.as_deref());
        let (named, asked) = self.format(types.output_type.as_deref());
        (asked || certain).then_some(named)
    }
}

/// The format named by a flag, else the one of the name; and whether a flag named it. Unknown names are ignored, as in sops.
pub fn format(name: &Path, flag: Option<&str>) -> (Format, bool) {
    match flag.and_then(Format::from_name) {
        Some(format) => (format, true),
        None => (Format::from_path(name), false),
    }
}

/// What a command works with: the file, the environment in which its keys are tried, and the `.sops.yaml` that is in force.
pub struct Scene {
    /// The file.
    pub input: Input,
    /// The environment, with the order of keys that was asked for.
    pub environment: Environment,
    /// The `.sops.yaml`.
    pub config: Option<Located>,
}

impl Scene {
    /// Reads what is needed for a command that takes a file only, which must be there.
    pub fn of_file(
        path: &Path,
        reading: &Reading,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Self, Failure> {
        Self::read(Some(path), None, reading, environment, caution)
            .map_err(|failure| instead(failure, Kind::NoFile, Kind::Read))
    }

    /// Reads what is needed; `path` is `None` for standard input.
    pub fn read(
        path: Option<&Path>,
        override_name: Option<&Path>,
        reading: &Reading,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Self, Failure> {
        let environment = unlock::with_order(environment, reading.unlock.decryption_order.as_deref())?;
        let input = read(path, override_name, &environment)?;
        let config = config::find(
            reading.common.config.as_deref(),
            input.path.as_deref(),
            &environment,
            caution,
        )?;
        Ok(Self {
            input,
            environment,
            config,
        })
    }
}

impl Scene {
    /// Warns when somebody else may have changed who can read the file; says whether all is well.
    pub fn guard(&self, caution: &mut Caution) -> Result<bool, Failure> {
        match &self.input.path {
            Some(path) => pins::guard(
                path,
                &self.input.bytes,
                self.config.as_ref(),
                &self.environment,
                caution,
            ),
            None => Ok(false),
        }
    }

    /// Remembers the file as it was written by the user, where things are remembered and nothing was wrong before.
    pub fn written(&self, bytes: &[u8], fine: bool) {
        if let (Some(path), true) = (&self.input.path, fine) {
            pins::remember_bytes(path, bytes, false, &self.environment);
        }
    }
}

/// The one file of a command; `None` for standard input.
pub fn only<'f>(files: &'f [PathBuf], caution: &mut Caution) -> Result<Option<&'f Path>, Failure> {
    if files.len() > 1 {
        caution.warn("there is more than one file; only the first is used")?;
    }
    Ok(files
        .first()
        .map(PathBuf::as_path)
        .filter(|file| file.as_os_str() != "-"))
}

/// Reads a file, or standard input.
pub fn read(
    path: Option<&Path>,
    override_name: Option<&Path>,
    environment: &Environment,
) -> Result<Input, Failure> {
    let (path, identity, bytes) = match path {
        Some(path) => {
            let path = absolute(environment, path);
            let (bytes, identity) = read_input(&path)?;
            (Some(path), Some(identity), Zeroizing::new(bytes))
        }
        None => (None, None, output::standard_input()?),
    };
    let treated_as = match override_name {
        Some(name) => absolute(environment, name),
        None => path.clone().unwrap_or_default(),
    };
    let name = match &path {
        Some(path) => path.display().to_string(),
        None => "standard input".to_owned(),
    };
    Ok(Input {
        path,
        identity,
        bytes,
        treated_as,
        name,
    })
}

/// The failure with another kind, where a command has a code of its own for it.
pub fn instead(failure: Failure, was: Kind, kind: Kind) -> Failure {
    if failure.kind == was {
        return Failure { kind, ..failure };
    }
    failure
}

/// Refuses flags that exclude each other.
pub fn check(output: &Output, path: Option<&Path>) -> Result<(), Failure> {
    if output.in_place && output.output.is_some() {
        return Err(Failure::new(
            Kind::Conflict,
            "cannot operate on both --output and --in-place",
        ));
    }
    if output.in_place && path.is_none() {
        return Err(Failure::new(
            Kind::Conflict,
            "cannot use --in-place when reading from standard input",
        ));
    }
    Ok(())
}

/// Puts the result where the flags say.
pub fn deliver(
    result: &[u8],
    output: &Output,
    input: &Input,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    match (&output.output, &input.path) {
        (Some(path), _) => store(&absolute(environment, path), result, None, caution),
        (None, Some(path)) if output.in_place => store(path, result, input.identity.as_ref(), caution),
        _ => output::result(result),
    }
}

/// Writes a file, all or nothing where that can be had, in place with a warning where not, as sops does.
pub fn store(
    path: &Path,
    bytes: &[u8],
    expected: Option<&Identity>,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let name = path.display().to_string();
    let failure = |error: WriteError| not_written(&name, &error);
    match file::write(path, bytes, expected, Place::Replace) {
        Ok(_) => Ok(()),
        Err(WriteError::Obstacle(obstacle)) => {
            // Asked before the write: when strict, nothing may have happened.
            caution.warn(format!(
                "{name}: written in place, which a crash can tear: {obstacle}"
            ))?;
            match file::write(path, bytes, expected, Place::ReplaceOrOverwrite) {
                Ok(_) => Ok(()),
                Err(error) => Err(failure(error)),
            }
        }
        Err(error) => Err(failure(error)),
    }
}
