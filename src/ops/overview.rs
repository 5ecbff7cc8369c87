//! What is to be said about each file of a repository beside its name, without a key: its rule, how it differs from it, what is
//! readable in it, who names it.

use super::check::{self, Finding, Mention, Request};
use super::rulebook::{Rulebook, Source};
use super::survey::Skipped;
use crate::failure::Failure;
use crate::host::Environment;
use crate::policy::lint::Severity;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Larger files are left to `check`, in bytes: the editor should not need as much memory for a mark as for the file that is open.
const LARGEST: u64 = 4 << 20;

/// The rule of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOf {
    /// Which `.sops.yaml`.
    pub config: PathBuf,
    /// The number of the rule there, from 1; `None` where no rule is for the file.
    pub number: Option<usize>,
    /// The line on which it begins.
    pub line: Option<usize>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its rule; `None` where there are no rules, or they are not used.
    pub rule: Option<RuleOf>,
    /// What was found in it.
    pub findings: Vec<Finding>,
    /// Who names it through `secrets://`.
    pub mentions: Vec<Mention>,
}

impl About {
    /// Whether something is readable, or broken.
    #[must_use]
    pub fn leaks(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.severity == Severity::Error)
    }

    /// Whether the file is not what its rule asks for.
    #[must_use]
    pub fn drifted(&self) -> bool {
        self.findings.iter().any(Finding::is_drift)
    }
}

/// All files that there is something to say about.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// By their absolute paths.
    pub files: BTreeMap<PathBuf, About>,
    /// How many files were looked into.
    pub looked: usize,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
}

impl Overview {
    /// Takes in what a look at some of the files told, in the place of what was known of them. Who names them stays known.
    pub fn renew(&mut self, paths: &[PathBuf], mut newer: Self) {
        for path in paths {
            let mentions = self.files.remove(path).map(|about| about.mentions);
            let mut about = newer.files.remove(path).unwrap_or_default();
            about.mentions = mentions.unwrap_or_default();
            self.files.insert(path.clone(), about);
        }
    }
}

/// Looks at the files below some paths; `sealed` are the SOPS files among them, whose rules are looked up.
///
/// # Errors
/// When a path is not there.
pub fn overview(
    paths: &[PathBuf],
    sealed: &[PathBuf],
    environment: &Environment,
) -> Result<Overview, Failure> {
    let book = Rulebook::new(Source::default(), environment);
    let request = Request {
        paths: paths.to_vec(),
        largest: Some(LARGEST),
        ..Request::default()
    };
    let report = check::check(&request, &book, environment)?;
    let mut files: BTreeMap<PathBuf, About> = BTreeMap::new();
    for finding in report.findings {
        files
            .entry(finding.path.clone())
            .or_default()
            .findings
            .push(finding);
    }
    for mention in report.mentions {
        files
            .entry(mention.path.clone())
            .or_default()
            .mentions
            .push(mention);
    }
    for path in sealed {
        files.entry(path.clone()).or_default().rule = rule_of(path, &book);
    }
    Ok(Overview {
        files,
        looked: report.files,
        skipped: report.skipped,
    })
}

fn rule_of(path: &Path, book: &Rulebook<'_>) -> Option<RuleOf> {
    let located = book.of(path).ok().flatten()?;
    let rules = located.config.rules.as_ref()?;
    let line = located.rule_for(path).ok().flatten().map(|rule| rule.line);
    let number = rules.iter().position(|rule| Some(rule.line) == line);
    Some(RuleOf {
        config: located.path.clone(),
        number: number.map(|number| number + 1),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::overview;
    use crate::host::Environment;
    use std::path::PathBuf;

    const MAC: &str = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";

    #[test]
    fn rule_drift_leaks_and_mentions_are_told_of_each_file() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        let key = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
        write(
            ".sops.yaml",
            &format!(
                "creation_rules:\n  - path_regex: ^dev/\n    age: {key}\n  - path_regex: ^prod/\n    age: {key}\n"
            ),
        );
        let sealed = format!(
            "a: {MAC}\nsops:\n    lastmodified: \"2026-01-01T00:00:00Z\"\n    mac: {MAC}\n    version: 3.13.3\n    unencrypted_suffix: _unencrypted\n    age:\n        - recipient: age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm\n          enc: x\n"
        );
        let drifted = write("prod/a.yaml", &sealed);
        let other = write("b.yaml", &sealed);
        let plain = write("prod/plain.yaml", "password: x\n");
        let copy = write("c.yaml.dec", "password: x\n");
        write(
            "argo/app.yaml",
            "helm:\n  valueFiles:\n    - secrets://../prod/a.yaml\n",
        );
        let environment = Environment::new([("HOME", "/nowhere")], folder.path());
        let found = overview(
            &[folder.path().to_owned()],
            &[drifted.clone(), other.clone()],
            &environment,
        )
        .unwrap();
        let about = &found.files[&drifted];
        assert!(about.drifted() && !about.leaks(), "{:?}", about.findings);
        assert_eq!(about.rule.as_ref().unwrap().number, Some(2));
        assert_eq!(about.mentions[0].by, "argo/app.yaml");
        assert_eq!(found.files[&other].rule.as_ref().unwrap().number, None);
        assert!(!found.files[&other].drifted());
        assert!(found.files[&plain].leaks() && found.files[&copy].leaks());
        let mut renewed = found.clone();
        std::fs::write(&plain, "a_unencrypted: x\n").unwrap();
        let again = overview(std::slice::from_ref(&plain), &[], &environment).unwrap();
        renewed.renew(std::slice::from_ref(&plain), again);
        assert!(!renewed.files[&plain].leaks());
        assert!(renewed.files[&drifted].drifted());
    }
}
