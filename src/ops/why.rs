//! Which rule is for a file, what decides whether a value is encrypted, and what would change that. Needs no key.

mod advice;
mod words;

pub use words::lines;

use super::config::Located;
use super::path::{self, Found, Step};
use super::rulebook::Rulebook;
use super::{drift, sealed};
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::host::file;
use crate::metadata::Metadata;
use crate::policy::CreationRule;
use crate::seal::looks_encrypted;
use crate::seal::selection::{Rule, Selection};
use crate::tree::{Leaf, NodeId, Tree};
use std::path::{Path, PathBuf};

/// How a rule stands to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is the first that matches.
    Used,
    /// It matches, but a rule before it does, too.
    Shadowed,
    /// It does not match.
    Other,
    /// Its pattern does not compile; sops fails here.
    Broken(String),
}

/// One creation rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSite {
    /// Its number, from 1.
    pub number: usize,
    /// The 1-based line on which it begins.
    pub line: usize,
    /// Its `path_regex`; `None` for all files.
    pub pattern: Option<String>,
    /// How it stands to the file.
    pub matched: Match,
}

/// Where the selection of values comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The `sops` block of the file.
    File,
    /// The creation rule, at this line of its `.sops.yaml`.
    Rule(usize),
    /// Nobody says anything: sops's default.
    Default,
    /// The file is binary, and encrypted as a whole.
    Binary,
}

/// What decides about one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The keys down to it, as `set` takes them.
    pub path: String,
    /// Whether the selection encrypts it; for a branch, whether its own path does.
    pub encrypted: bool,
    /// Whether it is a map or a list.
    pub branch: bool,
    /// What decided, in one sentence.
    pub reason: String,
    /// The key that matched, where one did.
    pub key: Option<String>,
    /// How the value stands in the file: encrypted or in clear; `None` for branches and plain files.
    pub stands_encrypted: Option<bool>,
    /// What the creation rule would make of it, and why; `None` where it decides the same way as the file.
    pub by_rule: Option<(bool, String)>,
    /// What would change it.
    pub change: Vec<String>,
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The absolute path of the file.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Whether it is encrypted; `None` where there is no file yet.
    pub encrypted: Option<bool>,
    /// The `.sops.yaml` in force.
    pub config: Option<PathBuf>,
    /// All its rules, in order.
    pub rules: Vec<RuleSite>,
    /// What selects values, and its pattern.
    pub selection: Rule,
    /// Where that is said.
    pub origin: Origin,
    /// What is odd: the file and the rule say different things.
    pub notices: Vec<String>,
    /// About the value that was asked for.
    pub value: Option<Decided>,
}

impl Why {
    /// The rule that is used.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleSite> {
        self.rules.iter().find(|rule| rule.matched == Match::Used)
    }
}

/// What is known of the file itself.
pub struct Subject<'s> {
    /// Its absolute path.
    pub path: &'s Path,
    /// Its format.
    pub format: Format,
    /// Its content without the `sops` block: as it stands, or decrypted. `None` where there is no file.
    pub content: Option<&'s Tree>,
    /// Its `sops` block; `None` for a plain file.
    pub metadata: Option<&'s Metadata>,
    /// Whether `content` is as it stands in the file.
    pub sealed: bool,
}

/// What the rules say about a file, without any of its values: what has to be read from disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The `.sops.yaml` in force.
    pub config: Option<PathBuf>,
    /// All its rules, in order.
    pub rules: Vec<RuleSite>,
    /// What the rule that is used selects, and the line where it says so; `None` where it says nothing.
    pub said: Result<Option<(Rule, usize)>, Failure>,
    /// What is odd about the rules, and where the file differs from its rule.
    pub notices: Vec<String>,
}

impl Ruling {
    /// The rule that is used.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleSite> {
        self.rules.iter().find(|rule| rule.matched == Match::Used)
    }

    /// What the rule that is used would have a new file encrypt; `None` where no rule is used, or it is faulty.
    #[must_use]
    pub fn selection(&self) -> Option<Rule> {
        let said = self.rule().and(self.said.as_ref().ok())?;
        Some(
            said.as_ref()
                .map_or_else(Rule::default_suffix, |(rule, _)| rule.clone()),
        )
    }
}

