//! Saving for other recipients: who can open the file afterwards, and who cannot.

use super::{Agreed, Rekey, Saved, reread, save_for, suspicions};
use crate::format::{Format, load};
use crate::host::{Environment, file};
use crate::keys::generate::age_key;
use crate::metadata::{Group, KeyEntry, Recipient};
use crate::ops::caution::Caution;
use crate::ops::encrypt::{Plain, Wish, encrypt};
use crate::ops::open::{Access, Document, open};
use crate::ops::readers::Readers;
use crate::policy::recipient::unwrapped;
use crate::seal::selection::Rule;
use crate::tree::{Body, Leaf, Tree};
use std::path::PathBuf;
use tempfile::TempDir;

/// A person with a key of their own.
struct Somebody {
    recipient: Recipient,
    environment: Environment,
}

/// A folder with a file that the first person can read.
struct House {
    folder: TempDir,
    path: PathBuf,
}

const FILES: [(&str, &str); 5] = [
    ("a.yaml", "# about\ntoken: hunter2\nlist:\n    - one\n    - two\n"),
    (
        "a.json",
        "{\n\t\"token\": \"hunter2\",\n\t\"list\": [\n\t\t\"one\"\n\t]\n}",
    ),
    ("a.env", "token=hunter2\nother=x\n"),
    ("a.ini", "[a]\ntoken = hunter2\n"),
    ("a.bin", "hunter2\0and bytes"),
];

impl House {
    fn somebody(&self, name: &str) -> Somebody {
        let pair = age_key();
        let key = self.folder.path().join(format!("{name}.key"));
        std::fs::write(&key, pair.secret.expose()).unwrap();
        let variables = [
            ("SOPS_AGE_KEY_FILE", key.as_path()),
            ("HOME", self.folder.path()),
            ("LAZYSOPS_CONFIG_DIR", self.folder.path()),
        ];
        Somebody {
            recipient: Recipient::Age {
                recipient: pair.recipient,
            },
            environment: Environment::new(variables, self.folder.path()),
        }
    }

    fn with(name: &str, text: &str, people: &[&str]) -> (Self, Vec<Somebody>) {
        let folder = tempfile::tempdir().unwrap();
        let house = Self {
            path: folder.path().join(name),
            folder,
        };
        let people: Vec<Somebody> = people.iter().map(|name| house.somebody(name)).collect();
        let keys: Vec<KeyEntry> = people
            .iter()
            .take(1)
            .map(|one| unwrapped(one.recipient.clone()))
            .collect();
        let format = Format::from_path(&house.path);
        let plain = Plain {
            path: &house.path,
            name,
            bytes: text.as_bytes(),
            input: format,
            output: format,
        };
        let wish = Wish {
            group: Some(Group { keys }),
            keep_layout: format != Format::Binary,
            ..Wish::default()
        };
        let sealed = encrypt(
            &plain,
            &wish,
            None,
            &people[0].environment,
            &mut Caution::default(),
        )
        .unwrap();
        std::fs::write(&house.path, sealed).unwrap();
        (house, people)
    }

    fn open(&self, who: &Somebody) -> Document {
        open(&self.path, &who.environment).unwrap()
    }

    /// Who has the keys of two.
    fn both(&self, one: &Somebody, two: &Somebody) -> Somebody {
        let key = |who: &Somebody| {
            let path = who.environment.raw("SOPS_AGE_KEY_FILE").unwrap();
            std::fs::read_to_string(path).unwrap()
        };
        let path = self.folder.path().join("both.key");
        std::fs::write(&path, key(one) + "\n" + &key(two)).unwrap();
        Somebody {
            recipient: one.recipient.clone(),
            environment: one.environment.clone().with("SOPS_AGE_KEY_FILE", path),
        }
    }

    fn opens(&self, who: &Somebody) -> bool {
        matches!(self.open(who).access, Access::Open(_))
    }

    /// Saves what `change` makes of who reads it, with the values as they are.
    fn save(&self, who: &Somebody, keep: bool, change: impl FnOnce(&Readers) -> Readers) -> Document {
        let document = self.open(who);
        let readers = change(&Readers::of(&document.metadata));
        self.save_tree(who, &document, &document.content, readers, keep)
    }

