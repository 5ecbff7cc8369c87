//! The audit log in PostgreSQL that sops can be told to keep, in `/etc/sops/audit.yaml` (spec §13): who decrypted, encrypted or
//! rotated which file. It is the administrator's, so a log that cannot be written ends the command, as in sops.

use super::access::Access;
use super::runtime;
use crate::format::{self, Format};
use crate::tree::{Body, Key, Leaf, NodeId, Tree};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};

/// Where sops looks; no variable changes it, because a user must not turn it off.
const PLACE: &str = "/etc/sops/audit.yaml";
/// How long writing an event may take.
const LIMIT: Duration = Duration::from_secs(10);
const INSERT: &str = "INSERT INTO audit_event (action, username, file) VALUES ($1, $2, $3)";

/// Why an event could not be written. Never holds a connection string.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{PLACE}: {0}")]
pub struct NotLogged(String);

/// What is noted of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Its values were decrypted.
    Decrypt,
    /// It was encrypted.
    Encrypt,
    /// It got a new data key.
    Rotate,
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::Decrypt => "decrypt",
            Self::Encrypt => "encrypt",
            Self::Rotate => "rotate",
        }
    }
}

/// Notes an action in every log of the administrator; nothing happens where there is none.
///
/// # Errors
/// When the settings have no meaning, or a log does not take it.
pub fn note(action: Action, file: &str, access: &Access<'_>) -> Result<(), NotLogged> {
    let bytes = match std::fs::read(Path::new(PLACE)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(NotLogged(format!("cannot be read: {error}"))),
    };
    let user = user();
    for place in places(&bytes)? {
        let event = [action.name(), user.as_str(), file];
        let written = runtime::run(access.cancel, LIMIT, async { Ok(write(&place, event).await) });
        written.map_err(|refusal| NotLogged(refusal.reason))??;
    }
    Ok(())
}

async fn write(place: &Config, event: [&str; 3]) -> Result<(), NotLogged> {
    let refused = |error: &tokio_postgres::Error| {
        let said = error
            .as_db_error()
            .map_or_else(|| error.to_string(), |it| it.message().to_owned());
        NotLogged(format!(
            "the database did not take the event: {}",
            super::access::plain_line(&said)
        ))
    };
    let (client, connection) = place.connect(NoTls).await.map_err(|error| refused(&error))?;
    let running = tokio::spawn(connection);
    let [action, user, file] = &event;
    let result = client.execute(INSERT, &[action, user, file]).await;
    drop(client);
    // The connection ends with its client.
    let _ = running.await;
    result.map(|_| ()).map_err(|error| refused(&error))
}

/// The databases that the settings name.
fn places(bytes: &[u8]) -> Result<Vec<Config>, NotLogged> {
    let bad = |problem: &str| NotLogged(problem.to_owned());
    let loaded = format::load(Format::Yaml, bytes).map_err(|error| NotLogged(error.to_string()))?;
    let tree = &loaded.tree;
    let root = tree
        .documents()
        .first()
        .copied()
        .ok_or_else(|| bad("there is nothing in it"))?;
    let Some(list) = get(tree, root, "backends").and_then(|backends| get(tree, backends, "postgres")) else {
        return Ok(Vec::new());
    };
    let items = tree
        .children(list)
        .iter()
        .filter(|id| tree.node(**id).comment().is_none());
    items
        .map(|id| {
            let text = get(tree, *id, "connection_string").and_then(|id| match tree.node(id).leaf() {
                Some(Leaf::Text(text)) => text.expose_str().map(str::to_owned),
                _ => None,
            });
            place(&text.ok_or_else(|| bad("backends.postgres needs a connection_string each"))?)
        })
        .collect()
}

fn get(tree: &Tree, map: NodeId, field: &str) -> Option<NodeId> {
    if !matches!(tree.node(map).body, Body::Map(_)) {
        return None;
    }
    let named = |id: &&NodeId| tree.node(**id).key.as_ref().and_then(Key::text) == Some(field.as_bytes());
    tree.children(map).iter().find(named).copied()
}

/// A database. There is no TLS here: where the driver of sops would insist on it, so that nothing goes over a network in clear, it is
/// refused.
fn place(text: &str) -> Result<Config, NotLogged> {
    let bad = |problem: &str| NotLogged(problem.to_owned());
    let mut config: Config = text.parse().map_err(|_| {
        bad("a connection_string has no meaning here (sslmode is disable, or none for this machine)")
    })?;
    let near = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    if !text.contains("sslmode=disable") && !near {
        return Err(bad(
            "the database is on another machine and the connection would need TLS, which this program does not have for it; \
             sslmode=disable says that the way is safe, or use a proxy such as pgbouncer on this machine",
        ));
    }
    config.ssl_mode(SslMode::Disable).connect_timeout(LIMIT);
    Ok(config)
}

/// The name of the user who runs this.
fn user() -> String {
    let id = rustix::process::geteuid().as_raw();
    let table = std::fs::read("/etc/passwd").unwrap_or_default();
    let table = String::from_utf8_lossy(&table).into_owned();
    let named = table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::places;

    fn count(text: &str) -> Result<usize, String> {
        places(text.as_bytes())
            .map(|places| places.len())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn settings_of_sops_are_read() {
        let one = "backends:\n  postgres:\n    - connection_string: postgres://sops:sops@localhost/sops?sslmode=disable\n";
        assert_eq!(count(one), Ok(1));
        assert_eq!(count("backends: {}\n"), Ok(0));
        assert_eq!(count("a: 1\n"), Ok(0));
    }

    #[test]
    fn what_would_go_over_the_network_in_clear_or_has_no_meaning_is_refused_without_a_word_of_it() {
        for text in [
            "backends: {postgres: [{connection_string: 'postgres://u:secret@db.example.org/sops'}]}",
            "backends: {postgres: [{connection_string: 'postgres://u:secret@h:x/sops'}]}",
            "backends: {postgres: [{other: 1}]}",
            "a: [",
        ] {
            let error = count(text).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
