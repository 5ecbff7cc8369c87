//! The loop: threads for input, signals and tasks feed one channel; all that waits is taken in, then one frame is drawn.
//! Without anything to do it sleeps; there is no tick.

use super::asker::Inquiry;
use super::clipboard::{Answer, ClipboardThread};
use super::clock::Clock;
use super::effect::Effect;
use super::key::Key;
use super::keyboard::{Gate, Next};
use super::model::Model;
use super::mouse::Mouse;
use super::msg::Msg;
use super::outside::Outside;
use super::terminal::Screen;
use super::update::update;
use super::view;
use super::worker::{Outcome, TaskId, Worker};
use crate::host::Environment;
use crate::host::editor::EditorError;
use crate::seal::wipe_stack;
use crate::tree::Secret;
use crossterm::event::{Event as Input, KeyEventKind};
use signal_hook::consts::signal::{
    SIGABRT, SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2,
};
use signal_hook::iterator::Signals;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// What the loop hears.
pub enum Event {
    /// All that the terminal had to say at once.
    Input(Vec<Input>),
    /// The terminal is gone.
    Hangup,
    /// A task ended.
    Done(TaskId, Outcome),
    /// A key service asks something.
    Asked(Inquiry),
    /// A key service has something to say.
    Told(String),
    /// What became of a request to the clipboard.
    Clipboard(Answer),
    /// The user's own editor has ended.
    Edited(Box<Outside>, Result<Secret, EditorError>),
    /// How far unlocking got.
    Progress(TaskId, String),
    /// A signal.
    Signal(i32),
}

/// Why the loop ended.
pub enum End {
    /// The user quit.
    Quit,
    /// A signal asked for it.
    Signal(i32),
}

/// Signals that end a process and can be waited for.
const ENDS: &[i32] = &[
    SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,
];

