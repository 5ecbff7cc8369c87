//! What goes wrong on the way to a service, in words. The text of the libraries is not used: it holds whole addresses.

use super::super::access::Refusal;
use std::error::Error;
use std::io;

/// A call without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum Fault {
    /// The request itself is wrong.
    Request,
    /// The name of the host is not known.
    Name,
    /// Nothing listens there.
    Refused,
    /// There is no way there.
    Unreachable,
    /// It did not take the connection in time.
    NoConnection,
    /// It did not answer in time.
    Silent,
    /// It broke off.
    BrokenOff,
    /// Its certificate is not trusted.
    Certificate,
    /// TLS did not come about for another reason.
    Tls,
    /// The proxy did not let it pass.
    Proxy,
    /// It sends more than any answer has.
    TooLong,
}

impl Fault {
    /// What the client met.
    pub fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::Request;
        }
        if error.is_timeout() {
            return if error.is_connect() {
                Self::NoConnection
            } else {
                Self::Silent
            };
        }
        if error.is_dns() {
            return Self::Name;
        }
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
                return Self::of_tls(tls);
            }
            if let Some(io) = inner.downcast_ref::<io::Error>()
                && let Some(fault) = Self::of_io(io)
            {
                return fault;
            }
            if error.is_connect() && inner.to_string().contains("tunnel") {
                return Self::Proxy;
            }
            source = inner.source();
        }
        Self::BrokenOff
    }

    /// The fault that is the cause of an error of another library, if there is one.
    pub fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut source = Some(error);
        while let Some(inner) = source {
            if let Some(fault) = inner.downcast_ref::<Self>() {
                return Some(*fault);
            }
            if let Some(error) = inner.downcast_ref::<reqwest::Error>() {
                return Some(Self::of(error));
            }
            source = inner.source();
        }
        None
    }

    fn of_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(_) => Self::Certificate,
            _ => Self::Tls,
        }
    }

    fn of_io(error: &io::Error) -> Option<Self> {
        if let Some(tls) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            return Some(Self::of_tls(tls));
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Some(Self::Refused),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Some(Self::Unreachable),
            _ => None,
        }
    }

    /// Whether the same call may well succeed a moment later.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::BrokenOff)
    }

    /// What it is, and what to do next.
    pub fn refusal(self, service: &str) -> Refusal {
        let (reason, next) = match self {
            Self::Request => ("the request cannot be sent", None),
            Self::Name => (
                "the name of the host cannot be found",
                Some("see whether the name is right and the network is up"),
            ),
            Self::Refused => ("nobody listens there", None),
            Self::Unreachable => (
                "there is no way to it from here",
                Some("see whether the network is up"),
            ),
            Self::NoConnection => (
                "no connection within 5 seconds",
                Some("see whether the network lets you through to it"),
            ),
            Self::Silent => (
                "no answer within 10 seconds",
                Some("try again when the service is well"),
            ),
            Self::BrokenOff => ("it broke the connection off", Some("try again in a moment")),
            Self::Certificate => (
                "its certificate is not trusted",
                Some("if its authority is your company's, set SSL_CERT_FILE to the file of its certificate"),
            ),
            Self::Tls => ("no encrypted connection came about", None),
            Self::Proxy => (
                "the proxy does not let the call pass",
                Some("see HTTPS_PROXY and NO_PROXY"),
            ),
            Self::TooLong => ("its answer is longer than any useful one", None),
        };
        let refusal = Refusal::new(format!("{service}: {reason}"));
        match next {
            Some(next) => refusal.next(next),
            None => refusal,
        }
    }
}
