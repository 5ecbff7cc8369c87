//! The editor in a terminal: from the start to the first frame with content, and from a key to its frame.

use crate::input::FIRST_KEY;
use crate::place::{Place, median};
use crate::report::{Report, milliseconds, ratio};
use crate::terminal::{Size, Terminal};
use std::time::{Duration, Instant};

/// Sizes of the files, in values.
const SIZES: [usize; 2] = [100, 100_000];

/// Longest time from the start to the first frame, in milliseconds.
const FIRST_FRAME: f64 = 500.0;

/// Longest time from a key to its frame, in milliseconds.
const KEY: f64 = 8.0;

/// Presses for one figure.
const PRESSES: usize = 60;

/// What a program writes when a frame is complete: the end of a synchronized update.
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

pub fn measure(place: &Place, report: &mut Report) {
    println!(
        "\n| editor, values | first frame | sops opens $EDITOR | times as fast | key to frame, median | worst |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for size in SIZES {
        let (_, sealed) = place.files(size);
        let first = median(|| first_frame(place, &sealed).1);
        let theirs = place.sops.as_deref().map(|sops| {
            // 200 is sops's word for "the editor changed nothing".
            place.time(sops, &["edit", &sealed], 200)
        });
        let mut keys = presses(place, &sealed);
        keys.sort();
        let (middle, worst) = (keys[keys.len() / 2], keys[keys.len() - 1]);
        println!(
            "| {size} | {} | {} | {} | {} | {} |",
            milliseconds(first),
            theirs.map_or_else(|| "–".to_owned(), milliseconds),
            theirs.map_or_else(|| "–".to_owned(), |theirs| ratio(theirs, first)),
            milliseconds(middle),
            milliseconds(worst),
        );
        let first = first.as_secs_f64() * 1e3;
        report.target(
            &format!("first frame of {size} values, ms"),
            first,
            FIRST_FRAME,
            first <= FIRST_FRAME,
        );
        let middle = middle.as_secs_f64() * 1e3;
        report.target(
            &format!("key to frame at {size} values, ms"),
            middle,
            KEY,
            middle <= KEY,
        );
    }
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

/// Moves down, one key at a time.
fn presses(place: &Place, file: &str) -> Vec<Duration> {
    let (mut terminal, _) = first_frame(place, file);
    let mut press = || {
        let before = terminal.output().len();
        let start = Instant::now();
        terminal.send("j");
        terminal.wait_until("a frame", |terminal| {
            contains(&terminal.output()[before..], FRAME_ENDS)
        });
        start.elapsed()
    };
    // The first frames after the start may still belong to what runs in the background.
    for _ in 0..5 {
        press();
    }
    (0..PRESSES).map(|_| press()).collect()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
