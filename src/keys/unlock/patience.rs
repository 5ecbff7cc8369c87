//! How long services may take in all. The time in which a person is asked does not count.

use crate::host::{Ask, Cancel, Environment, Question};
use crate::tree::Secret;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time of all services of one unlocking or wrapping.
pub struct Patience {
    left: Duration,
    seen: Instant,
    questions: Arc<Questions>,
}

/// Questions of several threads, one at a time.
#[derive(Default)]
struct Questions {
    open: AtomicUsize,
    turn: Mutex<()>,
}

impl Patience {
    /// This much in all.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self {
            left: limit,
            seen: Instant::now(),
            questions: Arc::default(),
        }
    }

    /// The environment for a thread: its questions stop the clock and wait for those of others, and nobody hears them after `stop`.
    #[must_use]
    pub fn environment(&self, environment: &Environment, stop: Cancel) -> Environment {
        let counted = Counted {
            ask: environment.ask_shared(),
            questions: Arc::clone(&self.questions),
            stop: stop.clone(),
        };
        environment.clone().asking(Arc::new(counted)).stopped_by(stop)
    }

    /// Whether all of it has passed.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.left.is_zero()
    }

    /// Lets the time since the last call pass, if services are at work.
    pub fn pass(&mut self, at_work: bool) {
        let now = Instant::now();
        if at_work && self.questions.open.load(Ordering::Relaxed) == 0 {
            self.left = self.left.saturating_sub(now.duration_since(self.seen));
        }
        self.seen = now;
    }
}

/// Counts the questions that wait for an answer.
struct Counted {
    ask: Arc<dyn Ask>,
    questions: Arc<Questions>,
    stop: Cancel,
}

impl Counted {
    fn count<T>(&self, ask: impl FnOnce(&dyn Ask) -> T) -> Option<T> {
        let questions = &self.questions;
        questions.open.fetch_add(1, Ordering::Relaxed);
        let turn = questions.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = (!self.stop.is_cancelled()).then(|| ask(&*self.ask));
        drop(turn);
        questions.open.fetch_sub(1, Ordering::Relaxed);
        answer
    }
}

impl Ask for Counted {
    fn passphrase(&self, question: &Question) -> Option<Secret> {
        self.count(|ask| ask.passphrase(question)).flatten()
    }

    fn text(&self, description: &str) -> Option<String> {
        self.count(|ask| ask.text(description)).flatten()
    }

    fn choose(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        self.count(|ask| ask.choose(message, yes, no)).flatten()
    }

    fn show(&self, message: &str) {
        if !self.stop.is_cancelled() {
            self.ask.show(message);
        }
    }

    fn may_run(&self, program: &str) -> bool {
        self.count(|ask| ask.may_run(program)).unwrap_or(false)
    }

    fn may_send(&self, credential: &str, server: &str) -> bool {
        self.count(|ask| ask.may_send(credential, server))
            .unwrap_or(false)
    }

    fn decides(&self) -> bool {
        self.ask.decides()
    }

    fn present(&self) -> bool {
        self.ask.present()
    }

    fn owns_screen(&self) -> bool {
        self.ask.owns_screen()
    }
}
