//! The real sops reads edited texts as they were meant.

use super::edits::{edit, edited};
use super::texts;
use crate::support::parallel::check_all;
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, sops};
use lazysops::format::{self, Format, Style};
use lazysops::tree::{Leaf, Tree};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::path::Path;

/// How many edited texts of each format are shown to sops.
const COUNT: usize = 40;

#[test]
fn the_real_sops_reads_edited_json() {
    compare(Format::Json);
}

#[test]
fn the_real_sops_reads_edited_yaml() {
    compare(Format::Yaml);
}

#[test]
fn the_real_sops_reads_edited_dotenv() {
    compare(Format::Dotenv);
}

#[test]
fn the_real_sops_reads_edited_ini() {
    compare(Format::Ini);
}

/// Edits random texts, always the same ones, and lets sops turn each into JSON.
fn compare(format: Format) {
    let Some(sops) = sops(&format!("edited {} texts against the real sops", format.name())) else {
        return;
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let like = if format == Format::Yaml {
        Format::Json
    } else {
        format
    };
    let strategy = (texts::text(like), prop::collection::vec(edit(), 1..6));
    let mut cases = Vec::new();
    while cases.len() < COUNT {
        let (source, edits) = strategy.new_tree(&mut runner).unwrap().current();
        // Random YAML is random JSON laid out as YAML.
        let Some(source) = laid_out(format, source) else {
            continue;
        };
        let loaded = format::load(format, source.as_bytes()).unwrap();
        let edited = edited(format, &loaded.tree, &edits);
        if let Ok(patched) = format::patch(source.as_bytes(), &loaded, &edited)
            && is_comparable(&edited)
        {
            cases.push((patched, edited));
        }
    }
    check_all(&cases, |(patched, edited)| {
        agrees(format, patched, edited, &sops)
            .map_err(|reason| format!("{}: {reason}", patched.escape_ascii()))
    });
}

fn laid_out(format: Format, source: String) -> Option<String> {
    if format != Format::Yaml {
        return Some(source);
    }
    let tree = format::load(Format::Json, source.as_bytes()).ok()?.tree;
    let text = format::emit(Format::Yaml, &tree, Style::default()).ok()?;
    format::load(Format::Yaml, &text).ok()?;
    String::from_utf8(text).ok()
}

/// Versions of sops before 3.13.2 read large integers of JSON as floats; a tree without values leaves nothing to compare.
fn is_comparable(tree: &Tree) -> bool {
    let is_small = |leaf: &Leaf| !matches!(leaf, Leaf::Int(number) if number.unsigned_abs() >= 1 << 53);
    let mut leaves = tree
        .walk()
        .filter_map(|step| tree.node(step.id()).leaf())
        .peekable();
    leaves.peek().is_some() && leaves.all(is_small)
}

fn agrees(format: Format, patched: &[u8], edited: &Tree, sops: &Path) -> Result<(), String> {
    let place = Sandbox::without_keys();
    place.write("text", patched);
    let arguments = [
        "encrypt",
        "--age",
        AGE1,
        "--encrypted-regex",
        "^nothing is encrypted$",
        "--input-type",
        format.name(),
        "--output-type",
        "json",
        "text",
    ];
    let outcome = place.run(sops, arguments, b"");
    if outcome.code != Some(0) {
        return Err(format!("sops refuses it: {}", outcome.stderr));
    }
    let ours = format::emit(Format::Json, edited, Style::default()).map_err(|error| error.to_string())?;
    // Theirs goes on with the metadata.
    let ours = ours.strip_suffix(b"\n}\n").unwrap_or(&ours);
    if outcome.stdout.starts_with(ours) {
        Ok(())
    } else {
        Err(format!("sops reads {}", outcome.stdout.escape_ascii()))
    }
}
