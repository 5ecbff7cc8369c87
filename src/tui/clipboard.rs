//! The thread that has the clipboard: it waits for requests and answers with messages. It is started by the first request and
//! lives as long as the editor, because whoever copied hands the text out.

use super::event_loop::Event;
use crate::host::{Clipboard, Environment, Provider};
use crate::tree::Secret;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long leaving the editor waits for the clipboard to be cleared.
const FAREWELL: Duration = Duration::from_secs(6);

/// What is wanted of the clipboard.
#[derive(Debug)]
pub enum Request {
    /// Keep this text.
    Copy {
        /// The text.
        text: Secret,
        /// Whether it is a value, which histories are to leave out and which is cleared later.
        secret: bool,
    },
    /// Take our value off, if it is still there.
    Clear,
}

/// What became of a request.
#[derive(Debug)]
pub enum Answer {
    /// The text is kept.
    Copied {
        /// By whom.
        provider: Provider,
        /// The text, where the terminal is to keep it: only who draws may tell it so.
        for_terminal: Option<Secret>,
        /// Whether it is a value.
        secret: bool,
    },
    /// Whether our value was still there, and is not any more.
    Cleared(bool),
}

/// The way to the thread.
pub struct ClipboardThread {
    environment: Environment,
    answers: Sender<Event>,
    running: Option<(Sender<Request>, Receiver<()>)>,
}

impl ClipboardThread {
    /// Answers go to `answers`.
    #[must_use]
    pub const fn new(environment: Environment, answers: Sender<Event>) -> Self {
        Self {
            environment,
            answers,
            running: None,
        }
    }

    /// Asks for something.
    pub fn ask(&mut self, request: Request) {
        if self.running.is_none() && matches!(request, Request::Clear) {
            return;
        }
        let (requests, _) = self.running.get_or_insert_with(|| {
            let (requests, wanted) = channel();
            let (ended, end) = channel();
            let clipboard = Clipboard::new(self.environment.clone());
            let answers = self.answers.clone();
            std::thread::spawn(move || {
                serve(clipboard, &wanted, &answers);
                // Nobody waits any more when it took too long.
                let _ = ended.send(());
            });
            (requests, end)
        });
        // The thread ends only after this value does.
        let _ = requests.send(request);
    }

    /// Takes our value off the clipboard and ends the thread; waits for that a few seconds at most.
    pub fn finish(self) {
        if let Some((requests, end)) = self.running {
            let _ = requests.send(Request::Clear);
            drop(requests);
            let _ = end.recv_timeout(FAREWELL);
        }
    }
}

fn serve(mut clipboard: Clipboard, wanted: &Receiver<Request>, answers: &Sender<Event>) {
    for request in wanted {
        let answer = match request {
            Request::Copy { text, secret } => {
                let provider = clipboard.copy(&text, secret);
                let for_terminal = (provider == Provider::Terminal).then_some(text);
                Answer::Copied {
                    provider,
                    for_terminal,
                    secret,
                }
            }
            Request::Clear => Answer::Cleared(clipboard.clear()),
        };
        // The editor may be gone; what was asked for is done all the same.
        let _ = answers.send(Event::Clipboard(answer));
    }
}
