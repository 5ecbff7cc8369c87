//! The key-value engine of Vault and OpenBao, versions 1 and 2.

use super::Entry;
use crate::keys::access::{Access, Refusal};
use crate::keys::net::{self, Answer, Client, Request, said};
use crate::keys::vault::address::{Address, check};
use crate::keys::vault::settings::{token, trust};
use reqwest::{Method, Url};
use zeroize::Zeroizing;

/// What stands there now.
pub fn read(access: &Access<'_>, entry: &Entry<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    let answer = call(access, entry, Method::GET, None)?;
    match answer.status {
        404 => Ok(None),
        _ if answer.is_success() => Ok(Some(answer.body)),
        _ => Err(refused(entry, &answer)),
    }
}

/// Writes it.
pub fn write(access: &Access<'_>, entry: &Entry<'_>, values: &[u8]) -> Result<(), Refusal> {
    let body = if entry.version == 1 {
        Zeroizing::new(values.to_vec())
    } else {
        Zeroizing::new([b"{\"data\":", values, b"}"].concat())
    };
    let answer = call(access, entry, Method::PUT, Some(body))?;
    if answer.is_success() {
        return Ok(());
    }
    Err(refused(entry, &answer))
}

fn call(
    access: &Access<'_>,
    entry: &Entry<'_>,
    method: Method,
    body: Option<Zeroizing<Vec<u8>>>,
) -> Result<Answer, Refusal> {
    let address = Address::parse(entry.address)?;
    check(access, &address)?;
    let url = url(&address, entry)
        .ok_or_else(|| Refusal::new("mount or path of the Vault entry are not usable ones"))?;
    let token = token(access)?;
    let mut request = Request::new(method, url)
        .header("x-vault-token", &token.text)?
        .header("x-vault-request", "true")?;
    if let Some(namespace) = access.environment.text("VAULT_NAMESPACE") {
        request = request.header("x-vault-namespace", namespace)?;
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let client = Client::new(access, &trust(access)?)?;
    net::run(access, client.call(&service(entry), request))
}

fn url(address: &Address, entry: &Entry<'_>) -> Option<Url> {
    let data = (entry.version != 1).then_some("data");
    let parts = ["v1"]
        .into_iter()
        .chain(entry.mount.split('/'))
        .chain(data)
        .chain(entry.path.split('/'));
    net::join(address.url(), parts)
}

fn service(entry: &Entry<'_>) -> String {
    format!("Vault at {}", entry.address)
}

fn refused(entry: &Entry<'_>, answer: &Answer) -> Refusal {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let refusal = Refusal::new(format!(
        "{} did not do it for {}/{} (status {}): {}",
        service(entry),
        entry.mount,
        entry.path,
        answer.status,
        said(&text, &[])
    ));
    match answer.status {
        401 | 403 => {
            refusal.next("the token has expired, or its policy lacks create and update on this path")
        }
        404 => refusal.next("is vault_kv_mount_name right, and vault_kv_version?"),
        _ => refusal,
    }
}
