//! The one definition of the command line, from which arguments are read and help, completions and man pages are made.

use super::args::Root;
use super::examples;
use clap::{Command, CommandFactory as _};

/// What there is under a name: `sops` for those who call it so.
pub fn definition(is_sops: bool) -> Command {
    let mut root = Root::command();
    let names: Vec<String> = root
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    for name in names {
        root = root.mut_subcommand(&name, |command| with_examples(command, &name));
    }
    if is_sops {
        root = root.name("sops").bin_name("sops");
    }
    root
}

fn with_examples(mut command: Command, path: &str) -> Command {
    let below: Vec<String> = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    for name in below {
        let path = format!("{path} {name}");
        command = command.mut_subcommand(&name, |command| match examples::help(&path) {
            Some(text) => command.after_help(text),
            None => command,
        });
    }
    match examples::help(path) {
        Some(text) => command.after_help(text),
        None => command,
    }
}

#[cfg(test)]
mod tests {
    use super::definition;

    #[test]
    fn every_command_shows_how_it_is_used() {
        let root = definition(false);
        for command in root.get_subcommands().filter(|command| !command.is_hide_set()) {
            let mut leaves: Vec<_> = command.get_subcommands().collect();
            if leaves.is_empty() {
                leaves.push(command);
            }
            for leaf in leaves {
                let text = leaf.get_after_help().map(ToString::to_string).unwrap_or_default();
                let name = leaf.get_name();
                assert!(
                    text.starts_with("Examples:"),
                    "{name}: write some into src/cli/examples.rs"
                );
                assert!(text.contains(name), "{name}");
            }
        }
    }
}
