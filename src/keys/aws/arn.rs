//! Names of KMS keys.

use crate::keys::access::{Refusal, plain_line};

/// `arn:PARTITION:kms:REGION:ACCOUNT:key/…` or `…:alias/…`
#[derive(Debug)]
pub struct Arn<'t> {
    /// All of it.
    pub text: &'t str,
    /// The region that keeps the key.
    pub region: &'t str,
}

impl<'t> Arn<'t> {
    /// Checks it. The region becomes part of a host name, so it may have nothing but letters, digits and hyphens.
    pub fn parse(text: &'t str) -> Result<Self, Refusal> {
        let parse = || {
            let mut parts = text.splitn(6, ':');
            let (start, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
            let (region, account, key) = (parts.next()?, parts.next()?, parts.next()?);
            let name = key.strip_prefix("key/").or_else(|| key.strip_prefix("alias/"))?;
            let fits = start == "arn"
                && partition.starts_with("aws")
                && is_decent(partition)
                && service == "kms"
                && is_decent(region)
                && !account.is_empty()
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_graphic());
            fits.then_some(Self { text, region })
        };
        parse().ok_or_else(|| {
            Refusal::new(format!("no valid ARN found in '{}'", plain_line(text)))
                .next("it has the form arn:aws:kms:REGION:ACCOUNT:key/ID")
        })
    }
}

/// Whether it has nothing but what names of regions have.
fn is_decent(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_aliases_lead_to_their_region() {
        let region = |text| Arn::parse(text).unwrap().region;
        assert_eq!(
            region("arn:aws:kms:eu-west-1:123456789012:alias/a:b"),
            "eu-west-1"
        );
        assert_eq!(region("arn:aws-cn:kms:cn-north-1:1:key/x"), "cn-north-1");
    }

    #[test]
    fn a_file_cannot_name_a_host_of_its_own() {
        for text in [
            "arn:aws:kms:evil.example/:1:key/x",
            "arn:aws:kms:x@evil:1:key/x",
            "arn:aws:kms::1:key/x",
            "arn:aws:kms:eu-west-1:x:key/x",
            "arn:aws:kms:eu-west-1:1:key/",
            "arn:aws:kms:eu-west-1:1:key/a b",
            "alias/x",
            "arn:aws:s3:eu-west-1:1:key/x",
            "",
        ] {
            assert!(Arn::parse(text).is_err(), "{text}");
        }
    }
}
