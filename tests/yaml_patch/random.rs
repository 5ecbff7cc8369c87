//! Random trees, random edits.

use super::comment;
use crate::support::yaml_cases;
use lazysops::format::{Style, yaml};
use lazysops::tree::{Body, Key, Leaf, NodeId, Time, Tree};
use proptest::prelude::*;
use std::collections::HashSet;

/// Numbers to make decisions from, one after the other.
struct Dice<'a>(&'a [u8], usize);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        self.1 += 1;
        let number = self.0.get(self.1 % self.0.len().max(1)).copied().unwrap_or(0);
        (usize::from(number) + self.1 * 7) % sides
    }

    fn text(&mut self) -> &'static str {
        const TEXTS: &[&str] = &[
            "x",
            "",
            "two words",
            "12",
            "yes",
            "a: b",
            "# no comment",
            "it's",
            "\"",
            " lead",
            "trail ",
            "lines\nof\ntext\n",
            "no end\nhere",
            " indented\nblock\n",
            "\nbreak first",
            "kept\n\n\n",
            "tab\there",
            "\ttab first\nthen",
            "é\u{1f600}",
            "\u{2028}",
            "---",
            "- item",
            "[x, {y",
            "ENC[AES256_GCM,data:x=,iv:y=,tag:z=,type:str]",
            "<<",
        ];
        TEXTS[self.roll(TEXTS.len())]
    }

    fn leaf(&mut self) -> Leaf {
        match self.roll(12) {
            0 => Leaf::Null,
            1 => Leaf::Bool(true),
            2 => Leaf::Int(-5),
            3 => Leaf::Float(1.0),
            4 => Leaf::Float(1.5e-7),
            5 => Leaf::Uint(u64::MAX),
            6 => Leaf::Time(Time::from_unix(1_700_000_000)),
            7 => Leaf::Text((&[0xff_u8, 0, 0x80][..]).into()),
            _ => Leaf::text(self.text()),
        }
    }

    fn pick(&mut self, ids: &[NodeId]) -> Option<NodeId> {
        (!ids.is_empty()).then(|| ids[self.roll(ids.len())])
    }
}

/// A tree of some entries, with comments or without.
fn grow(dice: &mut Dice<'_>, size: usize, with_comments: bool) -> Tree {
    let mut tree = Tree::new();
    let mut branches = vec![tree.push_document()];
    if dice.roll(4) == 0 {
        branches.push(tree.push_document());
    }
    for number in 0..size {
        let parent = branches[dice.roll(branches.len())];
        let keyed = matches!(tree.node(parent).body, Body::Map(_));
        if with_comments && dice.roll(5) == 0 {
            let inline = dice.roll(3) == 0;
            tree.push(parent, None, comment(&format!(" c{number}"), inline));
            if !inline {
                continue;
            }
        }
        let key = keyed.then(|| Key::from(format!("{}{number}", dice.text())));
        let body = match dice.roll(6) {
            0 => Body::Map(Vec::new()),
            1 => Body::List(Vec::new()),
            _ => Body::Leaf(dice.leaf()),
        };
        let id = tree.push(parent, key, body);
        if tree.node(id).is_branch() {
            branches.push(id);
        }
    }
    tree
}

fn ids(tree: &Tree, wanted: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
    let mut seen = HashSet::new();
    tree.walk()
        .map(|step| step.id())
        .filter(|id| seen.insert(*id) && wanted(*id))
        .collect()
}

fn is_entry(tree: &Tree, id: NodeId) -> bool {
    tree.node(id).parent.is_some() && tree.node(id).comment().is_none()
}

/// One random edit. `number` makes new keys unique.
fn disturb(tree: &mut Tree, dice: &mut Dice<'_>, number: usize) {
    let entries = ids(tree, |id| is_entry(tree, id));
    let branches = ids(tree, |id| tree.node(id).is_branch());
    let Some(parent) = dice.pick(&branches) else {
        return;
    };
    match (dice.roll(7), dice.pick(&entries)) {
        (0 | 1, Some(id)) => tree.set_body(id, Body::Leaf(dice.leaf())),
        (2, Some(id)) if tree.node(id).key.is_some() => {
            tree.set_key(id, Some(Key::from(format!("{}r{number}", dice.text()))));
        }
        (3, Some(id)) => {
            tree.unlink(id);
        }
        (4, _) => {
            let mut children = tree.children(parent).to_vec();
            let middle = dice.roll(children.len() + 1);
            children.rotate_left(middle);
            tree.set_children(parent, children);
        }
        (5, Some(id)) if tree.node(id).key.is_some() && !is_above(tree, id, parent) => {
            if matches!(tree.node(parent).body, Body::Map(_)) {
                tree.set_key(id, Some(Key::from(format!("moved{number}"))));
                tree.unlink(id);
                let index = dice.roll(5);
                tree.link(parent, index, id);
            }
        }
        _ => {
            let keyed = matches!(tree.node(parent).body, Body::Map(_));
            let key = |name: String| keyed.then(|| Key::from(name));
            let index = dice.roll(5);
            let id = if dice.roll(3) == 0 {
                let id = tree.new_node(key(format!("map{number}")), Body::Map(Vec::new()));
                tree.push(id, Some("inner".into()), Body::Leaf(dice.leaf()));
                id
            } else {
                tree.new_node(key(format!("new{number}")), Body::Leaf(dice.leaf()))
            };
            tree.link(parent, index, id);
        }
    }
}