/// Answers for a file and, where asked for, a value in it: `["key"][0]`, or keys joined by dots.
///
/// # Errors
/// When the rules cannot be read or are not believed, the file is no text of its format, or there is no such value.
pub fn why(path: &Path, value: Option<&str>, book: &Rulebook<'_>) -> Result<Why, Failure> {
    let name = path.display().to_string();
    let format = Format::from_path(path);
    let bytes = match file::read_given(path) {
        Ok((bytes, _)) => Some(zeroize::Zeroizing::new(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Failure::new(
                Kind::Read,
                format!("{name}: cannot be read: {error}"),
            ));
        }
    };
    let opened = bytes
        .as_ref()
        .and_then(|bytes| sealed::detect(bytes, format, true).ok());
    let plain = match (&opened, &bytes) {
        (None, Some(bytes)) => match format::load(format, bytes) {
            Ok(loaded) => Some(loaded),
            Err(_) if value.is_none() => None,
            Err(error) => return Err(Failure::new(Kind::Read, format!("{name}: {error}"))),
        },
        _ => None,
    };
    let content = opened
        .as_ref()
        .map(|sealed| &sealed.content)
        .or(plain.as_ref().map(|loaded| &loaded.tree));
    let subject = Subject {
        path,
        format: opened.as_ref().map_or(format, |sealed| sealed.format),
        content,
        metadata: opened.as_ref().map(|sealed| &sealed.metadata),
        sealed: true,
    };
    let node = match (value, content) {
        (None, _) => None,
        (Some(value), Some(content)) => Some(find(content, value, &name)?),
        (Some(_), None) => {
            let text = format!("{name}: there is no such file, so it has no values");
            return Err(Failure::new(Kind::NoFile, text));
        }
    };
    let ruling = ruling(path, subject.format, subject.metadata, book)?;
    explain(&subject, node, ruling)
}

/// Reads the rules for a file, given by its absolute path and, where it is encrypted, its `sops` block.
///
/// # Errors
/// When the rules cannot be read or are not believed.
pub fn ruling(
    path: &Path,
    format: Format,
    metadata: Option<&Metadata>,
    book: &Rulebook<'_>,
) -> Result<Ruling, Failure> {
    let located = book.of(path)?;
    let located = located.as_deref();
    let rules = located.map(|located| sites(located, path)).unwrap_or_default();
    let rule = located.and_then(|located| {
        let used = rules.iter().find(|site| site.matched == Match::Used)?;
        located.config.rules.as_ref()?.get(used.number.checked_sub(1)?)
    });
    let said = match (rule, located) {
        (Some(rule), Some(located)) => match rule.selection() {
            Ok(said) => Ok(said.cloned().zip(rule.selections.first().map(|claim| claim.line))),
            Err(error) => Err(located.failure(&error)),
        },
        _ => Ok(None),
    };
    Ok(Ruling {
        config: located.map(|located| located.path.clone()),
        rules,
        said,
        notices: notices(format, metadata, rule, located),
    })
}

/// Answers for a file that was read already, and for one of its nodes: what the editor asks.
///
/// # Errors
/// When the rule that decides is faulty.
pub fn explain(subject: &Subject<'_>, node: Option<NodeId>, ruling: Ruling) -> Result<Why, Failure> {
    let (selection, origin) = selection(subject, &ruling)?;
    let by_rule = ruling.selection();
    let mut why = Why {
        path: subject.path.to_owned(),
        format: subject.format,
        encrypted: subject.content.map(|_| subject.metadata.is_some()),
        config: ruling.config,
        rules: ruling.rules,
        selection,
        origin,
        notices: ruling.notices,
        value: None,
    };
    if let (Some(content), Some(node)) = (subject.content, node) {
        why.value = Some(decided(subject, content, node, &why, by_rule)?);
    }
    Ok(why)
}

/// Every rule, and how it stands to the file.
fn sites(located: &Located, file: &Path) -> Vec<RuleSite> {
    let relative = located.relative(file);
    let mut used = false;
    let rules = located.config.rules.iter().flatten().enumerate();
    rules
        .map(|(index, rule)| RuleSite {
            number: index + 1,
            line: rule.line,
            pattern: rule.path_regex.as_ref().map(|claim| claim.value.clone()),
            matched: match rule.is_for(relative) {
                Ok(true) if std::mem::replace(&mut used, true) => Match::Shadowed,
                Ok(true) => Match::Used,
                Ok(false) => Match::Other,
                Err(error) => Match::Broken(error.to_string()),
            },
        })
        .collect()
}

/// What selects values: the file's own block, else the rule.
fn selection(subject: &Subject<'_>, ruling: &Ruling) -> Result<(Rule, Origin), Failure> {
    if subject.format == Format::Binary {
        return Ok((Rule::default_suffix(), Origin::Binary));
    }
    if let Some(metadata) = subject.metadata {
        return Ok(match &metadata.rule {
            Some(rule) => (rule.clone(), Origin::File),
            None => (Rule::default_suffix(), Origin::Default),
        });
    }
    Ok(match ruling.said.clone()? {
        Some((rule, line)) => (rule, Origin::Rule(line)),
        None => (Rule::default_suffix(), Origin::Default),
    })
}

/// What the file and the rule say differently.
fn notices(
    format: Format,
    metadata: Option<&Metadata>,
    rule: Option<&CreationRule>,
    located: Option<&Located>,
) -> Vec<String> {
    let mut notices = Vec::new();
    if let Some(located) = located {
        for notice in &located.config.notices {
            notices.push(format!("line {} of the .sops.yaml: {}", notice.line, notice.text));
        }
        if rule.is_none() && located.config.rules.is_some() {
            notices.push("no rule is for this file: sops refuses to encrypt it".to_owned());
        }
    }
    let (Some(metadata), Some(rule)) = (metadata, rule) else {
        return notices;
    };
    let is_binary = format == Format::Binary;
    for difference in drift::differences(metadata, rule, is_binary).unwrap_or_default() {
        if let drift::Difference::Selection { file, rule } = difference {
            notices.push(format!(
                "the file was encrypted by {} {}, and the rule says {} {} now; the file's own counts until it is \
                 encrypted anew",
                file.field(),
                file.pattern(),
                rule.field(),
                rule.pattern()
            ));
        }
    }
    notices
}

