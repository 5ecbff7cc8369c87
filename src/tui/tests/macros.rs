//! Keys on real files, by table: `tests/data/macros/` says how a file looks before and after keys were pressed and what they
//! changed was saved. Values that stay must keep their ciphertext.
//!
//! A case begins with `==` and its name. `@` says the name of the file and its rule. `keys` are keys by their names; `"text"`
//! is typed, `paste"text"` pasted, `go:PATH` searched for, `see"text"` must be on screen then, `not"text"` must not; `save`
//! saves. Lines of the file begin with `|`, those that go with `-`, those that come with `+`; what is not saved at the end is
//! saved. `LAZYSOPS_UPDATE=1 cargo test --lib tui::tests::macros` writes the lines anew, to be looked at.

mod case;

use crate::ops::open::{Access, Document};
use crate::ops::plain;
use crate::tree::{Body, Leaf, Step};
use crate::tui::testing::Real;
use case::{Case, Press, read, render};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/macros")
}

/// Runs all cases of a table: how many there are, and what comes out of those that are wrong.
fn table(name: &str) -> (usize, Vec<String>) {
    let path = folder().join(format!("{name}.txt"));
    let (head, mut cases) = read(&std::fs::read_to_string(&path).unwrap());
    let update = std::env::var_os("LAZYSOPS_UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in &mut cases {
        let Ok(after) = std::panic::catch_unwind(|| after(case)) else {
            wrong.push(format!("{}: stopped, see above", case.name));
            continue;
        };
        if update {
            case.after = after;
        } else if case.after != after {
            wrong.push(render(&Case {
                after,
                ..case.clone()
            }));
        }
    }
    if update {
        let text: Vec<String> = cases.iter().map(render).collect();
        std::fs::write(&path, format!("{head}\n{}", text.join("\n"))).unwrap();
    }
    (cases.len(), wrong)
}

/// What the keys of a case make of its file.
fn after(case: &Case) -> String {
    let mut real = Real::new(100, 30);
    let path = real.seal(&case.file, &case.before, case.rule.clone());
    let before = real.read(&path);
    assert_eq!(text(&before), case.before, "{}: as it was encrypted", case.name);
    real.open(&path);
    for press in &case.keys {
        act(&mut real, press, case);
    }
    if real.editor.model.unsaved() {
        real.keys("ctrl-s Enter");
    }
    assert!(
        !real.editor.model.unsaved(),
        "{}: not saved\n{}",
        case.name,
        real.editor.text()
    );
    let after = real.read(&path);
    assert!(
        matches!(after.access, Access::Open(_)),
        "{}: the MAC holds",
        case.name
    );
    let saved = case.keys.iter().any(|press| matches!(press, Press::Save));
    if text(&after) == case.before && !saved {
        assert!(
            after.source == before.source,
            "{}: nothing changed, so no byte does",
            case.name
        );
    }
    if !saved {
        keeps_ciphertext(case, &before, &after);
    }
    text(&after)
}

fn act(real: &mut Real, press: &Press, case: &Case) {
    let screen = real.editor.text();
    match press {
        Press::Key(key) => drop(real.keys(key)),
        Press::Type(text) => drop(real.editor.type_text(text)),
        Press::Paste(text) => drop(real.editor.paste(text)),
        Press::Save => drop(real.keys("ctrl-s Enter")),
        Press::See(text) => assert!(
            screen.contains(text.as_str()),
            "{}: no {text}:\n{screen}",
            case.name
        ),
        Press::Not(text) => assert!(
            !screen.contains(text.as_str()),
            "{}: {text}:\n{screen}",
            case.name
        ),
        Press::Go(path) => {
            let name = path.rsplit([' ', '.']).next().unwrap();
            let name = name.split('[').next().unwrap();
            real.keys("/").editor.type_text(name);
            real.keys("Enter");
            for _ in 0..50 {
                if real.editor.selected() == *path {
                    return;
                }
                real.keys("n");
            }
            panic!("{}: no {path}:\n{}", case.name, real.editor.text());
        }
    }
}

fn text(document: &Document) -> String {
    let text = plain::text(document, &document.content).unwrap();
    String::from_utf8(text.to_vec()).unwrap()
}

/// For each path and value, the ciphertexts there.
fn ciphertexts(document: &Document) -> BTreeMap<(String, Vec<u8>), Vec<Vec<u8>>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    let loaded = document.load().unwrap();
    for step in document.content.walk() {
        let id = step.id();
        let (plain, sealed) = match (&document.content.node(id).body, &loaded.tree.node(id).body, step) {
            (Body::Leaf(leaf), Body::Leaf(Leaf::Text(sealed)), Step::Leaf(_)) => (
                [leaf.type_name().as_bytes(), b" ", leaf.canonical().as_slice()].concat(),
                sealed,
            ),
            (Body::Comment(plain), Body::Comment(sealed), _) => (plain.text.expose().to_vec(), &sealed.text),
            _ => continue,
        };
        if document.selection.decide(&document.content, id).encrypted {
            let path: Vec<_> = document
                .content
                .key_path(id)
                .into_iter()
                .map(|key| key.display())
                .collect();
            let value = sealed.expose().to_vec();
            assert!(
                value.starts_with(b"ENC[") || value.is_empty(),
                "{path:?} is encrypted"
            );
            all.entry((path.join("\0"), plain)).or_default().push(value);
        }
    }
    all
}

/// Where a value is what it was, so is its ciphertext.
fn keeps_ciphertext(case: &Case, before: &Document, after: &Document) {
    let now = ciphertexts(after);
    for (place, old) in ciphertexts(before) {
        let Some(new) = now.get(&place) else { continue };
        let (few, many) = if new.len() <= old.len() {
            (new, &old)
        } else {
            (&old, new)
        };
        let kept = few.iter().all(|cipher| many.contains(cipher));
        assert!(
            kept,
            "{}: {} is encrypted anew",
            case.name,
            place.0.replace('\0', ".")
        );
    }
}

#[test]
fn keys_do_to_real_files_what_the_tables_say() {
    let mut tables: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    tables.sort();
    let (counts, wrong): (Vec<usize>, Vec<Vec<String>>) = tables.iter().map(|name| table(name)).unzip();
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "this is what comes out:\n{}", wrong.join("\n"));
    let count: usize = counts.iter().sum();
    assert!(count >= 60, "{count} cases");
}
