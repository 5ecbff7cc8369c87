//! The resolver: the conflicts of a merge side by side, masked, and what merged by itself.

mod columns;
mod draw;

use crate::ops::resolve::{Choice, Dispute, Which};
use crate::tree::Leaf;
use crate::tui::action::Action;
use crate::tui::widgets::Cursor;
use std::sync::Arc;
use std::time::Instant;

/// State of the resolver.
pub struct Resolver {
    dispute: Arc<Dispute>,
    /// The path of the file, escaped.
    title: String,
    choices: Vec<Option<Choice>>,
    /// What was chosen before each choice, to take it back.
    past: Vec<(usize, Option<Choice>)>,
    /// The selected line: a conflict, or behind those a change that merged by itself.
    pub cursor: Cursor,
    /// Until when the values of the selected conflict are shown, if they are.
    pub reveal: Option<Instant>,
}

impl Resolver {
    /// Nothing is chosen yet.
    #[must_use]
    pub fn new(dispute: Dispute, title: String) -> Self {
        Self {
            choices: vec![None; dispute.points.len()],
            dispute: Arc::new(dispute),
            title,
            past: Vec::new(),
            cursor: Cursor::default(),
            reveal: None,
        }
    }

    /// The file and its sides.
    #[must_use]
    pub fn dispute(&self) -> &Arc<Dispute> {
        &self.dispute
    }

    /// What was chosen so far.
    #[must_use]
    pub fn choices(&self) -> &[Option<Choice>] {
        &self.choices
    }

    /// How many lines there are to select.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.choices.len() + self.dispute.settled.len()
    }

    /// How many conflicts are not decided.
    #[must_use]
    pub fn open(&self) -> usize {
        self.choices.iter().filter(|choice| choice.is_none()).count()
    }

    /// Whether anything was chosen.
    #[must_use]
    pub fn has_choices(&self) -> bool {
        self.choices.iter().any(Option::is_some)
    }

    /// The number of the selected conflict.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        (self.cursor.at < self.choices.len()).then_some(self.cursor.at)
    }

    /// Decides the selected conflict, and goes on to the next that is open.
    ///
    /// # Errors
    /// Why it cannot be decided so.
    pub fn choose(&mut self, choice: Choice) -> Result<(), &'static str> {
        let number = self
            .selected()
            .ok_or("this merged by itself: there is nothing to choose")?;
        if let Some(reason) = self.dispute.refuses(number, &choice) {
            return Err(reason);
        }
        let Some(slot) = self.choices.get_mut(number) else {
            return Ok(());
        };
        let before = slot.replace(choice);
        self.past.push((number, before));
        self.reveal = None;
        self.step(true);
        Ok(())
    }

    /// Takes the last choice back; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some((number, before)) = self.past.pop() else {
            return false;
        };
        if let Some(slot) = self.choices.get_mut(number) {
            *slot = before;
        }
        self.go(number);
        true
    }

    /// Selects the next conflict that is open, or the one before; whether there is one.
    pub fn step(&mut self, forward: bool) -> bool {
        let at = self.cursor.at;
        let count = self.choices.len();
        let open = |number: &usize| matches!(self.choices.get(*number), Some(None));
        let found = if forward {
            (at + 1..count).chain(0..count.min(at + 1)).find(open)
        } else {
            let before = (0..at.min(count)).rev();
            before.chain((at.min(count)..count).rev()).find(open)
        };
        if let Some(number) = found {
            self.go(number);
        }
        found.is_some()
    }

    /// Selects a line.
    pub fn go(&mut self, number: usize) {
        if self.cursor.at != number {
            self.reveal = None;
        }
        self.cursor.at = number;
    }

    /// Why an action cannot be done now.
    #[must_use]
    pub fn refuses(&self, action: Action) -> Option<&'static str> {
        let selected = self.selected();
        let refused = |choice: &Choice| match selected {
            Some(number) => self.dispute.refuses(number, choice),
            None => Some("this merged by itself: there is nothing to choose"),
        };
        match action {
            Action::TakeOurs => refused(&Choice::Ours),
            Action::TakeTheirs => refused(&Choice::Theirs),
            Action::TakeBoth => refused(&Choice::Both),
            Action::TakeOwn => refused(&Choice::Own(Leaf::Null)),
            Action::Reveal if !selected.is_some_and(|number| self.dispute.has_value(number)) => {
                Some("there is no hidden value here")
            }
            Action::Undo if self.past.is_empty() => Some("nothing was chosen yet"),
            Action::NextConflict | Action::PreviousConflict if self.open() == 0 => {
                Some("every conflict is decided: ctrl-s writes the file")
            }
            Action::NextConflict | Action::PreviousConflict
                if self.open() == 1
                    && selected.is_some_and(|at| matches!(self.choices.get(at), Some(None))) =>
            {
                Some("no other conflict is open")
            }
            Action::Accept if self.open() > 0 => Some("not every conflict is decided"),
            _ => None,
        }
    }

    /// What the result will have from each side, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |wanted: fn(&Choice) -> bool| {
            self.choices
                .iter()
                .flatten()
                .filter(|choice| wanted(choice))
                .count()
        };
        let underway = &self.dispute.underway;
        let parts = [
            (
                count(|choice| *choice == Choice::Ours),
                format!("from {}", underway.ours),
            ),
            (
                count(|choice| *choice == Choice::Theirs),
                format!("from {}", underway.theirs),
            ),
            (count(|choice| *choice == Choice::Both), "from both".to_owned()),
            (
                count(|choice| matches!(choice, Choice::Own(_))),
                "of your own".to_owned(),
            ),
        ];
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if told.is_empty() {
            "Everything merged by itself.".to_owned()
        } else {
            format!("Conflicts: {}.", told.join(", "))
        }
    }

    /// How many choices leave a value in clear that a side has encrypted.
    #[must_use]
    pub fn opened(&self) -> usize {
        let chosen = self.choices.iter().enumerate();
        chosen
            .filter(|(number, choice)| {
                choice
                    .as_ref()
                    .is_some_and(|choice| self.dispute.opens(*number, choice))
            })
            .count()
    }

    /// The name of a side.
    fn label(&self, which: Which) -> &str {
        match which {
            Which::Base => "base",
            Which::Ours => &self.dispute.underway.ours,
            Which::Theirs => &self.dispute.underway.theirs,
        }
    }
}