    fn save_tree(
        &self,
        who: &Somebody,
        document: &Document,
        tree: &Tree,
        readers: Readers,
        keep: bool,
    ) -> Document {
        let rekey = Rekey {
            readers,
            keep_data_key: keep,
        };
        match save_for(document, tree, Some(&rekey), Agreed::default(), &who.environment).unwrap() {
            Saved::Written { document, relaid } => {
                assert_eq!(relaid, None);
                *document
            }
            other => panic!("{other:?}"),
        }
    }
}

fn key(document: &Document) -> [u8; 32] {
    match &document.access {
        Access::Open(unsealed) => *unsealed.key.expose(),
        _ => panic!("not open"),
    }
}

#[test]
fn somebody_comes_to_files_of_all_formats_and_nothing_else_changes() {
    for (name, text) in FILES {
        let (house, people) = House::with(name, text, &["a", "b"]);
        let before = house.open(&people[0]);
        let after = house.save(&people[0], false, |readers| {
            readers.add(0, people[1].recipient.clone()).unwrap()
        });
        assert!(house.opens(&people[0]) && house.opens(&people[1]), "{name}");
        assert_eq!(key(&before), key(&after), "{name}");
        let old = &before.metadata.groups[0].keys[0];
        assert!(
            after.metadata.groups[0].keys.contains(old),
            "{name}: the wrapped key stays"
        );
        assert_eq!(before.metadata.mac, after.metadata.mac, "{name}");
        assert_eq!(
            before.metadata.last_modified, after.metadata.last_modified,
            "{name}"
        );
        assert_eq!(after.attempts.len(), 2, "{name}");
        assert_eq!(after.people.len(), 2, "{name}");
        let again = house.open(&people[0]);
        assert!(again.content.same_content(&before.content, true), "{name}");
        assert!(
            again.notices.is_empty(),
            "{name}: what was written is remembered: {:?}",
            again.notices
        );
    }
}

#[test]
fn somebody_goes_from_files_of_all_formats_with_an_edit_in_the_same_save() {
    for (name, text) in FILES {
        let (house, people) = House::with(name, text, &["a", "b"]);
        house.save(&people[0], false, |readers| {
            readers.add(0, people[1].recipient.clone()).unwrap()
        });
        let before = house.open(&people[0]);
        let mut edited = before.content.clone();
        let leaf = edited
            .walk()
            .map(|step| step.id())
            .find(|id| edited.node(*id).leaf().is_some());
        edited.set_body(leaf.unwrap(), Body::Leaf(Leaf::text("n3w")));
        let readers = Readers::of(&before.metadata);
        let (group, place) = readers.find(&people[1].recipient).unwrap();
        let readers = readers.remove(group, place).unwrap();
        let after = house.save_tree(&people[0], &before, &edited, readers, false);
        assert_ne!(key(&before), key(&after), "{name}");
        assert!(house.opens(&people[0]) && !house.opens(&people[1]), "{name}");
        assert!(
            house.open(&people[0]).content.same_content(&edited, true),
            "{name}"
        );
    }
}

/// A removed person has old versions of the file. What opened those must not open this.
#[test]
fn a_removed_key_opens_nothing_even_with_its_old_wrapped_key_put_back() {
    for keep in [false, true] {
        let (house, people) = House::with("a.yaml", FILES[0].1, &["a", "b"]);
        let with_b = house.save(&people[0], false, |readers| {
            readers.add(0, people[1].recipient.clone()).unwrap()
        });
        let (_, place) = Readers::of(&with_b.metadata).find(&people[1].recipient).unwrap();
        let old = with_b.metadata.groups[0].keys[place].clone();
        house.save(&people[0], keep, |readers| {
            let (group, place) = readers.find(&people[1].recipient).unwrap();
            readers.remove(group, place).unwrap()
        });
        let kept = house.open(&people[0]).metadata.groups[0].keys[0].clone();
        let text = std::fs::read_to_string(&house.path).unwrap();
        assert!(load(Format::Yaml, text.as_bytes()).is_ok());
        // The old entry takes the place of the one that is left.
        let indented = |enc: &str| enc.trim_end().replace('\n', "\n            ");
        let (Recipient::Age { recipient: ours }, Recipient::Age { recipient: theirs }) =
            (&kept.recipient, &old.recipient)
        else {
            panic!("age keys");
        };
        let spliced = text
            .replace(ours.as_str(), theirs)
            .replace(&indented(&kept.enc), &indented(&old.enc));
        assert_ne!(text, spliced);
        assert!(spliced.contains(&indented(&old.enc)));
        std::fs::write(&house.path, spliced).unwrap();
        assert_eq!(
            house.opens(&people[1]),
            keep,
            "only a data key that stays can be opened again"
        );
    }
}

