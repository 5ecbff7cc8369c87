//! Using keys for other processes (spec §12.12, §9.8).

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::keys::remote::{self, Gate, Listen, is_private};
use std::sync::Arc;

use super::caution::Caution;

/// Serves requests with the keys of this process until it is told to end.
///
/// # Errors
/// When it cannot listen there, and when strict, if others than this machine could reach it.
pub fn serve(
    network: &str,
    address: &str,
    environment: &Environment,
    gate: Arc<dyn Gate>,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let listen = match network {
        "tcp" | "tcp4" | "tcp6" => Listen::Tcp(address),
        "unix" => Listen::Unix(address),
        _ => {
            let text = "a key service listens on a network of kind tcp or unix";
            return Err(Failure::new(Kind::Generic, text));
        }
    };
    if let Listen::Tcp(address) = listen
        && !is_private(address)
    {
        caution.warn(format!(
            "whoever reaches {address} can use your keys: the protocol has neither encryption nor a password"
        ))?;
    }
    remote::serve(listen, environment, gate).map_err(|refusal| {
        let failure = Failure::new(Kind::Generic, refusal.reason);
        match refusal.next {
            Some(next) => failure.hint(next),
            None => failure,
        }
    })
}
