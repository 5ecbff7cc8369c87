//! A token of Microsoft, by the chain of Azure's tools: variables, workload identity, managed identity, `az`, `azd`.
//! `AZURE_TOKEN_CREDENTIALS` narrows it.

use super::certificate::Certificate;
use crate::keys::access::{Access, Refusal};
use crate::keys::child::{ChildError, Program};
use crate::keys::net::{Client, Fault, Hidden, said};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, RetryOptions, Transport};
use azure_identity::{
    ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long getting a token may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long the address of managed identities may take to answer where nobody says that there is one.
const PROBE: Duration = Duration::from_millis(1500);

/// How long `az` and `azd` may take; they are slow.
const TOOL: Duration = Duration::from_secs(15);

/// A token, and where it comes from.
#[derive(Clone)]
pub struct Token {
    /// The token itself.
    pub text: Zeroizing<String>,
    /// Its source, for messages.
    pub source: &'static str,
}

/// A link of the chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Environment,
    Workload,
    Managed,
    Az,
    Azd,
}

const CHAIN: [Link; 5] = [
    Link::Environment,
    Link::Workload,
    Link::Managed,
    Link::Az,
    Link::Azd,
];

impl Link {
    /// Its name in `AZURE_TOKEN_CREDENTIALS` and in messages.
    const fn name(self) -> &'static str {
        match self {
            Self::Environment => "EnvironmentCredential",
            Self::Workload => "WorkloadIdentityCredential",
            Self::Managed => "ManagedIdentityCredential",
            Self::Az => "AzureCLICredential",
            Self::Azd => "AzureDeveloperCLICredential",
        }
    }

    const fn is_tool(self) -> bool {
        matches!(self, Self::Az | Self::Azd)
    }
}

/// The links to try, and whether the user chose the only one.
fn chosen(access: &Access<'_>) -> Result<(Vec<Link>, bool), Refusal> {
    let variable = "AZURE_TOKEN_CREDENTIALS";
    let Some(wish) = access.environment.text(variable).map(str::trim) else {
        return Ok((CHAIN.to_vec(), false));
    };
    let wish = wish.to_ascii_lowercase();
    let some = |keep: &dyn Fn(Link) -> bool| CHAIN.into_iter().filter(|link| keep(*link)).collect::<Vec<_>>();
    match wish.as_str() {
        "prod" => Ok((some(&|link| !link.is_tool()), false)),
        "dev" => Ok((some(&Link::is_tool), false)),
        _ => {
            let one = some(&|link| link.name().eq_ignore_ascii_case(&wish));
            if one.is_empty() {
                let names = CHAIN.map(Link::name).join(", ");
                return Err(
                    Refusal::new(format!("{variable} has a value that means nothing here"))
                        .next(format!("it may be prod, dev, or one of {names}")),
                );
            }
            Ok((one, true))
        }
    }
}

/// Finds credentials and gets a token for a scope.
pub async fn token(access: &Access<'_>, client: &Client, scope: &'static str) -> Result<Token, Refusal> {
    let (links, is_certain) = chosen(access)?;
    let chain = Chain {
        access,
        client,
        scope,
        is_certain,
    };
    let mut tools = Vec::new();
    for link in links {
        match chain.follow(link).await {
            Ok(Some(text)) => {
                let source = link.name();
                return Ok(Token { text, source });
            }
            Ok(None) => {}
            // Tools that are installed and not logged in do not end the chain.
            Err(refusal) if link.is_tool() => tools.push(refusal.reason),
            Err(refusal) => return Err(refusal),
        }
    }
    let reason = match tools.is_empty() {
        true => "no Azure credentials were found".to_owned(),
        false => format!("no Azure credentials were found; {}", tools.join("; ")),
    };
    Err(Refusal::new(reason)
        .next("log in (`az login`), or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"))
}

struct Chain<'c> {
    access: &'c Access<'c>,
    client: &'c Client,
    scope: &'static str,
    is_certain: bool,
}

