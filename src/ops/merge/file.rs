//! Merging whole files: opening the sides, merging what they hold, sealing the result.

use super::change::RecipientChange;
use super::recipients::{self, Settings};
use super::{Conflict, MergedTree, tree};
use crate::failure::{Failure, Kind};
use crate::format::{Format, Style};
use crate::host::{Environment, SystemRandom};
use crate::metadata::{Group, Metadata};
use crate::ops::caution::Caution;
use crate::ops::decrypt::{self, Unsealed};
use crate::ops::path::shown;
use crate::ops::rekey::{not_meant, same_groups, wrap, wrap_since};
use crate::ops::rewrite::{Base, Rewritten, reseal};
use crate::ops::set::Target;
use crate::ops::updatekeys::merged;
use crate::seal::DataKey;
use crate::seal::selection::Selection;
use crate::tree::{NodeId, Tree};

/// One side of a merge, decrypted.
#[derive(Clone, Debug)]
pub struct Side {
    bytes: Vec<u8>,
    file: Unsealed,
    /// Whether its MAC was checked, and held.
    holds: bool,
}

/// The merged file.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Its bytes: a whole file that opens, also where there are conflicts.
    pub bytes: Vec<u8>,
    /// Where the sides contradict each other; there the file is as ours.
    pub conflicts: Vec<Contradiction>,
    /// How many changes of values were taken from theirs.
    pub taken: usize,
    /// Who came and who went compared to ours; names are not looked up.
    pub recipients: Vec<RecipientChange>,
    /// Whether the values are encrypted with another data key than those of ours.
    pub rekeyed: bool,
    /// Why the whole text had to be laid out anew, if it had.
    pub relaid: Option<String>,
}

/// A conflict, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The path of the value, or the name of the setting.
    pub place: String,
    /// What happened.
    pub what: &'static str,
}

impl Side {
    /// Decrypts one side of a file.
    ///
    /// # Errors
    /// When it is not encrypted, no key opens it, or its MAC does not hold.
    pub fn open(
        bytes: Vec<u8>,
        format: Format,
        name: &str,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Self, Failure> {
        Self::read(bytes, format, name, true, environment, caution)
    }

    /// As [`Side::open`], for a side that was put together from a text with conflict markers: it may have values of the other
    /// side, so its MAC need not hold.
    ///
    /// # Errors
    /// When it is not encrypted, or no key opens it.
    pub fn open_unchecked(
        bytes: Vec<u8>,
        format: Format,
        name: &str,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Self, Failure> {
        Self::read(bytes, format, name, false, environment, caution)
    }

    fn read(
        bytes: Vec<u8>,
        format: Format,
        name: &str,
        holds: bool,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Self, Failure> {
        let file = decrypt::unseal(&target(&bytes, format, name), !holds, environment, caution)?;
        Ok(Self { bytes, file, holds })
    }

    /// What it holds.
    #[must_use]
    pub fn content(&self) -> &Tree {
        &self.file.opened.tree
    }

    /// What its `sops` block says.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.file.sealed.metadata
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.file.sealed.format
    }

    /// Whether a value or comment is encrypted there.
    #[must_use]
    pub fn encrypts(&self, id: NodeId) -> bool {
        self.file.selection.decide(self.content(), id).encrypted
    }
}

const fn target<'t>(bytes: &'t [u8], format: Format, name: &'t str) -> Target<'t> {
    Target {
        name,
        bytes,
        format,
        format_is_certain: true,
        indent: None,
    }
}

/// Two sides of a file and what they came from, merged as far as they do not contradict each other.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What both came from, where there was something.
    pub base: Option<Side>,
    /// Ours; the result has its layout.
    pub ours: Side,
    /// Theirs.
    pub theirs: Side,
    /// The content: where both contradict each other, as ours.
    pub content: MergedTree,
    /// Who can read it, and the other settings.
    pub settings: Settings,
    name: String,
}

/// The text of a merged file.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its bytes: a whole file that opens.
    pub bytes: Vec<u8>,
    /// Whether the values are encrypted with another data key than those of ours.
    pub rekeyed: bool,
    /// Why the whole text had to be laid out anew, if it had.
    pub relaid: Option<String>,
}

/// Merges two sides of the file `name`; without `base` both have added it.
///
/// # Errors
/// When the sides are of different formats.
pub fn prepare(base: Option<Side>, ours: Side, theirs: Side, name: &str) -> Result<Prepared, Failure> {
    if ours.file.sealed.format != theirs.file.sealed.format {
        let text = format!("{name}: the two sides are of different formats");
        return Err(Failure::new(Kind::Generic, text));
    }
    let nothing = Tree::new();
    let was = base.as_ref().map_or(&nothing, Side::content);
    let content = tree::merge(was, ours.content(), theirs.content());
    let settings = recipients::merge(
        base.as_ref().map(Side::metadata),
        ours.metadata(),
        theirs.metadata(),
    );
    Ok(Prepared {
        base,
        ours,
        theirs,
        content,
        settings,
        name: name.to_owned(),
    })
}

impl Prepared {
    /// The merged file, with our side of each conflict.
    ///
    /// # Errors
    /// When a recipient cannot be encrypted for, or the result would not open.
    pub fn merged(self, environment: &Environment) -> Result<Merged, Failure> {
        let text = self.write(&self.content.tree, &self.settings, environment)?;
        Ok(Merged {
            bytes: text.bytes,
            conflicts: self.contradictions(),
            taken: self.content.taken,
            recipients: self.settings.changes,
            rekeyed: text.rekeyed,
            relaid: text.relaid,
        })
    }

