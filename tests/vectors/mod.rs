//! 505 whole cases recorded from the real sops: what it reads, writes, refuses, and with which exit code.
//!
//! What differs on purpose stands in `tests/data/deviations.toml`, what is not there yet in `tests/data/pending.toml`, each
//! with its reason. A case that stands there and passes fails the test: the lists only shrink.

mod case;
mod gpg;
mod normalise;
mod place;
mod run;

use crate::support::{data, skipped};
use case::Case;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A list of cases that do not pass, with reasons.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Excused {
    #[serde(default)]
    case: BTreeMap<String, String>,
    #[serde(default)]
    dimension: BTreeMap<String, String>,
}

impl Excused {
    fn read(name: &str) -> Self {
        toml::from_str(&std::fs::read_to_string(data(name)).unwrap()).unwrap()
    }

    fn excuses(&self, case: &Case) -> bool {
        self.case.contains_key(&case.name) || self.dimension.contains_key(&case.dimension)
    }
}

#[derive(Clone, Copy, Default)]
struct Tally {
    passed: usize,
    deviating: usize,
    pending: usize,
    failed: usize,
    skipped: usize,
}

#[test]
fn every_case_is_as_recorded() {
    let only = std::env::var("LAZYSOPS_TEST_CASE").ok();
    let cases: Vec<Case> = Case::all()
        .into_iter()
        .filter(|case| only.as_ref().is_none_or(|only| case.name.contains(only.as_str())))
        .collect();
    let has_gpg = place::has_program("gpg");
    let results = run_all(&cases, has_gpg);
    gpg::clean_up();
    let (deviations, pending) = (Excused::read("deviations.toml"), Excused::read("pending.toml"));
    let mut table: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut problems = String::new();
    for (case, result) in cases.iter().zip(results) {
        let tally = table.entry(&case.dimension).or_default();
        let excused = deviations.excuses(case) || pending.case.contains_key(&case.name);
        match result {
            None => tally.skipped += 1,
            Some(Ok(())) if excused => {
                tally.failed += 1;
                let _ = writeln!(problems, "{}: passes; take it off the list", case.name);
            }
            Some(Ok(())) => tally.passed += 1,
            Some(Err(_)) if deviations.excuses(case) => tally.deviating += 1,
            Some(Err(_)) if pending.excuses(case) => tally.pending += 1,
            Some(Err(difference)) => {
                tally.failed += 1;
                let _ = writeln!(problems, "{}: {difference}", case.name);
            }
        }
    }
    show(&table);
    assert!(problems.is_empty(), "\n{problems}");
}

/// The result of each case; `None` where it could not run.
fn run_all(cases: &[Case], has_gpg: bool) -> Vec<Option<Result<(), String>>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, case)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    cases.get(at).map(|case| (at, case))
                } {
                    let result = if case.needs_gpg() && !has_gpg {
                        skipped(&case.name, "there is no gpg");
                        None
                    } else {
                        Some(run::run(case))
                    };
                    results.lock().unwrap().push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Prints the table around the capture of the test harness: it is what one wants to see.
fn show(table: &BTreeMap<&str, Tally>) {
    let mut text = format!(
        "{:16}{:>8}{:>10}{:>9}{:>8}{:>9}\n",
        "recorded cases", "passed", "deviating", "pending", "failed", "skipped"
    );
    let mut line = |name: &str, tally: &Tally| {
        let _ = writeln!(
            text,
            "{name:16}{:>8}{:>10}{:>9}{:>8}{:>9}",
            tally.passed, tally.deviating, tally.pending, tally.failed, tally.skipped
        );
    };
    let mut all = Tally::default();
    for (name, tally) in table {
        line(name, tally);
        all.passed += tally.passed;
        all.deviating += tally.deviating;
        all.pending += tally.pending;
        all.failed += tally.failed;
        all.skipped += tally.skipped;
    }
    line("all", &all);
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