/// Starts the thread that waits for signals.
///
/// # Errors
/// When the system refuses.
pub fn read_signals(send: Sender<Event>) -> io::Result<()> {
    let mut signals = Signals::new(ENDS.iter().chain(&[SIGTSTP, SIGCONT]))?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            if send.send(Event::Signal(signal)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// What effects are carried out with.
pub struct Machine<'m> {
    /// Runs tasks.
    pub worker: &'m mut dyn Worker,
    /// The thread that has the clipboard.
    pub clipboard: &'m mut ClipboardThread,
    /// The terminal.
    pub screen: &'m mut Screen,
    /// The time.
    pub clock: Clock,
    /// What programs that are started see.
    pub environment: &'m Environment,
    /// What was heard while another program had the terminal.
    pub held: VecDeque<Event>,
}

/// Runs until the end.
///
/// # Errors
/// When the terminal is gone.
pub fn run(
    model: &mut Model,
    first: Vec<Effect>,
    machine: &mut Machine<'_>,
    gate: &Gate,
    events: &Receiver<Event>,
) -> io::Result<End> {
    for effect in first {
        carry_out(model, effect, machine)?;
    }
    // A file that opens at once is the first thing on screen, without an empty frame before it.
    let mut event = events.recv_timeout(Duration::from_millis(120)).ok();
    loop {
        let mut read = false;
        while let Some(heard) = event.take() {
            let msgs = match heard {
                Event::Signal(SIGTSTP) => {
                    take_in(model, Msg::Stop, machine)?;
                    suspend(machine.screen)?;
                    continue;
                }
                Event::Signal(SIGCONT) => {
                    machine.screen.resume()?;
                    model.dirty = true;
                    event = next(events, machine);
                    continue;
                }
                Event::Signal(signal) => return Ok(End::Signal(signal)),
                Event::Hangup => return Ok(End::Signal(SIGHUP)),
                Event::Done(id, outcome) => vec![Msg::Done(id, outcome)],
                Event::Asked(inquiry) => vec![Msg::Asked(inquiry)],
                Event::Told(text) => vec![Msg::Told(text)],
                Event::Edited(outside, result) => vec![Msg::Edited(outside, result)],
                Event::Progress(id, text) => vec![Msg::Progress(id, text)],
                Event::Clipboard(answer) => vec![Msg::Clipboard(answer)],
                Event::Input(batch) => {
                    read = true;
                    batch.into_iter().filter_map(message).collect()
                }
            };
            for msg in msgs {
                if take_in(model, msg, machine)? {
                    return Ok(End::Quit);
                }
                hold(events, machine);
            }
            event = next(events, machine);
        }
        if model.dirty {
            model.dirty = false;
            machine.screen.draw(|buffer| {
                model.size = buffer.area;
                view::draw(model, buffer)
            })?;
        }
        if read {
            let secret = std::mem::take(&mut model.guard.typed);
            gate.open(if secret { Next::Forget } else { Next::Read });
        }
        event = wait(model, events, machine.clock.now())?;
        if event.is_none() && take_in(model, Msg::Deadline, machine)? {
            return Ok(End::Quit);
        }
    }
}

/// Updates the model and does what follows; whether that is to leave.
fn take_in(model: &mut Model, msg: Msg, machine: &mut Machine<'_>) -> io::Result<bool> {
    for effect in update(model, msg, machine.clock.now()) {
        if matches!(effect, Effect::Quit) {
            return Ok(true);
        }
        carry_out(model, effect, machine)?;
    }
    Ok(false)
}

/// What was heard already.
fn next(events: &Receiver<Event>, machine: &mut Machine<'_>) -> Option<Event> {
    machine.held.pop_front().or_else(|| events.try_recv().ok())
}

/// After another program had the terminal: what the keys of the terminal sent meanwhile was meant for that program.
fn hold(events: &Receiver<Event>, machine: &mut Machine<'_>) {
    if machine.held.is_empty() {
        return;
    }
    let theirs = |event: &Event| matches!(event, Event::Signal(SIGINT | SIGQUIT | SIGTSTP | SIGCONT));
    machine
        .held
        .extend(events.try_iter().filter(|event| !theirs(event)));
}

/// Waits for the next event, or for the time the model asked for.
fn wait(model: &Model, events: &Receiver<Event>, now: Instant) -> io::Result<Option<Event>> {
    let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
    let Some(deadline) = model.deadline() else {
        return events.recv().map(Some).map_err(|_| gone());
    };
    match events.recv_timeout(deadline.saturating_duration_since(now)) {
        Ok(event) => Ok(Some(event)),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => Err(gone()),
    }
}

fn message(input: Input) -> Option<Msg> {
    match input {
        Input::Key(key) if key.kind != KeyEventKind::Release => Some(Msg::Key(Key::from(key))),
        Input::Paste(text) => Some(Msg::Paste(Zeroizing::new(text))),
        Input::Resize(width, height) => Some(Msg::Resize(width, height)),
        Input::FocusGained => Some(Msg::Focus(true)),
        Input::FocusLost => Some(Msg::Focus(false)),
        Input::Mouse(event) => Mouse::from_event(event).map(Msg::Mouse),
        Input::Key(_) => None,
    }
}

fn carry_out(model: &mut Model, effect: Effect, machine: &mut Machine<'_>) -> io::Result<()> {
    match effect {
        Effect::Start(id, job) => machine.worker.start(id, job),
        Effect::Cancel(id) => machine.worker.cancel(id),
        Effect::Suspend => suspend(machine.screen)?,
        Effect::Outside(outside) => {
            // The input thread waits until all that it sent is taken in, so the keys are the editor's.
            machine.screen.suspend();
            let result = outside.edit(machine.environment);
            machine.screen.resume()?;
            model.dirty = true;
            machine.held.push_back(Event::Edited(outside, result));
        }
        Effect::Redraw => {
            machine.screen.clear()?;
            model.dirty = true;
        }
        Effect::Clipboard(request) => machine.clipboard.ask(request),
        Effect::TellTerminal(text) => machine.screen.copy(text.expose())?,
        Effect::Wipe => wipe_stack(),
        Effect::Quit => {}
    }
    Ok(())
}

/// Stops the process as the shell expects, and takes the terminal back once it is continued. The signal that continues it is
/// heard later; a frame that was drawn before would stand on the normal screen.
fn suspend(screen: &mut Screen) -> io::Result<()> {
    screen.suspend();
    signal_hook::low_level::emulate_default_handler(SIGTSTP)?;
    screen.resume()
}
