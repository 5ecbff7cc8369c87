//! Figures for people, and whether the targets are met.

use std::process::ExitCode;
use std::time::Duration;

/// What was promised, and what was found.
#[derive(Default)]
pub struct Report {
    lines: Vec<String>,
    missed: usize,
}

impl Report {
    /// Notes a target; `met` says whether `found` is good enough for `limit`.
    pub fn target(&mut self, what: &str, found: f64, limit: f64, met: bool) {
        let verdict = if met { "met" } else { "MISSED" };
        self.lines
            .push(format!("{verdict}: {what}: {found:.2} (target {limit})"));
        self.missed += usize::from(!met);
    }

    /// Prints the targets; the exit code says whether all are met.
    pub fn verdict(&self) -> ExitCode {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        ExitCode::from(u8::from(self.missed > 0))
    }
}

pub fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

pub fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

pub fn ratio(theirs: Duration, ours: Duration) -> String {
    format!("{:.1}", theirs.as_secs_f64() / ours.as_secs_f64())
}
