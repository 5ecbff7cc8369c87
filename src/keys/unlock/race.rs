//! Trying the keys of all groups until enough of them opened.
//!
//! Keys on this machine are tried by one thread, one after another, so that never two programs ask at once. Every service has a
//! thread of its own. None of them is waited for when it is not needed any more: it is told to stop, owns all it works with, and
//! what it still finds is wiped unseen.

use super::{Patience, Session, needed};
use crate::host::{Cancel, Environment};
use crate::keys::channels::{Channels, Way};
use crate::keys::order::{Stage, is_local, stages};
use crate::keys::service::{Denied, Unwrapped, title};
use crate::keys::{Attempt, Outcome};
use crate::metadata::{KeyEntry, Metadata, Recipient};
use crate::seal::wipe_stack;
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long services may take in all (security P17).
const OPEN: Duration = Duration::from_secs(30);

/// How often the race looks whether it is cancelled.
const TICK: Duration = Duration::from_millis(20);

/// Most services at work at the same time; a file may name thousands.
const MOST_AT_ONCE: usize = 16;

/// How the race ended.
pub struct Finish {
    /// Every key of the file, in the order of the file.
    pub attempts: Vec<Attempt>,
    /// The data key, or a share of each group that opened, with the number of the group.
    pub shares: Vec<(usize, Zeroizing<Vec<u8>>)>,
}

/// What became of a key.
struct Answer {
    group: usize,
    place: usize,
    result: Result<Unwrapped, Denied>,
}

/// Keys of one group for the thread that tries one after another.
struct Errand {
    group: usize,
    /// How long a secret is.
    length: usize,
    keys: VecDeque<(usize, KeyEntry)>,
}

impl Errand {
    /// How much the next key may keep a person busy.
    fn cost(&self) -> u8 {
        match self.keys.front().map(|(_, entry)| &entry.recipient) {
            Some(Recipient::Age { .. }) => 0,
            _ => 1,
        }
    }
}

/// How far a group is.
struct Group {
    stages: VecDeque<Stage>,
    /// The places of the keys that are being tried, or wait for their turn.
    open: BTreeSet<usize>,
    outcomes: Vec<Outcome>,
    secret: Option<Zeroizing<Vec<u8>>>,
    stop: Cancel,
}

/// The race of one unlocking.
pub struct Race<'m> {
    metadata: &'m Metadata,
    environment: &'m Environment,
    session: Session,
    channels: Channels,
    groups: Vec<Group>,
    /// Services that wait for a thread: group and place.
    queue: VecDeque<(usize, usize)>,
    /// Services at work.
    running: BTreeSet<(usize, usize)>,
    local: Option<Sender<Errand>>,
    send: Sender<Answer>,
    answers: Receiver<Answer>,
    stop: Cancel,
    patience: Patience,
    told: String,
}

impl<'m> Race<'m> {
    /// Everybody stands at the start.
    pub fn new(metadata: &'m Metadata, environment: &'m Environment, session: Session) -> Self {
        let stop = environment.cancel().below();
        let order = environment.text("SOPS_DECRYPTION_ORDER");
        let channels = Channels::of(environment);
        let group = |group: &crate::metadata::Group| Group {
            stages: stages(group, order, &channels).into(),
            open: BTreeSet::new(),
            outcomes: vec![Outcome::NotTried; group.keys.len()],
            secret: None,
            stop: stop.below(),
        };
        let (send, answers) = channel();
        Self {
            metadata,
            environment,
            session,
            groups: metadata.groups.iter().map(group).collect(),
            channels,
            queue: VecDeque::new(),
            running: BTreeSet::new(),
            local: None,
            send,
            answers,
            patience: Patience::new(OPEN),
            stop,
            told: String::new(),
        }
    }

    /// Gives services another time in all.
    #[cfg(test)]
    pub fn within(mut self, limit: Duration) -> Self {
        self.patience = Patience::new(limit);
        self
    }

    /// Runs it.
    pub fn run(mut self) -> Finish {
        for group in 0..self.groups.len() {
            self.advance(group);
        }
        while !self.is_won() && self.groups.iter().any(|group| !group.open.is_empty()) {
            self.tell();
            if let Ok(answer) = self.answers.recv_timeout(TICK) {
                self.take(answer);
            }
            if self.environment.cancel().is_cancelled() {
                self.give_up_all();
                break;
            }
            self.patience.pass(!self.running.is_empty());
            if self.patience.is_over() {
                self.give_up_services();
            }
        }
        self.stop.cancel();
        self.finish()
    }

    /// Whether enough groups opened.
    fn is_won(&self) -> bool {
        needed(self.metadata).is_some_and(|needed| self.opened() >= needed)
    }

