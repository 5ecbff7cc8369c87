//! Recipients as people write them in a `.sops.yaml` or on the command line (spec §9): lists separated by commas. What is
//! wrong with one is told without showing it: now and then it is a private key.

use crate::metadata::{KeyEntry, Recipient};
use thiserror::Error;

/// A recipient that is written in a way that has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadRecipient(&'static str);

/// An entry for a recipient that nothing was wrapped for yet.
#[must_use]
pub const fn unwrapped(recipient: Recipient) -> KeyEntry {
    KeyEntry {
        recipient,
        enc: String::new(),
        created_at: None,
    }
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// age and SSH public keys.
///
/// # Errors
/// When one is a private key; whether a public one can be used is found out when it is.
pub fn age(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    let make = |part: &str| {
        let upper = part.to_ascii_uppercase();
        if upper.starts_with("AGE-SECRET-KEY-") || upper.starts_with("AGE-PLUGIN-") {
            return Err(BadRecipient(
                "this is a private key; a recipient is a public one (age1…)",
            ));
        }
        Ok(Recipient::Age {
            recipient: part.to_owned(),
        })
    };
    parts(list).map(make).collect()
}

/// OpenPGP fingerprints; spaces inside are dropped.
///
/// # Errors
/// Never here; whether a key can be used is found out when it is.
pub fn pgp(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    let make = |part: &str| Recipient::Pgp {
        fingerprint: part.replace(' ', ""),
    };
    Ok(parts(list).map(make).collect())
}

/// AWS KMS ARNs, each perhaps with `+` and the ARN of a role.
///
/// # Errors
/// Never here; whether a key can be used is found out when it is.
pub fn kms(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    let make = |part: &str| {
        let part = part.replace(' ', "");
        let (arn, role) = match part.split_once("+arn:") {
            Some((arn, role)) => (arn.to_owned(), format!("arn:{role}")),
            None => (part, String::new()),
        };
        Recipient::Kms {
            arn,
            role,
            context: Vec::new(),
            aws_profile: String::new(),
        }
    };
    Ok(parts(list).map(make).collect())
}

/// GCP KMS resource ids.
///
/// # Errors
/// Never here; whether a key can be used is found out when it is.
pub fn gcp_kms(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    let make = |part: &str| Recipient::GcpKms {
        resource_id: part.replace(' ', ""),
    };
    Ok(parts(list).map(make).collect())
}

/// HuaweiCloud KMS ids, `region:uuid`.
///
/// # Errors
/// When there is no region.
pub fn hckms(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    let make = |part: &str| match part.split_once(':') {
        Some((region, id)) if !region.is_empty() && !id.is_empty() => Ok(Recipient::HcKms {
            key_id: part.to_owned(),
        }),
        _ => Err(BadRecipient("a HuaweiCloud key is written region:uuid")),
    };
    parts(list).map(make).collect()
}

/// Azure Key Vault URLs, `https://VAULT/keys/NAME/VERSION`; the version may be missing.
///
/// # Errors
/// When a URL has another form.
pub fn azure(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    const FORM: BadRecipient = BadRecipient("an Azure key is written https://VAULT/keys/NAME/VERSION");
    let make = |part: &str| {
        let rest = part.strip_prefix("https://").ok_or(FORM)?;
        let (host, rest) = rest.split_once("/keys/").ok_or(FORM)?;
        let (name, version) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() || host.contains('/') || name.is_empty() || version.contains('/') {
            return Err(FORM);
        }
        Ok(Recipient::AzureKv {
            vault_url: format!("https://{host}"),
            name: name.to_owned(),
            version: version.to_owned(),
        })
    };
    parts(list).map(make).collect()
}

/// Vault transit URIs, `https://HOST:PORT/v1/ENGINE/keys/NAME`.
///
/// # Errors
/// When a URI has another form.
pub fn vault(list: &str) -> Result<Vec<Recipient>, BadRecipient> {
    const FORM: BadRecipient = BadRecipient("a Vault key is written https://HOST:PORT/v1/ENGINE/keys/NAME");
    let make = |part: &str| {
        let (scheme, rest) = part.split_once("://").ok_or(FORM)?;
        let (host, path) = rest.split_once('/').ok_or(FORM)?;
        let path = path.trim_matches('/');
        let inner = path.strip_prefix("v1/").ok_or(FORM)?;
        let (engine, name) = inner.rsplit_once("/keys/").ok_or(FORM)?;
        let odd = name.contains(['/', '?', '#']) || engine.contains(['?', '#']);
        if scheme.is_empty() || host.is_empty() || engine.is_empty() || name.is_empty() || odd {
            return Err(FORM);
        }
        Ok(Recipient::HcVault {
            vault_address: format!("{scheme}://{host}"),
            engine_path: engine.to_owned(),
            key_name: name.to_owned(),
        })
    };
    parts(list).map(make).collect()
}

/// One key of any kind, told by its form: what somebody pastes.
///
/// # Errors
/// When it is none, several, or a private one.
pub fn any(text: &str) -> Result<Recipient, BadRecipient> {
    // A comma that comes along when a key is copied out of a list hides what kind of key it is.
    let text = text.trim_matches(|c: char| c == ',' || c.is_whitespace());
    let upper = text.to_ascii_uppercase();
    let digits = text.trim_end_matches('!').replace(' ', "");
    let digits = digits
        .strip_prefix("0x")
        .or(digits.strip_prefix("0X"))
        .unwrap_or(&digits);
    let is_fingerprint = digits.len() >= 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let read = if upper.starts_with("AGE") || text.starts_with("ssh-") {
        age(text)
    } else if text.starts_with("arn:") {
        kms(text)
    } else if text.starts_with("projects/") {
        gcp_kms(text)
    } else if text.contains("://") && text.contains("/v1/") {
        vault(text)
    } else if text.contains("://") {
        azure(text)
    } else if is_fingerprint {
        pgp(text)
    } else {
        hckms(text).map_err(|_| BadRecipient("this is no public key that sops knows"))
    };
    match <[Recipient; 1]>::try_from(read?) {
        Ok([one]) => Ok(one),
        Err(_) => Err(BadRecipient("name one key at a time")),
    }
}

/// A recipient as people write it; the context and the profile of an AWS key have fields of their own.
#[must_use]
pub fn written(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Age { recipient } => recipient.clone(),
        Recipient::Pgp { fingerprint } => fingerprint.clone(),
        Recipient::Kms { arn, role, .. } if role.is_empty() => arn.clone(),
        Recipient::Kms { arn, role, .. } => format!("{arn}+{role}"),
        Recipient::GcpKms { resource_id } => resource_id.clone(),
        Recipient::AzureKv {
            vault_url,
            name,
            version,
        } => format!("{vault_url}/keys/{name}/{version}"),
        Recipient::HcVault {
            vault_address,
            engine_path,
            key_name,
        } => format!("{vault_address}/v1/{engine_path}/keys/{key_name}"),
        Recipient::HcKms { key_id } => key_id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{any, azure, hckms, kms, pgp, vault};
    use crate::metadata::Recipient;

    #[test]
    fn a_role_is_split_from_the_key_it_opens() {
        let keys =
            kms("arn:aws:kms:eu-west-1:1:key/a + arn:aws:iam::1:role/r, arn:aws:kms:eu-west-1:1:key/b")
                .unwrap();
        let expected = |arn: &str, role: &str| Recipient::Kms {
            arn: arn.to_owned(),
            role: role.to_owned(),
            context: Vec::new(),
            aws_profile: String::new(),
        };
        assert_eq!(
            keys,
            [
                expected("arn:aws:kms:eu-west-1:1:key/a", "arn:aws:iam::1:role/r"),
                expected("arn:aws:kms:eu-west-1:1:key/b", ""),
            ]
        );
    }

    #[test]
    fn a_key_copied_out_of_a_list_with_its_comma_does_not_pass_for_one_of_another_service() {
        let arn = "arn:aws:kms:eu-west-1:1:key/a";
        for text in [format!(",{arn}"), format!("{arn},"), format!(" , {arn}, ")] {
            assert_eq!(any(&text).unwrap(), any(arn).unwrap(), "{text}");
        }
        for text in ["AB, CD", "region:id,arn:aws:kms:eu-west-1:1:key/a", ","] {
            assert!(any(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_split_where_sops_splits_them() {
        assert_eq!(
            vault("https://h:8200/v1/team/transit/keys/k").unwrap(),
            [Recipient::HcVault {
                vault_address: "https://h:8200".to_owned(),
                engine_path: "team/transit".to_owned(),
                key_name: "k".to_owned(),
            }]
        );
        assert_eq!(
            azure("https://v.vault.azure.net/keys/k/0a").unwrap(),
            [Recipient::AzureKv {
                vault_url: "https://v.vault.azure.net".to_owned(),
                name: "k".to_owned(),
                version: "0a".to_owned(),
            }]
        );
    }

    #[test]
    fn a_recipient_without_meaning_is_refused_without_being_shown() {
        for error in [
            vault("https://h/transit/keys/SECRET").unwrap_err(),
            azure("http://SECRET/keys/k").unwrap_err(),
            hckms("SECRET").unwrap_err(),
        ] {
            assert!(!error.to_string().contains("SECRET"));
        }
    }

    #[test]
    fn blanks_in_fingerprints_and_empty_parts_do_not_matter() {
        assert_eq!(
            pgp(" AB CD ,, ").unwrap(),
            [Recipient::Pgp {
                fingerprint: "ABCD".to_owned()
            }]
        );
    }
}
