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

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// All modules of the tests and the sources, as cargo names them: `faces::files`, `tui::tests::relock`.
fn modules() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for start in [root.join("tests"), root.join("src")] {
        let mut folders = vec![start.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let inside = path.strip_prefix(&start).unwrap().with_extension("");
                let name = inside.to_str().unwrap().replace('/', "::");
                found.push(format!("{name}::"));
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
    }
    found
}

#[test]
fn the_proofs_that_the_security_page_names_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let modules = modules();
    let mut missing = Vec::new();
    for quoted in quoted(&page) {
        let mut words = quoted.split_whitespace().filter(|word| !word.contains('='));
        let first = words.next().unwrap_or_default();
        let is_program = ["tests/", "fuzz/", ".ci/"]
            .iter()
            .any(|start| first.starts_with(start));
        if is_program && !root.join(first).exists() {
            missing.push(first.to_owned());
        }
        let test = match first {
            "tests/run" => words.next().unwrap_or_default(),
            _ if first.contains("::") && first == quoted => first,
            _ => continue,
        };
        let is_name = test
            .chars()
            .all(|c| c.is_ascii_lowercase() || c == '_' || c == ':');
        if is_name && !modules.iter().any(|module| module.contains(test)) {
            missing.push(test.to_owned());
        }
    }
    assert!(
        missing.is_empty(),
        "docs/security.md names what is not there: {missing:?}"
    );
}