    fn opened(&self) -> usize {
        self.groups.iter().filter(|group| group.secret.is_some()).count()
    }

    /// How many bytes a key gives: a data key, or a share.
    fn length(&self) -> usize {
        if self.groups.len() == 1 { 32 } else { 33 }
    }

    fn entry(&self, group: usize, place: usize) -> Option<&KeyEntry> {
        self.metadata.groups.get(group)?.keys.get(place)
    }

    /// Begins the next stage of a group that has nothing left to wait for.
    fn advance(&mut self, number: usize) {
        let over = self.patience.is_over();
        let Some(group) = self.groups.get_mut(number) else {
            return;
        };
        if over {
            group.stages.retain(|stage| matches!(stage, Stage::OneByOne(_)));
        }
        match group.stages.pop_front() {
            Some(Stage::OneByOne(places)) => {
                group.open.extend(&places);
                let keys = places.into_iter();
                let keys = keys
                    .filter_map(|place| Some((place, self.entry(number, place)?.clone())))
                    .collect();
                let length = self.length();
                self.run_errand(Errand {
                    group: number,
                    length,
                    keys,
                });
            }
            Some(Stage::AtOnce(places)) => {
                group.open.extend(&places);
                self.queue.extend(places.into_iter().map(|place| (number, place)));
                self.start_services();
            }
            None => {}
        }
    }

    /// Has the thread of this machine's keys try some; it is started by the first.
    fn run_errand(&mut self, errand: Errand) {
        let local = self.local.get_or_insert_with(|| {
            let (local, errands) = channel();
            let environment = self.patience.environment(self.environment, self.stop.clone());
            let (session, send) = (self.session, self.send.clone());
            thread::spawn(move || {
                run_errands(&environment, session, &errands, &send);
                wipe_stack();
            });
            local
        });
        // It takes errands as long as there is a race.
        let _ = local.send(errand);
    }

    fn start_services(&mut self) {
        while self.running.len() < MOST_AT_ONCE {
            let Some((group, place)) = self.queue.pop_front() else {
                return;
            };
            let stop = self.groups.get(group).map(|group| group.stop.clone());
            let (Some(entry), Some(stop)) = (self.entry(group, place).cloned(), stop) else {
                continue;
            };
            let environment = self.patience.environment(self.environment, stop);
            let (session, send) = (self.session, self.send.clone());
            let way = if self.channels.here && is_local(&entry.recipient) {
                Way::There
            } else {
                Way::Anywhere
            };
            thread::spawn(move || {
                let result = attempt(&mut *session(&environment), &entry, way);
                wipe_stack();
                // Nobody listens when the race is over.
                let _ = send.send(Answer { group, place, result });
            });
            self.running.insert((group, place));
        }
    }

    /// Takes in what became of a key.
    fn take(&mut self, answer: Answer) {
        let length = self.length();
        let number = answer.group;
        self.running.remove(&(number, answer.place));
        let Some(group) = self.groups.get_mut(number) else {
            return;
        };
        // One that was given up is not heard any more.
        if group.open.remove(&answer.place) {
            let (outcome, secret) = judge(answer.result, length);
            group.note(answer.place, outcome);
            if secret.is_some() {
                group.secret = secret;
                group.open.clear();
                group.stages.clear();
                group.stop.cancel();
                self.queue.retain(|(waiting, _)| *waiting != number);
                self.running.retain(|(running, _)| *running != number);
            } else if group.open.is_empty() {
                self.advance(number);
            }
        }
        self.start_services();
    }

    /// The time of the services is over; keys on this machine are still tried.
    fn give_up_services(&mut self) {
        let late = std::mem::take(&mut self.running);
        let waiting = std::mem::take(&mut self.queue);
        let reason = format!("did not answer within {} s", OPEN.as_secs());
        let mut touched = BTreeSet::new();
        for (number, place) in late.iter().copied().chain(waiting) {
            if let Some(group) = self.groups.get_mut(number) {
                group.open.remove(&place);
                group.stop.cancel();
                touched.insert(number);
                if late.contains(&(number, place)) {
                    group.fail(place, reason.clone(), "try again later");
                }
            }
        }
        for number in touched {
            self.advance(number);
        }
    }

    /// The user does not want to wait any longer.
    fn give_up_all(&mut self) {
        for group in &mut self.groups {
            for place in std::mem::take(&mut group.open) {
                group.fail(place, "cancelled".to_owned(), "open the file again to try again");
            }
        }
    }

