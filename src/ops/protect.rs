//! What would encrypt a value that is readable, or open one that is encrypted: a rename, a comment, or another rule.

use crate::seal::selection::{Rule, Selection, go_regex};
use crate::tree::{Body, Comment, Key, NodeId, Secret, Tree};

/// What would change whether a node is encrypted. Several ways may be open; none may be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// Whether it is encrypted now.
    pub encrypted: bool,
    /// Give this node this key.
    pub rename: Option<(NodeId, Key)>,
    /// Put this comment above the node.
    pub comment: Option<Body>,
    /// Take this comment out.
    pub uncomment: Option<NodeId>,
    /// Change the rule.
    pub rule: Option<Change>,
}

/// Another pattern for the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The option of the `.sops.yaml`.
    pub field: &'static str,
    /// What it says.
    pub old: String,
    /// What it would have to say; `None` where that is for people to find out.
    pub new: Option<String>,
}

/// Looks for ways to encrypt what is readable, or to open what is encrypted.
#[must_use]
pub fn propose(tree: &Tree, selection: &Selection, id: NodeId) -> Proposal {
    let decision = selection.decide(tree, id);
    let mut proposal = Proposal {
        encrypted: decision.encrypted,
        ..Proposal::default()
    };
    let Some(rule) = selection.rule() else {
        return proposal;
    };
    let matched = decision.matched.map(|(id, _)| id);
    match rule {
        Rule::EncryptedSuffix(suffix) | Rule::UnencryptedSuffix(suffix) => {
            proposal.rename = match matched {
                Some(id) => without_suffix(tree, id, suffix),
                None => with_suffix(tree, id, suffix),
            };
        }
        Rule::EncryptedRegex(pattern) | Rule::UnencryptedRegex(pattern) => {
            let key = named(tree, matched.unwrap_or(id)).and_then(|(_, key)| String::from_utf8(key).ok());
            let new = key.and_then(|key| match matched {
                Some(_) => without_name(pattern, &key),
                None => with_name(pattern, &key),
            });
            proposal.rule = Some(Change {
                field: rule.field(),
                old: pattern.clone(),
                new,
            });
        }
        Rule::EncryptedCommentRegex(pattern) | Rule::UnencryptedCommentRegex(pattern) => match matched {
            Some(comment) => proposal.uncomment = Some(comment),
            None => {
                proposal.comment = matching_comment(pattern);
                if proposal.comment.is_none() {
                    proposal.rule = Some(Change {
                        field: rule.field(),
                        old: pattern.clone(),
                        new: None,
                    });
                }
            }
        },
    }
    proposal
}

/// The node, or what it stands in, that has a key.
fn named(tree: &Tree, id: NodeId) -> Option<(NodeId, Vec<u8>)> {
    let mut at = Some(id);
    while let Some(id) = at {
        let node = tree.node(id);
        if let Some(key) = node.key.as_ref().and_then(Key::text) {
            return Some((id, key.to_vec()));
        }
        at = node.parent;
    }
    None
}

fn with_suffix(tree: &Tree, id: NodeId, suffix: &str) -> Option<(NodeId, Key)> {
    let (id, mut key) = named(tree, id)?;
    key.extend(suffix.as_bytes());
    Some((id, Key::from(key.as_slice())))
}

fn without_suffix(tree: &Tree, id: NodeId, suffix: &str) -> Option<(NodeId, Key)> {
    let (id, key) = named(tree, id)?;
    let key = key.strip_suffix(suffix.as_bytes())?;
    (!key.is_empty()).then(|| (id, Key::from(key)))
}

/// The names of a pattern of the form `^(a|b)$` or `^a$`.
fn names(pattern: &str) -> Option<Vec<&str>> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let inner = inner
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(inner);
    let plain =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    let names: Vec<&str> = inner.split('|').collect();
    names.iter().all(|name| plain(name)).then_some(names)
}

fn with_name(pattern: &str, key: &str) -> Option<String> {
    let key = regex::escape(key);
    Some(match names(pattern) {
        Some(mut names) => {
            names.push(&key);
            format!("^({})$", names.join("|"))
        }
        None => format!("{pattern}|^{key}$"),
    })
}

