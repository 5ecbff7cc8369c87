//! The command line: arguments to a use case, results to the standard streams. Never draws a screen.

mod args;
mod commands;
pub mod debug_yaml;
mod definition;
mod examples;
mod files;
mod keys;
mod output;
mod tokens;

use crate::failure::{Failure, Kind};
use crate::host::file;
use crate::host::{Console, Environment};
use crate::metadata::SOPS_VERSION;
use crate::ops::caution::Caution;
use crate::ops::config::absolute;
use crate::ops::demo;
use crate::ops::start::Start;
use crate::ops::unlock;
use args::keyservice::KeyServices;
use args::recipients::GroupsCommand;
use args::{Command, Common, Root};
use clap::FromArgMatches as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use definition::definition;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use tokens::Line;

/// How alike a word must be to a command to be taken for a slip of it: 1 is the same.
const CLOSE: f64 = 0.85;

/// What is left to do after the command line was read and served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: end the process with this code.
    Exit(u8),
    /// Show the editor.
    Edit(Start),
    /// Print the settings of the editor.
    Settings,
}

/// Serves a command line; `arguments` begin with the name of the program.
#[must_use]
pub fn run(arguments: &[OsString], environment: &Environment) -> Next {
    if arguments.iter().skip(1).eq(["debug", "yaml"]) {
        let served = debug_yaml::run(std::io::stdin().lock(), std::io::stdout().lock());
        return Next::Exit(u8::from(served.is_err()));
    }
    let is_sops = is_sops(arguments);
    let root = definition(is_sops);
    let result = match tokens::read(&root, arguments) {
        Line::Command { arguments, ignored } => command(root, &arguments, &ignored, is_sops, environment),
        Line::Bare { paths } => bare(root, &paths, is_sops, environment),
        Line::NoFile => Err(Failure::new(Kind::NoFile, "no file specified")),
        Line::BadSet => {
            let text = "invalid --set format: write --set '[\"key\"] \"value\"'";
            Err(Failure::new(Kind::SetArgument, text))
        }
    };
    result.unwrap_or_else(|failure| Next::Exit(report(&failure)))
}

/// Tells what went wrong on standard error and gives the exit code.
#[must_use]
pub fn report(failure: &Failure) -> u8 {
    output::tell(&format!("Error: {}", failure.message));
    for hint in &failure.hints {
        output::tell(&format!("hint: {hint}"));
    }
    failure.kind.exit_code()
}

/// Prints the settings of the editor, or what is wrong with them, and gives the exit code.
#[must_use]
pub fn show_settings(settings: Result<String, Failure>) -> u8 {
    match settings.and_then(|text| output::result(text.as_bytes())) {
        Ok(()) => 0,
        Err(failure) => report(&failure),
    }
}

/// Whether the program was called by the name it replaces.
fn is_sops(arguments: &[OsString]) -> bool {
    let name = arguments
        .first()
        .and_then(|program| Path::new(program).file_stem());
    name.is_some_and(|name| name == "sops")
}

