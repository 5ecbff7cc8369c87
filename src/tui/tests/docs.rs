//! Pictures and lists of the documentation are made from the program, and a test fails when they are not.
//! `LAZYSOPS_UPDATE=1 cargo test --lib tui::tests::docs` writes them anew.

use crate::tui::action::{Context, ENTRIES};
use crate::tui::keymap::Keymap;
use crate::tui::testing::{Editor, gatus, svg};
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

#[test]
fn the_page_of_keys_lists_every_action() {
    let page = key_page();
    for entry in ENTRIES {
        assert!(page.contains(&format!("| {} |", entry.name)), "{}", entry.name);
    }
    fresh("docs/keys.md", &page);
}
