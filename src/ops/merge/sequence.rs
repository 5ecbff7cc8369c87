//! Merging lists by content: what both sides kept in place holds the rest together.

use crate::ops::prints::Print;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;

/// What becomes of one place of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The item of ours with this index, as it is.
    Ours(usize),
    /// The item of theirs with this index.
    Theirs(usize),
    /// An item of base, and what it is in ours and in theirs.
    Both { base: usize, ours: usize, theirs: usize },
    /// The item of ours with this index, which theirs has replaced by something else.
    Clash { ours: usize, theirs: Option<usize> },
}

/// Merges two lists that came from one.
pub fn merge(base: &[Print], ours: &[Print], theirs: &[Print]) -> Vec<Piece> {
    let (in_ours, in_theirs) = (partners(base, ours), partners(base, theirs));
    let mut pieces = Vec::new();
    let (mut b, mut o, mut t) = (0, 0, 0);
    for (index, pair) in in_ours.iter().zip(&in_theirs).enumerate() {
        let (Some(at_ours), Some(at_theirs)) = (*pair.0, *pair.1) else {
            continue;
        };
        let chunk = Chunk {
            base: b..index,
            ours: o..at_ours,
            theirs: t..at_theirs,
        };
        chunk.settle(base, ours, theirs, &mut pieces);
        pieces.push(Piece::Both {
            base: index,
            ours: at_ours,
            theirs: at_theirs,
        });
        (b, o, t) = (index + 1, at_ours + 1, at_theirs + 1);
    }
    let rest = Chunk {
        base: b..base.len(),
        ours: o..ours.len(),
        theirs: t..theirs.len(),
    };
    rest.settle(base, ours, theirs, &mut pieces);
    pieces
}

/// For every item of `base`, where the same item stands in `side`.
fn partners(base: &[Print], side: &[Print]) -> Vec<Option<usize>> {
    let mut found = vec![None; base.len()];
    for op in capture_diff_slices(Algorithm::Myers, base, side) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        {
            for step in 0..len {
                if let Some(slot) = found.get_mut(old_index + step) {
                    *slot = Some(new_index + step);
                }
            }
        }
    }
    found
}

/// A stretch between two items that both sides kept.
struct Chunk {
    base: Range<usize>,
    ours: Range<usize>,
    theirs: Range<usize>,
}

impl Chunk {
    fn settle(&self, base: &[Print], ours: &[Print], theirs: &[Print], pieces: &mut Vec<Piece>) {
        let of = |side: &[Print], range: &Range<usize>| -> Vec<Print> {
            side.get(range.clone()).unwrap_or_default().to_vec()
        };
        let (was, our, their) = (
            of(base, &self.base),
            of(ours, &self.ours),
            of(theirs, &self.theirs),
        );
        if was.len() == our.len() && was.len() == their.len() {
            self.item_by_item(pieces);
        } else if their == was || our == their {
            pieces.extend(self.ours.clone().map(Piece::Ours));
        } else if our == was {
            pieces.extend(self.theirs.clone().map(Piece::Theirs));
        } else {
            self.as_sets(&was, &our, &their, pieces);
        }
    }

    fn item_by_item(&self, pieces: &mut Vec<Piece>) {
        let sides = self.base.clone().zip(self.ours.clone()).zip(self.theirs.clone());
        pieces.extend(sides.map(|((base, ours), theirs)| Piece::Both { base, ours, theirs }));
    }

    /// What either side took out goes, what either side put in stays; where both put something in the place of the same
    /// item, that is a clash.
    fn as_sets(&self, was: &[Print], our: &[Print], their: &[Print], pieces: &mut Vec<Piece>) {
        let gone_in_theirs = surplus(was, their);
        let new_in_theirs: Vec<usize> = positions(was, their);
        let new_in_ours: Vec<usize> = positions(was, our);
        let gone_in_ours = surplus(was, our);
        let replaced = gone_in_ours
            .keys()
            .any(|print| gone_in_theirs.contains_key(print))
            && !new_in_ours.is_empty()
            && !new_in_theirs.is_empty()
            && !new_in_theirs
                .iter()
                .all(|at| their.get(*at).is_some_and(|print| our.contains(print)));
        if replaced {
            let ours = self.ours.clone().map(Some).chain(std::iter::repeat(None));
            let theirs = self.theirs.clone().map(Some).chain(std::iter::repeat(None));
            let length = self.ours.len().max(self.theirs.len());
            for (ours, theirs) in ours.zip(theirs).take(length) {
                pieces.push(match (ours, theirs) {
                    (Some(ours), theirs) => Piece::Clash { ours, theirs },
                    (None, Some(theirs)) => Piece::Theirs(theirs),
                    (None, None) => continue,
                });
            }
            return;
        }
        let mut to_drop = gone_in_theirs;
        for (index, print) in self.ours.clone().zip(our) {
            match to_drop.get_mut(print) {
                Some(count) if *count > 0 => *count -= 1,
                _ => pieces.push(Piece::Ours(index)),
            }
        }
        let mut there: HashMap<Print, usize> = HashMap::new();
        for at in &new_in_ours {
            if let Some(print) = our.get(*at) {
                *there.entry(*print).or_default() += 1;
            }
        }
        for at in new_in_theirs {
            let Some(print) = their.get(at) else { continue };
            match there.get_mut(print) {
                Some(count) if *count > 0 => *count -= 1,
                _ => pieces.push(Piece::Theirs(self.theirs.start + at)),
            }
        }
    }
}

