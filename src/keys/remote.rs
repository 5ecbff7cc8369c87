//! Key services in another process or on another machine: sops's protocol, gRPC without encryption (spec §9.8). We call them, and we
//! are one.

#[cfg(feature = "keyservice")]
mod address;
#[cfg(feature = "keyservice")]
mod client;
#[cfg(not(feature = "keyservice"))]
mod none;
#[cfg(feature = "keyservice")]
mod server;
#[cfg(feature = "keyservice")]
mod wire;

#[cfg(feature = "keyservice")]
pub use client::{unwrap, wrap};
#[cfg(not(feature = "keyservice"))]
pub use none::{serve, unwrap, wrap};
#[cfg(feature = "keyservice")]
pub use server::serve;

use super::access::{Refusal, plain_line};
use crate::metadata::Recipient;

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen<'l> {
    /// Host and port.
    Tcp(&'l str),
    /// The path of a socket, which must not exist yet.
    Unix(&'l str),
}

/// Who attends a key service.
pub trait Gate: Send + Sync + 'static {
    /// It is ready for requests at this address.
    fn listening(&self, address: &str);

    /// Whether this request may be served.
    fn admits(&self, request: &Request<'_>) -> bool;
}

/// A request to a key service.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// `encrypt` or `decrypt`.
    pub verb: &'static str,
    /// With whose key.
    pub recipient: &'r Recipient,
}

/// Whether only this machine can reach an address of [`crate::keys::channels::Channels::there`], or one to listen on.
#[must_use]
pub fn is_private(address: &str) -> bool {
    if address.starts_with("unix:") {
        return true;
    }
    let authority = address.strip_prefix("tcp://").unwrap_or(address);
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    match host.trim_matches(['[', ']']) {
        "localhost" => true,
        host => host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
    }
}

/// A refusal that names the key service.
fn at(address: &str, reason: &str) -> Refusal {
    Refusal::new(format!("{}: {reason}", plain_line(address)))
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn only_sockets_and_loopback_are_private() {
        for address in [
            "unix:///run/sops.sock",
            "tcp://127.0.0.1:5000",
            "[::1]:1",
            "tcp://localhost:1",
        ] {
            assert!(is_private(address), "{address}");
        }
        for address in [
            "tcp://10.0.0.1:5000",
            ":5000",
            "0.0.0.0:1",
            "tcp://127.0.0.1.example:1",
        ] {
            assert!(!is_private(address), "{address}");
        }
    }
}
