//! `rekey` over a repository beside a loop of sops: every promise on, and what the syncs of it cost.

use crate::memory::peak_of_run;
use crate::place::Place;
use crate::report::{Report, megabytes, milliseconds};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Files of the repository, and folders they are spread over.
const FILES: usize = 1_000;
const FOLDERS: usize = 20;
/// Values in each.
const VALUES: usize = 20;
/// How many times as fast as the loop it must be.
const FASTER: f64 = 15.0;
/// How many times as much memory four times as many files may need.
const FLAT: f64 = 1.5;
/// Who leaves; protects nothing.
const LEAVER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
/// Folders in memory, where a sync costs nothing.
const MEMORY: &str = "/dev/shm";

pub fn measure(place: &Place, report: &mut Report) {
    let sealed = sealed(place);
    let on_disk = Repository::new(Path::new(env!("CARGO_TARGET_TMPDIR")), FILES, &sealed);
    let ours = on_disk.time(place, &place.lazysops, &["rekey", "--remove", LEAVER, "--yes"]);
    on_disk.check();
    println!("\n| {FILES} files, one recipient removed, new data keys | time | a file |\n|---|---:|---:|");
    row("lazysops rekey", ours);
    if Path::new(MEMORY).is_dir() {
        let in_memory = Repository::new(Path::new(MEMORY), FILES, &sealed);
        let without = in_memory.time(place, &place.lazysops, &["rekey", "--remove", LEAVER, "--yes"]);
        row("the same in memory, where syncs are free", without);
        let share = ours.saturating_sub(without).as_secs_f64() / ours.as_secs_f64();
        println!("\nThe syncs to the disk are {:.0} % of the time.", share * 100.0);
    }
    memory(place, report, &sealed);
    let Some(sops) = place.sops.as_deref() else {
        return;
    };
    let theirs = Repository::new(Path::new(env!("CARGO_TARGET_TMPDIR")), FILES, &sealed);
    let start = Instant::now();
    for file in &theirs.files {
        let name = file.to_str().unwrap();
        theirs.run(place, sops, &["rotate", "-i", "--rm-age", LEAVER, name]);
    }
    let taken = start.elapsed();
    theirs.check();
    row("a loop of sops rotate", taken);
    let faster = taken.as_secs_f64() / ours.as_secs_f64();
    report.target(
        "rekey of 1,000 files, times as fast as a loop of sops",
        faster,
        FASTER,
        faster >= FASTER,
    );
}

/// Four times as many files are to need about the same memory.
fn memory(place: &Place, report: &mut Report, sealed: &[u8]) {
    let [few, many] = [FILES / 4, FILES].map(|count| {
        let repository = Repository::new(Path::new(env!("CARGO_TARGET_TMPDIR")), count, sealed);
        let folder = repository.folder.path().to_str().unwrap();
        let most = peak_of_run(
            place,
            &place.lazysops,
            &["rekey", "--remove", LEAVER, "--yes", folder],
        );
        repository.check();
        println!("memory for {count} files: {}", megabytes(most));
        most
    });
    let grown = many as f64 / few as f64;
    report.target(
        "memory of rekey for 1,000 files, times that for 250",
        grown,
        FLAT,
        grown <= FLAT,
    );
}

fn row(what: &str, taken: Duration) {
    println!(
        "| {what} | {} | {} |",
        milliseconds(taken),
        milliseconds(taken / 1_000)
    );
}

/// A file that two can read.
fn sealed(place: &Place) -> Vec<u8> {
    std::fs::write(place.path("rekey.yaml"), crate::input::yaml(VALUES)).unwrap();
    let key = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";
    let both = format!("{key},{LEAVER}");
    place.run(
        &place.lazysops,
        &["encrypt", "--age", &both, "rekey.yaml"],
        "rekey.enc.yaml",
        0,
    );
    std::fs::read(place.path("rekey.enc.yaml")).unwrap()
}

struct Repository {
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

impl Repository {
    fn new(above: &Path, count: usize, sealed: &[u8]) -> Self {
        let folder = tempfile::tempdir_in(above).unwrap();
        let files = (0..count).map(|number| {
            let inside = folder.path().join(format!("f{}", number % FOLDERS));
            std::fs::create_dir_all(&inside).unwrap();
            let path = inside.join(format!("{number}.yaml"));
            std::fs::write(&path, sealed).unwrap();
            path
        });
        let files = files.collect();
        // What was written here is not to be counted as what the programs write.
        assert!(Command::new("sync").status().unwrap().success());
        Self { folder, files }
    }

    fn run(&self, place: &Place, program: &Path, arguments: &[&str]) {
        let status = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(place.environment())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    fn time(&self, place: &Place, program: &Path, arguments: &[&str]) -> Duration {
        let start = Instant::now();
        self.run(place, program, arguments);
        start.elapsed()
    }

    /// Nobody is left out.
    fn check(&self) {
        for file in &self.files {
            assert!(!std::fs::read_to_string(file).unwrap().contains(LEAVER));
        }
    }
}
