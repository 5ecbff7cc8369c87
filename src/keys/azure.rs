//! Azure Key Vault and Managed HSM (spec §9.5): REST calls with a token of Microsoft.

mod certificate;
mod credentials;
mod vault;

use super::access::{Access, Refusal};
use super::net::{self, Answer, Client, Hidden, Request, Trust, said};
use super::service::{Denied, KeyService, Unwrapped};
use crate::metadata::{KeyEntry, Recipient};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use credentials::Token;
use reqwest::{Method, Url};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use vault::Vault;
use zeroize::Zeroizing;

/// The version of the interface; it is no part of the format.
const VERSION: &str = "7.4";

/// How data keys are encrypted.
const ALGORITHM: &str = "RSA-OAEP-256";

/// Longest ciphertext that is put into a file, in characters.
const LONGEST: usize = 16 << 10;

/// Wraps and unwraps with keys of vaults. Gets one token for all vaults of a cloud, asks once for each vault of nobody's.
pub struct AzureService<'a> {
    access: Access<'a>,
    client: OnceLock<Result<Client, Refusal>>,
    tokens: Mutex<BTreeMap<&'static str, Result<Token, Refusal>>>,
    checked: Mutex<BTreeMap<String, Result<(), Refusal>>>,
}

#[derive(Deserialize)]
struct Given {
    value: Hidden,
}

#[derive(Deserialize)]
struct Described {
    key: Identified,
}

#[derive(Deserialize)]
struct Identified {
    kid: String,
}

impl<'a> AzureService<'a> {
    /// A service that has not asked anything yet.
    #[must_use]
    pub const fn new(access: Access<'a>) -> Self {
        Self {
            access,
            client: OnceLock::new(),
            tokens: Mutex::new(BTreeMap::new()),
            checked: Mutex::new(BTreeMap::new()),
        }
    }

    fn client(&self) -> Result<&Client, Refusal> {
        let made = self
            .client
            .get_or_init(|| Client::new(&self.access, &Trust::default()));
        made.as_ref().map_err(Clone::clone)
    }

    /// Whether a token may go there; who is asked is asked once.
    fn check(&self, vault: &Vault) -> Result<(), Refusal> {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked
            .entry(vault.text().to_owned())
            .or_insert_with(|| vault.check(&self.access))
            .clone()
    }

    fn token(&self, scope: &'static str) -> Result<Token, Refusal> {
        let client = self.client()?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens
            .entry(scope)
            .or_insert_with(|| net::run(&self.access, credentials::token(&self.access, client, scope)))
            .clone()
    }

    /// One call about a key; `sent` is what a message must not repeat.
    fn ask(
        &self,
        vault: &Vault,
        method: Method,
        path: &[&str],
        body: &str,
        sent: &str,
    ) -> Result<Answer, Refusal> {
        let mut url = address(vault, path)?;
        url.query_pairs_mut().append_pair("api-version", VERSION);
        self.check(vault)?;
        let token = self.token(vault.scope())?;
        let mut request = Request::new(method, url).header(
            "authorization",
            &Zeroizing::new(format!("Bearer {}", *token.text)),
        )?;
        if !body.is_empty() {
            request = request.json(Zeroizing::new(body.as_bytes().to_vec()));
        }
        let service = vault.service();
        let client = self.client()?;
        let answer = net::run(&self.access, client.call(&service, request))?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(refused(&service, &token, &answer, sent))
    }

    /// Encrypts or decrypts, as `verb` says.
    fn use_key(&self, recipient: &Recipient, verb: &str, value: &str) -> Result<Hidden, Refusal> {
        let Recipient::AzureKv {
            vault_url,
            name,
            version,
        } = recipient
        else {
            return Err(Refusal::new("this is no Azure key"));
        };
        let vault = Vault::parse(vault_url)?;
        let with_version = ["keys", name, version, verb];
        let without = ["keys", name, verb];
        let path: &[&str] = if version.is_empty() {
            &without
        } else {
            &with_version
        };
        let body = Zeroizing::new(format!("{{\"alg\":\"{ALGORITHM}\",\"value\":\"{value}\"}}"));
        let answer = self.ask(&vault, Method::POST, path, &body, value)?;
        answer.json::<Given>(&vault.service()).map(|given| given.value)
    }

