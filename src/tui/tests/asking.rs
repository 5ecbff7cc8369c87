//! Key services ask on the screen of the editor, and get what was answered there.

use crate::host::{Ask, Question, Subject};
use crate::tui::asker::Asker;
use crate::tui::event_loop::Event;
use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, gatus};
use std::sync::mpsc::channel;

/// What `ask` gets when its question is answered in an editor by `answer`.
fn asked<T: Send>(ask: impl FnOnce(&dyn Ask) -> T + Send, answer: impl FnOnce(&mut Editor)) -> T {
    let (send, events) = channel();
    let asker = Asker::new(send);
    let mut editor = Editor::open(gatus(), 80, 24);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| ask(&asker));
        let Ok(Event::Asked(inquiry)) = events.recv() else {
            panic!("a question comes");
        };
        editor.send(Msg::Asked(inquiry));
        answer(&mut editor);
        asking.join().unwrap()
    })
}

fn passphrase(ask: &dyn Ask, attempt: u32) -> Option<String> {
    let subject = Subject::SshKey("/home/ops/.ssh/id_ed25519".to_owned());
    let answer = ask.passphrase(&Question { subject, attempt })?;
    Some(answer.expose_str().unwrap().to_owned())
}

#[test]
fn a_passphrase_is_typed_hidden_and_can_be_looked_at() {
    let answer = asked(
        |ask| passphrase(ask, 1),
        |editor| {
            assert!(editor.text().contains("/home/ops/.ssh/id_ed25519"));
            assert!(editor.text().contains("wrong, try again"));
            editor.type_text("open sesame");
            assert!(!editor.text().contains("sesame"));
            editor.keys("ctrl-t");
            assert!(editor.text().contains("open sesame"));
            editor.keys("Enter");
            assert!(!editor.text().contains("id_ed25519"), "the question is gone");
        },
    );
    assert_eq!(answer.as_deref(), Some("open sesame"));
}

#[test]
fn a_pasted_passphrase_is_taken_and_esc_says_no() {
    let answer = asked(
        |ask| passphrase(ask, 0),
        |editor| {
            editor.paste("from a manager").keys("Enter");
        },
    );
    assert_eq!(answer.as_deref(), Some("from a manager"));
    let answer = asked(
        |ask| passphrase(ask, 0),
        |editor| {
            editor.type_text("half").keys("Esc");
        },
    );
    assert_eq!(answer, None);
}

#[test]
fn a_plugin_starts_only_when_the_safe_answer_was_left() {
    let may = |keys: &'static str| {
        asked(
            |ask| ask.may_run("age-plugin-x"),
            |editor| {
                assert!(editor.text().contains("age-plugin-x"));
                editor.keys(keys);
            },
        )
    };
    assert!(!may("Enter") && !may("Esc") && !may("Left Left Enter"));
    assert!(may("Left Enter") && may("y"));
}

#[test]
fn what_a_program_says_cannot_change_the_screen() {
    let answer = asked(
        |ask| ask.choose("really\u{1b}[2J?", "go\u{1b}[2J", None),
        |editor| {
            assert!(editor.text().contains("really") && !editor.text().contains('\u{1b}'));
            editor.keys("Enter");
        },
    );
    assert_eq!(answer, Some(true));
}
