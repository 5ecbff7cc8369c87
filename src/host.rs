//! The machine: files, environment, clock, randomness, terminal, child processes. The only place that touches them besides
//! [`crate::keys`].

mod environment;

pub use environment::Environment;
