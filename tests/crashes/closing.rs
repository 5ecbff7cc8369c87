//! Errors that come late: of a disk that takes bytes and fails when they are to be on it, as NFS and quotas do (security P2). Whoever
//! asks with fsync learns of them, and a save asks before the rename. What `close` says after that is about nothing that is not on the
//! disk, and nobody could tell it: a file is closed when its variable ends.

use super::ways::{Way, traced};
use super::{Case, meaning};
use crate::support::machine::can_trace;
use crate::support::skipped;

const WAYS: [Way; 5] = [Way::Set, Way::Rotate, Way::UpdateKeys, Way::Rekey, Way::Edit];

fn may_trace(what: &str) -> bool {
    let may = can_trace(&WAYS[0].surroundings());
    if !may {
        skipped(what, "strace is not there, or may not trace");
    }
    may
}

#[test]
fn an_error_of_the_disk_that_comes_late_is_told_and_the_old_file_stays() {
    if !may_trace("an error of fsync") {
        return;
    }
    for way in WAYS {
        for (error, words) in [
            ("EIO", "Input/output error"),
            ("EDQUOT", "Disk quota exceeded"),
            ("ENOSPC", "No space left on device"),
        ] {
            let place = way.place();
            let before: Vec<_> = way.files().iter().map(|file| place.read(file)).collect();
            let inject = format!("inject=fsync:error={error}");
            let output = traced(&place, &["-o", "/dev/null", "-e", &inject], way.arguments());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let name = way.name();
            assert!(!output.status.success(), "{name}, {error}: it said that it saved");
            assert!(said.contains(words), "{name}, {error}: {said}");
            for (file, before) in way.files().iter().zip(before) {
                assert!(
                    place.read(file) == before,
                    "{name}, {error}: {file} is another one"
                );
            }
        }
    }
}

#[test]
fn a_close_that_fails_takes_nothing_from_what_was_saved() {
    if !may_trace("an error of close") {
        return;
    }
    for way in WAYS {
        let name = way.name();
        let (case, _) = Case::new(way).expect("strace may trace");
        for error in ["EIO", "EDQUOT"] {
            let place = way.surroundings();
            for (file, bytes) in &case.before {
                place.write(file, bytes);
            }
            let trace = place.root().join("trace");
            let inject = format!("inject=close:error={error}");
            let files: Vec<String> = case
                .before
                .keys()
                .map(|file| place.path(file).display().to_string())
                .collect();
            let mut options = vec!["-y", "-o", trace.to_str().unwrap(), "-e", &inject];
            for file in &files {
                options.extend(["-P", file]);
            }
            let output = traced(&place, &options, way.arguments());
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}, {error}: {said}");
            let trace = std::fs::read_to_string(trace).unwrap();
            assert!(trace.contains("(INJECTED)"), "{name}: {trace}");
            for (file, path) in case.before.keys().zip(&files) {
                // The new file was opened under the name of the temporary one, and is closed under its own. Where several threads save,
                // their calls cut the lines of each other in two.
                let count = |call: &str| trace.lines().filter(|line| touches(line, call, path)).count();
                let (opened, closed) = (count(" openat("), count(" close("));
                let least = if files.len() == 1 { opened + 1 } else { 1 };
                assert!(
                    closed >= least,
                    "{name}: {file}: opened {opened} times, closed {closed}: {trace}"
                );
                assert_eq!(
                    meaning(&place, file).as_ref(),
                    case.after.get(file),
                    "{name}, {error}: {file}"
                );
            }
        }
    }
}

/// Whether a call of this kind gave or took a descriptor of a file.
fn touches(line: &str, call: &str, path: &str) -> bool {
    line.contains(call) && line.contains(&format!("<{path}>"))
}
