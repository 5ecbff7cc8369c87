//! GCP KMS (spec §9.4): two REST calls.

pub mod credentials;

use super::access::{Access, Refusal, plain_line};
use super::consent;
use super::net::{self, Answer, Client, Hidden, Request, Trust, is_loopback, said};
use super::service::{Denied, KeyService, Unwrapped};
use crate::metadata::{KeyEntry, Recipient};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use credentials::Token;
use reqwest::{Method, Url};
use serde::Deserialize;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Who is asked, for messages.
const SERVICE: &str = "GCP KMS";

/// Longest ciphertext that is put into a file, in characters.
const LONGEST: usize = 16 << 10;

/// Wraps and unwraps with KMS keys. Gets one token for all of them.
pub struct GcpService<'a> {
    access: Access<'a>,
    client: OnceLock<Result<Client, Refusal>>,
    token: OnceLock<Result<Token, Refusal>>,
    endpoint: OnceLock<Result<Url, Refusal>>,
}

#[derive(Deserialize)]
struct Given {
    ciphertext: Option<String>,
    plaintext: Option<Hidden>,
}

impl<'a> GcpService<'a> {
    /// A service that has not asked anything yet.
    #[must_use]
    pub const fn new(access: Access<'a>) -> Self {
        Self {
            access,
            client: OnceLock::new(),
            token: OnceLock::new(),
            endpoint: OnceLock::new(),
        }
    }

    fn client(&self) -> Result<&Client, Refusal> {
        let made = self
            .client
            .get_or_init(|| Client::new(&self.access, &Trust::default()));
        made.as_ref().map_err(Clone::clone)
    }

    fn endpoint(&self) -> Result<&Url, Refusal> {
        let found = self.endpoint.get_or_init(|| endpoint(&self.access));
        found.as_ref().map_err(Clone::clone)
    }

    /// Also where the client cannot be made, the library is not called: it would panic for the same reason.
    fn token(&self) -> Result<&Token, Refusal> {
        self.client()?;
        let got = self
            .token
            .get_or_init(|| net::run(&self.access, credentials::token(&self.access)));
        got.as_ref().map_err(Clone::clone)
    }

    /// One call: `verb` is `encrypt` or `decrypt`, `field` names what `value` is.
    fn kms(&self, recipient: &Recipient, verb: &str, field: &str, value: &str) -> Result<Given, Refusal> {
        let Recipient::GcpKms { resource_id } = recipient else {
            return Err(Refusal::new("this is no GCP KMS key"));
        };
        let names = names(resource_id)?;
        let url = address(self.endpoint()?, names, verb).ok_or_else(|| unusable(resource_id))?;
        let token = self.token()?;
        let body = Zeroizing::new(serde_json::json!({"name": resource_id, field: value}).to_string());
        let request = Request::new(Method::POST, url)
            .header(
                "authorization",
                &Zeroizing::new(format!("Bearer {}", *token.text)),
            )?
            .json(Zeroizing::new(body.as_bytes().to_vec()));
        let client = self.client()?;
        let answer = net::run(&self.access, client.call(SERVICE, request))?;
        if !answer.is_success() {
            return Err(refused(resource_id, token, &answer, value));
        }
        answer.json(SERVICE)
    }
}

impl KeyService for GcpService<'_> {
    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal> {
        let value = Zeroizing::new(BASE64_STANDARD.encode(secret));
        let given = self.kms(recipient, "encrypt", "plaintext", &value)?;
        given
            .ciphertext
            .filter(|text| {
                text.len() <= LONGEST && BASE64_STANDARD.decode(text).is_ok_and(|bytes| !bytes.is_empty())
            })
            .ok_or_else(|| Refusal::new("GCP KMS gave no ciphertext"))
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let enc = entry.enc.trim();
        if BASE64_STANDARD.decode(enc).is_err() {
            return Err(Refusal::new("what is in the file is no Base64 text").into());
        }
        let given = self.kms(&entry.recipient, "decrypt", "ciphertext", enc)?;
        let text = given.plaintext.unwrap_or_default().0;
        match BASE64_STANDARD.decode(text.as_bytes()) {
            Ok(secret) if !secret.is_empty() => Ok(Unwrapped {
                secret: Zeroizing::new(secret),
                by: SERVICE.to_owned(),
            }),
            _ => Err(Refusal::new("GCP KMS gave an answer that cannot be read").into()),
        }
    }
}

fn unusable(resource: &str) -> Refusal {
    Refusal::new(format!("'{}' is no GCP KMS key", plain_line(resource)))
        .next("it has the form projects/P/locations/L/keyRings/R/cryptoKeys/K")
}

/// The four names in a resource id; it must name a key and nothing above, below or beside it.
fn names(resource: &str) -> Result<[&str; 4], Refusal> {
    let parts: Vec<&str> = resource.split('/').collect();
    match parts.as_slice() {
        [
            "projects",
            project,
            "locations",
            location,
            "keyRings",
            ring,
            "cryptoKeys",
            key,
        ] => Ok([project, location, ring, key]),
        _ => Err(unusable(resource)),
    }
}

