//! The address of a vault, which a file names, and whether a token may go there (security P7).

use crate::keys::access::{Access, Refusal, plain_line};
use crate::keys::consent;
use crate::keys::net::is_bare;
use reqwest::Url;

/// The domains of Azure's clouds, and the scope of tokens for each.
const CLOUDS: &[(&str, &str)] = &[
    (".vault.azure.net", "https://vault.azure.net/.default"),
    (".vault.azure.cn", "https://vault.azure.cn/.default"),
    (
        ".vault.usgovcloudapi.net",
        "https://vault.usgovcloudapi.net/.default",
    ),
    (
        ".vault.microsoftazure.de",
        "https://vault.microsoftazure.de/.default",
    ),
    (".managedhsm.azure.net", "https://managedhsm.azure.net/.default"),
    (".managedhsm.azure.cn", "https://managedhsm.azure.cn/.default"),
    (
        ".managedhsm.usgovcloudapi.net",
        "https://managedhsm.usgovcloudapi.net/.default",
    ),
];

/// A vault: `https://` and a host.
#[derive(Debug)]
pub struct Vault {
    url: Url,
    scope: Option<&'static str>,
}

impl Vault {
    /// Checks the address.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let unusable = || {
            Refusal::new(format!(
                "'{}' is no address of an Azure Key Vault",
                plain_line(text)
            ))
            .next("it has the form https://NAME.vault.azure.net")
        };
        let url = Url::parse(text).map_err(|_| unusable())?;
        if url.scheme() != "https" || !is_bare(&url, text) {
            return Err(unusable());
        }
        let host = url.host_str().unwrap_or_default();
        let cloud = CLOUDS.iter().find(|(domain, _)| {
            host.strip_suffix(domain)
                .is_some_and(|name| !name.is_empty() && !name.contains('.'))
        });
        let scope = cloud.filter(|_| url.port().is_none()).map(|(_, scope)| *scope);
        Ok(Self { url, scope })
    }

    /// To call it.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// As it is written, without a slash at its end.
    pub fn text(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// What a token for it is good for.
    pub fn scope(&self) -> &'static str {
        self.scope.unwrap_or("https://vault.azure.net/.default")
    }

    /// Who is asked, for messages.
    pub fn service(&self) -> String {
        format!("Azure Key Vault at {}", self.text())
    }

    /// Lets a token go there, or not.
    pub fn check(&self, access: &Access<'_>) -> Result<(), Refusal> {
        if self.scope.is_some() || consent::may_send(access, "an Azure token", self.text()) {
            return Ok(());
        }
        Err(Refusal::new(format!(
            "no Azure token was sent to {}, which is not of Azure",
            self.text()
        ))
        .next("agree when you are asked, if you trust it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_of_azure_get_a_token_unasked() {
        let known = |text: &str| Vault::parse(text).unwrap().scope.is_some();
        assert!(known("https://v.vault.azure.net") && known("https://V.Vault.Azure.CN/"));
        assert!(known("https://v.vault.azure.net:443"));
        for text in [
            "https://vault.azure.net",
            "https://evilvault.azure.net",
            "https://v.vault.azure.net:8443",
            "https://v.vault.azure.net.evil.example",
            "https://evil.example",
            "https://a.b.vault.azure.net",
        ] {
            assert!(!known(text), "{text}");
        }
        for text in [
            "",
            "http://v.vault.azure.net",
            "https://u@v.vault.azure.net",
            "https://evil.example\\@v.vault.azure.net",
            "https://v.vault.azure.net/x",
        ] {
            assert!(Vault::parse(text).is_err(), "{text}");
        }
    }
}
