//! A native implementation of the SOPS file format, and the editor and commands built on it.
//!
//! The house, from the ground up; a floor may use those named after it, never those before it:
//!
//! | floor | what it knows |
//! |---|---|
//! | [`tui`], [`cli`] | the faces; they never see each other |
//! | [`ops`] | use cases, one verb a file: open, save, encrypt, decrypt, set, unset … |
//! | [`keys`], [`host`] | effects: key services; files, environment, clock, randomness, terminal |
//! | [`policy`], [`metadata`] | `.sops.yaml`; the `sops` block of a file |
//! | [`seal`], [`format`](mod@format) | the value cipher, MAC and selection rules; text to tree and back, without loss |
//! | [`tree`] | ordered nodes, keys, values, comments |
//! | [`failure`] | what went wrong, for people |
//!
//! The lower four floors are bytes in, bytes out: no file, environment, network, clock or randomness of
//! their own.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "unit tests read golden files and make folders of their own"
    )
)]

pub mod cli;
pub mod failure;
pub mod format;
#[allow(
    clippy::disallowed_methods,
    reason = "this floor is where the machine is touched"
)]
pub mod host;
#[allow(
    clippy::disallowed_methods,
    reason = "key services read identity files and start programs such as gpg"
)]
pub mod keys;
pub mod metadata;
pub mod ops;
pub mod policy;
pub mod seal;
pub mod tree;
pub mod tui;
