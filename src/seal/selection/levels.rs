//! The state of a selection during a walk: what was inherited from the keys above, and the comment stack (spec §6.1).

use super::{Matcher, Rule, Selection};

/// Answers for every leaf of a tree in walk order, in constant time each.
pub struct Levels<'s> {
    matcher: &'s Matcher,
    reads_comments: bool,
    match_encrypts: bool,
    /// Whether a comment to be decided is judged without itself.
    spares_itself: bool,
    stack: Vec<Level>,
}

/// One open map or list.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Whether something outside this level matched.
    outer: bool,
    /// Whether a comment of this level before the newest one matched.
    earlier: bool,
    /// Whether the newest comment of this level matched.
    newest: bool,
}

impl Level {
    const fn any(self) -> bool {
        self.outer || self.earlier || self.newest
    }
}

impl<'s> Levels<'s> {
    pub fn new(selection: &'s Selection) -> Self {
        Self {
            matcher: &selection.matcher,
            reads_comments: selection.reads_comments(),
            match_encrypts: selection.match_encrypts(),
            spares_itself: matches!(selection.rule, Some(Rule::EncryptedCommentRegex(_))),
            stack: Vec::new(),
        }
    }

    fn top(&self) -> Level {
        self.stack.last().copied().unwrap_or_default()
    }

    fn key_matches(&self, key: Option<&[u8]>) -> bool {
        !self.reads_comments && key.is_some_and(|key| self.matcher.is_match(key))
    }

    /// A map or list begins; `key` is its own.
    pub fn enter(&mut self, key: Option<&[u8]>) {
        let outer = self.top().any() || self.key_matches(key);
        self.stack.push(Level {
            outer,
            ..Level::default()
        });
    }

    /// The map or list ends.
    pub fn leave(&mut self) {
        self.stack.pop();
        self.clear();
    }

    /// A value; says whether it is encrypted.
    pub fn value(&mut self, key: Option<&[u8]>) -> bool {
        let matched = self.top().any() || self.key_matches(key);
        self.clear();
        matched == self.match_encrypts
    }

    /// A comment; says whether it is encrypted.
    pub fn comment(&mut self, text: &[u8]) -> bool {
        let newest = self.reads_comments && self.matcher.is_match(text);
        let Some(level) = self.stack.last_mut() else {
            return !self.match_encrypts;
        };
        level.earlier |= level.newest;
        level.newest = newest;
        let matched = level.outer || level.earlier || (newest && !self.spares_itself);
        matched == self.match_encrypts
    }

    fn clear(&mut self) {
        if let Some(level) = self.stack.last_mut() {
            (level.earlier, level.newest) = (false, false);
        }
    }
}
