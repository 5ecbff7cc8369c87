//! The review: what it shows and hides, and what it stages, discards and commits.

mod sample;

pub use sample::sample_editor;

use crate::host::script::executable;
use crate::tui::msg::Msg;
use crate::tui::testing::Real;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const BEFORE: &str = "a: first-hidden\nb: second-hidden\nc: third-hidden\nplain_unencrypted: v1\n";
const AFTER: &str = "a: first-changed\nb: second-changed\nc: third-changed\nplain_unencrypted: v2\n";

#[allow(clippy::disallowed_methods, reason = "a test drives git itself")]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=ops", "-c", "user.email=ops@localhost"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A repository in which three secrets and a readable value of a file changed; the folder is listed.
fn changed(width: u16, height: u16) -> (Real, PathBuf) {
    let mut real = Real::new(width, height);
    let path = std::env::var("PATH").unwrap_or_default();
    real.environment = real.environment.with("PATH", path);
    let folder = real.path("repo");
    let file = real.seal("repo/a.enc.yaml", BEFORE, None);
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["config", "user.name", "ops"]);
    git(&folder, &["config", "user.email", "ops@localhost"]);
    git(&folder, &["add", "-A"]);
    git(&folder, &["commit", "-q", "-m", "first"]);
    edit(&real, &file, AFTER);
    let scan = crate::tui::update::begin_scan(&mut real.editor.model, folder.clone());
    real.editor.effects = vec![scan];
    real.settle();
    (real, folder)
}

/// Gives the file other values, and keeps everything else of it.
fn edit(real: &Real, path: &Path, text: &str) {
    use crate::ops::save::{Saved, save};
    let document = real.read(path);
    let wanted = crate::format::load(crate::format::Format::Yaml, text.as_bytes())
        .unwrap()
        .tree;
    let mut tree = document.content.clone();
    let (old, new): (Vec<_>, Vec<_>) = (
        tree.walk().map(|step| step.id()).collect(),
        wanted.walk().map(|step| step.id()).collect(),
    );
    for (old, new) in old.into_iter().zip(new) {
        if let Some(leaf) = wanted.node(new).leaf() {
            tree.set_body(old, crate::tree::Body::Leaf(leaf.clone()));
        }
    }
    assert!(matches!(
        save(&document, &tree, &real.environment).unwrap(),
        Saved::Written { .. }
    ));
}

fn screen(real: &Real) -> String {
    real.editor.text()
}

#[test]
fn a_review_lists_changes_by_path_and_hides_every_secret_at_every_size() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let (mut real, _) = changed(width, height);
        real.keys("D");
        let text = screen(&real);
        for shown in ["a.enc.yaml", "~ a", "~ b", "~ c"] {
            assert!(text.contains(shown), "{shown}\n{text}");
        }
        for hidden in ["hidden", "changed:", "first", "second"] {
            assert!(!text.contains(hidden), "{hidden}\n{text}");
        }
        if width >= 80 {
            assert!(text.contains("index → work tree"), "{text}");
            assert!(text.contains("v1 → v2"), "a readable value is shown\n{text}");
            assert!(text.contains("1 file, 4 changes"), "{text}");
        }
        insta::assert_snapshot!(format!("review_{width}x{height}"), without_digits(&text));
    }
}

#[test]
fn every_kind_of_change_has_its_picture() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let mut editor = sample_editor(width, height);
        editor.keys("j j");
        insta::assert_snapshot!(format!("review_kinds_{width}x{height}"), editor.screen());
    }
}

