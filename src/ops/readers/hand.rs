//! Whether the keys in hand open a file with other key groups than it has now.

use super::Readers;
use crate::keys::{Attempt, Outcome};
use crate::ops::unlock::identity;
use std::collections::HashSet;

/// What is known of the keys in hand.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    sure: HashSet<String>,
    failed: HashSet<String>,
}

/// Whether a file opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on keys that were not tried.
    Unknown,
}

impl Hand {
    /// By what became of each key while unlocking.
    #[must_use]
    pub fn of(attempts: &[Attempt]) -> Self {
        let mut hand = Self::default();
        for attempt in attempts {
            let name = identity(&attempt.recipient);
            match attempt.outcome {
                Outcome::Opened { .. } => drop(hand.sure.insert(name)),
                Outcome::Failed { .. } => drop(hand.failed.insert(name)),
                Outcome::NotTried => {}
            }
        }
        hand
    }

    /// Takes in whether a key that was not tried is known to be at hand, or known not to be.
    pub fn know(&mut self, name: &str, mine: bool) {
        if !self.sure.contains(name) && !self.failed.contains(name) {
            let set = if mine { &mut self.sure } else { &mut self.failed };
            set.insert(name.to_owned());
        }
    }
}

impl Readers {
    /// Whether the keys in hand open a file that these can read.
    #[must_use]
    pub fn opens(&self, hand: &Hand) -> Opens {
        let count = |holds: &dyn Fn(&String) -> bool| {
            let open =
                |keys: &[crate::metadata::Recipient]| keys.iter().map(identity).any(|name| holds(&name));
            let groups = self.groups.iter().filter(|group| open(&group.keys)).count();
            u32::try_from(groups).unwrap_or(u32::MAX)
        };
        let needed = self.needed().max(1);
        if count(&|name| hand.sure.contains(name)) >= needed {
            Opens::Yes
        } else if count(&|name| !hand.failed.contains(name)) >= needed {
            Opens::Unknown
        } else {
            Opens::No
        }
    }
}
