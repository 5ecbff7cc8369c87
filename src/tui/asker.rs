//! Key services ask while they work on a thread of a task: what they ask becomes a message, and they wait for the answer.

use super::event_loop::Event;
use crate::host::{Ask, Question, Subject};
use crate::tree::Secret;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, SyncSender, sync_channel};

/// What is answered with.
#[derive(Debug)]
pub enum Answer {
    /// A passphrase or PIN.
    Secret(Secret),
    /// A text that is not secret.
    Text(String),
    /// Whether the first of two answers was taken.
    Choice(bool),
}

/// What kind of answer is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A passphrase or PIN.
    Secret,
    /// A text that is not secret.
    Text,
    /// One of two answers, or the one there is.
    Choice {
        /// What Yes says.
        yes: String,
        /// What No says.
        no: Option<String>,
    },
}

/// A question of a key service. Dropping it says that nobody answers.
#[derive(Debug)]
pub struct Inquiry {
    /// What is asked, safe to print.
    pub text: String,
    /// How many answers were wrong already.
    pub attempt: u32,
    /// What is wanted.
    pub wanted: Wanted,
    reply: SyncSender<Answer>,
}

impl Inquiry {
    /// Answers it.
    pub fn answer(self, answer: Answer) {
        // Who asked may have given up.
        let _ = self.reply.send(answer);
    }
}

/// Passes questions on to the loop.
pub struct Asker(Mutex<Sender<Event>>);

impl Asker {
    /// Questions go to `send`.
    #[must_use]
    pub const fn new(send: Sender<Event>) -> Self {
        Self(Mutex::new(send))
    }

    fn send(&self, event: Event) -> Option<()> {
        self.0.lock().ok()?.send(event).ok()
    }

    fn ask(&self, text: String, attempt: u32, wanted: Wanted) -> Option<Answer> {
        let (reply, answer) = sync_channel(1);
        let inquiry = Inquiry {
            text,
            attempt,
            wanted,
            reply,
        };
        self.send(Event::Asked(inquiry))?;
        answer.recv().ok()
    }

    fn agree(&self, text: String, yes: &str) -> bool {
        let wanted = Wanted::Choice {
            yes: yes.to_owned(),
            no: Some("Cancel".to_owned()),
        };
        matches!(self.ask(text, 0, wanted), Some(Answer::Choice(true)))
    }
}

impl Ask for Asker {
    fn passphrase(&self, question: &Question) -> Option<Secret> {
        let text = match &question.subject {
            Subject::Identity(source) => format!("Passphrase of {source}"),
            Subject::SshKey(path) => format!("Passphrase of the SSH key {path}"),
            Subject::Pgp(fingerprint) => format!("Passphrase of the PGP key {fingerprint}"),
            Subject::Plugin { program, description } => format!("{program}: {description}"),
        };
        match self.ask(text, question.attempt, Wanted::Secret)? {
            Answer::Secret(secret) => Some(secret),
            Answer::Text(_) | Answer::Choice(_) => None,
        }
    }

    fn text(&self, description: &str) -> Option<String> {
        match self.ask(description.to_owned(), 0, Wanted::Text)? {
            Answer::Text(text) => Some(text),
            Answer::Secret(_) | Answer::Choice(_) => None,
        }
    }

    fn choose(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let wanted = Wanted::Choice {
            yes: yes.to_owned(),
            no: no.map(str::to_owned),
        };
        match self.ask(message.to_owned(), 0, wanted)? {
            Answer::Choice(choice) => Some(choice),
            Answer::Secret(_) | Answer::Text(_) => None,
        }
    }

    fn show(&self, message: &str) {
        // Nobody reads it any more when the editor is gone.
        let _ = self.send(Event::Told(message.to_owned()));
    }

    fn may_run(&self, program: &str) -> bool {
        self.agree(
            format!("A recipient of this file wants to start {program}."),
            "Start it",
        )
    }

    fn may_send(&self, credential: &str, server: &str) -> bool {
        self.agree(
            format!("This file wants {credential} to go to {server}."),
            "Send it",
        )
    }

    fn present(&self) -> bool {
        true
    }

    fn decides(&self) -> bool {
        true
    }

    fn owns_screen(&self) -> bool {
        true
    }
}
