//! Key services: what each kind of key opens, and what it says when it does not.

mod cctv;
#[cfg(all(feature = "aws", feature = "azure", feature = "gcp", feature = "vault"))]
mod cloud;
mod commands;
mod gpg_home;
#[cfg(feature = "vault")]
mod http_stub;
mod hybrid;
mod keyservice;
mod local;
mod locked;
mod person;
mod pgp;
mod plugin;
mod script;
mod unlock;
mod unreached;
#[cfg(feature = "vault")]
mod vault;
