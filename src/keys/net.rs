//! What the key services over HTTPS share: one client with limits, one retry, words for what went wrong.
//!
//! A service says where to call and what; nothing here knows a service.

mod answer;
mod client;
mod fault;
mod proxy;
mod trust;

pub use answer::{Answer, Hidden, said};
pub use client::{Client, Request};
pub use fault::Fault;
pub use trust::Trust;

use super::access::{Access, Refusal};
use super::runtime;
use reqwest::Url;
use std::future::Future;
use std::time::Duration;

/// How long one use of a key may take in all: credentials, the call, one retry.
const LIMIT: Duration = Duration::from_secs(25);

/// Whether a text is an address of a host and nothing more, and `url` is what it says: the parser forgives, and what it changes
/// silently is not what the user allowed.
#[cfg(any(feature = "azure", feature = "vault"))]
#[must_use]
pub fn is_bare(url: &Url, text: &str) -> bool {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_graphic() && c != '\\' && c != '@');
    plain
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
}

/// Waits for what a service does with a key.
///
/// # Errors
/// Those of `work`, and when it takes too long or is cancelled.
pub fn run<T>(access: &Access<'_>, work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    runtime::run(access.cancel, LIMIT, work)
}

/// Whether the host of an address is this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str().unwrap_or_default() {
        "localhost" => true,
        host => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
    }
}

/// An address with these parts at the end of its path, each of them one part whatever is in it; `None` where a part is
/// empty or stands for another folder.
#[must_use]
pub fn join<'p>(base: &Url, parts: impl IntoIterator<Item = &'p str>) -> Option<Url> {
    let mut url = base.clone();
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty();
        for part in parts {
            if matches!(part, "" | "." | "..") {
                return None;
            }
            path.push(part);
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        let is = |text: &str| is_loopback(&Url::parse(text).unwrap());
        for text in [
            "http://localhost:1",
            "http://127.0.0.1",
            "http://127.9.9.9",
            "http://[::1]:80",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "http://localhost.evil.example",
            "http://10.0.0.1",
            "http://127.0.0.1.evil.example",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_a_path() {
        let base = Url::parse("https://v.example:8200").unwrap();
        let at = |parts: &[&str]| join(&base, parts.iter().copied()).map(String::from);
        assert_eq!(at(&["v1", "a b"]).unwrap(), "https://v.example:8200/v1/a%20b");
        assert_eq!(
            at(&["v1", "k/../../sys?x#y%2e"]).unwrap(),
            "https://v.example:8200/v1/k%2F..%2F..%2Fsys%3Fx%23y%252e"
        );
        for hostile in ["", ".", ".."] {
            assert!(at(&["v1", hostile]).is_none());
        }
        // A part that stands for another folder once it is decoded is dropped by the library: never sent as one.
        assert!(!at(&["v1", "%2e%2e", "k"]).unwrap().contains("/../"));
    }
}
