//! The key service: who may use it, and what it tells.

use crate::cli::args::keyservice::KeyService;
use crate::cli::output;
use crate::failure::Failure;
use crate::host::{Environment, plain_line};
use crate::keys::remote::{Gate, Request};
use crate::ops::caution::Caution;
use crate::ops::{keyservice as service, unlock};
use std::sync::{Arc, Mutex, PoisonError};

/// `keyservice`
pub fn keyservice(
    args: &KeyService,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    let porter = Arc::new(Porter {
        prompt: args.prompt,
        verbose: args.common.verbose,
        turn: Mutex::new(()),
    });
    service::serve(&args.network, &args.address, environment, porter, caution)
}

/// Attends the service at the terminal.
struct Porter {
    prompt: bool,
    verbose: bool,
    /// One question at a time.
    turn: Mutex<()>,
}

impl Gate for Porter {
    fn listening(&self, address: &str) {
        output::tell(&format!("Listening on {address}"));
    }

    fn admits(&self, request: &Request<'_>) -> bool {
        let kind = request.recipient.kind();
        let name = plain_line(&unlock::identity(request.recipient));
        let verb = request.verb;
        if self.verbose {
            output::tell(&format!("{verb} request for {kind} {name}"));
        }
        if !self.prompt {
            return true;
        }
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let question = format!("\nReceived {verb} request using {kind} {name}. Respond to request? (y/n): ");
        // Who cannot be asked does not agree.
        let agreed = output::confirmed(&question).unwrap_or(false);
        drop(turn);
        agreed
    }
}
