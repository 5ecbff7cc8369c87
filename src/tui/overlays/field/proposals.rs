//! Keys to choose from while a new key is typed: those that other places have here.

use crate::tui::text;

/// The keys, and the one that was taken last.
#[derive(Clone, Debug, Default)]
pub struct Proposals {
    keys: Vec<String>,
    /// What was typed when the first was taken, and its number among those that fit.
    taken: Option<(String, usize)>,
}

impl Proposals {
    /// Adds keys, each once, without those that `unwanted` says are there already.
    pub fn extend(&mut self, keys: Vec<String>, unwanted: impl Fn(&str) -> bool) {
        for key in keys {
            if !unwanted(&key) && !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known == key)
    }

    /// Something was typed: what fits begins anew.
    pub fn reset(&mut self) {
        self.taken = None;
    }

    /// The next key that begins with what was typed.
    pub fn next(&mut self, typed: &str) -> Option<String> {
        let (stem, number) = match self.taken.take() {
            Some((stem, number)) => (stem, number + 1),
            None => (typed.to_owned(), 0),
        };
        let fitting: Vec<&String> = self.keys.iter().filter(|key| key.starts_with(&stem)).collect();
        let number = number.checked_rem(fitting.len())?;
        let key = (*fitting.get(number)?).clone();
        self.taken = Some((stem, number));
        Some(key)
    }

    /// What fits, for the line below the input.
    #[must_use]
    pub fn line(&self, typed: &str) -> Option<String> {
        let stem = self.taken.as_ref().map_or(typed, |(stem, _)| stem);
        let fitting = self.keys.iter().filter(|key| key.starts_with(stem));
        let names: Vec<String> = fitting.take(20).map(|key| text::escape(key)).collect();
        (!names.is_empty()).then(|| format!("Tab: {}", names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::Proposals;

    #[test]
    fn keys_that_begin_with_what_was_typed_come_in_turn() {
        let mut proposals = Proposals::default();
        let keys = ["token", "user", "tone", "token"].map(str::to_owned);
        proposals.extend(keys.to_vec(), |key| key == "user");
        assert_eq!(proposals.line("to").as_deref(), Some("Tab: token, tone"));
        let taken: Vec<_> = (0..3).map(|_| proposals.next("to").unwrap()).collect();
        assert_eq!(taken, ["token", "tone", "token"]);
        proposals.reset();
        assert_eq!(proposals.next("x"), None);
    }
}