/// Fingerprints are made with a key that is new in each test.
fn without_digits(text: &str) -> String {
    let is_print = |word: &str| word.len() == 6 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = text
        .split(' ')
        .map(|word| if is_print(word) { "######" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn one_of_three_secrets_is_staged_and_committed_and_the_others_stay() {
    let (mut real, folder) = changed(100, 30);
    let worktree = std::fs::read(folder.join("a.enc.yaml")).unwrap();
    real.keys("D j j Space");
    let text = screen(&real);
    assert!(text.contains("staged"), "{text}");
    assert!(
        !text.contains("~ b  ") && text.contains("~ a  ") && text.contains("~ c  "),
        "{text}"
    );
    real.keys("D");
    let text = screen(&real);
    assert!(
        text.contains("HEAD → index") && text.contains("~ b  ") && !text.contains("~ a  "),
        "{text}"
    );
    real.keys("c");
    real.editor.type_text("Change b");
    real.keys("ctrl-s");
    let text = screen(&real);
    assert!(text.contains("nothing differs here"), "{text}");
    assert_eq!(git(&folder, &["log", "-1", "--format=%s"]), "Change b\n");
    assert_eq!(std::fs::read(folder.join("a.enc.yaml")).unwrap(), worktree);
    let committed = real.write("committed.enc.yaml", &git(&folder, &["show", "HEAD:a.enc.yaml"]));
    let document = real.read(&committed);
    let texts: Vec<String> = document
        .content
        .walk()
        .filter_map(|step| document.content.node(step.id()).leaf())
        .map(|leaf| String::from_utf8(leaf.canonical().to_vec()).unwrap())
        .collect();
    assert_eq!(texts, ["first-hidden", "second-changed", "third-hidden", "v1"]);
}

#[test]
fn unstaging_gives_the_index_back() {
    let (mut real, folder) = changed(100, 30);
    let index = git(&folder, &["rev-parse", ":a.enc.yaml"]);
    real.keys("D Space");
    assert_ne!(
        git(&folder, &["rev-parse", ":a.enc.yaml"]),
        index,
        "the file as a whole"
    );
    assert_eq!(git(&folder, &["diff", "--name-only"]), "");
    real.keys("D j Space Space Space Space");
    assert_eq!(
        git(&folder, &["rev-parse", ":a.enc.yaml"]),
        index,
        "{}",
        screen(&real)
    );
}

#[test]
fn a_discarded_change_comes_back_byte_for_byte_unless_the_file_changed() {
    let (mut real, folder) = changed(100, 30);
    let file = folder.join("a.enc.yaml");
    let before = std::fs::read(&file).unwrap();
    real.keys("D j d");
    let text = screen(&real);
    assert!(!text.contains("~ a  ") && text.contains("~ b  "), "{text}");
    assert_ne!(std::fs::read(&file).unwrap(), before);
    real.keys("u");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // All of it, by single changes: then it is the index again.
    real.keys("g g j d d d d");
    assert!(
        screen(&real).contains("nothing differs here"),
        "{}",
        screen(&real)
    );
    assert_eq!(
        std::fs::read(&file).unwrap(),
        git(&folder, &["show", ":a.enc.yaml"]).as_bytes()
    );
    real.keys("u u u u");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    real.keys("g g d");
    std::fs::write(&file, "x: 1\n").unwrap();
    real.keys("u");
    assert!(
        screen(&real).contains("something else by now"),
        "{}",
        screen(&real)
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"x: 1\n");
}

#[test]
fn a_value_is_revealed_alone_and_for_a_time_only() {
    let (mut real, _) = changed(100, 30);
    real.keys("D j r");
    let text = screen(&real);
    assert!(
        text.contains("- first-hidden") && text.contains("+ first-changed"),
        "{text}"
    );
    assert!(!text.contains("second"), "{text}");
    // The next one hides the first.
    real.keys("j j j r");
    let text = screen(&real);
    assert!(
        text.contains("second-changed") && !text.contains("first"),
        "{text}"
    );
    real.editor.wait(Duration::from_secs(21));
    assert!(!screen(&real).contains("second"), "{}", screen(&real));
    // Focus, the panic key, share-safe mode, and another list hide it.
    for hide in ["X", "S", "D", "ctrl-r", "r"] {
        let (mut real, _) = changed(100, 30);
        real.keys("D j r");
        assert!(screen(&real).contains("first-changed"));
        real.keys(hide);
        assert!(!screen(&real).contains("first"), "{hide}\n{}", screen(&real));
    }
    real.keys("r");
    assert!(screen(&real).contains("second-changed"));
    real.editor.send(Msg::Focus(false));
    assert!(!screen(&real).contains("second"));
    real.keys("S r");
    assert!(
        screen(&real).contains("share-safe mode is on"),
        "{}",
        screen(&real)
    );
    assert!(!screen(&real).contains("second"));
}

#[test]
fn a_value_that_comes_late_is_not_shown_after_the_lock_or_another_key() {
    for keys in ["X", "L", "Esc"] {
        let (mut real, folder) = changed(100, 30);
        real.open(&folder.join("a.enc.yaml"));
        real.keys("D j");
        real.editor.keys("r");
        let (id, job) = real.editor.job();
        let outcome = crate::tui::worker::run(job, &real.environment, &mut |_| {});
        real.editor.keys(keys);
        real.editor.send(Msg::Done(id, outcome));
        assert!(!screen(&real).contains("first"), "{keys}\n{}", screen(&real));
    }
}

#[test]
fn lines_of_a_long_value_are_held_against_each_other() {
    let (mut real, folder) = changed(100, 30);
    let text = |third: &str| format!("key: |\n    one\n    two\n    three {third}\n    four\nother: 1\n");
    let file = real.seal("repo/long.enc.yaml", &text("before"), None);
    git(&folder, &["add", "long.enc.yaml"]);
    edit(&real, &file, &text("after"));
    real.keys("D G r");
    let shown = screen(&real);
    assert!(
        shown.contains("- three before") && shown.contains("+ three after"),
        "{shown}"
    );
    assert!(shown.contains("  two"), "{shown}");
}

#[test]
fn enter_shows_the_value_in_the_tree_and_unsaved_edits_are_kept() {
    let (mut real, _) = changed(100, 30);
    real.keys("D j j j Enter");
    assert_eq!(real.editor.selected(), "c");
    real.keys("D j Enter");
    assert_eq!(real.editor.selected(), "a");
    real.keys("D j j d Esc");
    let text = screen(&real);
    assert!(
        text.contains("reloaded"),
        "what was discarded is read again\n{text}"
    );
}

#[test]
fn sides_come_in_turn_and_a_revision_can_be_chosen() {
    let (mut real, folder) = changed(100, 30);
    git(&folder, &["checkout", "-q", "-b", "feature"]);
    git(&folder, &["commit", "-q", "-am", "second"]);
    git(&folder, &["tag", "v1", "HEAD~1"]);
    real.keys("D D D");
    assert!(
        screen(&real).contains("Compare HEAD with which revision?"),
        "{}",
        screen(&real)
    );
    real.editor.type_text("v");
    real.keys("Tab Enter");
    let text = screen(&real);
    assert!(text.contains("v1 → HEAD") && text.contains("~ a"), "{text}");
    real.keys("Space");
    assert!(
        screen(&real).contains("both sides are commits"),
        "{}",
        screen(&real)
    );
    real.keys("D");
    let text = screen(&real);
    assert!(
        text.contains("where main was left → HEAD") && text.contains("~ a"),
        "{text}"
    );
    real.keys("D");
    assert!(screen(&real).contains("index → work tree"), "{}", screen(&real));
    real.keys("D D");
    real.editor.type_text("no-such");
    real.keys("Enter");
    assert!(screen(&real).contains("no such revision"), "{}", screen(&real));
    real.keys("Esc");
    assert!(real.editor.model.overlays.is_empty());
}

#[test]
fn a_hook_that_fails_is_told_in_full_and_the_message_is_kept() {
    let (mut real, folder) = changed(100, 30);
    let hook = folder.join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    executable(&hook, "#!/bin/sh\necho 'refused \x1b[2J by policy'\nexit 1\n");
    real.keys("D Space c");
    real.editor.type_text("One");
    real.keys("ctrl-s");
    let text = screen(&real);
    assert!(
        text.contains("nothing was committed") && text.contains("refused \\x1b[2J by policy"),
        "{text}"
    );
    assert_eq!(git(&folder, &["log", "-1", "--format=%s"]), "first\n");
    std::fs::remove_file(hook).unwrap();
    real.keys("Esc c ctrl-s");
    assert_eq!(
        git(&folder, &["log", "-1", "--format=%s"]),
        "One\n",
        "{}",
        screen(&real)
    );
}

#[test]
fn new_deleted_plain_and_unopened_files_and_rules_are_told_apart() {
    let (mut real, folder) = changed(120, 40);
    real.seal("repo/gone.enc.yaml", BEFORE, None);
    real.seal("repo/opened.enc.yaml", BEFORE, None);
    real.write("repo/.sops.yaml", "creation_rules:\n  - age: old\n");
    git(&folder, &["add", "-A"]);
    std::fs::remove_file(folder.join("gone.enc.yaml")).unwrap();
    real.write("repo/opened.enc.yaml", "a: first-hidden\n");
    real.write("repo/.sops.yaml", "creation_rules:\n  - age: new\n");
    real.seal("repo/new.enc.yaml", "a: first-hidden\n", None);
    git(&folder, &["checkout", "-q", "--", "a.enc.yaml"]);
    real.keys("D");
    let text = screen(&real);
    for line in [
        "- gone.enc.yaml  deleted",
        "! opened.enc.yaml",
        "not encrypted any more",
        "+ new.enc.yaml  new to git",
        "- age: new",
        "1 becomes readable",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("first-hidden"), "{text}");
    // What would be readable is asked for first, and Enter is the safe answer.
    real.keys("G");
    while !screen(&real).contains("Stage it readable?") {
        real.keys("k Space");
    }
    let index = git(&folder, &["rev-parse", ":opened.enc.yaml"]);
    real.keys("Enter");
    assert_eq!(git(&folder, &["rev-parse", ":opened.enc.yaml"]), index);
}
