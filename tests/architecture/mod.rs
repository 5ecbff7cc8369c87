//! The house stands: dependencies go down only, the core does not touch the machine, files stay small.

mod data;
mod pages;
mod source;
mod supply;

use source::{Source, sources};

/// The floors, lowest first. A floor may use those before it; rooms of one floor do not know each other, except as [`BESIDE`] says.
const FLOORS: &[&[&str]] = &[
    &["failure"],
    &["tree"],
    &["format", "seal", "diff"],
    &["metadata", "policy"],
    &["host", "keys"],
    &["ops"],
    &["cli", "tui"],
    &["main"],
];

/// What one room may use on its own floor: (user, used).
const BESIDE: &[(&str, &str)] = &[
    // Creation rules make metadata.
    ("policy", "metadata"),
    // Key services read identities from the files and variables that the host hands out.
    ("keys", "host"),
];

/// The floors that are bytes in, bytes out.
const CORE: &[&str] = &["failure", "tree", "format", "seal", "diff", "metadata", "policy"];

/// Names that stand for the machine; none may appear in the core. Threads that share out work are no effect.
const MACHINE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "thread::sleep",
    "SystemTime",
    "Instant::now",
    "getrandom",
    "rustix",
    "tempfile",
    "crossterm",
];

/// Longest file in `src/`: past this there is a second noun inside.
const LONGEST: usize = 500;

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// Whether `user` may name `used`.
fn may_use(user: &str, used: &str) -> bool {
    user == used || BESIDE.contains(&(user, used)) || floor(used) < floor(user)
}

#[test]
fn every_room_has_a_floor() {
    let homeless: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.room() != "lib" && floor(source.room()).is_none())
        .map(|source| source.path)
        .collect();
    assert!(
        homeless.is_empty(),
        "no floor is named for {homeless:?}: add it to FLOORS"
    );
}

#[test]
fn dependencies_go_down_only() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.room() != "lib") {
        for (line, used) in source.rooms_used() {
            if floor(&used).is_some() && !may_use(source.room(), &used) {
                wrong.push(format!("{}:{line} uses {used}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these edges go up or sideways:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_core_does_not_touch_the_machine() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| CORE.contains(&source.room())) {
        for (line, text) in source.shipped_code() {
            for name in MACHINE.iter().filter(|name| text.contains(**name)) {
                wrong.push(format!("{}:{line} names {name}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the core is bytes in, bytes out:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn files_stay_small() {
    let long: Vec<String> = sources()
        .iter()
        .map(|source| (source.path.as_str(), source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(
        long.is_empty(),
        "look for the second noun inside:\n{}",
        long.join("\n")
    );
}

#[test]
fn the_process_ends_in_main_only() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.room() != "main") {
        for (line, text) in source.shipped_code() {
            if text.contains("process::exit") || text.contains("process::abort") {
                wrong.push(format!("{}:{line}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the process is ended outside main:\n{}",
        wrong.join("\n")
    );
}

/// The compiler refuses `unsafe` and every attempt to allow it; this keeps the line that tells it to.
#[test]
fn the_compiler_is_told_to_forbid_unsafe_code() {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest: toml::Table = std::fs::read_to_string(manifest).unwrap().parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
}

#[test]
fn an_upward_edge_is_seen_in_every_spelling() {
    let spellings = [
        "use crate::tui::Model;",
        "use crate::{\n    tree::Tree,\n    tui::Model,\n};",
        "fn f() { crate::tui::run(); }",
        "use super::super::tui;",
        "use crate::{tree::{Tree, Leaf}, tui};",
    ];
    for spelling in spellings {
        let source = Source::new("src/seal/cipher.rs", spelling);
        let seen = source.rooms_used().into_iter().any(|(_, room)| room == "tui");
        assert!(seen, "not seen: {spelling}");
    }
    let comment = Source::new(
        "src/seal/cipher.rs",
        "/// Used by [`crate::tui`].\nuse super::selection::Rule;",
    );
    assert!(comment.rooms_used().iter().all(|(_, room)| room != "tui"));
}