/// The node of a path.
fn find(tree: &Tree, value: &str, name: &str) -> Result<NodeId, Failure> {
    at(tree, &steps(value)?).ok_or_else(|| {
        Failure::new(Kind::Usage, format!("{name}: there is no such value"))
            .hint("a path is written '[\"key\"][0]', or key.0 where no key has a dot")
    })
}

/// Reads a path: `["key"][0]`, or keys joined by dots.
pub(super) fn steps(value: &str) -> Result<Vec<Step>, Failure> {
    if value.starts_with('[') {
        return path::parse(value).map_err(|error| Failure::new(Kind::Usage, format!("the path: {error}")));
    }
    let parts = value.split('.').map(|part| {
        part.parse()
            .map_or_else(|_| Step::Key(part.to_owned()), Step::Index)
    });
    Ok(parts.collect())
}

/// The node at a path. A value may stand in any document; the first that has it counts.
pub(super) fn at(tree: &Tree, steps: &[Step]) -> Option<NodeId> {
    tree.documents().iter().find_map(|root| {
        let mut at = Some(*root);
        for step in steps {
            at = at.and_then(|from| into(tree, from, step));
        }
        at
    })
}

/// One step; a number is a key where there is no list.
fn into(tree: &Tree, from: NodeId, step: &Step) -> Option<NodeId> {
    match (path::step_into(tree, from, step), step) {
        (Found::Node(id), _) => Some(id),
        (_, Step::Index(number)) => match path::step_into(tree, from, &Step::Key(number.to_string())) {
            Found::Node(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}

fn decided(
    subject: &Subject<'_>,
    tree: &Tree,
    node: NodeId,
    why: &Why,
    by_rule: Option<Rule>,
) -> Result<Decided, Failure> {
    let binary = why.origin == Origin::Binary;
    let judge = |rule: Option<Rule>| {
        let selection = Selection::new(rule, false)
            .map_err(|bad| Failure::new(Kind::Generic, format!("{}: {bad}", subject.path.display())))?;
        Ok::<_, Failure>(Judged::of(&selection, tree, node))
    };
    let judged = judge((!binary).then(|| why.selection.clone()))?;
    let leaf = tree.node(node).leaf();
    let never = match leaf {
        Some(Leaf::Null) => Some("null is never encrypted"),
        Some(Leaf::Text(text)) if text.is_empty() => Some("an empty text is never encrypted"),
        _ => None,
    };
    let stands = leaf.filter(|_| subject.sealed && subject.metadata.is_some());
    let encrypted = judged.encrypted && never.is_none();
    let reason = |rule: &Rule, judged: &Judged| {
        if binary {
            "a binary file is encrypted as a whole".to_owned()
        } else {
            advice::reason(rule, judged.key.as_deref(), judged.matched)
        }
    };
    let other = by_rule.filter(|rule| *rule != why.selection && !binary && never.is_none());
    let by_rule = other.and_then(|rule| {
        // A rule that does not compile is told where it is linted.
        let other = judge(Some(rule.clone())).ok()?;
        (other.encrypted != judged.encrypted).then(|| (other.encrypted, reason(&rule, &other)))
    });
    Ok(Decided {
        path: written(tree, node),
        encrypted,
        branch: tree.node(node).is_branch(),
        reason: never.map_or_else(|| reason(&why.selection, &judged), str::to_owned),
        stands_encrypted: stands.map(looks_encrypted),
        by_rule,
        change: if never.is_some() {
            Vec::new()
        } else {
            advice::change(why, judged.encrypted)
        },
        key: judged.key,
    })
}

/// What a selection makes of a node.
struct Judged {
    encrypted: bool,
    matched: bool,
    key: Option<String>,
}

impl Judged {
    fn of(selection: &Selection, tree: &Tree, node: NodeId) -> Self {
        let decision = selection.decide(tree, node);
        let matched = decision.matched.map(|(id, _)| id);
        let key = matched.and_then(|id| tree.node(id).key.as_ref());
        Self {
            encrypted: decision.encrypted,
            matched: matched.is_some(),
            key: key.map(|key| key.display().into_owned()),
        }
    }
}

/// The way down to a node, as `set` takes it.
fn written(tree: &Tree, node: NodeId) -> String {
    let mut parts = Vec::new();
    let mut at = node;
    while let Some(parent) = tree.node(at).parent {
        parts.push(match &tree.node(at).key {
            Some(key) => format!("[\"{}\"]", key.display()),
            None => {
                let items = tree.children(parent).iter();
                let values = items.filter(|id| tree.node(**id).comment().is_none());
                let index = values.take_while(|id| **id != at).count();
                format!("[{index}]")
            }
        });
        at = parent;
    }
    parts.reverse();
    parts.concat()
}