fn address(endpoint: &Url, [project, location, ring, key]: [&str; 4], verb: &str) -> Option<Url> {
    if key.is_empty() {
        return None;
    }
    let call = format!("{key}:{verb}");
    let parts = [
        "v1",
        "projects",
        project,
        "locations",
        location,
        "keyRings",
        ring,
        "cryptoKeys",
        &call,
    ];
    net::join(endpoint, parts)
}

/// Where KMS is: a variable may say so, a file never does.
fn endpoint(access: &Access<'_>) -> Result<Url, Refusal> {
    let variable = "SOPS_GCP_KMS_ENDPOINT";
    let text = match access.environment.text(variable) {
        Some(own) if own.contains("://") => own.to_owned(),
        Some(own) => format!("https://{own}"),
        None => {
            let domain = access.environment.text("SOPS_GCP_KMS_UNIVERSE_DOMAIN");
            format!("https://cloudkms.{}", domain.unwrap_or("googleapis.com"))
        }
    };
    let url = Url::parse(&text).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.query().is_none()
    });
    let url = url.ok_or_else(|| {
        Refusal::new("SOPS_GCP_KMS_ENDPOINT or SOPS_GCP_KMS_UNIVERSE_DOMAIN makes no address of a host")
    })?;
    if url.scheme() == "http"
        && !is_loopback(&url)
        && !consent::may_send(access, "the Google token, not encrypted,", url.as_str())
    {
        return Err(
            Refusal::new(format!("{variable} names {url}, which is not encrypted")).next("use https"),
        );
    }
    Ok(url)
}

/// Why KMS did not do it.
fn refused(resource: &str, token: &Token, answer: &Answer, sent: &str) -> Refusal {
    let said = said(&answer.error_message(), &[sent, &token.text]);
    let status = answer.status;
    match status {
        401 => Refusal::new(format!(
            "{SERVICE} does not accept the token of {} (status 401): {said}",
            token.source
        ))
        .next("it has expired; log in again: `gcloud auth application-default login`"),
        403 => Refusal::new(format!("{SERVICE} does not permit it (status 403): {said}"))
            .next("ask for the role roles/cloudkms.cryptoKeyEncrypterDecrypter on the key"),
        404 => Refusal::new(format!("{SERVICE} has no key {} (status 404)", plain_line(resource)))
            .next("see its project, location and key ring"),
        400 => Refusal::new(format!("{SERVICE} did not do it (status 400): {said}"))
            .next("what is in the file was changed, belongs to another key, or its version of the key was destroyed"),
        429 => Refusal::new(format!("{SERVICE} is asked too often (status 429): {said}")).next("try again later"),
        _ => Refusal::new(format!("{SERVICE} answered with status {status}: {said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Environment;
    use crate::keys::access::{Cancel, Nobody};

    fn place(variables: &[(&str, &str)], drop_in: bool) -> Result<String, Refusal> {
        let environment = Environment::new(variables.iter().copied(), "/");
        let found = endpoint(&Access {
            environment: &environment,
            ask: &Nobody { drop_in },
            cancel: &Cancel::default(),
        });
        found.map(String::from)
    }

    #[test]
    fn only_a_key_is_a_resource() {
        let endpoint = Url::parse("https://cloudkms.googleapis.com").unwrap();
        let to = |text: &str| address(&endpoint, names(text).ok()?, "decrypt").map(String::from);
        assert_eq!(
            to("projects/p/locations/global/keyRings/r/cryptoKeys/k").unwrap(),
            "https://cloudkms.googleapis.com/v1/projects/p/locations/global/keyRings/r/cryptoKeys/k:decrypt"
        );
        for text in [
            "",
            "projects/p",
            "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
            "projects/p/locations/../keyRings/r/cryptoKeys/k",
            "projects//locations/l/keyRings/r/cryptoKeys/k",
            "projects/p/locations/l/keyRings/r/cryptoKeys/",
        ] {
            assert!(to(text).is_none(), "{text}");
        }
        assert!(
            to("projects/p/locations/l/keyRings/r/cryptoKeys/k?x#y")
                .unwrap()
                .ends_with("/k%3Fx%23y:decrypt")
        );
    }

    #[test]
    fn the_endpoint_is_where_the_user_says() {
        assert_eq!(place(&[], false).unwrap(), "https://cloudkms.googleapis.com/");
        let own = |text| [("SOPS_GCP_KMS_ENDPOINT", text)];
        assert_eq!(
            place(&own("kms.example:443"), false).unwrap(),
            "https://kms.example/"
        );
        assert_eq!(
            place(&own("http://127.0.0.1:1"), false).unwrap(),
            "http://127.0.0.1:1/"
        );
        assert!(place(&own("http://kms.example"), false).is_err());
        assert!(place(&own("http://kms.example"), true).is_ok());
        let universe = [("SOPS_GCP_KMS_UNIVERSE_DOMAIN", "u.example")];
        assert_eq!(place(&universe, false).unwrap(), "https://cloudkms.u.example/");
    }
}
