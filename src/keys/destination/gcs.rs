//! Google Cloud Storage, one REST call.

use crate::keys::access::{Access, Refusal};
use crate::keys::gcp::credentials::token;
use crate::keys::net::{self, Client, Request, Trust};
use reqwest::{Method, Url};
use zeroize::Zeroizing;

const SERVICE: &str = "Google Cloud Storage";
const HOST: &str = "https://storage.googleapis.com";

/// Uploads an object. `STORAGE_EMULATOR_HOST` names another server, which gets no token, as with Google's own libraries.
pub fn put(access: &Access<'_>, bucket: &str, name: &str, content: &[u8]) -> Result<(), Refusal> {
    let other = access.environment.text("STORAGE_EMULATOR_HOST");
    let host = match other {
        Some(host) if !host.contains("://") => format!("http://{host}"),
        Some(host) => host.to_owned(),
        None => HOST.to_owned(),
    };
    let base = Url::parse(&host).map_err(|_| Refusal::new("STORAGE_EMULATOR_HOST is no address"))?;
    let mut url = net::join(&base, ["upload", "storage", "v1", "b", bucket, "o"])
        .ok_or_else(|| Refusal::new("the name of the bucket is not a usable one"))?;
    url.query_pairs_mut()
        .append_pair("uploadType", "media")
        .append_pair("name", name);
    let client = Client::new(access, &Trust::default())?;
    net::run(access, async {
        let mut request = Request::new(Method::POST, url)
            .header("content-type", "application/octet-stream")?
            .body(Zeroizing::new(content.to_vec()));
        if other.is_none() {
            let token = token(access).await?;
            let bearer = Zeroizing::new(format!("Bearer {}", token.text.as_str()));
            request = request.header("authorization", &bearer)?;
        }
        let answer = client.call(SERVICE, request).await?;
        if answer.is_success() {
            return Ok(());
        }
        let next = "the account needs storage.objects.create and storage.objects.delete on the bucket";
        Err(answer.not_taken(SERVICE, bucket, next))
    })
}