impl Chain<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.access.environment.text(name)
    }

    /// What a link gives; nothing where it is not set up here.
    async fn follow(&self, link: Link) -> Result<Option<Zeroizing<String>>, Refusal> {
        match link {
            Link::Environment => self.environment().await,
            Link::Workload => self.workload().await,
            Link::Managed => self.managed().await,
            Link::Az => self.tool(&[
                "az",
                "account",
                "get-access-token",
                "-o",
                "json",
                "--scope",
                self.scope,
            ]),
            Link::Azd => self.tool(&["azd", "auth", "token", "-o", "json", "--scope", self.scope]),
        }
    }

    /// The options for Microsoft's library: our client, and no retries of its own.
    fn options(&self) -> ClientOptions {
        ClientOptions {
            transport: Some(Transport::new(Arc::new(self.client.inner().clone()))),
            retry: RetryOptions::none(),
            ..ClientOptions::default()
        }
    }

    async fn environment(&self) -> Result<Option<Zeroizing<String>>, Refusal> {
        let (Some(tenant), Some(id)) = (self.text("AZURE_TENANT_ID"), self.text("AZURE_CLIENT_ID")) else {
            return Ok(None);
        };
        let name = Link::Environment.name();
        if let Some(secret) = self.text("AZURE_CLIENT_SECRET") {
            let options = ClientSecretCredentialOptions {
                client_options: self.options(),
            };
            let made = ClientSecretCredential::new(
                tenant,
                id.to_owned(),
                Secret::new(secret.to_owned()),
                Some(options),
            );
            return self.get(name, made, LIMIT, secret).await.map(Some);
        }
        let Some(path) = self.text("AZURE_CLIENT_CERTIFICATE_PATH") else {
            return Ok(None);
        };
        if self.text("AZURE_CLIENT_CERTIFICATE_PASSWORD").is_some() {
            return Err(Refusal::new("a certificate with a password is not supported").next(
                "take the password off: `openssl pkcs12 -in FILE -nodes -out NEW.pem`, and unset AZURE_CLIENT_CERTIFICATE_PASSWORD",
            ));
        }
        let pem = std::fs::read(self.access.environment.directory().join(path))
            .map(Zeroizing::new)
            .map_err(|_| Refusal::new("the file that AZURE_CLIENT_CERTIFICATE_PATH names cannot be read"))?;
        let host = self
            .text("AZURE_AUTHORITY_HOST")
            .unwrap_or("https://login.microsoftonline.com");
        let audience = format!("{}/{tenant}/oauth2/v2.0/token", host.trim_end_matches('/'));
        let shows_chain = matches!(
            self.text("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
            Some("1" | "true")
        );
        let certificate = Certificate::of_pem(&pem, id, &audience, shows_chain)?;
        let options = ClientAssertionCredentialOptions {
            client_options: self.options(),
        };
        let made =
            ClientAssertionCredential::new(tenant.to_owned(), id.to_owned(), certificate, Some(options));
        self.get(name, made, LIMIT, "").await.map(Some)
    }

    async fn workload(&self) -> Result<Option<Zeroizing<String>>, Refusal> {
        let (Some(tenant), Some(id), Some(file)) = (
            self.text("AZURE_TENANT_ID"),
            self.text("AZURE_CLIENT_ID"),
            self.text("AZURE_FEDERATED_TOKEN_FILE"),
        ) else {
            return Ok(None);
        };
        let made = WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions {
                client_options: self.options(),
            },
            client_id: Some(id.to_owned()),
            tenant_id: Some(tenant.to_owned()),
            token_file_path: Some(self.access.environment.directory().join(file)),
        }));
        self.get(Link::Workload.name(), made, LIMIT, "").await.map(Some)
    }

    /// Where no variable says that there is a managed identity, one is looked for, and none is no failure.
    async fn managed(&self) -> Result<Option<Zeroizing<String>>, Refusal> {
        let is_told = self.is_certain || self.text("IDENTITY_ENDPOINT").is_some();
        let id = self.text("AZURE_CLIENT_ID").map(str::to_owned);
        let made = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
            user_assigned_id: id.map(UserAssignedId::ClientId),
            client_options: self.options(),
        }));
        let limit = if is_told { LIMIT } else { PROBE };
        match self.get(Link::Managed.name(), made, limit, "").await {
            Ok(token) => Ok(Some(token)),
            Err(refusal) if is_told => Err(refusal),
            Err(_) => Ok(None),
        }
    }

    /// Gets a token; `secret` is what no message may repeat.
    async fn get<C: TokenCredential + 'static>(
        &self,
        name: &str,
        made: azure_core::Result<Arc<C>>,
        limit: Duration,
        secret: &str,
    ) -> Result<Zeroizing<String>, Refusal> {
        let scopes = [self.scope];
        let got = match made {
            Ok(credential) => tokio::time::timeout(limit, credential.get_token(&scopes, None)).await,
            Err(error) => Ok(Err(error)),
        };
        match got {
            Ok(Ok(token)) => Ok(Zeroizing::new(token.token.secret().to_owned())),
            Ok(Err(error)) if let Some(fault) = Fault::behind(&error) => {
                Err(fault.refusal(&format!("Microsoft, asked for a token ({name})")))
            }
            Ok(Err(error)) => Err(Refusal::new(format!(
                "Microsoft gives no token: {}",
                first_line(&error, secret)
            ))
            .next("see whether the secret, certificate or identity is right and has not expired")),
            Err(_) => Err(Refusal::new(format!(
                "Microsoft gave no token within {} seconds ({name})",
                limit.as_secs()
            ))),
        }
    }

    /// The token that a tool prints. A tool that is missing is passed over.
    fn tool(&self, words: &[&str]) -> Result<Option<Zeroizing<String>>, Refusal> {
        /// What both print.
        #[derive(Deserialize)]
        struct Printed {
            #[serde(alias = "accessToken")]
            token: Hidden,
        }
        let Some((name, arguments)) = words.split_first() else {
            return Ok(None);
        };
        let program = Program {
            program: name.into(),
            arguments: arguments.iter().map(Into::into).collect(),
            variables: self.access.variables(),
            directory: "/".into(),
        };
        let output = match program.run(b"", TOOL, self.access.cancel) {
            Ok(output) => output,
            Err(ChildError::Missing) => return Ok(None),
            Err(error) => return Err(Refusal::new(format!("{name} {error}"))),
        };
        if !output.success {
            let line = output.stderr.lines().find(|line| !line.trim().is_empty());
            return Err(Refusal::new(format!(
                "{name}: {}",
                said(line.unwrap_or_default(), &[])
            )));
        }
        let printed: Printed = serde_json::from_slice(&output.stdout)
            .map_err(|_| Refusal::new(format!("{name} printed something that is no token")))?;
        Ok(Some(printed.token.0))
    }
}

/// The library's text without its advice, which is about the library.
fn first_line(error: &azure_core::Error, secret: &str) -> String {
    let text = error.to_string();
    said(text.lines().next().unwrap_or_default(), &[secret])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Environment;
    use crate::keys::access::{Cancel, Nobody};

    fn links(wish: Option<&str>) -> Result<Vec<&'static str>, Refusal> {
        let environment = Environment::new(wish.map(|wish| ("AZURE_TOKEN_CREDENTIALS", wish)), "/");
        let found = chosen(&Access {
            environment: &environment,
            ask: &Nobody { drop_in: false },
            cancel: &Cancel::default(),
        });
        found.map(|(links, _)| links.into_iter().map(Link::name).collect())
    }

    #[test]
    fn the_chain_can_be_narrowed() {
        assert_eq!(links(None).unwrap().len(), 5);
        assert_eq!(
            links(Some("dev")).unwrap(),
            ["AzureCLICredential", "AzureDeveloperCLICredential"]
        );
        assert_eq!(links(Some("Prod")).unwrap().len(), 3);
        assert_eq!(
            links(Some("managedidentitycredential")).unwrap(),
            ["ManagedIdentityCredential"]
        );
        assert!(links(Some("azure")).is_err());
    }
}
