//! Passphrases of common words. The list is that of BIP-39, as the age crate ships it (MIT or Apache-2.0): 2048 words of three
//! to eight letters that differ in their first four.

use super::below;
use crate::seal::{Random, RandomError};
use zeroize::Zeroizing;

const LIST: &str = include_str!("words.txt");
/// How many there are.
const COUNT: u32 = 2048;
/// The randomness of one word, in bits.
pub const BITS: f64 = 11.0;
/// The longest word.
const LONGEST: usize = 8;

/// So many words, joined by dashes.
pub fn phrase(count: usize, random: &mut dyn Random) -> Result<Zeroizing<String>, RandomError> {
    let count = count.clamp(1, super::MOST_WORDS);
    let mut text = Zeroizing::new(String::with_capacity(count * (LONGEST + 1)));
    for number in 0..count {
        if number > 0 {
            text.push('-');
        }
        let chosen = below(COUNT, random)?;
        let word = LIST.lines().nth(usize::try_from(chosen).unwrap_or_default());
        text.push_str(word.unwrap_or_default());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{COUNT, LIST, LONGEST};
    use std::collections::HashSet;

    #[test]
    fn the_list_has_as_many_words_as_the_entropy_says() {
        let words: Vec<&str> = LIST.lines().collect();
        assert_eq!(words.len(), COUNT as usize);
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        assert!(words.iter().all(|word| (3..=LONGEST).contains(&word.len())));
        assert!(
            words
                .iter()
                .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
    }
}
