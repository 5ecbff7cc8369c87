//! Requests to be let in: `.lazysops/requests/NAME.toml` in the repository, committed by who asks, approved by who can.
//! A request is written by somebody without a key, so nothing in it is believed but what is shown before it is granted.

use crate::failure::{Failure, Kind};
use crate::host::{Environment, file, plain_line};
use crate::keys::age::own_recipients;
use crate::metadata::Recipient;
use crate::policy::recipient;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder of requests, from the root of the repository.
const FOLDER: &str = ".lazysops/requests";
/// The longest name.
const LONGEST: usize = 60;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What who asks wants to be called.
    pub name: String,
    /// The public key, as it is written.
    pub key: String,
    /// Where the request is.
    pub path: PathBuf,
}

impl Request {
    /// The public key.
    ///
    /// # Errors
    /// When it is none.
    pub fn recipient(&self) -> Result<Recipient, Failure> {
        recipient::any(&self.key)
            .map_err(|bad| Failure::new(Kind::Usage, format!("{}: {bad}", self.path.display())))
    }

    /// The text of the request.
    #[must_use]
    pub fn text(&self) -> String {
        let mut table = toml::Table::new();
        table.insert("name".to_owned(), toml::Value::String(self.name.clone()));
        table.insert("key".to_owned(), toml::Value::String(self.key.clone()));
        format!(
            "# Asks to read the secrets here. Who can: lazysops approve {}\n{table}",
            self.name
        )
    }
}

/// A request that is not written yet; without a key the age key at hand.
///
/// # Errors
/// When the name or the key cannot be used, or there is no key.
pub fn draft(name: &str, key: Option<&str>, environment: &Environment) -> Result<Request, Failure> {
    check_name(name)?;
    let key = match key {
        Some(key) => key.trim().to_owned(),
        None => own_recipients(environment).into_iter().next().ok_or_else(|| {
            Failure::new(Kind::Usage, "there is no age key at hand to ask with")
                .hint("lazysops keygen makes one; --key PUBLIC names another")
        })?,
    };
    let request = Request {
        name: name.to_owned(),
        key,
        path: folder(environment).join(format!("{name}.toml")),
    };
    request.recipient()?;
    Ok(request)
}

/// Writes a request.
///
/// # Errors
/// When there is one of that name already, or it cannot be written.
pub fn ask(request: &Request) -> Result<(), Failure> {
    let name = request.path.display();
    let written = request
        .path
        .parent()
        .map_or(Ok(()), file::make_folders)
        .and_then(|()| file::create(&request.path, request.text().as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::new(
            Kind::Usage,
            format!("{name}: there is a request of this name already"),
        ),
        _ => Failure::new(Kind::Write, format!("{name}: cannot be written: {error}")),
    })
}

/// Reads the request of a name.
///
/// # Errors
/// When there is none, or it is broken.
pub fn find(name: &str, environment: &Environment) -> Result<Request, Failure> {
    check_name(name)?;
    let path = folder(environment).join(format!("{name}.toml"));
    let failure = |text: &str| Failure::new(Kind::Usage, format!("{}: {text}", path.display()));
    let (bytes, _) = file::read(&path).map_err(|_| failure("there is no such request"))?;
    let table = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| text.parse::<toml::Table>().ok())
        .ok_or_else(|| failure("it is no TOML"))?;
    let text = |field: &str| table.get(field).and_then(toml::Value::as_str);
    let key = text("key").ok_or_else(|| failure("it has no `key`"))?;
    if text("name") != Some(name) {
        return Err(failure("it is for another name than its own"));
    }
    let request = Request {
        name: name.to_owned(),
        key: plain_line(key),
        path: path.clone(),
    };
    if request.key != key.trim() {
        return Err(failure("its key is no public key"));
    }
    request.recipient()?;
    Ok(request)
}

/// Takes a request away, because it was granted.
///
/// # Errors
/// When it cannot be removed.
pub fn close(request: &Request) -> Result<(), Failure> {
    file::remove(&request.path).map_err(|error| {
        Failure::new(
            Kind::Write,
            format!("{}: cannot be removed: {error}", request.path.display()),
        )
    })
}

/// The root of the repository, or the working directory outside of one.
#[must_use]
pub fn root(environment: &Environment) -> PathBuf {
    let here = environment.directory();
    let is_root = |folder: &&Path| file::exists(&folder.join(".git"));
    here.ancestors().find(is_root).unwrap_or(here).to_owned()
}

fn folder(environment: &Environment) -> PathBuf {
    root(environment).join(FOLDER)
}

/// A name becomes a part of a path.
fn check_name(name: &str) -> Result<(), Failure> {
    let sound = !name.is_empty()
        && name.len() <= LONGEST
        && !name.starts_with(['.', '-'])
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if sound {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Usage,
        "a name has letters, digits, `-`, `_` and `.`, and begins with a letter or digit",
    ))
}
