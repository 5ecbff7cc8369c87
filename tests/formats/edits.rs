//! Random edits of random texts of four formats (`yaml_patch` has those of the fifth): the patched text reads back to the intended tree, and lines that no edit touched are in it
//! byte for byte. `LAZYSOPS_TEST_EDITS` sets how many texts are edited (nightly: 10,000).

use super::texts;
use lazysops::format::{self, Format, Style};
use lazysops::tree::{Body, Change, Comment, Key, Leaf, NodeId, Tree};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{HashMap, HashSet};

/// One edit; places are picked among those the tree has.
#[derive(Clone, Debug)]
pub enum Edit {
    Set(Index, String),
    Comment(Index, String),
    Rename(Index, String),
    Remove(Index),
    Add(Index, Index, String, Fresh),
    Move(Index, Index, Index),
}

/// What is added.
#[derive(Clone, Debug)]
pub enum Fresh {
    Value(String),
    Section(String),
    Comment(String),
}

pub fn edit() -> impl Strategy<Value = Edit> {
    let index = any::<Index>;
    let fresh = prop_oneof![
        4 => texts::value().prop_map(Fresh::Value),
        1 => texts::value().prop_map(Fresh::Section),
        1 => "[a-z]{1,5}".prop_map(Fresh::Comment),
    ];
    prop_oneof![
        3 => (index(), texts::value()).prop_map(|(place, text)| Edit::Set(place, text)),
        1 => (index(), "[a-z]{1,5}").prop_map(|(place, text)| Edit::Comment(place, text)),
        2 => (index(), texts::word()).prop_map(|(place, key)| Edit::Rename(place, key)),
        2 => index().prop_map(Edit::Remove),
        3 => (index(), index(), texts::word(), fresh)
            .prop_map(|(parent, place, key, fresh)| Edit::Add(parent, place, key, fresh)),
        1 => (index(), index(), index()).prop_map(|(id, parent, place)| Edit::Move(id, parent, place)),
    ]
}

/// The nodes that stand in the tree and pass a filter.
fn standing(tree: &Tree, wanted: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
    let mut seen = HashSet::new();
    tree.walk()
        .map(|step| step.id())
        .filter(|id| wanted(*id) && seen.insert(*id))
        .collect()
}

/// Whether a node is the section of keys before any header, which every INI text has.
fn is_fixed(tree: &Tree, format: Format, id: NodeId) -> bool {
    let root = tree.documents()[0];
    format == Format::Ini && tree.children(root).first() == Some(&id)
}

/// The tree of a text with edits made.
pub fn edited(format: Format, tree: &Tree, edits: &[Edit]) -> Tree {
    let mut edited = tree.clone();
    for edit in edits {
        apply(&mut edited, format, edit);
    }
    edited
}

/// Makes an edit where the tree has a place for it.
fn apply(tree: &mut Tree, format: Format, edit: &Edit) {
    let is_leaf = |tree: &Tree, id: NodeId| tree.node(id).leaf().is_some();
    let is_entry = |tree: &Tree, id: NodeId| {
        tree.node(id).parent.is_some() && tree.node(id).comment().is_none() && !is_fixed(tree, format, id)
    };
    let pick = |ids: Vec<NodeId>, place: &Index| (!ids.is_empty()).then(|| *place.get(&ids));
    match edit {
        Edit::Set(place, text) => {
            if let Some(id) = pick(standing(tree, |id| is_leaf(tree, id)), place) {
                tree.set_body(id, Body::Leaf(Leaf::text(text)));
            }
        }
        Edit::Comment(place, text) => {
            if let Some(id) = pick(standing(tree, |id| tree.node(id).comment().is_some()), place) {
                tree.set_body(id, comment(text));
            }
        }
        Edit::Rename(place, key) => {
            if let Some(id) = pick(
                standing(tree, |id| is_entry(tree, id) && tree.node(id).key.is_some()),
                place,
            ) {
                tree.set_key(id, Some(Key::from(key.as_str())));
            }
        }
        Edit::Remove(place) => {
            if let Some(id) = pick(standing(tree, |id| is_entry(tree, id)), place) {
                tree.unlink(id);
            }
        }
        Edit::Add(parent, place, key, fresh) => {
            let parents = standing(tree, |id| tree.node(id).is_branch());
            if let Some(parent) = pick(parents, parent) {
                let at = place_in(tree, format, parent, place);
                add(tree, format, parent, at, key, fresh);
            }
        }
        Edit::Move(id, parent, place) => {
            let Some(id) = pick(standing(tree, |id| is_entry(tree, id)), id) else {
                return;
            };
            let has_key = tree.node(id).key.is_some();
            let parents = standing(tree, |to| match &tree.node(to).body {
                Body::Map(_) => has_key,
                Body::List(_) => !has_key,
                _ => false,
            });
            let Some(parent) = pick(parents, parent) else {
                return;
            };
            if let Ok(Change::Link(old_parent, old_place, _)) = tree.apply(Change::Unlink(id)) {
                let at = place_in(tree, format, parent, place);
                if tree.apply(Change::Link(parent, at, id)).is_err() {
                    tree.apply(Change::Link(old_parent, old_place, id)).unwrap();
                }
            }
        }
    }
}

