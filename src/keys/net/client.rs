//! The client: limits of time and size, one retry, no redirects.

use super::super::access::{Access, Refusal};
use super::answer::Answer;
use super::fault::Fault;
use super::proxy;
use super::trust::Trust;
use crate::host::SystemRandom;
use crate::seal::Random as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url, redirect};
use std::sync::Once;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a call may take, from the name of the host to the last byte of the answer.
const CALL: Duration = Duration::from_secs(10);

/// Most bytes of an answer: what services give has a few thousand.
const MOST: usize = 1 << 20;

/// Longest pause before the retry, whatever a service wishes.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

static PROVIDER: Once = Once::new();

/// Makes ring the library of TLS: there is no other in this program, and without a choice the first connection would panic.
fn choose_tls() {
    PROVIDER.call_once(|| {
        // It fails only where it was chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// A call of a service.
#[derive(Clone)]
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Zeroizing::new(Vec::new()),
        }
    }

    /// With a header; nothing of it is ever shown.
    ///
    /// # Errors
    /// When the value has characters that no header can have.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, Refusal> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| Refusal::new(format!("the value for {name} has characters that cannot be sent")))?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// With these headers.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// With a body of JSON.
    #[must_use]
    pub fn json(mut self, body: Zeroizing<Vec<u8>>) -> Self {
        let json = HeaderValue::from_static("application/json");
        self.headers.insert(reqwest::header::CONTENT_TYPE, json);
        self.body(body)
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: Zeroizing<Vec<u8>>) -> Self {
        self.body = body;
        self
    }
}

/// Calls services.
#[derive(Clone, Debug)]
pub struct Client(reqwest::Client);

impl Client {
    /// A client that trusts whom `trust` says, and goes through the proxies of the environment.
    ///
    /// # Errors
    /// When what `trust` names is not usable.
    pub fn new(access: &Access<'_>, trust: &Trust) -> Result<Self, Refusal> {
        choose_tls();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(concat!("lazysops/", env!("CARGO_PKG_VERSION")));
        if trust.proxy.is_none() {
            builder = proxy::of(access.environment)
                .into_iter()
                .fold(builder, reqwest::ClientBuilder::proxy);
        }
        let client = trust.apply(builder)?.build().map_err(|_| {
            Refusal::new("no certificates of authorities were found on this machine")
                .next("install the package ca-certificates, or set SSL_CERT_FILE")
        })?;
        Ok(Self(client))
    }

    /// The client of the library, for the one that fetches credentials.
    #[must_use]
    pub const fn inner(&self) -> &reqwest::Client {
        &self.0
    }

    /// Calls a service, which is named in messages. A fault that may well pass is met by one retry.
    ///
    /// # Errors
    /// When there is no answer. An answer that says no is an answer.
    pub async fn call(&self, service: &str, request: Request) -> Result<Answer, Refusal> {
        let pause = match self.once(request.clone()).await {
            Ok(answer) if is_transient(answer.status) => wished_pause(&answer.headers).unwrap_or_else(jitter),
            Ok(answer) => return unmoved(service, answer),
            Err(fault) if fault.is_transient() => jitter(),
            Err(fault) => return Err(fault.refusal(service)),
        };
        tokio::time::sleep(pause).await;
        match self.once(request).await {
            Ok(answer) => unmoved(service, answer),
            Err(fault) => Err(fault.refusal(service)),
        }
    }

    /// One call, without a retry.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn once(&self, request: Request) -> Result<Answer, Fault> {
        let body = request.body.to_vec();
        let sent = self
            .0
            .request(request.method, request.url)
            .headers(request.headers);
        let sent = if body.is_empty() { sent } else { sent.body(body) };
        let mut response = sent.send().await.map_err(|error| Fault::of(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        if response
            .content_length()
            .is_some_and(|length| length > MOST as u64)
        {
            return Err(Fault::TooLong);
        }
        let mut body = Zeroizing::new(Vec::with_capacity(4096));
        while let Some(part) = response.chunk().await.map_err(|error| Fault::of(&error))? {
            if body.len() + part.len() > MOST {
                return Err(Fault::TooLong);
            }
            body.extend_from_slice(&part);
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

/// Whether a service may do a moment later what it did not now.
const fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// The pause that a service wishes, up to the longest.
fn wished_pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

/// A pause of 100 to 355 ms by chance, so that many programs do not come back at the same moment.
fn jitter() -> Duration {
    let mut chance = [0];
    // Without chance it is the shortest pause.
    let _ = SystemRandom.fill(&mut chance);
    Duration::from_millis(100 + chance.first().map_or(0, |byte| u64::from(*byte)))
}

/// Refuses a redirect: credentials go nowhere else.
fn unmoved(service: &str, answer: Answer) -> Result<Answer, Refusal> {
    if (300..400).contains(&answer.status) {
        return Err(Refusal::new(format!(
            "{service} sends the call to another address (status {}), which is not followed",
            answer.status
        ))
        .next("use the address of the service itself"));
    }
    Ok(answer)
}
