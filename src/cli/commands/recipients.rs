//! The commands that change who can read a file.

use crate::cli::args::recipients::{Groups, GroupsCommand, GroupsFile, Rotate, UpdateKeys};
use crate::cli::files::Scene;
use crate::cli::{files, keys, output};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::Environment;
use crate::ops::caution::Caution;
use crate::ops::config::{self, Located, absolute};
use crate::ops::counted::counted;
use crate::ops::groups::{self, GroupChange};
use crate::ops::pins;
use crate::ops::{rotate as rotation, unlock, updatekeys as update};
use std::path::Path;

/// `rotate`
pub fn rotate(args: &Rotate, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let Some(path) = files::only(&args.files, caution)? else {
        return Err(Failure::new(Kind::NoFile, "no file specified"));
    };
    files::check(&args.output, Some(path))?;
    let change = keys::change(&args.changes)?;
    let missing = if change.add.is_empty() && change.remove.is_empty() {
        Kind::Read
    } else {
        Kind::KeysOfMissingFile
    };
    let override_name = args.output.filename_override.as_deref();
    let scene = Scene::read(Some(path), override_name, &args.reading, environment, caution)
        .map_err(|failure| files::instead(failure, Kind::NoFile, missing))?;
    let target = scene
        .input
        .target(args.types.input_type.as_deref(), args.reading.common.indent);
    let fine = scene.guard(caution)?;
    let result = rotation::rotate(
        &target,
        &change,
        args.ignore_mac,
        scene.config.as_ref(),
        &scene.environment,
        caution,
    )?;
    let asked = args.types.output_type.as_deref().and_then(Format::from_name);
    if asked.is_some_and(|asked| asked != result.sealed.format) {
        let text = "rotate keeps the format of the file";
        return Err(Failure::new(Kind::Conflict, text).hint("`decrypt` and `encrypt` change it"));
    }
    files::deliver(
        &result.bytes,
        &args.output,
        &scene.input,
        &scene.environment,
        caution,
    )?;
    scene.written(&result.bytes, fine && args.output.in_place);
    Ok(())
}

/// `updatekeys`
pub fn updatekeys(
    args: &UpdateKeys,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let environment = unlock::with_order(environment, args.reading.unlock.decryption_order.as_deref())?;
    let environment = &environment.opening_once();
    let subject = args.files.first().map(|file| absolute(environment, file));
    let config = config::find(
        args.reading.common.config.as_deref(),
        subject.as_deref(),
        environment,
        caution,
    )?
    .ok_or_else(update::no_rules)?;
    if args.files.is_empty() {
        return Err(Failure::new(Kind::NoFile, "no file specified"));
    }
    if let [file] = args.files.as_slice() {
        return update_one(file, args, &config, environment, caution)
            .map_err(|failure| files::instead(failure, Kind::NoFile, Kind::Generic));
    }
    let mut failed = 0_usize;
    for file in &args.files {
        if let Err(failure) = update_one(file, args, &config, environment, caution) {
            let _ = crate::cli::report(&failure);
            failed += 1;
        }
    }
    if failed == 0 {
        return Ok(());
    }
    let text = format!(
        "{failed} of {} could not be updated",
        counted(args.files.len(), "file")
    );
    Err(Failure::new(Kind::Generic, text))
}

fn update_one(
    file: &Path,
    args: &UpdateKeys,
    config: &Located,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let input = files::read(Some(file), None, environment)?;
    let target = input.target(args.input_type.as_deref(), args.reading.common.indent);
    // What is beside the rule is what the command shows itself.
    let fine = pins::guard(&input.treated_as, &input.bytes, None, environment, caution)?;
    output::tell(&format!("Syncing keys for file {}", input.name));
    let Some(plan) = update::plan(&target, &input.treated_as, config, environment, caution)? else {
        output::tell(&format!("File {} already up to date", input.name));
        return Ok(());
    };
    let text = format!(
        "The following changes will be made to the file's groups:\n{}",
        plan.changes
    );
    output::result(text.as_bytes())?;
    if !args.yes && !output::confirmed("Is this okay? (y/n):")? {
        output::tell(&format!("File {} not changed", input.name));
        return Ok(());
    }
    let bytes = plan.apply(&target, environment, caution)?;
    files::store(&input.treated_as, &bytes, input.identity.as_ref(), caution)?;
    if fine {
        pins::remember_bytes(&input.treated_as, &bytes, false, environment);
    }
    output::tell(&format!("File {} synced with new keys", input.name));
    Ok(())
}

/// `groups`
pub fn groups(args: &Groups, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let (target, change) = match &args.command {
        GroupsCommand::Add(args) => {
            if !args.words.is_empty() {
                let text = "groups add takes flags only; the file is named with --file";
                return Err(Failure::new(Kind::Generic, text));
            }
            // Without keys it would be a group that nobody can open.
            let group = keys::new_group(&args.keys)?
                .ok_or_else(|| Failure::new(Kind::Generic, "empty key group provided: name its keys"))?;
            (&args.target, GroupChange::Add(group))
        }
        GroupsCommand::Delete(args) => {
            let index = match args.words.as_slice() {
                [index] => index.parse().ok(),
                _ => None,
            };
            let index = index.ok_or_else(|| {
                Failure::new(Kind::Generic, "groups delete takes one index, a number from 0")
            })?;
            (&args.target, GroupChange::Delete(index))
        }
    };
    change_groups(target, &change, environment, caution)
}

fn change_groups(
    args: &GroupsFile,
    change: &GroupChange,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let Some(file) = &args.file else {
        // As sops, which tries to read a file without a name.
        return Err(Failure::new(Kind::Read, "no file specified: name it with --file"));
    };
    let scene = Scene::of_file(file, &args.reading, environment, caution)?;
    let input = &scene.input;
    let target = input.target(args.input_type.as_deref(), args.reading.common.indent);
    let bytes = groups::change(
        &target,
        change,
        args.shamir_secret_sharing_threshold,
        scene.config.as_ref(),
        &scene.environment,
        caution,
    )?;
    if args.in_place {
        return files::store(&input.treated_as, &bytes, input.identity.as_ref(), caution);
    }
    output::result(&bytes)
}