/// A place among the children of a branch.
fn place_in(tree: &Tree, format: Format, parent: NodeId, place: &Index) -> usize {
    let at = place.index(tree.children(parent).len() + 1);
    let first = tree.children(parent).first();
    if first.is_some_and(|first| is_fixed(tree, format, *first)) {
        at.max(1)
    } else {
        at
    }
}

fn comment(text: &str) -> Body {
    Body::Comment(Comment {
        text: text.into(),
        inline: false,
    })
}

fn add(tree: &mut Tree, format: Format, parent: NodeId, at: usize, key: &str, fresh: &Fresh) {
    let has_comments = matches!(format, Format::Dotenv | Format::Ini);
    let key = matches!(tree.node(parent).body, Body::Map(_)).then(|| Key::from(key));
    let id = match fresh {
        Fresh::Comment(text) if has_comments => tree.new_node(None, comment(text)),
        Fresh::Comment(text) | Fresh::Value(text) => tree.new_node(key, Body::Leaf(Leaf::text(text))),
        Fresh::Section(text) => {
            let id = tree.new_node(key, Body::Map(Vec::new()));
            tree.push(id, Some("first".into()), Body::Leaf(Leaf::text(text)));
            id
        }
    };
    tree.link(parent, at, id);
}

/// Whether the format can hold the tree at all, comments included.
fn is_writable(format: Format, tree: &Tree) -> bool {
    let Ok(text) = format::emit(format, tree, Style::default()) else {
        return false;
    };
    format::load(format, &text).is_ok_and(|again| again.tree.same_content(tree, true))
}

/// Whether a node differs, or what stands directly below it; in INI also which comment belongs to which key.
fn touched(format: Format, before: &Tree, after: &Tree, id: NodeId) -> bool {
    let (was, now) = (before.node(id), after.node(id));
    let differs = was.key != now.key || was.parent != now.parent || was.body != now.body;
    differs || (format == Format::Ini && partner(before, id) != partner(after, id))
}

/// The comment that follows a key, or what stands before a comment.
fn partner(tree: &Tree, id: NodeId) -> Option<(NodeId, Option<Comment>)> {
    let siblings = tree.children(tree.node(id).parent?);
    let place = siblings.iter().position(|other| *other == id)?;
    if tree.node(id).comment().is_some() {
        let before = *siblings.get(place.checked_sub(1)?)?;
        return Some((before, None));
    }
    let next = *siblings.get(place + 1)?;
    tree.node(next)
        .comment()
        .map(|comment| (next, Some(comment.clone())))
}

/// The lines of the source that hold nothing but untouched nodes of one line each.
fn untouched_lines<'s>(format: Format, source: &'s str, before: &Tree, after: &Tree) -> Vec<&'s str> {
    let standing_after: HashSet<NodeId> = standing(after, |_| true).into_iter().collect();
    let mut lines: HashMap<usize, bool> = HashMap::new();
    let line_of = |at: usize| {
        source.as_bytes()[..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
    };
    let loaded = format::load(format, source.as_bytes()).unwrap();
    for id in standing(before, |_| true) {
        let Some(span) = span(&loaded.layout, id) else {
            continue;
        };
        let clean = standing_after.contains(&id)
            && !touched(format, before, after, id)
            && !is_repeated(&loaded.layout, id);
        for line in line_of(span.start)..=line_of(span.end.max(span.start + 1) - 1) {
            *lines.entry(line).or_insert(true) &= clean;
        }
    }
    let clean = |line: &usize| lines.get(line) == Some(&true);
    let texts = source.split('\n').enumerate();
    texts
        .filter(|(line, _)| clean(line))
        .map(|(_, text)| text)
        .collect()
}

