//! Every action can be reached, does something or says why not, and is documented; the bottom line never lies.

use crate::failure::{Failure, Kind};
use crate::ops::open::Access;
use crate::tui::action::{Action, Context, ENTRIES};
use crate::tui::key::Key;
use crate::tui::keymap::{Keymap, Lookup};
use crate::tui::testing::{Editor, conflict, gatus, locked, with_findings, with_matrix, with_plan};
use crate::tui::theme::Role;
use crate::tui::update::act;
use crate::tui::view::hints;
use ratatui::buffer::Buffer;
use std::collections::HashSet;

/// Reached by the palette alone, because each throws something away or is rarely wanted.
const UNBOUND: &[Action] = &[Action::SaveAndQuit, Action::QuitWithoutSaving];

/// A pane or overlay to be in, by the keys that lead there.
const PLACES: &[&str] = &[
    "ctrl-l",
    "j",
    "j j j",
    "G",
    "1",
    "1 j",
    "1 G Enter",
    "1 a",
    "L",
    "S",
    "j j j y",
    "3",
    "4",
    "5",
    "j j d",
    "j j d u",
    "j j d 3",
    "/",
    "/ p a s",
    "/ Tab h u n",
    "/ z z z",
    "/ p a s Enter",
    "j j j e",
    "j j j e x",
    "j j j j j j j e",
    "j j j e ctrl-e",
    "1 a",
    "1 a j",
    "1 f",
    "j j j t",
    "R",
    "R j j Enter",
    "1 Space",
    "1 i",
    "1 I",
    "j j t",
    "j j j C",
    "j j j ctrl-g",
    "j j j b",
    "j j j ctrl-g j j j j",
    "j j j e ctrl-g",
    "j j c",
    "j j a",
    "j j a k Enter",
    "j j #",
    "4 j",
    "4 a",
    "4 a x",
    "4 m",
    "4 j d",
    "4 j d 3",
    "4 j d ctrl-s",
    "5 j j",
    "5 G",
    "5 a",
    "j j d ctrl-s",
    "j j d q",
    "D",
    "?",
    ":",
    ": s a",
    ": z z z z",
];

/// Places in the resolver of conflicts.
const CONFLICT: &[&str] = &[
    "ctrl-l",
    "j",
    "G",
    "r",
    "h",
    "h u",
    "h l e",
    "h l l",
    "h l l ctrl-s",
    "h Esc",
    "?",
];

/// Where there is nothing to edit, only the panes differ.
fn places(file: &str) -> &'static [&'static str] {
    match file {
        "open" => PLACES,
        "conflict" => CONFLICT,
        "planned" | "matrix" | "findings" => &["ctrl-l", "j", "l"],
        _ => &PLACES[..14],
    }
}

/// Opens an editor of a size.
type Open = fn(u16, u16) -> Editor;

fn files() -> Vec<(&'static str, Open)> {
    vec![
        ("planned", with_plan),
        ("matrix", with_matrix),
        ("findings", with_findings),
        ("open", |width, height| Editor::open(gatus(), width, height)),
        ("nothing", Editor::empty),
        ("conflict", conflict),
        ("locked", |width, height| {
            let mut editor = Editor::open(locked(gatus()), width, height);
            editor.keys("Esc");
            editor
        }),
        ("read-only", |width, height| {
            let mut document = gatus();
            document.access = Access::ReadOnly(Failure::new(Kind::MacMismatch, "the MAC does not fit"));
            let mut editor = Editor::open(document, width, height);
            editor.keys("Esc");
            editor
        }),
    ]
}

/// What a user sees.
struct Seen {
    screen: Buffer,
    overlays: usize,
}

impl Seen {
    fn of(editor: &Editor) -> Self {
        Self {
            screen: editor.buffer(),
            overlays: editor.model.overlays.len(),
        }
    }

    /// Whether anything happened since: an effect, or something on the screen.
    fn is_changed(&self, editor: &Editor) -> bool {
        !editor.effects.is_empty()
            || editor.model.overlays.len() != self.overlays
            || editor.buffer() != self.screen
    }
}

/// An editor at a place, after the messages of the way there are gone.
fn at(open: Open, keys: &str, keymap: &Keymap) -> Editor {
    let mut editor = open(80, 24);
    for key in Key::parse_sequence(keys).unwrap() {
        editor.send(crate::tui::msg::Msg::Key(key));
    }
    editor.model.keymap = keymap.clone();
    editor.model.status = None;
    editor.effects.clear();
    editor
}

fn keymaps() -> Vec<(&'static str, Keymap)> {
    Keymap::presets()
        .into_iter()
        .map(|name| (name, Keymap::preset(name).unwrap().unwrap()))
        .collect()
}

#[test]
fn every_action_is_bound_or_unbound_on_purpose_in_every_keymap() {
    for (name, keymap) in keymaps() {
        for entry in ENTRIES {
            let bound = !keymap.keys_of(entry.action, Context::ALL).is_empty();
            let purpose = UNBOUND.contains(&entry.action);
            if name == "default" {
                assert_eq!(bound, !purpose, "{}", entry.name);
            }
            assert!(bound || purpose, "{name}: {}", entry.name);
            assert!(
                bound || entry.action.in_palette(),
                "{}: cannot be reached",
                entry.name
            );
        }
    }
}