fn is_above(tree: &Tree, above: NodeId, id: NodeId) -> bool {
    let mut at = Some(id);
    while let Some(id) = at {
        if id == above {
            return true;
        }
        at = tree.node(id).parent;
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_without_comments_takes_every_edit(
        numbers in proptest::collection::vec(any::<u8>(), 1..60),
        size in 1usize..25,
        edits in 1usize..5,
        crlf: bool,
        indent in 2u8..7,
    ) {
        let mut dice = Dice(&numbers, 0);
        let Ok(mut text) = yaml::emit(&grow(&mut dice, size, false), Style { indent: Some(indent) }) else {
            return Ok(());
        };
        if crlf {
            text = String::from_utf8(text).unwrap().replace('\n', "\r\n").into_bytes();
        }
        let (tree, layout) = yaml::load(&text).unwrap();
        let mut edited = tree.clone();
        for number in 0..edits {
            disturb(&mut edited, &mut dice, number);
        }
        let patched = yaml::patch(&text, &tree, &layout, &edited);
        prop_assert!(patched.is_ok(), "{patched:?}\n{}\n{}", String::from_utf8_lossy(&text), String::from_utf8_lossy(&yaml::emit_strict(&edited, 4)));
        let (read, _) = yaml::load(&patched.unwrap()).unwrap();
        prop_assert!(read.same_content(&edited, true));
    }

    #[test]
    fn comments_never_make_a_text_wrong(
        numbers in proptest::collection::vec(any::<u8>(), 1..60),
        size in 1usize..25,
        edits in 1usize..5,
    ) {
        let mut dice = Dice(&numbers, 0);
        let Ok(text) = yaml::emit(&grow(&mut dice, size, true), Style::default()) else {
            return Ok(());
        };
        let (tree, layout) = yaml::load(&text).unwrap();
        let mut edited = tree.clone();
        for number in 0..edits {
            disturb(&mut edited, &mut dice, number);
        }
        if let Ok(patched) = yaml::patch(&text, &tree, &layout, &edited) {
            let (read, _) = yaml::load(&patched).unwrap();
            prop_assert!(read.same_content(&edited, false));
        }
    }

    #[test]
    fn lines_of_other_values_stay_byte_for_byte(
        numbers in proptest::collection::vec(any::<u8>(), 1..60),
        size in 1usize..25,
    ) {
        let mut dice = Dice(&numbers, 0);
        let Ok(text) = yaml::emit(&grow(&mut dice, size, true), Style::default()) else {
            return Ok(());
        };
        let (tree, layout) = yaml::load(&text).unwrap();
        let leaves = ids(&tree, |id| tree.node(id).leaf().is_some());
        let Some(id) = dice.pick(&leaves) else {
            return Ok(());
        };
        let mut edited = tree.clone();
        edited.set_body(id, Body::Leaf(Leaf::text("changed")));
        let Ok(patched) = yaml::patch(&text, &tree, &layout, &edited) else {
            return Ok(());
        };
        let span = layout.span(id).unwrap();
        let line_start = text[..span.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line_end = text[span.value.end.saturating_sub(1)..].iter().position(|byte| *byte == b'\n');
        let after = line_end.map_or(text.len(), |at| span.value.end.saturating_sub(1) + at + 1);
        prop_assert!(patched.starts_with(&text[..line_start]));
        prop_assert!(patched.ends_with(&text[after.min(text.len())..]));
    }
}

#[test]
fn several_edits_at_once_never_make_a_recorded_text_wrong() {
    let (mut made, mut refused) = (0, 0);
    for (number, case) in yaml_cases::all().into_iter().enumerate() {
        let input = case.input();
        let Ok((tree, layout)) = yaml::load(&input) else {
            continue;
        };
        let numbers = number.to_le_bytes();
        let mut dice = Dice(&numbers, number);
        let mut edited = tree.clone();
        for edit in 0..3 {
            disturb(&mut edited, &mut dice, edit);
        }
        match yaml::patch(&input, &tree, &layout, &edited) {
            Ok(text) => {
                let (read, _) = yaml::load(&text).unwrap();
                assert!(read.same_content(&edited, false), "{}", case.name());
                made += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(made > refused * 9, "{made} made, {refused} refused");
}