/// Whether a key stands on several lines: it is written once as soon as it is touched or moved.
fn is_repeated(layout: &format::Layout, id: NodeId) -> bool {
    match layout {
        format::Layout::Ini(layout) => match layout.span(id) {
            Some(format::ini::Span::Entry(entry)) => !entry.shadows.is_empty(),
            _ => false,
        },
        _ => false,
    }
}

/// Where a leaf, a comment or a header stands; branches of JSON are left out, as their lines change with their content.
fn span(layout: &format::Layout, id: NodeId) -> Option<std::ops::Range<usize>> {
    use format::{Layout, ini};
    match layout {
        Layout::Json(layout) => layout.span(id).map(|span| span.start()..span.end()),
        Layout::Dotenv(layout) => layout.span(id).map(|span| span.line.clone()),
        Layout::Ini(layout) => match layout.span(id)? {
            ini::Span::Section(section) => Some(section.header.clone()).filter(|header| !header.is_empty()),
            ini::Span::Entry(entry) => Some(entry.lines.clone()),
            ini::Span::Comment(pieces) => Some(pieces.first()?.text.start..pieces.last()?.text.end),
        },
        Layout::Yaml(_) | Layout::Binary => None,
    }
}

fn cases() -> u32 {
    let variable = std::env::var("LAZYSOPS_TEST_EDITS").ok();
    variable.and_then(|text| text.parse().ok()).unwrap_or(500)
}

fn check(format: Format, source: &str, edits: &[Edit]) -> Result<(), TestCaseError> {
    let loaded = format::load(format, source.as_bytes()).unwrap();
    let edited = edited(format, &loaded.tree, edits);
    let patched = match format::patch(source.as_bytes(), &loaded, &edited) {
        Ok(patched) => String::from_utf8(patched).unwrap(),
        Err(error) => {
            let text = format::emit(format, &edited, Style::default()).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            prop_assert!(
                !is_writable(format, &edited),
                "{error}: {source:?} could become {text:?}"
            );
            return Ok(());
        }
    };
    let again = format::load(format, patched.as_bytes()).unwrap();
    prop_assert!(
        again.tree.same_content(&edited, true),
        "{source:?} became {patched:?}"
    );
    let bare = |line: &str| {
        let line = line.trim_end_matches('\r');
        match format {
            Format::Json => line
                .trim()
                .trim_end_matches(',')
                .trim_start_matches(',')
                .trim()
                .to_owned(),
            _ => line.to_owned(),
        }
    };
    let mut left: HashMap<String, usize> = HashMap::new();
    for line in patched.split('\n') {
        *left.entry(bare(line)).or_default() += 1;
    }
    for line in untouched_lines(format, source, &loaded.tree, &edited) {
        let count = left.get_mut(&bare(line)).filter(|count| **count > 0);
        prop_assert!(count.is_some(), "{line:?} is gone: {source:?} became {patched:?}");
        *count.unwrap() -= 1;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::with_cases(cases())
    })]

    #[test]
    fn json_edits_change_their_own_lines_only(
        source in texts::text(Format::Json), edits in prop::collection::vec(edit(), 1..6)
    ) {
        check(Format::Json, &source, &edits)?;
    }

    #[test]
    fn dotenv_edits_change_their_own_lines_only(
        source in texts::text(Format::Dotenv), edits in prop::collection::vec(edit(), 1..6)
    ) {
        check(Format::Dotenv, &source, &edits)?;
    }

    #[test]
    fn ini_edits_change_their_own_lines_only(
        source in texts::text(Format::Ini), edits in prop::collection::vec(edit(), 1..6)
    ) {
        check(Format::Ini, &source, &edits)?;
    }

    #[test]
    fn binary_edits_give_the_new_bytes(
        source in texts::text(Format::Binary), edits in prop::collection::vec(edit(), 1..3)
    ) {
        check(Format::Binary, &source, &edits)?;
    }
}
