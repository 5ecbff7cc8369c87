//! The address of a Vault, which a file names, and whether the token may go there (security P7).

use crate::keys::access::{Access, Refusal, plain_line};
use crate::keys::consent;
use crate::keys::net::{is_bare, is_loopback};
use reqwest::Url;

/// An address: `http` or `https`, a host, perhaps a port, nothing else.
#[derive(Debug)]
pub struct Address(Url);

impl Address {
    /// Checks it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let unusable = || {
            Refusal::new(format!("'{}' is no address of a Vault", plain_line(text)))
                .next("it has the form https://host:8200")
        };
        let url = Url::parse(text).map_err(|_| unusable())?;
        if matches!(url.scheme(), "http" | "https") && is_bare(&url, text) {
            Ok(Self(url))
        } else {
            Err(unusable())
        }
    }

    /// As it is written and compared: in lower case, without a slash at its end.
    pub fn text(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// To call it.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    fn is_bare(&self) -> bool {
        self.0.scheme() == "http" && !is_loopback(&self.0)
    }
}

/// Lets the token go to the address, or not: by the allowlist, by `VAULT_ADDR`, or by asking.
pub fn check(access: &Access<'_>, address: &Address) -> Result<(), Refusal> {
    let environment = access.environment;
    let list = environment.text("SOPS_HC_VAULT_ALLOWLIST");
    if list.is_some_and(|list| !is_allowed(address, list)) {
        return Err(
            Refusal::new(format!("Allowlist does not allow {}", address.text()))
                .next("add it to SOPS_HC_VAULT_ALLOWLIST if you trust it with your token"),
        );
    }
    let own = environment.text("VAULT_ADDR");
    let own = own.and_then(|own| Address::parse(own).ok());
    let known = list.is_some() || own.is_some_and(|own| own.text() == address.text());
    if known && !address.is_bare() {
        return Ok(());
    }
    let credential = if address.is_bare() {
        "the Vault token, not encrypted,"
    } else {
        "the Vault token"
    };
    if consent::may_send(access, credential, address.text()) {
        return Ok(());
    }
    let next = if address.is_bare() {
        "use https"
    } else {
        "set VAULT_ADDR to it, or add it to SOPS_HC_VAULT_ALLOWLIST, if you trust it with your token"
    };
    Err(Refusal::new(format!("{credential} was not sent to {}", address.text())).next(next))
}

/// Whether `all` is allowed, or the address, with a slash at its end, begins with an entry of the list.
fn is_allowed(address: &Address, list: &str) -> bool {
    if matches!(list, "all" | "none") {
        return list == "all";
    }
    let address = format!("{}/", address.text());
    list.split(',')
        .map(str::trim)
        .any(|prefix| !prefix.is_empty() && address.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Environment;
    use crate::keys::access::{Cancel, Nobody};

    #[test]
    fn only_plain_addresses_are_taken() {
        for text in [
            "https://v.example",
            "https://V.example:8200/",
            "http://127.0.0.1:8200",
            "https://[::1]:1",
        ] {
            assert!(Address::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "v.example",
            "ftp://v.example",
            "https://",
            "https://u:p@v.example",
            "https://@v.example",
            "https://v.example/x",
            "https://v.example?x",
            "https://v.example#x",
            "file:///etc/passwd",
            "https://v.example@evil.example",
            "https://v.example\\@evil.example",
            "https://v.exa\nmple",
            "https://v example",
            "https://ｖ.example",
            "javascript:x",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            Address::parse("HTTPS://V.Example:443/").unwrap().text(),
            "https://v.example"
        );
    }

    fn allowed(variables: &[(&str, &str)], drop_in: bool, address: &str) -> bool {
        let environment = Environment::new(variables.iter().copied(), "/");
        let access = Access {
            environment: &environment,
            ask: &Nobody { drop_in },
            cancel: &Cancel::default(),
        };
        check(&access, &Address::parse(address).unwrap()).is_ok()
    }

    #[test]
    fn the_token_goes_only_where_the_user_said() {
        let (ours, evil) = ("https://v.example:8200", "https://evil.example");
        let own = ("VAULT_ADDR", "https://v.example:8200/");
        assert!(allowed(&[own], false, ours) && !allowed(&[own], false, evil));
        assert!(!allowed(&[], false, ours) && allowed(&[], true, evil));
        let list = (
            "SOPS_HC_VAULT_ALLOWLIST",
            "https://v.example:8200/, https://w.example/",
        );
        assert!(allowed(&[list], false, ours) && allowed(&[list], false, "https://w.example"));
        assert!(
            !allowed(&[list], true, evil),
            "the allowlist binds drop-in commands too"
        );
        assert!(!allowed(&[list, ("VAULT_ADDR", evil)], false, evil));
        assert!(!allowed(&[list], true, "https://v.example:8201"));
        assert!(!allowed(&[("SOPS_HC_VAULT_ALLOWLIST", "none")], true, ours));
        assert!(allowed(&[("SOPS_HC_VAULT_ALLOWLIST", "all")], false, evil));
    }

    #[test]
    fn plain_http_beyond_this_machine_is_asked_about() {
        let own = ("VAULT_ADDR", "http://v.example:8200");
        assert!(!allowed(&[own], false, "http://v.example:8200"));
        assert!(allowed(&[own], true, "http://v.example:8200"));
        let own = ("VAULT_ADDR", "http://127.0.0.1:8200");
        assert!(allowed(&[own], false, "http://127.0.0.1:8200"));
    }
}
