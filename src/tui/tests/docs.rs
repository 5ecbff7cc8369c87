//! Pictures and lists of the documentation are made from the program, and a test fails when they are not.
//! `LAZYSOPS_UPDATE=1 cargo test --lib tui::tests::docs` writes them anew.

use crate::tui::action::{Context, ENTRIES};
use crate::tui::key::Key;
use crate::tui::keymap::{Keymap, Lookup};
use crate::tui::testing::{Editor, Real, conflict, gatus, past, svg};
use crate::tui::theme::Role;
use ratatui::layout::Rect;
use std::fmt::Write as _;
use std::path::Path;

/// Holds a file of the project against what it should be, or writes it.
#[allow(
    clippy::disallowed_methods,
    reason = "a test reads and writes the project's own files"
)]
fn fresh(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("LAZYSOPS_UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == text,
        "{path} is not what the program shows; LAZYSOPS_UPDATE=1 cargo test --lib tui::tests::docs writes it anew"
    );
}

fn picture(name: &str, width: u16, height: u16, keys: &str) {
    let mut editor = Editor::open(gatus(), width, height);
    if !keys.is_empty() {
        editor.keys(keys);
    }
    let picture = svg(&editor.buffer(), Rect::new(0, 0, width, height));
    fresh(&format!("docs/screens/{name}.svg"), &picture);
}

#[test]
fn pictures_show_what_the_program_draws() {
    picture(
        "editor",
        120,
        26,
        "j j j d j e x Enter j j a t o k e n Enter v Enter 2 k k",
    );
    picture("reveal", 80, 18, "j j j j j r");
    picture("field", 80, 18, "j j j j j e");
    picture("save", 80, 18, "j j j d j e x Enter ctrl-s");
    picture("filter", 80, 18, "/ p a s");
    picture("palette", 80, 18, ": s a");
    let editor = super::review::sample_editor(120, 20);
    let picture = svg(&editor.buffer(), Rect::new(0, 0, 120, 20));
    fresh("docs/screens/review.svg", &picture);
    let editor = past(100, 18);
    let buffer = editor.buffer();
    fresh("docs/screens/history.svg", &svg(&buffer, buffer.area));
    let mut editor = conflict(80, 18);
    editor.keys("l");
    let buffer = editor.buffer();
    fresh("docs/screens/resolver.svg", &svg(&buffer, buffer.area));
}

/// All keys, as a page of the documentation.
fn key_page() -> String {
    let keymap = Keymap::default_keys();
    let mut page = String::from(
        "# Keys\n\nThe default keys, by the place where they mean something. `?` shows those of the focused pane, `:` finds every\n\
         action by its name. A blank between two keys means one after the other.\n",
    );
    for context in Context::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| Keys | Action | |\n|---|---|---|\n",
            context.title()
        );
        for entry in ENTRIES {
            let known = entry.keys.iter().any(|(contexts, _)| contexts.contains(context));
            let keys = keymap.keys_of(entry.action, &[*context]);
            if known {
                let keys: Vec<String> = keys
                    .iter()
                    .map(|key| format!("`{}`", key.replace('|', "\\|")))
                    .collect();
                let keys = if keys.is_empty() {
                    "not bound".to_owned()
                } else {
                    keys.join(", ")
                };
                let _ = writeln!(page, "| {keys} | {} | {} |", entry.name, entry.doc);
            }
        }
    }
    page.push_str(
        "\nWhere text is typed, the keys of most shells work: `Left`, `Right`, `ctrl-Left`, `ctrl-Right`, `Home` or `ctrl-a`, `End`,\n\
         `Backspace`, `Delete`, `ctrl-w` (word before), `ctrl-k` (rest of the line). Pasted text is taken as it is.\n",
    );
    page
}

/// The guide, in lines.
fn guide() -> Vec<&'static str> {
    include_str!("../../../docs/guide.md").lines().collect()
}

/// The picture with all public keys alike: those of the demo are others each time.
fn keyless(picture: &str) -> String {
    let mut parts = picture.split("age1");
    let mut alike = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        alike.push_str("age1");
        alike.push_str(&"q".repeat(part.len() - rest.len()));
        alike.push_str(rest);
    }
    alike
}

/// Keys of the guide: names, and text in quotes.
fn press(real: &mut Real, line: &str) {
    for (number, part) in line.split('"').enumerate() {
        if number % 2 == 1 {
            real.editor.type_text(part);
            real.settle();
        } else {
            real.keys(part);
        }
    }
}

