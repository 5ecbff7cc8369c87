//! The thread that reads the terminal, and how what it read is forgotten again.
//!
//! Crossterm keeps the bytes it read last, and those of a pasted text, until others take their place. After a batch that may
//! have been a secret, harmless bytes are put through it in the place of the terminal.

use super::event_loop::Event;
use crossterm::event::{self, Event as Input, KeyCode};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::stdio::dup2_stdin;
use std::io::{self, PipeWriter, Write as _};
use std::os::fd::AsFd as _;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::time::Duration;
use zeroize::Zeroizing;

/// What comes within this time came at once. With no time at all crossterm does not even look at what it has read already.
const AT_ONCE: Duration = Duration::from_micros(200);
/// How long crossterm may take for bytes that are there already.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many bytes crossterm reads at once, and so how many keys it can remember.
const BUFFER: usize = 1024;
/// How many keys are handed on at once.
const BATCH: usize = 256;
/// What a pipe takes without a reader.
const PIPE: usize = 1 << 15;
/// What comes around a pasted text.
const PASTE: (&str, &str) = ("\x1b[200~", "\x1b[201~");

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
    let (mut longest, mut secret) = (0, false);
    loop {
        let Ok(mut batch) = read_batch() else {
            return send.send(Event::Hangup).ok();
        };
        loop {
            longest = batch.iter().map(pasted).max().unwrap_or_default().max(longest);
            let all = batch.len() < BATCH;
            send.send(Event::Input(batch)).ok()?;
            secret |= gate.recv().ok()? == Next::Forget;
            // Keys that crossterm holds still are not to be taken for what is put through it.
            if !(secret && all) {
                break;
            }
            secret = false;
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
    while batch.len() < BATCH && event::poll(AT_ONCE)? {
        batch.push(event::read()?);
    }
    Ok(batch)
}

/// Puts blanks through crossterm where secrets may have gone before: through the text of a paste of `longest` bytes, and through
/// the buffer for keys. What came meanwhile, such as a change of the window, is given back.
fn forget(longest: usize) -> io::Result<Vec<Input>> {
    let terminal = io::stdin().as_fd().try_clone_to_owned()?;
    let (reader, writer) = io::pipe()?;
    // Else crossterm would wait for the rest of a paste that is not whole yet.
    fcntl_setfl(&reader, OFlags::NONBLOCK)?;
    dup2_stdin(&reader)?;
    let others = drain(&writer, longest);
    // Whatever went wrong: from here on the terminal is read again.
    dup2_stdin(&terminal)?;
    others
}

fn drain(writer: &PipeWriter, longest: usize) -> io::Result<Vec<Input>> {
    let blanks = " ".repeat(longest + BUFFER);
    feed(writer, &[PASTE.0, &blanks, PASTE.1, &" ".repeat(BUFFER)].concat())?;
    let (mut others, mut left) = (Vec::new(), BUFFER + 1);
    let mut begun = Zeroizing::default();
    while left > 0 && event::poll(PATIENCE)? {
        match event::read()? {
            Input::Paste(text) => {
                let text = Zeroizing::new(text);
                let own = [PASTE.0, &blanks].concat();
                begun = Zeroizing::new(text.strip_suffix(&own).unwrap_or_default().to_owned());
                left -= 1;
            }
            Input::Key(key) if key.code == KeyCode::Char(' ') => left -= 1,
            other => others.push(other),
        }
    }
    // The first half of a paste stood before the blanks, and its second half is still to come.
    if !begun.is_empty() {
        feed(writer, &Zeroizing::new([PASTE.0, &begun].concat()))?;
        event::poll(AT_ONCE)?;
    }
    Ok(others)
}

/// Writes to the pipe; what it does not take at once is written while crossterm reads.
fn feed(mut writer: &PipeWriter, text: &str) -> io::Result<()> {
    if text.len() <= PIPE {
        return writer.write_all(text.as_bytes());
    }
    let (mut writer, text) = (writer.try_clone()?, Zeroizing::new(text.to_owned()));
    std::thread::spawn(move || {
        // It fails when the reader is gone, which has given up then.
        let _ = writer.write_all(text.as_bytes());
    });
    Ok(())
}
