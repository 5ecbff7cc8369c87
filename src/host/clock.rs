//! The time of day.

use crate::tree::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in UTC, in whole seconds, as the `sops` block holds it.
#[must_use]
pub fn now() -> Time {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
    };
    Time::from_unix(seconds)
}
