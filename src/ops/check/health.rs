//! What is wrong with values that are encrypted: empty, never replaced, easy to guess, in several places, at their end, old. This
//! needs a key. No value, nor a part of one, is in a finding.

mod certificate;
mod names;
mod values;

use super::blob::{Blob, Place, line_of};
use super::{Finding, Report};
use crate::failure::{Failure, Kind};
use crate::host::{Environment, UserKey, clock};
use crate::keys;
use crate::ops::counted::counted;
use crate::ops::history;
use crate::ops::kubernetes;
use crate::ops::parallel;
use crate::ops::path::shown;
use crate::ops::rulebook::Rulebook;
use crate::ops::sealed::{self, Sealed};
use crate::ops::survey::Skipped;
use crate::policy::lint::Severity;
use crate::seal;
use crate::seal::selection::{Decision, Selection};
use crate::tree::{Body, Leaf, NodeId, Tree};
use names::Sort;
use std::collections::HashMap;
use values::Flaw;
use zeroize::Zeroizing;

const DAY: i64 = 24 * 60 * 60;
/// A certificate that ends within so many days ends soon.
const SOON: i64 = 30;
/// How many other places of a value are named.
const NAMED: usize = 3;

/// So many days.
fn days_of(days: i64) -> String {
    counted(usize::try_from(days).unwrap_or_default(), "day")
}

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// After how many days a value is old; by default none is.
    pub older_than: Option<u32>,
}

/// What all files are looked at with.
struct Doctor<'d> {
    wish: Wish,
    book: &'d Rulebook<'d>,
    environment: &'d Environment,
    user: UserKey,
    now: i64,
}

/// A secret that was met, to find others like it.
struct Met {
    print: [u8; 32],
    place: String,
    finding: Finding,
}

/// What came of one file.
#[derive(Default)]
struct Looked {
    findings: Vec<Finding>,
    met: Vec<Met>,
    skipped: Option<Skipped>,
}

/// Adds what is found in the encrypted files among these.
///
/// # Errors
/// When there is no key for fingerprints.
pub fn check(
    blobs: &[&Blob],
    wish: Wish,
    book: &Rulebook<'_>,
    environment: &Environment,
    report: &mut Report,
) -> Result<(), Failure> {
    let user = UserKey::load(environment).map_err(|error| {
        let text = format!("the key for fingerprints cannot be had: {error}");
        Failure::new(Kind::Usage, text)
    })?;
    let doctor = Doctor {
        wish,
        book,
        environment,
        user,
        now: clock::now().unix(),
    };
    let mut met: HashMap<[u8; 32], Vec<Met>> = HashMap::new();
    for looked in parallel::map(blobs, |blob| doctor.file(blob)) {
        report.findings.extend(looked.findings);
        report.skipped.extend(looked.skipped);
        for one in looked.met {
            met.entry(one.print).or_default().push(one);
        }
    }
    report.findings.extend(met.into_values().filter_map(duplicates));
    Ok(())
}

/// The finding about a value that stands in several places, at the first of them.
fn duplicates(mut places: Vec<Met>) -> Option<Finding> {
    places.sort_by(|a, b| (&a.finding.name, a.finding.line).cmp(&(&b.finding.name, b.finding.line)));
    let mut places = places.into_iter();
    let first = places.next()?;
    let others: Vec<String> = places.map(|met| met.place).collect();
    if others.is_empty() {
        return None;
    }
    let mut named = others.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if others.len() > NAMED {
        named = format!("{named} and {} more", others.len() - NAMED);
    }
    Some(Finding {
        text: format!("{}: the same value stands in {named}", first.finding.text),
        ..first.finding
    })
}

