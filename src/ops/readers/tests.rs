use super::{Fate, Hand, KeyChange, Opens, Readers};
use crate::keys::{Attempt, Outcome};
use crate::metadata::{Group, Metadata, Recipient};
use crate::policy::recipient::unwrapped;
use crate::tree::{Secret, Time};

fn who(name: &str) -> Recipient {
    Recipient::Age {
        recipient: name.to_owned(),
    }
}

fn readers(groups: &[&[&str]], threshold: Option<u32>) -> Readers {
    let group = |keys: &&[&str]| Group {
        keys: keys.iter().map(|key| unwrapped(who(key))).collect(),
    };
    Readers::of(&Metadata {
        groups: groups.iter().map(group).collect(),
        threshold,
        last_modified: Time::from_unix(0),
        mac: Secret::default(),
        rule: None,
        mac_only_encrypted: false,
        version: String::new(),
    })
}

fn shape(readers: &Readers) -> String {
    let key = |key: &Recipient| match key {
        Recipient::Age { recipient } => recipient.clone(),
        _ => String::new(),
    };
    let groups = readers.groups().iter();
    let groups: Vec<String> = groups
        .map(|group| group.keys.iter().map(key).collect::<Vec<_>>().join(","))
        .collect();
    format!("{} of {}", readers.needed(), groups.join("|"))
}

fn hand(opened: &[&str], failed: &[&str]) -> Hand {
    let attempt = |name: &&str, outcome: Outcome| Attempt {
        group: 0,
        recipient: who(name),
        outcome,
    };
    let by = || Outcome::Opened { by: String::new() };
    let not = || Outcome::Failed {
        reasons: Vec::new(),
        next: None,
    };
    let opened = opened.iter().map(|name| attempt(name, by()));
    let failed = failed.iter().map(|name| attempt(name, not()));
    Hand::of(&opened.chain(failed).collect::<Vec<_>>())
}

#[test]
fn two_groups_are_made_of_one_and_both_are_needed() {
    let one = readers(&[&["a", "b", "c"]], None);
    let two = one.add_group(who("b")).unwrap();
    assert_eq!(shape(&two), "2 of a,c|b");
    assert_eq!(two.threshold(), Some(2));
    let three = two.add_group(who("d")).unwrap();
    assert_eq!(shape(&three), "2 of a,c|b|d", "how many are needed stays");
    let back = three.move_key(1, 0, 0).unwrap();
    assert_eq!(shape(&back), "2 of a,c,b|d", "a group without keys goes");
    let one = back.remove_group(1).unwrap();
    assert_eq!((shape(&one).as_str(), one.threshold()), ("1 of a,c,b", None));
}

#[test]
fn what_nobody_could_open_and_what_sops_refuses_is_refused_with_the_reason() {
    let one = readers(&[&["a"]], None);
    let two = readers(&[&["a"], &["b"]], Some(2));
    let refused = |result: Result<Readers, super::Refused>| result.unwrap_err().to_string();
    for (result, reason) in [
        (one.remove(0, 0), "nobody would be left"),
        (one.remove_group(0), "it is the only group"),
        (one.add(0, who("a")), "in the file already"),
        (one.add_group(who("a")), "the only one of group 0"),
        (one.with_needed(2), "any key opens"),
        (two.with_needed(1), "at least 2"),
        (two.with_needed(3), "nobody could open"),
        (two.add(0, who("a")), "in group 0 already"),
        (two.add(0, who("b")), "count for two groups"),
        (two.move_key(0, 0, 0), "in group 0 already"),
        (two.add(5, who("c")), "there is no group 5"),
    ] {
        let refused = refused(result);
        assert!(refused.contains(reason), "{refused}");
    }
}

#[test]
fn differences_are_told_apart_from_moves_and_each_can_be_taken_back_alone() {
    let before = readers(&[&["a", "b", "c"], &["d"]], Some(2));
    let after = before.add(0, who("e")).unwrap();
    let after = after.remove(0, 1).unwrap();
    let after = after.move_key(0, 1, 1).unwrap();
    let after = after.add_group(who("f")).unwrap().with_needed(3).unwrap();
    assert_eq!(shape(&after), "3 of a,e|d,c|f");
    let changes = after.changes_since(&before);
    let [
        KeyChange::Removed { .. },
        KeyChange::Moved { .. },
        KeyChange::Added { .. },
        KeyChange::Added { .. },
        KeyChange::Needed {
            was: (2, 2),
            is: (3, 3),
        },
    ] = changes.as_slice()
    else {
        panic!("{changes:?}");
    };
    let mut now = after.clone();
    let mut rounds = 0;
    while let Some(change) = now.changes_since(&before).first().cloned() {
        now = now.without(&change, &before).unwrap();
        rounds += 1;
        assert!(rounds < 9, "{now:?}");
    }
    assert!(now.changes_since(&before).is_empty());
    // A group that went with its last key comes back with it.
    let gone = before.remove(1, 0).unwrap();
    assert_eq!(shape(&gone), "1 of a,b,c");
    let change = gone.changes_since(&before)[0].clone();
    assert_eq!(gone.without(&change, &before).unwrap(), before);
}

