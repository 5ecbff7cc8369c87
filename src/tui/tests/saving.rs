//! Saving, quitting and opening another file: nothing is lost without a question.

use crate::failure::{Failure, Kind};
use crate::ops::save::Agreed;
use crate::tree::{Body, Leaf, Step, Tree};
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, Real, gatus, read};
use crate::tui::worker::{Job, Outcome, Written};

fn edited() -> Editor {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("j j j e ctrl-u n Enter");
    assert_eq!(editor.changes().len(), 1);
    editor
}

/// Presses save and Enter; the task that writes.
fn save(editor: &mut Editor) -> crate::tui::worker::TaskId {
    editor.keys("ctrl-s");
    assert!(editor.text().contains("Save 1 change to values.sops.yaml"));
    editor.keys("Enter");
    match editor.job() {
        (id, Job::Save(document, tree, None, agreed)) => {
            assert_eq!(agreed, Agreed::default());
            assert!(!document.content.same_content(&tree, true));
            id
        }
        (_, job) => panic!("{job:?}"),
    }
}

fn written(editor: &Editor) -> Outcome {
    let mut document = gatus();
    document.content = editor.model.file.as_ref().unwrap().tree().clone();
    Outcome::Saved(Ok(Written::Done {
        read: Box::new(read(document)),
        relaid: None,
    }))
}

#[test]
fn a_save_lists_changes_writes_and_says_so() {
    let mut editor = edited();
    editor.keys("j h");
    let id = save(&mut editor);
    let outcome = written(&editor);
    editor.send(Msg::Done(id, outcome));
    assert!(editor.text().contains("saved prod/values.sops.yaml"));
    assert!(editor.changes().is_empty());
    assert_eq!(editor.selected(), "gatus", "the row is where it was");
    editor.keys("q");
    assert!(matches!(editor.effects.as_slice(), [Effect::Quit]));
}

#[test]
fn undo_reaches_back_over_a_save() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor
        .keys("j j d j e ctrl-u n Enter z M j j a")
        .type_text("fresh")
        .keys("Enter")
        .type_text("v")
        .keys("Enter");
    editor.keys("ctrl-s Enter");
    let (id, _) = editor.job();
    let outcome = written_anew(&editor);
    editor.send(Msg::Done(id, outcome));
    assert!(editor.changes().is_empty());
    assert_eq!(editor.selected(), "fresh_sops_cypher");
    editor.keys("u");
    assert_eq!(editor.changes(), ["Deleted fresh_sops_cypher"]);
    editor.keys("u u");
    assert_eq!(
        editor.changes(),
        [
            "Edited gatus.slack_webhook_sops_cypher",
            "Deleted fresh_sops_cypher",
            "New gatus.target_version"
        ]
    );
    let (now, before) = (editor.model.file.as_ref().unwrap().tree(), gatus().content);
    assert!(now.same_content(&before, true));
    editor.keys("ctrl-r ctrl-r ctrl-r");
    assert!(editor.changes().is_empty());
}

/// As [`written`], under other ids, as a file that is read anew has them.
fn written_anew(editor: &Editor) -> Outcome {
    let edited = editor.model.file.as_ref().unwrap().tree();
    let mut tree = Tree::new();
    let mut open = vec![];
    for step in edited.walk() {
        let node = edited.node(step.id());
        match step {
            Step::Enter(_) => {
                let branch = match open.last() {
                    None => tree.push_document(),
                    Some(parent) => tree.push(*parent, node.key.clone(), empty(&node.body)),
                };
                open.push(branch);
            }
            Step::Leave(_) => drop(open.pop()),
            Step::Leaf(_) | Step::Comment(_) => {
                tree.push(*open.last().unwrap(), node.key.clone(), node.body.clone());
            }
        }
    }
    let mut document = gatus();
    document.content = tree;
    Outcome::Saved(Ok(Written::Done {
        read: Box::new(read(document)),
        relaid: None,
    }))
}

fn empty(body: &Body) -> Body {
    match body {
        Body::List(_) => Body::List(Vec::new()),
        _ => Body::Map(Vec::new()),
    }
}

#[test]
fn nothing_is_edited_while_a_save_runs() {
    let mut editor = edited();
    save(&mut editor);
    editor.keys("d");
    assert!(editor.text().contains("a save is running"));
    assert_eq!(editor.changes().len(), 1);
}

#[test]
fn folds_stay_as_they_are_over_a_save() {
    let mut editor = edited();
    editor.keys("g g j j h h");
    assert!(editor.text().contains("▸ gatus"));
    let id = save(&mut editor);
    let outcome = written(&editor);
    editor.send(Msg::Done(id, outcome));
    assert!(editor.text().contains("▸ gatus"));
}

#[test]
fn a_save_that_fails_keeps_the_edits() {
    let mut editor = edited();
    let id = save(&mut editor);
    let failure = Failure::new(Kind::Write, "values.sops.yaml: no space left on device").hint("make room");
    editor.send(Msg::Done(id, Outcome::Saved(Err(failure))));
    assert!(editor.text().contains("no space left on device"));
    assert!(editor.text().contains("make room"));
    assert_eq!(editor.changes().len(), 1);
}