/// What `side` has lost of `was`, and how often.
fn surplus(was: &[Print], side: &[Print]) -> HashMap<Print, usize> {
    let mut count: HashMap<Print, usize> = HashMap::new();
    for print in was {
        *count.entry(*print).or_default() += 1;
    }
    for print in side {
        if let Some(left) = count.get_mut(print) {
            *left = left.saturating_sub(1);
        }
    }
    count.retain(|_, left| *left > 0);
    count
}

/// Where in `side` something stands that `was` does not have.
fn positions(was: &[Print], side: &[Print]) -> Vec<usize> {
    let mut left = surplus(was, &[]);
    let mut new = Vec::new();
    for (at, print) in side.iter().enumerate() {
        match left.get_mut(print) {
            Some(count) if *count > 0 => *count -= 1,
            _ => new.push(at),
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::{Piece, merge};

    /// Merges words; a clash is shown as `ours|theirs`, what both changed as `base>ours|theirs`.
    fn merged(base: &str, ours: &str, theirs: &str) -> String {
        let prints = |text: &str| -> Vec<[u8; 32]> {
            text.chars()
                .map(|letter| {
                    let mut print = [0; 32];
                    print[0] = letter as u8;
                    print
                })
                .collect()
        };
        let letter = |text: &str, at: usize| text.chars().nth(at).unwrap().to_string();
        merge(&prints(base), &prints(ours), &prints(theirs))
            .into_iter()
            .map(|piece| match piece {
                Piece::Ours(at) => letter(ours, at),
                Piece::Theirs(at) => letter(theirs, at),
                Piece::Both {
                    base: b,
                    ours: o,
                    theirs: t,
                } => {
                    let (b_letter, o_letter, t_letter) =
                        (letter(base, b), letter(ours, o), letter(theirs, t));
                    if b_letter == t_letter || o_letter == t_letter {
                        return o_letter;
                    }
                    if b_letter == o_letter {
                        return t_letter;
                    }
                    format!("({}>{}|{})", letter(base, b), letter(ours, o), letter(theirs, t))
                }
                Piece::Clash { ours: o, theirs: t } => {
                    let theirs = t.map(|at| letter(theirs, at)).unwrap_or_default();
                    format!("({}|{theirs})", letter(ours, o))
                }
            })
            .collect()
    }

    #[test]
    fn additions_of_both_sides_stay() {
        for (base, ours, theirs, result) in [
            ("abc", "abc", "abc", "abc"),
            ("abc", "abxc", "abc", "abxc"),
            ("abc", "abc", "abxc", "abxc"),
            ("abc", "abxc", "abyc", "abxyc"),
            ("abc", "abcx", "abcy", "abcxy"),
            ("abc", "xabc", "abcy", "xabcy"),
            ("", "x", "y", "xy"),
            ("abc", "abxc", "abxc", "abxc"),
            ("ab", "axyb", "azb", "axyzb"),
        ] {
            assert_eq!(merged(base, ours, theirs), result, "{base} {ours} {theirs}");
        }
    }

    #[test]
    fn what_one_side_took_out_is_gone() {
        for (base, ours, theirs, result) in [
            ("abc", "ac", "abc", "ac"),
            ("abc", "abc", "ac", "ac"),
            ("abcd", "acd", "abd", "ad"),
            ("abc", "ac", "abxc", "axc"),
            ("abc", "", "abc", ""),
            ("ab", "a", "a", "a"),
        ] {
            assert_eq!(merged(base, ours, theirs), result, "{base} {ours} {theirs}");
        }
    }

    #[test]
    fn the_same_item_changed_on_both_sides_is_looked_into_or_a_clash() {
        assert_eq!(merged("abc", "axc", "ayc"), "a(b>x|y)c");
        assert_eq!(merged("abc", "axzc", "ayc"), "a(x|y)(z|)c");
        assert_eq!(merged("abc", "axc", "axc"), "axc");
    }
}
