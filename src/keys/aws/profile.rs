//! Profiles that need a code of a device (MFA): the SDK passes over `mfa_serial`, so this is done here.

use crate::keys::access::{Access, Refusal, plain_line};
use crate::tree::Secret;
use aws_config::profile::{self, ProfileSet};
use aws_types::os_shim_internal::{Env, Fs};

/// A role that a profile takes with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// The profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// The device.
    pub serial: String,
    /// The profile whose credentials take the role.
    pub source: String,
    /// What the role's owner asks for.
    pub external_id: Option<String>,
    /// The name of the session.
    pub session: Option<String>,
    /// How long it is good for, in seconds.
    pub seconds: Option<i32>,
    /// Access key and secret, where the profile is its own source.
    pub own: Option<OwnKeys>,
}

/// Long-lived keys of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnKeys {
    /// The public half.
    pub id: String,
    /// The secret half.
    pub secret: Secret,
}

/// The profile that is chosen, if it needs a code. `chosen` is the profile of the entry; without one it is that of the
/// environment, unless there are credentials in the environment, which come first.
pub async fn guarded(access: &Access<'_>, chosen: &str) -> Result<Option<Guarded>, Refusal> {
    if chosen.is_empty() && access.environment.text("AWS_ACCESS_KEY_ID").is_some() {
        return Ok(None);
    }
    let name = (!chosen.is_empty()).then(|| chosen.to_owned().into());
    match profile::load(&Fs::real(), &Env::real(), &Default::default(), name).await {
        Ok(set) => of_set(&set),
        // The SDK reads the same files, and says what is wrong with them.
        Err(_) => Ok(None),
    }
}

fn of_set(set: &ProfileSet) -> Result<Option<Guarded>, Refusal> {
    let name = set.selected_profile();
    let Some(found) = set.get_profile(name) else {
        return Ok(None);
    };
    let get = |key: &str| found.get(key).map(str::to_owned);
    let (Some(role), Some(serial)) = (get("role_arn"), get("mfa_serial")) else {
        return Ok(None);
    };
    let Some(source) = get("source_profile") else {
        return Err(Refusal::new(format!(
            "the AWS profile {} has mfa_serial, but no source_profile",
            plain_line(name)
        )));
    };
    let own = match (get("aws_access_key_id"), found.get("aws_secret_access_key")) {
        (Some(id), Some(secret)) if source == name => Some(OwnKeys {
            id,
            secret: Secret::from(secret),
        }),
        _ => None,
    };
    Ok(Some(Guarded {
        profile: name.to_owned(),
        role,
        serial,
        source,
        external_id: get("external_id"),
        session: get("role_session_name"),
        seconds: found.get("duration_seconds").and_then(|text| text.parse().ok()),
        own,
    }))
}

/// Asks for the code.
pub fn code(access: &Access<'_>, guarded: &Guarded) -> Result<String, Refusal> {
    let question = format!(
        "MFA code of {} for the AWS profile {}",
        plain_line(&guarded.serial),
        plain_line(&guarded.profile)
    );
    let answer = access.ask.text(&question).map(|code| code.trim().to_owned());
    match answer.filter(|code| !code.is_empty()) {
        Some(code) => Ok(code),
        None if access.ask.present() => {
            Err(Refusal::new("no MFA code was given").next("open the file again to be asked again"))
        }
        None => {
            Err(Refusal::new("an MFA code is needed")
                .next("open the file on a terminal, where it can be asked"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Environment;
    use crate::keys::access::{Cancel, Nobody};

    fn set(config: &str, chosen: &str) -> ProfileSet {
        let fs = Fs::from_slice(&[("config", config)]);
        let env = Env::from_slice(&[("AWS_CONFIG_FILE", "config"), ("HOME", "/none")]);
        let files = Default::default();
        let load = profile::load(&fs, &env, &files, Some(chosen.to_owned().into()));
        crate::keys::runtime::runtime().unwrap().block_on(load).unwrap()
    }

    const CONFIG: &str = "[profile base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n\
        [profile ops]\nrole_arn = arn:aws:iam::1:role/ops\nsource_profile = base\n\
        mfa_serial = arn:aws:iam::1:mfa/me\nduration_seconds = 900\n\
        [profile lost]\nrole_arn = r\nmfa_serial = m\n";

    #[test]
    fn a_profile_with_a_device_is_found() {
        let found = of_set(&set(CONFIG, "ops")).unwrap().unwrap();
        assert_eq!(
            (found.source.as_str(), found.serial.as_str(), found.seconds),
            ("base", "arn:aws:iam::1:mfa/me", Some(900))
        );
        assert!(of_set(&set(CONFIG, "base")).unwrap().is_none());
        assert!(of_set(&set(CONFIG, "none")).unwrap().is_none());
        assert!(of_set(&set(CONFIG, "lost")).is_err());
    }

    #[test]
    fn without_a_person_no_code_is_waited_for() {
        let guarded = of_set(&set(CONFIG, "ops")).unwrap().unwrap();
        let environment = Environment::default();
        let access = Access {
            environment: &environment,
            ask: &Nobody { drop_in: true },
            cancel: &Cancel::default(),
        };
        assert_eq!(
            code(&access, &guarded).unwrap_err().reason,
            "an MFA code is needed"
        );
    }
}
