//! What is left on the stack: functions that have returned leave their variables there, and ciphers keep keys in theirs. Memory
//! of the heap is another matter: who owns it wipes it.

/// How much of the stack below the caller is wiped, in bytes; more than anything here needs, less than a thread has.
const DEPTH: usize = 1 << 19;

/// Overwrites the stack below the caller, where everything that it called kept its variables. For the end of a thread, whose
/// stack is kept for the next one, and for a lock.
#[inline(never)]
pub fn wipe_stack() {
    let mut dead = [0_u8; DEPTH];
    std::hint::black_box(&mut dead);
}
