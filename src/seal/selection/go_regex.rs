//! Regular expressions as Go reads them (RE2 syntax), carried over to the `regex` crate.
//!
//! The two dialects differ in details that decide what gets encrypted: `\d`, `\w`, `\s` and `\b` are ASCII-only in Go,
//! `\Q…\E`, octal escapes and a literal `{` exist in Go only, class set operations (`&&`, `--`, `~~`), nested classes,
//! `(?x)` and `\<` in Rust only. Every expression is therefore read by Go's rules and written anew, with all that is
//! literal spelled as a number.

use regex::bytes::{Regex, RegexBuilder};
use std::collections::HashSet;
use std::fmt::Write;

/// The most a counted repetition may ask for.
const MOST_REPEATS: u32 = 1000;

/// Compiles an expression in Go's syntax; it searches bytes, unanchored.
///
/// # Errors
/// What is wrong with it, in one line.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    let translated = translate(pattern).map_err(str::to_owned)?;
    RegexBuilder::new(&translated)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            regex::Error::Syntax(text) => text
                .lines()
                .filter_map(|line| line.strip_prefix("error: "))
                .next_back()
                .unwrap_or("syntax error")
                .to_owned(),
            _ => "syntax error".to_owned(),
        })
}

/// What an expression is made of; `None` where it does not compile.
#[must_use]
pub fn structure(pattern: &str) -> Option<regex_syntax::hir::Hir> {
    let translated = translate(pattern).ok()?;
    let mut parser = regex_syntax::ParserBuilder::new().utf8(false).build();
    parser.parse(&translated).ok()
}

fn translate(pattern: &str) -> Result<String, &'static str> {
    let mut reader = Reader {
        rest: pattern,
        out: String::with_capacity(pattern.len() * 2),
        names: HashSet::new(),
        repeated: false,
    };
    while let Some(next) = reader.next() {
        reader.item(next)?;
    }
    Ok(reader.out)
}

struct Reader<'p> {
    rest: &'p str,
    out: String,
    names: HashSet<&'p str>,
    /// Whether the last thing written was a repetition, which must not be repeated again.
    repeated: bool,
}

