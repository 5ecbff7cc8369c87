//! One function a command: flags in, use case, result out.

mod edit;
mod exec;
mod keyservice;
mod merge;
pub mod own;
mod publish;
mod recipients;
mod shell;

pub use edit::edit;
pub use exec::{exec_env, exec_file};
pub use keyservice::keyservice;
pub use merge::merge;
pub use publish::publish;
pub use recipients::{groups, rotate, updatekeys};
pub use shell::{completion, man};

use super::args::{Decrypt, Encrypt, FileStatus, Set, Unset};
use super::files::Scene;
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
use crate::ops::{decrypt, encrypt, filestatus, set, unset};
use std::ffi::OsStr;
use std::path::Path;
use zeroize::Zeroizing;

/// `encrypt`
pub fn encrypt(args: &Encrypt, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let path = files::only(&args.files, caution)?;
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
    let path = files::only(&args.files, caution)?;
    files::check(&args.output, path)?;
    let override_name = args.output.filename_override.as_deref();
    let scene = Scene::read(path, override_name, &args.reading, environment, caution)?;
    let input = &scene.input;
    let request = Request {
        extract: args.extract.as_deref().filter(|path| !path.is_empty()),
        ignore_mac: args.ignore_mac,
        ..input.request(&args.types, args.reading.common.indent)
    };
    let result = decrypt::decrypt(&request, scene.config.as_ref(), &scene.environment, caution)?;
    files::deliver(
        &Zeroizing::new(result),
        &args.output,
        input,
        &scene.environment,
        caution,
    )
}

/// `set`
pub fn set(args: &Set, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    if args.value_file && args.value_stdin {
        let text = "cannot use both --value-file and --value-stdin";
        return Err(Failure::new(Kind::Generic, text));
    }
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
    no_threshold(args.shamir_secret_sharing_threshold, caution)?;
    let path = set::parse_path(text(index)?)?;
    let json = match value {
        None => output::standard_input()?,
        Some(value) if args.value_file => {
            let read = read_input(&absolute(environment, Path::new(value)));
            Zeroizing::new(
                read.map_err(|failure| files::instead(failure, Kind::NoFile, Kind::Generic))?
                    .0,
            )
        }
        Some(value) => Zeroizing::new(value.as_encoded_bytes().to_vec()),
    };
    let value = set::parse_value(&json)?;
    let scene = Scene::of_file(Path::new(file), &args.reading, environment, caution)?;
    let fine = scene.guard(caution)?;
    let target = scene
        .input
        .target(args.types.input_type.as_deref(), args.reading.common.indent);
    let (config, environment) = (scene.config.as_ref(), &scene.environment);
    let rewritten = set::set(
        &target,
        &path,
        &value,
        args.ignore_mac,
        config,
        environment,
        caution,
    )?;
    store(rewritten, &scene, fine, caution)
}

/// sops takes the flag for `set` and `unset`, and does nothing with it.
fn no_threshold(threshold: Option<i64>, caution: &mut Caution) -> Result<(), Failure> {
    match threshold {
        Some(_) => caution.warn("--shamir-secret-sharing-threshold is ignored here: `groups` changes it"),
        None => Ok(()),
    }
}

/// `unset`
pub fn unset(args: &Unset, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let [file, index] = args.arguments.as_slice() else {
        let text = "no file specified, or index is missing. Need precisely 2 positional arguments.";
        return Err(Failure::new(Kind::NoFile, text).hint("lazysops unset FILE '[\"key\"]'"));
    };
    no_threshold(args.shamir_secret_sharing_threshold, caution)?;
    let path = set::parse_path(text(index)?)?;
    let scene = Scene::of_file(Path::new(file), &args.reading, environment, caution)?;
    let fine = scene.guard(caution)?;
    let target = scene
        .input
        .target(args.types.input_type.as_deref(), args.reading.common.indent);
    let (config, environment) = (scene.config.as_ref(), &scene.environment);
    let rewritten = unset::unset(
        &target,
        &path,
        args.idempotent,
        args.ignore_mac,
        config,
        environment,
        caution,
    )?;
    store(rewritten, &scene, fine, caution)
}

/// Writes a changed file back.
fn store(
    rewritten: Option<Rewritten>,
    scene: &Scene,
    fine: bool,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let input = &scene.input;
    match (rewritten, &input.path) {
        (Some(rewritten), Some(path)) => {
            files::store(path, &rewritten.bytes, input.identity.as_ref(), caution)?;
            scene.written(&rewritten.bytes, fine);
            Ok(())
        }
        _ => Ok(()),
    }
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

fn text(argument: &OsStr) -> Result<&str, Failure> {
    argument
        .to_str()
        .ok_or_else(|| Failure::new(Kind::SetArgument, "invalid index: it is not UTF-8"))
}
