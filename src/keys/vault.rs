//! HashiCorp Vault and OpenBao: the transit engine (spec §9.6), two REST calls.

pub mod address;
pub mod settings;

use super::access::{Access, Refusal};
use super::net::{self, Answer, Client, Hidden, Request, said};
use super::service::{Denied, KeyService, Unwrapped};
use crate::metadata::{KeyEntry, Recipient};
use address::Address;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde::Deserialize;
use settings::Token;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use zeroize::Zeroizing;

/// Longest ciphertext that is put into a file, in bytes; that of an RSA key of 4096 bits has 700.
const LONGEST: usize = 16 << 10;

/// Wraps and unwraps with transit keys. Asks once for each address whether the token may go there.
pub struct VaultService<'a> {
    access: Access<'a>,
    client: OnceLock<Result<Client, Refusal>>,
    checked: Mutex<BTreeMap<String, Result<(), Refusal>>>,
}

/// A key, and where it is.
struct Key<'r> {
    address: Address,
    engine: &'r str,
    name: &'r str,
}

#[derive(Deserialize)]
struct Given {
    data: Secrets,
}

#[derive(Deserialize)]
struct Secrets {
    ciphertext: Option<String>,
    plaintext: Option<Hidden>,
}

#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    errors: Vec<String>,
}

impl<'a> VaultService<'a> {
    /// A service that has not asked anything yet.
    #[must_use]
    pub const fn new(access: Access<'a>) -> Self {
        Self {
            access,
            client: OnceLock::new(),
            checked: Mutex::new(BTreeMap::new()),
        }
    }

    fn client(&self) -> Result<&Client, Refusal> {
        let made = self
            .client
            .get_or_init(|| Client::new(&self.access, &settings::trust(&self.access)?));
        made.as_ref().map_err(Clone::clone)
    }

    /// Whether the token may go there; who is asked is asked once.
    fn check(&self, address: &Address) -> Result<(), Refusal> {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked
            .entry(address.text().to_owned())
            .or_insert_with(|| address::check(&self.access, address))
            .clone()
    }

    /// One call: `verb` is `encrypt` or `decrypt`, `field` names what `value` is.
    fn transit(
        &self,
        recipient: &Recipient,
        verb: &str,
        field: &str,
        value: &str,
    ) -> Result<(Secrets, &'static str), Refusal> {
        let key = Key::of(recipient)?;
        let service = format!("Vault at {}", key.address.text());
        self.check(&key.address)?;
        let token = settings::token(&self.access)?;
        let parts = ["v1"]
            .into_iter()
            .chain(key.engine.split('/'))
            .chain([verb, key.name]);
        let url = net::join(key.address.url(), parts)
            .ok_or_else(|| Refusal::new("the path or name of the Vault key is not a usable one"))?;
        let mut request = Request::new(Method::PUT, url)
            .header("x-vault-token", &token.text)?
            .header("x-vault-request", "true")?;
        if let Some(namespace) = self.access.environment.text("VAULT_NAMESPACE") {
            request = request.header("x-vault-namespace", namespace)?;
        }
        let body = Zeroizing::new(format!("{{\"{field}\":\"{value}\"}}"));
        let request = request.json(Zeroizing::new(body.as_bytes().to_vec()));
        let client = self.client()?;
        let answer = net::run(&self.access, client.call(&service, request))?;
        if !answer.is_success() {
            return Err(refused(&service, &key, verb, &token, &answer, value));
        }
        let given: Given = answer.json(&service)?;
        Ok((given.data, token.source))
    }
}

impl KeyService for VaultService<'_> {
    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal> {
        let value = Zeroizing::new(BASE64_STANDARD.encode(secret));
        let (given, _) = self.transit(recipient, "encrypt", "plaintext", &value)?;
        let usable = |text: &String| {
            !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        given
            .ciphertext
            .filter(usable)
            .ok_or_else(|| Refusal::new("Vault gave no ciphertext"))
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let enc = entry.enc.trim();
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if enc.is_empty() || !enc.bytes().all(is_plain) {
            return Err(Refusal::new("what is in the file is no ciphertext of Vault").into());
        }
        let (given, source) = self.transit(&entry.recipient, "decrypt", "ciphertext", enc)?;
        let text = given.plaintext.unwrap_or_default().0;
        match BASE64_STANDARD.decode(text.as_bytes()) {
            Ok(secret) if !secret.is_empty() => Ok(Unwrapped {
                secret: Zeroizing::new(secret),
                by: format!("Vault ({source})"),
            }),
            _ => Err(Refusal::new("Vault gave an answer that cannot be read").into()),
        }
    }
}

impl<'r> Key<'r> {
    fn of(recipient: &'r Recipient) -> Result<Self, Refusal> {
        match recipient {
            Recipient::HcVault {
                vault_address,
                engine_path,
                key_name,
            } => Ok(Self {
                address: Address::parse(vault_address)?,
                engine: engine_path,
                name: key_name,
            }),
            _ => Err(Refusal::new("this is no Vault key")),
        }
    }
}

/// Why Vault did not do it. It does not say whether a token has expired or may not do this: both are "permission denied".
fn refused(service: &str, key: &Key<'_>, verb: &str, token: &Token, answer: &Answer, sent: &str) -> Refusal {
    let complaint: Complaint = answer.complaint();
    let said = said(&complaint.errors.join("; "), &[sent, &token.text]);
    let (engine, name, source) = (key.engine, key.name, token.source);
    match answer.status {
        401 | 403 => Refusal::new(format!("{service} does not permit it (status {}): {said}", answer.status)).next(
            format!(
                "the token of {source} has expired (`vault token lookup`, `vault login`), or its policy lacks update on {engine}/{verb}/{name}"
            ),
        ),
        404 => Refusal::new(format!("{service} has no transit key {name} at {engine} (status 404)"))
            .next("see `vault secrets list` and, for enterprise Vaults, VAULT_NAMESPACE"),
        400 if verb == "decrypt" => Refusal::new(format!("{service} does not decrypt it (status 400): {said}"))
            .next("what is in the file was changed, belongs to another key, or its version of the key was removed"),
        429 => Refusal::new(format!("{service} is asked too often (status 429): {said}")).next("try again later"),
        503 => Refusal::new(format!("{service} is sealed or on standby (status 503): {said}"))
            .next("ask who runs it to unseal it"),
        status => Refusal::new(format!("{service} answered with status {status}: {said}")),
    }
}
