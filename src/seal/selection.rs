//! Which leaves are encrypted (spec §6).
//!
//! [`Selection`] is the compiled rule of a file. It answers for one node ([`Selection::decide`], for people) and, by way of
//! `levels`, for all nodes of a tree in one walk (for opening and sealing).

pub mod go_regex;
mod levels;

pub(super) use levels::Levels;

use crate::tree::{Body, NodeId, Tree};
use regex::bytes::Regex;
use std::ops::Range;

/// The suffix of keys that stay clear where a file names no rule.
pub const DEFAULT_SUFFIX: &str = "_unencrypted";

/// The rule of a file: at most one of six.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `unencrypted_suffix`
    UnencryptedSuffix(String),
    /// `encrypted_suffix`
    EncryptedSuffix(String),
    /// `unencrypted_regex`
    UnencryptedRegex(String),
    /// `encrypted_regex`
    EncryptedRegex(String),
    /// `unencrypted_comment_regex`
    UnencryptedCommentRegex(String),
    /// `encrypted_comment_regex`
    EncryptedCommentRegex(String),
}

impl Rule {
    /// The names of the six options, in the order in which they are written.
    pub const FIELDS: [&'static str; 6] = [
        "encrypted_comment_regex",
        "encrypted_regex",
        "encrypted_suffix",
        "unencrypted_comment_regex",
        "unencrypted_regex",
        "unencrypted_suffix",
    ];

    /// The rule of an option; `None` for other names.
    #[must_use]
    pub fn from_field(field: &str, pattern: String) -> Option<Self> {
        Some(match field {
            "encrypted_comment_regex" => Self::EncryptedCommentRegex(pattern),
            "encrypted_regex" => Self::EncryptedRegex(pattern),
            "encrypted_suffix" => Self::EncryptedSuffix(pattern),
            "unencrypted_comment_regex" => Self::UnencryptedCommentRegex(pattern),
            "unencrypted_regex" => Self::UnencryptedRegex(pattern),
            "unencrypted_suffix" => Self::UnencryptedSuffix(pattern),
            _ => return None,
        })
    }

    /// The rule of a file that names none.
    #[must_use]
    pub fn default_suffix() -> Self {
        Self::UnencryptedSuffix(DEFAULT_SUFFIX.to_owned())
    }

    /// The name of the option.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::UnencryptedSuffix(_) => "unencrypted_suffix",
            Self::EncryptedSuffix(_) => "encrypted_suffix",
            Self::UnencryptedRegex(_) => "unencrypted_regex",
            Self::EncryptedRegex(_) => "encrypted_regex",
            Self::UnencryptedCommentRegex(_) => "unencrypted_comment_regex",
            Self::EncryptedCommentRegex(_) => "encrypted_comment_regex",
        }
    }

    /// The suffix or expression.
    #[must_use]
    pub fn pattern(&self) -> &str {
        match self {
            Self::UnencryptedSuffix(pattern)
            | Self::EncryptedSuffix(pattern)
            | Self::UnencryptedRegex(pattern)
            | Self::EncryptedRegex(pattern)
            | Self::UnencryptedCommentRegex(pattern)
            | Self::EncryptedCommentRegex(pattern) => pattern,
        }
    }

    /// Whether a match means that something is encrypted (else that it stays clear).
    #[must_use]
    pub const fn match_encrypts(&self) -> bool {
        matches!(
            self,
            Self::EncryptedSuffix(_) | Self::EncryptedRegex(_) | Self::EncryptedCommentRegex(_)
        )
    }

    /// Whether comments are searched instead of keys.
    #[must_use]
    pub const fn reads_comments(&self) -> bool {
        matches!(
            self,
            Self::UnencryptedCommentRegex(_) | Self::EncryptedCommentRegex(_)
        )
    }
}

/// A compiled rule, and whether the MAC covers encrypted leaves only.
#[derive(Clone, Debug)]
pub struct Selection {
    rule: Option<Rule>,
    matcher: Matcher,
    mac_only_encrypted: bool,
}

#[derive(Clone, Debug)]
enum Matcher {
    /// No key and no comment matches.
    Nothing,
    Suffix(Box<[u8]>),
    Regex(Regex),
}

