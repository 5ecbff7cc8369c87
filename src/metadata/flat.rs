//! The block as lines of dotenv and INI files: maps and lists become parts of names (spec §7.4).

use super::MetadataError;
use crate::tree::{Body, Key, Leaf, NodeId, Step, Tree};
use std::collections::HashMap;

const MAP: &str = "__map_";
const LIST: &str = "__list_";

/// Most parts of a name; the deepest field that sops writes has six.
const MOST_PARTS: usize = 32;

/// The values of a nested block with their flat names, in order.
pub fn flatten(tree: &Tree, block: NodeId) -> Vec<(String, Leaf)> {
    let mut lines = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    for step in tree.walk_from(block) {
        if let Step::Leave(_) = step {
            names.pop();
            counts.pop();
            continue;
        }
        let node = tree.node(step.id());
        let name = match (names.last(), counts.last_mut(), &node.key) {
            (None, ..) => String::new(),
            (Some(above), _, Some(key)) if above.is_empty() => key.display().into_owned(),
            (Some(above), _, Some(key)) => format!("{above}{MAP}{}", key.display()),
            (Some(above), count, None) => {
                let index = count.map_or(0, |count| std::mem::replace(count, *count + 1));
                format!("{above}{LIST}{index}")
            }
        };
        match &node.body {
            Body::Map(_) | Body::List(_) => {
                names.push(name);
                counts.push(0);
            }
            Body::Leaf(leaf) => lines.push((name, as_text(leaf))),
            Body::Comment(_) => {}
        }
    }
    lines
}

fn as_text(leaf: &Leaf) -> Leaf {
    match leaf {
        Leaf::Text(_) => leaf.clone(),
        Leaf::Bool(truth) => Leaf::text(if *truth { "true" } else { "false" }),
        other => Leaf::text(&String::from_utf8_lossy(&other.canonical())),
    }
}

/// Builds the nested block from flat names and their values.
pub fn unflatten<'l>(lines: impl Iterator<Item = (&'l str, Leaf)>) -> Result<(Tree, NodeId), MetadataError> {
    let mut builder = Builder::default();
    let root = builder.tree.push_document();
    for (name, leaf) in lines {
        builder.line(root, name, leaf)?;
    }
    builder.finish()?;
    Ok((builder.tree, root))
}

/// A part of a flat name: what to go to inside the container reached so far.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part<'l> {
    Key(&'l str),
    Index(usize),
}

#[derive(Default)]
struct Builder<'l> {
    tree: Tree,
    places: HashMap<(NodeId, Part<'l>), NodeId>,
    /// Lists with the index of each child, in the order in which they were met.
    lists: Vec<(NodeId, Vec<(usize, NodeId)>)>,
}

fn error(problem: &str) -> MetadataError {
    MetadataError::Invalid {
        problem: problem.to_owned(),
        field: None,
    }
}

impl<'l> Builder<'l> {
    fn line(&mut self, root: NodeId, name: &'l str, leaf: Leaf) -> Result<(), MetadataError> {
        let (first, mut rest) = split(name);
        let (mut at, mut part) = (root, Part::Key(first));
        for _ in 0..MOST_PARTS {
            if rest.is_empty() {
                return self.put(at, part, leaf);
            }
            let (body, next) = match rest.strip_prefix(MAP) {
                Some(after) => {
                    let (key, after) = split(after);
                    rest = after;
                    (Body::Map(Vec::new()), Part::Key(key))
                }
                None => {
                    let (index, after) = split(rest.strip_prefix(LIST).unwrap_or(rest));
                    rest = after;
                    let index = index
                        .parse()
                        .map_err(|_| error("a list index in the metadata is no number"))?;
                    (Body::List(Vec::new()), Part::Index(index))
                }
            };
            at = self.container(at, part, body)?;
            part = next;
        }
        Err(error("a name in the metadata has too many parts"))
    }

    /// The container at a place, made if it is not there yet.
    fn container(&mut self, at: NodeId, part: Part<'l>, body: Body) -> Result<NodeId, MetadataError> {
        if let Some(id) = self.places.get(&(at, part)) {
            let same = std::mem::discriminant(&self.tree.node(*id).body) == std::mem::discriminant(&body);
            return if same {
                Ok(*id)
            } else {
                Err(error("Type mismatch"))
            };
        }
        let list = matches!(body, Body::List(_));
        let id = self.make(at, part, body);
        if list {
            self.lists.push((id, Vec::new()));
        }
        Ok(id)
    }

    fn put(&mut self, at: NodeId, part: Part<'l>, leaf: Leaf) -> Result<(), MetadataError> {
        if self.places.contains_key(&(at, part)) {
            return Err(error("Duplicate value"));
        }
        self.make(at, part, Body::Leaf(leaf));
        Ok(())
    }

