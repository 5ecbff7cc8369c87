//! The memory of a process, and what is in it.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// How much is read at once; pieces overlap, so that nothing is missed between two.
const PIECE: usize = 1 << 20;

/// Every place in the writable memory of a process where `wanted` stands, with the region and what is around it in printable
/// characters; `None` where that may not be read.
pub fn find(process: i32, wanted: &[u8]) -> Option<Vec<String>> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let memory = File::open(format!("/proc/{process}/mem")).ok()?;
    let mut found = Vec::new();
    let mut readable = false;
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (range, rights) = (words[0], words[1]);
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let address = |text| u64::from_str_radix(text, 16).unwrap();
        let (mut at, end) = (address(start), address(end));
        let mut piece = vec![0; PIECE + wanted.len()];
        while at < end {
            let length = piece.len().min(usize::try_from(end - at).unwrap());
            if memory.read_exact_at(&mut piece[..length], at).is_ok() {
                readable = true;
                let hits = memchr::memmem::find_iter(&piece[..length], wanted).filter(|hit| *hit < PIECE);
                found.extend(hits.map(|hit| {
                    let region = words.get(5).unwrap_or(&"anonymous");
                    let around = &piece[hit.saturating_sub(24)..(hit + wanted.len() + 24).min(length)];
                    let around: String = around.iter().map(|byte| printable(*byte)).collect();
                    format!("{region} {:#x}: {around}", at + hit as u64)
                }));
            }
            at += PIECE as u64;
        }
    }
    readable.then_some(found)
}

fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() {
        char::from(byte)
    } else {
        '.'
    }
}
