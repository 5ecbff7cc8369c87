//! Getting at the data key of a file, or saying why not.

use super::caution::Caution;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, plain_line};
use crate::keys::channels::Channels;
use crate::keys::remote::is_private;
use crate::keys::{self, Attempt, Outcome, Unlocked};
use crate::metadata::{Metadata, Recipient};
use crate::policy::recipient::written;
use crate::seal::DataKey;
use std::collections::HashSet;
use std::fmt::Write as _;

/// The environment in which keys are tried in this order.
///
/// # Errors
/// When a kind of key stands twice in the order.
pub fn with_order(environment: &Environment, order: Option<&str>) -> Result<Environment, Failure> {
    let environment = match order {
        Some(order) => environment.clone().with("SOPS_DECRYPTION_ORDER", order),
        None => environment.clone(),
    };
    let order = environment.text("SOPS_DECRYPTION_ORDER").unwrap_or_default();
    let mut seen = HashSet::new();
    if order.is_empty() || order.split(',').all(|kind| seen.insert(kind)) {
        return Ok(environment);
    }
    Err(Failure::new(
        Kind::DecryptionOrder,
        "a kind of key stands twice in the decryption order",
    ))
}

/// The environment in which these key services are used too; a flag goes before its variable, as in sops.
#[must_use]
pub fn with_services(environment: &Environment, there: &[String], here: Option<&str>) -> Environment {
    let mut environment = environment.clone();
    if !there.is_empty() {
        environment = environment.with("SOPS_KEYSERVICE", there.join(","));
    }
    if let Some(here) = here {
        environment = environment.with("SOPS_ENABLE_LOCAL_KEYSERVICE", here);
    }
    environment
}

/// As [`with_services`]; warns of services on other machines, to which data keys go unencrypted.
///
/// # Errors
/// That warning, when strict.
pub fn with_keyservices(
    environment: &Environment,
    there: &[String],
    here: Option<&str>,
    caution: &mut Caution,
) -> Result<Environment, Failure> {
    let environment = with_services(environment, there, here);
    let far = Channels::of(&environment).there.into_iter();
    for address in far.filter(|address| !is_private(address)) {
        let address = plain_line(&address);
        caution.warn(format!(
            "data keys go to {address} unencrypted: the protocol of key services has no encryption"
        ))?;
    }
    Ok(environment)
}

/// The data key, and what became of each key on the way.
///
/// # Errors
/// When no key at hand, or too few of them, give it.
pub fn data_key(
    metadata: &Metadata,
    name: &str,
    environment: &Environment,
) -> Result<(DataKey, Vec<Attempt>), Failure> {
    let Unlocked { key, attempts } = keys::unlock(metadata, environment);
    match key {
        Some(key) => Ok((key, attempts)),
        None => Err(locked(metadata, name, &attempts)),
    }
}

/// The failure that explains every key that was tried.
#[must_use]
pub fn locked(metadata: &Metadata, name: &str, attempts: &[Attempt]) -> Failure {
    let mut text = format!("{name}: Failed to get the data key required to decrypt the SOPS file.\n");
    for group in 0..metadata.groups.len() {
        let tried = || attempts.iter().filter(|attempt| attempt.group == group);
        let opened = tried().any(|attempt| matches!(attempt.outcome, Outcome::Opened { .. }));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\nGroup {group}: {}",
            if opened { "SUCCESS" } else { "FAILED" }
        );
        for attempt in tried() {
            describe(&mut text, attempt);
        }
        text.push('\n');
    }
    let mut failure = Failure::new(Kind::NoDataKey, text.trim_end());
    let mut told = HashSet::new();
    for attempt in attempts {
        if let Outcome::Failed { next: Some(next), .. } = &attempt.outcome
            && told.insert(next.clone())
        {
            failure = failure.hint(next.clone());
        }
    }
    failure
}

fn describe(text: &mut String, attempt: &Attempt) {
    let identity = identity(&attempt.recipient);
    let _ = match &attempt.outcome {
        Outcome::Opened { .. } => write!(text, "\n  {identity}: SUCCESS"),
        Outcome::NotTried => write!(text, "\n  {identity}: not tried"),
        Outcome::Failed { reasons, .. } => {
            let _ = write!(text, "\n  {identity}: FAILED");
            reasons
                .iter()
                .try_for_each(|reason| write!(text, "\n    - | {reason}"))
        }
    };
}

/// What names a recipient in messages (spec §9.3).
#[must_use]
pub fn identity(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Kms {
            arn,
            role,
            context,
            aws_profile,
        } => kms_identity(arn, role, context, aws_profile),
        other => written(other),
    }
}

fn kms_identity(arn: &str, role: &str, context: &[(String, String)], profile: &str) -> String {
    let mut text = arn.to_owned();
    if !role.is_empty() {
        text = format!("{text}+{role}");
    }
    if !context.is_empty() || !profile.is_empty() {
        let pairs: Vec<String> = context
            .iter()
            .map(|(name, value)| format!("{name}:{value}"))
            .collect();
        text = format!("{text}|{}", pairs.join(","));
    }
    if !profile.is_empty() {
        text = format!("{text}|{profile}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::with_order;
    use crate::failure::Kind;
    use crate::host::Environment;

    #[test]
    fn a_kind_that_stands_twice_in_the_order_is_refused() {
        let environment = Environment::new([("SOPS_DECRYPTION_ORDER", "pgp,pgp")], "/");
        assert_eq!(
            with_order(&environment, None).unwrap_err().kind,
            Kind::DecryptionOrder
        );
        assert!(with_order(&environment, Some("pgp,age")).is_ok());
        assert!(with_order(&environment, Some("age,,")).is_err());
    }
}
