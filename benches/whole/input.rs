//! The files that are measured: maps of 50 values each, the same at every run.

use std::fmt::Write as _;

/// Values in one map.
const IN_A_MAP: usize = 50;

/// The first key of every file; on the screen it means that the content is there.
pub const FIRST_KEY: &str = "service_00000";

/// A YAML file with `count` values.
pub fn yaml(count: usize) -> String {
    let mut text = String::new();
    let mut state = 0x9e37_79b9_7f4a_7c15;
    for number in 0..count {
        let (map, value) = (number / IN_A_MAP, number % IN_A_MAP);
        if value == 0 {
            writeln!(text, "service_{map:05}:").unwrap();
        }
        writeln!(text, "    setting_{value:02}: {:016x}-{number}", next(&mut state)).unwrap();
    }
    text
}

/// A step of the xorshift generator: values that do not compress into a pattern, without a dependency.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
