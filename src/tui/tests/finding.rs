//! Finding: values on request, places left by jumps, messages that were told.

use crate::tui::layout::Pane;
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;
use crate::tui::testing::{Editor, SECRET, gatus, locked};
use crate::tui::theme::Role;
use crate::tui::worker::Job;

fn editor() -> Editor {
    Editor::open(gatus(), 80, 24)
}

#[test]
fn values_are_searched_on_request_and_stay_masked() {
    let mut editor = editor();
    editor.keys("/").type_text("hunter");
    assert_eq!(
        editor.model.tree.rows.len(),
        0,
        "paths only, until it is asked for"
    );
    editor.keys("Tab");
    assert_eq!(editor.selected(), "gatus.password_sops_cypher");
    assert!(
        !editor.text().contains("hunter"),
        "the query is a part of a value, so it is hidden"
    );
    assert!(editor.text().contains("values /"));
    editor.type_text("2");
    assert_eq!(editor.model.tree.rows.len(), 2);
    assert!(!editor.text().contains(SECRET));
    editor.keys("ctrl-t");
    assert!(editor.text().contains("values /hunter2"));
    editor.keys("Enter");
    assert_eq!(editor.selected(), "gatus.password_sops_cypher");
    assert!(!editor.text().contains(SECRET));
    editor.keys("g g n");
    assert_eq!(editor.selected(), "gatus.password_sops_cypher");
    editor.keys("/ Tab").type_text("5432");
    assert_eq!(editor.selected(), "database.port", "numbers are values too");
    editor.keys("ctrl-u Tab").type_text("port");
    assert_eq!(editor.selected(), "database.port");
    assert!(editor.text().contains(" /port"));
}

#[test]
fn a_locked_file_has_no_values_to_search() {
    let mut editor = Editor::open(locked(gatus()), 80, 24);
    editor.keys("Esc / Tab").type_text("ENC");
    assert_eq!(editor.model.tree.rows.len(), 0);
}

#[test]
fn jumps_lead_back_and_forth_again() {
    let mut editor = editor();
    editor.keys("j j /").type_text("pool").keys("Enter");
    editor.keys("n g g");
    assert_eq!(editor.selected(), "#");
    editor.keys("ctrl-o");
    assert_eq!(editor.selected(), "database.pool_sops_cypher");
    editor.keys("ctrl-o");
    assert_eq!(editor.selected(), "gatus.target_version");
    editor.keys("ctrl-o");
    assert!(editor.text().contains("no jump before this"));
    editor.keys("ctrl-n");
    assert_eq!(editor.selected(), "database.pool_sops_cypher");
    editor.keys("ctrl-n");
    assert_eq!(editor.model.tree.cursor.at, 0);
    editor.keys("ctrl-n");
    assert!(editor.text().contains("no jump to go forth to"));
}

#[test]
fn a_jump_leads_back_to_another_file_and_to_a_row_that_was_folded_away() {
    let mut editor = editor();
    editor.keys("j j j 1 G Enter");
    let (id, Job::Open(path)) = editor.job() else {
        panic!("a file is opened");
    };
    let mut other = gatus();
    other.path = path;
    editor.answer_open(id, other);
    assert_eq!(editor.model.tree.cursor.at, 0);
    editor.keys("ctrl-o");
    let (id, Job::Open(path)) = editor.job() else {
        panic!("the first file is opened again");
    };
    assert!(path.ends_with("prod/values.sops.yaml"));
    editor.answer_open(id, gatus());
    assert_eq!(editor.selected(), "gatus.slack_webhook_sops_cypher");
    editor.keys("ctrl-n");
    assert!(matches!(editor.job(), (_, Job::Open(path)) if path.ends_with("staging/values.sops.yaml")));

    let mut folded = self::editor();
    folded.keys("j j d G 3 Enter");
    assert_eq!(folded.selected(), "gatus.target_version");
    folded.keys("z M ctrl-o");
    assert_eq!(folded.selected(), "database.hosts[1]");
    assert_eq!(folded.model.focus, Pane::Tree);
}

#[test]
fn of_two_files_asked_for_the_last_one_is_shown() {
    let mut editor = editor();
    editor.keys("1 G Enter");
    let (first, _) = editor.job();
    editor.keys("g g j Enter");
    let stopped = &editor.effects[1..];
    assert!(
        matches!(stopped, [crate::tui::effect::Effect::Cancel(id)] if *id == first),
        "{stopped:?}"
    );
    let mut late = gatus();
    late.path = "/repo/staging/values.sops.yaml".into();
    editor.answer_open(first, late);
    let open = &editor.model.file.as_ref().unwrap().document.path;
    assert!(open.ends_with("prod/values.sops.yaml"));
}

#[test]
fn the_palette_offers_what_cannot_be_done_too_and_says_why() {
    let mut editor = editor();
    editor.keys(":").type_text("redo");
    assert!(editor.text().contains("nothing to redo"));
    editor.keys("Enter");
    assert!(editor.model.overlays.is_empty());
    assert!(editor.text().contains("nothing to redo"));
    editor.keys(":").type_text("unfold-a").keys("Tab");
    assert!(editor.text().contains(":unfold-all"), "{}", editor.text());
    editor.keys("Esc :");
    for (short, name) in [
        ("w", "save"),
        ("q", "close"),
        ("wq", "save-and-quit"),
        ("q!", "quit-without-saving"),
    ] {
        editor.keys("ctrl-u").type_text(short);
        let screen = editor.text();
        assert!(screen.contains(&format!("{name} :{short}")), "{short}: {screen}");
    }
}