#[test]
fn the_tour_of_the_guide_can_be_walked_and_its_pictures_show_what_is_on_screen() {
    let mut real = Real::demo(80, 20);
    let mut pictures = 0;
    let mut keys = false;
    for line in guide() {
        match line {
            "```keys" => keys = true,
            "```" => keys = false,
            _ if keys => {
                press(&mut real, line);
                let status = real.editor.model.status.as_ref().map(|status| status.role);
                assert_ne!(status, Some(Role::Warning), "`{line}`: {}", real.editor.text());
            }
            _ => {
                let picture = line
                    .split_once("](screens/")
                    .and_then(|(_, rest)| rest.split_once(".svg)"));
                if let Some((name, _)) = picture.filter(|(name, _)| name.starts_with("tour-")) {
                    let buffer = real.editor.buffer();
                    let drawn = svg(&buffer, buffer.area);
                    let own = ["tour-plan", "tour-matrix"].contains(&name);
                    let drawn = if own { keyless(&drawn) } else { drawn };
                    fresh(&format!("docs/screens/{name}.svg"), &drawn);
                    pictures += 1;
                }
            }
        }
        if line.starts_with("### 7.") {
            let screen = real.editor.text();
            assert!(
                !real.editor.model.unsaved(),
                "the changes of the tour are saved\n{screen}"
            );
        }
    }
    assert_eq!(pictures, 15);
    assert!(
        real.editor.model.guard.locked.is_none(),
        "the last key opens the file again"
    );
    assert!(real.editor.model.file.is_some());
}

#[test]
fn every_picture_of_a_page_is_made_by_a_test_and_every_made_one_is_used() {
    let pages = [guide().join("\n"), include_str!("../../../README.md").to_owned()].join("\n");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screens");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let tour = name.starts_with("tour-");
        let made = [
            "editor", "reveal", "field", "save", "filter", "palette", "review", "history", "resolver",
        ];
        assert!(tour || made.contains(&name.trim_end_matches(".svg")), "{name}");
        assert!(!tour || pages.contains(&name), "{name} is on no page");
    }
}

#[test]
fn the_keys_of_the_table_in_the_guide_do_what_it_says() {
    let keymap = Keymap::default_keys();
    let words = |cell: &str| -> Vec<String> {
        let parts = cell.split('`').enumerate();
        parts
            .filter(|(number, _)| number % 2 == 1)
            .map(|(_, part)| part.to_owned())
            .collect()
    };
    let mut rows = 0;
    let guide = guide();
    let table = guide
        .iter()
        .skip_while(|line| !line.starts_with("| key | action |"))
        .skip(2);
    for row in table.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let (keys, actions) = (words(cells[0]), words(cells[1]));
        assert_eq!(keys.len(), actions.len(), "{row}");
        for (keys, action) in keys.iter().zip(&actions) {
            let sequence = Key::parse_sequence(keys).unwrap();
            let Lookup::Action(found) = keymap.lookup(&[Context::Tree, Context::Everywhere], &sequence)
            else {
                panic!("{row}");
            };
            assert_eq!(found.name(), action, "{row}");
        }
        rows += 1;
    }
    assert!(rows > 15);
}

/// Signs in the guide that are no keys.
const NO_KEYS: &[&str] = &["M", "U", "*", "○", "✓", "≠", "~", "!"];

#[test]
fn every_key_that_the_guide_mentions_is_bound() {
    let keymap = Keymap::default_keys();
    let mut fenced = false;
    for line in guide() {
        fenced ^= line.starts_with("```");
        if fenced {
            continue;
        }
        for part in line.split('`').skip(1).step_by(2) {
            let control = part.starts_with("ctrl-")
                || part.chars().count() == 1
                || ["Enter", "Esc", "Tab"].contains(&part);
            let Some(keys) = Key::parse_sequence(part).filter(|_| control) else {
                continue;
            };
            let bound = Context::ALL
                .iter()
                .any(|context| matches!(keymap.lookup(&[*context], &keys), Lookup::Action(_)));
            assert!(bound || NO_KEYS.contains(&part), "`{part}` in: {line}");
        }
    }
}

#[test]
fn the_page_of_keys_lists_every_action() {
    let page = key_page();
    for entry in ENTRIES {
        assert!(page.contains(&format!("| {} |", entry.name)), "{}", entry.name);
    }
    fresh("docs/keys.md", &page);
}
