//! Reading, writing and patching texts of every format: `cargo bench --bench formats [yaml|json|dotenv|ini]`.
//!
//! Every value is encrypted, so the texts have the size of real files. Times are the best of several runs. Ends with 1 when
//! 100,000 values take longer than the target to read or to write, or ten times the values far more than ten times as long.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reads its arguments, prints, and may stop at the first surprise"
)]

mod texts;

use lazysops::format::{self, Style};
use lazysops::tree::{Body, Leaf, Step, Tree};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use texts::{SHAPES, Shape};

/// How long 100,000 values may take to read, and to write.
const TARGET: Duration = Duration::from_millis(150);
/// How much longer ten times the values may take: ten times for the work, more where they no longer fit into the caches. What is
/// quadratic takes a hundred times as long.
const GROWTH: f64 = 50.0;

/// The times of one text.
struct Times {
    load: Duration,
    emit: Duration,
    patch: Duration,
}

fn main() -> ExitCode {
    // Cargo adds `--bench`; what is left says which format to measure.
    let part = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    println!("| format | shape | values | bytes | read | write | patch every third |");
    println!("|---|---|---|---|---|---|---|");
    let mut missed = Vec::new();
    for shape in SHAPES {
        let name = shape.format.name();
        if part.as_deref().is_some_and(|part| part != name) {
            continue;
        }
        let mut before: Option<Times> = None;
        for count in [1_000, 10_000, 100_000] {
            let times = measure(shape, count);
            let label = format!("{name} {} of {count}", shape.name);
            if count == 100_000 && times.load.max(times.emit) > TARGET {
                missed.push(format!("{label}: over {} ms", TARGET.as_millis()));
            }
            if let Some(before) = before.filter(|_| count == 100_000) {
                for (what, was, now) in [
                    ("reading", before.load, times.load),
                    ("writing", before.emit, times.emit),
                    ("patching", before.patch, times.patch),
                ] {
                    let growth = now.as_secs_f64() / was.as_secs_f64();
                    if growth > GROWTH {
                        missed.push(format!("{label}: {what} grows by {growth:.0}"));
                    }
                }
            }
            before = Some(times);
        }
    }
    for line in &missed {
        println!("missed: {line}");
    }
    ExitCode::from(u8::from(!missed.is_empty()))
}

fn measure(shape: &Shape, count: usize) -> Times {
    let text = (shape.text)(count).into_bytes();
    let format = shape.format;
    let load = best(|| format::load(format, &text).unwrap());
    let loaded = format::load(format, &text).unwrap();
    let emit = best(|| format::emit(format, &loaded.tree, Style::default()).unwrap());
    let edited = edited(&loaded.tree);
    let patch = best(|| format::patch(&text, &loaded, &edited).unwrap());
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    println!(
        "| {} | {} | {count} | {} | {} | {} | {} |",
        format.name(),
        shape.name,
        text.len(),
        ms(load),
        ms(emit),
        ms(patch)
    );
    Times { load, emit, patch }
}

fn best<T>(run: impl Fn() -> T) -> Duration {
    let time = |_| {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    };
    (0..5).map(time).min().unwrap()
}

/// The tree with every third value replaced.
fn edited(tree: &Tree) -> Tree {
    let mut edited = tree.clone();
    let leaf = |step| match step {
        Step::Leaf(id) => Some(id),
        _ => None,
    };
    for id in tree.walk().filter_map(leaf).step_by(3) {
        edited.set_body(id, Body::Leaf(Leaf::text("ENC[AES256_GCM,data:eA==]")));
    }
    edited
}
