//! What may be shown of a conflict: each side masked, with a fingerprint, until it is asked for by name.

use super::{Choice, Dispute, Subject};
use crate::format::Format;
use crate::metadata::Metadata;
use crate::ops::compare::{body_print, type_name};
use crate::ops::counted::counted;
use crate::ops::merge::{Clash, Side};
use crate::ops::unlock::identity;
use crate::tree::{Body, Leaf, NodeId};
use zeroize::Zeroizing;

/// One of the versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// What both sides came from.
    Base,
    /// Ours.
    Ours,
    /// Theirs.
    Theirs,
}

/// What a side has at the place of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Nothing: it is not there.
    Nothing,
    /// A value that is shown on request only: its type, and the fingerprint under the key of the user.
    Masked(&'static str, [u8; 32]),
    /// Words that everybody can read in the repository: a readable value, a key, a setting.
    Words(String),
}

impl Dispute {
    /// What a side has, masked where any side encrypts it.
    #[must_use]
    pub fn facet(&self, number: usize, which: Which) -> Facet {
        let Some(point) = self.points.get(number) else {
            return Facet::Nothing;
        };
        let side = self.side(which);
        let conflict = match (point.subject, side) {
            (_, None) => return Facet::Nothing,
            (Subject::Setting(name), Some(side)) => return Facet::Words(setting(name, side.metadata())),
            (Subject::Value(conflict), Some(_)) => conflict,
        };
        let (Some(id), Some(side)) = (node(conflict, which), side) else {
            return Facet::Nothing;
        };
        let found = side.content().node(id);
        if conflict.clash == Clash::Renamed {
            let key = found.key.as_ref().map(|key| key.display().into_owned());
            return Facet::Words(key.unwrap_or_default());
        }
        match &found.body {
            Body::Map(_) | Body::List(_) => {
                let values = side.content().walk_from(id);
                let count = values
                    .filter(|step| side.content().node(step.id()).leaf().is_some())
                    .count();
                let values = counted(count, "value");
                Facet::Words(format!("{} of {values}", type_name(&found.body)))
            }
            body if self.is_secret(number) => Facet::Masked(type_name(body), body_print(body, &self.key)),
            Body::Leaf(leaf) => Facet::Words(String::from_utf8_lossy(&leaf.canonical()).into_owned()),
            Body::Comment(comment) => Facet::Words(comment.text.expose_str().unwrap_or_default().to_owned()),
        }
    }

    /// What a choice comes to, masked in the same way.
    #[must_use]
    pub fn own_facet(&self, number: usize, leaf: &Leaf) -> Facet {
        if self.is_secret(number) {
            let body = Body::Leaf(leaf.clone());
            Facet::Masked(leaf.type_name(), body_print(&body, &self.key))
        } else {
            Facet::Words(String::from_utf8_lossy(&leaf.canonical()).into_owned())
        }
    }

    /// Whether any side encrypts what the conflict is about.
    #[must_use]
    pub fn is_secret(&self, number: usize) -> bool {
        let Some(Subject::Value(conflict)) = self.points.get(number).map(|point| point.subject) else {
            return false;
        };
        [Which::Base, Which::Ours, Which::Theirs]
            .into_iter()
            .any(|which| {
                let found = self.side(which).zip(node(conflict, which));
                found.is_some_and(|(side, id)| side.encrypts(id))
            })
    }

    /// Whether there is a value that can be revealed.
    #[must_use]
    pub fn has_value(&self, number: usize) -> bool {
        [Which::Base, Which::Ours, Which::Theirs]
            .into_iter()
            .any(|which| matches!(self.facet(number, which), Facet::Masked(..)))
    }

    /// The value of a side, to be shown because somebody asked for it.
    #[must_use]
    pub fn reveal(&self, number: usize, which: Which) -> Option<Zeroizing<Vec<u8>>> {
        match &self.body(number, which)? {
            Body::Leaf(leaf) => Some(leaf.canonical()),
            Body::Comment(comment) => Some(Zeroizing::new(comment.text.expose().to_vec())),
            Body::Map(_) | Body::List(_) => None,
        }
    }

    /// The value of a side.
    #[must_use]
    pub fn leaf(&self, number: usize, which: Which) -> Option<Leaf> {
        match self.body(number, which)? {
            Body::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }

    fn body(&self, number: usize, which: Which) -> Option<Body> {
        let Subject::Value(conflict) = self.points.get(number)?.subject else {
            return None;
        };
        let id = node(conflict, which)?;
        Some(self.side(which)?.content().node(id).body.clone()).filter(|_| conflict.clash != Clash::Renamed)
    }

    /// The format of the file.
    #[must_use]
    pub fn format(&self) -> Format {
        self.prepared.ours.format()
    }

    /// Whether the result would have a value in clear that a side encrypts.
    #[must_use]
    pub fn opens(&self, number: usize, choice: &Choice) -> bool {
        let Some(Subject::Value(conflict)) = self.points.get(number).map(|point| point.subject) else {
            return false;
        };
        let encrypted = |which| {
            self.side(which)
                .zip(node(conflict, which))
                .map(|(side, id)| side.encrypts(id))
        };
        let chosen = match choice {
            Choice::Theirs => encrypted(Which::Theirs),
            _ => encrypted(Which::Ours),
        };
        chosen == Some(false) && self.is_secret(number)
    }

    fn side(&self, which: Which) -> Option<&Side> {
        match which {
            Which::Base => self.prepared.base.as_ref(),
            Which::Ours => Some(&self.prepared.ours),
            Which::Theirs => Some(&self.prepared.theirs),
        }
    }
}

const fn node(conflict: crate::ops::merge::Conflict, which: Which) -> Option<NodeId> {
    match which {
        Which::Base => conflict.base,
        Which::Ours => conflict.ours,
        Which::Theirs => conflict.theirs,
    }
}

/// A setting of the `sops` block in words.
fn setting(name: &str, metadata: &Metadata) -> String {
    match name {
        "threshold" => metadata.threshold.unwrap_or_default().to_string(),
        "key groups" => {
            let groups = metadata.groups.iter().map(|group| {
                let names: Vec<String> = group.keys.iter().map(|key| identity(&key.recipient)).collect();
                names.join(", ")
            });
            groups.collect::<Vec<_>>().join(" | ")
        }
        _ => {
            let rule = metadata.effective_rule();
            format!("{} {}", rule.field(), rule.pattern())
        }
    }
}
