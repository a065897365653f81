//! Who wrote a commit, and when: the moment of an `author` or `committer` line.

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Seconds from which a year no longer fits the C library's calendar; git then shows the beginning of 1970.
const LAST_SECOND: u64 = (i32::MAX as u64 - 2_000) * 31_556_952;

/// A moment with the clock offset of who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Seconds since 1970.
    seconds: u64,
    /// The offset as it is written: hours times a hundred and minutes.
    zone: i32,
}

impl Moment {
    /// The moment at the end of `Name <mail> 1700000000 +0100`, with git's patience: whatever follows the last `>` counts.
    /// None if there are no digits or no offset, as git then shows no date.
    pub(super) fn of(ident: &[u8]) -> Option<Self> {
        let mail_end = ident.iter().rposition(|&byte| byte == b'>')?;
        let rest = ident[mail_end + 1..].trim_ascii_start();
        let (seconds, rest) = rest.split_at(digits(rest));
        if seconds.is_empty() {
            return None;
        }
        let rest = rest.trim_ascii_start();
        let (sign, rest) = rest.split_first()?;
        let hours = &rest[..digits(rest)];
        if !matches!(sign, b'+' | b'-') || hours.is_empty() {
            return None;
        }
        let seconds = number(seconds).filter(|&seconds| i64::try_from(seconds).is_ok()).unwrap_or(0);
        let zone = number(hours).and_then(|hours| i32::try_from(hours).ok()).filter(|&hours| hours < i32::MAX);
        let zone = zone.unwrap_or(0);
        Some(Self { seconds, zone: if *sign == b'-' { -zone } else { zone } })
    }

    /// Seconds since 1970.
    pub(super) fn seconds(self) -> i64 {
        i64::try_from(self.seconds).unwrap_or(0)
    }

    /// Strict ISO 8601 at the writer's clock, as `%aI` shows it.
    pub(super) fn iso(self) -> String {
        let Self { seconds, zone } = if self.seconds > LAST_SECOND { Self { seconds: 0, zone: 0 } } else { self };
        let (hours, minutes) = (zone.abs() / 100, zone.abs() % 100);
        let offset = i64::from(zone.signum()) * (i64::from(hours) * 60 + i64::from(minutes)) * 60;
        let local = i64::try_from(seconds).unwrap_or(0) + offset;
        let (year, month, day) = date(local.div_euclid(DAY));
        let second = local.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let clock = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        match zone {
            0 => clock + "Z",
            1.. => format!("{clock}+{hours:02}:{minutes:02}"),
            _ => format!("{clock}-{hours:02}:{minutes:02}"),
        }
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Year, month and day of the day `days` after 1 January 1970, in the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is a year's last; 400 of them have 146,097 days.
fn date(days: i64) -> (i64, i64, i64) {
    let since_year_0 = days + 719_468;
    let era = since_year_0.div_euclid(146_097);
    let day_of_era = since_year_0.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(ident: &str) -> Option<String> {
        Moment::of(ident.as_bytes()).map(Moment::iso)
    }

    #[test]
    fn moments_are_shown_at_the_clock_of_their_writer() {
        for (ident, expected) in [
            ("A <a@b> 0 +0000", "1970-01-01T00:00:00Z"),
            ("A <a@b> 951782400 -0000", "2000-02-29T00:00:00Z"),
            ("A <a@b> 951782399 +0530", "2000-02-29T05:29:59+05:30"),
            ("A <a@b> 1709251200 -0330", "2024-02-29T20:30:00-03:30"),
            ("A <a@b> 4107542400 +1400", "2100-03-01T14:00:00+14:00"),
            ("A <a> <b>> 86400  +0100", "1970-01-02T01:00:00+01:00"),
            ("A <a@b> 99999999999999999999 +0000", "1970-01-01T00:00:00Z"),
            ("A <a@b> 9000000000000000000 +0200", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(iso(ident).as_deref(), Some(expected), "{ident}");
        }
        for none in ["", "A <a@b>", "A <a@b> x +0100", "A <a@b> 12", "A <a@b> 12 0100", "A <a@b> 12 +", "12 +0100"] {
            assert_eq!(iso(none), None, "{none}");
        }
    }
}
