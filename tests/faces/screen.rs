//! Dangers to the terminal: P13. The editor and `decrypt` are in `secrecy::characters`.

use super::{ok, on_terminal};
use crate::support::AGE1;
use crate::support::characters::{dangerous, marked, raw_or_lost};
use crate::support::sandbox::Sandbox;

/// Names of files, keys, comments, values and people that hold the characters, as far as each may.
fn hostile(characters: &[char]) -> Sandbox {
    let text: String = characters.iter().copied().map(marked).collect();
    let place = Sandbox::with_key("age1.txt");
    place.write(
        ".sops.yaml",
        format!("creation_rules:\n  - encrypted_suffix: _s\n    age: {AGE1}\n"),
    );
    let escaped = |c: char| match c {
        c if c.is_ascii_graphic() => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    let name: String = text.chars().map(escaped).collect();
    place.write(".lazysops.toml", format!("[names]\n{AGE1} = \"{name}\"\n"));
    let file = format!("{text}.json");
    let content = serde_json::json!({&text: &text, format!("{text}_s"): &text});
    place.write(&file, content.to_string());
    ok(&place.lazysops(["encrypt", "-i", &file]));
    place.commit_all(&text);
    let path = format!("[\"{text}_s\"]");
    ok(&place.lazysops(["set", &file, &path, "\"other\""]));
    place
}

#[test]
fn commands_that_sops_does_not_have_print_no_raw_character_on_a_terminal() {
    if !crate::support::installed("git") {
        crate::support::skipped("faces::screen", "git is not installed");
        return;
    }
    // A line feed in a name would end the line of a command; the others go into names in handfuls, which file systems can take.
    let all: Vec<char> = dangerous()
        .into_iter()
        .filter(|c| !matches!(c, '\0' | '\n'))
        .collect();
    for characters in all.chunks(12) {
        let place = hostile(characters);
        let text: String = characters.iter().copied().map(marked).collect();
        let file = format!("{text}.json");
        let path = format!("[\"{text}_s\"]");
        for arguments in [
            &["access"][..],
            &["check"],
            &["drift"],
            &["diff"],
            &["doctor", &file],
            &["why", &file],
            &["why", &file, &path],
            &["textconv", &file],
            &["history", &file, &path],
            &["rekey", "--rotate", "--dry-run"],
            &["rekey", "--remove", AGE1, "--dry-run"],
            &["filestatus", &file],
            &["decrypt", "--strict", &file],
            &["decrypt", "--strict", "--extract", &path, &file],
        ] {
            let mut terminal = on_terminal(&place, arguments);
            terminal.wait_for_exit();
            let output = terminal.output();
            let (raw, _) = raw_or_lost(output, characters);
            assert!(
                raw.is_empty(),
                "{}: raw {raw:?}\n{}",
                arguments[0],
                String::from_utf8_lossy(output).escape_debug()
            );
            assert!(!output.is_empty(), "{} says nothing", arguments[0]);
        }
    }
}
