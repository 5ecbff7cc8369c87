//! How much memory a process had at most, as Linux tells it.

use crate::place::Place;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How often a process that runs is looked at: its highest figure is gone with it.
const STEP: Duration = Duration::from_millis(5);

/// The most a process had so far, in bytes; 0 when it is gone.
pub fn peak(process: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// Runs a program to its end: the most it had.
pub fn peak_of_run(place: &Place, program: &Path, arguments: &[&str]) -> u64 {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(place.environment())
        .current_dir(place.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(peak(i32::try_from(child.id()).unwrap()));
        std::thread::sleep(STEP);
    }
    most
}
