//! Who can read a file, changed in panes 4 and 5: pending like edits, and written with them.

use crate::host::Environment;
use crate::keys::generate::age_key;
use crate::ops::open::{Access, open};
use crate::tui::testing::Real;
use std::path::PathBuf;

const TEXT: &str = "token: hunter2\ndatabase:\n    password: hunter3\n";

/// A file that the user alone can read, and a rule by which `ci` should, too.
struct House {
    real: Real,
    file: PathBuf,
    ci: String,
    as_ci: Environment,
}

fn house(width: u16, height: u16) -> House {
    let mut real = Real::new(width, height);
    let pair = age_key();
    let key = real.path("ci.txt");
    std::fs::write(&key, pair.secret.expose()).unwrap();
    let rules = format!(
        "creation_rules:\n  - age:\n      - {} # ops-laptop\n      - {} # ci\n",
        real.recipient, pair.recipient
    );
    real.write(".sops.yaml", &rules);
    let file = real.seal("values.yaml", TEXT, None);
    real.scan();
    real.open(&file);
    House {
        as_ci: real.environment.clone().with("SOPS_AGE_KEY_FILE", key),
        ci: pair.recipient,
        file,
        real,
    }
}

impl House {
    fn keys(&mut self, keys: &str) -> &mut Self {
        self.real.keys(keys);
        self
    }

    fn text(&self) -> String {
        self.real.editor.text()
    }

    #[track_caller]
    fn shows(&self, text: &str) {
        assert!(self.text().contains(text), "no `{text}`:\n{}", self.text());
    }

    fn changes(&self) -> Vec<String> {
        let file = self.real.editor.model.file.as_ref().unwrap();
        let words = |change| {
            let (sign, words) = file.labels().change(change);
            format!("{sign} {}", words.split(" (").next().unwrap())
        };
        file.key_changes().iter().map(words).collect()
    }

    fn ci_opens(&self) -> bool {
        matches!(open(&self.file, &self.as_ci).unwrap().access, Access::Open(_))
    }

    fn status(&self) -> String {
        let status = self.real.editor.model.status.as_ref();
        status.map(|status| status.text.clone()).unwrap_or_default()
    }

    fn paste(&mut self, text: &str) -> &mut Self {
        self.real.editor.paste(text);
        self.real.settle();
        self
    }
}

#[test]
fn who_should_read_stands_beside_who_can_and_is_added_with_one_key() {
    let mut house = house(120, 30);
    house.shows("✓ ops-laptop (you)");
    house.shows("+ ci");
    assert!(!house.ci_opens());
    house.keys("4 j a");
    assert_eq!(house.changes(), ["+ ci"]);
    house.shows("+✓ ci");
    house.keys("u");
    assert!(house.changes().is_empty());
    house.keys("ctrl-r ctrl-s");
    house.shows("Save 1 change to values.yaml");
    house.shows("The data key stays; it is wrapped for those who come.");
    assert!(!house.text().contains("in the rule:"), "{}", house.text());
    house.keys("Enter");
    house.shows("saved values.yaml");
    assert!(house.changes().is_empty() && house.ci_opens());
    house.shows("✓ ci");
    // What was saved can be taken back, by another save.
    house.keys("2 u");
    assert_eq!(house.changes(), ["- ci"]);
}

#[test]
fn a_save_writes_values_and_recipients_together_and_says_what_it_cannot_undo() {
    let mut house = house(120, 30);
    house.keys("4 j a ctrl-s Enter");
    house.keys("2 g g e ctrl-u n Enter 4 j d");
    assert_eq!(house.changes(), ["- ci"]);
    house.shows("-✓ ci");
    house.keys("ctrl-s");
    house.shows("Save 2 changes to values.yaml");
    house.shows("New data key, because ci is removed");
    house.shows("What was read stays known: 2 values.");
    house.shows("Still in the rule: ci. Following the rule (R) would undo this.");
    house.keys("v");
    house.shows("database.password");
    house.shows("old versions of the file");
    assert!(!house.text().contains("hunter"));
    house.keys("Esc r");
    house.shows("The data key stays: with an old version of the file, ci can open");
    house.keys("r Enter");
    house.shows("saved values.yaml");
    assert!(!house.ci_opens());
    let saved = house.real.read(&house.file);
    assert!(saved.metadata.groups[0].keys.len() == 1);
    house.shows("not in file");
}

