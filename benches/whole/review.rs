//! The review of a large repository: until the first screen with all that changed, and on the command line.

use crate::place::Place;
use crate::report::{Report, milliseconds};
use crate::terminal::{Size, Terminal};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Files of the repository, and how many of them changed.
const FILES: usize = 500;
const CHANGED: usize = 20;
/// Values in each.
const VALUES: usize = 20;
/// Longest time to the first screen.
const TARGET: Duration = Duration::from_millis(500);
/// How often each figure is taken.
const RUNS: usize = 5;
/// Who can read them: `tests/data/keys/age1.txt`, which protects nothing.
const RECIPIENT: &str = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";

pub fn measure(place: &Place, report: &mut Report) {
    let folder = repository(place);
    let mut screens: Vec<Duration> = (0..RUNS).map(|_| screen(place, folder.path())).collect();
    let mut commands: Vec<Duration> = (0..RUNS).map(|_| command(place, folder.path())).collect();
    screens.sort_unstable();
    commands.sort_unstable();
    let (screen, command) = (screens[RUNS / 2], commands[RUNS / 2]);
    println!("\n| {FILES} SOPS files, {CHANGED} of them changed | time |\n|---|---:|");
    println!(
        "| `D` in the editor, until all is on the screen | {} |",
        milliseconds(screen)
    );
    println!("| `lazysops diff` | {} |", milliseconds(command));
    report.target(
        "review of 500 files, 20 changed, first screen in ms",
        screen.as_secs_f64() * 1e3,
        TARGET.as_secs_f64() * 1e3,
        screen <= TARGET,
    );
}

fn run(place: &Place, program: &Path, folder: &Path, arguments: &[&str]) -> Option<i32> {
    Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(place.environment())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .code()
}

/// A repository of files that were encrypted one by one, so that each has a data key of its own.
fn repository(place: &Place) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plain = crate::input::yaml(VALUES);
    for number in 0..FILES {
        std::fs::write(folder.path().join(format!("{number:03}.yaml")), &plain).unwrap();
    }
    for number in 0..FILES {
        let name = format!("{number:03}.yaml");
        let words = ["encrypt", "-i", "--age", RECIPIENT, &name];
        assert_eq!(run(place, &place.lazysops, folder.path(), &words), Some(0));
    }
    let git = Path::new("git");
    let commit = [
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@localhost",
        "commit",
        "-qm",
        "all",
    ];
    for words in [&["init", "-q"][..], &["add", "-A"], &commit] {
        assert_eq!(run(place, git, folder.path(), words), Some(0), "git {words:?}");
    }
    for number in (0..FILES).step_by(FILES / CHANGED) {
        let name = format!("{number:03}.yaml");
        let words = ["set", &name, "[\"changed\"]", "\"by the bench\""];
        assert_eq!(run(place, &place.lazysops, folder.path(), &words), Some(0));
    }
    folder
}

/// The time from the key to the first screen of the review.
fn screen(place: &Place, folder: &Path) -> Duration {
    let nothing: [&str; 0] = [];
    let mut terminal = Terminal::start(
        &place.lazysops,
        nothing,
        place.environment(),
        folder,
        Size(120, 40),
    );
    terminal.wait_for("000.yaml");
    let start = Instant::now();
    terminal.send("D");
    terminal.wait_for("20 files, 20 changes");
    let taken = start.elapsed();
    terminal.send("qq");
    terminal.wait_for_exit();
    taken
}

fn command(place: &Place, folder: &Path) -> Duration {
    let start = Instant::now();
    assert_eq!(run(place, &place.lazysops, folder, &["diff"]), Some(1));
    start.elapsed()
}
