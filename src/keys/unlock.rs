//! Recovering the data key of a file: who is tried when is the business of `race`, what comes of it of this.

mod patience;
mod race;

pub use patience::Patience;

use super::access::Access;
use super::channels::Way;
use super::service::{Denied, Services, Unwrapped};
use super::{Attempt, Outcome, Unlocked};
use crate::host::Environment;
use crate::metadata::{KeyEntry, Metadata};
use crate::seal::{DataKey, shamir};
use race::Race;
use zeroize::Zeroizing;

/// Recovers the data key of a file (spec §8, §9), and tells what became of each key on the way.
///
/// Keys on this machine are tried first, then services, those of all groups at the same time; when enough groups opened, the rest is
/// stopped. `SOPS_DECRYPTION_ORDER` is honoured. Whoever attends the environment is asked, and can stop it: it returns within 100 ms
/// then, whatever a service does.
#[must_use]
pub fn unlock(metadata: &Metadata, environment: &Environment) -> Unlocked {
    let finish = Race::new(metadata, environment, session).run();
    let mut attempts = finish.attempts;
    let key = if metadata.groups.len() == 1 {
        finish
            .shares
            .first()
            .and_then(|(_, secret)| DataKey::from_slice(secret))
    } else {
        combine(finish.shares, metadata.threshold, &mut attempts)
    };
    Unlocked { key, attempts }
}

/// Tries keys one after another; what was read for one is there for the next.
type Tries<'e> = Box<dyn FnMut(&KeyEntry, Way) -> Result<Unwrapped, Denied> + 'e>;

/// Begins to try keys.
type Session = for<'e> fn(&'e Environment) -> Tries<'e>;

fn session(environment: &Environment) -> Tries<'_> {
    let services = Services::new(Access::of(environment));
    Box::new(move |entry, way| services.unwrap_by(entry, way))
}

/// How many shares are needed; `None` where the file does not say.
fn needed(metadata: &Metadata) -> Option<usize> {
    if metadata.groups.len() == 1 {
        return Some(1);
    }
    let threshold = metadata.threshold.filter(|threshold| *threshold != 0)?;
    usize::try_from(threshold).ok().map(|threshold| threshold.max(2))
}

/// Combines all recovered shares. Shares that do not belong together are told at the last key that gave one.
fn combine(
    shares: Vec<(usize, Zeroizing<Vec<u8>>)>,
    threshold: Option<u32>,
    attempts: &mut [Attempt],
) -> Option<DataKey> {
    // Without a threshold in the file nobody knows whether these are enough to make the share of another group.
    let numbered = threshold.is_some_and(|threshold| threshold > 1)
        && shares.iter().all(|(group, share)| {
            share
                .last()
                .is_some_and(|x| usize::from(*x).checked_sub(1) == Some(*group))
        });
    let shares: Vec<Zeroizing<Vec<u8>>> = shares.into_iter().map(|(_, share)| share).collect();
    let needed = threshold
        .and_then(|threshold| usize::try_from(threshold).ok())
        .unwrap_or(2)
        .max(2);
    if shares.len() < needed {
        return None;
    }
    let problem = match shamir::combine(&shares) {
        Ok(secret) => {
            let key = DataKey::from_slice(&secret)?;
            return Some(if numbered { key.with_shares(shares) } else { key });
        }
        Err(error) => error.to_string(),
    };
    let mut opened = attempts
        .iter_mut()
        .rev()
        .filter(|attempt| matches!(attempt.outcome, Outcome::Opened { .. }));
    if let Some(last) = opened.next() {
        last.outcome = Outcome::Failed {
            reasons: vec![format!("its share does not fit the others: {problem}")],
            next: Some("restore the sops block from the history of the file".to_owned()),
        };
    }
    None
}

#[cfg(test)]
mod tests;
