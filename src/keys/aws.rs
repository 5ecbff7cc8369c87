//! AWS KMS (spec §9.3), through the SDK of AWS: its credentials, regions and endpoints are those of every other tool.
//!
//! The SDK reads the variables of the process itself; nothing in it can be given an environment of its own.

mod arn;
mod http;
mod profile;
mod role;
mod words;

use super::access::{Access, Refusal};
use super::net::{self, Client, Trust};
use super::service::{Denied, KeyService, Unwrapped};
use crate::metadata::{KeyEntry, Recipient};
use arn::Arn;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_kms::primitives::Blob;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Http;
use profile::Guarded;
use role::Role;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

/// Who is asked, for messages.
const SERVICE: &str = "AWS KMS";

/// Longest key or ciphertext that KMS takes, in bytes.
const LONGEST: usize = 6144;

/// Sessions of profiles that need a code, by profile, role and device: a code is good for one session only, and every thread that
/// wraps has a service of its own.
static SESSIONS: Mutex<BTreeMap<[String; 3], Credentials>> = Mutex::new(BTreeMap::new());

/// Wraps and unwraps with KMS keys. Credentials are found once for each profile and role.
pub struct KmsService<'a> {
    access: Access<'a>,
    client: OnceLock<Result<Client, Refusal>>,
    configs: Mutex<BTreeMap<(String, String), Result<SdkConfig, Refusal>>>,
}

/// A key, and how it is reached.
struct Key<'r> {
    arn: Arn<'r>,
    role: &'r str,
    profile: &'r str,
    context: &'r [(String, String)],
}

impl<'r> Key<'r> {
    fn of(recipient: &'r Recipient) -> Result<Self, Refusal> {
        match recipient {
            Recipient::Kms {
                arn,
                role,
                context,
                aws_profile,
            } => Ok(Self {
                arn: Arn::parse(arn)?,
                role,
                profile: aws_profile,
                context,
            }),
            _ => Err(Refusal::new("this is no AWS KMS key")),
        }
    }

    fn context(&self) -> std::collections::HashMap<String, String> {
        self.context.iter().cloned().collect()
    }
}

impl<'a> KmsService<'a> {
    /// A service that has not asked anything yet.
    #[must_use]
    pub const fn new(access: Access<'a>) -> Self {
        Self {
            access,
            client: OnceLock::new(),
            configs: Mutex::new(BTreeMap::new()),
        }
    }

    fn client(&self) -> Result<Client, Refusal> {
        self.client
            .get_or_init(|| {
                let environment = self.access.environment;
                let mut trust = Trust::default();
                if let Some(path) = environment.text("AWS_CA_BUNDLE") {
                    let pem = std::fs::read(environment.directory().join(path))
                        .map_err(|_| Refusal::new("the file that AWS_CA_BUNDLE names cannot be read"))?;
                    trust.roots = Some((pem, "AWS_CA_BUNDLE"));
                }
                Client::new(&self.access, &trust)
            })
            .clone()
    }

    /// A client of KMS with the credentials for a key.
    fn kms(&self, key: &Key<'_>) -> Result<aws_sdk_kms::Client, Refusal> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        let config = configs
            .entry((key.profile.to_owned(), key.role.to_owned()))
            .or_insert_with(|| self.configure(key))
            .clone()?;
        let region = Region::new(key.arn.region.to_owned());
        let config = aws_sdk_kms::config::Builder::from(&config).region(region).build();
        Ok(aws_sdk_kms::Client::from_conf(config))
    }

    /// Finds credentials. Whoever is asked for a code has all the time of the world.
    fn configure(&self, key: &Key<'_>) -> Result<SdkConfig, Refusal> {
        let http = Http(self.client()?);
        let guarded = net::run(&self.access, profile::guarded(&self.access, key.profile))?;
        let session = guarded
            .map(|guarded| self.session(&http, key, &guarded))
            .transpose()?;
        net::run(&self.access, async {
            let sdk = loader(&http, key).load().await;
            let base = match session {
                Some(session) => with(&sdk, session),
                None if key.profile.is_empty() => sdk,
                None => with(&sdk, of_profile(&http, key, key.profile)),
            };
            if key.role.is_empty() {
                return Ok(base);
            }
            let role = Role {
                arn: key.role,
                session: role::session_of_this_host(self.access.environment),
                external_id: None,
                seconds: None,
                mfa: None,
            };
            let taken = role::take(&base, &role).await?;
            Ok(with(&base, taken))
        })
    }

    /// The session of a profile that needs a code. Who else needs it meanwhile waits for the same answer.
    fn session(&self, http: &Http, key: &Key<'_>, guarded: &Guarded) -> Result<Credentials, Refusal> {
        let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
        let name = [&guarded.profile, &guarded.role, &guarded.serial].map(String::clone);
        if let Some(session) = sessions.get(&name).filter(|session| is_good(session)) {
            return Ok(session.clone());
        }
        let code = profile::code(&self.access, guarded)?;
        let session = net::run(&self.access, async {
            let sdk = loader(http, key).load().await;
            of_guarded(&sdk, http, key, guarded, &code).await
        })?;
        sessions.insert(name, session.clone());
        Ok(session)
    }
}

