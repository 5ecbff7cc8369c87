//! The commands that start other programs with what a file holds.

use crate::cli::args::exec::{ExecEnv, ExecFile, Manner};
use crate::cli::files::Scene;
use crate::cli::output;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::pipe::Handed;
use crate::host::shell::Shell;
use crate::host::user::User;
use crate::ops::caution::Caution;
use crate::ops::decrypt;
use crate::ops::exec;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path};
use zeroize::Zeroizing;

/// `exec-env`
pub fn exec_env(args: &ExecEnv, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let (file, line) = file_and_command(&args.arguments)?;
    let user = manner("exec-env", &args.manner, caution)?;
    if args.same_process && args.manner.background {
        let text = "cannot use both --same-process and --background";
        return Err(Failure::new(Kind::Conflict, text));
    }
    let scene = Scene::of_file(Path::new(file), &args.reading, environment, caution)?;
    let target = scene.input.target(args.input_type.as_deref(), None);
    let values = exec::variables(&target, &scene.environment, caution)?;
    let mut variables = if args.pristine {
        Vec::new()
    } else {
        inherited(environment)
    };
    variables.extend(values);
    let shell = Shell {
        line: line.clone(),
        variables,
        directory: environment.directory(),
        user,
    };
    output::warnings(caution);
    if args.same_process {
        return Err(not_started(&shell.become_it()));
    }
    if args.manner.background {
        return shell.start(None).map_err(|error| not_started(&error));
    }
    ended(&shell)
}

/// `exec-file`
pub fn exec_file(args: &ExecFile, environment: &Environment, caution: &mut Caution) -> Result<(), Failure> {
    let (file, line) = file_and_command(&args.arguments)?;
    let name = args.filename.as_deref().unwrap_or(OsStr::new("tmp-file"));
    let mut parts = Path::new(name).components();
    if !matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name) {
        let text = "--filename takes a name alone, without a folder";
        return Err(Failure::new(Kind::Generic, text));
    }
    let user = manner("exec-file", &args.manner, caution)?;
    let scene = Scene::of_file(Path::new(file), &args.reading, environment, caution)?;
    let request = scene.input.request(&args.types, args.reading.common.indent);
    let text = Zeroizing::new(decrypt::decrypt(
        &request,
        scene.config.as_ref(),
        &scene.environment,
        caution,
    )?);
    // A pipe would need this process to fill it.
    let handed = if args.no_fifo || args.manner.background {
        Handed::file(&text, name, user, environment)
    } else {
        Handed::pipe(text, name, user, environment)
    };
    let mut handed = handed.map_err(|error| {
        let text = format!("cannot make a private file for the command: {error}");
        Failure::new(Kind::Write, text)
    })?;
    let shell = Shell {
        line: filled(line, handed.path().as_os_str()),
        variables: inherited(environment),
        directory: environment.directory(),
        user,
    };
    if !handed.is_safe() {
        caution.warn(
            "the content is handed over in a temporary folder, where a crash can leave it: there is no private folder in \
             memory, or no process to watch over it",
        )?;
    }
    output::warnings(caution);
    if args.manner.background {
        let watched = handed.leave();
        return shell.start(watched).map_err(|error| not_started(&error));
    }
    ended(&shell)
}

/// What both take care of first: the user to run as, and what sops warns of.
fn manner(command: &str, manner: &Manner, caution: &mut Caution) -> Result<Option<User>, Failure> {
    if manner.background {
        caution.warn(format!("--background of {command} is deprecated in sops"))?;
    }
    let user = manner.user.as_deref().filter(|name| !name.is_empty());
    user.map(User::named)
        .transpose()
        .map_err(|error| Failure::new(Kind::Generic, error.to_string()))
}

fn file_and_command(arguments: &[OsString]) -> Result<(&OsString, &OsString), Failure> {
    match arguments {
        [file, line] => Ok((file, line)),
        _ => Err(Failure::new(
            Kind::Generic,
            "missing file to decrypt, or command: there are precisely 2 arguments",
        )
        .hint("lazysops exec-env FILE 'COMMAND --with arguments'")),
    }
}

fn inherited(environment: &Environment) -> Vec<(OsString, OsString)> {
    let variables = environment.variables();
    variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The line with the path in all of its places.
fn filled(line: &OsStr, path: &OsStr) -> OsString {
    let mut rest = line.as_bytes();
    let mut out = Vec::new();
    while let Some((byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"{}") {
            out.extend_from_slice(path.as_bytes());
            rest = after;
        } else {
            out.push(*byte);
            rest = after;
        }
    }
    OsString::from_vec(out)
}

/// Runs the command; its status is the exit code.
fn ended(shell: &Shell<'_>) -> Result<(), Failure> {
    match shell.run().map_err(|error| not_started(&error))? {
        0 => Ok(()),
        code => Err(Failure::new(
            Kind::Child(code),
            format!("the command ended with exit status {code}"),
        )),
    }
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::new(Kind::Generic, format!("/bin/sh cannot be started: {error}"))
}
