//! Whom the client trusts, and how it shows who it is, where that differs from the system.

use super::super::access::Refusal;
use reqwest::{Certificate, ClientBuilder, Identity, Proxy};
use zeroize::Zeroizing;

/// What is special about one service.
#[derive(Default)]
pub struct Trust {
    /// Certificates of authorities in PEM, trusted instead of those of the system, and where they come from.
    pub roots: Option<(Vec<u8>, &'static str)>,
    /// A certificate of the client and its key in PEM.
    pub identity: Option<Zeroizing<Vec<u8>>>,
    /// Whether certificates are not looked at.
    pub is_blind: bool,
    /// A proxy of this service's own.
    pub proxy: Option<String>,
}

impl Trust {
    /// Puts it into a client.
    pub(super) fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Refusal> {
        if let Some((pem, source)) = &self.roots {
            let roots = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if roots.is_empty() {
                return Err(Refusal::new(format!("{source} names no certificates in PEM")));
            }
            builder = builder.tls_certs_only(roots);
        }
        if let Some(pem) = &self.identity {
            let identity = Identity::from_pem(pem).map_err(|_| {
                Refusal::new("the certificate of the client and its key are not what is expected")
                    .next("both have to be in PEM, the key without a passphrase")
            })?;
            builder = builder.identity(identity);
        }
        if let Some(proxy) = &self.proxy {
            let proxy =
                Proxy::all(proxy).map_err(|_| Refusal::new("the address of the proxy cannot be used"))?;
            builder = builder.proxy(proxy);
        }
        Ok(builder.tls_danger_accept_invalid_certs(self.is_blind))
    }
}
