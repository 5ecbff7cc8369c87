//! The client of all services, as the SDK of AWS wants one: so that the same limits, proxies and authorities hold for it.

use crate::keys::net::{Answer, Client, Fault, Request};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use std::time::Duration;
use zeroize::Zeroizing;

/// The client, for the SDK.
#[derive(Clone, Debug)]
pub struct Http(pub Client);

/// The same with the patience of one service: looking for an instance is given up sooner than a call of KMS.
#[derive(Clone, Debug)]
struct Patient {
    client: Client,
    limit: Option<Duration>,
}

impl HttpClient for Http {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let connect = settings.connect_timeout().unwrap_or_default();
        SharedHttpConnector::new(Patient {
            client: self.0.clone(),
            limit: settings.read_timeout().map(|read| connect + read),
        })
    }
}

impl Patient {
    /// The client has a limit of its own, too.
    async fn once(&self, request: Request) -> Result<Answer, Fault> {
        match self.limit {
            None => self.client.once(request).await,
            Some(limit) => tokio::time::timeout(limit, self.client.once(request))
                .await
                .unwrap_or(Err(Fault::Silent)),
        }
    }
}

impl HttpConnector for Patient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let patient = self.clone();
        HttpConnectorFuture::new(async move {
            let request = ours(&request).ok_or_else(|| failed(Fault::Request))?;
            let answer = patient.once(request).await.map_err(failed)?;
            let status =
                StatusCode::try_from(answer.status).map_err(|error| ConnectorError::user(error.into()))?;
            let mut response = HttpResponse::new(status, SdkBody::from(answer.body.as_slice()));
            for (name, value) in &answer.headers {
                if let Ok(value) = value.to_str() {
                    // A header that the SDK cannot read is one it does not need.
                    let _ = response
                        .headers_mut()
                        .try_append(name.as_str().to_owned(), value.to_owned());
                }
            }
            Ok(response)
        })
    }
}

/// The request of the SDK as one of ours.
fn ours(request: &HttpRequest) -> Option<Request> {
    let method = Method::from_bytes(request.method().as_bytes()).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(true);
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    }
    let body = request.body().bytes()?.to_vec();
    Some(
        Request::new(method, Url::parse(request.uri()).ok()?)
            .headers(headers)
            .body(Zeroizing::new(body)),
    )
}

/// A fault, so that the SDK retries those that may pass.
fn failed(fault: Fault) -> ConnectorError {
    if fault.is_transient() {
        ConnectorError::io(fault.into())
    } else {
        ConnectorError::other(fault.into(), None)
    }
}