#[test]
fn a_key_comes_from_a_file_that_is_named_and_a_private_one_stays_there() {
    let mut house = house(100, 30);
    let folder = house.file.parent().unwrap().to_owned();
    let other = age_key();
    std::fs::write(folder.join("new.pub"), format!("{}\n", other.recipient)).unwrap();
    std::fs::write(folder.join("new"), other.secret.expose()).unwrap();
    house.keys("4 a");
    house.paste(folder.join("new").to_str().unwrap());
    house.shows("Enter reads the key in this file");
    house.keys("Enter");
    house.shows("holds a private key; the public one is wanted");
    house.keys("ctrl-u");
    house.paste(folder.join("new.pub").to_str().unwrap());
    house.keys("Enter");
    house.shows("age key");
    house.shows(&other.recipient[..30]);
    house.keys("Enter");
    assert_eq!(house.changes().len(), 1);
}

#[test]
fn a_pasted_key_is_read_while_it_is_typed_and_a_private_one_is_forgotten() {
    let mut house = house(100, 30);
    house.keys("4 a");
    house.shows("New recipient");
    house.shows("ci");
    house.paste("AGE-SECRET-KEY-1QQQQQQQQQQQ\n");
    house.shows("this was a private key: it is forgotten");
    assert!(!house.text().contains("SECRET-KEY"));
    let cut = house.ci[..30].to_owned() + "zzz";
    house.paste(&cut);
    house.shows("it is not a complete age recipient");
    house.keys("Enter");
    assert!(house.changes().is_empty());
    house.keys("ctrl-u");
    let own = house.real.recipient.clone();
    house.paste(&own);
    house.shows("age key");
    house.keys("Enter");
    house.shows("this key is in the file already");
    house.keys("ctrl-u");
    let other = age_key().recipient;
    house.paste(&other).keys("Enter");
    assert_eq!(house.changes().len(), 1);
    house.shows("new");
    // By a part of the name, of those that are offered.
    house.keys("a");
    house.real.editor.type_text("ci");
    house.shows("Enter takes the selected key");
    house.keys("Enter");
    assert_eq!(house.changes().len(), 2);
}

#[test]
fn nobody_is_locked_out_without_being_asked_and_never_everybody() {
    let mut house = house(100, 30);
    house.keys("4 d");
    assert_eq!(house.status(), "nobody would be left who can read the file");
    house.keys("j a k d");
    house.shows("Lock yourself out?");
    house.keys("Enter");
    assert_eq!(house.changes(), ["+ ci"], "the safe answer is highlighted");
    house.keys("d y");
    assert_eq!(house.changes(), ["- ops-laptop", "+ ci"]);
    house.shows("open it: no");
    house.keys("ctrl-s");
    house.shows("The keys in hand would not open the file any more.");
    house.keys("Esc u");
    assert_eq!(house.changes(), ["+ ci"]);
}

#[test]
fn groups_are_made_filled_and_limited_and_the_line_says_whether_the_file_opens() {
    let mut house = house(120, 34);
    house.keys("4 j a");
    house.shows("any one key opens it");
    // ci in a group of its own: then the user alone is not enough.
    house.keys("5 a Down");
    house.shows("First key of the new group");
    house.keys("Enter");
    house.shows("Lock yourself out?");
    house.keys("y");
    assert_eq!(house.changes(), ["+ ci", "~ needed: any key → 2 of 2 groups"]);
    house.shows("2 of 2 groups needed");
    house.shows("open it: no");
    for (keys, said) in [
        ("+", "there are 2 groups: nobody could open a file that needs 3"),
        (
            "-",
            "at least 2 of several groups are needed: with 1, each would open the file alone",
        ),
    ] {
        house.keys(keys);
        assert_eq!(house.status(), said);
    }
    // A third group of a second key of the user's.
    let pair = age_key();
    let both = std::fs::read_to_string(house.real.path("key.txt")).unwrap()
        + "\n"
        + pair.secret.expose_str().unwrap();
    std::fs::write(house.real.path("key.txt"), both).unwrap();
    house.keys("a").paste(&pair.recipient).keys("Enter");
    house.shows("2 of 3 groups needed");
    house.shows("opens: not known");
    house.keys("ctrl-s");
    house.shows("New data key, because more is needed than before");
    house.keys("Enter");
    house.shows("saved values.yaml");
    assert!(!house.ci_opens());
    let document = house.real.read(&house.file);
    assert!(matches!(document.access, Access::Open(_)));
    assert_eq!(
        (document.metadata.groups.len(), document.metadata.threshold),
        (3, Some(2))
    );
    house.shows("your keys open it: yes");
    // Whoever comes to a group needs no new shares; one group more to be needed would be a new key.
    house
        .keys("4 g g a")
        .paste(&age_key().recipient)
        .keys("Enter ctrl-s");
    house.shows("The data key stays; it is wrapped for those who come.");
    house.keys("Esc u");
    // Moving a key, by a menu; its group goes with it.
    house.keys("5 G m");
    house.shows("a new group: this key is the only one of group 2");
    house.shows("group 0; group 2 goes, it has no other key");
    house.keys("Enter");
    house.shows("Lock yourself out?");
    house.keys("Enter m j Enter");
    assert_eq!(
        house.changes().last().unwrap(),
        "~ needed: 2 of 3 groups → 2 of 2 groups"
    );
    house.shows("2 of 2 groups needed");
    house.shows("open it: yes");
}