impl Doctor<'_> {
    fn file(&self, blob: &Blob) -> Looked {
        let Some(bytes) = blob.bytes() else {
            return Looked::default();
        };
        if !super::blob::is_sealed(&bytes, &blob.path) {
            return Looked::default();
        }
        // What cannot be read is told by the check without a key.
        let format = crate::format::Format::from_path(&blob.path);
        let Ok(sealed) = sealed::detect(&bytes, format, true) else {
            return Looked::default();
        };
        let rule = Some(sealed.metadata.effective_rule());
        let (selection, _) = Selection::for_reading(rule, sealed.metadata.mac_only_encrypted);
        let key = keys::unlock(&sealed.metadata, self.environment).key;
        let opened = key.and_then(|key| seal::open(&sealed.content, &key, &selection).ok());
        let Some(opened) = opened else {
            return Looked {
                skipped: Some(Skipped {
                    name: blob.name.clone(),
                    reason: "no key at hand opens it: its values were not looked at".to_owned(),
                    unread: false,
                }),
                ..Looked::default()
            };
        };
        let mut looked = Looked::default();
        let mut secrets = Vec::new();
        for id in opened.tree.walk().map(|step| step.id()) {
            let Body::Leaf(Leaf::Text(text)) = &opened.tree.node(id).body else {
                continue;
            };
            let stored = sealed.content.node(id).leaf() != opened.tree.node(id).leaf();
            let blank = text.expose().trim_ascii().is_empty();
            let decision = selection.decide(&opened.tree, id);
            if !(stored || blank && decision.encrypted) {
                continue;
            }
            let at = At {
                blob,
                bytes: &bytes,
                sealed: &sealed,
                tree: &opened.tree,
                id,
                sort: names::sort(&key_of(&opened.tree, id, &decision)),
            };
            if self.value(&at, &mut looked) {
                secrets.push(at);
            }
        }
        looked.findings.extend(self.old(&secrets));
        looked
    }

    /// The secrets of a file that are old, by its history.
    fn old(&self, secrets: &[At<'_>]) -> Vec<Finding> {
        let wanted = self.wish.older_than.zip(secrets.first());
        let Some((days, first)) = wanted.filter(|(_, first)| first.blob.place == Place::Worktree) else {
            return Vec::new();
        };
        let nodes: Vec<NodeId> = secrets.iter().map(|at| at.id).collect();
        let path = &first.blob.path;
        let ages = history::ages(path, first.bytes, &nodes, self.book, self.environment);
        // Where there is no repository, nothing tells.
        let ages = ages.unwrap_or_default();
        let old = secrets.iter().filter_map(|at| {
            let age = (self.now - ages.get(&at.id)?) / DAY;
            (age > i64::from(days)).then(|| {
                at.finding(
                    Severity::Warning,
                    "old-value",
                    &format!("it has not changed for {}", days_of(age)),
                    "change it, or ask for more days with --older-than",
                )
            })
        });
        old.collect()
    }

    /// Notes what is wrong with a value; whether it is a secret.
    fn value(&self, at: &At<'_>, looked: &mut Looked) -> bool {
        let Some(leaf) = at.tree.node(at.id).leaf() else {
            return false;
        };
        let encoded = kubernetes::is_encoded(at.tree, at.id);
        let value = encoded.then(|| kubernetes::decode(leaf)).flatten();
        let value: Zeroizing<Vec<u8>> = value.unwrap_or_else(|| leaf.canonical());
        if let Some(flaw) = values::flaw(at.sort, &value) {
            looked.findings.push(at.flaw(flaw));
        }
        if let Some(end) = std::str::from_utf8(&value).ok().and_then(certificate::ends) {
            looked.findings.extend(at.certificate(end, self.now));
        }
        if !values::is_secret(at.sort, &value) {
            return false;
        }
        looked.met.push(Met {
            print: self.user.fingerprint("value", &[&value]),
            place: format!("{}: {}", at.blob.name, at.path()),
            finding: Finding {
                text: at.path(),
                ..at.finding(
                    Severity::Warning,
                    "duplicate-value",
                    "",
                    "give each place a secret of its own: who learns one learns both, and both have to be changed",
                )
            },
        });
        true
    }
}

/// One value.
struct At<'v> {
    blob: &'v Blob,
    bytes: &'v [u8],
    sealed: &'v Sealed,
    tree: &'v Tree,
    id: NodeId,
    sort: Sort,
}

impl At<'_> {
    fn path(&self) -> String {
        shown(self.tree, self.id)
    }

    fn finding(&self, severity: Severity, code: &'static str, text: &str, advice: &str) -> Finding {
        let line = line_of(&self.sealed.loaded, self.bytes, self.id);
        let text = format!("{}: {text}", self.path());
        self.blob.finding(line, severity, code, text, advice)
    }

    fn flaw(&self, flaw: Flaw) -> Finding {
        let (severity, code, text, advice) = match flaw {
            Flaw::Empty => (
                Severity::Warning,
                "empty-value",
                "it is empty",
                "give it a value, or take it out",
            ),
            Flaw::Placeholder => (
                Severity::Error,
                "default-value",
                "it holds what stands in for a value",
                "put the real value in",
            ),
            Flaw::Common => (
                Severity::Error,
                "default-value",
                "it is among the values that are tried first",
                "make another one: ctrl-g in the editor",
            ),
            Flaw::Weak => (
                Severity::Warning,
                "weak-value",
                "it is short, or of too few different characters, for a secret",
                "make a longer one: ctrl-g in the editor",
            ),
        };
        self.finding(severity, code, text, advice)
    }

    fn certificate(&self, end: Result<i64, ()>, now: i64) -> Option<Finding> {
        let Ok(end) = end else {
            return Some(self.finding(
                Severity::Note,
                "unreadable-certificate",
                "it holds a certificate that cannot be read",
                "look whether all of it is there",
            ));
        };
        // Rounded down: a certificate that ends today has 0 days left, one that ended today is -1.
        let days = (end - now).div_euclid(DAY);
        if days < 0 {
            let text = format!("its certificate ended {} ago", days_of(-days));
            return Some(self.finding(
                Severity::Error,
                "expired-certificate",
                &text,
                "put a new certificate in",
            ));
        }
        (days <= SOON).then(|| {
            let text = format!("its certificate ends in {}", days_of(days));
            self.finding(
                Severity::Warning,
                "expiring-certificate",
                &text,
                "put a new certificate in before that",
            )
        })
    }
}

/// The key that names a value, without what the rule matched in it: for an item of a list, that of the list.
fn key_of(tree: &Tree, id: NodeId, decision: &Decision) -> String {
    let mut at = Some(id);
    while let Some(node) = at {
        if let Some(key) = &tree.node(node).key {
            let text = key.display();
            let matched = decision.matched.as_ref().filter(|(owner, _)| *owner == node);
            return match matched {
                Some((_, range)) if range.len() < text.len() => {
                    let (head, tail) = (text.get(..range.start), text.get(range.end..));
                    format!("{}{}", head.unwrap_or_default(), tail.unwrap_or_default())
                }
                _ => text.into_owned(),
            };
        }
        at = tree.node(node).parent;
    }
    String::new()
}
