//! Characters that could command a terminal, reorder or hide text: 83 of them, in values, keys, file names and paths, and none
//! of them raw on a terminal, by the commands and in the editor.

use crate::support::AGE1;
use crate::support::characters::{dangerous, marked, raw_or_lost};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use std::path::Path;

/// A JSON file in which every value and every key has one of the characters, readable in the file.
fn hostile() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    let entries = dangerous()
        .into_iter()
        .map(|c| (marked(c), serde_json::Value::from(marked(c))));
    let all: serde_json::Map<String, serde_json::Value> = entries.collect();
    place.write("hostile.json", serde_json::to_string(&all).unwrap());
    // Every line of a dotenv file holds its value as it is.
    let lines = dangerous()
        .into_iter()
        .enumerate()
        .filter(|(_, c)| !matches!(c, '\r' | '\0'));
    let env: String = lines
        .map(|(number, c)| format!("K{number}={}\n", marked(c)))
        .collect();
    place.write("hostile.env", env);
    for file in ["hostile.json", "hostile.env"] {
        let outcome = place.lazysops([
            "encrypt",
            "-i",
            "--age",
            AGE1,
            "--encrypted-suffix",
            "_none",
            file,
        ]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    place
}

/// What a command prints on a terminal.
fn on_terminal(place: &Sandbox, arguments: &[&str]) -> Vec<u8> {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let folder = place.path("");
    let mut terminal = Terminal::start(program, arguments, place.environment(), &folder, Size(200, 60));
    terminal.wait_for_exit();
    terminal.output().to_vec()
}

fn assert_harmless(what: &str, output: &[u8], characters: &[char]) {
    let (raw, lost) = raw_or_lost(output, characters);
    assert!(raw.is_empty(), "{what}: raw {raw:?}");
    assert!(lost.is_empty(), "{what}: cannot be seen {lost:?}");
}

#[test]
fn the_list_of_the_program_has_all_of_them() {
    let missing: Vec<char> = dangerous()
        .into_iter()
        .filter(|c| !lazysops::host::is_dangerous(*c))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn decrypting_to_a_terminal_shows_them_and_a_pipe_gets_them() {
    let place = hostile();
    assert_harmless(
        "json",
        &on_terminal(&place, &["decrypt", "hostile.json"]),
        &dangerous(),
    );
    let in_env: Vec<char> = dangerous()
        .into_iter()
        .filter(|c| !matches!(c, '\r' | '\0'))
        .collect();
    assert_harmless(
        "dotenv",
        &on_terminal(&place, &["decrypt", "hostile.env"]),
        &in_env,
    );
    for c in ['\u{1b}', '\u{9b}', '\u{202e}'] {
        let path = format!("[\"{}\"]", marked(c));
        let arguments = ["decrypt", "--extract", &path, "hostile.json"];
        assert_harmless("extract", &on_terminal(&place, &arguments), &[c]);
        let piped = place.lazysops(arguments);
        assert_eq!(piped.stdout, marked(c).as_bytes());
    }
}

#[test]
fn encrypted_values_of_every_format_are_shown_on_a_terminal_without_them() {
    let place = Sandbox::with_key("age1.txt");
    let all = dangerous();
    let written = |line: &dyn Fn(usize, char) -> String, all: &[char]| -> String {
        all.iter()
            .enumerate()
            .map(|(number, c)| line(number, *c))
            .collect()
    };
    // A line of these formats holds its value as it is.
    let in_line: Vec<char> = all
        .iter()
        .copied()
        .filter(|c| !matches!(c, '\r' | '\0'))
        .collect();
    let yaml = |number: usize, c: char| format!("k{number}: \"Q\\U{:08x}Z\"\n", u32::from(c));
    let json = |number: usize, c: char| {
        let value = serde_json::Value::from(marked(c));
        format!("{}\"k{number}\": {value}", if number == 0 { "" } else { ", " })
    };
    let env = |number: usize, c: char| format!("K{number}={}\n", marked(c));
    let ini = |number: usize, c: char| format!("k{number} = {}\n", marked(c));
    let binary = |_: usize, c: char| marked(c);
    for (name, text, characters) in [
        ("a.yaml", written(&yaml, &all), &all),
        ("a.json", format!("{{{}}}", written(&json, &all)), &all),
        ("a.env", written(&env, &in_line), &in_line),
        ("a.ini", format!("[s]\n{}", written(&ini, &in_line)), &in_line),
        ("a.bin", written(&binary, &all), &all),
    ] {
        place.write(name, text);
        let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, name]);
        assert_eq!(outcome.code, Some(0), "{name}: {}", outcome.stderr);
        let output = on_terminal(&place, &["decrypt", name]);
        let (raw, _) = raw_or_lost(&output, characters);
        assert!(raw.is_empty(), "{name}: raw {raw:?}");
        // Each is there as an escape, in the way of the format or of the terminal.
        let escapes = memchr::memmem::find_iter(&output, b"Q\\").count();
        assert_eq!(
            escapes,
            characters.len(),
            "{name}: {}",
            String::from_utf8_lossy(&output).escape_debug()
        );
    }
}

#[test]
fn errors_that_name_files_and_paths_show_them() {
    let place = hostile();
    let named: Vec<char> = dangerous().into_iter().filter(|c| *c != '\0').collect();
    for part in named.chunks(20) {
        let text: String = part.iter().copied().map(marked).collect();
        let file = format!("{text}.yaml");
        assert_harmless("missing file", &on_terminal(&place, &["decrypt", &file]), part);
        place.write(&file, "a: 1\n");
        assert_harmless("plain file", &on_terminal(&place, &["decrypt", &file]), part);
        let path = format!("[\"{text}\"]");
        let arguments = ["decrypt", "--extract", &path, "hostile.json"];
        let (raw, _) = raw_or_lost(&on_terminal(&place, &arguments), part);
        assert!(raw.is_empty(), "missing path: {raw:?}");
    }
}

#[test]
fn the_editor_shows_them_in_the_tree_in_fields_and_in_lists_of_files() {
    let place = hostile();
    let all = dangerous();
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let folder = place.path("");
    let mut terminal = Terminal::start(
        program,
        ["hostile.json"],
        place.environment(),
        &folder,
        Size(160, 100),
    );
    terminal.wait_for("hostile.env");
    terminal.wait_for("Q\\x00Z");
    terminal.send("g");
    terminal.send("g");
    for _ in &all {
        terminal.send("e");
        terminal.wait_for("readable in git");
        terminal.send("\x05");
        terminal.wait_for("1 line");
        terminal.send("\x03");
        terminal.wait_without("1 line");
        terminal.send("c");
        terminal.wait_for("Rename");
        terminal.send("\x03");
        terminal.wait_without("Rename");
        terminal.send("dYj");
    }
    terminal.wait_for("83 changes");
    terminal.send("\x13");
    terminal.wait_for("Save 83 changes");
    terminal.send("\x03");
    terminal.wait_without("Save 83 changes");
    terminal.send("qy");
    terminal.wait_for_exit();
    assert_harmless("editor", terminal.output(), &all);
}
