//! Open and save as the editor does them, without the editor.

use super::sealed;
use crate::support::sandbox::Sandbox;
use lazysops::host::Environment;
use lazysops::host::file::Obstacle;
use lazysops::keys::Outcome;
use lazysops::ops::open::{Access, Document, open};
use lazysops::ops::save::{Agreed, Saved, save, save_for};
use lazysops::tree::{Body, Leaf, NodeId, Tree};

fn environment(place: &Sandbox) -> Environment {
    Environment::new(place.environment(), place.path(""))
}

fn entry(tree: &Tree, key: &str) -> NodeId {
    let root = tree.documents()[0];
    let named = |id: &&NodeId| {
        tree.node(**id)
            .key
            .as_ref()
            .is_some_and(|found| found.display() == key)
    };
    *tree.children(root).iter().find(named).unwrap()
}

fn edited(document: &Document) -> Tree {
    let mut tree = document.content.clone();
    tree.set_body(entry(&tree, "password"), Body::Leaf(Leaf::text("correct horse")));
    tree
}

fn changed_lines(before: &[u8], after: &[u8]) -> usize {
    let lines = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap();
    let (before, after) = (lines(before), lines(after));
    assert_eq!(before.lines().count(), after.lines().count());
    before.lines().zip(after.lines()).filter(|(a, b)| a != b).count()
}

#[test]
fn one_changed_value_changes_three_lines() {
    let place = sealed();
    let before = place.read("a.yaml");
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    assert!(matches!(document.access, Access::Open(_)));
    let saved = save(&document, &edited(&document), &environment(&place)).unwrap();
    let Saved::Written { document, relaid } = saved else {
        panic!("{saved:?}")
    };
    assert_eq!(relaid, None);
    // Within one second `lastmodified` may be the same.
    assert!((2..=3).contains(&changed_lines(&before, &place.read("a.yaml"))));
    let id = entry(&document.content, "password");
    assert_eq!(
        document.content.node(id).leaf(),
        Some(&Leaf::text("correct horse"))
    );
    let unchanged = save(&document, &document.content, &environment(&place)).unwrap();
    assert!(matches!(unchanged, Saved::Unchanged));
}

#[test]
fn a_file_that_changed_meanwhile_is_not_overwritten() {
    let place = sealed();
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    let theirs = [place.read("a.yaml"), b"# theirs\n".to_vec()].concat();
    place.write("a.yaml", &theirs);
    let saved = save(&document, &edited(&document), &environment(&place)).unwrap();
    assert!(matches!(saved, Saved::ChangedOnDisk));
    assert_eq!(place.read("a.yaml"), theirs);
}

#[test]
fn a_file_nobody_here_can_open_is_shown_locked() {
    let place = sealed();
    let stranger = Sandbox::with_key("age2.txt");
    let environment = Environment::new(stranger.environment(), place.path(""));
    let document = open(&place.path("a.yaml"), &environment).unwrap();
    let Access::Locked(failure) = &document.access else {
        panic!()
    };
    assert!(
        failure.message.contains("no key at hand opens"),
        "{}",
        failure.message
    );
    assert!(matches!(document.attempts[0].outcome, Outcome::Failed { .. }));
    assert_eq!(document.metadata.groups[0].keys.len(), 1);
    assert!(save(&document, &document.content, &environment).is_err());
}

#[test]
fn a_file_whose_values_were_moved_is_read_only() {
    let place = sealed();
    let text = String::from_utf8(place.read("a.yaml")).unwrap();
    let without: String = text
        .lines()
        .filter(|line| !line.starts_with("user:"))
        .map(|line| format!("{line}\n"))
        .collect();
    place.write("a.yaml", without);
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    let Access::ReadOnly(failure) = &document.access else {
        panic!()
    };
    assert!(failure.message.contains("MAC mismatch"), "{}", failure.message);
    let password = document.content.node(entry(&document.content, "password")).leaf();
    assert_eq!(password, Some(&Leaf::text("hunter2")), "it is shown all the same");
}

#[test]
fn equal_values_in_a_list_keep_their_own_ciphertext() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "l: [x, x, y]\npassword: p\n");
    super::ok(&place.lazysops(["encrypt", "-i", "--age", crate::support::AGE1, "a.yaml"]));
    let before = place.read("a.yaml");
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    save(&document, &edited(&document), &environment(&place)).unwrap();
    assert!(changed_lines(&before, &place.read("a.yaml")) <= 3);
}

#[test]
fn metadata_that_sops_refuses_is_put_right_by_a_save() {
    let place = sealed();
    let text = String::from_utf8(place.read("a.yaml")).unwrap();
    let odd: String = text
        .lines()
        .filter(|line| !line.starts_with("    version:"))
        .map(|line| {
            line.replace("lastmodified: \"", "lastmodified: ")
                .replace("Z\"", "Z")
                + "\n"
        })
        .collect();
    place.write("a.yaml", odd);
    assert_eq!(place.lazysops(["decrypt", "a.yaml"]).code, Some(1));
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    assert!(matches!(document.access, Access::Open(_)));
    assert_eq!(document.notices.len(), 1, "{:?}", document.notices);
    let saved = save(&document, &edited(&document), &environment(&place)).unwrap();
    let Saved::Written { document, .. } = saved else {
        panic!("{saved:?}")
    };
    assert_eq!(document.notices, [""; 0]);
    assert_eq!(place.lazysops(["decrypt", "a.yaml"]).code, Some(0));
}

#[test]
fn two_saves_in_a_row_need_no_reading_in_between() {
    let place = sealed();
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    let Saved::Written { document, .. } = save(&document, &edited(&document), &environment(&place)).unwrap()
    else {
        panic!()
    };
    let mut again = document.content.clone();
    again.set_body(entry(&again, "user"), Body::Leaf(Leaf::text("root")));
    let saved = save(&document, &again, &environment(&place)).unwrap();
    assert!(matches!(saved, Saved::Written { .. }));
    let outcome = place.lazysops(["decrypt", "a.yaml"]);
    assert_eq!(outcome.stdout, b"# who\nuser: root\npassword: correct horse\n");
}

#[test]
fn a_hard_linked_file_is_written_in_place_only_when_that_is_wanted() {
    let place = sealed();
    std::fs::hard_link(place.path("a.yaml"), place.path("b.yaml")).unwrap();
    let before = place.read("a.yaml");
    let document = open(&place.path("a.yaml"), &environment(&place)).unwrap();
    let refused = save(&document, &edited(&document), &environment(&place)).unwrap();
    assert!(matches!(refused, Saved::Obstructed(Obstacle::HardLinks)));
    assert_eq!(place.read("a.yaml"), before);
    let in_place = |document: &Document, tree: &Tree| {
        save_for(document, tree, None, Agreed::ALL, &environment(&place)).unwrap()
    };
    let saved = in_place(&document, &edited(&document));
    let Saved::Written { document, .. } = saved else {
        panic!()
    };
    assert_eq!(place.read("b.yaml"), *document.source);
    let unchanged = in_place(&document, &document.content);
    assert!(matches!(unchanged, Saved::Unchanged));
}
