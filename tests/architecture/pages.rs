//! What is written about the program stays true as far as a test can tell.

use std::path::{Path, PathBuf};

/// README and its sisters, and everything in `docs/`.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<PathBuf> = [root.to_owned(), root.join("docs")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages
}

/// The targets of `[text](target)` that lie in the project.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let folder = page.parent().unwrap();
        dead.extend(
            links(&text)
                .filter(|target| !folder.join(target).exists())
                .map(|target| format!("{}: {target}", page.display())),
        );
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

#[test]
fn a_newcomer_finds_the_two_commands() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for command in ["cargo run --release -- --demo", "tests/run"] {
        assert!(
            readme.contains(&format!("```console\n{command}\n```")),
            "the README does not name {command}"
        );
    }
}

#[test]
fn the_map_names_every_room() {
    let map =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")).unwrap();
    for source in super::source::sources() {
        let room = source.room();
        assert!(
            room == "lib" || map.contains(&format!("`{room}`")) || map.contains(&format!("`{room}.rs`")),
            "docs/architecture.md does not name {room}"
        );
    }
}
