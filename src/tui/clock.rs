//! The time the editor goes by: steady, and it does not stop while the machine sleeps. Steady clocks do on most systems, and an
//! editor that was left alone must lock when the lid is opened again, before the first key means anything.

use crate::host::clock;
use std::time::{Duration, Instant};

/// A shorter jump of the time of day is that of somebody who sets it right.
const SHORTEST: Duration = Duration::from_secs(30);

/// The time, with what was slept through.
pub struct Clock {
    steady: Instant,
    /// The time of day, in seconds.
    wall: i64,
    slept: Duration,
}

impl Clock {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            steady: Instant::now(),
            wall: clock::now().unix(),
            slept: Duration::ZERO,
        }
    }

    /// What time it is.
    pub fn now(&mut self) -> Instant {
        self.at(Instant::now(), clock::now().unix())
    }

    fn at(&mut self, steady: Instant, wall: i64) -> Instant {
        let counted = steady.saturating_duration_since(self.steady);
        let passed = u64::try_from(wall.saturating_sub(self.wall)).unwrap_or_default();
        let missed = Duration::from_secs(passed).saturating_sub(counted);
        if missed >= SHORTEST {
            self.slept += missed;
        }
        (self.steady, self.wall) = (steady, wall);
        steady + self.slept
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use std::time::Duration;

    #[test]
    fn time_that_was_slept_through_has_passed() {
        let mut clock = Clock::start();
        let (steady, wall) = (clock.steady, clock.wall);
        let second = Duration::from_secs(1);
        assert_eq!(clock.at(steady + second, wall + 1), steady + second);
        // An hour with the lid closed, of which the steady clock saw a second.
        let later = clock.at(steady + 2 * second, wall + 3600);
        assert_eq!(later, steady + 3600 * second);
        // The time of day set back by a little changes nothing.
        let at = clock.at(steady + 3 * second, wall + 3590);
        assert_eq!(at, steady + 3601 * second);
    }
}
