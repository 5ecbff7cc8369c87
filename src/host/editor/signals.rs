//! Signals while an editor has the terminal.
//!
//! What the terminal sends goes to the editor as well, which knows best what to do with it. What is sent to this process alone is
//! meant to end it: the editor is asked to end, and the secret is removed before the process goes.

use crate::host::file::wipe;
use crate::host::foreground::keys_send_signals;
use rustix::process::{Pid, Signal, getpid, kill_process};
use signal_hook::consts::signal::{
    SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2,
};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::{emulate_default_handler, unregister};
use signal_hook::{SigId, flag};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long an editor may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who watches for signals while a secret lies in a folder.
#[derive(Debug)]
pub struct Watch {
    shared: Arc<Shared>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
    keys: Vec<SigId>,
}

#[derive(Debug, Default)]
struct Shared {
    /// A signal of the keyboard came, and nobody has reacted to it yet. Set the moment it comes.
    typed: Arc<AtomicBool>,
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    /// Whether an editor is started or runs.
    busy: bool,
    /// The editor, while it runs.
    editor: Option<Pid>,
    /// A signal that came while the last editor ran is still to be reacted to.
    late: bool,
    /// The signal that is the reason for its end.
    stopped_by: Option<i32>,
}

impl Shared {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Starts to watch. `alone`: this program has no other way to take in signals, so that one which comes while no editor runs
    /// ends it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn start(folder: PathBuf, alone: bool) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        // Before the others are: what is reacted to must have been marked.
        let keys = [SIGINT, SIGQUIT]
            .into_iter()
            .map(|signal| flag::register(signal, Arc::clone(&shared.typed)))
            .collect::<io::Result<Vec<_>>>()?;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP])?;
        if !alone {
            // The face waits for these, too, and hears nothing while an editor runs. Where it does not, they end the process at once.
            for signal in [SIGABRT, SIGALRM, SIGUSR1, SIGUSR2] {
                signals.add_signal(signal)?;
            }
        }
        let handle = signals.handle();
        let told = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for signal in signals.forever() {
                react(signal, &told, &folder, alone);
            }
        });
        Ok(Self {
            shared,
            handle,
            thread: Some(thread),
            keys,
        })
    }

    /// An editor is going to be started.
    pub fn begins(&self) {
        let mut now = self.shared.now();
        now.busy = true;
        now.late = false;
        now.stopped_by = None;
    }

    /// It runs.
    pub fn runs(&self, editor: Option<Pid>) {
        self.shared.now().editor = editor;
        self.shared.changed.notify_all();
    }

    /// It has ended; the signal that was the reason, if it was one.
    pub fn ends(&self) -> Option<i32> {
        let mut now = self.shared.now();
        now.busy = false;
        now.editor = None;
        // The editor may end of a key before the thread gets to hear of it here.
        now.late = self.shared.typed.swap(false, Ordering::SeqCst);
        self.shared.changed.notify_all();
        now.stopped_by.take()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // It does nothing that can fail.
            let _ = thread.join();
        }
        for key in self.keys.drain(..) {
            unregister(key);
        }
    }
}

fn react(signal: i32, shared: &Shared, folder: &std::path::Path, alone: bool) {
    if signal == SIGTSTP {
        // What would have happened without us.
        let _ = kill_process(getpid(), Signal::STOP);
        return;
    }
    let mut now = shared.now();
    let is_key = matches!(signal, SIGINT | SIGQUIT);
    if is_key {
        shared.typed.store(false, Ordering::SeqCst);
    }
    if !now.busy {
        let was_the_editors = is_key && std::mem::take(&mut now.late) && keys_send_signals();
        drop(now);
        if alone && !was_the_editors {
            end(signal, folder);
        }
        return;
    }
    if is_key && keys_send_signals() {
        return;
    }
    now.stopped_by = Some(signal);
    let wait = |now, until: fn(&Now) -> bool| {
        let (now, _) = shared
            .changed
            .wait_timeout_while(now, PATIENCE, |now| !until(now))
            .unwrap_or_else(PoisonError::into_inner);
        now
    };
    let now = wait(now, |now| now.editor.is_some() || !now.busy);
    if let Some(editor) = now.editor {
        let passed_on = if signal == SIGHUP {
            Signal::HUP
        } else {
            Signal::TERM
        };
        // It may have ended just now.
        let _ = kill_process(editor, passed_on);
    }
    let now = wait(now, |now| !now.busy);
    if now.busy {
        drop(now);
        end(signal, folder);
    }
}

/// Ends the process as the signal would have.
fn end(signal: i32, folder: &std::path::Path) {
    wipe(folder);
    // All that are watched for end a process.
    let _ = emulate_default_handler(signal);
}
