use super::race::Race;
use super::{Tries, unlock};
use crate::host::{Ask, Cancel, Environment, Nobody, Question};
use crate::keys::service::{Denied, Unwrapped};
use crate::keys::{Attempt, Outcome};
use crate::metadata::{Group, KeyEntry, Metadata, Recipient};
use crate::tree::{Secret, Time};
use std::sync::{Arc, Barrier, LazyLock, Mutex};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Two threads that are there at the same time.
static MEETING: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));

/// Keys that do what stands in their entry.
fn session(environment: &Environment) -> Tries<'_> {
    Box::new(|entry, _| {
        let (order, secret) = entry.enc.split_once(':').unwrap_or((&entry.enc, ""));
        match order {
            "open" => {}
            "meet" => {
                MEETING.wait();
            }
            "hang" => {
                while !environment.cancel().is_cancelled() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            "stuck" => loop {
                std::thread::park();
            },
            "panic" => std::panic::panic_any(()),
            "ask" => {
                environment.ask().text("a code");
            }
            _ => {
                return Err(Denied {
                    reasons: vec!["refused".to_owned()],
                    next: None,
                });
            }
        }
        Ok(Unwrapped {
            secret: Zeroizing::new(secret.bytes().map(|byte| byte - b'0').collect()),
            by: order.to_owned(),
        })
    })
}

fn age(enc: &str) -> KeyEntry {
    entry(
        Recipient::Age {
            recipient: "age1".to_owned(),
        },
        enc,
    )
}

fn vault(enc: &str) -> KeyEntry {
    entry(
        Recipient::HcVault {
            vault_address: "https://vault.example".to_owned(),
            engine_path: "transit".to_owned(),
            key_name: "k".to_owned(),
        },
        enc,
    )
}

fn entry(recipient: Recipient, enc: &str) -> KeyEntry {
    KeyEntry {
        recipient,
        enc: enc.to_owned(),
        created_at: None,
    }
}

/// What opens a group, as an order.
fn share(order: &str, x: u8) -> String {
    format!("{order}:{}{}", "0".repeat(32), char::from(b'0' + x))
}

fn key(order: &str) -> String {
    format!("{order}:{}", "0".repeat(32))
}

fn file(threshold: Option<u32>, groups: &[&[KeyEntry]]) -> Metadata {
    Metadata {
        groups: groups.iter().map(|keys| Group { keys: keys.to_vec() }).collect(),
        threshold,
        last_modified: Time::from_unix(0),
        mac: Secret::default(),
        rule: None,
        mac_only_encrypted: false,
        version: String::new(),
    }
}

fn environment() -> Environment {
    Environment::new([("HOME", "/nonexistent")], "/")
}

/// The words of each key, and how many shares came.
fn run(metadata: &Metadata, environment: &Environment) -> (Vec<String>, usize) {
    told(Race::new(metadata, environment, session).run())
}

fn told(finish: super::race::Finish) -> (Vec<String>, usize) {
    let word = |attempt: Attempt| match attempt.outcome {
        Outcome::Opened { by } => by,
        Outcome::Failed { reasons, .. } => reasons.join("; "),
        Outcome::NotTried => "not tried".to_owned(),
    };
    (
        finish.attempts.into_iter().map(word).collect(),
        finish.shares.len(),
    )
}

#[test]
fn a_key_at_hand_opens_the_file_and_no_service_is_called() {
    let file = file(None, &[&[vault("stuck"), age("no"), age(&key("open"))]]);
    let (words, shares) = run(&file, &environment());
    assert_eq!(words, ["not tried", "refused", "open"]);
    assert_eq!(shares, 1);
}

#[test]
fn services_are_asked_at_the_same_time_within_a_group_and_across_groups() {
    let within = file(None, &[&[age("no"), vault("meet"), vault(&key("meet"))]]);
    assert_eq!(run(&within, &environment()).1, 1);
    let (one, two) = (share("meet", 1), share("meet", 2));
    let across = file(Some(2), &[&[vault(&one)], &[vault(&two)]]);
    assert_eq!(run(&across, &environment()).1, 2);
}

