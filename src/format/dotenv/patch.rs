//! Edits of a tree as replacements of lines and parts of lines.

use super::emit::{write_key, write_line, write_value};
use super::{Layout, load};
use crate::format::PatchError;
use crate::format::diff::kept;
use crate::format::splice::Splices;
use crate::tree::{NodeId, Tree};

/// Writes an edited clone of `tree` into the text it was read from; what no edit touches stays byte for byte.
///
/// # Errors
/// When dotenv cannot hold an edit, or the text would not read back to the edited tree.
pub fn patch(source: &[u8], tree: &Tree, layout: &Layout, edited: &Tree) -> Result<Vec<u8>, PatchError> {
    let ([root], true) = (edited.documents(), tree.documents() == edited.documents()) else {
        return Err(PatchError::NoPlace("a dotenv file holds one document"));
    };
    let mut splices = Splices::default();
    let was = tree.children(*root);
    let now = edited.children(*root);
    let mut stays = vec![false; was.len()];
    // Where the next new line goes: behind the entry before it.
    let mut at = 0;
    for (id, place) in now.iter().zip(kept(was, now)) {
        let Some(place) = place else {
            let mut line = new_line(source, tree, layout, edited, *id)?;
            line.push(b'\n');
            splices.insert_lines(source, at, line, b"\n");
            continue;
        };
        if let Some(stay) = stays.get_mut(place) {
            *stay = true;
        }
        entry(&mut splices, tree, layout, edited, *id)?;
        let span = layout.span(*id).ok_or(PatchError::Unfaithful)?;
        at = (span.line.end + 1).min(source.len());
    }
    for (id, _) in was.iter().zip(stays).filter(|(_, stays)| !stays) {
        let span = layout.span(*id).ok_or(PatchError::Unfaithful)?;
        splices.delete(span.line.start..(span.line.end + 1).min(source.len()));
    }
    let text = splices.apply(source).ok_or(PatchError::Unfaithful)?;
    match load(&text) {
        Ok((again, _)) if again.same_content(edited, true) => Ok(text),
        _ => Err(PatchError::Unfaithful),
    }
}

/// A line that stands elsewhere, or nowhere yet; a moved one keeps its spelling.
fn new_line(
    source: &[u8],
    tree: &Tree,
    layout: &Layout,
    edited: &Tree,
    id: NodeId,
) -> Result<Vec<u8>, PatchError> {
    if let Some(span) = layout.span(id) {
        let (was, now) = (tree.node(id), edited.node(id));
        if was.key == now.key && was.body == now.body {
            return Ok(source.get(span.line.clone()).unwrap_or_default().to_vec());
        }
    }
    let mut line = Vec::new();
    write_line(&mut line, edited, id, false)?;
    Ok(line)
}

/// Writes the changes of a line that stays where it was.
fn entry(
    splices: &mut Splices,
    tree: &Tree,
    layout: &Layout,
    edited: &Tree,
    id: NodeId,
) -> Result<(), PatchError> {
    let (was, now) = (tree.node(id), edited.node(id));
    let span = layout.span(id).ok_or(PatchError::Unfaithful)?;
    if was.comment().is_some() != now.comment().is_some() {
        let mut line = Vec::new();
        write_line(&mut line, edited, id, false)?;
        splices.replace(span.line.clone(), line);
        return Ok(());
    }
    if was.key != now.key {
        let mut key = Vec::new();
        write_key(&mut key, edited, id)?;
        splices.replace(span.key.clone(), key);
    }
    if was.body != now.body {
        let mut value = Vec::new();
        write_value(&mut value, edited, id, false)?;
        splices.replace(span.value.clone(), value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::patch;
    use crate::format::{PatchError, dotenv};
    use crate::tree::{Body, Comment, Leaf, NodeId, Tree};

    fn edit(source: &str, change: impl FnOnce(&mut Tree, &[NodeId])) -> Result<String, PatchError> {
        let (tree, layout) = dotenv::load(source.as_bytes()).unwrap();
        let mut edited = tree.clone();
        change(&mut edited, tree.children(tree.documents()[0]));
        patch(source.as_bytes(), &tree, &layout, &edited).map(|text| String::from_utf8(text).unwrap())
    }

    fn text(value: &str) -> Body {
        Body::Leaf(Leaf::text(value))
    }

    const HOUSE: &str = "# top\r\nA=\"1\"\r\n\n\nB=a\\nb\n#c\nA=3";

    #[test]
    fn changes_touch_their_own_place_only() {
        let changed = edit(HOUSE, |tree, ids| {
            tree.set_body(ids[1], text("x\ny"));
            tree.set_key(ids[2], Some("export B".into()));
            let comment = Comment {
                text: "ENC[x]".into(),
                inline: false,
            };
            tree.set_body(ids[3], Body::Comment(comment));
        });
        assert_eq!(
            changed.unwrap(),
            "# top\r\nA=x\\ny\n\n\nexport B=a\\nb\n#ENC[x]\nA=3"
        );
    }

    #[test]
    fn lines_come_and_go_and_a_missing_final_line_break_stays_missing() {
        let changed = edit(HOUSE, |tree, ids| {
            let root = tree.documents()[0];
            tree.unlink(ids[2]);
            let first = tree.new_node(Some("F".into()), text("0"));
            tree.link(root, 0, first);
            tree.push(root, Some("sops_mac".into()), text("m"));
            tree.push(root, Some("sops_version".into()), text("3"));
        });
        assert_eq!(
            changed.unwrap(),
            "F=0\n# top\r\nA=\"1\"\r\n\n\n#c\nA=3\nsops_mac=m\nsops_version=3"
        );
        assert_eq!(
            edit("", |tree, _| {
                tree.push(tree.documents()[0], Some("A".into()), text("1"));
            })
            .unwrap(),
            "A=1\n"
        );
        assert_eq!(
            edit("A=1\nB=2", |tree, ids| {
                tree.unlink(ids[0]);
            })
            .unwrap(),
            "B=2"
        );
        assert_eq!(
            edit("A=1", |tree, ids| {
                tree.unlink(ids[0]);
            })
            .unwrap(),
            ""
        );
    }

    #[test]
    fn a_line_moves_as_it_is() {
        let changed = edit("A=1\n#x\n\nB=\\n2\nC=3\n", |tree, ids| {
            tree.unlink(ids[2]);
            tree.link(tree.documents()[0], 0, ids[2]);
        });
        assert_eq!(changed.unwrap(), "B=\\n2\nA=1\n#x\n\nC=3\n");
    }

    #[test]
    fn what_has_no_text_is_refused() {
        assert!(edit("A=1\n", |tree, ids| tree.set_body(ids[0], Body::Map(Vec::new()))).is_err());
        assert!(edit("A=1\n", |tree, ids| tree.set_body(ids[0], Body::Leaf(Leaf::Null))).is_err());
        assert!(edit("A=1\n", |tree, ids| tree.set_key(ids[0], Some("#".into()))).is_err());
    }
}
