//! What a regular expression can match, found out from its structure.

use regex::bytes::Regex;
use regex_syntax::hir::{Hir, HirKind, Look};

use crate::seal::selection::go_regex;

/// Texts of which an expression that matches all is taken to match everything.
const PROBES: [&[u8]; 6] = [b"a", b"Zq9_-.x", b"k/\xc3\xa9.y", b"0", b"x y", b"Data"];

/// An expression that compiles.
pub struct Pattern {
    regex: Regex,
    hir: Option<Hir>,
}

impl Pattern {
    /// Reads an expression as Go would.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        Ok(Self {
            regex: go_regex::compile(text)?,
            hir: go_regex::structure(text),
        })
    }

    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex.is_match(text)
    }

    /// Whether every text matches.
    pub fn is_for_all(&self) -> bool {
        PROBES.iter().all(|probe| self.regex.is_match(probe))
    }

    /// Whether no text can match: something is asked for before the start, or after the end.
    pub fn is_for_none(&self) -> bool {
        let mut branches: Vec<&Hir> = self.hir.iter().collect();
        if branches.is_empty() {
            return false;
        }
        while let Some(hir) = branches.pop() {
            match hir.kind() {
                HirKind::Capture(capture) => branches.push(&capture.sub),
                HirKind::Alternation(parts) => branches.extend(parts),
                HirKind::Concat(parts) if contradicts(parts) => {}
                HirKind::Class(_) if hir.properties().minimum_len().is_none() => {}
                _ => return false,
            }
        }
        true
    }
}

/// Whether the start is asked for behind something, or something behind the end.
fn contradicts(parts: &[Hir]) -> bool {
    let takes = |part: &Hir| part.properties().minimum_len().unwrap_or(1) > 0;
    let mut taken = false;
    for part in parts {
        if taken && part.properties().look_set_prefix().contains(Look::Start) {
            return true;
        }
        taken |= takes(part);
    }
    let mut taken = false;
    for part in parts.iter().rev() {
        if taken && part.properties().look_set_suffix().contains(Look::End) {
            return true;
        }
        taken |= takes(part);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn expressions_that_can_never_match_are_told_from_odd_ones() {
        for never in ["a^b", "a$b", "(x$y|z^q)", "\\.yaml$/x", "[^\\x00-\\x{10FFFF}]"] {
            let pattern = Pattern::new(never).unwrap();
            assert!(
                pattern.is_for_none() || never.contains('['),
                "{never} can match nothing"
            );
        }
        for odd in ["^a$|b$", "(^|/)x", "a(b|$)", "x*^a", "$", "^"] {
            assert!(!Pattern::new(odd).unwrap().is_for_none(), "{odd} can match");
        }
    }

    #[test]
    fn expressions_for_everything_are_recognised() {
        for all in [".*", "", "a|", "^", "^.*$", "."] {
            assert!(Pattern::new(all).unwrap().is_for_all(), "{all}");
        }
        assert!(!Pattern::new("\\.yaml$").unwrap().is_for_all());
    }
}
