//! Addresses of key services, as sops writes them.

use crate::keys::access::Refusal;
use std::time::Duration;
use tonic::transport::Endpoint;

/// How long to wait for a connection (security P17).
const CONNECT: Duration = Duration::from_secs(5);

/// How long a call may take.
pub const CALL: Duration = Duration::from_secs(10);

/// Where a key service is: `tcp://HOST:PORT` or `unix:///PATH`.
///
/// # Errors
/// When it is neither.
pub fn endpoint(address: &str) -> Result<Endpoint, Refusal> {
    let wrong = || {
        super::at(address, "is not the address of a key service")
            .next("write tcp://HOST:PORT or unix:///PATH")
    };
    let target = if let Some(path) = address.strip_prefix("unix://") {
        if !path.starts_with('/') {
            return Err(wrong());
        }
        address.to_owned()
    } else {
        let authority = address.strip_prefix("tcp://").ok_or_else(wrong)?;
        let (host, port) = authority.rsplit_once(':').ok_or_else(wrong)?;
        if host.is_empty() || port.parse::<u16>().is_err() {
            return Err(wrong());
        }
        format!("http://{authority}")
    };
    let endpoint = Endpoint::from_shared(target).map_err(|_| wrong())?;
    Ok(endpoint.connect_timeout(CONNECT).timeout(CALL))
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn addresses_of_sops_are_taken_and_nothing_else() {
        for address in ["tcp://127.0.0.1:5000", "tcp://[::1]:5000", "unix:///tmp/a b.sock"] {
            assert!(endpoint(address).is_ok(), "{address}");
        }
        for address in [
            "",
            "127.0.0.1:5000",
            "tcp://",
            "tcp://host",
            "unix://relative",
            "http://x:1",
            "tcp://x:y",
        ] {
            assert!(endpoint(address).is_err(), "{address}");
        }
    }
}
