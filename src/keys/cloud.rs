//! The services over HTTPS, each a feature of the build, and what is said for those that are not there.

use super::access::{Access, Refusal};
#[cfg(feature = "aws")]
use super::aws::KmsService;
#[cfg(feature = "azure")]
use super::azure::AzureService;
#[cfg(feature = "gcp")]
use super::gcp::GcpService;
use super::service::KeyService;
#[cfg(feature = "vault")]
use super::vault::VaultService;
use crate::metadata::Recipient;
use std::marker::PhantomData;

/// The services of this build. Each is set up when it is first used.
pub struct Cloud<'a> {
    #[cfg(feature = "aws")]
    kms: KmsService<'a>,
    #[cfg(feature = "azure")]
    azure: AzureService<'a>,
    #[cfg(feature = "gcp")]
    gcp: GcpService<'a>,
    #[cfg(feature = "vault")]
    vault: VaultService<'a>,
    _access: PhantomData<Access<'a>>,
}

impl<'a> Cloud<'a> {
    /// The services, with access to what they may use.
    #[must_use]
    pub fn new(access: Access<'a>) -> Self {
        let _ = &access;
        Self {
            #[cfg(feature = "aws")]
            kms: KmsService::new(access),
            #[cfg(feature = "azure")]
            azure: AzureService::new(access),
            #[cfg(feature = "gcp")]
            gcp: GcpService::new(access),
            #[cfg(feature = "vault")]
            vault: VaultService::new(access),
            _access: PhantomData,
        }
    }

    /// The service for a recipient.
    ///
    /// # Errors
    /// When this build has none for its kind.
    pub fn of(&self, recipient: &Recipient) -> Result<&dyn KeyService, Refusal> {
        #[cfg(feature = "aws")]
        if let Recipient::Kms { .. } = recipient {
            return Ok(&self.kms);
        }
        #[cfg(feature = "azure")]
        if let Recipient::AzureKv { .. } = recipient {
            return Ok(&self.azure);
        }
        #[cfg(feature = "gcp")]
        if let Recipient::GcpKms { .. } = recipient {
            return Ok(&self.gcp);
        }
        #[cfg(feature = "vault")]
        if let Recipient::HcVault { .. } = recipient {
            return Ok(&self.vault);
        }
        Err(missing(recipient))
    }
}

/// Why there is no service for a recipient. Its entries are kept and shown all the same.
fn missing(recipient: &Recipient) -> Refusal {
    let (service, feature) = match recipient {
        Recipient::Kms { .. } => ("AWS KMS", "aws"),
        Recipient::GcpKms { .. } => ("GCP KMS", "gcp"),
        Recipient::AzureKv { .. } => ("Azure Key Vault", "azure"),
        Recipient::HcVault { .. } => ("Vault", "vault"),
        Recipient::HcKms { .. } => {
            return Refusal::new("lazysops does not speak with HuaweiCloud KMS; the entry is kept as it is")
                .next("use another key of the file, or sops for this one");
        }
        Recipient::Age { .. } | Recipient::Pgp { .. } => {
            return Refusal::new(format!("{} is no service over the network", recipient.kind()));
        }
    };
    Refusal::new(format!(
        "this lazysops was built without {service}; the entry is kept as it is"
    ))
    .next(format!(
        "use a lazysops that was built with the feature {feature}"
    ))
}

#[cfg(test)]
mod tests {
    use super::missing;
    use crate::metadata::Recipient;

    #[test]
    fn a_service_that_is_not_there_is_named() {
        let key = Recipient::HcKms {
            key_id: "eu-west-101:11111111-2222-3333-4444-555555555555".to_owned(),
        };
        assert!(missing(&key).reason.contains("HuaweiCloud"));
        let key = Recipient::GcpKms {
            resource_id: "projects/p".to_owned(),
        };
        let refusal = missing(&key);
        assert!(refusal.reason.contains("without GCP KMS"), "{refusal}");
        assert!(refusal.next.unwrap().ends_with("gcp"));
    }
}