impl<'p> Reader<'p> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Everything up to `end`, which is taken too.
    fn until(&mut self, end: &str) -> Option<&'p str> {
        let (text, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(text)
    }

    fn literal(&mut self, next: char) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "\\x{{{:x}}}", u32::from(next));
    }

    fn item(&mut self, next: char) -> Result<(), &'static str> {
        if let Some(operator) = self.repetition(next)? {
            if self.repeated {
                return Err("invalid nested repetition operator");
            }
            self.out.push_str(&operator);
            if self.take("?") {
                self.out.push('?');
            }
            self.repeated = true;
            return Ok(());
        }
        self.repeated = false;
        match next {
            '(' => self.group(),
            '[' => self.class(),
            '\\' => self.escape(),
            '.' | '^' | '$' | '|' | ')' => {
                self.out.push(next);
                Ok(())
            }
            other => {
                self.literal(other);
                Ok(())
            }
        }
    }

    /// A repetition that starts with this character; `{` is literal where no valid count follows.
    fn repetition(&mut self, next: char) -> Result<Option<String>, &'static str> {
        match next {
            '*' | '+' | '?' => return Ok(Some(next.to_string())),
            '{' => {}
            _ => return Ok(None),
        }
        let Some((inside, rest)) = self.rest.split_once('}') else {
            return Ok(None);
        };
        let (low, high) = match inside.split_once(',') {
            None => (inside, None),
            Some((low, high)) => (low, Some(high)),
        };
        let counts = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && (text == "0" || !text.starts_with('0'))
        };
        if !counts(low) || high.is_some_and(|high| !high.is_empty() && !counts(high)) {
            return Ok(None);
        }
        let count = |text: &str| -> Result<u32, &'static str> {
            text.parse()
                .ok()
                .filter(|count| *count <= MOST_REPEATS)
                .ok_or("invalid repeat count")
        };
        let low = count(low)?;
        if let Some(high) = high.filter(|high| !high.is_empty())
            && count(high)? < low
        {
            return Err("invalid repeat count");
        }
        self.rest = rest;
        Ok(Some(format!("{{{inside}}}")))
    }

    /// What follows `(`. Groups capture nothing: only whether and where the whole matches counts.
    fn group(&mut self) -> Result<(), &'static str> {
        if !self.take("?") {
            self.out.push_str("(?:");
            return Ok(());
        }
        if self.take("P<") || (!self.rest.starts_with("<=") && !self.rest.starts_with("<!") && self.take("<"))
        {
            let name = self.until(">").ok_or("invalid named capture")?;
            let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if name.is_empty() || !name.bytes().all(word) || !self.names.insert(name) {
                return Err("invalid named capture");
            }
            self.out.push_str("(?:");
            return Ok(());
        }
        // Flags. That one follows where it must, and `-` stands once, both dialects ask for alike.
        self.out.push_str("(?");
        while let Some(next) = self.next() {
            match next {
                'i' | 'm' | 's' | 'U' | '-' => self.out.push(next),
                ':' | ')' => {
                    self.out.push(next);
                    return Ok(());
                }
                _ => break,
            }
        }
        Err("invalid or unsupported group syntax (RE2 has no look-around)")
    }

    /// What follows `\` outside a class.
    fn escape(&mut self) -> Result<(), &'static str> {
        let next = self.next().ok_or("trailing backslash")?;
        match next {
            'Q' => {
                let quoted = match self.rest.split_once("\\E") {
                    Some((quoted, rest)) => {
                        self.rest = rest;
                        quoted
                    }
                    None => std::mem::take(&mut self.rest),
                };
                quoted.chars().for_each(|next| self.literal(next));
            }
            'A' | 'z' => {
                self.out.push('\\');
                self.out.push(next);
            }
            'b' => self.out.push_str("(?-u:\\b)"),
            'B' => self.out.push_str("(?-u:\\B)"),
            _ => {
                if let Some(class) = self.named_class(next)? {
                    self.out.push_str(&class);
                } else {
                    let literal = self.escaped(next)?;
                    self.literal(literal);
                }
            }
        }
        Ok(())
    }

    /// `\d`, `\pL` and their like, after the backslash; written so that it stands inside and outside classes.
    fn named_class(&mut self, next: char) -> Result<Option<String>, &'static str> {
        Ok(Some(match next {
            'd' => "[0-9]".to_owned(),
            'D' => "[^0-9]".to_owned(),
            'w' => "[0-9A-Za-z_]".to_owned(),
            'W' => "[^0-9A-Za-z_]".to_owned(),
            's' => "[\\t\\n\\f\\r\\x20]".to_owned(),
            'S' => "[^\\t\\n\\f\\r\\x20]".to_owned(),
            'p' | 'P' => self.unicode_class(next == 'P')?,
            _ => return Ok(None),
        }))
    }

    fn unicode_class(&mut self, negated: bool) -> Result<String, &'static str> {
        const BAD: &str = "unknown Unicode class";
        let mut single = [0; 4];
        let next = self.next().ok_or(BAD)?;
        let name = if next == '{' {
            self.until("}").ok_or(BAD)?
        } else {
            next.encode_utf8(&mut single)
        };
        let (name, flipped) = match name.strip_prefix('^') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let word = name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if !word || !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return Err(BAD);
        }
        let kind = match (name, name.len()) {
            ("Any", _) | (_, 1 | 2) => "",
            _ => "sc=",
        };
        let letter = if negated == flipped { 'p' } else { 'P' };
        Ok(format!("\\{letter}{{{kind}{name}}}"))
    }

    /// The one character an escape stands for, after the backslash.
    fn escaped(&mut self, next: char) -> Result<char, &'static str> {
        const BAD: &str = "invalid escape sequence";
        Ok(match next {
            'a' => '\x07',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            'x' => return self.hexadecimal().ok_or(BAD),
            '0'..='7' => return self.octal(next).ok_or(BAD),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
            _ => return Err(BAD),
        })
    }

    fn hexadecimal(&mut self) -> Option<char> {
        let digits = if self.take("{") {
            self.until("}")?
        } else {
            let (digits, rest) = self.rest.split_at_checked(2)?;
            self.rest = rest;
            digits
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    }

    /// Up to three octal digits; a single one that is not zero would be a reference to a group, which RE2 has not.
    fn octal(&mut self, first: char) -> Option<char> {
        let mut number = first.to_digit(8)?;
        let mut digits = 1;
        while digits < 3
            && let Some(digit) = self.rest.chars().next().and_then(|next| next.to_digit(8))
        {
            number = number * 8 + digit;
            self.next();
            digits += 1;
        }
        (first == '0' || digits > 1)
            .then(|| char::from_u32(number))
            .flatten()
    }

    /// What follows `[`.
    fn class(&mut self) -> Result<(), &'static str> {
        const OPEN: &str = "missing closing ]";
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            if self.rest.starts_with("[:")
                && let Some((name, rest)) = self.rest.get(2..).and_then(|inside| inside.split_once(":]"))
            {
                self.ascii_class(name)?;
                self.rest = rest;
                first = false;
                continue;
            }
            let next = self.next().ok_or(OPEN)?;
            if next == ']' && !first {
                self.out.push(']');
                return Ok(());
            }
            first = false;
            self.class_item(next)?;
        }
    }

    fn class_item(&mut self, next: char) -> Result<(), &'static str> {
        let low = if next == '\\' {
            let escape = self.next().ok_or("trailing backslash")?;
            if let Some(class) = self.named_class(escape)? {
                self.out.push_str(&class);
                return Ok(());
            }
            self.escaped(escape)?
        } else {
            next
        };
        self.literal(low);
        let range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
        if !range {
            return Ok(());
        }
        self.next();
        let high = match self.next().ok_or("missing closing ]")? {
            '\\' => {
                let escape = self.next().ok_or("trailing backslash")?;
                self.escaped(escape)?
            }
            other => other,
        };
        self.out.push('-');
        self.literal(high);
        Ok(())
    }

    fn ascii_class(&mut self, name: &str) -> Result<(), &'static str> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err("invalid character class range");
        }
        let _ = write!(self.out, "[:{name}:]");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
