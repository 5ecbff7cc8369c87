//! Whole trees in sops's layout.

use crate::support::{json_tree, yaml_cases};
use lazysops::format::{Style, yaml};
use lazysops::tree::{Body, Key, Leaf, Tree};

#[test]
fn every_recorded_tree_is_written_with_the_bytes_of_sops() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in yaml_cases::all() {
        let Some(documents) = case.documents() else {
            continue;
        };
        let tree = json_tree::tree(documents);
        for step in [2, 4] {
            checked += 1;
            let emitted = String::from_utf8(yaml::emit_strict(&tree, step)).unwrap();
            if emitted != case.emitted(step) {
                wrong.push(format!(
                    "{} step {step}:\n{emitted:?}\n{:?}",
                    case.name(),
                    case.emitted(step)
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {checked} differ; the first:\n{}",
        wrong.len(),
        wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(checked > 8000);
}

/// sops writes whole floats like integers; they are authenticated as the same text.
fn with_whole_floats_as_integers(tree: &Tree) -> Tree {
    let mut plain = tree.clone();
    let whole = |leaf: &Leaf| match leaf {
        Leaf::Float(number)
            if number.fract() == 0.0 && number.abs() < 1e6 && number.to_bits() != (-0.0f64).to_bits() =>
        {
            Some(Leaf::Int(*number as i64))
        }
        _ => None,
    };
    for step in tree.walk() {
        let node = tree.node(step.id());
        if let Some(number) = node.leaf().and_then(whole) {
            plain.set_body(step.id(), Body::Leaf(number));
        }
        if let Some(Key::Scalar(leaf)) = &node.key
            && let Some(number) = whole(leaf)
        {
            plain.set_key(step.id(), Some(number.into()));
        }
    }
    plain
}

#[test]
fn what_is_written_for_people_reads_back_or_is_refused() {
    let (mut same_as_sops, mut refused, mut broken_there) = (0, 0, 0);
    for case in yaml_cases::all() {
        let Some(documents) = case.documents() else {
            continue;
        };
        let tree = json_tree::tree(documents);
        if tree.documents().is_empty() {
            continue;
        }
        for indent in [2, 3, 4] {
            let Ok(text) = yaml::emit(&tree, Style { indent: Some(indent) }) else {
                refused += 1;
                continue;
            };
            if indent == 4 {
                same_as_sops += usize::from(text == case.emitted(4).as_bytes());
                broken_there += usize::from(case.reload() == "error");
            }
            let text = String::from_utf8(text).unwrap();
            let (read, _) = yaml::load(text.as_bytes())
                .unwrap_or_else(|error| panic!("{} {indent}: {error}\n{text}", case.name()));
            let (read, tree) = (
                with_whole_floats_as_integers(&read),
                with_whole_floats_as_integers(&tree),
            );
            assert!(
                read.same_content(&tree, false),
                "{} {indent}\n{text}",
                case.name()
            );
        }
    }
    assert!(same_as_sops > 4100, "{same_as_sops}");
    assert!(refused < 100, "{refused}");
    assert!(broken_there > 10, "{broken_there}");
}
