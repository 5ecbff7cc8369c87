//! The one runtime for what needs one: services over HTTPS and gRPC. It is made on the first such call, so age and gpg files
//! never start it.
//!
//! [`run`] must not be called on a thread of the runtime itself; what serves requests there calls key services on a
//! blocking thread.

use super::access::{Cancel, Refusal};
use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How often a waiting call looks whether it is cancelled.
const TICK: Duration = Duration::from_millis(40);

static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();

/// The runtime, made if it is not there yet: one thread that waits for the network.
///
/// # Errors
/// When the system gives no thread or no socket for it.
pub fn runtime() -> Result<&'static Runtime, Refusal> {
    let made = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("network")
            .enable_all()
            .build()
            .ok()
    });
    made.as_ref()
        .ok_or_else(|| Refusal::new("the system gives no thread for calls over the network"))
}

/// Waits for `work`, at most `limit` long, and until it is cancelled.
///
/// # Errors
/// Those of `work`, and when it takes too long or is cancelled.
pub fn run<T>(
    cancel: &Cancel,
    limit: Duration,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    if cancel.is_cancelled() {
        return Err(Refusal::new("cancelled"));
    }
    runtime()?.block_on(async {
        tokio::select! {
            biased;
            done = work => done,
            () = cancelled(cancel) => Err(Refusal::new("cancelled")),
            () = tokio::time::sleep(limit) => Err(too_late(limit)),
        }
    })
}

async fn cancelled(cancel: &Cancel) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(TICK).await;
    }
}

fn too_late(limit: Duration) -> Refusal {
    Refusal::new(format!("no answer within {} seconds", limit.as_secs()))
        .next("see whether the network and the service are up, then try again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn what_never_ends_is_given_up() {
        let never = std::future::pending::<Result<(), Refusal>>();
        let refusal = run(&Cancel::default(), Duration::from_millis(1), never).unwrap_err();
        assert!(refusal.reason.starts_with("no answer within"), "{refusal}");
    }

    #[test]
    fn cancelling_ends_the_waiting_at_once() {
        let cancel = Cancel::default();
        let stops = cancel.clone();
        let work = async {
            stops.cancel();
            std::future::pending::<Result<(), Refusal>>().await
        };
        let begin = Instant::now();
        assert_eq!(
            run(&cancel, Duration::from_secs(60), work).unwrap_err().reason,
            "cancelled"
        );
        assert!(begin.elapsed() < Duration::from_secs(30));
        let refusal = run(&cancel, Duration::from_secs(60), async { Ok(()) }).unwrap_err();
        assert_eq!(refusal.reason, "cancelled", "nothing is begun after that");
    }
}