    /// The version of a key that is in use now.
    fn current_version(&self, vault_url: &str, name: &str) -> Result<String, Refusal> {
        let vault = Vault::parse(vault_url)?;
        let answer = self.ask(&vault, Method::GET, &["keys", name], "", "")?;
        let described: Described = answer.json(&vault.service())?;
        let version = described.key.kid.rsplit('/').next().unwrap_or_default();
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Refusal::new(format!(
                "{} names no version of the key",
                vault.service()
            )));
        }
        Ok(version.to_owned())
    }
}

impl KeyService for AzureService<'_> {
    /// sops stores the current version where none is given.
    fn complete(&self, recipient: &Recipient) -> Result<Recipient, Refusal> {
        match recipient {
            Recipient::AzureKv {
                vault_url,
                name,
                version,
            } if version.is_empty() => Ok(Recipient::AzureKv {
                vault_url: vault_url.clone(),
                name: name.clone(),
                version: self.current_version(vault_url, name)?,
            }),
            other => Ok(other.clone()),
        }
    }

    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal> {
        let value = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(secret));
        let given = self.use_key(recipient, "encrypt", &value)?.0;
        let enc = given.trim_end_matches('=');
        let is_usable = enc.len() <= LONGEST
            && BASE64_URL_SAFE_NO_PAD
                .decode(enc)
                .is_ok_and(|bytes| !bytes.is_empty());
        is_usable
            .then(|| enc.to_owned())
            .ok_or_else(|| Refusal::new("Azure Key Vault gave no ciphertext"))
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let enc = entry.enc.trim().trim_end_matches('=');
        if BASE64_URL_SAFE_NO_PAD.decode(enc).is_err() {
            return Err(Refusal::new("what is in the file is no Base64 text").into());
        }
        let given = self.use_key(&entry.recipient, "decrypt", enc)?.0;
        match BASE64_URL_SAFE_NO_PAD.decode(given.trim_end_matches('=')) {
            Ok(secret) if !secret.is_empty() => Ok(Unwrapped {
                secret: Zeroizing::new(secret),
                by: "Azure Key Vault".to_owned(),
            }),
            _ => Err(Refusal::new("Azure Key Vault gave an answer that cannot be read").into()),
        }
    }
}

fn address(vault: &Vault, path: &[&str]) -> Result<Url, Refusal> {
    net::join(vault.url(), path.iter().copied())
        .ok_or_else(|| Refusal::new("the name or version of the Azure key is not a usable one"))
}

/// Why the vault did not do it.
fn refused(service: &str, token: &Token, answer: &Answer, sent: &str) -> Refusal {
    let said = said(&answer.error_message(), &[sent, &token.text]);
    match answer.status {
        401 => Refusal::new(format!(
            "{service} does not accept the token of {} (status 401): {said}",
            token.source
        ))
        .next("log in again: `az login`; in another cloud than the public one set AZURE_AUTHORITY_HOST"),
        403 => Refusal::new(format!("{service} does not permit it (status 403): {said}"))
            .next("ask for the role Key Vault Crypto User, and see whether its firewall lets you in"),
        404 => Refusal::new(format!(
            "{service} has no such key or version (status 404): {said}"
        )),
        429 => {
            Refusal::new(format!("{service} is asked too often (status 429): {said}")).next("try again later")
        }
        400 => Refusal::new(format!("{service} did not do it (status 400): {said}"))
            .next("what is in the file was changed, or belongs to another key or version"),
        status => Refusal::new(format!("{service} answered with status {status}: {said}")),
    }
}
