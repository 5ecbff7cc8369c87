//! The resolver of conflicts: masked until asked, every choice can be taken back, nothing is written by accident.

use crate::failure::{Failure, Kind};
use crate::host::Operation;
use crate::ops::resolve::{Choice, Resolved};
use crate::tree::Leaf;
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::resolver::Resolver;
use crate::tui::testing::{Editor, SECRET, conflict};
use crate::tui::worker::{Job, Outcome};
use std::path::PathBuf;
use std::time::Duration;

fn resolver(editor: &Editor) -> &Resolver {
    let found = editor.model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Resolver(resolver) => Some(resolver),
        _ => None,
    });
    found.expect("the resolver is open")
}

fn is_open(editor: &Editor) -> bool {
    let mut overlays = editor.model.overlays.iter();
    overlays.any(|overlay| matches!(overlay, Overlay::Resolver(_)))
}

fn choices(editor: &Editor) -> String {
    let word = |choice: &Option<Choice>| match choice {
        None => '?',
        Some(Choice::Ours) => 'h',
        Some(Choice::Theirs) => 'l',
        Some(Choice::Both) => 'b',
        Some(Choice::Own(_)) => 'e',
    };
    resolver(editor).choices().iter().map(word).collect()
}

#[test]
fn the_conflicts_at_three_sizes() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let mut editor = conflict(width, height);
        insta::assert_snapshot!(format!("resolver_{width}x{height}"), editor.screen());
        editor.keys("l r");
        insta::assert_snapshot!(format!("resolver_revealed_{width}x{height}"), editor.screen());
    }
}

#[test]
fn no_value_is_on_screen_until_it_is_revealed_and_not_for_longer_than_asked() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let mut editor = conflict(width, height);
        for keys in ["j", "j", "h", "u", "G", "g g", "n", "N"] {
            editor.keys(keys);
            assert!(!editor.text().contains(SECRET), "after {keys}");
        }
        editor.keys("g g r");
        assert!(editor.text().contains("hunter2-theirs"), "{}", editor.text());
        editor.wait(Duration::from_secs(30));
        assert!(!editor.text().contains(SECRET));
        for hide in ["r", "j k", "X", "h"] {
            let mut editor = conflict(width, height);
            editor.keys("r");
            assert!(editor.text().contains(SECRET), "{hide}");
            editor.keys(hide);
            assert!(!editor.text().contains(SECRET), "{hide}: {}", editor.text());
        }
        let mut editor = conflict(width, height);
        editor.keys("r");
        editor.send(Msg::Focus(false));
        assert!(!editor.text().contains(SECRET));
    }
}

#[test]
fn share_safe_mode_shows_nothing_and_a_lock_drops_everything() {
    let mut editor = conflict(80, 24);
    editor.model.guard.share_safe = true;
    editor.keys("r");
    assert!(!editor.text().contains(SECRET));
    assert!(editor.text().contains("share-safe"));
    let mut editor = conflict(80, 24);
    editor.model.guard.limits.idle = Some(Duration::from_secs(60));
    editor.model.file = None;
    editor.wait(Duration::from_secs(61));
    assert!(
        !is_open(&editor),
        "a lock drops the conflicts, also where no file is open"
    );
    assert!(editor.text().contains("locked"), "{}", editor.text());
}

#[test]
fn every_choice_is_shown_goes_on_to_the_next_and_can_be_taken_back() {
    let mut editor = conflict(80, 24);
    assert_eq!(choices(&editor), "???");
    editor.keys("l b h");
    assert_eq!(choices(&editor), "lbh");
    assert!(editor.text().contains("every conflict is decided"));
    editor.keys("u u");
    assert_eq!(choices(&editor), "l??");
    editor.keys("g g b");
    assert!(
        editor.text().contains("an entry has one value"),
        "{}",
        editor.text()
    );
    assert_eq!(choices(&editor), "l??");
    editor.keys("G l");
    assert!(editor.text().contains("merged by itself"), "{}", editor.text());
}

#[test]
fn a_value_of_ones_own_is_typed_in_the_usual_field_and_stays_hidden() {
    let mut editor = conflict(80, 24);
    editor.keys("e");
    assert!(!editor.text().contains(SECRET));
    editor.keys("ctrl-u").type_text("my-own").keys("Enter");
    assert_eq!(choices(&editor), "e??");
    assert_eq!(
        resolver(&editor).choices()[0],
        Some(Choice::Own(Leaf::text("my-own")))
    );
    assert!(!editor.text().contains("my-own"));
    editor.keys("g g e Esc");
    assert_eq!(choices(&editor), "e??");
}

#[test]
fn esc_asks_when_something_was_chosen_and_writing_asks_always() {
    let mut editor = conflict(80, 24);
    editor.keys("h Esc");
    assert!(editor.text().contains("Leave the conflicts?"));
    editor.keys("Esc ctrl-s");
    assert!(
        editor.text().contains("2 conflicts are not decided yet"),
        "{}",
        editor.text()
    );
    editor.keys("l l ctrl-s");
    assert!(
        editor.text().contains("Write the merged file?"),
        "{}",
        editor.text()
    );
    assert!(
        editor.text().contains("1 from main, 2 from other-team"),
        "{}",
        editor.text()
    );
    editor.keys("y");
    let (_, job) = editor.job();
    assert!(matches!(job, Job::Decide(..)), "{job:?}");
    editor.keys("Esc y");
    assert!(!is_open(&editor), "left without writing");
    let mut editor = conflict(80, 24);
    editor.keys("Esc");
    assert!(!is_open(&editor));
}

/// Writes with every conflict decided; the answer of the worker is this.
fn decided(result: Result<Resolved, Failure>) -> Editor {
    let mut editor = conflict(80, 24);
    editor.keys("h h h ctrl-s y");
    let (id, _) = editor.job();
    editor.send(Msg::Done(id, Outcome::Decided(result)));
    editor
}

fn resolved(operation: Operation, left: &[&str]) -> Result<Resolved, Failure> {
    Ok(Resolved {
        gone: false,
        added: true,
        not_added: None,
        left: left.iter().map(PathBuf::from).collect(),
        operation,
        relaid: None,
    })
}

#[test]
fn what_is_left_of_the_merge_is_told() {
    let editor = decided(resolved(Operation::Merge, &["b.yaml"]));
    assert!(
        editor.text().contains("one file is still in conflict"),
        "{}",
        editor.text()
    );
    assert!(!is_open(&editor));
    let mut editor = decided(resolved(Operation::Merge, &[]));
    assert!(
        editor.text().contains("git merge --continue"),
        "{}",
        editor.text()
    );
    editor.keys("y");
    assert!(matches!(
        editor.effects.as_slice(),
        [Effect::Start(_, Job::Proceed(_))]
    ));
    let editor = decided(resolved(Operation::Rebase, &[]));
    assert!(
        editor.text().contains("git rebase --continue"),
        "{}",
        editor.text()
    );
}

#[test]
fn what_was_chosen_stays_when_the_file_cannot_be_written() {
    let failure = Failure::new(
        Kind::Write,
        "not saved: it was changed by somebody else meanwhile",
    );
    let mut editor = decided(Err(failure));
    assert!(
        editor.text().contains("changed by somebody else"),
        "{}",
        editor.text()
    );
    editor.keys("Esc");
    assert_eq!(choices(&editor), "hhh");
}
