//! The messages of sops's key service, as its `keyservice.proto` has them: the numbers are the format.

use crate::metadata::Recipient;
use prost::{Message, Oneof};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroize;

/// The path of the method that wraps.
pub const ENCRYPT: &str = "/KeyService/Encrypt";
/// The path of the method that unwraps.
pub const DECRYPT: &str = "/KeyService/Decrypt";

/// Whose key.
#[derive(Clone, PartialEq, Message)]
pub struct Key {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub kind: Option<Kind>,
}

/// Of which service.
#[derive(Clone, PartialEq, Oneof)]
pub enum Kind {
    #[prost(message, tag = "1")]
    Kms(Kms),
    #[prost(message, tag = "2")]
    Pgp(Pgp),
    #[prost(message, tag = "3")]
    GcpKms(GcpKms),
    #[prost(message, tag = "4")]
    AzureKv(AzureKv),
    #[prost(message, tag = "5")]
    Vault(Vault),
    #[prost(message, tag = "6")]
    Age(Age),
    #[prost(message, tag = "7")]
    HcKms(HcKms),
}

#[derive(Clone, PartialEq, Message)]
pub struct Kms {
    #[prost(string, tag = "1")]
    pub arn: String,
    #[prost(string, tag = "2")]
    pub role: String,
    #[prost(btree_map = "string, string", tag = "3")]
    pub context: BTreeMap<String, String>,
    #[prost(string, tag = "4")]
    pub aws_profile: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Pgp {
    #[prost(string, tag = "1")]
    pub fingerprint: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct GcpKms {
    #[prost(string, tag = "1")]
    pub resource_id: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct AzureKv {
    #[prost(string, tag = "1")]
    pub vault_url: String,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(string, tag = "3")]
    pub version: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Vault {
    #[prost(string, tag = "1")]
    pub vault_address: String,
    #[prost(string, tag = "2")]
    pub engine_path: String,
    #[prost(string, tag = "3")]
    pub key_name: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Age {
    #[prost(string, tag = "1")]
    pub recipient: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct HcKms {
    #[prost(string, tag = "1")]
    pub key_id: String,
}

/// Asks for a secret to be wrapped.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct EncryptRequest {
    #[prost(message, optional, tag = "1")]
    pub key: Option<Key>,
    #[prost(bytes = "vec", tag = "2")]
    pub plaintext: Vec<u8>,
}

/// The wrapped secret.
#[derive(Clone, PartialEq, Message)]
pub struct EncryptResponse {
    #[prost(bytes = "vec", tag = "1")]
    pub ciphertext: Vec<u8>,
}

/// Asks for a secret to be unwrapped.
#[derive(Clone, PartialEq, Message)]
pub struct DecryptRequest {
    #[prost(message, optional, tag = "1")]
    pub key: Option<Key>,
    #[prost(bytes = "vec", tag = "2")]
    pub ciphertext: Vec<u8>,
}

/// The secret.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct DecryptResponse {
    #[prost(bytes = "vec", tag = "1")]
    pub plaintext: Vec<u8>,
}

impl fmt::Debug for EncryptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptRequest(…)")
    }
}

impl fmt::Debug for DecryptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptResponse(…)")
    }
}

impl Drop for EncryptRequest {
    fn drop(&mut self) {
        self.plaintext.zeroize();
    }
}

impl Drop for DecryptResponse {
    fn drop(&mut self) {
        self.plaintext.zeroize();
    }
}

impl From<&Recipient> for Key {
    fn from(recipient: &Recipient) -> Self {
        let kind = match recipient.clone() {
            Recipient::Age { recipient } => Kind::Age(Age { recipient }),
            Recipient::Pgp { fingerprint } => Kind::Pgp(Pgp { fingerprint }),
            Recipient::Kms {
                arn,
                role,
                context,
                aws_profile,
            } => Kind::Kms(Kms {
                arn,
                role,
                context: context.into_iter().collect(),
                aws_profile,
            }),
            Recipient::GcpKms { resource_id } => Kind::GcpKms(GcpKms { resource_id }),
            Recipient::AzureKv {
                vault_url,
                name,
                version,
            } => Kind::AzureKv(AzureKv {
                vault_url,
                name,
                version,
            }),
            Recipient::HcVault {
                vault_address,
                engine_path,
                key_name,
            } => Kind::Vault(Vault {
                vault_address,
                engine_path,
                key_name,
            }),
            Recipient::HcKms { key_id } => Kind::HcKms(HcKms { key_id }),
        };
        Self { kind: Some(kind) }
    }
}

impl Key {
    /// Whose key it is; `None` for a kind of a later version.
    pub fn recipient(self) -> Option<Recipient> {
        Some(match self.kind? {
            Kind::Age(Age { recipient }) => Recipient::Age { recipient },
            Kind::Pgp(Pgp { fingerprint }) => Recipient::Pgp { fingerprint },
            Kind::Kms(kms) => Recipient::Kms {
                arn: kms.arn,
                role: kms.role,
                context: kms.context.into_iter().collect(),
                aws_profile: kms.aws_profile,
            },
            Kind::GcpKms(GcpKms { resource_id }) => Recipient::GcpKms { resource_id },
            Kind::AzureKv(key) => Recipient::AzureKv {
                vault_url: key.vault_url,
                name: key.name,
                version: key.version,
            },
            Kind::Vault(key) => Recipient::HcVault {
                vault_address: key.vault_address,
                engine_path: key.engine_path,
                key_name: key.key_name,
            },
            Kind::HcKms(HcKms { key_id }) => Recipient::HcKms { key_id },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_sops() {
        let request = DecryptRequest {
            key: Some(Key::from(&Recipient::Age {
                recipient: "age1x".to_owned(),
            })),
            ciphertext: b"enc".to_vec(),
        };
        // key = 1 { age_key = 6 { recipient = 1 "age1x" } }, ciphertext = 2 "enc"
        assert_eq!(
            request.encode_to_vec(),
            b"\x0a\x09\x32\x07\x0a\x05age1x\x12\x03enc"
        );
    }

    #[test]
    fn every_kind_of_key_survives_the_way() {
        let text = |name: &str| name.to_owned();
        let keys = [
            Recipient::Age { recipient: text("a") },
            Recipient::Pgp {
                fingerprint: text("f"),
            },
            Recipient::Kms {
                arn: text("arn"),
                role: text("role"),
                context: vec![(text("k"), text("v")), (text("l"), text("w"))],
                aws_profile: text("p"),
            },
            Recipient::GcpKms {
                resource_id: text("r"),
            },
            Recipient::AzureKv {
                vault_url: text("u"),
                name: text("n"),
                version: text("v"),
            },
            Recipient::HcVault {
                vault_address: text("a"),
                engine_path: text("e"),
                key_name: text("k"),
            },
            Recipient::HcKms { key_id: text("h") },
        ];
        for key in keys {
            let bytes = Key::from(&key).encode_to_vec();
            assert_eq!(Key::decode(&*bytes).unwrap().recipient(), Some(key));
        }
        assert_eq!(Key::default().recipient(), None);
    }

    #[test]
    fn secrets_are_not_printed() {
        let request = EncryptRequest {
            key: None,
            plaintext: b"canary".to_vec(),
        };
        assert_eq!(format!("{request:?}"), "EncryptRequest(…)");
    }
}
