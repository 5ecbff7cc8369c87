//! What the screens look like, with styles, at three sizes.

use crate::failure::{Failure, Kind};
use crate::keys::{Attempt, Outcome};
use crate::metadata::Recipient;
use crate::ops::open::Access;
use crate::ops::people::Person;
use crate::ops::ruled::{Known, Should};
use crate::policy::recipient::unwrapped;
use crate::tui::testing::{Editor, gatus, locked, with_findings, with_matrix, with_plan};

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

/// A screen at all sizes after some keys.
fn screens(name: &str, open: impl Fn(u16, u16) -> Editor, keys: &str) {
    for (width, height) in SIZES {
        let mut editor = open(width, height);
        if !keys.is_empty() {
            editor.keys(keys);
        }
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), editor.screen());
    }
}

fn values(width: u16, height: u16) -> Editor {
    Editor::open(gatus(), width, height)
}

#[test]
fn the_tree_of_a_file() {
    screens("tree", values, "j j j");
}

#[test]
fn edits_of_every_kind() {
    screens("edits", values, "j j J j j d j e x Enter j j a t Enter v Enter");
}

#[test]
fn a_revealed_value() {
    screens("revealed", values, "j j j r");
}

#[test]
fn the_field_with_a_hidden_value() {
    screens("field", values, "j j j e");
}

#[test]
fn the_editor_of_many_lines() {
    screens(
        "lines",
        values,
        "j j j e ctrl-u ctrl-e o n e Enter t w o Space Space Enter ctrl-t",
    );
}

#[test]
fn the_field_for_a_new_key() {
    screens("new_key", values, "j j j a t o k e n");
}

#[test]
fn what_can_be_generated() {
    screens("generator", values, "j j j ctrl-g");
}

#[test]
fn what_would_encrypt_a_value() {
    screens("protect", values, "j j t");
}

#[test]
fn the_field_for_the_key_of_a_copy() {
    screens("copy", values, "j j j C");
}

#[test]
fn the_templates_for_a_new_file() {
    screens("templates", values, "1 a");
}

#[test]
fn the_list_of_changes() {
    screens("saving", values, "j j j d j e x Enter ctrl-s");
}

#[test]
fn the_question_before_quitting() {
    screens("quit", values, "j j j d q");
}

#[test]
fn the_help_of_the_tree() {
    screens("help", values, "?");
}

#[test]
fn the_command_palette() {
    screens("palette", values, ": s a");
}

#[test]
fn the_filter() {
    screens("filter", values, "/ p a s");
}

#[test]
fn the_side_panes() {
    screens("recipients", values, "4");
    screens("groups", values, "5");
    screens("files", values, "1");
}

/// The file of the other screens with a rule, by which `old-laptop` should not read it and `release` should.
fn ruled(width: u16, height: u16) -> Editor {
    let mut document = gatus();
    let age = |recipient: &str| Recipient::Age {
        recipient: recipient.to_owned(),
    };
    let old = age("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj");
    let release = age("age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg");
    document.metadata.groups[0].keys.push(unwrapped(old.clone()));
    document.attempts.push(Attempt {
        group: 0,
        recipient: old.clone(),
        outcome: Outcome::NotTried,
    });
    let keys: Vec<Recipient> = document
        .attempts
        .iter()
        .map(|attempt| attempt.recipient.clone())
        .collect();
    let mut editor = Editor::open(document, width, height);
    let file = editor.model.file.as_mut().unwrap();
    file.should = Some(Should::Rule {
        config: "/repo/.sops.yaml".into(),
        line: 3,
        groups: vec![vec![keys[0].clone(), keys[1].clone(), release.clone()]],
    });
    let names = [
        (&keys[0], "ops-laptop"),
        (&keys[1], "ci"),
        (&old, "old-laptop"),
        (&release, "release"),
    ];
    for (number, (key, name)) in names.into_iter().enumerate() {
        let person = Person {
            identity: crate::ops::unlock::identity(key),
            kind: key.kind(),
            name: Some(name.to_owned()),
            me: number == 0,
        };
        let source = Some(".lazysops.toml");
        file.learn(key, Known { person, source });
    }
    editor
}

#[test]
fn who_can_read_a_file_beside_who_should() {
    screens("ruled", ruled, "4 j j d j a");
    screens("ruled_details", ruled, "4 Enter");
    screens("ruled_adding", ruled, "4 a");
    screens("ruled_choice", ruled, "4 m");
    screens("ruled_groups", ruled, "5 a Down Down Enter 5");
    screens("ruled_saving", ruled, "j j j d 4 j j d j a ctrl-s");
}

#[test]
fn a_locked_file_says_which_keys_were_tried() {
    screens(
        "locked",
        |width, height| Editor::open(locked(gatus()), width, height),
        "",
    );
}

#[test]
fn a_file_whose_mac_does_not_hold_is_read_only() {
    let open = |width, height| {
        let mut document = gatus();
        let failure = Failure::new(Kind::MacMismatch, "the MAC does not fit the values")
            .hint("see what changed in git");
        document.access = Access::ReadOnly(failure);
        Editor::open(document, width, height)
    };
    screens("read_only", open, "");
}

#[test]
fn without_colours_every_state_can_be_told() {
    let open = |width, height| {
        let mut editor = values(width, height);
        editor.model.theme = editor.model.theme.without_colors();
        editor
    };
    screens("no_color", open, "j j j d j e x Enter j a t Enter v Enter");
}

#[test]
fn the_ways_to_change_keys() {
    screens("rotation", values, "R j j");
}

#[test]
fn a_plan_over_several_files() {
    screens("plan", with_plan, "");
}

#[test]
fn who_can_read_which_file() {
    screens("matrix", with_matrix, "l");
}

#[test]
fn what_a_check_found() {
    screens("findings", with_findings, "j");
}

#[test]
fn a_terminal_that_does_not_show_all_panes_says_which_key_does() {
    for (width, height, hidden) in [(80, 24, true), (100, 30, true), (60, 20, true), (120, 40, false)] {
        let mut editor = Editor::open(gatus(), width, height);
        for keys in ["2", "1", "3"] {
            editor.keys(keys);
            let bar = editor.text().lines().last().unwrap_or_default().to_owned();
            assert_eq!(bar.contains("] panes"), hidden, "{width}x{height} {keys}: {bar}");
            assert!(bar.contains("? help"), "{bar}");
        }
        if hidden {
            editor.keys("2 ]");
            assert_ne!(editor.text(), Editor::open(gatus(), width, height).text());
        }
    }
}