#[test]
fn a_save_can_be_cancelled() {
    let mut editor = edited();
    editor.keys("ctrl-s Esc");
    assert!(editor.effects.is_empty());
    assert!(editor.model.overlays.is_empty());
}

#[test]
fn quitting_asks_when_something_is_not_saved() {
    for key in ["q", "ctrl-c"] {
        let mut editor = edited();
        editor.keys(key);
        assert!(editor.text().contains("1 change is not saved."));
        editor.keys("Enter");
        assert!(editor.effects.is_empty(), "the safe answer is highlighted");
        editor.keys(key).keys("y");
        assert!(matches!(editor.effects.as_slice(), [Effect::Quit]));
    }
}

#[test]
fn save_and_quit_quits_when_the_save_is_done_and_not_before() {
    let mut editor = edited();
    editor.keys(": w q Enter Enter");
    let (id, _) = editor.job();
    editor.keys("q y");
    assert!(editor.effects.is_empty(), "quitting waits for the save");
    let outcome = written(&editor);
    editor.send(Msg::Done(id, outcome));
    assert!(matches!(editor.effects.as_slice(), [Effect::Quit]));
}

#[test]
fn a_file_changed_on_disk_is_reloaded_with_the_edits_that_fit() {
    let mut editor = edited();
    editor.keys("j e ctrl-u m Enter j d");
    assert_eq!(editor.changes().len(), 3);
    editor.keys("ctrl-s Enter");
    let (id, _) = editor.job();
    editor.send(Msg::Done(id, Outcome::Saved(Ok(Written::ChangedOnDisk))));
    assert!(editor.text().contains("Somebody else changed it"));
    editor.keys("y");
    let (id, Job::Open(_)) = editor.job() else {
        panic!()
    };
    let mut theirs = gatus();
    let map = theirs.content.children(theirs.content.documents()[0])[1];
    let webhook = theirs.content.children(map)[1];
    theirs.content.set_body(webhook, Body::Leaf(Leaf::text("theirs")));
    editor.answer_open(id, theirs);
    assert_eq!(
        editor.changes(),
        [
            "Edited gatus.username_sops_cypher",
            "Deleted gatus.password_sops_cypher"
        ]
    );
    let text = editor.text();
    assert!(text.contains("no longer fit") && text.contains("gatus.slack_webhook_sops_cypher"));
    assert!(text.contains("reloaded; 2 edits kept"));
}

#[test]
fn new_branches_and_renames_survive_a_reload() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor
        .keys("j j a ctrl-u")
        .type_text("note")
        .keys("Enter")
        .type_text("n")
        .keys("Enter");
    editor.keys("g g j c").type_text("2").keys("Enter");
    editor.keys(":").type_text("reload").keys("Enter");
    let (id, _) = editor.job();
    editor.answer_open(id, gatus());
    let mut changes = editor.changes();
    changes.sort();
    assert_eq!(changes, ["Edited gatus2", "New gatus2.note"]);
}

#[test]
fn opening_another_file_asks_when_something_is_not_saved() {
    let mut editor = edited();
    editor.keys("1 G Enter");
    assert!(editor.text().contains("Open another file?"));
    editor.keys("Esc 1 G Enter l l Enter");
    assert!(matches!(editor.job(), (_, Job::Open(path)) if path.ends_with("staging/values.sops.yaml")));
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_open_one_as_it_is() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("1 G Enter");
    let (id, _) = editor.job();
    let failure = Failure::new(
        Kind::Read,
        "staging/values.sops.yaml: line 3: the quote is never closed",
    );
    editor.send(Msg::Done(id, Outcome::Opened(Err(failure))));
    assert!(editor.text().contains("the quote is never closed"));
    editor.keys("Esc 2");
    assert_eq!(editor.model.tree.rows.len(), 13);
}

#[test]
fn slow_work_shows_a_spinner_and_can_be_left() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("1 G Enter");
    let (id, _) = editor.job();
    assert!(editor.model.spinner().is_none());
    editor.wait(std::time::Duration::from_millis(200));
    assert!(editor.text().contains("opening staging/values"));
    editor.keys("Esc");
    assert!(editor.text().contains("cancelled"));
    let idle = editor.model.guard.idle_at();
    assert_eq!(editor.model.deadline(), idle, "nothing else wakes the editor up");
    editor.answer_open(id, gatus());
    assert!(editor.model.overlays.is_empty());
}

#[test]
fn a_changed_item_is_listed_with_the_name_of_its_list() {
    let mut real = Real::new(80, 24);
    let path = real.seal("a.yaml", "a_long_name_of_a_map: {tokens: [one, two]}\n", None);
    real.open(&path);
    real.keys("G e x Enter");
    let text = real.editor.text();
    assert!(text.contains("~ tokens[1]"), "{text}");
}
