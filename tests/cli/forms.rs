//! The forms of the command line, with and without a command, under both names.

use super::{PLAIN, fails, ok, sealed};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

/// Four columns are what sops writes.
const DECRYPTED: &str = PLAIN;

#[test]
fn every_form_of_decrypting_gives_the_same() {
    let place = sealed();
    for arguments in [
        &["decrypt", "a.yaml"][..],
        &["-d", "a.yaml"],
        &["--decrypt", "a.yaml"],
        &["-decrypt", "a.yaml"],
        &["decrypt", "a.yaml", "--output-type", "yaml"],
        &["--output-type=yaml", "-d", "--input-type", "yaml", "a.yaml"],
        &["-d", "--output-type", "json", "--output-type", "yaml", "a.yaml"],
        &["--config", "/dev/null", "decrypt", "a.yaml"],
    ] {
        let outcome = place.lazysops(arguments);
        ok(&outcome);
        assert_eq!(
            String::from_utf8_lossy(&outcome.stdout),
            DECRYPTED,
            "{arguments:?}"
        );
    }
    let sealed = place.read("a.yaml");
    for arguments in [
        &["decrypt", "--input-type", "yaml", "--output-type", "yaml"][..],
        &["decrypt", "--input-type", "yaml", "--output-type", "yaml", "-"],
        &["decrypt", "--filename-override", "x.yaml"],
        &[
            "-d",
            "--input-type",
            "yaml",
            "--output-type",
            "yaml",
            "/dev/stdin",
        ],
    ] {
        let outcome = place.run(env!("CARGO_BIN_EXE_lazysops").as_ref(), arguments, &sealed);
        ok(&outcome);
        assert_eq!(
            String::from_utf8_lossy(&outcome.stdout),
            DECRYPTED,
            "{arguments:?}"
        );
    }
}

#[test]
fn a_result_can_go_to_a_file_or_to_a_device() {
    let place = sealed();
    let outcome = place.lazysops(["decrypt", "--output", "out.yaml", "a.yaml"]);
    ok(&outcome);
    assert!(outcome.stdout.is_empty());
    assert_eq!(place.read("out.yaml"), DECRYPTED.as_bytes());
    let outcome = place.lazysops(["decrypt", "--output", "/dev/stdout", "a.yaml"]);
    ok(&outcome);
    assert_eq!(outcome.stdout, DECRYPTED.as_bytes());
}

#[test]
fn the_version_is_told_under_both_names() {
    let place = Sandbox::without_keys();
    let version = env!("CARGO_PKG_VERSION");
    for flag in ["--version", "-v", "-version"] {
        let outcome = place.lazysops([flag]);
        ok(&outcome);
        let expected = format!("lazysops {version} (SOPS format 3.13.3)\n");
        assert_eq!(outcome.stdout, expected.as_bytes());
    }
    let sops = place.path("sops");
    symlink(env!("CARGO_BIN_EXE_lazysops"), &sops).unwrap();
    let outcome = place.run(&sops, ["--version", "--disable-version-check"], b"");
    ok(&outcome);
    assert_eq!(outcome.stdout, b"sops 3.13.3\n");
}

#[test]
fn help_names_every_command_and_every_command_has_help() {
    let place = Sandbox::without_keys();
    let help = place.lazysops(["--help"]);
    ok(&help);
    let text = String::from_utf8(help.stdout).unwrap();
    for command in ["open", "encrypt", "decrypt", "edit", "set", "unset", "filestatus"] {
        assert!(text.contains(&format!("  {command} ")), "{command}");
        let own = place.lazysops([command, "--help"]);
        ok(&own);
        assert!(
            String::from_utf8(own.stdout).unwrap().contains("Usage: lazysops"),
            "{command}"
        );
    }
    assert!(!text.contains("debug"));
}

