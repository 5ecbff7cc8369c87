//! A throw-away repository with keys of its own, to try everything at once (decisions: Demo).

mod story;

use super::caution::Caution;
use super::config;
use super::encrypt::{Plain, Wish, encrypt};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::file::{self, Place, Scratch};
use crate::host::{Environment, git};
use crate::keys::generate::age_key;
use std::path::{Path, PathBuf};
use story::Scene;

/// What the folder of a demo is called, before a number.
const PREFIX: &str = "lazysops-demo-";
/// The private key, below the folder.
const KEY: &str = "key.txt";

/// A file of the demo: its path, and its content before it is encrypted.
type Source = (&'static str, &'static str);

/// A file as it lies in the folder.
type Made = (&'static str, Vec<u8>);

/// Files that stay as they are.
const PLAIN: [Source; 4] = [
    ("README.md", include_str!("demo/README.md")),
    (".gitignore", "# the private key of this demo\nkey.txt\n"),
    (
        "charts/status-page/Chart.yaml",
        include_str!("demo/charts/Chart.yaml"),
    ),
    (
        "charts/status-page/values.yaml",
        include_str!("demo/charts/values.yaml"),
    ),
];

/// Files that are encrypted by the rules of the demo, besides the one that has a story.
const SECRET: [Source; 7] = [
    (
        "kubernetes/database-secret.yaml",
        include_str!("demo/kubernetes/database-secret.yaml"),
    ),
    (
        "kubernetes/registry.sopssecret.yaml",
        include_str!("demo/kubernetes/registry.sopssecret.yaml"),
    ),
    (
        "config/environments.yaml",
        include_str!("demo/config/environments.yaml"),
    ),
    ("config/app.env", include_str!("demo/config/app.env")),
    ("config/mail.ini", include_str!("demo/config/mail.ini")),
    ("config/service.json", include_str!("demo/config/service.json")),
    ("config/licence.txt", include_str!("demo/config/licence.txt")),
];

/// A demo that vanishes with this value.
#[derive(Debug)]
pub struct Demo {
    environment: Environment,
    folder: Scratch,
}

impl Demo {
    /// Makes a demo in a private folder, and removes those that killed runs left.
    ///
    /// # Errors
    /// When the folder cannot be made or filled.
    pub fn create(environment: &Environment) -> Result<Self, Failure> {
        let folder = Scratch::create(PREFIX, environment).map_err(|error| {
            let text = format!("cannot make a folder for the demo: {error}");
            Failure::new(Kind::Write, text)
        })?;
        let environment = fill(folder.path(), environment)?;
        Ok(Self { environment, folder })
    }

    /// The root of the repository.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The environment in which its files open: its own key, none of the user's.
    #[must_use]
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }
}

/// Writes the repository of the demo to a new or empty folder, and says how to open it.
///
/// # Errors
/// When there is something in the folder, or it cannot be filled.
pub fn write_to(folder: &Path, environment: &Environment) -> Result<String, Failure> {
    let folder = config::absolute(environment, folder);
    let name = folder.display().to_string();
    let failure = |text: String| Failure::new(Kind::Usage, format!("{name}: {text}"));
    match file::list(&folder) {
        Ok(entries) if entries.is_empty() => {}
        Ok(_) => {
            return Err(failure(
                "there is something in the folder; name a new one".to_owned(),
            ));
        }
        Err(_) => {
            file::private_folder(&folder).map_err(|error| failure(format!("cannot be made: {error}")))?
        }
    }
    fill(&folder, environment)?;
    Ok(format!("SOPS_AGE_KEY_FILE={name}/{KEY} lazysops {name}"))
}

/// Fills a folder and gives the environment in which its files open.
fn fill(folder: &Path, environment: &Environment) -> Result<Environment, Failure> {
    let (laptop, ci) = (age_key(), age_key());
    let rules = include_str!("demo/sops.yaml")
        .replace("{LAPTOP}", &laptop.recipient)
        .replace("{CI}", &ci.recipient);
    put(folder, ".sops.yaml", rules.as_bytes())?;
    put(folder, KEY, laptop.secret.expose())?;
    for (path, content) in PLAIN {
        put(folder, path, content.as_bytes())?;
    }
    let environment = own_environment(folder, environment);
    let mut caution = Caution::default();
    let config = config::find(Some(&folder.join(".sops.yaml")), None, &environment, &mut caution)?;
    let mut others: Vec<Made> = PLAIN
        .iter()
        .map(|(path, content)| (*path, content.as_bytes().to_vec()))
        .collect();
    for (path, content) in SECRET {
        let target = folder.join(path);
        let format = Format::from_path(&target);
        let plain = Plain {
            path: &target,
            name: path,
            bytes: content.as_bytes(),
            input: format,
            output: format,
        };
        let wish = Wish::default();
        let sealed = encrypt(&plain, &wish, config.as_ref(), &environment, &mut caution)?;
        put(folder, path, &sealed)?;
        others.push((path, sealed));
    }
    let scene = Scene {
        values: include_str!("demo/charts/values.sops.yaml"),
        rules: &rules,
        recipients: (&laptop.recipient, &ci.recipient),
        config: config.as_ref(),
        folder,
        environment: &environment,
    };
    let versions = scene.versions()?;
    put(folder, story::VALUES, &versions.now)?;
    // Without git the demo has no history, which is all it lacks then.
    git::replay(folder, &scene.past(versions, others), &environment);
    Ok(environment)
}

fn put(folder: &Path, path: &str, content: &[u8]) -> Result<(), Failure> {
    let target: PathBuf = folder.join(path);
    let failure = |error: String| Failure::new(Kind::Write, format!("{}: {error}", target.display()));
    if let Some(parent) = target.parent() {
        file::make_folders(parent).map_err(|error| failure(error.to_string()))?;
    }
    file::write(&target, content, None, Place::Replace)
        .map(|_| ())
        .map_err(|error| failure(error.to_string()))
}

/// The user's environment with the key of the demo instead of the user's own keys and rules.
fn own_environment(folder: &Path, environment: &Environment) -> Environment {
    [
        "SOPS_CONFIG",
        "SOPS_AGE_KEY",
        "SOPS_AGE_KEY_CMD",
        "SOPS_AGE_RECIPIENTS",
        "SOPS_PGP_FP",
        "SOPS_KMS_ARN",
        "SOPS_GCP_KMS_IDS",
        "SOPS_AZURE_KEYVAULT_URLS",
        "SOPS_VAULT_URIS",
        "SOPS_HUAWEICLOUD_KMS_IDS",
    ]
    .into_iter()
    .fold(environment.clone(), Environment::without)
    .with("SOPS_AGE_KEY_FILE", folder.join(KEY))
    .within(folder)
}
