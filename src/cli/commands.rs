//! One function a command: flags in, use case, result out.

mod exec;
mod recipients;

pub use exec::{exec_env, exec_file};
pub use recipients::{groups, rotate, updatekeys};

use super::args::{Decrypt, Encrypt, FileStatus, Set, Unset};
use super::{files, keys, output};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::Environment;
use crate::ops::caution::Caution;
use crate::ops::config::{self, absolute, read_input};
use crate::ops::decrypt::Request;
use crate::ops::encrypt::{Plain, Wish};
use crate::ops::like::Like;
use crate::ops::rewrite::Rewritten;
use crate::ops::set::Target;
use crate::ops::{decrypt, encrypt, filestatus, set, unlock, unset};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use zeroize::Zeroizing;

/// `encrypt`
pub fn encrypt(args: &Encrypt, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let path = files::only(&args.files)?;
    files::check(&args.output, path)?;
    if path.is_none() && args.output.filename_override.is_none() {
        let text = "must specify --filename-override when reading from standard input";
        return Err(Failure::new(Kind::Conflict, text));
    }
    let like = args
        .like
        .as_ref()
        .map(|path| files::read(Some(path), None, environment))
        .transpose()?;
    let wish = Wish {
        group: keys::group(&args.keys, environment)?,
        threshold: args.keys.shamir_secret_sharing_threshold,
        rule: keys::rule(&args.selections)?,
        mac_only_encrypted: args.common.mac_only_encrypted,
        indent: args.common.indent,
        keep_layout: args.keep_layout,
        like: like.as_ref().map(|old| Like {
            name: &old.name,
            bytes: &old.bytes,
        }),
    };
    let input = files::read(path, args.output.filename_override.as_deref(), environment)?;
    let config = config::find(
        args.common.config.as_deref(),
        input.path.as_deref(),
        environment,
        caution,
    )?;
    let plain = Plain {
        path: &input.treated_as,
        name: &input.name,
        bytes: &input.bytes,
        input: input.format(args.types.input_type.as_deref()).0,
        output: input.format(args.types.output_type.as_deref()).0,
    };
    let result = encrypt::encrypt(&plain, &wish, config.as_ref(), environment, caution)?;
    files::deliver(&result, &args.output, &input, environment, caution)
}

/// `decrypt`
pub fn decrypt(args: &Decrypt, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let path = files::only(&args.files)?;
    files::check(&args.output, path)?;
    let environment = &unlock::with_order(environment, args.unlock.decryption_order.as_deref())?;
    let input = files::read(path, args.output.filename_override.as_deref(), environment)?;
    let config = config::find(
        args.common.config.as_deref(),
        input.path.as_deref(),
        environment,
        caution,
    )?;
    let (format, certain) = input.format(args.types.input_type.as_deref());
    let (named, asked) = input.format(args.types.output_type.as_deref());
    let request = Request {
        name: &input.name,
        bytes: &input.bytes,
        input: format,
        input_is_certain: certain,
        // With a format for the input only, the name decides about the output.
        output: (asked || certain).then_some(named),
        extract: args.extract.as_deref().filter(|path| !path.is_empty()),
        ignore_mac: args.ignore_mac,
        indent: args.common.indent,
    };
    let result = Zeroizing::new(decrypt::decrypt(&request, config.as_ref(), environment, caution)?);
    files::deliver(&result, &args.output, &input, environment, caution)
}