#[test]
fn without_a_terminal_the_editor_says_what_to_use_instead() {
    let place = sealed();
    let expected = "Error: the editor needs a terminal; standard input or output is none\n\
                    hint: `lazysops decrypt FILE` prints a file, `lazysops set FILE INDEX VALUE` changes it\n";
    fails(&place.lazysops(["a.yaml"]), 2, expected);
    fails(&place.lazysops(["open", "--read-only", "a.yaml"]), 2, expected);
    fails(&place.lazysops(["--demo"]), 2, expected);
}

#[test]
fn a_wrong_flag_is_named_and_its_value_is_not() {
    let place = Sandbox::without_keys();
    fails(
        &place.lazysops(["decrypt", "--no-such-flag=hunter2", "a.yaml"]),
        1,
        "Error: unknown flag --no-such-flag\nhint: --help shows what there is\n",
    );
    fails(
        &place.lazysops(["encrypt", "--indent", "hunter2", "a.yaml"]),
        1,
        "Error: --indent <SPACES> has a value it cannot have\nhint: --help shows what there is\n",
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let place = Sandbox::with_key("age1.txt");
    let long: String = (0..20_000)
        .map(|number| format!("key{number}: value {number}\n"))
        .collect();
    place.write("long.yaml", long);
    ok(&place.lazysops([
        "encrypt",
        "-i",
        "--age",
        AGE1,
        "--encrypted-suffix",
        "_none",
        "long.yaml",
    ]));
    let mut child = Command::new(env!("CARGO_BIN_EXE_lazysops"))
        .args(["decrypt", "long.yaml"])
        .env_clear()
        .envs(place.environment())
        .current_dir(place.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
fn a_number_set_without_quotes_stays_whole() {
    let place = sealed();
    ok(&place.lazysops(["set", "a.yaml", "[\"port\"]", "9007199254740993"]));
    ok(&place.lazysops(["set", "a.yaml", "[\"below\"]", "-5"]));
    let outcome = place.lazysops(["decrypt", "--extract", "[\"port\"]", "a.yaml"]);
    assert_eq!(outcome.stdout, b"9007199254740993\n");
    let outcome = place.lazysops(["decrypt", "--extract", "[\"below\"]", "a.yaml"]);
    assert_eq!(outcome.stdout, b"-5\n");
}

#[test]
fn setting_what_is_there_already_writes_nothing() {
    let place = sealed();
    let before = place.read("a.yaml");
    ok(&place.lazysops(["set", "a.yaml", "[\"user\"]", "\"admin\""]));
    assert_eq!(place.read("a.yaml"), before);
}

#[test]
fn paths_that_make_sops_crash_are_errors() {
    let place = sealed();
    let before = place.read("a.yaml");
    for (index, code) in [
        ("", 7),
        ("[]", 7),
        ("[-1]", 7),
        ("[\"]", 7),
        ("[0]", 7),
        ("[\"user\"", 7),
    ] {
        let outcome = place.lazysops(["set", "a.yaml", index, "1"]);
        assert_eq!(outcome.code, Some(code), "{index}: {}", outcome.stderr);
    }
    assert_eq!(place.read("a.yaml"), before);
}

#[test]
fn a_mistyped_command_is_answered_with_the_one_that_is_meant() {
    let place = Sandbox::without_keys();
    for words in [
        &["decyrpt", "a.yaml"][..],
        &["udpatekeys", "a.yaml"],
        &["filestatu"],
    ] {
        let outcome = place.lazysops(words);
        assert_ne!(outcome.code, Some(0));
        assert!(outcome.stderr.contains("meant?"), "{words:?}: {}", outcome.stderr);
    }
    let other = place.lazysops(["values.yaml", "more.yaml"]);
    assert!(!other.stderr.contains("meant?"), "{}", other.stderr);
}

#[test]
fn set_takes_the_threshold_flag_that_sops_takes_and_says_that_it_does_nothing() {
    let place = sealed();
    let done = place.lazysops([
        "set",
        "--shamir-secret-sharing-threshold",
        "2",
        "a.yaml",
        "[\"a\"]",
        "\"x\"",
    ]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("is ignored here"), "{}", done.stderr);
}
