//! One talk with a plugin: we tell everything, then it asks and answers until it is done.

use super::name::PluginName;
use super::stanza::{BadLine, Command, Reader, write};
use crate::keys::access::{Access, Question, Refusal, Subject, plain_line};
use crate::keys::child::{ChildError, Conversation, Program};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use std::path::Path;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a plugin may take in all when nobody is there.
const LIMIT_ALONE: Duration = Duration::from_secs(30);

/// How long it may be silent when somebody is there, who may have to find a key and touch it, and can stop it.
const LIMIT_ASKING: Duration = Duration::from_secs(600);

/// When somebody who waits is told what for.
const SLOW: Duration = Duration::from_secs(10);

/// Most commands of one talk; a plugin needs a handful.
const MOST_COMMANDS: usize = 1000;

/// Which of a plugin's state machines.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Wraps a file key.
    Recipient,
    /// Unwraps one.
    Identity,
}

/// A running plugin.
pub struct Session<'a> {
    access: Access<'a>,
    program: String,
    talk: Conversation,
    begin: Instant,
}

impl<'a> Session<'a> {
    /// Starts the plugin at `path`.
    pub fn start(access: Access<'a>, name: &PluginName, path: &Path, kind: Kind) -> Result<Self, Refusal> {
        let machine = match kind {
            Kind::Recipient => "recipient-v1",
            Kind::Identity => "identity-v1",
        };
        let program = Program {
            program: path.into(),
            arguments: vec![format!("--age-plugin={machine}").into()],
            variables: access.variables(),
            directory: "/".into(),
        };
        let talk = Conversation::start(&program)
            .map_err(|error| Refusal::new(format!("{} {error}", name.program())))?;
        Ok(Self {
            access,
            program: name.program(),
            talk,
            begin: Instant::now(),
        })
    }

    /// Tells the plugin something.
    pub fn say(&mut self, tag: &str, args: &[&str], body: &[u8]) {
        self.talk.say(write(tag, args, body));
    }

    /// Answers the plugin until it is done. `take` gets the commands of its state machine and says whether they are
    /// in order.
    pub fn answer(mut self, mut take: impl FnMut(&Command) -> bool) -> Result<(), Refusal> {
        let mut complaint = None;
        for _ in 0..MOST_COMMANDS {
            let command = self.command()?;
            match command.tag.as_str() {
                "done" => {
                    self.talk.finish();
                    return complaint.map_or(Ok(()), Err);
                }
                "error" => {
                    let said = plain_line(&String::from_utf8_lossy(&command.body));
                    complaint = Some(Refusal::new(format!("{}: {said}", self.program)));
                    self.say("ok", &[], b"");
                }
                "file-key" | "recipient-stanza" | "labels" => {
                    let reply = if take(&command) { "ok" } else { "fail" };
                    self.say(reply, &[], b"");
                }
                _ => self.attend(&command),
            }
        }
        Err(Refusal::new(format!("{} does not come to an end", self.program)))
    }

    /// Messages to and questions for a person.
    fn attend(&mut self, command: &Command) {
        let said = plain_line(&String::from_utf8_lossy(&command.body));
        match command.tag.as_str() {
            "msg" => {
                self.access.ask.show(&format!("{}: {said}", self.program));
                self.say("ok", &[], b"");
            }
            "confirm" => {
                let mut labels = command.args.iter().map(|label| decode(label));
                let yes = labels.next().flatten().unwrap_or_else(|| "yes".to_owned());
                let no = labels.next().flatten();
                let message = format!("{}: {said}", self.program);
                match self.access.ask.choose(&message, &yes, no.as_deref()) {
                    Some(true) => self.say("ok", &["yes"], b""),
                    Some(false) => self.say("ok", &["no"], b""),
                    None => self.say("fail", &[], b""),
                }
            }
            "request-public" => match self.access.ask.text(&format!("{}: {said}", self.program)) {
                Some(answer) => self.say("ok", &[], answer.as_bytes()),
                None => self.say("fail", &[], b""),
            },
            "request-secret" => {
                let question = Question {
                    subject: Subject::Plugin {
                        program: self.program.clone(),
                        description: said,
                    },
                    attempt: 0,
                };
                match self.access.ask.passphrase(&question) {
                    Some(answer) => self.say("ok", &[], answer.expose()),
                    None => self.say("fail", &[], b""),
                }
            }
            _ => self.say("unsupported", &[], b""),
        }
    }

    /// The next command.
    fn command(&mut self) -> Result<Command, Refusal> {
        let mut reader = Reader::default();
        loop {
            let line = self.line()?;
            match reader.line(&line) {
                Ok(Some(command)) => return Ok(command),
                Ok(None) => {}
                Err(BadLine) => {
                    return Err(Refusal::new(format!(
                        "{} does not speak the plugin protocol",
                        self.program
                    )));
                }
            }
        }
    }

    /// The next line. Somebody who waits long is told what for.
    fn line(&mut self) -> Result<Zeroizing<String>, Refusal> {
        let Self {
            access,
            program,
            talk,
            begin,
        } = self;
        let limit = if access.ask.present() {
            LIMIT_ASKING
        } else {
            LIMIT_ALONE.saturating_sub(begin.elapsed())
        };
        let mut told = false;
        talk.line(limit, access.cancel, |waited| {
            if waited >= SLOW && !told {
                told = true;
                access.ask.show(&format!("waiting for {program}"));
            }
        })
        .map_err(|error| {
            let refusal = Refusal::new(format!("{program} {error}"));
            match error {
                ChildError::TimedOut(_) => {
                    refusal.next("see whether its hardware key is there and waits for a touch")
                }
                _ => refusal,
            }
        })
    }
}

/// A label of a question, safe to print.
fn decode(label: &str) -> Option<String> {
    let bytes = BASE64_STANDARD_NO_PAD.decode(label).ok()?;
    Some(plain_line(&String::from_utf8_lossy(&bytes)))
}
