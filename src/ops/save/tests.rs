//! Saving for other recipients: who can open the file afterwards, and who cannot.

use super::{Rekey, Saved, save_for};
use crate::format::{Format, load};
use crate::host::Environment;
use crate::keys::generate::age_key;
use crate::metadata::{Group, KeyEntry, Recipient};
use crate::ops::caution::Caution;
use crate::ops::encrypt::{Plain, Wish, encrypt};
use crate::ops::open::{Access, Document, open};
use crate::ops::readers::Readers;
use crate::policy::recipient::unwrapped;
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
        match save_for(document, tree, Some(&rekey), &who.environment).unwrap() {
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
    let both = |one: &Somebody, two: &Somebody| {
        let key = |who: &Somebody| {
            let path = who.environment.raw("SOPS_AGE_KEY_FILE").unwrap();
            std::fs::read_to_string(path).unwrap()
        };
        let path = house.folder.path().join("both.key");
        std::fs::write(&path, key(one) + "\n" + &key(two)).unwrap();
        Somebody {
            recipient: one.recipient.clone(),
            environment: one.environment.clone().with("SOPS_AGE_KEY_FILE", path),
        }
    };
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
    let refused = save_for(&document, &document.content, Some(&rekey), &people[0].environment).unwrap_err();
    assert!(refused.message.contains("age1nobody"), "{}", refused.message);
    let same = Rekey {
        readers: Readers::of(&document.metadata),
        keep_data_key: false,
    };
    let saved = save_for(&document, &document.content, Some(&same), &people[0].environment).unwrap();
    assert!(matches!(saved, Saved::Unchanged));
    assert_eq!(std::fs::read(&house.path).unwrap(), before);
}
