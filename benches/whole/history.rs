//! The history of one value over many commits: until the first change is told, and until all are.

use crate::place::{Place, encrypt};
use crate::report::{Report, milliseconds};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Commits, and after how many of them the value changed each time.
const COMMITS: usize = 1_000;
const EVERY: usize = 10;
/// Values of the file.
const VALUES: usize = 20;
/// Longest time to the first change.
const TARGET: Duration = Duration::from_millis(200);
/// How often each figure is taken.
const RUNS: usize = 5;

pub fn measure(place: &Place, report: &mut Report) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    commits(place, folder.path());
    let mut runs: Vec<(Duration, Duration)> = (0..RUNS).map(|_| run(place, folder.path())).collect();
    runs.sort_unstable();
    let (first, all) = runs[RUNS / 2];
    println!("\n| history of one value over {COMMITS} commits | time |\n|---|---:|");
    println!("| until the first change is told | {} |", milliseconds(first));
    println!("| until all {} are | {} |", COMMITS / EVERY, milliseconds(all));
    let found = first.as_secs_f64() * 1e3;
    let limit = TARGET.as_secs_f64() * 1e3;
    report.target(
        "first change of 1,000 commits, in ms",
        found,
        limit,
        first <= TARGET,
    );
}

/// A repository whose file changed in every commit: mostly in another value than the one that is asked about.
fn commits(place: &Place, folder: &Path) {
    let (asked, other) = ("value_0", "value_1");
    let mut stream = Vec::new();
    let mut text: String = (0..VALUES)
        .map(|number| format!("value_{number}: begin\n"))
        .collect();
    std::fs::write(place.path("history.yaml"), &text).unwrap();
    place.run(&place.lazysops, &encrypt("history.yaml"), "history.enc.yaml", 0);
    for number in 0..COMMITS {
        let key = if number % EVERY == 0 { asked } else { other };
        let path = format!("[\"{key}\"]");
        let value = format!("\"changed-{number}\"");
        place.run(
            &place.lazysops,
            &["set", "history.enc.yaml", &path, &value],
            "output",
            0,
        );
        text = std::fs::read_to_string(place.path("history.enc.yaml")).unwrap();
        let when = 1_600_000_000 + number;
        let head = format!(
            "commit refs/heads/main\ncommitter ops <ops@localhost> {when} +0000\ndata 4\nstep\nM 100644 inline a.yaml\ndata {}\n{text}\n",
            text.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
    }
    std::fs::write(folder.join("a.yaml"), &text).unwrap();
    git(place, folder, &["init", "-q", "-b", "main"], b"");
    git(place, folder, &["fast-import", "--quiet"], &stream);
}

fn git(place: &Place, folder: &Path, words: &[&str], input: &[u8]) {
    let mut child = Command::new("git")
        .args(words)
        .env_clear()
        .envs(place.environment())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Until the first byte, and until the end.
fn run(place: &Place, folder: &Path) -> (Duration, Duration) {
    let start = Instant::now();
    let mut child = Command::new(&place.lazysops)
        .args(["history", "a.yaml", "value_0"])
        .env_clear()
        .envs(place.environment())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut byte = [0];
    output.read_exact(&mut byte).unwrap();
    let first = start.elapsed();
    let mut rest = String::from_utf8_lossy(&byte).into_owned();
    output.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    let all = start.elapsed();
    assert_eq!(rest.matches("value_0").count(), COMMITS / EVERY);
    (first, all)
}
