//! Moments in UTC, to the second: the only form of dates in files of the benchmark.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// The first moment that can be written, 0000-01-01T00:00:00Z.
const FIRST: i64 = -62_167_219_200;
/// The last moment that can be written, 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;
/// Days from 0000-03-01 to 1970-01-01, in the calendar that starts years in March.
const MARCH_EPOCH: i64 = 719_468;

/// A moment, written `2025-04-01T00:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `seconds` after 1970-01-01T00:00:00Z; years before 0 and after 9999, which only damaged commits
    /// carry, are brought to the nearest moment inside.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(if seconds < FIRST {
            FIRST
        } else if seconds > LAST {
            LAST
        } else {
            seconds
        })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The midnight with which the moment's day begins.
    pub const fn date(self) -> Self {
        Self(self.0.div_euclid(DAY) * DAY)
    }

    /// The day alone, `2025-04-01`.
    pub fn day(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY);
        write!(f, "{}T{:02}:{:02}:{:02}Z", self.day(), second / 3600, second / 60 % 60, second % 60)
    }
}

/// Reads `2025-04-01` (midnight), `2025-04-01T12:30:00Z` and `2025-04-01T14:30:00+02:00`; fractions of a second are
/// dropped.
impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        read(text).map(Self).ok_or_else(|| Error::Identifier {
            what: "moment",
            text: text.to_owned(),
            rule: "write 2025-04-01 or 2025-04-01T00:00:00Z",
        })
    }
}

impl TryFrom<String> for Timestamp {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(moment: Timestamp) -> Self {
        moment.to_string()
    }
}

fn read(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    let midnight = days(year, month, day) * DAY;
    if rest.is_empty() {
        return Some(midnight);
    }
    let (time, zone) = rest.strip_prefix(['T', ' '])?.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let moment = midnight + hour * 3600 + minute * 60 + second - offset(without_fraction(zone)?)?;
    (FIRST..=LAST).contains(&moment).then_some(moment)
}

/// The numbers between `separator`s, each of exactly so many digits.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut values = [0; 3];
    for (value, width) in values.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))?;
        *value = part.parse().ok()?;
    }
    parts.next().is_none().then_some(values)
}

fn without_fraction(zone: &str) -> Option<&str> {
    match zone.strip_prefix('.') {
        None => Some(zone),
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|&end| end > 0)?;
            Some(&rest[end..])
        }
    }
}

/// Seconds that the zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hours, minutes, _] = numbers(&format!("{}:00", &zone[1..]), ':', [2, 2, 2])?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the date. Years start in March, so that the leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_EPOCH
}

/// The inverse of [`days`]: year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + MARCH_EPOCH;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moments_are_read_in_each_form() {
        let seconds = |text: &str| text.parse::<Timestamp>().map(Timestamp::seconds);
        assert_eq!(seconds("2025-04-01").unwrap(), 1_743_465_600);
        assert_eq!(seconds("2025-04-01T00:00:00Z").unwrap(), 1_743_465_600);
        assert_eq!(seconds("2025-04-01T02:00:00+02:00").unwrap(), 1_743_465_600);
        assert_eq!(seconds("2025-03-31 19:30:00.123-04:30").unwrap(), 1_743_465_600);
        assert_eq!(Timestamp::from_seconds(951_827_696).to_string(), "2000-02-29T12:34:56Z");
        for bad in
            ["", "2025-4-1", "2025-02-29", "2025-13-01", "2025-04-01T", "2025-04-01T00:00:00", "2025-04-01T1:00Z"]
        {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn impossible_moments_are_brought_inside() {
        assert_eq!(Timestamp::from_seconds(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(Timestamp::from_seconds(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
    }

    proptest! {
        #[test]
        fn writing_and_reading_are_inverse(seconds in FIRST..=LAST) {
            let moment = Timestamp::from_seconds(seconds);
            prop_assert_eq!(moment.to_string().parse::<Timestamp>().unwrap(), moment);
            prop_assert_eq!(moment.day().parse::<Timestamp>().unwrap(), moment.date());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            drop(text.parse::<Timestamp>());
        }
    }
}
