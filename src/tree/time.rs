//! Points in time as YAML timestamps and the `sops` block hold them.

use std::fmt;

/// A date and time of day with an offset from UTC, down to nanoseconds; proleptic Gregorian calendar, years 0 to
/// 9999. Written and read as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    /// 0 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the length of the month.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999,999.
    pub nanosecond: u32,
    /// Minutes east of UTC.
    pub offset_minutes: i16,
}

impl Time {
    /// The time of a number of seconds since 1970-01-01T00:00:00Z, in UTC. Outside the years 0 to 9999 the nearest
    /// end of that range.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        const FIRST: i64 = -62_167_219_200;
        const LAST: i64 = 253_402_300_799;
        let seconds = seconds.clamp(FIRST, LAST);
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        let rest = seconds.rem_euclid(86_400);
        let small = |number: i64| u8::try_from(number).unwrap_or_default();
        Self {
            year: u16::try_from(year).unwrap_or_default(),
            month: small(month),
            day: small(day),
            hour: small(rest / 3600),
            minute: small(rest / 60 % 60),
            second: small(rest % 60),
            nanosecond: 0,
            offset_minutes: 0,
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z, fractions dropped.
    #[must_use]
    pub fn unix(&self) -> i64 {
        let days = days_from_civil(i64::from(self.year), i64::from(self.month), i64::from(self.day));
        days * 86_400 + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
            - i64::from(self.offset_minutes) * 60
    }

    /// Whether all fields are in range for their calendar month and day.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (1..=12).contains(&self.month)
            && self.day >= 1
            && self.day <= days_in_month(self.year, self.month)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.nanosecond < 1_000_000_000
            && self.year <= 9999
    }

    /// Reads strict RFC 3339: `YYYY-MM-DDThh:mm:ss[.f](Z|±hh:mm)`; more than nine digits of a fraction are cut.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize, count: usize| -> Option<u32> {
            let part = bytes.get(from..from + count)?;
            part.iter().try_fold(0u32, |sum, byte| {
                byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
            })
        };
        let at = |index: usize, wanted: u8| (bytes.get(index) == Some(&wanted)).then_some(());
        at(4, b'-')?;
        at(7, b'-')?;
        at(10, b'T')?;
        at(13, b':')?;
        at(16, b':')?;
        let mut end = 19;
        let mut nanosecond = 0u32;
        if bytes.get(19) == Some(&b'.') {
            let fraction = bytes
                .get(20..)?
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if fraction == 0 {
                return None;
            }
            for place in 0..9 {
                nanosecond = nanosecond * 10
                    + if place < fraction {
                        digits(20 + place, 1)?
                    } else {
                        0
                    };
            }
            end = 20 + fraction;
        }
        let offset_minutes = match (bytes.get(end)?, bytes.len() - end) {
            (b'Z', 1) => 0,
            (sign @ (b'+' | b'-'), 6) => {
                at(end + 3, b':')?;
                let (hours, minutes) = (digits(end + 1, 2)?, digits(end + 4, 2)?);
                let total =
                    i16::try_from((hours <= 24 && minutes <= 60).then_some(hours * 60 + minutes)?).ok()?;
                if *sign == b'-' { -total } else { total }
            }
            _ => return None,
        };
        let small = |number: u32| u8::try_from(number).ok();
        let time = Self {
            year: u16::try_from(digits(0, 4)?).ok()?,
            month: small(digits(5, 2)?)?,
            day: small(digits(8, 2)?)?,
            hour: small(digits(11, 2)?)?,
            minute: small(digits(14, 2)?)?,
            second: small(digits(17, 2)?)?,
            nanosecond,
            offset_minutes,
        };
        time.is_valid().then_some(time)
    }

    /// The same instant in UTC without fraction, as the `sops` block holds it (spec §5.4).
    #[must_use]
    pub fn to_utc_seconds(&self) -> Self {
        Self::from_unix(self.unix())
    }
}

/// RFC 3339 with as many digits of the fraction as needed.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanosecond > 0 {
            let fraction = format!("{:09}", self.nanosecond);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        match self.offset_minutes {
            0 => f.write_str("Z"),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a civil date. Counts in eras of 400 years that begin in March, so that the leap day is
/// the last of a year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn rfc3339_round_trips() {
        for text in [
            "2001-12-14T21:59:43.1-05:00",
            "2026-11-22T04:15:12Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            assert_eq!(Time::parse_rfc3339(text).unwrap().to_string(), text);
        }
        for text in [
            "2026-02-30T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22",
            "2026-11-22T00:00:00",
            "2026-11-22T00:00:00.Z",
        ] {
            assert_eq!(Time::parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn the_mac_sees_whole_seconds_in_utc() {
        for text in ["2026-11-22T04:15:12.5Z", "2026-11-22T05:15:12+01:00"] {
            assert_eq!(
                Time::parse_rfc3339(text).unwrap().to_utc_seconds().to_string(),
                "2026-11-22T04:15:12Z"
            );
        }
    }

    #[test]
    fn unix_seconds_round_trip_across_leap_years() {
        for seconds in (-62_167_219_200..253_402_300_799).step_by(86_400 * 37 + 12_345) {
            assert_eq!(Time::from_unix(seconds).unix(), seconds);
            assert!(Time::from_unix(seconds).is_valid());
        }
    }
}
