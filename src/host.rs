//! The machine: files, environment, clock, randomness, terminal, child processes. The only place that touches them besides
//! [`crate::keys`].

pub mod clock;
mod environment;
pub mod file;
mod harden;
mod random;
mod walk;
pub mod words;

pub use environment::Environment;
pub use harden::harden;
pub use random::SystemRandom;
pub use walk::files_below;
