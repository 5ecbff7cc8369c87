//! Puts a command line into the order clap expects: sops's own reader takes flags with one dash or two, `--flag=true`, flags
//! before the command, and the forms without a command.

use clap::{Arg, ArgAction, Command};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

/// A command line in clap's order, or what it means without clap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A command with its flags: the program's name comes first, flags come before `--`, everything else after it.
    Command {
        /// For clap.
        arguments: Vec<OsString>,
        /// Flags before the command which it does not have.
        ignored: Vec<String>,
    },
    /// `FILE` alone, or nothing.
    Bare {
        /// What is to be opened.
        paths: Vec<OsString>,
    },
    /// A form without a command that needs a file, without one.
    NoFile,
    /// `--set` with a text that is no index and value.
    BadSet,
}

/// Commands that sops does not have: under its name, and behind its flags without a command, such a word is a file.
pub const OWN: [&str; 20] = [
    "access",
    "approve",
    "check",
    "config",
    "diff",
    "doctor",
    "drift",
    "git-setup",
    "history",
    "join",
    "keygen",
    "man",
    "merge",
    "rekey",
    "repair",
    "resolve",
    "stage",
    "textconv",
    "unstage",
    "why",
];

/// Flags of the forms without a command: long name, short name, whether it takes a value.
const LEGACY: [(&str, Option<char>, bool); 4] = [
    ("encrypt", Some('e'), false),
    ("decrypt", Some('d'), false),
    ("rotate", Some('r'), false),
    ("set", None, true),
];

/// File, index and value.
const SET_WORDS: usize = 3;

/// One flag of the command line.
struct Flag {
    name: String,
    value: Option<OsString>,
    before_command: bool,
}

/// Reads a command line; `arguments` begin with the program's name.
pub fn read(root: &Command, arguments: &[OsString]) -> Line {
    let table = Table::of(root);
    let commands: Vec<&str> = root
        .get_subcommands()
        .map(Command::get_name)
        .chain(["help"])
        .collect();
    let mut flags: Vec<Flag> = Vec::new();
    let mut positional: Vec<OsString> = Vec::new();
    let mut command: Option<OsString> = None;
    let mut tokens = arguments.iter().skip(1).cloned();
    while let Some(token) = tokens.next() {
        if token == "--" {
            positional.extend(tokens);
            break;
        }
        let Some((name, value)) = split_flag(&token) else {
            let is_command = command.is_none()
                && positional.is_empty()
                && commands.iter().any(|known| token == *known)
                && (!is_own(&token) || !(super::is_sops(arguments) || is_legacy(&flags)));
            if is_command {
                command = Some(token);
            } else {
                positional.push(token);
            }
            continue;
        };
        let before_command = command.is_none();
        match table.find(&name) {
            // Its value is optional, and follows a `=`.
            Some((long, _)) if long == "enable-local-keyservice" => flags.push(Flag {
                name: long,
                value: value.or_else(|| Some("true".into())),
                before_command,
            }),
            Some((long, true)) => flags.push(Flag {
                name: long,
                value: value.or_else(|| tokens.next()),
                before_command,
            }),
            Some((long, false)) => {
                // The last one wins, so that `=false` takes back what came before.
                flags.retain(|flag| flag.name != long);
                if value.as_deref().is_none_or(is_true) {
                    flags.push(Flag {
                        name: long,
                        value: None,
                        before_command,
                    });
                }
            }
            None => flags.push(Flag {
                name: token.to_string_lossy().trim_start_matches('-').to_owned(),
                value: None,
                before_command: false,
            }),
        }
    }
    let program = arguments.first().cloned().unwrap_or_else(|| "lazysops".into());
    match command {
        Some(command) => with_command(root, program, command, flags, positional),
        None => without_command(root, program, flags, positional, super::is_sops(arguments)),
    }
}

fn is_own(token: &OsStr) -> bool {
    OWN.iter().any(|own| token == *own)
}

fn is_legacy(flags: &[Flag]) -> bool {
    flags
        .iter()
        .any(|flag| LEGACY.iter().any(|(name, ..)| flag.name == *name))
}

/// Name and value of a flag; numbers and `-` are none.
fn split_flag(token: &OsStr) -> Option<(String, Option<OsString>)> {
    let bytes = token.as_encoded_bytes();
    let rest = bytes.strip_prefix(b"-")?;
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    if rest
        .first()
        .is_none_or(|byte| byte.is_ascii_digit() || *byte == b'.')
    {
        return None;
    }
    let text = token.to_string_lossy();
    let body = text.strip_prefix("--").or_else(|| text.strip_prefix('-'))?;
    Some(match body.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.into())),
        None => (body.to_owned(), None),
    })
}

fn is_true(value: &OsStr) -> bool {
    ["1", "t", "T", "TRUE", "true", "True"]
        .iter()
        .any(|yes| value == *yes)
}

