//! Moving, folding, filtering, and going from pane to pane.

use crate::tui::layout::Pane;
use crate::tui::testing::{Editor, gatus, large};

fn editor() -> Editor {
    Editor::open(gatus(), 80, 24)
}

#[test]
fn rows_fold_and_unfold_one_and_all() {
    let mut editor = editor();
    editor.keys("j h");
    assert!(editor.text().contains("▸ gatus {4}"));
    editor.keys("l l");
    assert_eq!(editor.selected(), "gatus.target_version");
    editor.keys("h");
    assert_eq!(editor.selected(), "gatus");
    editor.keys("G z M");
    assert_eq!(editor.selected(), "database");
    assert_eq!(editor.model.tree.rows.len(), 3);
    editor.keys("Enter z R");
    assert_eq!(editor.model.tree.rows.len(), 13);
    assert_eq!(editor.selected(), "database");
}

#[test]
fn folding_a_branch_gives_the_rows_that_building_anew_gives() {
    let mut editor = Editor::open(large(500), 80, 24);
    editor.keys("g g h ctrl-d h ctrl-d ctrl-d h k k h G h h k l h");
    let rows: Vec<_> = (0..editor.model.tree.rows.len())
        .map(|at| editor.model.tree.rows.get(at))
        .collect();
    let file = editor.model.file.as_ref().unwrap();
    editor.model.tree.rows.build(file);
    let anew: Vec<_> = (0..editor.model.tree.rows.len())
        .map(|at| editor.model.tree.rows.get(at))
        .collect();
    assert_eq!(rows, anew);
}

#[test]
fn a_filter_shows_matches_with_what_they_stand_in() {
    let mut editor = editor();
    editor.keys("j j /").type_text("pool");
    assert_eq!(editor.selected(), "database.pool_sops_cypher");
    assert_eq!(editor.model.tree.rows.len(), 2);
    editor.keys("Esc");
    assert_eq!(editor.selected(), "gatus.target_version");
    assert_eq!(editor.model.tree.rows.len(), 13);
}

#[test]
fn enter_keeps_the_row_and_n_goes_to_the_next_match() {
    let mut editor = editor();
    editor.keys("/").type_text("cypher").keys("Down Enter");
    let first = editor.selected();
    assert_eq!(editor.model.tree.rows.len(), 13);
    let mut seen = vec![first.clone()];
    for _ in 0..3 {
        editor.keys("n");
        seen.push(editor.selected());
    }
    editor.keys("n");
    assert_eq!(editor.selected(), first);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
    editor.keys("N n");
    assert_eq!(editor.selected(), first);
}

#[test]
fn a_match_in_a_folded_branch_is_unfolded() {
    let mut editor = editor();
    editor.keys("/").type_text("pool").keys("Enter g g z M n");
    assert_eq!(editor.selected(), "database.pool_sops_cypher");
    assert!(editor.text().contains("pool_sops_cypher"));
}

#[test]
fn taking_characters_away_widens_a_filter_again() {
    let mut editor = editor();
    editor.keys("/").type_text("poolx");
    assert_eq!(editor.model.tree.rows.len(), 0);
    editor.keys("Backspace");
    assert_eq!(editor.model.tree.rows.len(), 2);
    editor.keys("ctrl-u");
    assert_eq!(
        editor.model.tree.rows.len(),
        12,
        "all but the comment, which has no path"
    );
}

#[test]
fn panes_are_reached_by_number_and_in_turn() {
    let mut editor = editor();
    for (keys, pane) in [
        ("1", Pane::Files),
        ("Tab", Pane::Tree),
        ("Tab", Pane::Changes),
        ("4", Pane::Recipients),
        ("shift-Tab", Pane::Changes),
        ("5 Tab", Pane::Files),
        ("shift-Tab", Pane::Groups),
    ] {
        editor.keys(keys);
        assert_eq!(editor.model.focus, pane, "{keys}");
        assert!(editor.model.layout().pane(pane).is_some());
    }
}

#[test]
fn brackets_cycle_what_narrow_terminals_show() {
    let mut editor = editor();
    assert!(editor.text().contains("1 Files"));
    editor.keys("]");
    assert!(editor.text().contains("4 Recipients"));
    assert_eq!(editor.model.focus, Pane::Tree);
    editor.keys("[");
    assert!(editor.text().contains("1 Files"));
    let mut narrow = Editor::open(gatus(), 40, 12);
    narrow.keys("]");
    assert!(narrow.text().contains("3 Changes"));
}

#[test]
fn a_change_in_a_folded_branch_is_shown_in_the_tree() {
    let mut editor = editor();
    editor.keys("j j d z M 3 Enter");
    assert_eq!(editor.model.focus, Pane::Tree);
    assert_eq!(editor.selected(), "gatus.target_version");
}

#[test]
fn keys_in_a_row_show_what_may_follow() {
    let mut editor = editor();
    editor.keys("z");
    assert!(editor.text().contains("fold everything"));
    editor.keys("x");
    assert!(!editor.text().contains("fold everything"));
}

#[test]
fn the_palette_does_what_a_key_does() {
    let mut editor = editor();
    editor.keys(":").type_text("fold-all").keys("Enter");
    assert_eq!(editor.model.tree.rows.len(), 3);
    editor.keys(": q Enter");
    assert!(matches!(
        editor.effects.as_slice(),
        [crate::tui::effect::Effect::Quit]
    ));
}
