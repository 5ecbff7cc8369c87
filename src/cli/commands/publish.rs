//! `publish`

use crate::cli::args::Publish;
use crate::cli::{files, output};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::file;
use crate::ops::caution::Caution;
use crate::ops::config::{self, Located, absolute};
use crate::ops::publish::{self, Published};
use crate::ops::unlock;
use std::path::{Path, PathBuf};

/// `publish`
pub fn publish(args: &Publish, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let environment = &unlock::with_order(environment, args.reading.unlock.decryption_order.as_deref())?;
    let config = config::find(args.reading.common.config.as_deref(), None, environment, caution)?
        .ok_or_else(|| Failure::new(Kind::Generic, "config file not found"))?;
    let Some(given) = args.files.first() else {
        return Err(Failure::new(Kind::NoFile, "no file specified"));
    };
    if args.files.len() > 1 {
        caution.warn("there is more than one file; only the first is published")?;
    }
    let root = absolute(environment, given);
    if !file::is_folder(&root) {
        let object = root.file_name().map(PathBuf::from).unwrap_or_default();
        return one(given, &object, args, &config, environment, caution);
    }
    if !args.recursive {
        let text = format!(
            "can't operate on a directory without --recursive flag: {}",
            given.display()
        );
        return Err(Failure::new(Kind::Generic, text));
    }
    for below in walk(&root)? {
        one(&given.join(&below), &below, args, &config, environment, caution)?;
    }
    Ok(())
}

/// The files below a folder, by their paths from there, in the order of their names.
fn walk(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut waiting = vec![(root.to_owned(), true)];
    let mut found = Vec::new();
    while let Some((path, is_folder)) = waiting.pop() {
        if !is_folder {
            found.extend(path.strip_prefix(root).map(Path::to_owned));
            continue;
        }
        let mut entries = file::list(&path).map_err(|error| {
            Failure::new(
                Kind::Generic,
                format!("{}: cannot be listed: {error}", path.display()),
            )
        })?;
        entries.reverse();
        waiting.extend(entries);
    }
    Ok(found)
}

fn one(
    given: &Path,
    object: &Path,
    args: &Publish,
    config: &Located,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let input = files::read(Some(given), None, environment)
        .map_err(|failure| files::instead(failure, Kind::NoFile, Kind::Generic))?;
    let target = input.target(None, args.reading.common.indent);
    let publication = publish::prepare(
        &target,
        given,
        object,
        args.omit_extensions,
        config,
        environment,
        caution,
    )?;
    output::warnings(caution);
    let to = publication.to();
    if !args.yes && !output::confirmed(&format!("uploading {} to {to} ? (y/n): ", input.name))? {
        let text = format!("Publication of {} canceled", input.name);
        return Err(Failure::new(Kind::Generic, text));
    }
    match publication.upload(environment)? {
        Published::Uploaded => output::tell(&format!("{} published to {to}", input.name)),
        Published::SameAlready => output::tell(&format!("{to} has the values of {} already", input.name)),
    }
    Ok(())
}