fn with_command(
    root: &Command,
    program: OsString,
    command: OsString,
    flags: Vec<Flag>,
    mut positional: Vec<OsString>,
) -> Line {
    let mut own = root.get_subcommands().find(|known| command == *known.get_name());
    let mut arguments = vec![program, command];
    // `groups add`: the second word is part of the command, and the flags are those of both words.
    let second = own.and_then(|own| {
        let word = positional.first()?;
        own.get_subcommands().find(|known| word == known.get_name())
    });
    if second.is_some() {
        arguments.push(positional.remove(0));
        own = second;
    }
    let own = own.map(Table::of_command);
    let mut ignored = Vec::new();
    for flag in flags {
        let known = own.as_ref().is_some_and(|own| own.find(&flag.name).is_some());
        if flag.before_command && !known && flag.name != "help" {
            ignored.push(flag.name);
        } else {
            arguments.push(written(&flag.name, flag.value.as_deref()));
        }
    }
    // `help encrypt` has words of its own where others have files.
    if own.as_ref().is_none_or(|own| own.has_commands) {
        arguments.extend(positional);
    } else if !positional.is_empty() {
        arguments.push("--".into());
        arguments.extend(positional);
    }
    Line::Command { arguments, ignored }
}

fn without_command(
    root: &Command,
    program: OsString,
    flags: Vec<Flag>,
    positional: Vec<OsString>,
    is_sops: bool,
) -> Line {
    let has = |name: &str| flags.iter().any(|flag| flag.name == name);
    if ["help", "version", "demo", "demo-dir"]
        .iter()
        .any(|name| has(name))
    {
        let flags = flags
            .iter()
            .map(|flag| written(&flag.name, flag.value.as_deref()));
        return Line::Command {
            arguments: std::iter::once(program).chain(flags).collect(),
            ignored: Vec::new(),
        };
    }
    let set = flags.iter().rev().find(|flag| flag.name == "set");
    let (command, words) = if has("encrypt") {
        ("encrypt", positional)
    } else if has("decrypt") {
        ("decrypt", positional)
    } else if let Some(set) = set {
        match set_words(set.value.as_deref(), positional) {
            Some(words) => ("set", words),
            None => return Line::BadSet,
        }
    } else if has("rotate") {
        ("rotate", positional)
    } else {
        return bare(flags, positional, program, is_sops);
    };
    if words.is_empty() || (command == "set" && words.len() < SET_WORDS) {
        return Line::NoFile;
    }
    let own = root.find_subcommand(command).map(Table::of_command);
    let all = Table::of(root);
    let mut ignored = Vec::new();
    let mut arguments: Vec<OsString> = vec![program, command.into()];
    for flag in flags {
        let mode = LEGACY.iter().any(|(long, ..)| *long == flag.name);
        // `--set` has always been in place.
        let needless = command == "set" && flag.name == "in-place";
        // Without a command sops takes the flags of all, and ignores those that mean nothing here.
        let known = |table: &Table| table.find(&flag.name).is_some();
        if mode || needless {
            continue;
        } else if known(&all) && !own.as_ref().is_some_and(known) {
            ignored.push(flag.name);
        } else {
            arguments.push(written(&flag.name, flag.value.as_deref()));
        }
    }
    arguments.push("--".into());
    arguments.extend(words);
    Line::Command { arguments, ignored }
}

fn bare(flags: Vec<Flag>, paths: Vec<OsString>, program: OsString, is_sops: bool) -> Line {
    // sops edits it; so do we when sops's flags are there, or its name (decisions: what a bare FILE means).
    if !paths.is_empty() && (is_sops || !flags.is_empty()) {
        let flags = flags
            .iter()
            .map(|flag| written(&flag.name, flag.value.as_deref()));
        let words = [program, "edit".into()].into_iter().chain(flags);
        return Line::Command {
            arguments: words.chain(["--".into()]).chain(paths).collect(),
            ignored: Vec::new(),
        };
    }
    if let Some(flag) = flags.first() {
        return Line::Command {
            arguments: vec![program, written(&flag.name, flag.value.as_deref())],
            ignored: Vec::new(),
        };
    }
    Line::Bare { paths }
}

/// Splits `INDEX VALUE`; the index ends with a bracket, and a space follows.
fn set_words(text: Option<&OsStr>, positional: Vec<OsString>) -> Option<Vec<OsString>> {
    let text = text?.to_str()?;
    let end = ["\"] ", "'] ", "] "]
        .iter()
        .find_map(|end| text.find(end).map(|at| at + end.len()))?;
    let (index, value) = text.split_at(end);
    Some(
        positional
            .into_iter()
            .chain([index.trim_end().into(), value.into()])
            .collect(),
    )
}

fn written(name: &str, value: Option<&OsStr>) -> OsString {
    let mut text = OsString::from("--");
    text.push(name);
    if let Some(value) = value {
        text.push("=");
        text.push(value);
    }
    text
}

/// Which flags there are.
struct Table {
    flags: HashMap<String, (String, bool)>,
    has_commands: bool,
}

