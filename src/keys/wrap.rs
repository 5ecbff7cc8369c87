//! Encrypting a data key for all recipients of a file.

use super::access::{Access, Refusal};
use super::channels::{Channels, Way};
use super::complete::complete;
use super::order::is_local;
use super::service::Services;
use super::unlock::Patience;
use crate::host::Environment;
use crate::metadata::{Group, KeyEntry, Recipient};
use crate::seal::shamir::{self, ShamirError};
use crate::seal::{DataKey, Random, wipe_stack};
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use thiserror::Error;
use zeroize::Zeroizing;

/// How long services may take in all (security P17).
const ALL: Duration = Duration::from_secs(30);

/// How often a waiting thread looks whether it is cancelled.
const TICK: Duration = Duration::from_millis(20);

/// Most services at work at the same time.
const MOST_AT_ONCE: usize = 16;

/// Why a data key was not wrapped. Nobody is left out silently: one failed recipient fails all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WrapError {
    /// There is no group, or one without a key.
    #[error("empty key group provided")]
    EmptyGroup,
    /// The threshold does not fit the number of groups.
    #[error(transparent)]
    Split(#[from] ShamirError),
    /// Recipients cannot be encrypted for.
    #[error("{}", list(.0))]
    Recipients(Vec<Unreached>),
}

/// A recipient that cannot be encrypted for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind} recipient {name}: {refusal}")]
pub struct Unreached {
    /// The kind of the recipient.
    pub kind: &'static str,
    /// The recipient as it is written.
    pub name: String,
    /// Why.
    pub refusal: Refusal,
}

impl Unreached {
    /// A recipient, and why not.
    #[must_use]
    pub fn new(recipient: &Recipient, refusal: Refusal) -> Self {
        Self {
            kind: recipient.kind(),
            name: name_of(recipient).to_owned(),
            refusal,
        }
    }
}

impl WrapError {
    /// What to do next, one line each.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        let unreached = match self {
            Self::Recipients(unreached) => unreached.as_slice(),
            Self::EmptyGroup | Self::Split(_) => &[],
        };
        unreached.iter().filter_map(|one| one.refusal.next.as_deref())
    }
}

fn list(unreached: &[Unreached]) -> String {
    match unreached {
        [one] => one.to_string(),
        several => {
            let mut text = format!("{} recipients cannot be encrypted for:", several.len());
            for one in several {
                text.push_str("\n  ");
                text.push_str(&one.to_string());
            }
            text
        }
    }
}

/// Wraps a data key for every key of every group: the key itself for one group, else a share for each group (spec §8).
/// Without a threshold all groups are needed. Everything but `enc`, and the version of an Azure key that has none, stays as given. Asks whoever attends the environment.
/// The key that is given back knows its shares.
///
/// # Errors
/// When a group is empty, the threshold does not fit, or recipients cannot be encrypted for: all of them are named.
pub fn wrap(
    groups: &[Group],
    threshold: Option<u32>,
    key: &DataKey,
    environment: &Environment,
    random: &mut dyn Random,
) -> Result<(Vec<Group>, DataKey), WrapError> {
    if groups.is_empty() || groups.iter().any(|group| group.keys.is_empty()) {
        return Err(WrapError::EmptyGroup);
    }
    let groups = complete(groups, environment)?;
    if let [group] = groups.as_slice() {
        let secret = Zeroizing::new(key.expose().to_vec());
        let groups = wrap_all(&[group], &[secret], environment, |_| true)?;
        return Ok((groups, key.clone().with_shares(Vec::new())));
    }
    let needed = threshold.filter(|threshold| *threshold != 0);
    let needed = needed.map_or(groups.len(), |needed| {
        usize::try_from(needed).unwrap_or(usize::MAX)
    });
    let shares = shamir::split(key.expose(), groups.len(), needed, random)?;
    let groups: Vec<&Group> = groups.iter().collect();
    let groups = wrap_all(&groups, &shares, environment, |_| true)?;
    Ok((groups, key.clone().with_shares(shares)))
}

/// Wraps a data key for those entries that are not wrapped yet, and leaves the others as they are: the key itself for one group, else the
/// share of the group, which has to be the one that its other entries have. `None` where the shares are not known.
///
/// # Errors
/// When recipients cannot be encrypted for: all of them are named.
pub fn wrap_missing(
    groups: &[Group],
    key: &DataKey,
    environment: &Environment,
) -> Result<Option<Vec<Group>>, WrapError> {
    let secrets = match groups {
        [] => return Err(WrapError::EmptyGroup),
        [_] => vec![Zeroizing::new(key.expose().to_vec())],
        _ if key.shares().is_empty() || groups.len() > usize::from(u8::MAX) => return Ok(None),
        _ => (1..=u8::MAX)
            .zip(groups)
            .map(|(x, _)| shamir::share(x, key.shares()))
            .collect::<Result<_, _>>()?,
    };
    let groups = complete(groups, environment)?;
    let groups: Vec<&Group> = groups.iter().collect();
    wrap_all(&groups, &secrets, environment, |entry| entry.enc.is_empty()).map(Some)
}

/// Group and place of an entry.
type At = (usize, usize);

