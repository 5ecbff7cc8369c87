//! Results to standard output, warnings and failures to standard error.

use crate::failure::{Failure, Kind};
use crate::host::is_dangerous;
use crate::ops::caution::Caution;
use std::io::{self, BufRead as _, ErrorKind, IsTerminal as _, Read as _, Write as _};
use zeroize::Zeroizing;

/// Writes a result. A reader that has seen enough (a broken pipe) is no failure; on a terminal, control characters are
/// shown, not obeyed (security P13).
///
/// # Errors
/// When standard output takes nothing.
pub fn result(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let shown;
    let bytes = if out.is_terminal() {
        shown = visible(bytes);
        &shown
    } else {
        bytes
    };
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(
            Kind::Write,
            format!("cannot write to standard output: {error}"),
        )),
    }
}

/// Everything on standard input.
///
/// # Errors
/// When it cannot be read.
pub fn standard_input() -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    match io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::new(
            Kind::Read,
            format!("cannot read standard input: {error}"),
        )),
    }
}

/// Asks a question that is answered with `y` or `n`, until it is.
///
/// # Errors
/// When standard input ends without an answer.
pub fn confirmed(question: &str) -> Result<bool, Failure> {
    loop {
        result(question.as_bytes())?;
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        match (read, line.trim()) {
            (Ok(1..), "y" | "Y" | "yes") => return Ok(true),
            (Ok(1..), "n" | "N" | "no") => return Ok(false),
            (Ok(1..), _) => {}
            _ => {
                let text = "standard input ended without an answer";
                return Err(Failure::new(Kind::Generic, text).hint("--yes answers beforehand"));
            }
        }
    }
}

/// Whether results are read by a person, not kept by a pipe or a file.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Waits for a line on standard input; whether there was one.
pub fn line_read() -> bool {
    let mut line = String::new();
    matches!(io::stdin().lock().read_line(&mut line), Ok(1..))
}

/// Tells the warnings that were noted; they are not noted any more. For commands that hand the terminal to somebody else.
pub fn warnings(caution: &mut Caution) {
    for warning in caution.take() {
        tell(&format!("warning: {warning}"));
    }
}

/// Whether a question can be answered.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Shows how far the work is, where standard error is a terminal; the next line written there takes its place.
pub fn progress(done: usize, total: usize) {
    let mut out = io::stderr().lock();
    if out.is_terminal() {
        // A bar of progress that cannot be shown is no reason to stop.
        let _ = write!(
            out,
            "\r{done} of {total}{}",
            if done == total { "\r\x1b[K" } else { "" }
        );
        let _ = out.flush();
    }
}

/// Tells something on standard error, a line each.
pub fn tell(text: &str) {
    let mut text = visible(text.as_bytes());
    text.push(b'\n');
    // Nobody can be told when standard error is closed.
    let _ = io::stderr().lock().write_all(&text);
}

/// The text with every dangerous character as an escape; line breaks and tabs stay.
fn visible(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if matches!(character, '\n' | '\t') || !is_dangerous(character) {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                out.extend_from_slice(character.escape_unicode().to_string().as_bytes());
            }
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn a_value_cannot_command_the_terminal() {
        let shown = visible("a\u{1b}[2J\u{202e}b\r\u{9b}é\n".as_bytes());
        assert_eq!(shown, "a\\u{1b}[2J\\u{202e}b\\u{d}\\u{9b}é\n".as_bytes());
        assert_eq!(visible(b"\xff"), b"\\xff");
    }
}
