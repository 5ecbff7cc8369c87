//! Recovering the data key of a file.

use super::access::Access;
use super::order::in_order;
use super::service::{Denied, Services, Unwrapped};
use super::{Attempt, Outcome, Unlocked};
use crate::metadata::{KeyEntry, Metadata};
use crate::seal::{DataKey, shamir};
use zeroize::Zeroizing;

/// Recovers the data key of a file (spec §8, §9), and tells what became of each key on the way.
#[must_use]
pub fn unlock_with(metadata: &Metadata, access: Access<'_>) -> Unlocked {
    let services = Services::new(access);
    let single = metadata.groups.len() == 1;
    let mut attempts = Vec::new();
    let mut shares = Vec::new();
    for (number, group) in metadata.groups.iter().enumerate() {
        let mut outcomes = vec![Outcome::NotTried; group.keys.len()];
        for (place, entry) in in_order(group, access.environment.text("SOPS_DECRYPTION_ORDER")) {
            let (outcome, secret) = attempt(&services, entry, if single { 32 } else { 33 });
            if let Some(slot) = outcomes.get_mut(place) {
                *slot = outcome;
            }
            if let Some(secret) = secret {
                shares.push(secret);
                break;
            }
        }
        attempts.extend(group.keys.iter().zip(outcomes).map(|(entry, outcome)| Attempt {
            group: number,
            recipient: entry.recipient.clone(),
            outcome,
        }));
    }
    let key = if single {
        shares.first().and_then(|secret| DataKey::from_slice(secret))
    } else {
        combine(&shares, metadata.threshold, &mut attempts)
    };
    Unlocked { key, attempts }
}

/// Tries one key; what it gives must have the length of a data key or share.
fn attempt(
    services: &Services<'_>,
    entry: &KeyEntry,
    length: usize,
) -> (Outcome, Option<Zeroizing<Vec<u8>>>) {
    let unwrapped = match services.of(&entry.recipient) {
        Ok(service) => service.unwrap(entry),
        Err(refusal) => Err(Denied::from(refusal)),
    };
    match unwrapped {
        Ok(Unwrapped { secret, by }) if secret.len() == length => (Outcome::Opened { by }, Some(secret)),
        Ok(Unwrapped { secret, by }) => {
            let reason = format!(
                "{by}: it opened, but what is in it has {} bytes instead of {length}",
                secret.len()
            );
            (
                Outcome::Failed {
                    reasons: vec![reason],
                    next: None,
                },
                None,
            )
        }
        Err(Denied { reasons, next }) => (Outcome::Failed { reasons, next }, None),
    }
}

/// Combines all recovered shares. Shares that do not belong together are told at the last key that gave one.
fn combine(
    shares: &[Zeroizing<Vec<u8>>],
    threshold: Option<u32>,
    attempts: &mut [Attempt],
) -> Option<DataKey> {
    let needed = threshold
        .and_then(|threshold| usize::try_from(threshold).ok())
        .unwrap_or(2)
        .max(2);
    if shares.len() < needed {
        return None;
    }
    let problem = match shamir::combine(shares) {
        Ok(secret) => return DataKey::from_slice(&secret),
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
