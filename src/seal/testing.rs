//! Randomness for tests.

use super::{Random, RandomError};

/// Counts: every byte string differs from all before.
#[derive(Default)]
pub struct Counter(u64);

impl Counter {
    /// Leaves out some numbers, so that nothing drawn later equals what another counter gave.
    pub fn skip(&mut self, count: u64) {
        self.0 += count;
    }
}

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for chunk in bytes.chunks_mut(8) {
            self.0 += 1;
            let spread = self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(&spread[..chunk.len()]);
        }
        Ok(())
    }
}
