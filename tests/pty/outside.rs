//! `E` in a terminal: the user's own editor gets the text in memory, and nothing of it stays.

use super::hands::{self, FILE};
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::sops;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

const SIZES: [Size; 3] = [Size(80, 24), Size(120, 30), Size(60, 20)];

/// A place with the file, and an editor that runs `script` on it. The folder of the text is noted beside it.
fn place(script: &str) -> Sandbox {
    let place = hands::place_with(hands::PLAINTEXT);
    let text = format!(
        "#!/bin/sh\ndirname \"$1\" > {}\n{script}\n",
        place.path("where").display()
    );
    let editor = place.path("editor");
    executable(&editor, &text);
    place.variable("EDITOR", editor.to_str().unwrap())
}

fn open(place: &Sandbox, size: Size) -> Terminal {
    hands::open(place, size, "gatus")
}

/// Nothing is left where the text was, and it was in memory.
fn nothing_is_left(place: &Sandbox) {
    let folder = String::from_utf8(place.read("where")).unwrap();
    let folder = Path::new(folder.trim());
    assert!(!folder.exists(), "{}", folder.display());
    assert!(
        folder.starts_with("/dev/shm") || folder.starts_with("/run"),
        "{}",
        folder.display()
    );
}

#[test]
fn a_value_is_edited_in_the_users_own_editor() {
    for size in SIZES {
        let place = place("grep -q '^hunter2$' \"$1\" && sed -i s/hunter2/n3w/ \"$1\"");
        let mut terminal = open(&place, size);
        terminal.send("/pass\rE");
        terminal.wait_for("1 change");
        assert!(!terminal.text().contains("n3w"));
        hands::save(&mut terminal);
        hands::quit(&mut terminal);
        assert_eq!(
            hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
            "n3w"
        );
        nothing_is_left(&place);
    }
}

#[test]
fn the_whole_file_is_edited_and_its_layout_stays() {
    for size in SIZES {
        let place =
            place("case $1 in */values.sops.yaml) sed -i -e s/hunter2/n3w/ -e s/1.2.3/1.2.4/ \"$1\";; esac");
        let mut terminal = open(&place, size);
        terminal.send("ggjE");
        terminal.wait_for("2 changes");
        terminal.send(hands::CTRL_S);
        terminal.wait_for("Save 2 changes");
        terminal.send(hands::ENTER);
        terminal.wait_for("saved values.sops.yaml");
        hands::quit(&mut terminal);
        let after = String::from_utf8(place.read(FILE)).unwrap();
        assert!(
            after.starts_with("# values of the status page\ngatus:\n    target_version: 1.2.4\n"),
            "{after}"
        );
        assert_eq!(
            hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
            "n3w"
        );
        nothing_is_left(&place);
    }
}

#[test]
fn a_text_that_is_no_yaml_can_be_edited_again_and_an_unchanged_one_is_no_change() {
    let place =
        place("if [ -e tried ]; then sed -i /^bad/d \"$1\"; else touch tried; echo 'bad: [' >> \"$1\"; fi");
    let before = place.read(FILE);
    let mut terminal = open(&place, Size(80, 24));
    terminal.send("ggjE");
    terminal.wait_for("This cannot be taken");
    terminal.send(hands::ENTER);
    terminal.wait_for("nothing was changed in the editor");
    terminal.send("k");
    hands::quit(&mut terminal);
    assert_eq!(place.read(FILE), before);
    nothing_is_left(&place);
}

#[test]
fn keys_typed_in_the_editor_are_not_taken_for_commands() {
    let place = place("read -r line; sed -i \"s/hunter2/$line/\" \"$1\"");
    let mut terminal = open(&place, Size(80, 24));
    terminal.send("/pass\rE");
    terminal.wait_until("the normal screen", |terminal| {
        !terminal.screen().alternate_screen()
    });
    terminal.send("qdq\r");
    terminal.wait_for("1 change");
    hands::save(&mut terminal);
    hands::quit(&mut terminal);
    assert_eq!(
        hands::value(&place, "[\"gatus\"][\"password_sops_cypher\"]"),
        "qdq"
    );
    nothing_is_left(&place);
}

#[test]
fn documents_that_come_and_go_in_the_editor_are_saved_as_the_real_sops_reads_them() {
    let test = "documents_that_come_and_go_in_the_editor_are_saved_as_the_real_sops_reads_them";
    let Some(sops) = sops(test) else {
        return;
    };
    let kept = "# kept\nb_sops_cypher: two\n";
    let left = format!("{kept}---\nc_sops_cypher: three\n---\nd: four\n");
    for size in SIZES {
        let place = hands::place_with(&format!("a_sops_cypher: one\n---\n{kept}"));
        place.write("left", &left);
        let script = format!("#!/bin/sh\ncat {} > \"$1\"\n", place.path("left").display());
        let editor = place.path("editor");
        executable(&editor, &script);
        let place = place.variable("EDITOR", editor.to_str().unwrap());
        let before = String::from_utf8(place.read(FILE)).unwrap();
        let mut terminal = hands::open(&place, size, "a_sops_cypher");
        terminal.send("ggE");
        terminal.wait_for("c_sops_cypher");
        terminal.send(hands::CTRL_S);
        terminal.wait_for("Save ");
        terminal.send(hands::ENTER);
        terminal.wait_without("a_sops_cypher");
        terminal.wait_for("saved values.sops.yaml");
        hands::quit(&mut terminal);
        let told = place.run(&sops, ["--decrypt", FILE], b"");
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        assert_eq!(String::from_utf8(told.stdout).unwrap(), left);
        let after = String::from_utf8(place.read(FILE)).unwrap();
        let value = |text: &str| {
            text.lines()
                .find(|line| line.starts_with("b_sops"))
                .map(str::to_owned)
        };
        assert_eq!(
            value(&before),
            value(&after),
            "what was not changed keeps its ciphertext"
        );
    }
}