#[test]
fn groups_need_as_many_people_as_they_say_and_raising_that_makes_a_new_data_key() {
    let (house, people) = House::with("a.yaml", FILES[0].1, &["a", "b", "c"]);
    let [a, b, c] = people.as_slice() else { panic!() };
    let both = |one: &Somebody, two: &Somebody| house.both(one, two);
    let first = house.open(a);
    let two = house.save(a, false, |readers| {
        let readers = readers.add_group(b.recipient.clone()).unwrap();
        readers.add_group(c.recipient.clone()).unwrap()
    });
    assert_ne!(key(&first), key(&two), "one key was enough before");
    assert_eq!(two.metadata.threshold, Some(2));
    for one in [a, b, c] {
        assert!(!house.opens(one));
    }
    let ab = both(a, b);
    assert!(house.opens(&ab));
    // Moved into one group, a and b are not enough any more.
    let one = house.save(&ab, false, |readers| readers.move_key(1, 0, 0).unwrap());
    assert_ne!(key(&two), key(&one), "a and b were enough before");
    assert!(!house.opens(&ab));
    let ac = both(a, c);
    // With one group any key is enough: whoever could open it still can.
    let flat = house.save(&ac, false, |readers| readers.move_key(1, 0, 0).unwrap());
    assert_eq!(key(&one), key(&flat));
    assert_eq!(flat.metadata.threshold, None);
    for one in [a, b, c] {
        assert!(house.opens(one));
    }
}

#[test]
fn somebody_comes_to_any_of_several_groups_and_nobody_elses_entry_changes() {
    let (house, people) = House::with("a.yaml", FILES[0].1, &["a", "b", "c", "d", "e", "f", "g"]);
    let [a, b, c, d, e, f, g] = people.as_slice() else {
        panic!()
    };
    house.save(a, false, |readers| {
        let readers = readers.add_group(b.recipient.clone()).unwrap();
        readers.add_group(c.recipient.clone()).unwrap()
    });
    let entries = |document: &Document| -> Vec<String> {
        let keys = document.metadata.groups.iter().flat_map(|group| &group.keys);
        keys.map(|key| key.enc.clone()).collect()
    };
    let first = house.open(a);
    // With the keys of groups 0 and 1 in hand: into one that opened, and into one whose share nobody here has.
    let ab = house.both(a, b);
    let second = house.save(&ab, false, |readers| {
        let readers = readers.add(0, d.recipient.clone()).unwrap();
        readers.add(2, e.recipient.clone()).unwrap()
    });
    assert_eq!(first.metadata.mac, second.metadata.mac);
    for old in entries(&first) {
        assert!(entries(&second).contains(&old), "an entry was made anew");
    }
    for (one, two, opens) in [
        (a, b, true),
        (b, d, true),
        (b, e, true),
        (d, e, true),
        (c, d, true),
        (a, d, false),
        (c, e, false),
    ] {
        assert_eq!(house.opens(&house.both(one, two)), opens);
    }
    // A group more, of which one more can be spared; the shares of the others stay.
    let third = house.save(&house.both(d, e), false, |readers| {
        readers.add_group(f.recipient.clone()).unwrap()
    });
    assert_eq!(third.metadata.threshold, Some(2));
    for old in entries(&second) {
        assert!(entries(&third).contains(&old), "an entry was made anew");
    }
    assert!(house.opens(&house.both(f, b)) && house.opens(&house.both(f, e)));
    // Who goes while the data key stays takes an old share along: the others get new ones, and who comes right afterwards has one of those.
    let document = house.open(&ab);
    let without = |readers: &Readers| readers.remove(2, 1).unwrap();
    let fourth = house.save_tree(
        &ab,
        &document,
        &document.content,
        without(&Readers::of(&document.metadata)),
        true,
    );
    for old in entries(&third) {
        assert!(!entries(&fourth).contains(&old), "an old share stayed");
    }
    let readers = Readers::of(&fourth.metadata).add(1, g.recipient.clone()).unwrap();
    let fifth = house.save_tree(&ab, &fourth, &fourth.content, readers, false);
    for old in entries(&fourth) {
        assert!(entries(&fifth).contains(&old), "an entry was made anew");
    }
    assert!(house.opens(&house.both(g, c)) && house.opens(&house.both(g, d)));
    assert!(!house.opens(&house.both(g, b)) && !house.opens(&house.both(g, e)));
}

