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

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::wipe_stack;
    use std::fs::File;
    use std::hint::black_box;
    use std::os::unix::fs::FileExt as _;

    const SECRET: &[u8; 16] = b"left on a stack!";
    const SIZE: usize = 1 << 17;

    /// Has a secret in its variables, over and over; gives where they are.
    #[inline(never)]
    fn keep_a_secret() -> u64 {
        let mut room = [0_u8; SIZE];
        for piece in room.as_chunks_mut().0 {
            *piece = *SECRET;
        }
        black_box(&mut room).as_ptr().addr() as u64
    }

    /// How often the secret stands there; `None` where this process may not look.
    fn count(at: u64) -> Option<usize> {
        let mut bytes = vec![0; SIZE];
        let memory = File::open("/proc/self/mem").ok()?;
        memory.read_exact_at(&mut bytes, at).ok()?;
        Some(memchr::memmem::find_iter(&bytes, SECRET).count())
    }

    #[test]
    fn what_functions_left_on_the_stack_is_gone_once_it_is_wiped() {
        let at = keep_a_secret();
        let Some(before) = count(at) else {
            eprintln!("skipped: the memory of this process may not be read here");
            return;
        };
        // What was called since then has overwritten a part.
        assert!(before > SIZE / SECRET.len() / 2);
        wipe_stack();
        assert_eq!(count(at), Some(0));
    }
}
