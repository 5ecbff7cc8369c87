//! Share-safe mode, the panic key, the clipboard, the lock: what they keep from view, and what they give back.

use crate::host::Provider;
use crate::tui::clipboard::{Answer, Request};
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, SECRET, gatus};
use std::time::Duration;

fn on_password() -> Editor {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("/").type_text("password").keys("Enter");
    editor
}

/// What was asked of the clipboard last: a text to keep, or `None` to clear it.
fn asked(editor: &Editor) -> Vec<Option<String>> {
    let requests = editor.effects.iter().filter_map(|effect| match effect {
        Effect::Clipboard(Request::Copy { text, .. }) => Some(text.expose_str().map(str::to_owned)),
        Effect::Clipboard(Request::Clear) => Some(None),
        _ => None,
    });
    requests.collect()
}

/// What the terminal was told to keep.
fn told(editor: &Editor) -> Vec<String> {
    let texts = editor.effects.iter().filter_map(|effect| match effect {
        Effect::TellTerminal(text) => text.expose_str().map(str::to_owned),
        _ => None,
    });
    texts.collect()
}

/// The password is copied and kept by a provider.
fn copied(provider: Provider) -> Editor {
    let mut editor = on_password();
    editor.keys("y");
    let Some(Effect::Clipboard(Request::Copy { text, secret: true })) = editor.effects.pop() else {
        panic!("nothing was copied");
    };
    assert_eq!(text.expose_str(), Some(SECRET));
    let for_terminal = (provider == Provider::Terminal).then_some(text);
    editor.send(Msg::Clipboard(Answer::Copied {
        provider,
        for_terminal,
        secret: true,
    }));
    editor
}

#[test]
fn a_copied_value_is_cleared_after_its_time_and_the_provider_is_named() {
    let mut editor = copied(Provider::X11);
    assert!(
        editor.text().contains("copied by X11, cleared in 20 s"),
        "{}",
        editor.text()
    );
    assert!(!editor.text().contains(SECRET));
    editor.wait(Duration::from_secs(19));
    assert!(asked(&editor).is_empty());
    editor.wait(Duration::from_secs(1));
    assert_eq!(asked(&editor), [None]);
    editor.wait(Duration::from_secs(60));
    assert!(asked(&editor).is_empty(), "cleared once");
}

#[test]
fn that_the_clipboard_is_cleared_hides_no_answer_that_was_not_read_yet() {
    let mut editor = copied(Provider::X11);
    editor.wait(Duration::from_secs(20)).keys("Y");
    let cleared = || Msg::Clipboard(Answer::Cleared(true));
    editor.send(Msg::Clipboard(Answer::Copied {
        provider: Provider::X11,
        for_terminal: None,
        secret: false,
    }));
    editor.send(cleared());
    let both = "the path is copied by X11 · the clipboard is cleared";
    assert!(editor.text().contains(both), "{}", editor.text());
    // Once it was read, it makes room.
    editor.wait(Duration::from_secs(20)).send(cleared());
    assert!(!editor.text().contains("copied by X11"), "{}", editor.text());
    assert!(
        editor.text().contains("the clipboard is cleared"),
        "{}",
        editor.text()
    );
}

#[test]
fn the_time_of_one_value_does_not_clear_the_next() {
    let mut editor = copied(Provider::X11);
    editor.wait(Duration::from_secs(19)).keys("k y");
    assert_eq!(asked(&editor), [Some("admin".to_owned())]);
    editor.wait(Duration::from_secs(2));
    assert!(asked(&editor).is_empty());
}

#[test]
fn the_panic_key_and_the_lock_clear_the_clipboard() {
    for keys in ["X", "L", "ctrl-z"] {
        let mut editor = copied(Provider::Tool("wl-copy"));
        editor.keys(keys);
        assert_eq!(asked(&editor), [None], "{keys}");
    }
    // Also while nobody knows yet whether it was copied.
    let mut editor = on_password();
    editor.keys("y X");
    assert_eq!(asked(&editor), [None]);
}

#[test]
fn what_the_terminal_keeps_is_cleared_only_when_asked() {
    let mut editor = copied(Provider::Terminal);
    assert_eq!(told(&editor), [SECRET]);
    assert!(editor.text().contains("OSC 52"));
    editor.wait(Duration::from_secs(60));
    assert!(told(&editor).is_empty());
    editor.keys("X");
    assert_eq!(told(&editor), [""]);
}

#[test]
fn a_path_is_copied_and_stays() {
    let mut editor = on_password();
    editor.keys("Y");
    assert_eq!(asked(&editor), [Some("gatus.password_sops_cypher".to_owned())]);
    editor.send(Msg::Clipboard(Answer::Copied {
        provider: Provider::X11,
        for_terminal: None,
        secret: false,
    }));
    editor.wait(Duration::from_secs(60));
    assert!(asked(&editor).is_empty());
    editor.keys("g g j y");
    assert!(
        editor.text().contains("only values can be copied"),
        "{}",
        editor.text()
    );
}

