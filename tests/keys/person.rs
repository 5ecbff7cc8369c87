//! Somebody who answers questions from a list, and remembers what was asked.

use lazysops::host::Environment;
use lazysops::keys::access::{Access, Ask, Cancel, Question};
use lazysops::tree::Secret;
use std::sync::Mutex;

/// The person.
#[derive(Default)]
pub struct Person {
    /// Answers to passphrase questions, in order; nothing is answered after the last.
    pub passphrases: Mutex<Vec<&'static str>>,
    /// What is answered to everything else; nothing where it is not set.
    pub agrees: Option<bool>,
    /// Whether it is the editor that asks.
    pub owns_screen: bool,
    /// Whether what is agreed to is to be remembered.
    pub decides: bool,
    /// What was asked and shown.
    pub seen: Mutex<Vec<String>>,
}

impl Person {
    pub fn with_passphrases(passphrases: &[&'static str]) -> Self {
        Self {
            passphrases: Mutex::new(passphrases.to_vec()),
            ..Self::default()
        }
    }

    pub fn who_says(agrees: bool) -> Self {
        Self {
            agrees: Some(agrees),
            ..Self::default()
        }
    }

    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn see(&self, text: String) {
        self.seen.lock().unwrap().push(text);
    }
}

impl Ask for Person {
    fn passphrase(&self, question: &Question) -> Option<Secret> {
        self.see(format!("{} ({})", question.subject, question.attempt));
        let mut passphrases = self.passphrases.lock().unwrap();
        (!passphrases.is_empty()).then(|| Secret::from(passphrases.remove(0)))
    }

    fn text(&self, description: &str) -> Option<String> {
        self.see(description.to_owned());
        self.agrees.map(|_| "a text".to_owned())
    }

    fn choose(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        self.see(format!("{message} {yes}/{}", no.unwrap_or("-")));
        self.agrees
    }

    fn show(&self, message: &str) {
        self.see(message.to_owned());
    }

    fn may_run(&self, program: &str) -> bool {
        self.see(format!("run {program}"));
        self.agrees == Some(true)
    }

    fn may_send(&self, credential: &str, server: &str) -> bool {
        self.see(format!("send {credential} to {server}"));
        self.agrees == Some(true)
    }

    fn decides(&self) -> bool {
        self.decides
    }

    fn present(&self) -> bool {
        true
    }

    fn owns_screen(&self) -> bool {
        self.owns_screen
    }
}

/// Calls `use_it` with access to these variables and this person.
pub fn with_access<T>(variables: &[(&str, &str)], ask: &dyn Ask, use_it: impl FnOnce(&Access<'_>) -> T) -> T {
    let environment = Environment::new(variables.iter().copied(), "/");
    let cancel = Cancel::default();
    use_it(&Access {
        environment: &environment,
        ask,
        cancel: &cancel,
    })
}
