//! Taking a role: temporary credentials from STS.

use super::words;
use crate::host::Environment;
use crate::keys::access::Refusal;
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use std::time::SystemTime;

/// The longest name of a session, in characters.
const LONGEST_SESSION: usize = 64;

/// A role to take.
pub struct Role<'r> {
    /// Which.
    pub arn: &'r str,
    /// The name of the session, for the logs of the account.
    pub session: String,
    /// What the role's owner asks for.
    pub external_id: Option<String>,
    /// How long it is good for, in seconds.
    pub seconds: Option<i32>,
    /// The device and its code.
    pub mfa: Option<(&'r str, &'r str)>,
}

/// Takes it with the credentials of `sdk`.
pub async fn take(sdk: &SdkConfig, role: &Role<'_>) -> Result<Credentials, Refusal> {
    let service = "AWS STS";
    let (serial, code) = role.mfa.unzip();
    let answer = aws_sdk_sts::Client::new(sdk)
        .assume_role()
        .role_arn(role.arn)
        .role_session_name(&role.session)
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.seconds)
        .set_serial_number(serial.map(str::to_owned))
        .set_token_code(code.map(str::to_owned))
        .send()
        .await
        .map_err(|error| words::refusal(service, role.arn, &error, &[code.unwrap_or_default()]))?;
    let given = answer
        .credentials
        .ok_or_else(|| Refusal::new(format!("{service} gave no credentials")))?;
    Ok(Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        SystemTime::try_from(given.expiration).ok(),
        "AssumeRole",
    ))
}

/// The name of the session that sops uses (spec §9.3).
pub fn session_of_this_host(environment: &Environment) -> String {
    let file = ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok());
    let name = file.or_else(|| environment.text("HOSTNAME").map(str::to_owned));
    session_of(name.unwrap_or_default().trim())
}

/// Only characters that sops takes: hyphens are left out, too.
fn session_of(host: &str) -> String {
    let allowed = |character: &char| {
        character.is_ascii_alphanumeric() || "=,.".contains(*character) || ('@'..='_').contains(character)
    };
    format!("sops@{host}")
        .chars()
        .filter(allowed)
        .take(LONGEST_SESSION)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::session_of;

    #[test]
    fn the_session_is_named_after_the_machine() {
        assert_eq!(session_of("ops-laptop.example"), "sops@opslaptop.example");
        assert_eq!(session_of("ü x/y"), "sops@xy");
        assert_eq!(session_of(&"h".repeat(99)).len(), 64);
    }
}
