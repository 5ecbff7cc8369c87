//! `encrypt` and `decrypt` as a script calls them.

use crate::place::{Place, encrypt};
use crate::report::{Report, milliseconds, ratio};
use std::path::Path;
use std::time::Duration;

/// Sizes of the files, in values; each ten times the one before.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// How many times as fast as sops decrypting the largest file must be.
const FASTER: f64 = 10.0;

/// How much more one value may cost in a file ten times as large.
const LINEAR: f64 = 1.5;

pub fn measure_encrypt(place: &Place, report: &mut Report) {
    let taken = compare(place, "encrypt", |place, program, size| {
        let (plain, _) = place.files(size);
        place.time(program, &encrypt(&plain), 0)
    });
    judge_growth("encrypt", &taken, report);
}

pub fn measure_decrypt(place: &Place, report: &mut Report) {
    let taken = compare(place, "decrypt", |place, program, size| {
        let (_, sealed) = place.files(size);
        place.time(program, &["decrypt", &sealed], 0)
    });
    judge_growth("decrypt", &taken, report);
    if let Some((ours, Some(theirs))) = taken.last() {
        let faster = theirs.as_secs_f64() / ours.as_secs_f64();
        report.target(
            "decrypt of 100,000 values, times as fast as sops",
            faster,
            FASTER,
            faster >= FASTER,
        );
    }
}

/// Measures both programs at every size and prints the table.
fn compare(
    place: &Place,
    verb: &str,
    measure: impl Fn(&Place, &Path, usize) -> Duration,
) -> Vec<(Duration, Option<Duration>)> {
    println!(
        "\n| {verb}, values | lazysops | sops | times as fast | microseconds a value |\n|---:|---:|---:|---:|---:|"
    );
    let mut taken = Vec::new();
    for size in SIZES {
        let ours = measure(place, &place.lazysops, size);
        let theirs = place.sops.as_deref().map(|sops| measure(place, sops, size));
        let each = ours.as_secs_f64() * 1e6 / size as f64;
        let (shown, faster) = (theirs.map(milliseconds), theirs.map(|theirs| ratio(theirs, ours)));
        let dash = || "–".to_owned();
        println!(
            "| {size} | {} | {} | {} | {each:.2} |",
            milliseconds(ours),
            shown.unwrap_or_else(dash),
            faster.unwrap_or_else(dash)
        );
        taken.push((ours, theirs));
    }
    taken
}

/// From the middle size to the largest: the smallest is mostly the start of the process.
fn judge_growth(verb: &str, taken: &[(Duration, Option<Duration>)], report: &mut Report) {
    let growth = taken[2].0.as_secs_f64() / taken[1].0.as_secs_f64() / 10.0;
    report.target(
        &format!("{verb}: cost of a value at 100,000 over that at 10,000"),
        growth,
        LINEAR,
        growth <= LINEAR,
    );
}
