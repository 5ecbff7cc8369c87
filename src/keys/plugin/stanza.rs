//! The lines of age's plugin protocol: `-> COMMAND ARGUMENTS`, then a body in lines of 64 characters of which the last
//! is shorter. A command and each of its arguments are one or more visible characters of ASCII, as in the specification of age.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use zeroize::Zeroizing;

/// Characters of a full line of a body.
const FULL: usize = 64;

/// Most characters of a body; a file key has 22, a post-quantum stanza 43.
const LONGEST_BODY: usize = 64 << 10;

/// A line that does not follow the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine;

/// What one side says.
pub struct Command {
    /// The command.
    pub tag: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its body, which may be secret.
    pub body: Zeroizing<Vec<u8>>,
}

/// A command in its lines.
pub fn write(tag: &str, args: &[&str], body: &[u8]) -> Vec<u8> {
    let encoded = Zeroizing::new(BASE64_STANDARD_NO_PAD.encode(body));
    let mut text = String::with_capacity(encoded.len() * 2 + 256);
    text.push_str("-> ");
    text.push_str(tag);
    for argument in args {
        text.push(' ');
        text.push_str(argument);
    }
    text.push('\n');
    for (index, character) in encoded.chars().enumerate() {
        text.push(character);
        if index % FULL == FULL - 1 {
            text.push('\n');
        }
    }
    // The last line is a short one; after a full one it is empty.
    text.push('\n');
    text.into_bytes()
}

/// Puts a command together from lines.
#[derive(Default)]
pub struct Reader {
    head: Option<(String, Vec<String>)>,
    body: Zeroizing<String>,
}

impl Reader {
    /// Takes a line; gives a command where it is complete.
    ///
    /// # Errors
    /// When the line does not follow the protocol.
    pub fn line(&mut self, line: &str) -> Result<Option<Command>, BadLine> {
        let Some((tag, args)) = self.head.take() else {
            let words = line.strip_prefix("-> ").ok_or(BadLine)?;
            let mut words = words.split(' ').map(word);
            let tag = words.next().ok_or(BadLine)??;
            self.head = Some((tag, words.collect::<Result<_, _>>()?));
            self.body = Zeroizing::new(String::with_capacity(FULL));
            return Ok(None);
        };
        if line.len() > FULL || self.body.len() + line.len() > LONGEST_BODY {
            return Err(BadLine);
        }
        self.body.push_str(line);
        if line.len() == FULL {
            self.head = Some((tag, args));
            return Ok(None);
        }
        let body = BASE64_STANDARD_NO_PAD
            .decode(self.body.as_bytes())
            .map_err(|_| BadLine)?;
        Ok(Some(Command {
            tag,
            args,
            body: Zeroizing::new(body),
        }))
    }
}

/// A command or an argument. What could not be written again as one is refused: it would become another command.
fn word(text: &str) -> Result<String, BadLine> {
    let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_word.then(|| text.to_owned()).ok_or(BadLine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_at_every_length() {
        for length in [0, 1, 16, 47, 48, 49, 96, 1120] {
            let body = vec![7; length];
            let text = String::from_utf8(write("wrap", &["a", "b"], &body)).unwrap();
            let mut reader = Reader::default();
            let mut commands: Vec<Command> = text
                .lines()
                .filter_map(|line| reader.line(line).unwrap())
                .collect();
            let command = commands.pop().unwrap();
            assert!(commands.is_empty());
            assert_eq!(
                (command.tag.as_str(), command.args, command.body.to_vec()),
                ("wrap", vec!["a".to_owned(), "b".to_owned()], body)
            );
        }
    }

    #[test]
    fn a_key_is_not_wrapped_by_a_stanza_that_no_age_could_read_again() {
        for line in [
            "-> X25519 a\r",
            "-> a\tb",
            "-> a  b",
            "-> a ",
            "-> é",
            "-> a \u{7f}",
            "-> a\0",
        ] {
            assert!(Reader::default().line(line).is_err(), "{line:?}");
        }
        assert!(Reader::default().line("-> X25519 !~+/=").is_ok());
    }

    #[test]
    fn broken_lines_are_refused() {
        for text in ["x", "->", "-> ", "->x", "-> a\n?", "-> a\nAAAAA", "-> a\nAB=="] {
            let mut reader = Reader::default();
            assert!(text.split('\n').any(|line| reader.line(line).is_err()), "{text}");
        }
    }
}