fn without_name(pattern: &str, key: &str) -> Option<String> {
    let mut names = names(pattern)?;
    let before = names.len();
    names.retain(|name| *name != key);
    (names.len() < before && !names.is_empty()).then(|| format!("^({})$", names.join("|")))
}

/// A comment that a pattern matches, where the pattern is a plain text.
fn matching_comment(pattern: &str) -> Option<Body> {
    let text = pattern.trim_start_matches('^').trim_end_matches('$');
    let plain = |c: char| c.is_alphanumeric() || " _-:@/".contains(c);
    let regex = go_regex::compile(pattern).ok()?;
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    let spelled = [format!(" {text}"), text.to_owned()];
    let text = spelled.into_iter().find(|text| regex.is_match(text.as_bytes()))?;
    Some(Body::Comment(Comment {
        text: Secret::from(text),
        inline: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::{Change, Proposal, propose};
    use crate::format::{Format, load};
    use crate::seal::selection::{Rule, Selection};
    use crate::tree::{Body, Key, Step, Tree};

    fn proposal(text: &str, rule: Rule, key: &str) -> (Tree, Proposal) {
        let tree = load(Format::Yaml, text.as_bytes()).unwrap().tree;
        let id = tree
            .walk()
            .filter(|step| matches!(step, Step::Leaf(_)))
            .map(|step| step.id())
            .find(|id| tree.node(*id).key == Some(Key::from(key)))
            .unwrap();
        let selection = Selection::new(Some(rule), false).unwrap();
        let found = propose(&tree, &selection, id);
        (tree, found)
    }

    fn renamed(text: &str, rule: Rule, key: &str) -> String {
        let (tree, found) = proposal(text, rule, key);
        let (id, new) = found.rename.unwrap();
        let old = tree.node(id).key.as_ref().unwrap().display().into_owned();
        format!("{old} {}", new.display())
    }

    #[test]
    fn a_suffix_is_put_on_or_taken_off_where_it_decides() {
        let rule = || Rule::EncryptedSuffix("_s".to_owned());
        assert_eq!(renamed("a: 1\n", rule(), "a"), "a a_s");
        assert_eq!(renamed("a_s: 1\n", rule(), "a_s"), "a_s a");
        assert_eq!(renamed("m_s:\n  a: 1\n", rule(), "a"), "m_s m");
        assert_eq!(renamed("a: 1\n", Rule::default_suffix(), "a"), "a a_unencrypted");
    }

    #[test]
    fn an_expression_gets_or_loses_a_name_where_it_is_a_list_of_names() {
        let rule = |pattern: &str| Rule::EncryptedRegex(pattern.to_owned());
        let new = |text: &str, pattern: &str, key: &str| {
            let (_, found) = proposal(text, rule(pattern), key);
            let Some(Change { new, .. }) = found.rule else {
                panic!()
            };
            new
        };
        assert_eq!(new("a: 1\n", "^(data|b)$", "a").as_deref(), Some("^(data|b|a)$"));
        assert_eq!(new("a: 1\n", "pass.*", "a").as_deref(), Some("pass.*|^a$"));
        assert_eq!(new("b: 1\n", "^(data|b)$", "b").as_deref(), Some("^(data)$"));
        assert_eq!(new("b: 1\n", "b.*", "b"), None);
    }

    #[test]
    fn a_comment_is_proposed_that_the_rule_really_matches() {
        for (pattern, expected) in [("sops:enc", " sops:enc"), ("^sops:enc", "sops:enc")] {
            let (_, found) = proposal("a: 1\n", Rule::EncryptedCommentRegex(pattern.to_owned()), "a");
            let Some(Body::Comment(comment)) = found.comment else {
                panic!("{pattern}")
            };
            assert_eq!(comment.text.expose_str(), Some(expected));
        }
        let (_, found) = proposal(
            "# sops:enc\na: 1\n",
            Rule::EncryptedCommentRegex("sops:enc".to_owned()),
            "a",
        );
        assert!(found.encrypted && found.uncomment.is_some());
    }
}