fn command(
    root: clap::Command,
    arguments: &[OsString],
    ignored: &[String],
    is_sops: bool,
    environment: &Environment,
) -> Result<Next, Failure> {
    let root = match root
        .try_get_matches_from(arguments)
        .and_then(|found| Root::from_arg_matches(&found))
    {
        Ok(root) => root,
        Err(error) => {
            return usage(&error).map_err(|failure| match arguments.get(1).and_then(|word| word.to_str()) {
                Some(word) if tokens::OWN.contains(&word) => Failure {
                    kind: Kind::Usage,
                    ..failure
                },
                _ => failure,
            });
        }
    };
    let Some(command) = root.command else {
        return without_command(&root, is_sops, environment);
    };
    let strict = common(&command).is_some_and(|common| common.strict);
    let mut caution = Caution::new(strict, environment);
    // Commands that sops does not have ask before a credential goes to a server, or a program starts, that a file names.
    let own = matches!(command, Command::Own(_) | Command::Merge(_));
    let asking;
    let environment = if strict || own {
        asking = environment.clone().asking(Arc::new(Console {
            drop_in: !own,
            strict: caution.is_strict(),
        }));
        &asking
    } else {
        environment
    };
    let served;
    let environment = match common(&command) {
        Some(common) => {
            served = with_keyservices(environment, &common.services, &mut caution)?;
            &served
        }
        None => environment,
    };
    for flag in ignored {
        caution.warn(format!("--{flag} is ignored: the command has no such flag"))?;
    }
    let result = match command {
        Command::Open(args) => return open(args),
        Command::Config => return Ok(Next::Settings),
        Command::Own(own) => return commands::own::run(&own, environment).map(Next::Exit),
        Command::Encrypt(args) => commands::encrypt(&args, environment, &mut caution),
        Command::Decrypt(args) => commands::decrypt(&args, environment, &mut caution),
        Command::Edit(args) => commands::edit(&args, environment, &mut caution),
        Command::Set(args) => commands::set(&args, environment, &mut caution),
        Command::Unset(args) => commands::unset(&args, environment, &mut caution),
        Command::Rotate(args) => commands::rotate(&args, environment, &mut caution),
        Command::UpdateKeys(args) => commands::updatekeys(&args, environment, &mut caution),
        Command::Groups(args) => commands::groups(&args, environment, &mut caution),
        Command::ExecEnv(args) => commands::exec_env(&args, environment, &mut caution),
        Command::ExecFile(args) => commands::exec_file(&args, environment, &mut caution),
        Command::Merge(args) => commands::merge(&args, environment, &mut caution),
        Command::Publish(args) => commands::publish(&args, environment, &mut caution),
        Command::Completion(args) => commands::completion(&args, is_sops),
        Command::Man(args) => commands::man(&args, is_sops, environment, &mut caution),
        Command::Filestatus(args) => commands::filestatus(&args, environment, &mut caution),
        Command::KeyService(args) => commands::keyservice(&args, environment, &mut caution),
    };
    output::warnings(&mut caution);
    result.map(|()| Next::Exit(0))
}

fn common(command: &Command) -> Option<&Common> {
    Some(match command {
        Command::Open(_) | Command::Config | Command::Completion(_) | Command::Man(_) | Command::Own(_) => {
            return None;
        }
        Command::Encrypt(args) => &args.common,
        Command::Decrypt(args) => &args.reading.common,
        Command::Edit(args) => &args.reading.common,
        Command::Publish(args) => &args.reading.common,
        Command::Set(args) => &args.reading.common,
        Command::Unset(args) => &args.reading.common,
        Command::Rotate(args) => &args.reading.common,
        Command::UpdateKeys(args) => &args.reading.common,
        Command::Groups(args) => match &args.command {
            GroupsCommand::Add(args) => &args.target.reading.common,
            GroupsCommand::Delete(args) => &args.target.reading.common,
        },
        Command::ExecEnv(args) => &args.reading.common,
        Command::ExecFile(args) => &args.reading.common,
        Command::Merge(args) => &args.common,
        Command::Filestatus(args) => &args.common,
        Command::KeyService(args) => &args.common,
    })
}

/// The environment in which these key services are used, too.
fn with_keyservices(
    environment: &Environment,
    services: &KeyServices,
    caution: &mut Caution,
) -> Result<Environment, Failure> {
    let local = services.enable_local_keyservice.as_deref();
    unlock::with_keyservices(environment, &services.keyservice, local, caution)
}

