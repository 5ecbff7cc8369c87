//! A token of Google, from where sops looks for credentials (spec §9.4). What is found is put to use by Google's own library.

use crate::keys::access::{Access, Refusal, plain_line};
use crate::keys::net::{Fault, said};
use google_cloud_auth::build_errors;
use google_cloud_auth::credentials::service_account::AccessSpecifier;
use google_cloud_auth::credentials::{
    AccessTokenCredentials, external_account, impersonated, mds, service_account, user_account,
};
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// How long getting a token may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long the machine itself may take to answer whether it has an account.
const LIMIT_OF_MACHINE: Duration = Duration::from_secs(4);

/// A token, and where it comes from.
#[derive(Clone)]
pub struct Token {
    /// The token itself.
    pub text: Zeroizing<String>,
    /// Its source, for messages.
    pub source: &'static str,
}

/// Where credentials are.
enum Source {
    /// A token that is ready.
    Token(Token),
    /// A file of credentials.
    File(Zeroizing<String>, &'static str),
    /// The account of the machine, if it is one of Google's.
    Machine,
}

/// Finds credentials and gets a token for them. The library panics outside of the runtime.
pub async fn token(access: &Access<'_>) -> Result<Token, Refusal> {
    let (credentials, source, limit) = match find(access)? {
        Source::Token(token) => return Ok(token),
        Source::File(text, source) => (of_file(&text, source)?, source, LIMIT),
        Source::Machine => {
            let machine = mds::Builder::default().with_scopes([SCOPE]);
            let machine = machine.build_access_token_credentials().map_err(|_| nothing())?;
            (machine, "the account of this machine", LIMIT_OF_MACHINE)
        }
    };
    match tokio::time::timeout(limit, credentials.access_token()).await {
        Ok(Ok(token)) => Ok(Token {
            text: Zeroizing::new(token.token),
            source,
        }),
        Ok(Err(_)) | Err(_) if limit == LIMIT_OF_MACHINE => Err(nothing()),
        Ok(Err(error)) if let Some(fault) = Fault::behind(&error) => {
            Err(fault.refusal(&format!("Google, asked for a token for {source}")))
        }
        Ok(Err(error)) => Err(Refusal::new(format!(
            "Google gives no token for {source}: {}",
            deepest(&error)
        ))
        .next("log in again: `gcloud auth application-default login`")),
        Err(_) => Err(Refusal::new(format!(
            "Google gave no token for {source} within {} seconds",
            limit.as_secs()
        ))),
    }
}

fn nothing() -> Refusal {
    Refusal::new("no Google credentials were found")
        .next("log in (`gcloud auth application-default login`), or set GOOGLE_CREDENTIALS")
}

/// `GOOGLE_CREDENTIALS`, a path or the text itself; a token; then the application default credentials.
fn find(access: &Access<'_>) -> Result<Source, Refusal> {
    let environment = access.environment;
    let read = |path: PathBuf| {
        let path = environment.directory().join(path);
        std::fs::read_to_string(path).ok().map(Zeroizing::new)
    };
    if let Some(own) = environment.text("GOOGLE_CREDENTIALS") {
        let text = read(own.into()).unwrap_or_else(|| Zeroizing::new(own.to_owned()));
        return Ok(Source::File(text, "GOOGLE_CREDENTIALS"));
    }
    if let Some(token) = environment.text("GOOGLE_OAUTH_ACCESS_TOKEN") {
        return Ok(Source::Token(Token {
            text: Zeroizing::new(token.to_owned()),
            source: "GOOGLE_OAUTH_ACCESS_TOKEN",
        }));
    }
    if let Some(path) = environment.text("GOOGLE_APPLICATION_CREDENTIALS") {
        let source = "GOOGLE_APPLICATION_CREDENTIALS";
        let text = read(path.into())
            .ok_or_else(|| Refusal::new(format!("the file that {source} names cannot be read")))?;
        return Ok(Source::File(text, source));
    }
    let own = environment.text("CLOUDSDK_CONFIG").map(PathBuf::from);
    let folder = own.or_else(|| environment.home().map(|home| home.join(".config/gcloud")));
    let file = folder.map(|folder| folder.join("application_default_credentials.json"));
    Ok(match file.and_then(read) {
        Some(text) => Source::File(text, "application_default_credentials.json"),
        None => Source::Machine,
    })
}

/// The credentials of a file. What is wrong with it is not told in the words of the library, which may show parts of it.
fn of_file(text: &str, source: &str) -> Result<AccessTokenCredentials, Refusal> {
    let unusable = || Refusal::new(format!("{source} holds no usable credentials of Google"));
    let json: Value = serde_json::from_str(text).map_err(|_| unusable())?;
    let kind = json
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let built: Result<_, build_errors::Error> = match kind.as_str() {
        "service_account" => service_account::Builder::new(json)
            .with_access_specifier(AccessSpecifier::from_scopes([SCOPE]))
            .build_access_token_credentials(),
        "authorized_user" => user_account::Builder::new(json).build_access_token_credentials(),
        "impersonated_service_account" => impersonated::Builder::new(json)
            .with_scopes([SCOPE])
            .build_access_token_credentials(),
        "external_account" => external_account::Builder::new(json)
            .with_scopes([SCOPE])
            .build_access_token_credentials(),
        "" => return Err(unusable()),
        other => {
            return Err(Refusal::new(format!(
                "{source} holds credentials of a kind that is not supported: {}",
                plain_line(other)
            )));
        }
    };
    built.map_err(|_| unusable())
}

/// The last cause, as one short line.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    said(&last.to_string(), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Environment;
    use crate::keys::access::{Cancel, Nobody};

