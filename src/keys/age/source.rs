//! Where identities come from (spec §9.1): variables, files, and programs.

use super::identity::{AgeIdentity, parse_all, parse_ssh};
use crate::host::{Environment, words};
use crate::keys::access::{Access, Refusal, plain_line};
use crate::keys::child::Program;
use crate::keys::locked;
use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest identity file, in bytes.
const LONGEST: u64 = 16 << 20;
/// How long a program may take that prints an identity, when nobody is there and when it may be asking somebody.
const LIMIT_ALONE: Duration = Duration::from_secs(30);
const LIMIT_ASKING: Duration = Duration::from_secs(600);

/// One source, read.
pub struct Source {
    /// Its name for people: the variable, or the path.
    pub name: String,
    /// What was found in it.
    pub identities: Vec<AgeIdentity>,
    /// What went wrong with it, or with a part of it.
    pub trouble: Option<String>,
    /// Identities behind a passphrase.
    pub locked: Option<Locked>,
}

/// A passphrase-encrypted identity file; asked for once.
pub struct Locked {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
    opened: OnceCell<Result<Box<Source>, Refusal>>,
}

impl Locked {
    /// What is inside, after asking for the passphrase.
    ///
    /// # Errors
    /// When nobody gives the right one.
    pub fn open(&self, access: &Access<'_>) -> Result<&Source, &Refusal> {
        let open = || {
            let once = format!("identity {}", self.name);
            let text = access
                .environment
                .once(&once, || locked::open(access, &self.name, &self.bytes))?;
            Ok(Box::new(identities(self.name.clone(), &text)))
        };
        self.opened.get_or_init(open).as_ref().map(AsRef::as_ref)
    }
}

/// All sources but the programs, read.
pub struct Sources {
    read: Vec<Source>,
    commands: Vec<Command>,
    unset: Vec<&'static str>,
}

/// A program that prints an identity; it is told for which recipient.
pub struct Command {
    variable: &'static str,
    line: String,
    ssh: bool,
}

impl Sources {
    /// Reads them all.
    pub fn read(environment: &Environment) -> Self {
        let mut sources = Self {
            read: Vec::new(),
            commands: Vec::new(),
            unset: Vec::new(),
        };
        match environment.text("SOPS_AGE_KEY") {
            Some(text) => sources.read.push(native("SOPS_AGE_KEY".to_owned(), text)),
            None => sources.unset.push("SOPS_AGE_KEY"),
        }
        match path_in(environment, "SOPS_AGE_KEY_FILE") {
            Some(path) => sources.read.push(file(
                format!("SOPS_AGE_KEY_FILE ({})", path.display()),
                &path,
                native,
            )),
            None => sources.unset.push("SOPS_AGE_KEY_FILE"),
        }
        if let Some(path) = default_file(environment) {
            sources.read.push(file(path.display().to_string(), &path, native));
        }
        let ssh_file = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";
        if let Some(path) = path_in(environment, ssh_file) {
            sources
                .read
                .push(file(format!("{ssh_file} ({})", path.display()), &path, ssh));
        }
        for name in ["id_ed25519", "id_rsa"] {
            let path = environment.home().map(|home| home.join(".ssh").join(name));
            if let Some(path) = path.filter(|path| path.exists()) {
                sources.read.push(file(path.display().to_string(), &path, ssh));
            }
        }
        for (variable, ssh) in [
            ("SOPS_AGE_SSH_PRIVATE_KEY_CMD", true),
            ("SOPS_AGE_KEY_CMD", false),
        ] {
            match environment.text(variable) {
                Some(line) => sources.commands.push(Command {
                    variable,
                    line: line.to_owned(),
                    ssh,
                }),
                None if !ssh => sources.unset.push(variable),
                None => {}
            }
        }
        sources
    }

    pub fn all(&self) -> &[Source] {
        &self.read
    }

    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// One line that names the variables that are not set.
    pub fn unset(&self) -> Option<String> {
        (!self.unset.is_empty()).then(|| format!("not set: {}", self.unset.join(", ")))
    }

    /// The public keys of the native identities that can be read without asking anybody.
    pub fn own_recipients(&self) -> Vec<String> {
        let identities = self.read.iter().flat_map(|source| &source.identities);
        identities
            .filter_map(|identity| match identity {
                AgeIdentity::X25519(identity) => Some(identity.to_public().to_string()),
                AgeIdentity::Hybrid(identity) => Some(identity.to_recipient().to_string()),
                AgeIdentity::Ssh(_) | AgeIdentity::LockedSsh(_) | AgeIdentity::Plugin(_) => None,
            })
            .collect()
    }

    /// A public key of the user, to be added as a recipient.
    pub fn own_recipient(&self) -> Option<String> {
        let mut identities = self.read.iter().flat_map(|source| &source.identities);
        identities.find_map(AgeIdentity::recipient)
    }
}

