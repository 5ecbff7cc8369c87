//! `edit`, and FILE alone where that means to edit it.

use crate::cli::args::Edit;
use crate::cli::files::{self, Scene};
use crate::cli::{keys, output};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::editor::Desk;
use crate::ops::caution::Caution;
use crate::ops::config::{self, Located, absolute};
use crate::ops::edit::{self, Again, Answer, Editing, Existing};
use crate::ops::encrypt::{Plain, Wish};
use crate::ops::unlock;
use std::path::Path;

/// `edit`
pub fn edit(args: &Edit, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    if args.files.is_empty() {
        return Err(Failure::new(Kind::NoFile, "no file specified"));
    }
    // There is nothing to edit on standard input: `-` is a name.
    let path = files::only(&args.files, caution)?.unwrap_or(Path::new("-"));
    match Scene::read(Some(path), None, &args.reading, environment, caution) {
        Ok(scene) => edit_existing(args, &scene, caution),
        Err(failure) if failure.kind == Kind::NoFile => edit_new(path, args, environment, caution),
        Err(failure) => Err(failure),
    }
}

fn edit_existing(args: &Edit, scene: &Scene, caution: &mut Caution) -> Result<(), Failure> {
    let input = &scene.input;
    let existing = Existing {
        target: input.target(args.types.input_type.as_deref(), args.reading.common.indent),
        output: input.output(&args.types),
        ignore_mac: args.ignore_mac,
        show_master_keys: args.show_master_keys,
    };
    let (config, environment) = (scene.config.as_ref(), &scene.environment);
    let editing = edit::open(existing, config, environment, caution)?;
    // The text is there until the file is saved, so that a signal before that removes it.
    let (_desk, result) = by_hand(&editing, config, environment, caution)?;
    match result {
        Some(bytes) => files::store(&input.treated_as, &bytes, input.identity.as_ref(), caution),
        None => Ok(()),
    }
}

fn edit_new(
    path: &Path,
    args: &Edit,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let environment = &unlock::with_order(environment, args.reading.unlock.decryption_order.as_deref())?;
    let path = absolute(environment, path);
    let common = &args.reading.common;
    let config = config::find(common.config.as_deref(), Some(&path), environment, caution)?;
    let format = files::format(&path, args.types.input_type.as_deref()).0;
    let name = path.display().to_string();
    let plain = Plain {
        path: &path,
        name: &name,
        bytes: &[],
        input: format,
        output: files::format(&path, args.types.output_type.as_deref()).0,
    };
    let wish = Wish {
        group: keys::group(&args.keys, environment)?,
        threshold: args.keys.shamir_secret_sharing_threshold,
        rule: keys::rule(&args.selections)?,
        mac_only_encrypted: common.mac_only_encrypted,
        indent: common.indent,
        ..Wish::default()
    };
    let editing = edit::create(plain, wish, config.as_ref(), caution)?;
    let (_desk, result) = by_hand(&editing, config.as_ref(), environment, caution)?;
    match result {
        Some(bytes) => files::store(&path, &bytes, None, caution),
        None => Ok(()),
    }
}

fn by_hand(
    editing: &Editing<'_>,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(Desk, Option<Vec<u8>>), Failure> {
    let mut desk = editing.lay_out(environment, caution)?;
    output::warnings(caution);
    let result = editing.run(&mut desk, &mut AtTheTerminal, config, environment, caution)?;
    Ok((desk, result))
}

/// Asks on the standard streams, as sops does.
struct AtTheTerminal;

impl Again for AtTheTerminal {
    fn again(&mut self, failure: &Failure) -> Answer {
        let _ = crate::cli::report(failure);
        output::tell("Press Enter to return to the editor, or Ctrl+C to exit.");
        if output::line_read() {
            Answer::Again
        } else {
            Answer::WhileItChanges
        }
    }
}
