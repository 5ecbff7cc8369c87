//! Values and keys as a person changes them, in three sizes of terminal.

use super::hands::{self, CTRL_S, CTRL_U, ENTER, FILE};
use crate::support::terminal::{Size, Terminal};

const SIZES: [Size; 3] = [Size(80, 24), Size(120, 30), Size(60, 20)];
const CTRL_G: &str = "\x07";
const PASSWORD: &str = "[\"gatus\"][\"password_sops_cypher\"]";

/// Does something to the file in each size, saves the one change, and looks at a value then.
fn changed(act: impl Fn(&mut Terminal), path: &str, is_right: impl Fn(&str) -> bool) {
    for size in SIZES {
        let place = hands::place_with(hands::PLAINTEXT);
        let mut terminal = hands::open(&place, size, "gatus");
        act(&mut terminal);
        terminal.wait_for("1 change");
        hands::accept_change(&mut terminal);
        terminal.wait_for("saved values.sops.yaml");
        hands::quit(&mut terminal);
        let value = hands::value(&place, path);
        assert!(is_right(&value), "{} by {}: {value:?}", size.0, size.1);
    }
}

#[test]
fn a_generated_password_is_hidden_and_reaches_the_file() {
    let act = |terminal: &mut Terminal| {
        terminal.send("/pass\r");
        terminal.send(CTRL_G);
        terminal.wait_for("142 bits");
        terminal.send("s++");
        terminal.wait_for("26 characters");
        terminal.send(ENTER);
        terminal.wait_for("generated: password");
        terminal.send(ENTER);
    };
    changed(act, PASSWORD, |value| {
        value.len() == 26 && value.chars().any(|c| c.is_ascii_punctuation())
    });
}

#[test]
fn a_generated_ssh_key_is_one_that_ssh_reads() {
    let act = |terminal: &mut Terminal| {
        terminal.send("/pass\r");
        terminal.send(CTRL_G);
        terminal.send("G\r");
        terminal.wait_for("ssh-ed25519 ");
        terminal.send("\x1b");
        terminal.wait_without("ssh-ed25519 ");
        terminal.send(CTRL_S);
    };
    changed(act, PASSWORD, |value| {
        value.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n")
            && value.ends_with("-----END OPENSSH PRIVATE KEY-----\n")
    });
}

#[test]
fn pasted_lines_reach_the_file_as_they_were_pasted() {
    let act = |terminal: &mut Terminal| {
        terminal.send("/pass\re");
        terminal.wait_for("str · encrypted");
        terminal.send(CTRL_U);
        terminal.send("\x1b[200~a\tb \rsecond \r\nlast\r\x1b[201~");
        terminal.wait_for("4 lines");
        terminal.send(CTRL_S);
    };
    changed(act, PASSWORD, |value| value == "a\tb \nsecond \r\nlast\n");
}

#[test]
fn what_a_text_is_read_as_is_seen_before_it_is_saved() {
    let act = |terminal: &mut Terminal| {
        terminal.send("/target\re");
        terminal.wait_for("str · readable in git");
        terminal.send(CTRL_U);
        terminal.send("1.10");
        terminal.wait_for("kept as text; Tab: float");
        terminal.send(ENTER);
    };
    changed(act, "[\"gatus\"][\"target_version\"]", |value| value == "1.10");
}

#[test]
fn an_entry_is_copied_under_a_name_of_its_own() {
    let act = |terminal: &mut Terminal| {
        terminal.send("/username\rC");
        terminal.wait_for("username_copy_sops_cypher");
        terminal.send(ENTER);
    };
    changed(act, "[\"gatus\"][\"username_copy_sops_cypher\"]", |value| {
        value == "admin"
    });
}

#[test]
fn a_readable_value_is_encrypted_by_the_rename_that_t_proposes() {
    let act = |terminal: &mut Terminal| {
        terminal.send("/target\rt");
        terminal.wait_for("Encrypt gatus.target_version?");
        terminal.wait_for("target_version_sops_cypher");
        terminal.send("y");
    };
    changed(act, "[\"gatus\"][\"target_version_sops_cypher\"]", |value| {
        value == "1.2.3"
    });
}

#[test]
fn a_rename_out_of_encryption_asks_and_esc_keeps_the_key() {
    for size in SIZES {
        let place = hands::place_with(hands::PLAINTEXT);
        let before = place.read(FILE);
        let mut terminal = hands::open(&place, size, "gatus");
        terminal.send("/pass\rc");
        terminal.wait_for("Rename gatus.password_sops_cypher");
        terminal.send(CTRL_U);
        terminal.send("password\r");
        terminal.wait_for("This becomes readable in git");
        terminal.send("\x1b");
        terminal.wait_without("This becomes readable in git");
        hands::quit(&mut terminal);
        assert_eq!(place.read(FILE), before);
    }
}

#[test]
fn a_new_key_is_completed_from_another_file() {
    for size in SIZES {
        let place = hands::place_with("gatus:\n    token_sops_cypher: a\n");
        std::fs::copy(place.path(FILE), place.path("other.sops.yaml")).unwrap();
        let first = hands::place_with(hands::PLAINTEXT);
        std::fs::copy(first.path(FILE), place.path(FILE)).unwrap();
        let mut terminal = hands::open(&place, size, "gatus");
        if size.0 >= 80 {
            terminal.wait_for("other.sops.yaml");
        }
        terminal.send("/pass\ra");
        terminal.wait_for("Tab: token_sops_cypher");
        terminal.send("\t");
        terminal.send(ENTER);
        terminal.wait_for("Value of token_sops_cypher");
        terminal.send("t0k\r");
        hands::save(&mut terminal);
        hands::quit(&mut terminal);
        assert_eq!(hands::value(&place, "[\"gatus\"][\"token_sops_cypher\"]"), "t0k");
    }
}

#[test]
fn what_is_typed_faster_than_it_is_read_arrives_whole_blanks_too() {
    let place = hands::place_with(hands::PLAINTEXT);
    let mut terminal = hands::open(&place, Size(80, 24), "gatus");
    let mut text = String::new();
    for word in 0..2_000 {
        text.push_str(&format!("w{word:x} "));
        // A hand that stops in the middle gives the editor time to wipe what was typed before.
        text.push_str(if word % 7 == 0 { "  " } else { "" });
    }
    let text = text.trim_end();
    terminal.send(&format!("/password{ENTER}e{CTRL_U}"));
    for part in text.as_bytes().chunks(997) {
        terminal.send(std::str::from_utf8(part).unwrap());
    }
    terminal.send(ENTER);
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert_eq!(
        hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
        text
    );
}
