//! Timestamps (`yaml-behaviour.md` §2.2, rule 3a): `Y-M-D`, `Y-M-D h:m:s[.f]`, `Y-M-D(T|t)h:m:s[.f](Z|±hh:mm)`.

use crate::tree::Time;

/// The time a plain scalar stands for.
pub(super) fn read(text: &str) -> Option<Time> {
    let mut rest = Rest(text.as_bytes());
    let year = u16::try_from(rest.number(4, 4)?).ok()?;
    rest.expect(b"-")?;
    let month = rest.small()?;
    rest.expect(b"-")?;
    let mut time = Time {
        year,
        month,
        day: rest.small()?,
        hour: 0,
        minute: 0,
        second: 0,
        nanosecond: 0,
        offset_minutes: 0,
    };
    match rest.next() {
        None => {}
        Some(b' ') => {
            rest.skip_spaces();
            rest.clock(&mut time)?;
        }
        Some(b'T' | b't') => {
            rest.clock(&mut time)?;
            time.offset_minutes = rest.zone()?;
        }
        Some(_) => return None,
    }
    (rest.0.is_empty() && time.is_valid()).then_some(time)
}

/// What of the text is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn expect(&mut self, wanted: &[u8]) -> Option<u8> {
        self.next().filter(|byte| wanted.contains(byte))
    }

    fn skip_spaces(&mut self) {
        while let Some((b' ', rest)) = self.0.split_first() {
            self.0 = rest;
        }
    }

    fn digits(&self) -> usize {
        self.0.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.digits().min(most);
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(
            digits
                .iter()
                .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
        )
    }

    fn small(&mut self) -> Option<u8> {
        u8::try_from(self.number(1, 2)?).ok()
    }

    fn clock(&mut self, time: &mut Time) -> Option<()> {
        time.hour = self.small()?;
        self.expect(b":")?;
        time.minute = self.small()?;
        self.expect(b":")?;
        time.second = self.small()?;
        if let Some(b'.' | b',') = self.0.first() {
            self.next();
            time.nanosecond = self.nanosecond()?;
        }
        Some(())
    }

    /// A fraction of any length, cut to nine digits.
    fn nanosecond(&mut self) -> Option<u32> {
        let count = self.digits();
        let kept = count.min(9);
        let number = self.number(1, 9)?;
        self.0 = self.0.get(count - kept..)?;
        Some((kept..9).fold(number, |number, _| number * 10))
    }

    fn zone(&mut self) -> Option<i16> {
        let sign = match self.expect(b"Z+-")? {
            b'Z' => return Some(0),
            b'-' => -1,
            _ => 1,
        };
        let hours = self.number(2, 2)?;
        self.expect(b":")?;
        let minutes = self.number(2, 2)?;
        let total = i16::try_from((hours <= 24 && minutes <= 60).then_some(hours * 60 + minutes)?).ok()?;
        Some(sign * total)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_form_is_read() {
        for (text, written) in [
            ("2026-11-22", "2026-11-22T00:00:00Z"),
            ("2026-1-2", "2026-01-02T00:00:00Z"),
            ("0000-01-01", "0000-01-01T00:00:00Z"),
            ("2026-11-22T10:11:12Z", "2026-11-22T10:11:12Z"),
            ("2026-11-22t1:2:3.5+02:00", "2026-11-22T01:02:03.5+02:00"),
            ("2026-11-22T10:11:12,25Z", "2026-11-22T10:11:12.25Z"),
            ("2026-11-22 10:11:12", "2026-11-22T10:11:12Z"),
            ("2026-11-22   10:11:12", "2026-11-22T10:11:12Z"),
            (
                "2026-11-22 10:11:12.123456789123",
                "2026-11-22T10:11:12.123456789Z",
            ),
            ("2026-11-22T10:11:12+24:00", "2026-11-22T10:11:12+24:00"),
            ("2026-11-22T10:11:12+00:60", "2026-11-22T10:11:12+01:00"),
            ("2026-11-22T10:11:12-00:00", "2026-11-22T10:11:12Z"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn what_sops_takes_for_text_is_no_time() {
        for text in [
            "2026-02-30",
            "02026-01-01",
            "2026-11-22 10:11:12Z",
            "2026-11-22 10:11:12 +02:00",
            "2026-11-22T10:11:12",
            "2026-11-22T10:11Z",
            "2026-11-22T10:11:12+02",
            "2026-11-22T24:00:00Z",
            "2026-11-22T23:59:60Z",
            "2026-11-22T10:11:12.Z",
            "2026-11-22T10:11:12+25:00",
            "2026-11-",
            "2026-11-22 ",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
