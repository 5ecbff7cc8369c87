//! Plans over all files of the demo: who can read changes, data keys change, and the real sops says who opens what.

use super::hands::{self, ENTER};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use crate::support::{data, sops};
use std::path::Path;

const SIZES: [Size; 3] = [Size(120, 40), Size(80, 24), Size(60, 20)];
/// The public key of `age2.txt`, which nobody of the demo knows.
const SECOND: &str = "age1x6z20td7uxc3t5m00lg32zrcdntn8vmjf3eld8vx30kpn7rmjczss8uafm";
/// The SOPS files of the demo.
const FILES: [&str; 8] = [
    "charts/status-page/values.sops.yaml",
    "kubernetes/database-secret.yaml",
    "kubernetes/registry.sopssecret.yaml",
    "config/environments.yaml",
    "config/app.env",
    "config/mail.ini",
    "config/service.json",
    "config/licence.txt",
];

/// The demo, kept in a folder, and its own key.
fn demo() -> Sandbox {
    let place = Sandbox::without_keys();
    let made = place.lazysops(["--demo-dir", "demo"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let key = place.path("demo/key.txt");
    place.variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap())
}

/// The list of files, all marked.
fn marked(place: &Sandbox, size: Size) -> Terminal {
    let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
    let folder = place.path("demo");
    let mut terminal = Terminal::start(program, ["open", "."], place.environment(), &folder, size);
    terminal.wait_for("registry.sopss");
    terminal.send("V");
    terminal.wait_for("8 marked");
    terminal
}

/// Chooses one of the ways of `R`.
fn choose(terminal: &mut Terminal, way: usize, title: &str) {
    terminal.send("R");
    terminal.wait_for("Rotate: 8 marked files");
    terminal.send(&"j".repeat(way));
    terminal.send(ENTER);
    terminal.wait_for(title);
}

/// Carries out the plan that is shown, which is not what Enter does by itself.
fn carry_out(terminal: &mut Terminal) {
    terminal.wait_for("[ Carry out ]");
    terminal.send("\t");
    terminal.send(ENTER);
    terminal.wait_for("8 written");
    terminal.send(ENTER);
    terminal.wait_without("8 written");
}

/// How many files the real sops opens with a key.
fn opened(place: &Sandbox, sops: &Path, key: &Path) -> usize {
    let elsewhere = Sandbox::without_keys().variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap());
    let opens = |name: &&&str| {
        let path = place.path("demo").join(name);
        let outcome = elsewhere.run(sops, ["decrypt", path.to_str().unwrap()], b"");
        outcome.code == Some(0)
    };
    FILES.iter().filter(opens).count()
}

#[test]
fn somebody_is_let_into_all_files_and_taken_out_again_and_sops_agrees() {
    let test = "somebody_is_let_into_all_files_and_taken_out_again_and_sops_agrees";
    let sops = sops(test);
    for size in SIZES {
        let place = demo();
        let rules = place.read("demo/.sops.yaml");
        let (first, second) = (place.path("demo/key.txt"), data("keys").join("age2.txt"));
        let mut terminal = marked(&place, size);
        choose(&mut terminal, 2, "Let somebody in");
        terminal.send(SECOND);
        terminal.wait_for("age key");
        terminal.send(ENTER);
        carry_out(&mut terminal);
        assert_ne!(place.read("demo/.sops.yaml"), rules);
        if let Some(sops) = &sops {
            assert_eq!(opened(&place, sops, &second), FILES.len());
        }
        choose(&mut terminal, 3, "Take somebody out");
        terminal.send(SECOND);
        terminal.wait_for("an age or SSH key");
        terminal.send(ENTER);
        terminal.wait_for("What they read they know");
        terminal.send("w");
        terminal.wait_for("Write the list");
        terminal.send(ENTER);
        terminal.wait_for("secrets-to-change.md is written");
        carry_out(&mut terminal);
        hands::quit(&mut terminal);
        assert_eq!(place.read("demo/.sops.yaml"), rules);
        let list = String::from_utf8(place.read("demo/secrets-to-change.md")).unwrap();
        for file in FILES {
            assert!(list.contains(file), "{file}: {list}");
        }
        if let Some(sops) = &sops {
            assert_eq!(
                opened(&place, sops, &second),
                0,
                "who was taken out opens nothing"
            );
            assert_eq!(opened(&place, sops, &first), FILES.len());
        }
    }
}

#[test]
fn every_file_gets_a_new_data_key_and_opens_as_before() {
    let test = "every_file_gets_a_new_data_key_and_opens_as_before";
    let place = demo();
    let before = FILES.map(|name| place.read(&format!("demo/{name}")));
    let mut terminal = marked(&place, SIZES[1]);
    choose(&mut terminal, 1, "New data keys");
    terminal.send(ENTER);
    terminal.wait_without("New data keys");
    for (name, before) in FILES.iter().zip(&before) {
        assert_eq!(
            &place.read(&format!("demo/{name}")),
            before,
            "Enter alone cancels"
        );
    }
    choose(&mut terminal, 1, "New data keys");
    carry_out(&mut terminal);
    hands::quit(&mut terminal);
    for (name, before) in FILES.iter().zip(&before) {
        assert_ne!(&place.read(&format!("demo/{name}")), before, "{name}");
    }
    if let Some(sops) = sops(test) {
        assert_eq!(opened(&place, &sops, &place.path("demo/key.txt")), FILES.len());
    }
}

#[test]
fn the_matrix_shows_who_reads_what_without_a_key_in_every_size() {
    for size in [Size(200, 50), Size(120, 40), Size(80, 24), Size(40, 12)] {
        let place = demo().variable("SOPS_AGE_KEY_FILE", "/nowhere");
        let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
        let folder = place.path("demo");
        let mut terminal = Terminal::start(program, ["open", "."], place.environment(), &folder, size);
        terminal.wait_for("service.json");
        terminal.send("m");
        terminal.wait_for("Who can read: 8 files");
        terminal.wait_for("ops-laptop");
        terminal.send("G");
        terminal.wait_for("can read it");
        terminal.send("l");
        terminal.wait_for("cannot read it");
        terminal.send("q");
        terminal.wait_without("Who can read");
        hands::quit(&mut terminal);
    }
}
