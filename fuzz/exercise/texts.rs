//! A text of one of the five formats: read, written in both ways, edited, and read again.

use lazysops::format::yaml::Form;
use lazysops::format::{self, Format, Layout, Loaded, Style};
use lazysops::tree::{Body, Leaf, NodeId, Tree};

/// Reads a text, writes it in both ways, edits it, and reads all of that again.
pub fn run(format: Format, bytes: &[u8]) {
    let _ = format::sealed_format(bytes, format);
    let Ok(loaded) = format::load(format, bytes) else {
        return;
    };
    // YAML in UTF-16 has no place to write edits to.
    if let Ok(same) = format::patch(bytes, &loaded, &loaded.tree) {
        assert_eq!(same, bytes, "a patch without an edit changes nothing");
    } else {
        assert_eq!(format, Format::Yaml, "a patch without an edit is possible");
    }
    written(format, &loaded.tree);
    stays_around_it(bytes, &loaded);
    for step in 2..5 {
        let edited = edited(&loaded.tree, step);
        if let Ok(text) = format::patch(bytes, &loaded, &edited) {
            let again = format::load(format, &text).expect("a patched text can be read");
            // The section of keys before any header is there even when it was taken out; a comment of YAML that stood behind a
            // value may stand above it.
            let same = again.tree.same_content(&edited, format != Format::Yaml);
            assert!(same || format == Format::Ini, "a patched text reads back");
        }
    }
}

/// Where one value of YAML gets another one, everything else stays byte for byte: comments, blank lines, quotes, line ends.
fn stays_around_it(bytes: &[u8], loaded: &Loaded) {
    let Layout::Yaml(layout) = &loaded.layout else {
        return;
    };
    if layout.opaque {
        return;
    }
    let plain = |id: &NodeId| {
        let span = layout.span(*id)?;
        let is_plain = matches!(span.form, Form::Plain | Form::Single | Form::Double);
        (is_plain && span.properties.is_empty()).then_some((*id, span.value.clone()))
    };
    let nodes: Vec<NodeId> = loaded.tree.walk().map(|step| step.id()).collect();
    let form = |id: &NodeId| layout.span(*id).map(|span| span.form);
    // What an alias stands for stays, so it may have to be written out.
    if nodes.iter().any(|id| form(id) == Some(Form::Alias)) {
        return;
    }
    let mut values: Vec<_> = nodes.iter().filter_map(plain).collect();
    // Another one in each run, so that one run takes no longer.
    let place = bytes.len() % values.len().max(1);
    if values.len() <= place {
        return;
    }
    let (id, span) = values.swap_remove(place);
    let mut edited = loaded.tree.clone();
    edited.set_body(id, Body::Leaf(Leaf::text("new")));
    if let Ok(text) = format::patch(bytes, loaded, &edited) {
        let (before, after) = (&bytes[..span.start], &bytes[span.end..]);
        let stays =
            text.starts_with(before) && text.ends_with(after) && text.len() >= before.len() + after.len();
        assert!(stays, "only the value is another one");
    }
}

/// What is written reads back, and is written the same way again.
fn written(format: Format, tree: &Tree) {
    let Ok(text) = format::emit(format, tree, Style::default()) else {
        return;
    };
    let again = format::load(format, &text).expect("a written text can be read");
    match format {
        Format::Dotenv | Format::Binary => assert!(again.tree.same_content(tree, true)),
        // sops's way of writing comments loses some of their marks.
        Format::Ini => assert!(again.tree.same_content(tree, false)),
        Format::Json => {
            let twice = format::emit(format, &again.tree, Style::default()).expect("it can be written again");
            assert_eq!(twice, text, "writing is stable");
        }
        Format::Yaml => {}
    }
}

/// The tree with every `step`th node changed: values replaced, keys renamed, entries taken out or doubled.
fn edited(tree: &Tree, step: usize) -> Tree {
    let mut edited = tree.clone();
    let mut nodes: Vec<NodeId> = tree.walk().map(|step| step.id()).collect();
    nodes.sort();
    nodes.dedup();
    for (count, id) in nodes.into_iter().step_by(step).enumerate().take(100) {
        let node = tree.node(id);
        let Some(parent) = node.parent else {
            continue;
        };
        match (count % 4, &node.body) {
            (0, Body::Leaf(_)) => edited.set_body(id, Body::Leaf(Leaf::text("new: # ;"))),
            (1, _) if node.key.is_some() => edited.set_key(id, Some("renamed".into())),
            (2, _) => {
                edited.unlink(id);
            }
            (3, Body::Leaf(_)) => {
                let fresh = edited.new_node(node.key.clone(), Body::Leaf(Leaf::text("a\nb")));
                edited.link(parent, count, fresh);
            }
            _ => {}
        }
    }
    edited
}
