//! The thread that reads the terminal, and how what it read is forgotten again.
//!
//! Crossterm keeps the bytes it read last, and those of a pasted text, until others take their place. After a batch that may
//! have been a secret, harmless bytes are put through it in the place of the terminal.

use super::event_loop::Event;
use crossterm::event::{self, Event as Input, KeyCode};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::ioctl_fionread;
use rustix::stdio::dup2_stdin;
use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::os::fd::AsFd as _;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use zeroize::Zeroizing;

/// What comes within this time came at once. With no time at all crossterm does not even look at what it has read already, nor
/// does it when this thread has to wait for a processor that long: a `false` is no proof that it holds nothing.
const AT_ONCE: Duration = Duration::from_micros(200);
/// After this time without a key there is time to forget the last ones. A key whose bytes a slow line cuts in two is lost when they are
/// further apart than this; whoever suspends the editor sooner after a secret than this leaves it in the memory of a stopped process.
const PAUSE: Duration = Duration::from_millis(20);
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

/// Where keys come from.
trait Source {
    /// Whether one is there, or comes in time.
    fn poll(&mut self, patience: Duration) -> io::Result<bool>;
    /// The next one.
    fn read(&mut self) -> io::Result<Input>;
}

/// The terminal, through crossterm.
struct Crossterm;

impl Source for Crossterm {
    fn poll(&mut self, patience: Duration) -> io::Result<bool> {
        event::poll(patience)
    }

    fn read(&mut self) -> io::Result<Input> {
        event::read()
    }
}

/// Starts the thread that reads the terminal.
pub fn read_input(send: Sender<Event>) -> Gate {
    let (open, gate) = sync_channel(1);
    std::thread::spawn(move || {
        // Nobody listens any more when the editor is gone.
        let _ = read(&mut Crossterm, &send, &gate);
    });
    Gate(open)
}

/// Reads batch after batch; ends with the editor or the terminal.
fn read(source: &mut impl Source, send: &Sender<Event>, gate: &Receiver<Next>) -> Option<()> {
    let (mut longest, mut secret) = (0, false);
    loop {
        // Whoever types on is not held up by what is done about keys of before.
        let come = if secret { source.poll(PAUSE) } else { Ok(true) };
        let batch = match come {
            Ok(true) => read_batch(source),
            Ok(false) => {
                secret = false;
                // What could not be wiped now is overwritten by what is typed next.
                Ok(forget(source, std::mem::take(&mut longest)).unwrap_or_default())
            }
            Err(error) => Err(error),
        };
        let Ok(batch) = batch else {
            return send.send(Event::Hangup).ok();
        };
        if batch.is_empty() {
            continue;
        }
        longest = batch.iter().map(pasted).max().unwrap_or_default().max(longest);
        send.send(Event::Input(batch)).ok()?;
        secret |= gate.recv().ok()? == Next::Forget;
    }
}

/// The length of a pasted text.
fn pasted(input: &Input) -> usize {
    match input {
        Input::Paste(text) => text.len(),
        _ => 0,
    }
}

fn read_batch(source: &mut impl Source) -> io::Result<Vec<Input>> {
    let mut batch = vec![source.read()?];
    while batch.len() < BATCH && source.poll(AT_ONCE)? {
        batch.push(source.read()?);
    }
    Ok(batch)
}

/// Puts blanks through crossterm where secrets may have gone before: through the text of a paste of `longest` bytes, and through
/// the buffer for keys. What it held still, and what came meanwhile, such as a change of the window, is given back.
fn forget(source: &mut impl Source, longest: usize) -> io::Result<Vec<Input>> {
    let terminal = io::stdin().as_fd().try_clone_to_owned()?;
    let (reader, writer) = io::pipe()?;
    // Else crossterm would wait for the rest of a paste that is not whole yet.
    fcntl_setfl(&reader, OFlags::NONBLOCK)?;
    dup2_stdin(&reader)?;
    let others = wash(source, &reader, &writer, longest);
    // Whatever went wrong: from here on the terminal is read again.
    dup2_stdin(&terminal)?;
    others
}

/// Puts a paste of blanks and then `BUFFER` blanks through `source`, which reads the pipe now. What comes out before that paste was
/// typed by somebody, blanks too.
fn wash(
    source: &mut impl Source,
    reader: &PipeReader,
    writer: &PipeWriter,
    longest: usize,
) -> io::Result<Vec<Input>> {
    let blanks = " ".repeat(longest + BUFFER);
    feed(writer, &[PASTE.0, &blanks, PASTE.1, &" ".repeat(BUFFER)].concat())?;
    let (mut others, mut begun, mut left) = (Vec::new(), Zeroizing::default(), None);
    let patience =
        PATIENCE.saturating_mul(u32::try_from(longest >> 20).unwrap_or(u32::MAX).saturating_add(1));
    while left != Some(0) && source.poll(patience)? {
        match (source.read()?, &mut left) {
            (Input::Paste(text), None) => {
                let text = Zeroizing::new(text);
                match text.strip_suffix(&blanks).and_then(begun_before) {
                    Some(before) => (begun, left) = (before, Some(BUFFER)),
                    None => others.push(Input::Paste(text.to_string())),
                }
            }
            (Input::Key(key), Some(left)) if key.code == KeyCode::Char(' ') => *left -= 1,
            (other, _) => others.push(other),
        }
    }
    if left.is_none() {
        // The first bytes of the paste ended a key that was not whole: nobody can tell what was typed.
        others.retain(|input| !matches!(input, Input::Key(_)));
    }
    // The first half of a paste stood before the blanks, and its second half is still to come.
    if !begun.is_empty() {
        let begun = Zeroizing::new([PASTE.0, &begun].concat());
        let writing = feed(writer, &begun)?;
        while writing.as_ref().is_some_and(|thread| !thread.is_finished()) || ioctl_fionread(reader)? > 0 {
            if source.poll(AT_ONCE)? {
                others.push(source.read()?);
            }
        }
    }
    Ok(others)
}

/// What was pasted before a paste of ours began in the middle of it; nothing, where `head` is all of another paste.
fn begun_before(head: &str) -> Option<Zeroizing<String>> {
    let begun = if head.is_empty() {
        Some(head)
    } else {
        head.strip_suffix(PASTE.0)
    };
    begun.map(|text| Zeroizing::new(text.to_owned()))
}

/// Writes to the pipe; what it does not take at once is written by a thread while the pipe is read.
fn feed(mut writer: &PipeWriter, text: &str) -> io::Result<Option<JoinHandle<()>>> {
    if text.len() <= PIPE {
        return writer.write_all(text.as_bytes()).map(|()| None);
    }
    let (mut writer, text) = (writer.try_clone()?, Zeroizing::new(text.to_owned()));
    Ok(Some(std::thread::spawn(move || {
        // It fails when the reader is gone, which has given up then.
        let _ = writer.write_all(text.as_bytes());
    })))
}

#[cfg(test)]
mod tests;
