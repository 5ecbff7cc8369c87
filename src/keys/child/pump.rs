//! Threads that read the pipes of a program, and the one channel where everything arrives.

use std::io::Read;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Which pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
}

/// A part of what a pipe gave; empty at its end.
type Part = (Stream, Zeroizing<Vec<u8>>);

/// How many parts may wait: a program that prints without end is slowed down, not collected.
const PARTS: usize = 8;

/// Reads pipes until they end.
pub struct Pump {
    sender: SyncSender<Part>,
    receiver: Receiver<Part>,
    open: usize,
}

impl Default for Pump {
    fn default() -> Self {
        let (sender, receiver) = sync_channel(PARTS);
        Self {
            sender,
            receiver,
            open: 0,
        }
    }
}

impl Pump {
    /// Starts to read a pipe. The thread ends with the pipe, or when nobody receives any more.
    pub fn read(&mut self, stream: Stream, pipe: Option<impl Read + Send + 'static>) {
        let Some(mut pipe) = pipe else {
            return;
        };
        self.open += 1;
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let mut buffer = Zeroizing::new([0_u8; 8192]);
            loop {
                let count = match pipe.read(buffer.as_mut_slice()) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(_) => 0,
                    Ok(count) => count,
                };
                let part = buffer.get(..count).unwrap_or_default().to_vec();
                if sender.send((stream, Zeroizing::new(part))).is_err() || count == 0 {
                    return;
                }
            }
        });
    }

    /// Whether a pipe has not ended yet.
    pub const fn is_open(&self) -> bool {
        self.open > 0
    }

    /// The next part that is not empty.
    pub fn receive(&mut self, limit: Duration) -> Result<Part, RecvTimeoutError> {
        let deadline = Instant::now() + limit;
        while self.open > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            let part = self.receiver.recv_timeout(left)?;
            if !part.1.is_empty() {
                return Ok(part);
            }
            self.open -= 1;
        }
        Err(RecvTimeoutError::Disconnected)
    }
}