impl Matcher {
    fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        match self {
            Self::Nothing => None,
            Self::Suffix(suffix) => text
                .ends_with(suffix)
                .then(|| text.len() - suffix.len()..text.len()),
            Self::Regex(regex) => regex.find(text).map(|found| found.range()),
        }
    }

    fn is_match(&self, text: &[u8]) -> bool {
        match self {
            Self::Nothing => false,
            Self::Suffix(suffix) => text.ends_with(suffix),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// The regular expression of a rule does not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the regular expression of {field} does not compile: {problem}")]
pub struct BadRegex {
    /// The name of the option.
    pub field: &'static str,
    /// What the compiler says, in one line.
    pub problem: String,
}

/// What decided whether a leaf is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// The node whose key (or the comment that) matched the rule, if any, and the matched bytes inside that key.
    pub matched: Option<(NodeId, Range<usize>)>,
}

impl Selection {
    /// Compiles a rule. `None` encrypts everything (binary files, spec §6.3).
    ///
    /// # Errors
    /// When a regular expression does not compile (decisions: refused on every write).
    pub fn new(rule: Option<Rule>, mac_only_encrypted: bool) -> Result<Self, BadRegex> {
        match Self::for_reading(rule, mac_only_encrypted) {
            (selection, None) => Ok(selection),
            (_, Some(bad)) => Err(bad),
        }
    }

    /// Compiles a rule for decrypting: an expression that does not compile matches nothing, as in sops, and is reported.
    #[must_use]
    pub fn for_reading(rule: Option<Rule>, mac_only_encrypted: bool) -> (Self, Option<BadRegex>) {
        let mut bad = None;
        let matcher = match &rule {
            None => Matcher::Nothing,
            Some(Rule::UnencryptedSuffix(suffix) | Rule::EncryptedSuffix(suffix)) => {
                Matcher::Suffix(suffix.as_bytes().into())
            }
            Some(rule) => match go_regex::compile(rule.pattern()) {
                Ok(regex) => Matcher::Regex(regex),
                Err(problem) => {
                    bad = Some(BadRegex {
                        field: rule.field(),
                        problem,
                    });
                    Matcher::Nothing
                }
            },
        };
        (
            Self {
                rule,
                matcher,
                mac_only_encrypted,
            },
            bad,
        )
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref()
    }

    /// Whether the MAC covers encrypted leaves only.
    #[must_use]
    pub fn mac_only_encrypted(&self) -> bool {
        self.mac_only_encrypted
    }

    /// What is decided for one node (a value, a comment, or, for a branch, the values below it as far as its own path
    /// decides). Costs the depth of the node, and for comment rules its preceding siblings.
    #[must_use]
    pub fn decide(&self, tree: &Tree, id: NodeId) -> Decision {
        let matched = if self.reads_comments() {
            self.matching_comment(tree, id)
        } else {
            self.matching_key(tree, id)
        };
        Decision {
            encrypted: matched.is_some() == self.match_encrypts(),
            matched,
        }
    }

    /// Whether a sealed comment with this text would, read back, be taken for one that was left clear (spec §6.1).
    pub(super) fn reads_as_clear(&self, sealed: &[u8]) -> bool {
        matches!(self.rule, Some(Rule::UnencryptedCommentRegex(_))) && self.matcher.is_match(sealed)
    }

    fn match_encrypts(&self) -> bool {
        self.rule.as_ref().is_some_and(Rule::match_encrypts)
    }

    fn reads_comments(&self) -> bool {
        self.rule.as_ref().is_some_and(Rule::reads_comments)
    }

    /// The outermost key on the path that matches.
    fn matching_key(&self, tree: &Tree, id: NodeId) -> Option<(NodeId, Range<usize>)> {
        let mut found = None;
        let mut at = Some(id);
        while let Some(id) = at {
            let node = tree.node(id);
            if let Some(range) = node.key.as_ref().and_then(|key| self.matcher.find(key.text()?)) {
                found = Some((id, range));
            }
            at = node.parent;
        }
        found
    }

    /// A comment on the comment stack of the node that matches (spec §6.1): its own, those directly above it, those
    /// directly above what it stands in, and so on.
    fn matching_comment(&self, tree: &Tree, id: NodeId) -> Option<(NodeId, Range<usize>)> {
        let find = |id: NodeId| {
            let text = comment_text(tree, id)?;
            Some((id, self.matcher.find(text)?))
        };
        let itself = !matches!(self.rule, Some(Rule::EncryptedCommentRegex(_)));
        let own = if itself { find(id) } else { None };
        let mut found = own;
        let mut at = id;
        while let Some(parent) = tree.node(at).parent {
            let siblings = tree.children(parent);
            let index = siblings.iter().position(|sibling| *sibling == at).unwrap_or(0);
            let above = siblings.iter().take(index).rev();
            let nearest = above
                .map_while(|sibling| comment_text(tree, *sibling).map(|_| *sibling))
                .find_map(find);
            found = nearest.or(found);
            at = parent;
        }
        found
    }
}

/// The text of a comment; also of an encrypted comment that stands in a list as an item.
fn comment_text(tree: &Tree, id: NodeId) -> Option<&[u8]> {
    let node = tree.node(id);
    match &node.body {
        Body::Comment(comment) => Some(comment.text.expose()),
        Body::Leaf(leaf) if node.key.is_none() => crate::seal::token::list_comment(leaf),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
