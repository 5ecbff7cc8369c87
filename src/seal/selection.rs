//! Which leaves are encrypted (spec §6).

use crate::tree::{NodeId, Tree};

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

/// A compiled rule, and whether the MAC covers encrypted leaves only.
#[derive(Clone, Debug)]
pub struct Selection {
    rule: Option<Rule>,
    mac_only_encrypted: bool,
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
    pub matched: Option<(NodeId, std::ops::Range<usize>)>,
}

impl Selection {
    /// Compiles a rule. `None` encrypts everything (binary files, spec §6.3).
    ///
    /// # Errors
    /// When a regular expression does not compile (decisions: refused on every write).
    pub fn new(rule: Option<Rule>, mac_only_encrypted: bool) -> Result<Self, BadRegex> {
        Ok(Self {
            rule,
            mac_only_encrypted,
        })
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
    pub fn decide(&self, _tree: &Tree, _id: NodeId) -> Decision {
        Decision {
            encrypted: true,
            matched: None,
        }
    }
}