#[test]
fn a_message_too_long_for_a_line_is_wrapped_and_all_can_be_read_again() {
    let mut editor = Editor::open(gatus(), 40, 12);
    let long = "the quick brown key server jumps over the lazy data key and says so at some length";
    editor.model.say(Role::Error, long);
    editor.model.say(Role::Info, long);
    let screen = editor.text().replace(['│', '\n'], " ");
    let words: Vec<&str> = screen.split_whitespace().collect();
    for word in long.split(' ') {
        assert!(words.contains(&word), "{word}: {}", editor.text());
    }
    editor.model.say(Role::Info, "done");
    editor.keys("g m");
    assert!(editor.text().contains("Messages"));
    assert!(editor.text().contains("done") && editor.text().contains("the quick brown"));
}

#[test]
fn an_error_stays_until_a_key_is_pressed_however_long_that_takes() {
    let mut editor = editor();
    editor.model.say(Role::Error, "the key server is gone");
    editor.wait(std::time::Duration::from_secs(250));
    editor.send(Msg::Focus(true));
    assert!(editor.text().contains("the key server is gone"));
    editor.keys("j");
    assert!(!editor.text().contains("the key server is gone"));
}

#[test]
fn the_line_at_the_bottom_offers_to_stop_what_takes_long() {
    let mut editor = editor();
    editor.keys("1 G Enter");
    let (id, _) = editor.job();
    assert!(!editor.text().contains("Esc stop"));
    editor.wait(std::time::Duration::from_millis(200));
    assert!(editor.text().contains("Esc stop"), "{}", editor.text());
    editor.wait(std::time::Duration::from_secs(3));
    assert!(editor.text().contains(" 3 s"), "{}", editor.text());
    editor.keys("Esc");
    assert!(
        matches!(editor.effects.as_slice(), [crate::tui::effect::Effect::Cancel(stopped)] if *stopped == id)
    );
}

#[test]
fn a_filter_that_finds_nothing_leaves_the_row_where_it_was() {
    let mut editor = editor();
    editor.keys("j j j");
    let before = editor.selected();
    editor.keys("/").type_text("nothing has this").keys("Enter");
    assert_eq!(editor.selected(), before);
    assert!(editor.text().contains("nothing matches"), "{}", editor.text());
}

#[test]
fn a_key_without_a_meaning_is_told_of_until_the_next_key() {
    let mut editor = editor();
    editor.keys("Q");
    assert!(editor.text().contains("this key does nothing here"));
    editor.keys("j");
    assert!(
        !editor.text().contains("this key does nothing here"),
        "{}",
        editor.text()
    );
}

/// The line that the search in a text has gone to.
fn found(editor: &Editor) -> String {
    let role = editor.model.theme.style(Role::Selected).bg;
    let matching = editor.model.theme.style(Role::SelectedMatch).bg;
    let buffer = editor.buffer();
    let rows = buffer.area.rows().filter(|row| {
        let cells = row.columns().filter_map(|at| buffer.cell((at.x, at.y)));
        let over = cells.filter(|cell| Some(cell.bg) == role || Some(cell.bg) == matching);
        over.count() > 8
    });
    let lines = rows.map(|row| {
        editor
            .text()
            .lines()
            .nth(usize::from(row.y))
            .unwrap_or_default()
            .to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn help_and_messages_are_searched_while_the_text_is_typed() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let mut editor = Editor::open(gatus(), width, height);
        editor.keys("?");
        assert!(editor.text().contains("/ find"), "{}", editor.text());
        editor.keys("/").type_text("edit");
        let screen = editor.text();
        assert!(screen.contains(" /edit 1 of "), "{screen}");
        editor.keys("Enter");
        let top = |editor: &Editor| match editor.model.overlays.last() {
            Some(Overlay::Pager(pager)) => pager.top,
            _ => panic!("the help stays open"),
        };
        let first = (found(&editor), top(&editor));
        assert!(
            first.0.to_lowercase().contains("edit"),
            "{first:?}: {}",
            editor.text()
        );
        editor.keys("n");
        assert!(editor.text().contains(" /edit 2 of "), "{}", editor.text());
        assert_ne!(found(&editor), first.0);
        editor.keys("N");
        assert_eq!(found(&editor), first.0);
        editor.keys("Esc");
        assert!(!editor.text().contains("/edit"), "{}", editor.text());
        assert_eq!(editor.model.overlays.len(), 1, "Esc ends the search first");
        let before = top(&editor);
        editor.keys("/").type_text("quit");
        editor.keys("Esc");
        assert_eq!(top(&editor), before, "what is not accepted goes nowhere");
        editor.keys("/").type_text("no such words");
        assert!(editor.text().contains("no match"), "{}", editor.text());
        editor.keys("Enter");
        assert!(editor.text().contains("nothing matches"), "{}", editor.text());
        editor.keys("Esc");
        assert!(editor.model.overlays.is_empty());
    }
    let mut editor = Editor::open(gatus(), 80, 24);
    for count in 0..40 {
        editor.model.say(Role::Info, format!("message {count} of Many"));
    }
    editor.keys("g m n");
    assert!(
        editor.text().contains("nothing was searched for yet"),
        "{}",
        editor.text()
    );
    editor.keys("/").type_text("MESSAGE 7 ");
    editor.keys("Enter");
    assert!(found(&editor).contains("message 7 of Many"), "{}", editor.text());
}
