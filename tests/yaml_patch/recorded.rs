//! Single edits of every recorded text.

use crate::support::yaml_cases;
use lazysops::format::PatchError;
use lazysops::format::yaml;
use lazysops::tree::{Body, Comment, Leaf, NodeId, Secret, Tree};
use std::collections::BTreeMap;

/// How many edits could not be made in place, by class.
#[derive(Default)]
struct Tally {
    made: usize,
    refused: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn refused(&self) -> usize {
        self.refused.values().map(Vec::len).sum()
    }

    fn report(&self, name: &str) {
        println!("{name}: {} made, {} refused", self.made, self.refused());
        for (class, names) in &self.refused {
            println!(
                "  {class}: {} {}",
                names.len(),
                names.iter().take(60).cloned().collect::<Vec<_>>().join(" | ")
            );
        }
    }
}

/// Makes every edit that `edits` finds in every recorded text, one at a time.
fn every_edit(edits: impl Fn(&Tree) -> Vec<Tree>) -> Tally {
    let mut tally = Tally::default();
    for case in yaml_cases::all() {
        let input = case.input();
        let Ok((tree, layout)) = yaml::load(&input) else {
            continue;
        };
        if layout.opaque {
            continue;
        }
        for edited in edits(&tree).into_iter().take(3) {
            match yaml::patch(&input, &tree, &layout, &edited) {
                Ok(text) => {
                    let (read, _) = yaml::load(&text).unwrap();
                    assert!(read.same_content(&edited, false), "{}", case.name());
                    tally.made += 1;
                }
                Err(error) => {
                    let name = case.name();
                    let (_, class) = name.split_once(' ').unwrap();
                    let short = match error {
                        PatchError::Unfaithful => "unfaithful".to_owned(),
                        other => other.to_string(),
                    };
                    tally
                        .refused
                        .entry(format!("{class} {short}"))
                        .or_default()
                        .push(format!(
                            "{} {:?} -> {:?}",
                            name,
                            String::from_utf8_lossy(&input),
                            String::from_utf8_lossy(&yaml::emit_strict(&edited, 2))
                        ));
                }
            }
        }
    }
    tally
}

fn ids(tree: &Tree) -> Vec<NodeId> {
    let mut ids: Vec<_> = tree.walk().map(|step| step.id()).collect();
    ids.dedup();
    ids
}

#[test]
fn a_value_can_be_changed() {
    let tally = every_edit(|tree| {
        let leaves = ids(tree).into_iter().filter(|id| tree.node(*id).leaf().is_some());
        leaves
            .enumerate()
            .map(|(at, id)| {
                let mut edited = tree.clone();
                let text = [
                    "new",
                    "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]",
                    "a\nb\n",
                    "12",
                    " a\nb",
                ][at % 5];
                edited.set_body(id, Body::Leaf(Leaf::text(text)));
                edited
            })
            .collect()
    });
    tally.report("values");
}

#[test]
fn a_key_can_be_changed() {
    let tally = every_edit(|tree| {
        let keyed = ids(tree).into_iter().filter(|id| tree.node(*id).key.is_some());
        keyed
            .enumerate()
            .map(|(at, id)| {
                let mut edited = tree.clone();
                edited.set_key(id, Some(["renamed", "re: named", "re, named"][at % 3].into()));
                edited
            })
            .collect()
    });
    tally.report("keys");
}

#[test]
fn an_entry_can_be_removed() {
    let tally = every_edit(|tree| {
        let entries = ids(tree)
            .into_iter()
            .filter(|id| tree.node(*id).parent.is_some() && tree.node(*id).comment().is_none());
        entries
            .map(|id| {
                let mut edited = tree.clone();
                let (parent, index) = edited.unlink(id).unwrap();
                let children = edited.children(parent).to_vec();
                let inline = children[..index]
                    .iter()
                    .rev()
                    .take_while(|child| edited.node(**child).comment().is_some_and(|c| c.inline));
                for comment in inline.copied().collect::<Vec<_>>() {
                    edited.unlink(comment);
                }
                edited
            })
            .collect()
    });
    tally.report("removals");
}

#[test]
fn an_entry_can_be_added() {
    let tally = every_edit(|tree| {
        let branches = ids(tree).into_iter().filter(|id| tree.node(*id).is_branch());
        branches
            .flat_map(|id| {
                let count = tree.children(id).len();
                let keyed = matches!(tree.node(id).body, Body::Map(_));
                [0, count / 2, count].map(|at| {
                    let mut edited = tree.clone();
                    let key = keyed.then(|| "added".into());
                    let node = edited.new_node(key, Body::Leaf(Leaf::text("value")));
                    edited.link(id, at, node);
                    edited
                })
            })
            .collect()
    });
    tally.report("additions");
}

#[test]
fn a_comment_can_be_changed() {
    let tally = every_edit(|tree| {
        let comments = ids(tree)
            .into_iter()
            .filter(|id| tree.node(*id).comment().is_some());
        comments
            .map(|id| {
                let mut edited = tree.clone();
                let inline = tree.node(id).comment().unwrap().inline;
                let text = Secret::from("ENC[AES256_GCM,data:x,iv:y,tag:z,type:comment]");
                edited.set_body(id, Body::Comment(Comment { text, inline }));
                edited
            })
            .collect()
    });
    tally.report("comments");
}

#[test]
fn a_comment_can_be_removed() {
    let tally = every_edit(|tree| {
        let comments = ids(tree)
            .into_iter()
            .filter(|id| tree.node(*id).comment().is_some());
        comments
            .map(|id| {
                let mut edited = tree.clone();
                edited.unlink(id);
                edited
            })
            .collect()
    });
    tally.report("comment removals");
}

#[test]
fn entries_can_change_places() {
    let tally = every_edit(|tree| {
        let branches = ids(tree).into_iter().filter(|id| tree.children(*id).len() > 1);
        branches
            .map(|id| {
                let mut edited = tree.clone();
                let mut children = tree.children(id).to_vec();
                children.reverse();
                edited.set_children(id, children);
                edited
            })
            .collect()
    });
    tally.report("moves");
}