/// Who this is for services other than KMS, and where.
pub struct Account {
    /// What requests are signed with.
    pub credentials: Credentials,
    /// The region of the environment or of the profile.
    pub region: String,
}

/// Finds credentials and region as every other tool does.
///
/// # Errors
/// When there are no credentials.
pub async fn account(client: Client) -> Result<Account, Refusal> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Http(client))
        .retry_config(retries())
        .timeout_config(limits())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .load()
        .await;
    let nothing = || {
        Refusal::new("no AWS credentials were found")
            .next("log in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID")
    };
    let provider = config.credentials_provider().ok_or_else(nothing)?;
    Ok(Account {
        credentials: provider.provide_credentials().await.map_err(|_| nothing())?,
        region: config.region().map_or("us-east-1", Region::as_ref).to_owned(),
    })
}

/// Whether a session is good for a while yet.
fn is_good(session: &Credentials) -> bool {
    session
        .expiry()
        .is_some_and(|end| end > SystemTime::now() + Duration::from_secs(60))
}

/// What holds for all calls: the client, the limits, the region of the key, one retry.
fn loader(http: &Http, key: &Key<'_>) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .region(Region::new(key.arn.region.to_owned()))
        .retry_config(retries())
        .timeout_config(limits())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(200))
        .with_max_backoff(Duration::from_secs(2))
}

/// The client has limits of its own; this one holds over the retry.
fn limits() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_timeout(Duration::from_secs(15))
        .build()
}

fn with(sdk: &SdkConfig, provider: impl ProvideCredentials + 'static) -> SdkConfig {
    sdk.to_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// The credentials of a profile, whatever stands in the environment: an entry that names one means it.
fn of_profile(http: &Http, key: &Key<'_>, name: &str) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region()
        .with_http_client(http.clone())
        .with_region(Some(Region::new(key.arn.region.to_owned())))
        .with_retry_config(retries())
        .with_timeout_config(limits());
    ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_name(name)
        .build()
}

/// The role of a profile, taken with a code.
async fn of_guarded(
    sdk: &SdkConfig,
    http: &Http,
    key: &Key<'_>,
    guarded: &Guarded,
    code: &str,
) -> Result<Credentials, Refusal> {
    let source = match &guarded.own {
        Some(own) => {
            let secret = own.secret.expose_str().unwrap_or_default().to_owned();
            with(sdk, Credentials::new(&own.id, secret, None, None, "Profile"))
        }
        None => with(sdk, of_profile(http, key, &guarded.source)),
    };
    let role = Role {
        arn: &guarded.role,
        session: guarded.session.clone().unwrap_or_else(|| "lazysops".to_owned()),
        external_id: guarded.external_id.clone(),
        seconds: guarded.seconds,
        mfa: Some((&guarded.serial, code)),
    };
    role::take(&source, &role).await
}

impl KeyService for KmsService<'_> {
    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal> {
        let key = Key::of(recipient)?;
        let kms = self.kms(&key)?;
        let sent = Zeroizing::new(BASE64_STANDARD.encode(secret));
        let call = async {
            kms.encrypt()
                .key_id(key.arn.text)
                .plaintext(Blob::new(secret))
                .set_encryption_context(Some(key.context()))
                .send()
                .await
                .map_err(|error| words::refusal(SERVICE, key.arn.text, &error, &[&sent]))
        };
        let given = net::run(&self.access, call)?
            .ciphertext_blob
            .unwrap_or_else(|| Blob::new([]));
        match given.as_ref() {
            sealed if sealed.is_empty() || sealed.len() > LONGEST => {
                Err(Refusal::new("AWS KMS gave no ciphertext"))
            }
            sealed => Ok(BASE64_STANDARD.encode(sealed)),
        }
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let key = Key::of(&entry.recipient)?;
        let sealed = BASE64_STANDARD
            .decode(entry.enc.trim())
            .map_err(|_| Refusal::new("what is in the file is no Base64 text"))?;
        let kms = self.kms(&key)?;
        let call = async {
            kms.decrypt()
                .key_id(key.arn.text)
                .ciphertext_blob(Blob::new(sealed))
                .set_encryption_context(Some(key.context()))
                .send()
                .await
                .map_err(|error| words::refusal(SERVICE, key.arn.text, &error, &[entry.enc.trim()]))
        };
        let given = net::run(&self.access, call)?.plaintext.map(Blob::into_inner);
        match given.map(Zeroizing::new) {
            Some(secret) if !secret.is_empty() => Ok(Unwrapped {
                secret,
                by: SERVICE.to_owned(),
            }),
            _ => Err(Refusal::new("AWS KMS gave an answer that cannot be read").into()),
        }
    }
}
