//! The thread that reads the terminal, and how what it read is forgotten again.
//!
//! Crossterm keeps the bytes it read last, and those of a pasted text, until others take their place. After a batch that may
//! have been a secret, harmless bytes are put through it in the place of the terminal.

use super::event_loop::Event;
use crossterm::event::{self, Event as Input, KeyCode};
use rustix::stdio::dup2_stdin;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::time::Duration;

/// What comes within this time came at once. With no time at all crossterm does not even look at what it has read already.
const AT_ONCE: Duration = Duration::from_micros(200);
/// How long crossterm may take for bytes that are there already.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many bytes crossterm reads at once, and so how many keys it can remember.
const BUFFER: usize = 1024;
/// What a pipe takes without a reader.
const PIPE: usize = 1 << 15;
/// What comes around a pasted text.
const PASTE: (&[u8], &[u8]) = (b"\x1b[200~", b"\x1b[201~");

/// What the thread does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read on.
    Read,
    /// Forget what was read, then read on.
    Forget,
}

/// Lets the input thread read on. It waits for this after every batch, so that it does not take keys away from a program
/// that was given the terminal meanwhile.
pub struct Gate(SyncSender<Next>);

impl Gate {
    /// Opens it; to be called once for each batch.
    pub fn open(&self, next: Next) {
        // The thread waits for exactly one of these.
        let _ = self.0.try_send(next);
    }
}

/// Starts the thread that reads the terminal.
pub fn read_input(send: Sender<Event>) -> Gate {
    let (open, gate) = sync_channel(1);
    std::thread::spawn(move || {
        // Nobody listens any more when the editor is gone.
        let _ = read(&send, &gate);
    });
    Gate(open)
}

/// Reads batch after batch; ends with the editor or the terminal.
fn read(send: &Sender<Event>, gate: &Receiver<Next>) -> Option<()> {
    let mut longest = 0;
    loop {
        let Ok(mut batch) = read_batch() else {
            return send.send(Event::Hangup).ok();
        };
        loop {
            longest = batch.iter().map(pasted).max().unwrap_or_default().max(longest);
            send.send(Event::Input(batch)).ok()?;
            if gate.recv().ok()? == Next::Read {
                break;
            }
            // What could not be wiped now is overwritten by what is typed next.
            batch = forget(longest).unwrap_or_default();
            longest = 0;
            if batch.is_empty() {
                break;
            }
        }
    }
}

/// The length of a pasted text.
fn pasted(input: &Input) -> usize {
    match input {
        Input::Paste(text) => text.len(),
        _ => 0,
    }
}

fn read_batch() -> io::Result<Vec<Input>> {
    let mut batch = vec![event::read()?];
    while batch.len() < 256 && event::poll(AT_ONCE)? {
        batch.push(event::read()?);
    }
    Ok(batch)
}

/// Puts blanks through crossterm where secrets may have gone before: through the text of a paste of `longest` bytes, and through
/// the buffer for keys. What came meanwhile, such as a change of the window, is given back.
fn forget(longest: usize) -> io::Result<Vec<Input>> {
    let terminal = io::stdin().as_fd().try_clone_to_owned()?;
    let (reader, mut writer) = io::pipe()?;
    let blanks = vec![b' '; longest + BUFFER];
    let filler = [PASTE.0, &blanks, PASTE.1, &[b' '; BUFFER]].concat();
    let small = filler.len() <= PIPE;
    dup2_stdin(&reader)?;
    let others = std::thread::scope(|scope| {
        if small {
            writer.write_all(&filler)?;
        } else {
            scope.spawn(|| {
                // The reader gives up after a while, and takes the pipe with it.
                let _ = writer.write_all(&filler);
            });
        }
        let others = drain();
        // The other end of what may still be written is gone with both of these.
        dup2_stdin(&terminal)?;
        drop(reader);
        Ok(others)
    });
    // Also when something went wrong: nothing can be read from a pipe.
    dup2_stdin(&terminal)?;
    others
}

/// Takes the blanks off again.
fn drain() -> Vec<Input> {
    let mut others = Vec::new();
    let mut left = BUFFER + 1;
    while left > 0 && event::poll(PATIENCE).unwrap_or_default() {
        match event::read() {
            Ok(Input::Paste(_)) => left -= 1,
            Ok(Input::Key(key)) if key.code == KeyCode::Char(' ') => left -= 1,
            Ok(other) => others.push(other),
            Err(_) => break,
        }
    }
    others
}
