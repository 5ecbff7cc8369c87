//! One integration binary, a folder a subject: linking once matters on small machines.

#![allow(
    clippy::disallowed_methods,
    reason = "tests make files, read the environment that tests/run sets, and start programs"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may stop at the first surprise; Clippy's own exemption does not reach the helpers of tests"
)]

mod architecture;
mod cli;
mod crashes;
mod differential;
mod faces;
mod formats;
mod git;
mod hostile;
mod keys;
mod pty;
mod repository;
mod seal;
mod secrecy;
mod support;
mod vectors;
mod yaml;
mod yaml_emit;
mod yaml_patch;
