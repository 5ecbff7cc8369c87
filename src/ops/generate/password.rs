//! Passwords by rules: how long, of which classes of characters, with at least one of each.

use super::{below, no_random};
use crate::failure::{Failure, Kind};
use crate::seal::Random;
use zeroize::Zeroizing;

/// The longest password.
pub const LONGEST: usize = 256;
/// Characters that people take for others.
const LOOK_ALIKES: &str = "0O1lI|5S8B2Z";

/// A class of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `a` to `z`.
    Lower,
    /// `A` to `Z`.
    Upper,
    /// `0` to `9`.
    Digits,
    /// Signs that need no escape in most places.
    Symbols,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 4] = [Self::Lower, Self::Upper, Self::Digits, Self::Symbols];

    const fn characters(self) -> &'static str {
        match self {
            Self::Lower => "abcdefghijklmnopqrstuvwxyz",
            Self::Upper => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Self::Digits => "0123456789",
            Self::Symbols => "!#%&()*+,-./:;<=>?@[]^_{|}~",
        }
    }
}

/// What a password must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many characters it has.
    pub length: usize,
    /// Of which classes; at least one character of each is in it.
    pub classes: Vec<Class>,
    /// Whether characters that look like others are left out.
    pub distinct: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            length: 24,
            classes: vec![Class::Lower, Class::Upper, Class::Digits],
            distinct: false,
        }
    }
}

impl Rules {
    /// Puts a class in or takes it out; one stays.
    pub fn toggle(&mut self, class: Class) {
        if self.classes.contains(&class) {
            if self.classes.len() > 1 {
                self.classes.retain(|other| *other != class);
            }
        } else {
            self.classes.push(class);
        }
    }

    fn characters(&self, class: Class) -> impl Iterator<Item = char> + '_ {
        let all = class.characters().chars();
        all.filter(|c| !self.distinct || !LOOK_ALIKES.contains(*c))
    }

    fn alphabet(&self) -> Vec<char> {
        let classes = Class::ALL
            .into_iter()
            .filter(|class| self.classes.contains(class));
        classes.flat_map(|class| self.characters(class)).collect()
    }

    /// How many bits of randomness a password has: the logarithm of how many passwords fit the rules.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        let size = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let all = size(self.alphabet().len());
        let length = size(self.length.clamp(self.classes.len().max(1), LONGEST));
        // The share of texts that have every class, by inclusion and exclusion.
        let mut share = 0.0;
        for missing in 0..1_u32 << self.classes.len() {
            let left = self.classes.iter().enumerate();
            let kept: usize = left
                .filter(|(number, _)| missing & (1 << number) == 0)
                .map(|(_, class)| self.characters(*class).count())
                .sum();
            let part = (size(kept) / all).powf(length);
            share += if missing.count_ones().is_multiple_of(2) {
                part
            } else {
                -part
            };
        }
        length * all.log2() + share.log2()
    }

    /// Makes a password.
    pub(super) fn make(&self, random: &mut dyn Random) -> Result<Zeroizing<String>, Failure> {
        let alphabet = self.alphabet();
        let length = self.length.clamp(self.classes.len().max(1), LONGEST);
        let limit = u32::try_from(alphabet.len()).unwrap_or_default();
        if limit == 0 {
            return Err(Failure::new(
                Kind::Usage,
                "a password needs a class of characters",
            ));
        }
        // A whole new one until it has every class: all that fit the rules stay equally likely.
        loop {
            let mut text = Zeroizing::new(String::with_capacity(length));
            for _ in 0..length {
                let chosen = below(limit, random).map_err(no_random)?;
                text.extend(alphabet.get(usize::try_from(chosen).unwrap_or_default()));
            }
            let has = |class: &Class| text.chars().any(|c| class.characters().contains(c));
            if self.classes.iter().all(has) {
                return Ok(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, LOOK_ALIKES, Rules};
    use crate::host::SystemRandom;

    #[test]
    fn a_password_has_every_class_and_nothing_else() {
        for length in [4, 8, 24] {
            for distinct in [false, true] {
                let rules = Rules {
                    length,
                    classes: Class::ALL.to_vec(),
                    distinct,
                };
                for _ in 0..50 {
                    let text = rules.make(&mut SystemRandom).unwrap();
                    assert_eq!(text.chars().count(), length);
                    for class in Class::ALL {
                        assert!(text.chars().any(|c| class.characters().contains(c)));
                    }
                    assert!(!distinct || !text.chars().any(|c| LOOK_ALIKES.contains(c)));
                }
            }
        }
        let mut digits = Rules::default();
        digits.toggle(Class::Lower);
        digits.toggle(Class::Upper);
        digits.toggle(Class::Digits);
        assert_eq!(digits.classes, [Class::Digits], "one class stays");
        assert!(
            digits
                .make(&mut SystemRandom)
                .unwrap()
                .bytes()
                .all(|byte| byte.is_ascii_digit())
        );
    }

    #[test]
    fn entropy_counts_the_passwords_that_fit() {
        let mut rules = Rules {
            length: 1,
            classes: vec![Class::Digits],
            distinct: false,
        };
        assert!((rules.entropy() - 10_f64.log2()).abs() < 1e-9);
        rules.classes.push(Class::Lower);
        rules.length = 2;
        // A digit and a letter, in either order.
        assert!(
            (rules.entropy() - 520_f64.log2()).abs() < 1e-9,
            "{}",
            rules.entropy()
        );
        assert!(Rules::default().entropy() > 142.0);
    }
}
