//! Logging in with a certificate: what its owner says about itself, signed. Microsoft's own library needs OpenSSL for that.

use crate::host::SystemRandom;
use crate::host::clock;
use crate::keys::access::Refusal;
use crate::seal::Random as _;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rustls::SignatureScheme;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// How long a statement is good for, in seconds.
const SECONDS: i64 = 600;

/// A certificate and its key.
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
    client: String,
    audience: String,
    shows_chain: bool,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(…)")
    }
}

impl Certificate {
    /// Reads it from PEM. `client` is who logs in, `audience` the address where it does; `shows_chain` sends the certificates
    /// along.
    pub fn of_pem(pem: &[u8], client: &str, audience: &str, shows_chain: bool) -> Result<Self, Refusal> {
        let unusable = |what: &str| {
            Refusal::new(format!(
                "the file that AZURE_CLIENT_CERTIFICATE_PATH names has no {what}"
            ))
            .next("it has to be in PEM without a passphrase: `openssl pkcs12 -in FILE -nodes -out NEW.pem`")
        };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .filter_map(Result::ok)
            .collect();
        if chain.is_empty() {
            return Err(unusable("certificate in PEM"));
        }
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| unusable("private key in PEM"))?;
        let key = default_provider()
            .key_provider
            .load_private_key(key)
            .map_err(|_| unusable("usable private key"))?;
        if key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]).is_none() {
            return Err(unusable("RSA key"));
        }
        Ok(Self {
            chain,
            key,
            client: client.to_owned(),
            audience: audience.to_owned(),
            shows_chain,
        })
    }

    /// The statement at this time, in seconds since 1970.
    fn statement(&self, now: i64) -> Option<String> {
        let first = self.chain.first()?;
        let mut header = json!({
            "alg": "PS256",
            "typ": "JWT",
            "x5t#S256": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(first)),
        });
        if self.shows_chain {
            let chain: Vec<String> = self.chain.iter().map(|one| BASE64_STANDARD.encode(one)).collect();
            header.as_object_mut()?.insert("x5c".to_owned(), chain.into());
        }
        let mut random = [0; 16];
        SystemRandom.fill(&mut random).ok()?;
        let claims = json!({
            "aud": self.audience,
            "iss": self.client,
            "sub": self.client,
            "jti": BASE64_URL_SAFE_NO_PAD.encode(random),
            "nbf": now,
            "exp": now + SECONDS,
        });
        let part = |json: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let signer = self.key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])?;
        let signature = signer.sign(text.as_bytes()).ok()?;
        Some(format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Certificate {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.statement(clock::now().unix()).ok_or_else(|| {
            azure_core::Error::with_message(
                azure_core::error::ErrorKind::Credential,
                "the certificate cannot sign",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = include_str!("../../../tests/data/keys/azure-client.pem");

    #[test]
    fn a_statement_says_who_and_where_to_and_is_signed() {
        let certificate =
            Certificate::of_pem(PEM.as_bytes(), "client", "https://login.example/t", true).unwrap();
        let statement = certificate.statement(1_000).unwrap();
        let parts: Vec<Vec<u8>> = statement
            .split('.')
            .map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap())
            .collect();
        let header: serde_json::Value = serde_json::from_slice(&parts[0]).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&parts[1]).unwrap();
        assert_eq!(header["alg"], "PS256");
        assert_eq!(header["x5c"].as_array().unwrap().len(), 1);
        assert_eq!(
            (claims["iss"].as_str(), claims["exp"].as_i64()),
            (Some("client"), Some(1_600))
        );
        assert_eq!(parts[2].len(), 256);
        assert_eq!(format!("{certificate:?}"), "Certificate(…)");
    }

    #[test]
    fn a_file_without_certificate_or_key_is_refused() {
        let (certificate, key) = PEM.split_at(PEM.find("-----BEGIN PRIVATE").unwrap());
        for pem in ["", "CANARY", certificate, key] {
            let refusal = Certificate::of_pem(pem.as_bytes(), "c", "a", false)
                .err()
                .unwrap();
            assert!(!refusal.reason.contains("CANARY"), "{refusal}");
        }
    }
}
