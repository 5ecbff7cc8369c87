//! What the variables of the official client say: the token, certificates, a proxy.

use crate::keys::access::{Access, Refusal};
use crate::keys::net::Trust;
use zeroize::Zeroizing;

/// The token, and where it comes from.
pub struct Token {
    /// The token itself.
    pub text: Zeroizing<String>,
    /// Its source, for messages.
    pub source: &'static str,
}

/// `VAULT_TOKEN`, or else `~/.vault-token`.
pub fn token(access: &Access<'_>) -> Result<Token, Refusal> {
    if let Some(text) = access.environment.text("VAULT_TOKEN") {
        return Ok(Token {
            text: Zeroizing::new(text.trim().to_owned()),
            source: "VAULT_TOKEN",
        });
    }
    let file = access.environment.home().map(|home| home.join(".vault-token"));
    let text = file.and_then(|file| std::fs::read_to_string(file).ok().map(Zeroizing::new));
    match text.as_deref().map(|text| text.trim()) {
        Some(text) if !text.is_empty() => Ok(Token {
            text: Zeroizing::new(text.to_owned()),
            source: "~/.vault-token",
        }),
        _ => Err(Refusal::new("there is no Vault token").next("log in (`vault login`), or set VAULT_TOKEN")),
    }
}

/// Whom to trust, and who this is.
pub fn trust(access: &Access<'_>) -> Result<Trust, Refusal> {
    let environment = access.environment;
    for unknown in ["VAULT_TLS_SERVER_NAME", "VAULT_CAPATH"] {
        if environment.text(unknown).is_some() {
            return Err(Refusal::new(format!("{unknown} is set, and it is not supported"))
                .next("put the certificates into one file, and set VAULT_CACERT to it"));
        }
    }
    let read = |variable: &'static str| {
        let Some(path) = environment.text(variable) else {
            return Ok(None);
        };
        std::fs::read(environment.directory().join(path))
            .map(Some)
            .map_err(|_| Refusal::new(format!("the file that {variable} names cannot be read")))
    };
    let roots = match environment.text("VAULT_CACERT_BYTES") {
        Some(text) => Some((text.as_bytes().to_vec(), "VAULT_CACERT_BYTES")),
        None => read("VAULT_CACERT")?.map(|pem| (pem, "VAULT_CACERT")),
    };
    let identity = match (read("VAULT_CLIENT_CERT")?, read("VAULT_CLIENT_KEY")?) {
        (Some(certificate), Some(key)) => Some(Zeroizing::new([key, certificate].concat())),
        (None, None) => None,
        _ => {
            return Err(Refusal::new(
                "only one of VAULT_CLIENT_CERT and VAULT_CLIENT_KEY is set; they go together",
            ));
        }
    };
    let is_blind = matches!(
        environment.text("VAULT_SKIP_VERIFY"),
        Some("1" | "t" | "T" | "true" | "TRUE" | "True")
    );
    let proxy = environment
        .text("VAULT_PROXY_ADDR")
        .or_else(|| environment.text("VAULT_HTTP_PROXY"));
    Ok(Trust {
        roots,
        identity,
        is_blind,
        proxy: proxy.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Environment;
    use crate::keys::access::{Cancel, Nobody};

    fn with<T>(variables: &[(&str, &str)], use_it: impl FnOnce(&Access<'_>) -> T) -> T {
        let environment = Environment::new(variables.iter().copied(), "/");
        use_it(&Access {
            environment: &environment,
            ask: &Nobody { drop_in: false },
            cancel: &Cancel::default(),
        })
    }

    #[test]
    fn the_token_file_is_used_when_no_variable_is_set() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".vault-token"), "from-file\n").unwrap();
        let home = ("HOME", home.path().to_str().unwrap());
        let found = |variables: &[(&str, &str)]| {
            with(variables, |access| {
                token(access).map(|token| (token.text.to_string(), token.source))
            })
        };
        assert_eq!(
            found(&[home]).unwrap(),
            ("from-file".to_owned(), "~/.vault-token")
        );
        assert_eq!(
            found(&[home, ("VAULT_TOKEN", "t")]).unwrap(),
            ("t".to_owned(), "VAULT_TOKEN")
        );
        assert_eq!(found(&[]).unwrap_err().reason, "there is no Vault token");
    }

    #[test]
    fn what_cannot_be_done_is_said_and_not_ignored() {
        for variable in [
            "VAULT_TLS_SERVER_NAME",
            "VAULT_CAPATH",
            "VAULT_CACERT",
            "VAULT_CLIENT_CERT",
        ] {
            let refusal = with(&[(variable, "/nowhere")], |access| trust(access).err().unwrap());
            assert!(refusal.reason.contains(variable), "{refusal}");
        }
    }
}