    /// Tells how far it is, and who is waited for, when that changed.
    fn tell(&mut self) {
        let mut parts = Vec::new();
        if let Some(needed) = needed(self.metadata).filter(|_| self.groups.len() > 1) {
            parts.push(format!("{} of {needed} groups", self.opened()));
        }
        let running = self.running.iter();
        let running = running.filter_map(|(group, place)| self.entry(*group, *place));
        let services: BTreeSet<&str> = running
            .map(|entry| match is_local(&entry.recipient) {
                true => "the key service",
                false => title(&entry.recipient),
            })
            .collect();
        if !services.is_empty() {
            let services: Vec<&str> = services.into_iter().collect();
            parts.push(format!("waiting for {}", services.join(", ")));
        }
        let text = parts.join(" · ");
        if text != self.told {
            self.environment.tell(&text);
            self.told = text;
        }
    }

    fn finish(self) -> Finish {
        let mut finish = Finish {
            attempts: Vec::new(),
            shares: Vec::new(),
        };
        let groups = self.groups.into_iter().zip(&self.metadata.groups);
        for (number, (group, written)) in groups.enumerate() {
            finish.shares.extend(group.secret.map(|secret| (number, secret)));
            let keys = written.keys.iter().zip(group.outcomes);
            finish.attempts.extend(keys.map(|(entry, outcome)| Attempt {
                group: number,
                recipient: entry.recipient.clone(),
                outcome,
            }));
        }
        finish
    }
}

impl Group {
    /// Notes what became of a key; reasons of an earlier way stay.
    fn note(&mut self, place: usize, outcome: Outcome) {
        let Some(slot) = self.outcomes.get_mut(place) else {
            return;
        };
        *slot = match (std::mem::replace(slot, Outcome::NotTried), outcome) {
            (
                Outcome::Failed { mut reasons, next },
                Outcome::Failed {
                    reasons: more,
                    next: other,
                },
            ) => {
                reasons.extend(more);
                let next = next.or(other);
                Outcome::Failed { reasons, next }
            }
            (_, outcome) => outcome,
        };
    }

    fn fail(&mut self, place: usize, reason: String, next: &str) {
        let outcome = Outcome::Failed {
            reasons: vec![reason],
            next: Some(next.to_owned()),
        };
        self.note(place, outcome);
    }
}

/// Tries the keys of errands until nobody wants to know. Keys that need neither a person nor a program, most often, go first, whatever
/// group they are of.
fn run_errands(
    environment: &Environment,
    session: Session,
    errands: &Receiver<Errand>,
    send: &Sender<Answer>,
) {
    let mut tries = session(environment);
    let mut waiting: Vec<Errand> = Vec::new();
    loop {
        waiting.extend(errands.try_iter());
        waiting.retain(|errand| !errand.keys.is_empty());
        let Some(next) = waiting.iter_mut().min_by_key(|errand| errand.cost()) else {
            match errands.recv() {
                Ok(errand) => waiting.push(errand),
                Err(_) => return,
            }
            continue;
        };
        let Some((place, entry)) = next.keys.pop_front() else {
            continue;
        };
        if environment.cancel().is_cancelled() {
            return;
        }
        let result = attempt(&mut *tries, &entry, Way::Here);
        if result
            .as_ref()
            .is_ok_and(|found| found.secret.len() == next.length)
        {
            next.keys.clear();
        }
        let answer = Answer {
            group: next.group,
            place,
            result,
        };
        if send.send(answer).is_err() {
            return;
        }
    }
}

/// Tries one key. A bug in a crate of a service must not leave the race waiting.
fn attempt(
    tries: &mut dyn FnMut(&KeyEntry, Way) -> Result<Unwrapped, Denied>,
    entry: &KeyEntry,
    way: Way,
) -> Result<Unwrapped, Denied> {
    catch_unwind(AssertUnwindSafe(|| tries(entry, way))).unwrap_or_else(|_| {
        Err(Denied {
            reasons: vec!["an internal error stopped the attempt".to_owned()],
            next: None,
        })
    })
}

/// What a key gives must have the length of a data key or share.
fn judge(result: Result<Unwrapped, Denied>, length: usize) -> (Outcome, Option<Zeroizing<Vec<u8>>>) {
    match result {
        Ok(Unwrapped { secret, by }) if secret.len() == length => (Outcome::Opened { by }, Some(secret)),
        Ok(Unwrapped { secret, by }) => {
            let reason = format!(
                "{by}: it opened, but what is in it has {} bytes instead of {length}",
                secret.len()
            );
            let outcome = Outcome::Failed {
                reasons: vec![reason],
                next: None,
            };
            (outcome, None)
        }
        Err(Denied { reasons, next }) => (Outcome::Failed { reasons, next }, None),
    }
}
