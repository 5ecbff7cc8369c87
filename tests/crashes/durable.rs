//! A power cut: what a save wrote is on the disk before it takes the place of the old file, and the folder is before the save is said
//! to be done (security P2). A kill would not show it: the kernel keeps what a process wrote.

use super::ways::{Way, traced};
use crate::support::machine::can_trace;
use crate::support::skipped;

/// The system calls of a way of saving, with the paths of descriptors, in their order.
fn calls(way: Way) -> Vec<String> {
    let place = way.place();
    let trace = place.root().join("trace");
    let options = ["-y", "-e", "trace=fsync,rename,renameat,renameat2", "-o"];
    let options: Vec<&str> = options.into_iter().chain([trace.to_str().unwrap()]).collect();
    let output = traced(&place, &options, way.arguments());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read_to_string(trace).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The path of the temporary file that became `file`, and the number of the call.
fn renamed<'c>(calls: &'c [String], file: &str) -> (usize, &'c str) {
    let end = format!("/work/{file}\"");
    let number = calls
        .iter()
        .position(|call| call.contains("rename") && call.contains(&end))
        .unwrap_or_else(|| panic!("{file} is not renamed: {calls:#?}"));
    let temporary = calls[number].split('"').nth(1).unwrap();
    (number, temporary.rsplit('/').next().unwrap())
}

#[test]
fn a_power_cut_after_a_save_finds_it_on_the_disk() {
    let ways = [Way::Set, Way::Rotate, Way::UpdateKeys, Way::Rekey, Way::Edit];
    if !can_trace(&ways[0].surroundings()) {
        skipped("what a power cut finds", "strace is not there, or may not trace");
        return;
    }
    for way in ways {
        let calls = calls(way);
        for file in way.files() {
            let (number, temporary) = renamed(&calls, file);
            let synced = |call: &String| call.contains("fsync(") && call.contains(temporary);
            assert!(
                calls[..number].iter().any(synced),
                "{}: {file}: the content is not on the disk when it is renamed: {calls:#?}",
                way.name()
            );
            let folder = if file.contains('/') { "/prod>" } else { "/work>" };
            assert!(
                calls[number..]
                    .iter()
                    .any(|call| call.contains("fsync(") && call.contains(folder)),
                "{}: {file}: the rename is not on the disk at the end: {calls:#?}",
                way.name()
            );
        }
    }
}
