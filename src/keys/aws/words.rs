//! Why AWS did not do it, in words. The SDK's own text is not used: it may hold parts of requests.

use crate::keys::access::Refusal;
use crate::keys::net::{Fault, said};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::error::Error;

/// What a call of the SDK met. `name` is what was asked about: a key or a role; `sent` is what a message must not repeat.
pub fn refusal<E>(service: &str, name: &str, error: &SdkError<E, HttpResponse>, sent: &[&str]) -> Refusal
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let (code, message) = (context.err().code(), context.err().message());
            let status = context.raw().status().as_u16();
            of_code(
                service,
                name,
                code.unwrap_or_default(),
                &said(message.unwrap_or_default(), sent),
                status,
            )
        }
        SdkError::TimeoutError(_) => Fault::Silent.refusal(service),
        SdkError::ResponseError(_) => of_sources(service, error)
            .unwrap_or_else(|| Refusal::new(format!("{service} gave an answer that cannot be read"))),
        _ => of_sources(service, error)
            .unwrap_or_else(|| Refusal::new(format!("{service}: the call could not be made"))),
    }
}

/// A fault on the way, or missing credentials: the SDK wraps both deeply.
fn of_sources(service: &str, error: &(dyn Error + 'static)) -> Option<Refusal> {
    let mut source = Some(error);
    while let Some(inner) = source {
        if let Some(credentials) = inner.downcast_ref::<CredentialsError>() {
            return Some(of_credentials(credentials));
        }
        source = inner.source();
    }
    Fault::behind(error).map(|fault| fault.refusal(service))
}

/// Why there are no credentials.
pub fn of_credentials(error: &CredentialsError) -> Refusal {
    let login = "log in (`aws sso login`), or see `aws sts get-caller-identity` and AWS_PROFILE";
    match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            Refusal::new("no AWS credentials were found").next(login)
        }
        CredentialsError::ProviderTimedOut(_) => {
            Refusal::new("no AWS credentials were found in time").next(login)
        }
        CredentialsError::InvalidConfiguration(_) => Refusal::new(format!(
            "the AWS configuration cannot be used: {}",
            deepest(error)
        ))
        .next("see ~/.aws/config and ~/.aws/credentials"),
        _ => match Fault::behind(error) {
            Some(fault) => fault.refusal("no AWS credentials were found; their last source"),
            None => Refusal::new(format!("no AWS credentials were found: {}", deepest(error))).next(login),
        },
    }
}

/// The last cause, as one short line.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    said(&last.to_string(), &[])
}

fn of_code(service: &str, name: &str, code: &str, said: &str, status: u16) -> Refusal {
    let told = |what: &str| Refusal::new(format!("{service} {what} ({code}, status {status}): {said}"));
    match code {
        "AccessDeniedException" | "AccessDenied" => told("does not permit it").next(format!(
            "see the policies of {name} and of your user or role: kms:Encrypt, kms:Decrypt, sts:AssumeRole"
        )),
        "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => {
            told("says the credentials have expired").next("log in again: `aws sso login`, or get new ones")
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationTokenException"
        | "MissingAuthenticationToken" => told("does not accept the credentials")
            .next("see `aws sts get-caller-identity` and the clock of this machine"),
        "NotFoundException" => told(&format!("has no key {name}")).next("see its region and account"),
        "DisabledException" | "KMSInvalidStateException" => {
            told(&format!("says {name} is disabled or about to be deleted"))
                .next("ask who owns the key to enable it")
        }
        "InvalidCiphertextException" => told("does not decrypt it").next(
            "what is in the file was changed, or its encryption context is another one than it was made with",
        ),
        "IncorrectKeyException" => told(&format!("says it was made with another key than {name}")),
        "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "LimitExceededException" => {
            told("is asked too often").next("try again later")
        }
        _ => told("did not do it"),
    }
}
