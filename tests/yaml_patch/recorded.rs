//! Single edits of every recorded text.

use crate::support::yaml_cases;
use lazysops::format::yaml;
use lazysops::tree::{Body, Comment, Leaf, NodeId, Secret, Tree};

/// How many edits were made in place, and how many could not be.
struct Tally {
    made: usize,
    refused: usize,
}

/// Makes one of the edits that `edits` finds in every recorded text.
fn an_edit_of_each(edits: impl Fn(&Tree) -> Vec<Tree>) -> Tally {
    let mut tally = Tally { made: 0, refused: 0 };
    for (number, case) in yaml_cases::all().into_iter().enumerate() {
        let input = case.input();
        let Ok((tree, layout)) = yaml::load(&input) else {
            continue;
        };
        let mut edits = edits(&tree);
        if layout.opaque || edits.is_empty() {
            continue;
        }
        let edited = edits.swap_remove(number % edits.len());
        match yaml::patch(&input, &tree, &layout, &edited) {
            Ok(text) => {
                let (read, _) = yaml::load(&text).unwrap();
                assert!(read.same_content(&edited, false), "{}", case.name());
                tally.made += 1;
            }
            Err(_) => tally.refused += 1,
        }
    }
    tally
}

impl Tally {
    /// Fails when fewer than so many of a thousand edits could be made.
    #[track_caller]
    fn expect(&self, least: usize) {
        let all = self.made + self.refused;
        assert!(
            self.made * 1000 >= all * least,
            "{} of {all} edits were refused",
            self.refused
        );
    }
}

fn ids(tree: &Tree) -> Vec<NodeId> {
    let mut ids: Vec<_> = tree.walk().map(|step| step.id()).collect();
    ids.dedup();
    ids
}

#[test]
fn a_value_can_be_changed() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(990);
}

#[test]
fn a_key_can_be_changed() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(998);
}

#[test]
fn an_entry_can_be_removed() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(930);
}

#[test]
fn an_entry_can_be_added() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(970);
}

#[test]
fn a_comment_can_be_changed() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(998);
}

#[test]
fn a_comment_can_be_removed() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(960);
}

#[test]
fn entries_can_change_places() {
    let tally = an_edit_of_each(|tree| {
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
    tally.expect(860);
}

#[test]
fn a_whole_text_can_be_encrypted_in_place() {
    let tally = an_edit_of_each(|tree| {
        let mut edited = tree.clone();
        for (number, id) in ids(tree).into_iter().enumerate() {
            match &tree.node(id).body {
                Body::Leaf(leaf) if *leaf != Leaf::Null && *leaf != Leaf::text("") => {
                    let text = format!("ENC[AES256_GCM,data:{number},iv:y,tag:z,type:str]");
                    edited.set_body(id, Body::Leaf(Leaf::text(&text)));
                }
                Body::Comment(comment) if !comment.text.is_empty() => {
                    let text = format!("ENC[AES256_GCM,data:{number},iv:y,tag:z,type:comment]");
                    let (text, inline) = (Secret::from(text), comment.inline);
                    edited.set_body(id, Body::Comment(Comment { text, inline }));
                }
                _ => {}
            }
        }
        let is_sops = |id: &NodeId| tree.node(*id).key == Some("sops".into());
        for root in tree.documents() {
            if tree.children(*root).iter().any(is_sops) {
                continue;
            }
            let block = edited.push(*root, Some("sops".into()), Body::Map(Vec::new()));
            let mac = Leaf::text("ENC[AES256_GCM,data:x,type:str]");
            edited.push(block, Some("mac".into()), Body::Leaf(mac));
        }
        vec![edited]
    });
    tally.expect(990);
}
