//! `docs/cli.md` is what the program says of itself.

use super::ok;
use crate::support::sandbox::Sandbox;
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "\
# Command line

Made from the help of the program, and checked by a test. What each command does in detail is what sops 3.13 does; where
it is more, the help says so.

Exit codes of the commands of sops are those of sops: 0 done, 1 configuration, metadata, flags, 2 cannot read or parse, 3 cannot
write, 4 the format cannot hold the result, 6 a malformed encryption context, 7 a malformed path or value of `set`, 8 parameters that
exclude each other, 23 cannot encrypt, 25 cannot decrypt a value, 49 `rotate` was to change the keys of a
missing file, 51 the MAC does not fit, 91 a malformed `--extract`, 92 an empty
file, 100 no file, 112 a malformed decryption order, 128 no key opens the file, 200 `edit` left the file as it was, 201 the editor
failed or there is none, 203 encrypted already. A broken pipe is no error.

What sops does in silence although something is wrong (a key that wins over a rule that does not match, a misspelt field of a
rule, rules that somebody else may have written, a document that the output format cannot hold, a file that must be written in
place) is one line on standard error that begins with `warning:`; with `--strict`, or `LAZYSOPS_STRICT=1`, it is an error instead.
";

#[test]
fn the_reference_is_what_the_program_says() {
    let place = Sandbox::without_keys();
    let help = |arguments: &[&str]| {
        let outcome = place.lazysops(arguments);
        ok(&outcome);
        String::from_utf8(outcome.stdout).unwrap()
    };
    let mut page = HEAD.to_owned();
    let mut section = |title: &str, text: &str| {
        let _ = write!(page, "\n## {title}\n\n```text\n{}\n```\n", text.trim_end());
    };
    section("lazysops", &help(&["--help"]));
    for command in commands(&help(&["--help"])) {
        let below = commands(&help(&[&command, "--help"]));
        let below = below.iter().map(|word| format!("{command} {word}"));
        let all: Vec<String> = below.collect();
        for command in if all.is_empty() { vec![command] } else { all } {
            let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
            section(&format!("lazysops {command}"), &help(&words));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    if std::env::var_os("LAZYSOPS_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page,
        "docs/cli.md is not what the program says; LAZYSOPS_UPDATE=1 cargo test --test all reference writes it anew"
    );
}

/// The commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    list.take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .map(str::to_owned)
        .collect()
}
