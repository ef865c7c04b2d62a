//! How old a record is on the day of the question.

use lode_model::Year;
use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day {
    /// Year.
    pub year: Year,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, from 1.
    pub day: u32,
}

impl Day {
    /// Reads `2026-11-24`; `None` for anything that is not a day.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| parts.next().filter(|part| part.len() == digits)?.parse::<u32>().ok();
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let year = Year::try_from(year).ok()?;
        let fits =
            parts.next().is_none() && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        fits.then_some(Self { year, month, day })
    }

    /// The day that is a number of days after 1 January 1970.
    pub fn from_days_since_1970(days: u64) -> Self {
        let mut left = days;
        let mut year: Year = 1970;
        loop {
            let length = if is_leap(year) { 366 } else { 365 };
            if left < length {
                break;
            }
            left -= length;
            year += 1;
        }
        let mut month = 1;
        while left >= u64::from(days_in_month(year, month)) {
            left -= u64::from(days_in_month(year, month));
            month += 1;
        }
        Self { year, month, day: u32::try_from(left).unwrap_or(0) + 1 }
    }

    /// The same day some months earlier, for a window that ends today; the 31st becomes the last day of the month.
    pub fn months_before(self, months: u32) -> Self {
        let index = self.year * 12 + self.month as i32 - 1 - months as i32;
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u32 + 1);
        Self { year, month, day: self.day.min(days_in_month(year, month)) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn is_leap(year: Year) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: Year, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The age of the newest record of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Age {
    /// The year that the newest record is about.
    pub newest: Year,
    /// Full months from the end of that year to the day of the question; 0 if the year is not over.
    pub months: u32,
}

impl Age {
    /// Yearly records are published about a year after the year's end: older than two years, a newer one should exist.
    pub const STALE_AFTER_MONTHS: u32 = 24;

    /// The age of a yearly record on a day.
    pub fn of_year(newest: Year, day: Day) -> Self {
        let months = (day.year - newest - 1) * 12 + day.month as i32 - 1;
        Self { newest, months: months.max(0).unsigned_abs() }
    }

    /// Whether a newer record should be looked for.
    pub fn is_stale(self) -> bool {
        self.months > Self::STALE_AFTER_MONTHS
    }

    /// A sentence for the foot of an answer, which warns if the record is stale.
    pub fn sentence(self, what: &str) -> String {
        let stale = if self.is_stale() { " Warning: this is stale; look for a newer release." } else { "" };
        match self.months {
            0 => format!("Newest {what}: {}, a year that is not over or just ended.{stale}", self.newest),
            months => format!("Newest {what}: {}, which ended {months} months ago.{stale}", self.newest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn the_year_2024_ended_22_months_before_late_november_2026() {
        assert_eq!(Age::of_year(2024, day("2026-11-24")).months, 22);
        assert!(!Age::of_year(2024, day("2026-11-24")).is_stale());
        assert_eq!(Age::of_year(2023, day("2026-11-24")).months, 34);
        assert!(Age::of_year(2023, day("2026-11-24")).sentence("trade record").contains("stale"));
        assert_eq!(Age::of_year(2026, day("2026-11-24")).months, 0);
    }

    #[test]
    fn days_are_counted_through_leap_years() {
        assert_eq!(Day::from_days_since_1970(0).to_string(), "1970-01-01");
        assert_eq!(Day::from_days_since_1970(11_016).to_string(), "2000-02-29");
        assert_eq!(Day::from_days_since_1970(20_781).to_string(), "2026-11-24");
        assert_eq!(day("2026-03-31").months_before(13).to_string(), "2025-02-28");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for wrong in ["", "2026-11", "2026-13-01", "2026-02-29", "26-11-24", "2026-11-24-1", "2026-11-2x"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }
}
