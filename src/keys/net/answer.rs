//! What a service answered, and its words made safe to show.

use super::super::access::{Refusal, plain_line};
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Longest text of a service that is shown, in characters.
const LONGEST: usize = 200;

/// What a service answered.
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; a data key may be in it.
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// Whether it did what it was asked.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    /// When it is something else.
    pub fn json<T: DeserializeOwned>(&self, service: &str) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Refusal::new(format!("{service} gave an answer that cannot be read")))
    }

    /// The body of a complaint, read as JSON; empty where it is something else.
    #[must_use]
    pub fn complaint<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What Google and Microsoft say of an error: `{"error": {"message": …}}`; empty where it is something else.
    #[must_use]
    #[cfg(any(feature = "azure", feature = "gcp"))]
    pub fn error_message(&self) -> String {
        self.complaint::<Complaint>().error.message
    }

    /// Why an upload was not taken; `next` is what to see to.
    #[must_use]
    #[cfg(any(feature = "aws", feature = "gcp"))]
    pub fn not_taken(&self, service: &str, bucket: &str, next: &str) -> Refusal {
        let text = String::from_utf8_lossy(&self.body);
        Refusal::new(format!(
            "{service} did not take it for the bucket {bucket} (status {}): {}",
            self.status,
            said(&text, &[])
        ))
        .next(next)
    }
}

#[cfg(any(feature = "azure", feature = "gcp"))]
#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    error: Problem,
}

#[cfg(any(feature = "azure", feature = "gcp"))]
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
}

/// Text of an answer that may be a secret: wiped, and not shown.
#[derive(Default, Deserialize)]
#[serde(from = "String")]
pub struct Hidden(pub Zeroizing<String>);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// A message of a service as one short line that is safe to print. A message that repeats something of what was sent to it
/// is not shown: that was a key or a token.
#[must_use]
pub fn said(message: &str, sent: &[&str]) -> String {
    if sent
        .iter()
        .any(|secret| !secret.is_empty() && message.contains(*secret))
    {
        return "(its message repeats what was sent, so it is not shown)".to_owned();
    }
    plain_line(message).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_repeats_a_secret_is_not_shown() {
        assert_eq!(said(" permission\ndenied ", &["token", ""]), "permission denied");
        assert!(!said("bad token CANARY!", &["CANARY"]).contains("CANARY"));
        assert_eq!(said(&"x".repeat(900), &[]).len(), LONGEST);
    }
}
