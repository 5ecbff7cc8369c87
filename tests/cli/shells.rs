//! Completions and man pages: all that the program has, in a form that shells and `man` take.

use super::ok;
use crate::support::sandbox::Sandbox;
use crate::support::{installed, skipped};
use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Commands and long flags that the help names; those of own commands alone would do.
fn words(place: &Sandbox) -> (Vec<String>, BTreeSet<String>) {
    let help = |arguments: &[&str]| {
        let outcome = place.lazysops(arguments);
        ok(&outcome);
        String::from_utf8(outcome.stdout).unwrap()
    };
    let commands: Vec<String> = help(&["--help"])
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    let mut flags = BTreeSet::new();
    for command in commands.iter().filter(|command| *command != "help") {
        let text = help(&[command, "--help"]);
        let options = text.lines().filter(|line| line.trim_start().starts_with('-'));
        flags.extend(
            options
                // A second name of a flag is not in man pages.
                .flat_map(str::split_whitespace)
                .filter(|word| word.starts_with("--") && !word.ends_with(']'))
                .map(|word| word.trim_end_matches(',').to_owned()),
        );
    }
    (commands, flags)
}

#[test]
fn completions_know_every_command_and_flag() {
    let place = Sandbox::without_keys();
    let (commands, flags) = words(&place);
    for (shell, check) in [
        ("bash", &["bash", "-n"][..]),
        ("zsh", &["zsh", "-n"]),
        ("fish", &["fish", "-n"]),
        ("powershell", &[]),
    ] {
        let outcome = place.lazysops(["completion", shell]);
        ok(&outcome);
        let script = String::from_utf8(outcome.stdout).unwrap();
        let missing: Vec<&String> = commands
            .iter()
            .filter(|word| !script.contains(word.as_str()))
            .chain(
                flags
                    .iter()
                    .filter(|flag| !script.contains(flag.trim_start_matches('-'))),
            )
            .collect();
        assert!(missing.is_empty(), "{shell}: {missing:?}");
        let path = place.write(&format!("script.{shell}"), &script);
        match check {
            [program, flag] if installed(program) => {
                let checked = place.run(Path::new(program), [*flag, path.to_str().unwrap()], b"");
                assert_eq!((checked.code, checked.stderr.as_str()), (Some(0), ""), "{shell}");
            }
            [program, _] => skipped(
                "completions_know_every_command_and_flag",
                &format!("there is no {program}"),
            ),
            _ => {}
        }
    }
}

#[test]
fn bash_completes_under_both_names() {
    let place = Sandbox::without_keys();
    let sops = place.path("sops");
    symlink(env!("CARGO_BIN_EXE_lazysops"), &sops).unwrap();
    for (program, name) in [
        (Path::new(env!("CARGO_BIN_EXE_lazysops")), "lazysops"),
        (&sops, "sops"),
    ] {
        let script = place.run(program, ["completion", "bash"], b"");
        ok(&script);
        place.write("completion", script.stdout);
        let asked = format!(
            "source ./completion; COMP_WORDS=({name} decr); COMP_CWORD=1; _{name} {name} decr {name}; echo \"${{COMPREPLY[@]}}\""
        );
        let outcome = place.run(Path::new("bash"), ["-c", &asked], b"");
        assert_eq!(outcome.stdout, b"decrypt\n", "{name}: {}", outcome.stderr);
    }
}

#[test]
fn there_is_a_man_page_for_every_command() {
    let place = Sandbox::without_keys();
    ok(&place.lazysops(["man", "pages/man1"]));
    let (commands, flags) = words(&place);
    let mut all = String::new();
    for command in commands.iter().filter(|command| *command != "help") {
        let page = String::from_utf8(place.read(&format!("pages/man1/lazysops-{command}.1"))).unwrap();
        assert!(page.contains("Examples:") || command == "groups", "{command}");
        all.push_str(&page);
    }
    assert!(place.path("pages/man1/lazysops-groups-add.1").exists());
    let all = all.replace("\\-", "-");
    let missing: Vec<&String> = flags.iter().filter(|flag| !all.contains(flag.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let main = place.lazysops(["man"]);
    ok(&main);
    assert_eq!(main.stdout, place.read("pages/man1/lazysops.1"));
}

#[test]
fn without_a_shell_the_completion_says_which_there_are() {
    let place = Sandbox::without_keys();
    let outcome = place.lazysops(["completion"]);
    ok(&outcome);
    let text = String::from_utf8(outcome.stdout).unwrap();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(text.contains(shell), "{shell}");
    }
}
