//! What happened to the demo before somebody looks at it: a value that changed twice, a key and a folder with another name, a
//! recipient who came, a data key that was rotated, and a branch of others that is not merged.

use crate::failure::Failure;
use crate::format::Format;
use crate::host::git::Past;
use crate::host::{Environment, clock};
use crate::metadata::{Group, KeyEntry, Recipient};
use crate::ops::caution::Caution;
use crate::ops::config::Located;
use crate::ops::encrypt::{Plain, Wish, encrypt};
use crate::ops::like::Like;
use crate::ops::rotate::{KeyChange, rotate};
use crate::ops::set::Target;
use crate::ops::updatekeys;
use std::path::Path;

/// The file that most of it is about.
pub const VALUES: &str = "charts/status-page/values.sops.yaml";
/// Its folder, and what that was called.
const FOLDER: (&str, &str) = ("charts/status", "charts/status-page");
/// The file in the folder as it was called.
const BEFORE: &str = "charts/status/values.sops.yaml";
/// The entry whose history is told, as it is now.
const NOW: &str = "password_sops_cypher: correct-horse-battery-staple";

const DAY: i64 = 24 * 60 * 60;

/// What the story is told of.
pub struct Scene<'s> {
    /// The content of [`VALUES`] before it is encrypted.
    pub values: &'s str,
    /// The rules.
    pub rules: &'s str,
    /// The recipients: of the user, and of ci.
    pub recipients: (&'s str, &'s str),
    /// The rules as they were read.
    pub config: Option<&'s Located>,
    /// The root of the repository.
    pub folder: &'s Path,
    /// The environment in which its files open.
    pub environment: &'s Environment,
}

/// The states of the file, oldest first.
pub struct Versions {
    first: Vec<u8>,
    second: Vec<u8>,
    shared: Vec<u8>,
    renamed: Vec<u8>,
    rotated: Vec<u8>,
    /// As another team has it.
    theirs: Vec<u8>,
    /// As it lies in the folder.
    pub now: Vec<u8>,
}

impl Scene<'_> {
    /// Makes all states of the file.
    ///
    /// # Errors
    /// When it cannot be encrypted.
    pub fn versions(&self) -> Result<Versions, Failure> {
        let text = |entry: &str| self.values.replace(NOW, entry);
        let first = self.alone(&text("pass_sops_cypher: change-me-soon"))?;
        let second = self.later(&first, &text("pass_sops_cypher: four-words-of-spring"))?;
        let shared = self.shared(&second)?;
        let renamed = self.later(&shared, &text("password_sops_cypher: four-words-of-spring"))?;
        let rotated = self.rotated(&renamed)?;
        let theirs =
            text("password_sops_cypher: what-the-others-chose").replace("read-only-2", "read-only-two");
        Ok(Versions {
            theirs: self.later(&rotated, &theirs)?,
            now: self.later(&rotated, self.values)?,
            first,
            second,
            shared,
            renamed,
            rotated,
        })
    }

    fn encrypted(&self, text: &str, wish: &Wish<'_>) -> Result<Vec<u8>, Failure> {
        let plain = Plain {
            path: &self.folder.join(VALUES),
            name: VALUES,
            bytes: text.as_bytes(),
            input: Format::Yaml,
            output: Format::Yaml,
        };
        encrypt(
            &plain,
            wish,
            self.config,
            self.environment,
            &mut Caution::default(),
        )
    }

    /// Encrypted for the user only.
    fn alone(&self, text: &str) -> Result<Vec<u8>, Failure> {
        let recipient = self.recipients.0.to_owned();
        let key = KeyEntry::new(Recipient::Age { recipient }, &clock::now());
        let wish = Wish {
            group: Some(Group { keys: vec![key] }),
            ..Wish::default()
        };
        self.encrypted(text, &wish)
    }

    /// As a later state of `old`.
    fn later(&self, old: &[u8], text: &str) -> Result<Vec<u8>, Failure> {
        let like = Like {
            name: VALUES,
            bytes: old,
        };
        let wish = Wish {
            like: Some(like),
            ..Wish::default()
        };
        self.encrypted(text, &wish)
    }

    /// With everybody whom the rule names.
    fn shared(&self, old: &[u8]) -> Result<Vec<u8>, Failure> {
        let Some(config) = self.config else {
            return Ok(old.to_vec());
        };
        let (target, path) = (target(old), self.folder.join(VALUES));
        let mut caution = Caution::default();
        match updatekeys::plan(&target, &path, config, self.environment, &mut caution)? {
            Some(plan) => plan.apply(&target, self.environment, &mut caution),
            None => Ok(old.to_vec()),
        }
    }

    fn rotated(&self, old: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut caution = Caution::default();
        let change = KeyChange::default();
        let rotated = rotate(
            &target(old),
            &change,
            false,
            self.config,
            self.environment,
            &mut caution,
        )?;
        Ok(rotated.bytes)
    }

    /// The commits; `others` are the files besides [`VALUES`], as they lie in the folder.
    #[must_use]
    pub fn past(&self, versions: Versions, others: Vec<(&'static str, Vec<u8>)>) -> Vec<Past<'static>> {
        let today = clock::now().unix();
        let commit = |days: i64, author, subject, files| Past {
            branch: "main",
            after: None,
            author,
            when: today - days * DAY,
            subject,
            renamed: Vec::new(),
            files,
        };
        let (laptop, ci) = self.recipients;
        let alone = self
            .rules
            .replace(&format!("{laptop},{ci}"), laptop)
            .replace(&format!("          - {ci} # ci\n"), "");
        let (begin, later): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|(path, _)| path.starts_with(FOLDER.1) || *path == ".gitignore");
        let rules = |text: &str| (".sops.yaml", text.as_bytes().to_vec());
        let mut start = vec![rules(&alone), (BEFORE, versions.first)];
        start.extend(
            begin
                .iter()
                .map(|(path, bytes)| (was_called(path), bytes.clone())),
        );
        vec![
            commit(120, "ops", "Add the status page", start),
            commit(
                101,
                "dev",
                "Replace the first password of the status page",
                vec![(BEFORE, versions.second)],
            ),
            commit(
                74,
                "ops",
                "Let ci read the secrets",
                vec![rules(self.rules), (BEFORE, versions.shared)],
            ),
            Past {
                renamed: vec![FOLDER],
                ..commit(60, "dev", "Call the folder what the chart is called", Vec::new())
            },
            commit(
                59,
                "dev",
                "Call the password a password",
                vec![(VALUES, versions.renamed)],
            ),
            commit(45, "ops", "Add the database, the mail and the registry", later),
            commit(
                20,
                "ops",
                "Rotate the data key of the status page",
                vec![(VALUES, versions.rotated)],
            ),
            commit(
                3,
                "ops",
                "Change the password of the status page",
                vec![(VALUES, versions.now)],
            ),
            Past {
                branch: "other-team",
                after: Some(6),
                ..commit(
                    5,
                    "dev",
                    "Change passwords for the other team",
                    vec![(VALUES, versions.theirs)],
                )
            },
        ]
    }
}

/// The path of a file before its folder got another name.
fn was_called(path: &'static str) -> &'static str {
    match path {
        "charts/status-page/Chart.yaml" => "charts/status/Chart.yaml",
        "charts/status-page/values.yaml" => "charts/status/values.yaml",
        other => other,
    }
}

const fn target(bytes: &[u8]) -> Target<'_> {
    Target {
        name: VALUES,
        bytes,
        format: Format::Yaml,
        format_is_certain: true,
        indent: None,
    }
}
