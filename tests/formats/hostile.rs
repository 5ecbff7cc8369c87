//! Bytes that mean no good: nothing panics, nothing takes forever, what is written reads back.

use super::texts;
use crate::support::data;
use exercise::{TARGETS, exercise};
use lazysops::format::{self, Format, Style};
use lazysops::tree::{Body, Key, Leaf, Step, Tree};
use proptest::prelude::*;

#[path = "../../fuzz/exercise/mod.rs"]
mod exercise;

const FORMATS: [Format; 4] = [Format::Json, Format::Dotenv, Format::Ini, Format::Binary];

/// The seeds of the fuzz targets, and what they found.
#[test]
fn no_seed_of_the_fuzz_targets_breaks_a_promise() {
    let mut count = 0;
    for (target, run) in TARGETS {
        for entry in std::fs::read_dir(data("fuzz").join(target)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            run(&std::fs::read(path).unwrap());
            count += 1;
        }
    }
    assert!(count >= 100);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_bytes_bring_a_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in FORMATS {
            exercise(format.name(), &bytes);
        }
    }

    #[test]
    fn no_marks_bring_a_reader_down(text in "[\\[\\]{}\":,;#=\\\\`'a-c0-9eE.+\\- \n\r\t\u{a0}-]{0,60}") {
        for format in FORMATS {
            exercise(format.name(), text.as_bytes());
        }
        exercise("json", format!("{{\"a\":{text}}}").as_bytes());
        exercise("json", format!("{{\"a\":\"{text}\"}}").as_bytes());
        exercise("ini", format!("[a]\nk={text}\n;c\nm=\"\"\"{text}\"\"\"").as_bytes());
    }

    #[test]
    fn every_text_is_written_as_it_was_read(
        (format, text) in prop::sample::select(&FORMATS[..])
            .prop_flat_map(|format| (Just(format), texts::text(format)))
    ) {
        prop_assert!(format::load(format, text.as_bytes()).is_ok(), "{text}");
        exercise(format.name(), text.as_bytes());
    }
}

/// 30,000 entries with a change at each end and a removal and an addition in the middle: takes minutes where anything is
/// quadratic.
#[test]
fn large_files_are_edited_in_linear_time() {
    const COUNT: usize = 30_000;
    let lines = |open: &str, entry: &dyn Fn(usize) -> String, separator: &str, close: &str| {
        let entries: Vec<String> = (0..COUNT).map(entry).collect();
        format!("{open}{}{close}", entries.join(separator))
    };
    for (format, text) in [
        (
            Format::Json,
            lines("{\n", &|n| format!("  \"k{n}\": {n}"), ",\n", "\n}\n"),
        ),
        (Format::Json, lines("{\"l\":[", &|n| n.to_string(), ",", "]}")),
        (Format::Dotenv, lines("", &|n| format!("K{n}={n}"), "\n", "\n")),
        (
            Format::Ini,
            lines("[s]\n", &|n| format!("; c\nk{n} = {n}"), "\n", "\n"),
        ),
        (
            Format::Ini,
            lines("", &|n| format!("[s{n}]\nk = {n}"), "\n", "\n"),
        ),
        (Format::Ini, lines("", &|n| format!("k = {n}"), "\n", "\n")),
        (Format::Ini, lines("k = ", &|n| n.to_string(), "\\\n", "\n")),
    ] {
        let loaded = format::load(format, text.as_bytes()).unwrap();
        let mut edited = loaded.tree.clone();
        churn(&mut edited);
        let patched = format::patch(text.as_bytes(), &loaded, &edited);
        let patched = patched.unwrap_or_else(|error| panic!("{error}: {}", &text[..40]));
        assert!(
            format::load(format, &patched)
                .unwrap()
                .tree
                .same_content(&edited, true)
        );
        assert!(format::emit(format, &edited, Style::default()).is_ok());
    }
}

/// Changes a fifth of the values, takes every seventh entry out, and adds one.
fn churn(tree: &mut Tree) {
    let enter = |step| match step {
        Step::Enter(id) => Some(id),
        _ => None,
    };
    let branches: Vec<_> = tree.walk().filter_map(enter).collect();
    let mut seen = 0;
    for branch in branches {
        let children = tree.children(branch).to_vec();
        let is_leaf = |tree: &Tree, id| matches!(tree.node(id).body, Body::Leaf(_));
        let mut kept = Vec::new();
        for id in children {
            seen += 1;
            if is_leaf(tree, id) && seen % 7 == 0 {
                continue;
            }
            if is_leaf(tree, id) && seen % 5 == 0 {
                tree.set_body(id, Body::Leaf(Leaf::text("new")));
            }
            kept.push(id);
        }
        // A comment may have lost its key.
        kept.retain(|id| tree.node(*id).comment().is_none());
        tree.set_children(branch, kept);
        if tree.children(branch).iter().any(|id| is_leaf(tree, *id)) {
            let key = matches!(tree.node(branch).body, Body::Map(_)).then(|| Key::from("added"));
            tree.push(branch, key, Body::Leaf(Leaf::text("last")));
        }
    }
}
