//! The editor in a terminal: from the start to the first frame with content, from a key to its frame, the filter as it is
//! typed, and the memory all of that takes.

use crate::input::FIRST_KEY;
use crate::memory;
use crate::place::{Place, median};
use crate::report::{Report, megabytes, milliseconds, ratio};
use crate::terminal::{Size, Terminal};
use std::time::{Duration, Instant};

/// Sizes of the files, in values.
const SIZES: [usize; 2] = [100, 100_000];

/// Longest time from the start to the first frame, in milliseconds.
const FIRST_FRAME: f64 = 300.0;

/// Longest time from a key to its frame, of 99 in 100 keys, in milliseconds.
const KEY: f64 = 8.0;

/// The same for each key that is typed into the filter.
const FILTER: f64 = 16.0;

/// How many times the memory that sops needs to decrypt the file.
const MEMORY: f64 = 0.2;

/// The keys of one round: moving, folding, editing, taking back, looking at everything.
const KEYS: &[&str] = &[
    "j", "j", "j", "k", "\x04", "\x15", "G", "gg", "\x04", "h", "l", "l", "j", "J", "u", "d", "u", "\x12",
    "u", "r", "X", "zM", "zR", "3", "4", "5", "1", "2", "?", "\x1b", ":", "\x1b", "G", "\x15", "\x15", "h",
    "j", "l", "\x0f", "\x0e",
];

/// How many rounds.
const ROUNDS: usize = 8;

/// What is typed into the filter: paths, then values.
const QUERIES: &[&str] = &[
    "setting_42",
    "service_01234",
    "zzz",
    "s 42 9",
    "\t0f3a",
    "\te-99999",
];

/// What a program writes when a frame is complete: the end of a synchronized update.
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

pub fn measure(place: &Place, report: &mut Report) {
    println!(
        "\n| editor, values | first frame | sops opens $EDITOR | times as fast | key to frame, median | 99 in 100 | worst | filter, median | worst |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let mut peak = 0;
    for size in SIZES {
        let (_, sealed) = place.files(size);
        let first = median(|| first_frame(place, &sealed).1);
        let theirs = place.sops.as_deref().map(|sops| {
            // 200 is sops's word for "the editor changed nothing".
            place.time(sops, &["edit", &sealed], 200)
        });
        let (mut terminal, _) = first_frame(place, &sealed);
        let keys = sorted(rounds(&mut terminal));
        let filter = sorted(filters(&mut terminal));
        peak = memory::peak(terminal.process());
        println!(
            "| {size} | {} | {} | {} | {} | {} | {} | {} | {} |",
            milliseconds(first),
            theirs.map_or_else(|| "–".to_owned(), milliseconds),
            theirs.map_or_else(|| "–".to_owned(), |theirs| ratio(theirs, first)),
            milliseconds(share(&keys, 50)),
            milliseconds(share(&keys, 99)),
            milliseconds(share(&keys, 100)),
            milliseconds(share(&filter, 50)),
            milliseconds(share(&filter, 100)),
        );
        for (what, found, limit) in [
            ("first frame", first, FIRST_FRAME),
            ("key to frame, 99 in 100,", share(&keys, 99), KEY),
            ("a key typed into the filter, worst,", share(&filter, 100), FILTER),
        ] {
            let found = found.as_secs_f64() * 1e3;
            report.target(
                &format!("{what} at {size} values, ms"),
                found,
                limit,
                found <= limit,
            );
        }
    }
    compare_memory(place, peak, report);
}

/// What the editor took at most in the largest file, beside what sops takes to decrypt it.
fn compare_memory(place: &Place, ours: u64, report: &mut Report) {
    let Some(sops) = &place.sops else { return };
    let (_, sealed) = place.files(SIZES[1]);
    // What its collector leaves lying about differs from run to run by a quarter.
    let mut runs = [(); 5].map(|()| memory::peak_of_run(place, sops, &["decrypt", &sealed]));
    runs.sort_unstable();
    let [least, _, theirs, _, most] = runs;
    println!("\nsops decrypt: {} to {}", megabytes(least), megabytes(most));
    println!(
        "\n| memory at most, {} values | lazysops, editor | sops decrypt, median of five |",
        SIZES[1]
    );
    println!("|---|---:|---:|");
    println!("| | {} | {} |", megabytes(ours), megabytes(theirs));
    let part = ours as f64 / theirs as f64;
    report.target(
        "memory of the editor over that of sops decrypt",
        part,
        MEMORY,
        part <= MEMORY,
    );
}

/// Starts the editor and waits for its content.
fn first_frame(place: &Place, file: &str) -> (Terminal, Duration) {
    let start = Instant::now();
    let mut terminal = Terminal::start(
        &place.lazysops,
        [file],
        place.environment(),
        place.folder(),
        Size(120, 40),
    );
    terminal.wait_for(FIRST_KEY);
    (terminal, start.elapsed())
}

/// Sends keys, and waits for the frame that they lead to.
fn press(terminal: &mut Terminal, keys: &str) -> Duration {
    let before = terminal.output().len();
    let start = Instant::now();
    terminal.send(keys);
    terminal.wait_until("a frame", |terminal| {
        contains(&terminal.output()[before..], FRAME_ENDS)
    });
    start.elapsed()
}

/// All kinds of keys, one at a time. Where two make one command, each leads to a frame: the second one counts too.
fn rounds(terminal: &mut Terminal) -> Vec<Duration> {
    // The first frames after the start may still belong to what runs in the background.
    for _ in 0..5 {
        press(terminal, "j");
    }
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        for keys in KEYS {
            let mut buffer = [0; 4];
            for key in keys.chars() {
                taken.push(press(terminal, key.encode_utf8(&mut buffer)));
            }
        }
    }
    taken
}

/// Queries as they are typed, a key at a time, and taken away again.
fn filters(terminal: &mut Terminal) -> Vec<Duration> {
    let mut taken = Vec::new();
    for query in QUERIES {
        press(terminal, "/");
        for key in query.chars().map(|key| key.to_string()) {
            taken.push(press(terminal, &key));
        }
        taken.push(press(terminal, "\x7f"));
        press(terminal, "\x1b");
    }
    taken
}

fn sorted(mut taken: Vec<Duration>) -> Vec<Duration> {
    taken.sort();
    taken
}

/// The time that so many in a hundred do not exceed.
fn share(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