/// What came of an entry.
type Wrapped = (At, Result<String, Refusal>);

/// Wraps a secret for the entries of each group that are `wanted`: services at the same time, meanwhile the keys of this machine one
/// after another.
fn wrap_all(
    groups: &[&Group],
    secrets: &[Zeroizing<Vec<u8>>],
    environment: &Environment,
    wanted: impl Fn(&KeyEntry) -> bool,
) -> Result<Vec<Group>, WrapError> {
    let here = Channels::of(environment).here;
    let mut local = Vec::new();
    let mut errands = VecDeque::new();
    for (number, (group, secret)) in groups.iter().zip(secrets).enumerate() {
        for (place, entry) in group.keys.iter().enumerate().filter(|(_, entry)| wanted(entry)) {
            let at = (number, place);
            if here && is_local(&entry.recipient) {
                local.push((at, &entry.recipient, secret));
            } else {
                errands.push_back((at, entry.recipient.clone(), secret.clone()));
            }
        }
    }
    let mut crew = Crew::new(environment, errands);
    crew.start();
    let services = Services::new(Access::of(environment));
    let mut done: BTreeMap<At, Result<String, Refusal>> = local
        .into_iter()
        .map(|(at, recipient, secret)| (at, services.wrap_by(recipient, secret, Way::Anywhere)))
        .collect();
    done.extend(crew.finish());
    let mut unreached = Vec::new();
    let mut entry = |at: At, entry: &KeyEntry| match done.remove(&at) {
        None => entry.clone(),
        Some(Ok(enc)) => KeyEntry { enc, ..entry.clone() },
        Some(Err(refusal)) => {
            unreached.push(Unreached::new(&entry.recipient, refusal));
            entry.clone()
        }
    };
    let wrapped: Vec<Group> = groups
        .iter()
        .enumerate()
        .map(|(number, group)| Group {
            keys: group
                .keys
                .iter()
                .enumerate()
                .map(|(place, key)| entry((number, place), key))
                .collect(),
        })
        .collect();
    if unreached.is_empty() {
        return Ok(wrapped);
    }
    Err(WrapError::Recipients(unreached))
}

/// Threads that wrap with services. What they work with is theirs, so that one that hangs can be left alone: it wipes its secret
/// when its call ends.
struct Crew<'e> {
    environment: &'e Environment,
    patience: Patience,
    errands: VecDeque<(At, Recipient, Zeroizing<Vec<u8>>)>,
    running: Vec<At>,
    send: Sender<Wrapped>,
    answers: Receiver<Wrapped>,
    done: Vec<Wrapped>,
}

impl<'e> Crew<'e> {
    fn new(environment: &'e Environment, errands: VecDeque<(At, Recipient, Zeroizing<Vec<u8>>)>) -> Self {
        let (send, answers) = channel();
        Self {
            environment,
            patience: Patience::new(ALL),
            errands,
            running: Vec::new(),
            send,
            answers,
            done: Vec::new(),
        }
    }

    fn start(&mut self) {
        while self.running.len() < MOST_AT_ONCE {
            let Some((at, recipient, secret)) = self.errands.pop_front() else {
                return;
            };
            let stop = self.environment.cancel().below();
            let environment = self.patience.environment(self.environment, stop);
            let send = self.send.clone();
            thread::spawn(move || {
                let wrap = || {
                    let services = Services::new(Access::of(&environment));
                    services.wrap_by(&recipient, &secret, Way::Anywhere)
                };
                let broken = |_| Err(Refusal::new("an internal error stopped the service"));
                let result = catch_unwind(AssertUnwindSafe(wrap)).unwrap_or_else(broken);
                wipe_stack();
                // Nobody listens when it took too long.
                let _ = send.send((at, result));
            });
            self.running.push(at);
        }
    }

    /// Waits for all of them, as long as that is sensible.
    fn finish(mut self) -> Vec<Wrapped> {
        while !self.running.is_empty() {
            if let Ok((at, result)) = self.answers.recv_timeout(TICK) {
                self.running.retain(|running| *running != at);
                self.done.push((at, result));
                self.start();
            }
            self.patience.pass(true);
            let cancelled = self.environment.cancel().is_cancelled();
            if cancelled || self.patience.is_over() {
                let why = if cancelled {
                    Refusal::new("cancelled")
                } else {
                    Refusal::new(format!("did not answer within {} s", ALL.as_secs())).next("try again later")
                };
                let waiting = self.errands.into_iter().map(|(at, ..)| at);
                let late = self.running.into_iter().chain(waiting);
                self.done.extend(late.map(|at| (at, Err(why.clone()))));
                break;
            }
        }
        self.done
    }
}

/// What a person knows a recipient by.
fn name_of(recipient: &Recipient) -> &str {
    match recipient {
        Recipient::Age { recipient } => recipient,
        Recipient::Pgp { fingerprint } => fingerprint,
        Recipient::Kms { arn, .. } => arn,
        Recipient::GcpKms { resource_id } => resource_id,
        Recipient::AzureKv { name, .. } => name,
        Recipient::HcVault { key_name, .. } => key_name,
        Recipient::HcKms { key_id } => key_id,
    }
}
