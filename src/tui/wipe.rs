//! Wiping what nothing names any more: the places on the stack where functions that have returned kept their variables.

/// How much of the stack below the caller is wiped; more than any function of ours needs there.
const DEPTH: usize = 1 << 20;

/// Overwrites the stack below the caller.
#[inline(never)]
pub fn dead_stack() {
    let mut dead = [0_u8; DEPTH];
    std::hint::black_box(&mut dead);
}
