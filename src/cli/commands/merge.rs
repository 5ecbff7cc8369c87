//! `merge`: the merge driver for git.

use crate::cli::args::merge::Merge;
use crate::cli::{files, output};
use crate::failure::{Failure, Kind};
use crate::host::{Environment, Repository};
use crate::ops::caution::Caution;
use crate::ops::config::absolute;
use crate::ops::counted::counted;
use crate::ops::merge::{Merged, Verdict, Versions, merge_versions, name_recipients, recipient_words};
use std::ffi::OsString;
use std::path::Path;

/// `merge`
pub fn merge(args: &Merge, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let environment = &environment.clone().opening_once();
    let read = |path: &Path| files::read(Some(path), None, environment);
    let (base, ours, theirs) = (read(&args.base)?, read(&args.ours)?, read(&args.theirs)?);
    let path = args.path.as_deref().unwrap_or(&args.ours);
    let versions = Versions {
        base: &base.bytes,
        ours: &ours.bytes,
        theirs: &theirs.bytes,
        path,
    };
    let verdict = merge_versions(&versions, environment, caution)
        // git takes 1 for "conflicts"; with anything above 128 it would give up the whole merge.
        .map_err(|failure| Failure {
            kind: Kind::Findings,
            ..failure
        })?;
    let merged = match verdict {
        Verdict::Merged(merged) => merged,
        Verdict::Foreign => return foreign(args, path, environment),
    };
    let mut merged = merged;
    let whole = absolute(environment, path);
    name_recipients(&[whole], &mut merged.recipients, environment);
    report(&merged, path);
    if !args.dry_run && merged.bytes != *ours.bytes {
        files::store(
            &absolute(environment, &args.ours),
            &merged.bytes,
            ours.identity.as_ref(),
            caution,
        )?;
    }
    if merged.conflicts.is_empty() {
        return Ok(());
    }
    let text = format!(
        "{}: {} left to decide; until then the file has our side of each",
        path.display(),
        counted(merged.conflicts.len(), "conflict")
    );
    Err(Failure::new(Kind::Findings, text)
        .hint("in a merge of git, `lazysops resolve FILE` or M in the editor decides what is left; else set what is right"))
}

fn report(merged: &Merged, path: &Path) {
    let mut parts = Vec::new();
    if merged.taken > 0 {
        parts.push(format!("{} from theirs", counted(merged.taken, "change")));
    }
    if !merged.recipients.is_empty() {
        parts.push(format!(
            "recipients {}",
            recipient_words(&merged.recipients).join(" ")
        ));
    }
    if merged.rekeyed {
        parts.push("another data key".to_owned());
    }
    if let Some(reason) = &merged.relaid {
        parts.push(format!("laid out anew: {reason}"));
    }
    if !parts.is_empty() {
        output::tell(&format!("{}: {}", path.display(), parts.join(", ")));
    }
    for conflict in &merged.conflicts {
        output::tell(&format!(
            "CONFLICT {}: {}: {}",
            path.display(),
            conflict.place,
            conflict.what
        ));
    }
}

/// Files that are no SOPS files are merged as git merges texts.
fn foreign(args: &Merge, path: &Path, environment: &Environment) -> Result<(), Failure> {
    let cannot = |error| Failure::new(Kind::Findings, format!("{}: {error}", path.display()));
    let repository = Repository::around(environment.directory(), environment).map_err(cannot)?;
    let mut arguments: Vec<OsString> = vec!["merge-file".into(), "-q".into()];
    for label in ["ours", "base", "theirs"] {
        arguments.extend(["-L".into(), label.into()]);
    }
    if args.dry_run {
        arguments.push("-p".into());
    }
    arguments.extend([&args.ours, &args.base, &args.theirs].map(|path| absolute(environment, path).into()));
    let answer = repository.attempt(arguments, None).map_err(cannot)?;
    if answer.code == Some(0) {
        return Ok(());
    }
    let text = format!("{}: conflicts in a text that is not encrypted", path.display());
    Err(Failure::new(Kind::Findings, text))
}
