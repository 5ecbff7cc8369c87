//! Random numbers of the operating system.

use crate::seal::{Random, RandomError};

/// The operating system's source, fit for keys and nonces.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[cfg(not(target_os = "linux"))]
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|_| RandomError)
    }

    /// By the system call itself: in a static program the crate would look for it in a shared library, and then for a device,
    /// which an empty root has not.
    #[cfg(target_os = "linux")]
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        use rustix::rand::{GetRandomFlags, getrandom};
        let mut rest = bytes;
        while !rest.is_empty() {
            let got = match getrandom(&mut *rest, GetRandomFlags::empty()) {
                Ok(got) => got,
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return Err(RandomError),
            };
            rest = rest.get_mut(got..).unwrap_or_default();
        }
        Ok(())
    }
}
