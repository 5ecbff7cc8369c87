//! Saves that are killed, or fail, at each of their system calls: every file is whole, old or new; "saved" is never a lie; what is
//! left beside it is ciphertext, and the next save sweeps it (security P2).
//!
//! A sample runs by default. All points, with a table: `LAZYSOPS_TEST_CRASHES=all tests/run crashes -- --nocapture`.

mod closing;
mod durable;
mod faults;
mod races;
mod ways;

use crate::support::machine::can_trace;
use crate::support::parallel::check_all;
use crate::support::sandbox::Sandbox;
use crate::support::secret::files_with_the_secret;
use crate::support::skipped;
use faults::Fault;
use std::collections::BTreeMap;
use std::sync::Mutex;
use ways::Way;

/// One of so many points is tried by default.
const SAMPLE: usize = 11;

/// What became of the files of one point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Verdict {
    Old,
    New,
    /// Some files are old and some new, which a command over many files may leave behind.
    Both,
}

/// A way of saving, and what it looks like when nothing goes wrong.
struct Case {
    way: Way,
    before: BTreeMap<&'static str, Vec<u8>>,
    after: BTreeMap<&'static str, String>,
}

/// What a file means: the text of a policy; of a sealed file its content and its readers.
fn meaning(place: &Sandbox, file: &str) -> Option<String> {
    let text = String::from_utf8(place.read(file)).ok()?;
    if file.ends_with(".sops.yaml") {
        return Some(text);
    }
    let opened = place.lazysops(["decrypt", file]);
    let content = (opened.code == Some(0)).then(|| String::from_utf8(opened.stdout).ok())??;
    let readers = text.lines().filter(|line| line.contains("recipient"));
    Some(readers.fold(content, |all, reader| format!("{all}\n{}", reader.trim())))
}

impl Case {
    /// Saves once without a fault.
    fn new(way: Way) -> Option<(Self, Vec<Fault>)> {
        let place = way.place();
        let before = way.files().iter().map(|file| (*file, place.read(file))).collect();
        let faults = way.faults(&place)?;
        let after = way.files().iter().map(|file| {
            let meaning = meaning(&place, file).expect("a save without a fault");
            (*file, meaning)
        });
        let after = after.collect();
        Some((Self { way, before, after }, faults))
    }

    fn try_fault(&self, fault: &Fault) -> Result<Verdict, String> {
        let place = self.way.surroundings();
        for (file, bytes) in &self.before {
            place.write(file, bytes);
        }
        let said_saved = self.way.run_with(&place, fault);
        let wrong = |what: &str| Err(format!("{}, {fault}: {what}", self.way.name()));
        let (mut old, mut new) = (0, 0);
        for (file, bytes) in &self.before {
            if place.read(file) == *bytes {
                old += 1;
            } else if meaning(&place, file).as_deref() == self.after.get(file).map(String::as_str) {
                new += 1;
            } else {
                return wrong(&format!("{file} is lost"));
            }
        }
        if said_saved && old > 0 {
            return wrong("it said that it saved");
        }
        let readable = files_with_the_secret(place.root());
        if !readable.is_empty() {
            return wrong(&format!("plaintext is left in {readable:?}"));
        }
        let left = self.left(&place);
        if !left.is_empty() {
            self.way.save_again(&place);
            let still = self.left(&place);
            if !still.is_empty() {
                return wrong(&format!("{still:?} is not swept"));
            }
        }
        Ok(match (old, new) {
            (_, 0) => Verdict::Old,
            (0, _) => Verdict::New,
            _ => Verdict::Both,
        })
    }

    /// What lies beside the files and does not belong there.
    fn left(&self, place: &Sandbox) -> Vec<String> {
        let folders = ["", "prod"].map(|folder| place.path(folder));
        let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok());
        let names = entries.flatten().map(|entry| entry.unwrap().path());
        let known: Vec<_> = self.before.keys().map(|file| place.path(file)).collect();
        let strangers = names.filter(|path| path.is_file() && !known.contains(path));
        strangers.map(|path| path.display().to_string()).collect()
    }
}

fn at_every_call(way: Way, least: usize) {
    let name = way.name();
    let probe = Sandbox::without_keys();
    if !can_trace(&probe) {
        skipped(name, "strace is not there, or may not trace");
        return;
    }
    let Some((case, mut faults)) = Case::new(way) else {
        skipped(name, "strace may not attach to the editor");
        return;
    };
    if std::env::var_os("LAZYSOPS_TEST_CRASHES").is_none_or(|which| which != "all") {
        faults = faults
            .into_iter()
            .skip(name.len() % SAMPLE)
            .step_by(SAMPLE)
            .collect();
    } else {
        assert!(faults.len() >= least, "only {} points", faults.len());
    }
    let verdicts: Mutex<BTreeMap<Verdict, usize>> = Mutex::default();
    check_all(&faults, |fault| {
        let verdict = case.try_fault(fault)?;
        *verdicts.lock().unwrap().entry(verdict).or_default() += 1;
        Ok(())
    });
    println!(
        "| {name} | {} | {:?} | 0 lost |",
        faults.len(),
        verdicts.into_inner().unwrap()
    );
}

#[test]
fn a_set_that_ends_anywhere_leaves_the_old_or_the_new_file() {
    at_every_call(Way::Set, 100);
}

#[test]
fn a_rotation_that_ends_anywhere_leaves_the_old_or_the_new_file() {
    at_every_call(Way::Rotate, 100);
}

#[test]
fn an_update_of_keys_that_ends_anywhere_leaves_the_old_or_the_new_file() {
    at_every_call(Way::UpdateKeys, 100);
}

#[test]
fn a_rekey_of_many_files_and_their_rules_that_ends_anywhere_loses_none() {
    at_every_call(Way::Rekey, 200);
}

#[test]
fn an_edit_that_ends_anywhere_leaves_the_old_or_the_new_file() {
    at_every_call(Way::Edit, 100);
}

#[test]
fn a_save_of_the_editor_that_ends_anywhere_leaves_the_old_or_the_new_file() {
    at_every_call(Way::Editor, 30);
}
