//! A new SOPS file from a template, encrypted by the rule that is for its path.

mod sample;
mod template;

pub use template::Template;

use super::caution::Caution;
use super::config::{self, Located};
use super::encrypt::{Plain, Wish, encrypt};
use super::terms::terms;
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::Environment;
use crate::host::file;
use crate::policy::CreationRule;
use crate::seal::selection::Rule;
use std::path::{Path, PathBuf};

/// Makes a file. What is returned are warnings.
///
/// # Errors
/// When there is something at the path, its name is of a format that the template is not for, no rule is for it, the rule names no recipients, or it cannot be written.
pub fn create(path: &Path, template: Template, environment: &Environment) -> Result<Vec<String>, Failure> {
    let path = config::absolute(environment, path);
    let name = path.display().to_string();
    if file::occupied(&path) {
        return Err(Failure::new(
            Kind::Write,
            format!("{name}: it exists already; nothing was written"),
        ));
    }
    let format = Format::from_path(&path);
    if !template.fits(format) {
        let failure = Failure::new(
            Kind::Usage,
            format!(
                "{name}: by its name it would be {}, which this template is not for",
                format.name()
            ),
        );
        return Err(failure.hint(template.advice()));
    }
    let (config, environment, mut caution) = rules(&path, environment)?;
    let rule = rule(&config, &path)?;
    let suffix = match rule.selections.first().map(|claim| &claim.value) {
        Some(Rule::EncryptedSuffix(suffix)) => suffix.as_str(),
        _ => "",
    };
    let text = template.text(&path, format, suffix);
    let plain = Plain {
        path: &path,
        name: &name,
        bytes: text.as_bytes(),
        input: format,
        output: format,
    };
    let wish = Wish {
        keep_layout: true,
        ..Wish::default()
    };
    let sealed = encrypt(&plain, &wish, Some(&config), &environment, &mut caution)?;
    let failed =
        |error: std::io::Error| Failure::new(Kind::Write, format!("{name}: cannot be made: {error}"));
    if let Some(folder) = path.parent() {
        file::make_folders(folder).map_err(failed)?;
    }
    file::create(&path, &sealed).map_err(failed)?;
    Ok(caution.warnings().to_vec())
}

/// A path for a new file near `folder` that a rule is for: the name of the template, or one made from the rules.
///
/// # Errors
/// When there are no rules, or none with a path that can be made up.
pub fn propose(folder: &Path, template: Template, environment: &Environment) -> Result<PathBuf, Failure> {
    let folder = config::absolute(environment, folder);
    let (config, environment, _) = rules(&folder.join("new"), environment)?;
    let root = config.path.parent().unwrap_or(&folder);
    // Where the names are taken, a folder below is as good.
    let below = folder.join(sample::ANYTHING);
    let names = [&folder, &below]
        .into_iter()
        .flat_map(|folder| template.names().iter().map(move |name| folder.join(name)));
    let made = config.config.rules.iter().flatten();
    let made = made.filter_map(|rule| sample::path(&rule.path_regex.as_ref()?.value));
    let made: Vec<PathBuf> = made.map(|path| root.join(path)).collect();
    let fits = |path: &PathBuf| {
        let format = Format::from_path(path);
        let usable = || {
            let name = path.display().to_string();
            let plain = Plain {
                path,
                name: &name,
                bytes: b"",
                input: format,
                output: format,
            };
            terms(
                &plain,
                &Wish::default(),
                Some(&config),
                &mut Caution::new(false, &environment),
            )
            .is_ok()
        };
        template.fits(format) && !file::occupied(path) && rule(&config, path).is_ok() && usable()
    };
    // A rule that names paths is meant; one for everything is what is left.
    let meant = |path: &PathBuf| rule(&config, path).is_ok_and(|rule| rule.path_regex.is_some());
    let mut all: Vec<PathBuf> = names.chain(made).filter(fits).collect();
    all.sort_by_key(|path| (!template.is_likely(path), !meant(path)));
    all.into_iter().next().ok_or_else(|| {
        Failure::new(
            Kind::Generic,
            "no rule with recipients is for a file that this template could be",
        )
        .hint(format!("the rules are those of {}", config.path.display()))
    })
}

/// The `.sops.yaml` for a path whose folder need not be there yet.
fn rules(path: &Path, environment: &Environment) -> Result<(Located, Environment, Caution), Failure> {
    let folder = path.ancestors().skip(1).find(|folder| file::exists(folder));
    let environment = environment.clone().within(folder.unwrap_or(Path::new("/")));
    let mut caution = Caution::new(false, &environment);
    let config = config::find_believed(path, &environment, &mut caution)?;
    let config = config
        .filter(|config| config.config.rules.is_some())
        .ok_or_else(|| {
            Failure::new(
                Kind::Generic,
                "there is no .sops.yaml with creation rules for this path",
            )
            .hint("a new file gets its recipients from a rule")
        })?;
    Ok((config, environment, caution))
}

fn rule<'c>(config: &'c Located, path: &Path) -> Result<&'c CreationRule, Failure> {
    let found = config.rule_for(path).map_err(|error| config.failure(&error))?;
    found.ok_or_else(|| Failure::new(Kind::Generic, "there are no creation rules"))
}

#[cfg(test)]
mod tests;