#[test]
fn one_change_of_keys_is_taken_back_in_the_list_of_changes() {
    let mut house = house(120, 34);
    let other = age_key().recipient;
    house.keys("4 j a a").paste(&other).keys("Enter");
    house.keys("2 g g d 3");
    house.shows("3 changes");
    house.keys("j u");
    assert_eq!(house.changes().len(), 1);
    assert!(!house.changes()[0].contains("ci"));
    house.keys("Enter");
    assert_eq!(
        house.real.editor.model.focus,
        crate::tui::layout::Pane::Recipients
    );
    house.keys("u u");
    assert_eq!(
        house.real.editor.model.unsaved_changes(),
        2,
        "undo goes over both kinds of edits"
    );
}

#[test]
fn an_ssh_key_is_called_by_its_comment_from_the_moment_it_is_pasted() {
    let mut house = house(120, 34);
    let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN deploy@runner";
    house.keys("4 a").paste(key).keys("Enter");
    house.shows("≠ deploy@runner");
    assert_eq!(house.changes(), ["+ deploy@runner"]);
    house.shows("deploy@runner can read it after the next save");
}

#[test]
fn pending_recipients_outlive_a_lock_and_a_reload() {
    let mut house = house(120, 34);
    house.keys("4 j a 2 g g e ctrl-u n Enter L");
    assert!(house.real.editor.model.file.is_none());
    assert_eq!(house.real.editor.model.unsaved_changes(), 2);
    house.keys("Enter");
    assert_eq!(house.changes(), ["+ ci"]);
    house.shows("+✓ ci");
    // Somebody else saves meanwhile.
    let document = house.real.read(&house.file);
    let mut tree = document.content.clone();
    let last = tree
        .walk()
        .map(|step| step.id())
        .filter(|id| tree.node(*id).leaf().is_some())
        .last();
    tree.set_body(
        last.unwrap(),
        crate::tree::Body::Leaf(crate::tree::Leaf::text("theirs")),
    );
    crate::ops::save::save(&document, &tree, &house.real.environment).unwrap();
    house.keys("ctrl-s Enter");
    house.shows("The file changed on disk");
    house.keys("y");
    house.shows("2 edits kept");
    assert_eq!(house.changes(), ["+ ci"]);
    house.keys("ctrl-s Enter");
    house.shows("saved values.yaml");
    assert!(house.ci_opens());
}

#[test]
fn a_file_that_no_key_opens_shows_who_can_read_it_and_takes_no_others() {
    let mut house = house(120, 34);
    house.real.environment = house.as_ci.clone();
    let file = house.file.clone();
    house.real.open(&file);
    house.keys("Esc 4");
    house.shows("✓ ops-laptop");
    for keys in ["a", "d", "5 a", "+"] {
        house.keys(keys);
        assert_eq!(
            house.status(),
            "the file is locked: no key at hand opens it",
            "{keys}"
        );
    }
    house.keys("4 Enter");
    house.shows("called ops-laptop (from a comment or anchor of .sops.yaml)");
    house.shows("tried, and failed");
}