fn without_command(root: &Root, is_sops: bool, environment: &Environment) -> Result<Next, Failure> {
    if root.version {
        let text = if is_sops {
            format!("sops {SOPS_VERSION}\n")
        } else {
            format!(
                "lazysops {} (SOPS format {SOPS_VERSION})\n",
                env!("CARGO_PKG_VERSION")
            )
        };
        output::result(text.as_bytes())?;
        return Ok(Next::Exit(0));
    }
    if root.demo {
        on_terminal()?;
        return Ok(Next::Edit(Start {
            demo: true,
            ..Start::default()
        }));
    }
    if let Some(folder) = &root.demo_dir {
        let hint = demo::write_to(folder, environment)?;
        output::result(format!("{hint}\n").as_bytes())?;
        return Ok(Next::Exit(0));
    }
    Err(Failure::new(Kind::NoFile, "no file specified"))
}

/// `FILE` alone, or nothing (decisions: what a bare FILE means).
fn bare(
    mut root: clap::Command,
    paths: &[OsString],
    is_sops: bool,
    environment: &Environment,
) -> Result<Next, Failure> {
    let [path] = paths else {
        if !paths.is_empty() {
            let failure = Failure::new(Kind::Generic, "there is more than one file; name one");
            return Err(match meant(&root, paths) {
                Some(name) => failure.hint(format!("is the command `{name}` meant?")),
                None => failure,
            });
        }
        if is_sops {
            output::result(root.render_help().to_string().as_bytes())?;
            return Err(Failure::new(Kind::NoFile, "no file specified"));
        }
        if on_terminal().is_ok() {
            return Ok(Next::Edit(Start::default()));
        }
        output::result(root.render_help().to_string().as_bytes())?;
        return Ok(Next::Exit(0));
    };
    if !file::exists(&absolute(environment, Path::new(path)))
        && let Some(name) = meant(&root, paths)
    {
        let text = format!("{}: there is no such file or command", Path::new(path).display());
        return Err(Failure::new(Kind::NoFile, text).hint(format!("is the command `{name}` meant?")));
    }
    on_terminal()?;
    Ok(Next::Edit(Start {
        path: Some(path.into()),
        ..Start::default()
    }))
}

/// The command that the first word may be a slip of.
fn meant(root: &clap::Command, words: &[OsString]) -> Option<String> {
    let word = words.first()?.to_str()?;
    root.get_subcommands()
        .map(|command| (strsim::jaro_winkler(command.get_name(), word), command.get_name()))
        .filter(|(closeness, _)| *closeness > CLOSE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name.to_owned())
}

fn open(args: args::Open) -> Result<Next, Failure> {
    on_terminal()?;
    Ok(Next::Edit(Start {
        path: args.path,
        read_only: args.read_only,
        config: args.config,
        keyservices: args.services.keyservice,
        local_keyservice: args.services.enable_local_keyservice,
        demo: false,
    }))
}

fn on_terminal() -> Result<(), Failure> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Usage,
        "the editor needs a terminal; standard input or output is none",
    )
    .hint("`lazysops decrypt FILE` prints a file, `lazysops set FILE INDEX VALUE` changes it"))
}

/// Help goes to standard output; what is wrong with the flags becomes a failure that shows no value.
fn usage(error: &clap::Error) -> Result<Next, Failure> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::MissingSubcommand
    ) {
        output::result(error.render().to_string().as_bytes())?;
        return Ok(Next::Exit(0));
    }
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let flag = context(ContextKind::InvalidArg).filter(|flag| flag.starts_with('-'));
    let text = match (error.kind(), &flag) {
        (ErrorKind::UnknownArgument, Some(flag)) => format!("unknown flag {flag}"),
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(flag)) => {
            format!("{flag} has a value it cannot have")
        }
        (_, Some(flag)) => format!("{flag} is used in a way that has no meaning"),
        (_, None) => "the command line has no meaning".to_owned(),
    };
    let mut failure = Failure::new(Kind::Generic, text);
    if let Some(meant) = context(ContextKind::SuggestedArg) {
        failure = failure.hint(format!("is {meant} meant?"));
    }
    Err(failure.hint("--help shows what there is"))
}
