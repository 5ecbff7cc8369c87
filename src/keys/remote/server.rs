//! Being a key service: requests over a socket, answered with the keys of this process.

use super::wire::{DECRYPT, DecryptRequest, DecryptResponse, ENCRYPT, EncryptRequest, EncryptResponse, Key};
use super::{Gate, Listen, Request};
use crate::host::Environment;
use crate::keys::access::{Access, Refusal};
use crate::keys::channels::Way;
use crate::keys::runtime;
use crate::keys::service::Services;
use crate::metadata::{KeyEntry, Recipient};
use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tonic::body::Body;
use tonic::codegen::tokio_stream::Stream;
use tonic::codegen::{Body as HttpBody, BoxFuture, Service, StdError, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::{Response, Status};
use tonic_prost::ProstCodec;

/// Most requests of one connection that are served at the same time.
const MOST_AT_ONCE: usize = 16;

/// Serves requests until the process is told to end (interrupt, terminate, hang-up).
///
/// # Errors
/// When it cannot listen there.
pub fn serve(listen: Listen<'_>, environment: &Environment, gate: Arc<dyn Gate>) -> Result<(), Refusal> {
    let service = KeyServer {
        environment: Arc::new(environment.clone()),
        gate: Arc::clone(&gate),
    };
    runtime::runtime()?.block_on(async {
        let ended = end().map_err(|error| cannot_listen("signals", &error))?;
        let router = Server::builder()
            .concurrency_limit_per_connection(MOST_AT_ONCE)
            .add_service(service);
        match listen {
            Listen::Tcp(address) => {
                // Go's way to write "every address of this machine".
                let every = address.strip_prefix(':').map(|port| format!("[::]:{port}"));
                let listener = TcpListener::bind(every.as_deref().unwrap_or(address))
                    .await
                    .map_err(|error| cannot_listen(address, &error))?;
                let bound = listener
                    .local_addr()
                    .map_err(|error| cannot_listen(address, &error))?;
                gate.listening(&format!("tcp://{bound}"));
                tokio::select! {
                    _ = router.serve_with_incoming(TcpIncoming(listener)) => {}
                    () = ended => {}
                }
            }
            Listen::Unix(path) => {
                let listener = bind_privately(path).map_err(|error| cannot_listen(path, &error))?;
                let _socket = Socket(path);
                gate.listening(&format!("unix://{path}"));
                tokio::select! {
                    _ = router.serve_with_incoming(UnixIncoming(listener)) => {}
                    () = ended => {}
                }
            }
        }
        Ok(())
    })
}

fn cannot_listen(address: &str, error: &io::Error) -> Refusal {
    let refusal = Refusal::new(format!("cannot listen on {address}: {}", error.kind()));
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            refusal.next("another key service listens there; or remove the socket that a killed one left")
        }
        _ => refusal,
    }
}

/// A socket that only this user can connect to.
fn bind_privately(path: &str) -> io::Result<UnixListener> {
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(path);
    rustix::process::umask(before);
    listener
}

/// The name of a socket, which is to go with it.
struct Socket<'p>(&'p str);

impl Drop for Socket<'_> {
    // The name of our own socket; `host` knows files only.
    #[allow(clippy::disallowed_methods)]
    fn drop(&mut self) {
        // It may be gone already.
        let _ = std::fs::remove_file(Path::new(self.0));
    }
}

/// Ends when the process is told to end.
fn end() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

struct TcpIncoming(TcpListener);

impl Stream for TcpIncoming {
    type Item = io::Result<TcpStream>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .poll_accept(context)
            .map(|accepted| Some(accepted.map(|(stream, _)| stream)))
    }
}

struct UnixIncoming(UnixListener);

impl Stream for UnixIncoming {
    type Item = io::Result<UnixStream>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .poll_accept(context)
            .map(|accepted| Some(accepted.map(|(stream, _)| stream)))
    }
}

/// What answers.
#[derive(Clone)]
struct KeyServer {
    environment: Arc<Environment>,
    gate: Arc<dyn Gate>,
}

impl KeyServer {
    /// Does something with a key of this process, on a thread that may wait.
    async fn serve<T: Send + 'static>(
        self,
        verb: &'static str,
        key: Option<Key>,
        work: impl FnOnce(&Services<'_>, Recipient) -> Result<T, Status> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let recipient = key
            .and_then(Key::recipient)
            .ok_or_else(|| Status::invalid_argument("the request names no key that this version knows"))?;
        let serve = move || {
            let request = Request {
                verb,
                recipient: &recipient,
            };
            if !self.gate.admits(&request) {
                return Err(Status::permission_denied("Request rejected by user"));
            }
            work(&Services::new(Access::of(&self.environment)), recipient)
        };
        tokio::task::spawn_blocking(serve)
            .await
            .unwrap_or_else(|_| Err(Status::internal("an internal error stopped the request")))
            .map(Response::new)
    }
}

impl UnaryService<EncryptRequest> for KeyServer {
    type Response = EncryptResponse;
    type Future = BoxFuture<Response<EncryptResponse>, Status>;

    fn call(&mut self, request: tonic::Request<EncryptRequest>) -> Self::Future {
        let mut request = request.into_inner();
        let key = request.key.take();
        Box::pin(self.clone().serve("encrypt", key, move |services, recipient| {
            let enc = services
                .wrap_by(&recipient, &request.plaintext, Way::Here)
                .map_err(|refusal| Status::internal(refusal.reason))?;
            Ok(EncryptResponse {
                ciphertext: enc.into_bytes(),
            })
        }))
    }
}

impl UnaryService<DecryptRequest> for KeyServer {
    type Response = DecryptResponse;
    type Future = BoxFuture<Response<DecryptResponse>, Status>;

    fn call(&mut self, request: tonic::Request<DecryptRequest>) -> Self::Future {
        let DecryptRequest { key, ciphertext } = request.into_inner();
        Box::pin(self.clone().serve("decrypt", key, move |services, recipient| {
            let enc = String::from_utf8(ciphertext)
                .map_err(|_| Status::invalid_argument("the wrapped key is no text"))?;
            let entry = KeyEntry {
                recipient,
                enc,
                created_at: None,
            };
            let unwrapped = services
                .unwrap_by(&entry, Way::Here)
                .map_err(|denied| Status::internal(denied.reasons.join("; ")))?;
            Ok(DecryptResponse {
                plaintext: unwrapped.secret.to_vec(),
            })
        }))
    }
}

impl<B> Service<http::Request<B>> for KeyServer
where
    B: HttpBody + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let server = self.clone();
        Box::pin(async move {
            Ok(match request.uri().path() {
                ENCRYPT => {
                    let codec = ProstCodec::<EncryptResponse, EncryptRequest>::default();
                    Grpc::new(codec).unary(server, request).await
                }
                DECRYPT => {
                    let codec = ProstCodec::<DecryptResponse, DecryptRequest>::default();
                    Grpc::new(codec).unary(server, request).await
                }
                _ => Status::unimplemented("there is no such method").into_http(),
            })
        })
    }
}

impl NamedService for KeyServer {
    const NAME: &'static str = "KeyService";
}