#[test]
fn in_share_safe_mode_no_value_is_shown_copied_or_typed_in_clear() {
    let mut editor = on_password();
    assert!(editor.text().contains("1.2.3"));
    editor.keys("r S");
    assert!(editor.text().contains("share-safe"));
    for keys in ["r", "y", "e ctrl-t", "x ctrl-t"] {
        editor.keys(keys);
        assert!(asked(&editor).is_empty(), "{keys}");
        for value in [SECRET, "1.2.3", "admin"] {
            assert!(!editor.text().contains(value), "{keys}: {value}");
        }
        assert!(editor.text().contains("share-safe"), "{keys}: it is always told");
    }
    // The value that is in the file in clear is not typed in clear either.
    editor.keys("Esc g g j j e");
    assert!(!editor.text().contains("1.2.3"));
    editor.keys("Esc S");
    assert!(editor.text().contains("1.2.3") && !editor.text().contains("share-safe │"));
}

#[test]
fn the_panic_key_hides_what_is_typed_too() {
    let mut editor = on_password();
    editor.keys("e ctrl-t");
    assert!(editor.text().contains(SECRET));
    editor.keys("ctrl-x");
    assert!(!editor.text().contains(SECRET));
    editor.keys("ctrl-t");
    assert!(editor.text().contains(SECRET), "it is hidden, not lost");
    editor.send(Msg::Focus(false));
    assert!(!editor.text().contains(SECRET));
}

#[test]
fn what_may_be_a_secret_is_forgotten_after_it_was_typed() {
    for (keys, secret) in [("e x", true), ("/ x", false), ("c x", false), ("j j", false)] {
        let mut editor = on_password();
        editor.model.guard.typed = false;
        editor.keys(keys);
        assert_eq!(editor.model.guard.typed, secret, "{keys}");
    }
}

#[test]
fn a_filter_conceals() {
    let mut editor = on_password();
    editor.keys("r");
    assert!(editor.text().contains(SECRET));
    editor.keys("/");
    assert!(!editor.text().contains(SECRET));
}

#[test]
fn a_locked_editor_shows_nothing_of_the_file_and_holds_no_value() {
    let mut editor = on_password();
    editor.keys("d g g j j e x Enter j e");
    editor.keys("Esc r L");
    let text = editor.text();
    for word in [SECRET, "1.2.3", "password", "gatus.", "ops-laptop", "database"] {
        assert!(!text.contains(word), "{word}\n{text}");
    }
    assert!(
        text.contains("Locked") && text.contains("2 unsaved changes are kept, encrypted."),
        "{text}"
    );
    assert!(editor.model.file.is_none());
    editor.keys("e r y a : / ? ctrl-s 1 S");
    assert_eq!(editor.text(), text, "no key but those of the lock does anything");
    editor.keys("q");
    assert!(
        editor.text().contains("2 changes are not saved"),
        "{}",
        editor.text()
    );
    assert!(!editor.text().contains("[ Save ]"));
}

#[test]
fn nobody_there_for_five_minutes_locks() {
    let mut editor = on_password();
    editor.wait(Duration::from_secs(299));
    assert!(editor.model.file.is_some());
    editor.keys("j");
    editor.wait(Duration::from_secs(299));
    assert!(editor.model.file.is_some(), "somebody was there");
    let deadline = editor.model.deadline().unwrap();
    assert_eq!(deadline - editor.now, Duration::from_secs(1));
    editor.wait(Duration::from_secs(1));
    assert!(editor.model.file.is_none());
    assert_eq!(editor.model.deadline(), None, "a locked editor sleeps");
}

#[test]
fn the_key_that_wakes_a_machine_up_finds_the_editor_locked() {
    let mut editor = on_password();
    editor.keys("r");
    editor.now += Duration::from_secs(3600);
    editor.keys("e");
    assert!(editor.model.guard.locked.is_some());
    assert!(editor.model.overlays.is_empty());
    assert!(!editor.text().contains(SECRET));
}

#[test]
fn stopping_locks_before_the_shell_gets_the_terminal() {
    let mut editor = on_password();
    editor.keys("ctrl-z");
    assert!(matches!(editor.effects.last(), Some(Effect::Suspend)));
    assert!(editor.model.guard.locked.is_some());
    let mut editor = on_password();
    editor.send(Msg::Stop);
    assert!(editor.model.guard.locked.is_some());
}

#[test]
fn a_lock_waits_for_a_save_that_runs() {
    let mut editor = on_password();
    editor.keys("d ctrl-s Enter");
    let (save, _) = editor.job();
    editor.keys("L");
    assert!(editor.model.file.is_some());
    assert!(
        editor.text().contains("locks when the save is done"),
        "{}",
        editor.text()
    );
    editor.send(Msg::Done(
        save,
        crate::tui::worker::Outcome::Saved(Ok(crate::tui::worker::Written::ChangedOnDisk)),
    ));
    assert!(editor.model.file.is_none());
    assert!(
        editor.text().contains("1 unsaved change is kept"),
        "{}",
        editor.text()
    );
}