    fn make(&mut self, at: NodeId, part: Part<'l>, body: Body) -> NodeId {
        let key = match part {
            Part::Key(key) => Some(Key::from(key)),
            Part::Index(_) => None,
        };
        let id = self.tree.push(at, key, body);
        self.places.insert((at, part), id);
        id
    }

    /// Puts the items of every list in the order of their indices, which must have no gaps.
    fn finish(&mut self) -> Result<(), MetadataError> {
        let mut of_list: HashMap<NodeId, usize> = HashMap::new();
        for (place, (list, _)) in self.lists.iter().enumerate() {
            of_list.insert(*list, place);
        }
        for ((at, part), id) in &self.places {
            let list = of_list.get(at).and_then(|place| self.lists.get_mut(*place));
            if let (Some((_, items)), Part::Index(index)) = (list, part) {
                items.push((*index, *id));
            }
        }
        for (list, mut items) in std::mem::take(&mut self.lists) {
            items.sort_unstable();
            if items
                .iter()
                .enumerate()
                .any(|(place, (index, _))| place != *index)
            {
                return Err(error("Incomplete list"));
            }
            self.tree
                .set_children(list, items.into_iter().map(|(_, id)| id).collect());
        }
        Ok(())
    }
}

/// Splits a name before its first separator. Looks no further than that, so that all parts of a long name cost one look at each.
fn split(name: &str) -> (&str, &str) {
    let is_mark = |rest: &str| rest.starts_with(MAP) || rest.starts_with(LIST);
    let mut places = name.match_indices('_').map(|(at, _)| at);
    let at = places.find(|at| name.get(*at..).is_some_and(is_mark));
    name.split_at_checked(at.unwrap_or(name.len()))
        .unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::{Builder, MOST_PARTS, flatten, split, unflatten};
    use crate::metadata::MetadataError;
    use crate::tree::Leaf;

    fn names(lines: &[&str]) -> Result<Vec<String>, String> {
        let lines = lines.iter().map(|name| (*name, Leaf::text(name)));
        match unflatten(lines) {
            Ok((tree, root)) => Ok(flatten(&tree, root).into_iter().map(|(name, _)| name).collect()),
            Err(MetadataError::Invalid { problem, .. }) => Err(problem),
            Err(other) => Err(other.to_string()),
        }
    }

    #[test]
    fn flat_names_become_nested_blocks_and_flat_names_again() {
        let lines = [
            "age__list_0__map_enc",
            "age__list_1__map_recipient",
            "kms__list_0__map_context__map_Zed",
            "lastmodified",
            "key_groups__list_0__map_age__list_0__map_enc",
        ];
        assert_eq!(names(&lines).unwrap(), lines);
        assert_eq!(
            names(&["l__list_1", "l__list_0"]).unwrap(),
            ["l__list_0", "l__list_1"]
        );
    }

    #[test]
    fn broken_names_are_refused_as_sops_does() {
        for (lines, problem) in [
            (&["a__list_0__map_x", "a__list_2__map_x"][..], "Incomplete list"),
            (&["a__list_0", "a__map_x"], "Type mismatch"),
            (&["a", "a__map_x"], "Type mismatch"),
            (&["a__map_x", "a"], "Duplicate value"),
            (&["a", "a"], "Duplicate value"),
            (&["a__list_x"], "a list index in the metadata is no number"),
            (&["a__list_-1"], "a list index in the metadata is no number"),
        ] {
            assert_eq!(names(lines).unwrap_err(), problem, "{lines:?}");
        }
    }

    #[test]
    fn a_separator_is_found_behind_an_underscore() {
        assert_eq!(split("a___map_b"), ("a_", "__map_b"));
        assert_eq!(split("a__ma__list_0__map_b"), ("a__ma", "__list_0__map_b"));
        assert_eq!(split("a__map"), ("a__map", ""));
    }

    #[test]
    fn a_name_of_many_parts_costs_no_more_than_its_first_ones() {
        let name = |parts: usize| format!("a{}", "__map_a".repeat(parts - 1));
        let deepest = name(MOST_PARTS);
        assert_eq!(names(&[&deepest]).unwrap(), [deepest.as_str()]);
        let lines = [name(MOST_PARTS + 1), name(1_000_000)];
        for line in &lines {
            let mut builder = Builder::default();
            let root = builder.tree.push_document();
            assert!(builder.line(root, line, Leaf::text("x")).is_err());
            assert_eq!(builder.places.len(), MOST_PARTS, "the rest is not looked at");
        }
    }
}