    fn found(variables: &[(&str, &str)]) -> Result<Source, Refusal> {
        let environment = Environment::new(variables.iter().copied(), "/");
        find(&Access {
            environment: &environment,
            ask: &Nobody { drop_in: false },
            cancel: &Cancel::default(),
        })
    }

    #[test]
    fn credentials_are_looked_for_where_sops_looks() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.json");
        std::fs::write(&file, "{\"type\":\"from file\"}").unwrap();
        let file = file.to_str().unwrap();
        let text = |source: Result<Source, Refusal>| match source {
            Ok(Source::File(text, source)) => format!("{source}: {}", *text),
            Ok(Source::Token(token)) => format!("{}: {}", token.source, *token.text),
            Ok(Source::Machine) => "machine".to_owned(),
            Err(refusal) => refusal.reason,
        };
        let token = ("GOOGLE_OAUTH_ACCESS_TOKEN", "t");
        assert_eq!(
            text(found(&[("GOOGLE_CREDENTIALS", file), token])),
            "GOOGLE_CREDENTIALS: {\"type\":\"from file\"}"
        );
        assert_eq!(
            text(found(&[("GOOGLE_CREDENTIALS", "{\"type\":1}")])),
            "GOOGLE_CREDENTIALS: {\"type\":1}"
        );
        let adc = ("GOOGLE_APPLICATION_CREDENTIALS", file);
        assert_eq!(text(found(&[adc, token])), "GOOGLE_OAUTH_ACCESS_TOKEN: t");
        assert!(text(found(&[adc])).starts_with("GOOGLE_APPLICATION_CREDENTIALS: "));
        assert!(text(found(&[("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")])).contains("cannot be read"));
        assert_eq!(text(found(&[])), "machine");
    }

    #[test]
    fn a_file_that_holds_something_else_is_refused_without_being_shown() {
        for text in [
            "",
            "CANARY",
            "{\"type\":\"service_account\",\"private_key\":\"CANARY\"}",
            "{\"CANARY\":1}",
        ] {
            let refusal = crate::keys::runtime::runtime()
                .unwrap()
                .block_on(async { of_file(text, "GOOGLE_CREDENTIALS") })
                .err();
            // A key is only looked at when it is used.
            if let Some(refusal) = refusal {
                assert!(!refusal.reason.contains("CANARY"), "{refusal}");
            }
        }
    }
}