    /// The file with this content, a clone of the merged one with edits, and these settings.
    ///
    /// # Errors
    /// As [`Prepared::merged`].
    pub fn write(
        &self,
        content: &Tree,
        settings: &Settings,
        environment: &Environment,
    ) -> Result<Text, Failure> {
        let (ours, theirs) = (&self.ours, &self.theirs);
        let key = data_key(self.base.as_ref(), ours, theirs)?;
        let groups = wrapped(settings, &key, [ours, theirs], &self.name, environment)?;
        let is_ours = key == ours.file.key && content.same_content(ours.content(), true) && ours.holds;
        let metadata = Metadata {
            groups,
            threshold: settings.threshold,
            rule: settings.rule.clone(),
            mac_only_encrypted: settings.mac_only_encrypted,
            ..ours.metadata().clone()
        };
        let rekeyed = key != ours.file.key;
        if is_ours && metadata == *ours.metadata() {
            return Ok(Text {
                bytes: ours.bytes.clone(),
                rekeyed,
                relaid: None,
            });
        }
        let rewritten = sealed(ours, theirs, &key, &metadata, content, &self.name)?;
        Ok(Text {
            bytes: rewritten.bytes,
            rekeyed,
            relaid: rewritten.relaid,
        })
    }

    /// The conflicts for people.
    #[must_use]
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let place = |conflict: &Conflict| match (conflict.ours, conflict.theirs) {
            (Some(ours), _) => shown(&self.content.tree, ours),
            (None, Some(theirs)) => shown(self.theirs.content(), theirs),
            (None, None) => String::new(),
        };
        let values = self.content.conflicts.iter().map(|conflict| Contradiction {
            place: place(conflict),
            what: conflict.clash.describe(),
        });
        let others = self.settings.conflicts.iter().map(|name| Contradiction {
            place: (*name).to_owned(),
            what: "changed on both sides",
        });
        values.chain(others).collect()
    }
}

/// The data key of the result: that of the side which rotated it, so that who was removed there stays out; a fresh one where
/// both did.
fn data_key(base: Option<&Side>, ours: &Side, theirs: &Side) -> Result<DataKey, Failure> {
    let was = base.map(|base| &base.file.key);
    if ours.file.key == theirs.file.key || was.is_none() || was == Some(&theirs.file.key) {
        return Ok(ours.file.key.clone());
    }
    if was == Some(&ours.file.key) {
        return Ok(theirs.file.key.clone());
    }
    DataKey::generate(&mut SystemRandom).map_err(|error| Failure::new(Kind::Generic, error.to_string()))
}

/// The recipients with the data key wrapped for each; what a side has wrapped already is kept.
fn wrapped(
    settings: &Settings,
    key: &DataKey,
    sides: [&Side; 2],
    name: &str,
    environment: &Environment,
) -> Result<Vec<Group>, Failure> {
    let with_key = || sides.into_iter().filter(|side| side.file.key == *key);
    for side in with_key() {
        let metadata = side.metadata();
        if recipients::same_names(&settings.groups, &metadata.groups)
            && settings.threshold == metadata.threshold
        {
            return Ok(recipients::with_wrapped(&settings.groups, &metadata.groups));
        }
    }
    let [group] = settings.groups.as_slice() else {
        let Some(side) = with_key().next() else {
            return wrap(&settings.groups, settings.threshold, key, name, environment);
        };
        // The shares of this side: the other may have made new ones.
        let (before, key) = (side.metadata(), &side.file.key);
        let wanted = merged(&before.groups, &settings.groups);
        let before = (before.groups.as_slice(), before.threshold);
        let (groups, _) = wrap_since(before, &wanted, settings.threshold, key, name, environment)?;
        return Ok(groups);
    };
    let known: Vec<Group> = with_key()
        .filter(|side| side.metadata().groups.len() == 1)
        .flat_map(|side| side.metadata().groups.clone())
        .collect();
    let groups = recipients::with_wrapped(std::slice::from_ref(group), &known);
    let (groups, _) = wrap_since(
        (&groups, None),
        &groups,
        settings.threshold,
        key,
        name,
        environment,
    )?;
    Ok(groups)
}

fn sealed(
    ours: &Side,
    theirs: &Side,
    key: &DataKey,
    metadata: &Metadata,
    content: &Tree,
    name: &str,
) -> Result<Rewritten, Failure> {
    let target = target(&ours.bytes, ours.file.sealed.format, name);
    let base = ours.file.base(&target);
    let selection = Selection::new(Some(metadata.effective_rule()), metadata.mac_only_encrypted)
        .map_err(|bad| Failure::new(Kind::Generic, format!("{name}: {bad}")))?;
    // With the key of theirs, values that are as there keep the ciphertext they have there.
    let mut other = theirs.file.opened.stash.clone();
    other.forget_nodes();
    let after = Base {
        metadata,
        selection: &selection,
        key,
        stash: if *key == ours.file.key { base.stash } else { &other },
        ..base
    };
    let rewritten = reseal(&base, &after, content, Style::default())?;
    let found = &rewritten.sealed.metadata;
    if found.threshold != metadata.threshold || !same_groups(&found.groups, &metadata.groups) {
        return Err(not_meant(name));
    }
    Ok(rewritten)
}