/// `set`
pub fn set(args: &Set, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let (file, index, value) = match args.arguments.as_slice() {
        [file, index, value] if !args.value_stdin => (file, index, Some(value)),
        [file, index] if args.value_stdin => (file, index, None),
        _ => {
            let (number, what) = if args.value_stdin {
                (2, "index is")
            } else {
                (3, "index and value are")
            };
            let text = format!(
                "no file specified, or {what} missing. Need precisely {number} positional arguments."
            );
            return Err(Failure::new(Kind::NoFile, text).hint("lazysops set FILE '[\"key\"]' '\"value\"'"));
        }
    };
    if args.value_file && args.value_stdin {
        let text = "cannot use both --value-file and --value-stdin";
        return Err(Failure::new(Kind::Conflict, text));
    }
    let path = set::parse_path(text(index)?)?;
    let json = match value {
        None => output::standard_input()?,
        Some(value) if args.value_file => {
            Zeroizing::new(read_input(&absolute(environment, Path::new(value)))?.0)
        }
        Some(value) => Zeroizing::new(value.as_encoded_bytes().to_vec()),
    };
    let value = set::parse_value(&json)?;
    let edit = Edit {
        file,
        input_type: args.types.input_type.as_deref(),
        indent: args.common.indent,
    };
    let environment = &unlock::with_order(environment, args.unlock.decryption_order.as_deref())?;
    let config = config::find(
        args.common.config.as_deref(),
        Some(Path::new(file)),
        environment,
        caution,
    )?;
    edit.run(environment, caution, |target, caution| {
        set::set(target, &path, &value, config.as_ref(), environment, caution)
    })
}

/// `unset`
pub fn unset(args: &Unset, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let [file, index] = args.arguments.as_slice() else {
        let text = "no file specified, or index is missing. Need precisely 2 positional arguments.";
        return Err(Failure::new(Kind::NoFile, text).hint("lazysops unset FILE '[\"key\"]'"));
    };
    let path = set::parse_path(text(index)?)?;
    let edit = Edit {
        file,
        input_type: args.types.input_type.as_deref(),
        indent: args.common.indent,
    };
    let environment = &unlock::with_order(environment, args.unlock.decryption_order.as_deref())?;
    let config = config::find(
        args.common.config.as_deref(),
        Some(Path::new(file)),
        environment,
        caution,
    )?;
    edit.run(environment, caution, |target, caution| {
        unset::unset(
            target,
            &path,
            args.idempotent,
            config.as_ref(),
            environment,
            caution,
        )
    })
}

/// `filestatus`
pub fn filestatus(
    args: &FileStatus,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let [file] = args.files.as_slice() else {
        return Err(Failure::new(Kind::NoFile, "no file specified"));
    };
    let path = absolute(environment, file);
    let (bytes, _) = read_input(&path).map_err(|failure| {
        Failure::new(
            Kind::Generic,
            format!("cannot check file status: {}", failure.message),
        )
    })?;
    config::find(args.common.config.as_deref(), Some(&path), environment, caution)?;
    let format = args
        .input_type
        .as_deref()
        .and_then(Format::from_name)
        .unwrap_or_else(|| Format::from_path(&path));
    let encrypted = filestatus::is_encrypted(&bytes, format, &path.display().to_string())?;
    output::result(format!("{{\"encrypted\":{encrypted}}}\n").as_bytes())
}

/// What `set` and `unset` share: read the file, change it, write it back.
struct Edit<'a> {
    file: &'a OsString,
    input_type: Option<&'a str>,
    indent: Option<i64>,
}

impl Edit<'_> {
    fn run(
        &self,
        environment: &Environment,
        caution: &mut Caution,
        change: impl FnOnce(&Target<'_>, &mut Caution) -> Result<Option<Rewritten>, Failure>,
    ) -> Result<(), Failure> {
        let input = files::read(Some(Path::new(self.file)), None, environment)?;
        let (format, format_is_certain) = input.format(self.input_type);
        let target = Target {
            name: &input.name,
            bytes: &input.bytes,
            format,
            format_is_certain,
            indent: self.indent,
        };
        match (change(&target, caution)?, &input.path) {
            (Some(rewritten), Some(path)) => {
                files::store(path, &rewritten.bytes, input.identity.as_ref(), caution)
            }
            _ => Ok(()),
        }
    }
}

fn text(argument: &OsStr) -> Result<&str, Failure> {
    argument
        .to_str()
        .ok_or_else(|| Failure::new(Kind::SetArgument, "invalid index: it is not UTF-8"))
}
