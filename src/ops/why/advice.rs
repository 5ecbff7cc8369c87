//! Sentences about what decided, and what would decide otherwise.

use super::{Origin, Why};
use crate::seal::selection::Rule;

/// What decided about a value.
pub fn reason(rule: &Rule, key: Option<&str>, matched: bool) -> String {
    let pattern = rule.pattern();
    let field = rule.field();
    match (rule, key) {
        (Rule::EncryptedSuffix(_) | Rule::UnencryptedSuffix(_), Some(key)) => {
            format!("the key `{key}` ends with {pattern} ({field})")
        }
        (Rule::EncryptedSuffix(_) | Rule::UnencryptedSuffix(_), None) => {
            format!("no key on its path ends with {pattern} ({field})")
        }
        (_, Some(key)) => format!("the key `{key}` matches {pattern} ({field})"),
        (rule, None) if rule.reads_comments() && matched => {
            format!("a comment above it matches {pattern} ({field})")
        }
        (rule, None) if rule.reads_comments() => format!("no comment above it matches {pattern} ({field})"),
        (_, None) => format!("no key on its path matches {pattern} ({field})"),
    }
}

/// What would turn the decision round.
pub fn change(why: &Why, encrypted: bool) -> Vec<String> {
    if why.origin == Origin::Binary {
        return Vec::new();
    }
    let pattern = why.selection.pattern();
    // Whether a match is wanted for the opposite.
    let wants_match = why.selection.match_encrypts() != encrypted;
    let state = if encrypted { "in clear" } else { "encrypted" };
    let first = match (&why.selection, wants_match) {
        (Rule::EncryptedSuffix(_) | Rule::UnencryptedSuffix(_), true) => {
            format!("it would be {state} if its key, or one above, ended with {pattern}")
        }
        (Rule::EncryptedSuffix(_) | Rule::UnencryptedSuffix(_), false) => {
            format!("it would be {state} if no key on its path ended with {pattern}")
        }
        (rule, true) if rule.reads_comments() => {
            format!("it would be {state} with a comment above it that matches {pattern}")
        }
        (rule, false) if rule.reads_comments() => {
            format!("it would be {state} without the comment that matches {pattern}")
        }
        (_, true) => format!("it would be {state} if its key, or one above, matched {pattern}"),
        (_, false) => format!("it would be {state} if no key on its path matched {pattern}"),
    };
    let field = why.selection.field();
    let second = match (why.origin, &why.config, why.rule()) {
        (Origin::Rule(line), ..) => format!("or change {field} at line {line} of the .sops.yaml"),
        (Origin::Default, Some(_), Some(rule)) if why.encrypted != Some(true) => format!(
            "or write a selection (encrypted_regex, encrypted_suffix …) into the rule at line {} of the .sops.yaml",
            rule.line
        ),
        (_, Some(_), Some(rule)) => format!(
            "or change the rule at line {} of the .sops.yaml, then encrypt the file anew: its sops block keeps the \
             selection it was encrypted with",
            rule.line
        ),
        _ => format!("or encrypt it anew with another {field}"),
    };
    vec![first, second]
}
