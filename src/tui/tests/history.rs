//! `b`: old values are listed masked, shown one at a time, copied, and made edits.

use crate::failure::{Failure, Kind};
use crate::tree::Leaf;
use crate::tui::clipboard::Request;
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::Real;
use crate::tui::worker::{Job, Outcome};
use std::time::Duration;

const NOW: &str = "correct-horse-battery-staple";
const BEFORE: &str = "four-words-of-spring";

/// On the password of the demo, where git is installed.
fn on_password(width: u16, height: u16) -> Option<Real> {
    let mut real = Real::demo_in_git(width, height);
    if !real.path("demo/.git").exists() {
        eprintln!("skipped: git is not installed");
        return None;
    }
    real.keys("/");
    real.editor.type_text("gatus.pass");
    real.keys("Enter");
    Some(real)
}

fn shows(real: &Real, words: &[&str]) {
    let text = real.editor.text();
    for words in words {
        assert!(text.contains(words), "`{words}` in:\n{text}");
    }
}

#[test]
fn the_changes_of_a_value_are_listed_across_a_new_key_another_name_and_another_folder() {
    let Some(mut real) = on_password(120, 40) else {
        return;
    };
    real.keys("b");
    shows(
        &real,
        &[
            "History: gatus.password_sops_cypher · 4 changes",
            "Change the password of the status page",
            "> ",
            "Call the password a password",
            "Replace the first password",
            "Add the status page",
            "in charts/status-page/values.sops.yaml",
            "readable by ops-laptop, ci",
        ],
    );
    let text = real.editor.text();
    assert!(
        !text.contains("Rotate the data key") && !text.contains("Call the folder"),
        "{text}"
    );
    real.keys("G");
    shows(
        &real,
        &[
            "added · gatus.pass_sops_cypher",
            "in charts/status/values.sops.yaml",
            "readable by ops-laptop",
        ],
    );
    let text = real.editor.text();
    assert!(!text.contains(NOW) && !text.contains(BEFORE), "{text}");
    real.keys("Esc");
    assert!(real.editor.model.overlays.is_empty());
}

#[test]
fn an_old_value_is_shown_alone_and_for_a_time_and_hidden_with_everything_else() {
    let Some(mut real) = on_password(80, 24) else {
        return;
    };
    real.keys("b j r");
    shows(&real, &[BEFORE]);
    assert!(!real.editor.text().contains(NOW));
    real.editor.wait(Duration::from_secs(21));
    assert!(!real.editor.text().contains(BEFORE));
    real.keys("r k");
    assert!(
        !real.editor.text().contains(BEFORE),
        "only the selected one is shown"
    );
    real.keys("j r r r X");
    assert!(!real.editor.text().contains(BEFORE));
    real.keys("r");
    real.editor.send(Msg::Focus(false));
    assert!(!real.editor.text().contains(BEFORE));
    real.keys("Esc S b j r");
    shows(&real, &["share-safe mode is on"]);
    assert!(!real.editor.text().contains(BEFORE));
    real.editor.keys("y");
    assert!(real.editor.effects.is_empty());
}

#[test]
fn an_old_value_is_copied_and_becomes_an_edit_that_undo_takes_back() {
    let Some(mut real) = on_password(80, 24) else {
        return;
    };
    real.keys("b j");
    real.editor.keys("y");
    let copied = real.editor.effects.pop();
    assert!(
        matches!(&copied, Some(Effect::Clipboard(Request::Copy { text, secret: true })) if text.expose() == BEFORE.as_bytes())
    );
    real.keys("Enter");
    assert!(real.editor.model.overlays.is_empty());
    let file = real.editor.model.file.as_ref().unwrap();
    let id = real.editor.model.tree.selected().unwrap().id;
    assert_eq!(file.tree().node(id).leaf(), Some(&Leaf::text(BEFORE)));
    assert_eq!(file.changes().len(), 1);
    shows(&real, &["is an edit now"]);
    // A value that is deleted, and not saved, comes back with its old content.
    real.keys("u d b j o");
    let file = real.editor.model.file.as_ref().unwrap();
    assert_eq!(file.tree().node(id).leaf(), Some(&Leaf::text(BEFORE)));
    assert!(!file.deleted(id));
    real.keys("u u u");
    assert!(!real.editor.model.unsaved());
    real.keys("b Enter");
    shows(&real, &["this is the value that it has"]);
}

#[test]
fn what_is_found_late_goes_nowhere_and_esc_stops_looking() {
    let Some(mut real) = on_password(80, 24) else {
        return;
    };
    real.editor.keys("b");
    let (id, job) = real.editor.job();
    assert!(matches!(job, Job::History(..)));
    shows(&real, &["0 changes, looking"]);
    real.editor.keys("Esc");
    assert!(matches!(real.editor.effects.as_slice(), [Effect::Cancel(stopped)] if *stopped == id));
    real.editor.keys("b");
    let (id, _) = real.editor.job();
    real.editor.keys("L");
    real.editor.keys("Esc L");
    assert!(real.editor.model.guard.locked.is_some());
    let failure = Failure::new(Kind::Usage, "git: not a git repository");
    real.editor.send(Msg::Done(id, Outcome::History(Err(failure))));
    assert!(real.editor.model.overlays.is_empty());
}

#[test]
fn a_branch_a_comment_and_a_new_entry_say_that_they_have_no_history() {
    let mut real = Real::demo(80, 24);
    real.keys("g g b");
    shows(&real, &["only values have a history"]);
    real.keys("j a");
    real.editor.type_text("fresh");
    real.keys("Enter");
    real.editor.type_text("v");
    real.keys("Enter b");
    shows(&real, &["not in the file yet"]);
    let mut real = Real::new(80, 24);
    let file = real.seal("alone.yaml", "a: 1\n", None);
    real.open(&file);
    real.keys("b");
    shows(&real, &["History", "not a git repository"]);
}

#[test]
fn the_list_fits_every_terminal() {
    for (width, height) in [(120, 40), (80, 24), (40, 12), (20, 6), (8, 3)] {
        let Some(mut real) = on_password(width, height) else {
            return;
        };
        real.keys("b");
        for keys in ["j", "r", "G", "g g", "ctrl-d", "ctrl-u", "r"] {
            real.keys(keys);
            let _ = real.editor.buffer();
        }
        if width >= 40 {
            shows(&real, &["History"]);
        }
    }
}

#[test]
fn since_when_somebody_can_read_the_file_is_told_with_what_is_known_of_them() {
    let Some(mut real) = on_password(100, 40) else {
        return;
    };
    real.keys("4 Enter");
    shows(&real, &["in the file since 20", "commit ", " of ops, "]);
    real.keys("Esc");
    assert!(real.editor.model.overlays.is_empty() && real.editor.model.tasks.is_empty());
    // Whoever closes it early does not wait for the end.
    real.editor.keys("Enter");
    let (id, job) = real.editor.job();
    assert!(matches!(job, Job::Since(..)), "{job:?}");
    real.editor.keys("Esc");
    let stops = |effect: &Effect| matches!(effect, Effect::Cancel(stopped) if *stopped == id);
    assert!(real.editor.effects.iter().any(stops), "{:?}", real.editor.effects);
}
