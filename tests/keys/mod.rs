//! Key services: what each kind of key opens, and what it says when it does not.

mod cctv;
#[cfg(all(feature = "aws", feature = "azure", feature = "gcp", feature = "vault"))]
mod cloud;
mod commands;
mod doctor;
pub mod gpg_home;
#[cfg(feature = "vault")]
pub mod http_stub;
mod hybrid;
#[cfg(feature = "keyservice")]
pub mod keyservice;
mod local;
mod locked;
mod once;
mod person;
pub mod pgp;
mod plugin;
mod small;
mod splits;
mod unlock;
mod unreached;
#[cfg(feature = "vault")]
pub mod vault;