impl Table {
    /// The flags of all commands and of the forms without one; a name means the same everywhere.
    fn of(root: &Command) -> Self {
        let mut table = Self::of_command(root);
        for command in root.get_subcommands() {
            table.add(command.get_arguments());
            for second in command.get_subcommands() {
                table.add(second.get_arguments());
            }
        }
        for (long, short, takes_value) in LEGACY {
            for name in [Some(long.to_owned()), short.map(String::from)]
                .into_iter()
                .flatten()
            {
                table.flags.insert(name, (long.to_owned(), takes_value));
            }
        }
        table
    }

    fn of_command(command: &Command) -> Self {
        let mut table = Self {
            flags: HashMap::new(),
            has_commands: command.has_subcommands(),
        };
        for name in ["help", "h"] {
            table.flags.insert(name.to_owned(), ("help".to_owned(), false));
        }
        table.add(command.get_arguments());
        table
    }

    fn add<'a>(&mut self, arguments: impl Iterator<Item = &'a Arg>) {
        for argument in arguments {
            let Some(long) = argument.get_long() else {
                continue;
            };
            let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
            let short = argument.get_short().map(String::from);
            let aliases = argument.get_visible_aliases().unwrap_or_default();
            let aliases = aliases.into_iter().map(str::to_owned);
            for name in [Some(long.to_owned()), short]
                .into_iter()
                .flatten()
                .chain(aliases)
            {
                self.flags.insert(name, (long.to_owned(), takes_value));
            }
        }
    }

    fn find(&self, name: &str) -> Option<(String, bool)> {
        self.flags.get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, read};
    use crate::cli::args::Root;
    use clap::CommandFactory as _;
    use std::ffi::OsString;

    fn line(words: &[&str]) -> Line {
        let arguments: Vec<OsString> = std::iter::once("sops")
            .chain(words.iter().copied())
            .map(Into::into)
            .collect();
        read(&Root::command(), &arguments)
    }

    fn command(words: &[&str]) -> String {
        match line(words) {
            Line::Command { arguments, .. } => arguments
                .iter()
                .skip(1)
                .map(|word| word.to_str().unwrap())
                .collect::<Vec<_>>()
                .join(" "),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn scripts_written_for_sops_find_their_flags() {
        for (words, expected) in [
            (&["-d", "a.yaml"][..], "decrypt -- a.yaml"),
            (
                &["--decrypt", "--input-type", "yaml", "--output-type", "yaml", "a"],
                "decrypt --input-type=yaml --output-type=yaml -- a",
            ),
            (&["-e", "-i", "a"], "encrypt --in-place -- a"),
            (
                &["-decrypt", "-output-type=json", "a"],
                "decrypt --output-type=json -- a",
            ),
            (
                &["encrypt", "a", "-i", "--age", "x"],
                "encrypt --in-place --age=x -- a",
            ),
            (&["encrypt", "-i", "-i=false", "a"], "encrypt -- a"),
            (&["--config", "c", "decrypt", "a"], "decrypt --config=c -- a"),
            (&["set", "f", "[\"n\"]", "-5"], "set -- f [\"n\"] -5"),
            (
                &["--set", "[\"a\"][\"b\"] \"x \\\"] y\"", "f"],
                "set -- f [\"a\"][\"b\"] \"x \\\"] y\"",
            ),
            (&["decrypt", "--", "-d"], "decrypt -- -d"),
            (&["decrypt", "-"], "decrypt -- -"),
            (&["--no-such-flag", "a"], "edit --no-such-flag -- a"),
            (
                &["keyservice", "--net", "unix", "-addr=/a", "--prompt"],
                "keyservice --network=unix --address=/a --prompt",
            ),
            (
                &[
                    "-d",
                    "--keyservice",
                    "a",
                    "--keyservice",
                    "b",
                    "--enable-local-keyservice=false",
                    "f",
                ],
                "decrypt --keyservice=a --keyservice=b --enable-local-keyservice=false -- f",
            ),
            (
                &["-d", "--enable-local-keyservice", "f"],
                "decrypt --enable-local-keyservice=true -- f",
            ),
            (&["-v"], "--version"),
            (&["help", "encrypt"], "help encrypt"),
            (&["a"], "edit -- a"),
            (
                &["-s", "--ignore-mac", "a"],
                "edit --show-master-keys --ignore-mac -- a",
            ),
            (&["edit", "a"], "edit -- a"),
            (&["-r", "-i", "a"], "rotate --in-place -- a"),
            (
                &["groups", "-i", "delete", "-f", "a", "0"],
                "groups delete --in-place --file=a -- 0",
            ),
        ] {
            assert_eq!(command(words), expected, "{words:?}");
        }
    }

    #[test]
    fn a_flag_that_the_command_does_not_have_is_named() {
        let Line::Command { ignored, .. } = line(&["--extract", "x", "encrypt", "a"]) else {
            panic!()
        };
        assert_eq!(ignored, ["extract"]);
    }

    #[test]
    fn commands_that_are_not_there_are_not_taken_for_files() {
        assert_eq!(
            read(&Root::command(), &["lazysops".into(), "a.yaml".into()]),
            Line::Bare {
                paths: vec!["a.yaml".into()],
            }
        );
    }
}
