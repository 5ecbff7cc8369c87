//! Calling a key service.

use super::address::{CALL, endpoint};
use super::at;
use super::wire::{DECRYPT, DecryptRequest, DecryptResponse, ENCRYPT, EncryptRequest, EncryptResponse, Key};
use crate::host::SystemRandom;
use crate::keys::access::{Access, Refusal, plain_line};
use crate::keys::runtime;
use crate::metadata::{KeyEntry, Recipient};
use crate::seal::Random as _;
use http::uri::PathAndQuery;
use prost::Message;
use std::error::Error;
use std::io;
use std::time::Duration;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;
use zeroize::Zeroizing;

/// Has a key service wrap a secret; gives the text of the entry's `enc`.
///
/// # Errors
/// When it cannot be reached, or refuses.
pub fn wrap(
    access: &Access<'_>,
    address: &str,
    recipient: &Recipient,
    secret: &[u8],
) -> Result<String, Refusal> {
    let request = EncryptRequest {
        key: Some(Key::from(recipient)),
        plaintext: secret.to_vec(),
    };
    let response: EncryptResponse = call(access, address, ENCRYPT, request)?;
    String::from_utf8(response.ciphertext)
        .ok()
        .filter(|enc| !enc.is_empty())
        .ok_or_else(|| at(address, "answered with no wrapped key"))
}

/// Has a key service unwrap what an entry holds.
///
/// # Errors
/// When it cannot be reached, or refuses.
pub fn unwrap(access: &Access<'_>, address: &str, entry: &KeyEntry) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let request = DecryptRequest {
        key: Some(Key::from(&entry.recipient)),
        ciphertext: entry.enc.as_bytes().to_vec(),
    };
    let mut response: DecryptResponse = call(access, address, DECRYPT, request)?;
    Ok(Zeroizing::new(std::mem::take(&mut response.plaintext)))
}

fn call<Q, A>(access: &Access<'_>, address: &str, path: &'static str, request: Q) -> Result<A, Refusal>
where
    Q: Message + Clone + 'static,
    A: Message + Default + 'static,
{
    let endpoint = endpoint(address)?;
    runtime::run(access.cancel, CALL, async {
        let mut answer = once(&endpoint, address, path, request.clone()).await?;
        if answer.as_ref().is_err_and(may_pass) {
            tokio::time::sleep(pause()).await;
            answer = once(&endpoint, address, path, request).await?;
        }
        answer.map_err(|status| refused(address, &status))
    })
    .map_err(|refusal| match refusal.reason.starts_with("no answer") {
        true => Refusal {
            reason: at(address, &refusal.reason).reason,
            ..refusal
        },
        false => refusal,
    })
}

/// Whether it is no word of the service itself: it is being started again, or its connection broke.
fn may_pass(status: &Status) -> bool {
    status.code() == Code::Unavailable || status.source().is_some()
}

/// Between two tries: not the same for everybody who lost the same connection.
fn pause() -> Duration {
    let mut byte = [0];
    // Without randomness it is the shortest.
    let _ = SystemRandom.fill(&mut byte);
    Duration::from_millis(50 + u64::from(byte.first().copied().unwrap_or_default()))
}

/// Connects and asks: what the key service said, or why it cannot be reached.
async fn once<Q, A>(
    endpoint: &Endpoint,
    address: &str,
    path: &'static str,
    request: Q,
) -> Result<Result<A, Status>, Refusal>
where
    Q: Message + 'static,
    A: Message + Default + 'static,
{
    let channel = endpoint
        .connect()
        .await
        .map_err(|error| unreachable(address, &error))?;
    Ok(ask(&mut Grpc::new(channel), path, request).await)
}

async fn ask<Q, A>(grpc: &mut Grpc<Channel>, path: &'static str, request: Q) -> Result<A, Status>
where
    Q: Message + 'static,
    A: Message + Default + 'static,
{
    grpc.ready()
        .await
        .map_err(|_| Status::unavailable("it closed the connection"))?;
    let codec = ProstCodec::<Q, A>::default();
    let response = grpc
        .unary(Request::new(request), PathAndQuery::from_static(path), codec)
        .await?;
    Ok(response.into_inner())
}

fn unreachable(address: &str, error: &(dyn Error + 'static)) -> Refusal {
    let mut at_source = Some(error);
    let mut reason = "it gives no answer".to_owned();
    while let Some(source) = at_source {
        if let Some(error) = source.downcast_ref::<io::Error>() {
            reason = plain_line(&error.kind().to_string());
        }
        at_source = source.source();
    }
    at(address, &format!("the key service cannot be reached: {reason}"))
        .next("see whether `sops keyservice` or `lazysops keyservice` runs there")
}

fn refused(address: &str, status: &Status) -> Refusal {
    let said = plain_line(status.message());
    match status.code() {
        Code::PermissionDenied => at(address, &format!("the key service refused: {said}")),
        Code::Unimplemented => at(address, "there is no key service of sops"),
        Code::DeadlineExceeded | Code::Cancelled => {
            at(address, &format!("no answer within {} seconds", CALL.as_secs()))
        }
        Code::Unavailable => at(address, &format!("the key service is not available: {said}")),
        _ => at(address, &format!("the key service could not do it: {said}")),
    }
}
