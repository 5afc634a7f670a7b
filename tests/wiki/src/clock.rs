//! Times the way MediaWiki writes them.

use std::time::{SystemTime, UNIX_EPOCH};

pub fn unix() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026-11-22T13:32:34Z`
pub fn iso(unix: u64) -> String {
    let (year, month, day) = date(unix / 86400);
    let (hour, minute, second) = (unix / 3600 % 24, unix / 60 % 60, unix % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `13:32, 22 November 2026`, the long form of an English wiki.
pub fn english(unix: u64) -> String {
    let (year, month, day) = date(unix / 86400);
    format!("{:02}:{:02}, {day} {} {year}", unix / 3600 % 24, unix / 60 % 60, MONTHS[month as usize - 1])
}

/// `Sun, 22 Nov 2026 13:32:34 GMT`
pub fn http(unix: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (year, month, day) = date(unix / 86400);
    let (hour, minute, second) = (unix / 3600 % 24, unix / 60 % 60, unix % 60);
    let weekday = DAYS[(unix / 86400 % 7) as usize];
    format!(
        "{weekday}, {day:02} {} {year} {hour:02}:{minute:02}:{second:02} GMT",
        &MONTHS[month as usize - 1][..3]
    )
}

/// The day of the calendar that is `days` after 1 January 1970.
fn date(days: u64) -> (u64, u64, u64) {
    // Counted in eras of 400 years whose years begin in March, so that the leap day comes last.
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_354_354), "2026-11-22T13:32:34Z");
        assert_eq!(http(1_795_354_354), "Sun, 22 Nov 2026 13:32:34 GMT");
        assert_eq!(english(1_795_354_354), "13:32, 22 November 2026");
    }
}
