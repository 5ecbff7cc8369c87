//! What keeps values from view: how long they are shown, share-safe mode, what the clipboard holds of ours, the lock. Knows
//! nothing of how any of it is drawn or carried out.

use super::open_file::SealedFile;
use crate::host::Provider;
use std::time::{Duration, Instant};

/// How long secrets are within reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a value is shown.
    pub reveal: Duration,
    /// How long a value stays on the clipboard.
    pub clipboard: Duration,
    /// How long nothing may be typed before the editor locks; `None` is for ever.
    pub idle: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reveal: Duration::from_secs(20),
            clipboard: Duration::from_secs(20),
            idle: Some(Duration::from_secs(300)),
        }
    }
}

/// A value of ours that is on the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Who keeps it.
    pub provider: Provider,
    /// When it is taken off; `None` where nobody could tell whether it is still ours.
    pub until: Option<Instant>,
}

/// The state of all this.
pub struct Guard {
    /// The limits in force.
    pub limits: Limits,
    /// Whether somebody is looking on: no value is shown, copied or typed in clear.
    pub share_safe: bool,
    /// What the clipboard holds.
    pub copied: Option<Copied>,
    /// Whether a value was ever copied.
    pub clipboard_used: bool,
    /// While the editor is locked, the file that was open, with unsaved work under its data key: nothing opens or shows a value.
    pub locked: Option<SealedFile>,
    /// Whether to lock as soon as a save that runs has ended.
    pub lock_after_save: bool,
    /// Whether something was typed or pasted that may be a secret, since the input thread forgot last what it read.
    pub typed: bool,
    /// When somebody was there last.
    seen: Instant,
}

impl Guard {
    /// Nothing is shown, copied or locked.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            limits: Limits::default(),
            share_safe: false,
            copied: None,
            clipboard_used: false,
            locked: None,
            lock_after_save: false,
            typed: false,
            seen: now,
        }
    }

    /// Somebody is there.
    pub fn touch(&mut self, now: Instant) {
        self.seen = now;
    }

    /// When nobody will have been there for too long.
    #[must_use]
    pub fn idle_at(&self) -> Option<Instant> {
        self.limits.idle.map(|idle| self.seen + idle)
    }

    /// When something of this has to happen; `open` says whether there is a file to lock.
    #[must_use]
    pub fn deadline(&self, open: bool) -> Option<Instant> {
        let copied = self.copied.and_then(|copied| copied.until);
        let idle = self.idle_at().filter(|_| open && !self.lock_after_save);
        copied.into_iter().chain(idle).min()
    }
}