#[test]
fn the_answer_that_completes_the_threshold_wins_and_a_service_that_is_down_is_not_waited_for() {
    let begin = Instant::now();
    let open = [share("open", 1), share("open", 3)];
    let file = file(
        Some(2),
        &[&[age(&open[0])], &[vault("stuck")], &[vault(&open[1])]],
    );
    let (words, shares) = run(&file, &environment());
    assert_eq!(words, ["open", "not tried", "open"]);
    assert_eq!(shares, 2);
    assert!(begin.elapsed() < Duration::from_secs(20), "it did not wait");
}

#[test]
fn cancelling_takes_effect_at_once_whatever_a_key_does() {
    for stuck in [age("stuck"), vault("stuck")] {
        let cancel = Cancel::default();
        let environment = environment().stopped_by(cancel.clone());
        let file = file(None, &[&[stuck]]);
        let begin = Instant::now();
        let waiting = std::thread::spawn(move || run(&file, &environment));
        cancel.cancel();
        assert_eq!(waiting.join().unwrap().0, ["cancelled"]);
        assert!(begin.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn services_get_a_time_in_all_and_keys_at_hand_are_still_tried_after_it() {
    let environment = environment().with("SOPS_DECRYPTION_ORDER", "hc_vault,age");
    let file = file(None, &[&[vault("stuck"), age(&key("open"))]]);
    let race = Race::new(&file, &environment, session).within(Duration::from_millis(40));
    assert_eq!(told(race.run()).0, ["did not answer within 30 s", "open"]);
}

#[test]
fn the_time_in_which_a_person_is_asked_does_not_count() {
    struct Slow;
    impl Ask for Slow {
        fn passphrase(&self, _: &Question) -> Option<Secret> {
            None
        }
        fn text(&self, _: &str) -> Option<String> {
            std::thread::sleep(Duration::from_millis(2_500));
            None
        }
        fn choose(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
            None
        }
        fn show(&self, _: &str) {}
        fn may_run(&self, _: &str) -> bool {
            false
        }
        fn may_send(&self, _: &str, _: &str) -> bool {
            false
        }
        fn present(&self) -> bool {
            true
        }
    }
    let environment = environment().asking(Arc::new(Slow));
    let file = file(None, &[&[vault(&key("ask"))]]);
    let race = Race::new(&file, &environment, session).within(Duration::from_secs(2));
    assert_eq!(told(race.run()).0, ["ask"]);
}

#[test]
fn a_bug_in_a_service_is_a_failed_key_and_a_secret_of_another_length_opens_nothing() {
    let file = file(None, &[&[age("panic"), age("open:01"), vault("panic")]]);
    let (words, shares) = run(&file, &environment());
    let bug = "an internal error stopped the attempt";
    let short = "open: it opened, but what is in it has 2 bytes instead of 32";
    assert_eq!(words, [bug, short, bug]);
    assert_eq!(shares, 0);
}

#[test]
fn a_thousand_services_of_a_file_are_not_called_all_at_once() {
    let keys: Vec<KeyEntry> = (0..1000).map(|_| vault("no")).collect();
    let (words, _) = run(&file(None, &[&keys]), &environment());
    assert_eq!(words.len(), 1000);
    assert!(words.iter().all(|word| word == "refused"));
}

#[test]
fn how_far_it_is_is_told() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let environment = environment().heard_by(move |text| ear.lock().unwrap().push(text.to_owned()));
    let file = file(Some(2), &[&[age(&share("open", 1))], &[vault("hang")]]);
    let race = Race::new(&file, &environment, session).within(Duration::from_millis(200));
    assert_eq!(told(race.run()).1, 1);
    let heard = heard.lock().unwrap().clone();
    assert!(
        heard.contains(&"1 of 2 groups · waiting for Vault transit".to_owned()),
        "{heard:?}"
    );
}

#[test]
fn without_a_threshold_all_groups_are_tried_and_combined() {
    let open = [share("open", 1), share("open", 2), share("open", 3)];
    let file = file(None, &[&[age(&open[0])], &[age(&open[1])], &[age(&open[2])]]);
    assert_eq!(run(&file, &environment()).1, 3);
}

#[test]
fn a_file_without_a_key_does_not_open() {
    let environment = environment().asking(Arc::new(Nobody { drop_in: false }));
    for groups in [&[][..], &[&[][..]], &[&[][..], &[]]] {
        assert!(unlock(&file(None, groups), &environment).key.is_none());
    }
}