#[test]
fn the_data_key_stays_only_where_everybody_who_could_open_the_file_still_can() {
    let one = readers(&[&["a", "b"]], None);
    let two = readers(&[&["a"], &["b"], &["c"]], Some(2));
    for (before, after, fate) in [
        (&one, one.add(0, who("c")).unwrap(), Fate::Kept),
        (&one, one.remove(0, 0).unwrap(), Fate::Removed),
        (&one, one.add_group(who("b")).unwrap(), Fate::Stricter),
        (&one, one.add_group(who("c")).unwrap(), Fate::Stricter),
        (&two, two.with_needed(3).unwrap(), Fate::Stricter),
        (&two, two.add(1, who("d")).unwrap(), Fate::Kept),
        (&two, two.add_group(who("d")).unwrap(), Fate::Kept),
        (&two, two.move_key(2, 0, 1).unwrap(), Fate::Stricter),
        (&two, two.remove_group(0).unwrap(), Fate::Removed),
    ] {
        assert_eq!(after.fate_since(before), fate, "{}", shape(&after));
    }
    let loose = readers(&[&["a"], &["b"]], Some(2)).move_key(1, 0, 0).unwrap();
    assert_eq!(loose.fate_since(&readers(&[&["a"], &["b"]], Some(2))), Fate::Kept);
}

#[test]
fn whether_the_keys_in_hand_open_it_is_known_or_said_to_be_unknown() {
    let two = readers(&[&["a", "b"], &["c"], &["d"]], Some(2));
    assert_eq!(two.opens(&hand(&["a", "c"], &[])), Opens::Yes);
    assert_eq!(two.opens(&hand(&["a"], &["c", "d"])), Opens::No);
    assert_eq!(two.opens(&hand(&["a"], &["c"])), Opens::Unknown);
    let mut known = hand(&["a"], &["c"]);
    known.know("d", true);
    known.know("c", true);
    assert_eq!(two.opens(&known), Opens::Yes);
    assert_eq!(two.with_needed(3).unwrap().opens(&known), Opens::No);
}

#[test]
fn changes_are_made_again_to_what_somebody_else_wrote_as_far_as_they_fit() {
    let old = readers(&[&["a", "b"]], None);
    let mine = old.add(0, who("c")).unwrap().remove(0, 1).unwrap();
    let (now, lost) = mine.rebased(&old, &readers(&[&["a", "b", "d"]], None));
    assert_eq!((shape(&now).as_str(), lost.len()), ("1 of a,d,c", 0));
    let (now, lost) = mine.rebased(&old, &readers(&[&["a", "c"]], None));
    assert_eq!((shape(&now).as_str(), lost.len()), ("1 of a,c", 2));
    let split = old.add_group(who("b")).unwrap();
    let (now, lost) = split.rebased(&old, &readers(&[&["a", "b", "d"]], None));
    assert_eq!((shape(&now).as_str(), lost.len()), ("2 of a,d|b", 0));
}

#[test]
fn those_who_stay_keep_their_entries_unless_shares_would_not_fit_together() {
    let one = readers(&[&["a"]], None);
    let two = readers(&[&["a"], &["b"], &["c"]], Some(2));
    let unsaid = readers(&[&["a"], &["b"]], None);
    for (before, after, rewraps) in [
        (&one, one.add(0, who("z")).unwrap(), false),
        (&one, one.add_group(who("b")).unwrap(), true),
        (&two, two.add(2, who("z")).unwrap(), false),
        (&two, two.add_group(who("z")).unwrap(), false),
        (&two, two.with_needed(3).unwrap(), true),
        (&two, two.add(1, who("z")).unwrap().remove(1, 0).unwrap(), true),
        (&two, two.move_key(0, 0, 1).unwrap(), true),
        (&two, two.remove_group(2).unwrap(), true),
        // How many shares fit together is not known.
        (&unsaid, unsaid.add(0, who("z")).unwrap(), true),
    ] {
        assert_eq!(after.rewraps_since(before), rewraps, "{}", shape(&after));
    }
}