#[test]
fn no_key_of_a_keymap_is_hidden_by_another() {
    for (name, keymap) in keymaps() {
        for context in Context::ALL {
            for binding in keymap.of(*context) {
                let found = keymap.lookup(&[*context], &binding.keys);
                assert_eq!(
                    found,
                    Lookup::Action(binding.action),
                    "{name} {context:?} {:?}",
                    binding.keys
                );
                for length in 1..binding.keys.len() {
                    let found = keymap.lookup(&[*context], &binding.keys[..length]);
                    assert_eq!(found, Lookup::Prefix, "{name} {context:?} {:?}", binding.keys);
                }
            }
        }
    }
}

/// At the edge of a list there is nowhere to go, and being where one wants to be needs no words.
const QUIET: &[Action] = &[
    Action::Down,
    Action::Up,
    Action::Top,
    Action::Bottom,
    Action::HalfDown,
    Action::HalfUp,
    Action::Fold,
    Action::Unfold,
    Action::FoldAll,
    Action::UnfoldAll,
    Action::FocusFiles,
    Action::FocusTree,
    Action::FocusChanges,
    Action::FocusRecipients,
    Action::FocusGroups,
    Action::ColumnLeft,
    Action::ColumnRight,
    Action::JumpToChange,
    Action::CancelTask,
    Action::ClearField,
    Action::ShowField,
    Action::Complete,
];

#[test]
fn every_bound_action_does_something_or_says_why_not() {
    let keymap = Keymap::default_keys();
    let mut did = HashSet::new();
    let mut silent = Vec::new();
    for (file, open) in files() {
        for place in places(file) {
            let before = Seen::of(&at(open, place, &keymap));
            for entry in ENTRIES {
                let mut editor = at(open, place, &keymap);
                let contexts = editor.model.contexts();
                let in_palette = contexts.contains(&Context::Everywhere) && entry.action.in_palette();
                if keymap.keys_of(entry.action, &contexts).is_empty() && !in_palette {
                    continue;
                }
                editor.effects = act(&mut editor.model, entry.action);
                if before.is_changed(&editor) {
                    did.insert(entry.action);
                } else {
                    if !QUIET.contains(&entry.action) {
                        silent.push(format!("{} at `{place}`, file {file}", entry.name));
                    }
                }
            }
        }
    }
    assert!(silent.is_empty(), "nothing happens:\n{}", silent.join("\n"));
    for entry in ENTRIES {
        let needs_more = entry.action == Action::NextButton || entry.action == Action::PreviousButton;
        assert!(
            did.contains(&entry.action) || needs_more,
            "{} does nothing anywhere",
            entry.name
        );
    }
}

#[test]
fn every_hint_of_the_bottom_line_is_bound_and_works() {
    let mut lies = Vec::new();
    for (name, keymap) in keymaps() {
        for (file, open) in files() {
            for place in places(file) {
                let here = at(open, place, &keymap);
                let (hinted, before) = (hints(&here.model), Seen::of(&here));
                assert!(!hinted.is_empty(), "{name} {file} {place}");
                for hint in hinted {
                    let mut editor = at(open, place, &keymap);
                    let keys = Key::parse_sequence(&hint.keys).unwrap();
                    let found = keymap.lookup(&editor.model.contexts(), &keys);
                    let what = format!(
                        "`{} {}` at `{place}`, file {file}, keymap {name}",
                        hint.keys, hint.word
                    );
                    assert_eq!(found, Lookup::Action(hint.action), "{what}");
                    editor.keys(&hint.keys);
                    if !before.is_changed(&editor) {
                        lies.push(format!("{what} does nothing"));
                    }
                    let role = editor.model.status.as_ref().map(|status| status.role);
                    if role == Some(Role::Warning) {
                        lies.push(format!("{what} is refused"));
                    }
                }
            }
        }
    }
    assert!(lies.is_empty(), "{}", lies.join("\n"));
}

#[test]
fn the_help_of_every_place_lists_its_keys() {
    for (name, keymap) in keymaps() {
        for place in PLACES {
            let mut editor = at(
                |width, height| Editor::open(gatus(), width, height),
                place,
                &keymap,
            );
            let contexts = editor.model.contexts();
            if contexts == [Context::Pager] {
                continue;
            }
            editor.model.size.height = 200;
            editor.effects = act(&mut editor.model, Action::Help);
            let help = editor.text();
            for context in contexts {
                assert!(
                    help.contains(context.title()),
                    "{name} {place}: {}",
                    context.title()
                );
                for binding in keymap.of(context) {
                    let keys = &keymap.keys_of(binding.action, &[context])[0];
                    let doc = binding.action.entry().doc;
                    // What is long goes on in the next line.
                    let doc = crate::tui::text::prefix(doc, 30);
                    let mut lines = help.lines();
                    let listed = lines.any(|line| line.contains(doc) && line.contains(keys));
                    assert!(listed, "{name} {place}: {keys} {}", binding.action.name());
                }
            }
        }
    }
}

#[test]
fn every_context_has_a_way_to_accept_or_leave_and_to_stop_the_program() {
    let keymap = Keymap::default_keys();
    for context in Context::ALL {
        let contexts = [*context, Context::Everywhere];
        let lookup: &[Context] = if keymap
            .of(*context)
            .any(|binding| binding.action == Action::Cancel)
        {
            &contexts[..1]
        } else {
            &contexts
        };
        for action in [Action::Suspend, Action::Help] {
            let bound = !keymap.keys_of(action, lookup).is_empty();
            assert!(
                bound || (*context == Context::Pager && action == Action::Help),
                "{context:?} {action:?}"
            );
        }
    }
}