#[test]
fn what_cannot_be_written_leaves_the_file_as_it_was() {
    let (house, people) = House::with("a.yaml", FILES[0].1, &["a"]);
    let document = house.open(&people[0]);
    let before = std::fs::read(&house.path).unwrap();
    let nobody = Recipient::Age {
        recipient: "age1nobody".to_owned(),
    };
    let rekey = Rekey {
        readers: Readers::of(&document.metadata).add(0, nobody).unwrap(),
        keep_data_key: false,
    };
    let refused = save_for(
        &document,
        &document.content,
        Some(&rekey),
        Agreed::default(),
        &people[0].environment,
    )
    .unwrap_err();
    assert!(refused.message.contains("age1nobody"), "{}", refused.message);
    let same = Rekey {
        readers: Readers::of(&document.metadata),
        keep_data_key: false,
    };
    let saved = save_for(
        &document,
        &document.content,
        Some(&same),
        Agreed::default(),
        &people[0].environment,
    )
    .unwrap();
    assert!(matches!(saved, Saved::Unchanged));
    assert_eq!(std::fs::read(&house.path).unwrap(), before);
}

/// Where a file was overwritten, something else may have come between, or the disk took something else.
#[test]
fn what_was_overwritten_where_it_stands_is_read_back_before_it_counts_as_saved() {
    let (house, people) = House::with("a.yaml", FILES[0].1, &["me"]);
    std::fs::hard_link(&house.path, house.folder.path().join("other.yaml")).unwrap();
    let mut document = house.open(&people[0]);
    for value in ["one", "two"] {
        let mut edited = document.content.clone();
        let leaf = edited
            .walk()
            .map(|step| step.id())
            .find(|id| edited.node(*id).leaf().is_some());
        edited.set_body(leaf.unwrap(), Body::Leaf(Leaf::text(value)));
        let environment = &people[0].environment;
        let Saved::Written { document: after, .. } =
            save_for(&document, &edited, None, Agreed::ALL, environment).unwrap()
        else {
            panic!("{value}: not saved");
        };
        assert_eq!(after.identity, file::read(&house.path).unwrap().1);
        document = *after;
    }
    let bytes = std::fs::read(&house.path).unwrap();
    assert!(reread(&document, &bytes, "a.yaml").is_ok());
    let error = reread(&document, b"what was meant", "a.yaml").unwrap_err();
    assert_eq!(
        error.message,
        "a.yaml: the file holds something else than what was written"
    );
    std::fs::remove_file(&house.path).unwrap();
    let error = reread(&document, &bytes, "a.yaml").unwrap_err();
    assert!(
        error.message.starts_with("a.yaml: cannot be read back: "),
        "{}",
        error.message
    );
}

#[test]
fn a_file_that_becomes_what_its_rule_says_is_not_suspected_of_differing_from_it() {
    let (house, people) = House::with("a.yaml", "token: hunter2\n", &["me"]);
    let Recipient::Age { recipient } = &people[0].recipient else {
        unreachable!()
    };
    let rules = format!("creation_rules:\n  - encrypted_suffix: _s\n    age: {recipient}\n");
    std::fs::write(house.folder.path().join(".sops.yaml"), rules).unwrap();
    let document = open(&house.path, &people[0].environment).unwrap();
    let reasons = |wanted: Option<&Rule>| suspicions(&document, wanted, &people[0].environment);
    let [(_, changes)] = reasons(None).try_into().unwrap();
    assert!(changes.iter().any(|change| change.contains("_s")), "{changes:?}");
    assert!(reasons(Some(&Rule::EncryptedSuffix("_s".into()))).is_empty());
    assert_eq!(reasons(Some(&Rule::EncryptedSuffix("_t".into()))).len(), 1);
}
