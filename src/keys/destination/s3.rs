//! Amazon S3: one request, signed.

use crate::keys::access::{Access, Refusal};
use crate::keys::aws::account;
use crate::keys::net::{self, Client, Request, Trust};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use std::time::SystemTime;
use zeroize::Zeroizing;

const SERVICE: &str = "Amazon S3";

/// Puts an object. `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL` name another server.
pub fn put(access: &Access<'_>, bucket: &str, key: &str, content: &[u8]) -> Result<(), Refusal> {
    let mut trust = Trust::default();
    if let Some(path) = access.environment.text("AWS_CA_BUNDLE") {
        let pem = std::fs::read(access.environment.directory().join(path))
            .map_err(|_| Refusal::new("the file that AWS_CA_BUNDLE names cannot be read"))?;
        trust.roots = Some((pem, "AWS_CA_BUNDLE"));
    }
    let client = Client::new(access, &trust)?;
    net::run(access, async {
        let account = account(client.clone()).await?;
        let endpoint = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find_map(|name| access.environment.text(name));
        let url = address(endpoint, &account.region, bucket, key)
            .ok_or_else(|| Refusal::new("the name of the bucket or the object is not a usable one"))?;
        let headers = signed(&account.credentials, &account.region, &url, content)?;
        let request = Request::new(Method::PUT, url)
            .headers(headers)
            .body(Zeroizing::new(content.to_vec()));
        let answer = client.call(SERVICE, request).await?;
        if answer.is_success() {
            return Ok(());
        }
        let next = "see that AWS_REGION is that of the bucket, and that s3:PutObject is allowed";
        Err(answer.not_taken(SERVICE, bucket, next))
    })
}

/// The address of an object: the bucket in the name of the host where it is Amazon's own and can be, else in the path.
fn address(endpoint: Option<&str>, region: &str, bucket: &str, key: &str) -> Option<Url> {
    let suffix = if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    let base = match endpoint {
        Some(endpoint) => format!("{}/{}", endpoint.trim_end_matches('/'), encoded(bucket)?),
        None if bucket.contains('.') => format!("https://s3.{region}.{suffix}/{}", encoded(bucket)?),
        None => format!("https://{}.s3.{region}.{suffix}", encoded(bucket)?),
    };
    Url::parse(&format!("{base}/{}", encoded(key)?)).ok()
}

/// A name as S3 signs it: everything but letters, digits, `-._~` and `/` is escaped. `None` where a part would be taken for a folder.
fn encoded(name: &str) -> Option<String> {
    if name.is_empty() || name.split('/').any(|part| part == "." || part == "..") {
        return None;
    }
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    Some(text)
}

/// The headers with the signature.
fn signed(
    credentials: &aws_credential_types::Credentials,
    region: &str,
    url: &Url,
    content: &[u8],
) -> Result<HeaderMap, Refusal> {
    let unsigned = || Refusal::new(format!("the request for {SERVICE} cannot be signed"));
    let identity = credentials.clone().into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .map_err(|_| unsigned())?;
    let nothing: [(&str, &str); 0] = [];
    let body = SignableBody::Bytes(content);
    let request =
        SignableRequest::new("PUT", url.as_str(), nothing.into_iter(), body).map_err(|_| unsigned())?;
    let (instructions, _) = sign(request, &params.into())
        .map_err(|_| unsigned())?
        .into_parts();
    let mut headers = HeaderMap::new();
    for (name, value) in instructions.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsigned())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unsigned())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_bucket_is_in_the_host_where_it_can_be() {
        let of = |endpoint, bucket, key| address(endpoint, "eu-west-1", bucket, key).map(String::from);
        assert_eq!(
            of(None, "b", "a/x y+.yaml").unwrap(),
            "https://b.s3.eu-west-1.amazonaws.com/a/x%20y%2B.yaml"
        );
        assert_eq!(
            of(None, "b.c", "a").unwrap(),
            "https://s3.eu-west-1.amazonaws.com/b.c/a"
        );
        assert_eq!(
            of(Some("http://127.0.0.1:5/"), "b", "a").unwrap(),
            "http://127.0.0.1:5/b/a"
        );
        assert_eq!(of(None, "b", "../a"), None);
    }
}
