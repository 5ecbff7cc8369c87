//! Keys by chance, typed as fast as the terminal takes them into the editor as it is, with its threads and its clock: it does not fall
//! over, and whatever it was doing when it is ended, each file opens.

use super::hands;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Size;
use rustix::process::{Pid, Signal, kill_process};
use std::time::Duration;

/// How many editors are tried; `LAZYSOPS_RUNS` asks for others.
const RUNS: u64 = 3;
/// How many times keys are sent to each.
const KEYS: usize = 120;

/// What is sent: single keys, and what belongs together. Nothing in here quits or stops the editor.
const WAYS: [&str; 40] = [
    "j",
    "k",
    "h",
    "l",
    "G",
    "gg",
    "\r",
    "\x1b",
    "\t",
    "1",
    "2",
    "3",
    "v",
    "t",
    "]",
    "/pass\r",
    "n",
    "r",
    "y",
    "u",
    "\x12",
    "d",
    "C",
    "J",
    "K",
    "m",
    "i",
    "w",
    "D",
    "R",
    "zM",
    "zR",
    "e\x15correct horse\r",
    "anew_key\rvalue\r",
    "#note\r",
    "\x13\r",
    "L\r",
    "?",
    ":",
    "f",
];

fn place() -> Sandbox {
    let place = hands::place_with(hands::PLAINTEXT).variable("EDITOR", "true");
    place.git(&["init", "-q"]);
    place.git(&["add", "-A"]);
    place
}

fn type_by_chance(seed: u64) {
    let place = place();
    let mut terminal = hands::open(&place, Size(80, 24), "gatus");
    let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |limit: usize| {
        // xorshift, by G. Marsaglia (2003)
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        usize::try_from(chance >> 11).unwrap() % limit
    };
    let mut sent = Vec::new();
    for _ in 0..KEYS {
        let keys = WAYS[below(WAYS.len())];
        sent.push(keys);
        terminal.send(keys);
        if below(8) == 0 {
            let [cols, rows] = [below(150), below(50)].map(|cells| u16::try_from(cells + 1).unwrap());
            terminal.resize(Size(cols, rows));
        }
        if below(4) == 0 {
            terminal.watch(Duration::from_millis(20), |_| false);
        }
    }
    // It may have left by a command of the palette.
    let _ = kill_process(Pid::from_raw(terminal.process()).unwrap(), Signal::TERM);
    let code = terminal.wait_for_exit();
    assert!(
        code < 2,
        "seed {seed}: it ended with {code}: {sent:?}\n{}",
        terminal.text()
    );
    let shown = place.lazysops(["decrypt", hands::FILE]);
    assert_eq!(shown.code, Some(0), "seed {seed}: {}: {sent:?}", shown.stderr);
}

#[test]
fn an_editor_that_is_typed_into_by_chance_and_ended_leaves_a_file_that_opens() {
    let runs = std::env::var("LAZYSOPS_RUNS")
        .ok()
        .and_then(|text| text.parse().ok());
    for seed in 0..runs.unwrap_or(RUNS) {
        type_by_chance(seed);
    }
}