impl Command {
    /// Runs it for a recipient.
    pub fn run(&self, access: &Access<'_>, recipient: &str) -> Source {
        match self.output(access, recipient) {
            Ok(output) => match std::str::from_utf8(&output) {
                Ok(text) if self.ssh => ssh(self.variable.to_owned(), text),
                Ok(text) => native(self.variable.to_owned(), text),
                Err(_) => failed(self.variable.to_owned(), "it printed something that is no text"),
            },
            Err(trouble) => failed(self.variable.to_owned(), trouble),
        }
    }

    fn output(&self, access: &Access<'_>, recipient: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        let words = words::split(&self.line).ok_or("a quote in it is not closed")?;
        let (program, arguments) = words.split_first().ok_or("it names no program")?;
        let mut variables = access.variables();
        variables.push(("SOPS_AGE_RECIPIENT".into(), recipient.into()));
        let program = Program {
            program: program.into(),
            arguments: arguments.iter().map(Into::into).collect(),
            variables,
            directory: access.environment.directory().to_owned(),
        };
        let limit = if access.ask.present() {
            LIMIT_ASKING
        } else {
            LIMIT_ALONE
        };
        let output = program
            .run(b"", limit, access.cancel)
            .map_err(|error| format!("the program {error}"))?;
        if output.success {
            return Ok(output.stdout);
        }
        let said = output
            .stderr
            .lines()
            .rfind(|line| !line.trim().is_empty())
            .map(plain_line);
        Err(said.map_or_else(
            || "the program failed".to_owned(),
            |said| format!("the program failed: {said}"),
        ))
    }
}

/// Where sops looks for identities by default: below the user's configuration directory, as Go finds it.
pub fn default_file(environment: &Environment) -> Option<PathBuf> {
    let xdg = environment
        .raw("XDG_CONFIG_HOME")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    let directory = if cfg!(windows) {
        environment.raw("AppData").map(PathBuf::from)
    } else {
        let below_home = if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".config"
        };
        xdg.or_else(|| environment.home().map(|home| home.join(below_home)))
    };
    directory.map(|directory| directory.join("sops/age/keys.txt"))
}

fn path_in(environment: &Environment, variable: &str) -> Option<PathBuf> {
    let path = environment
        .raw(variable)
        .filter(|path: &&OsStr| !path.is_empty())?;
    Some(environment.directory().join(path))
}

fn file(name: String, path: &Path, parse: fn(String, &str) -> Source) -> Source {
    match read(path) {
        Ok(bytes) if locked::is_locked(&bytes) => locked_file(name, &bytes),
        Ok(bytes) => match std::str::from_utf8(&bytes) {
            Ok(text) => parse(name, text),
            Err(_) => failed(name, "it is no text file"),
        },
        Err(ErrorKind::NotFound) => failed(name, "there is no such file"),
        Err(ErrorKind::PermissionDenied) => failed(name, "you may not read it"),
        Err(ErrorKind::FileTooLarge) => failed(name, "it is longer than 16 MiB"),
        Err(kind) => failed(name, format!("it cannot be read ({kind})")),
    }
}

// Private keys are read here, not in `host`, into memory that is wiped.
#[allow(clippy::disallowed_methods)]
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, ErrorKind> {
    let file = File::open(path).map_err(|error| error.kind())?;
    let length = file.metadata().map_err(|error| error.kind())?.len();
    if length > LONGEST {
        return Err(ErrorKind::FileTooLarge);
    }
    // Room for all of it at once, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        usize::try_from(length).unwrap_or(0).max(4096) + 1,
    ));
    file.take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|error| error.kind())?;
    Ok(bytes)
}

fn native(name: String, text: &str) -> Source {
    if locked::is_locked(text.as_bytes()) {
        return locked_file(name, text.as_bytes());
    }
    identities(name, text)
}

fn locked_file(name: String, bytes: &[u8]) -> Source {
    let locked = Locked {
        name: name.clone(),
        bytes: Zeroizing::new(bytes.to_vec()),
        opened: OnceCell::new(),
    };
    Source {
        name,
        identities: Vec::new(),
        trouble: None,
        locked: Some(locked),
    }
}

fn identities(name: String, text: &str) -> Source {
    let (identities, trouble) = parse_all(text);
    Source {
        name,
        identities,
        trouble,
        locked: None,
    }
}

fn ssh(name: String, text: &str) -> Source {
    match parse_ssh(text, &name) {
        Ok(identity) => Source {
            name,
            identities: vec![identity],
            trouble: None,
            locked: None,
        },
        Err(Refusal { reason, next }) => {
            let next = next.map_or_else(String::new, |next| format!("; {next}"));
            failed(name, format!("{reason}{next}"))
        }
    }
}

fn failed(name: String, trouble: impl Into<String>) -> Source {
    Source {
        name,
        identities: Vec::new(),
        trouble: Some(trouble.into()),
        locked: None,
    }
}
