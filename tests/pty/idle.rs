//! An editor that nobody touches does nothing at all.

use super::hands::{self, PLAINTEXT};
use crate::support::terminal::{Size, Terminal};
use std::time::{Duration, Instant};

/// How often the threads of the program gave up the processor so far: each wake-up ends with one.
fn switches(terminal: &Terminal) -> u64 {
    let tasks = format!("/proc/{}/task", terminal.process());
    let threads = std::fs::read_dir(tasks).unwrap();
    threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok())
        .flat_map(|status| {
            let lines = status.lines().filter(|line| line.contains("ctxt_switches:"));
            let counts =
                lines.filter_map(|line| line.rsplit_once(char::is_whitespace)?.1.parse::<u64>().ok());
            counts.collect::<Vec<_>>()
        })
        .sum()
}

#[test]
fn an_idle_editor_is_never_woken_up() {
    if !std::path::Path::new("/proc/self/task").exists() {
        crate::support::skipped("an idle editor", "there is no /proc here");
        return;
    }
    let place = hands::place_with(PLAINTEXT);
    let mut terminal = hands::open(&place, Size(80, 24), "password_");
    // What runs after the start ends; then there must be a time in which nothing happens. A busy machine gets more tries.
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut quiet = false;
    while !quiet && Instant::now() < deadline {
        let before = switches(&terminal);
        std::thread::sleep(Duration::from_millis(800));
        quiet = switches(&terminal) == before;
    }
    assert!(quiet, "something wakes it up again and again");
    terminal.send("j");
    hands::quit(&mut terminal);
}
