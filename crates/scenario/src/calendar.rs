//! Days and months of the calendar, and how far apart they are on the market's clock of months.

use std::fmt;

/// A calendar month, written `2026-01`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Month {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
}

impl Month {
    /// Reads `2026-01`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let month = Self { year: digits(year, 4)? as i32, month: digits(month, 2)? };
        (1..=12).contains(&month.month).then_some(month)
    }

    /// The first day of the month.
    pub fn first_day(self) -> Date {
        Date { year: self.year, month: self.month, day: 1 }
    }

    /// The month so many months later.
    pub fn plus(self, months: i32) -> Self {
        let count = self.year * 12 + self.month as i32 - 1 + months;
        Self { year: count.div_euclid(12), month: count.rem_euclid(12) as u32 + 1 }
    }

    /// Whole months from another month to this one.
    pub fn since(self, other: Month) -> i32 {
        (self.year - other.year) * 12 + self.month as i32 - other.month as i32
    }

    /// Number of days.
    pub fn days(self) -> u32 {
        match self.month {
            2 if self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A calendar day, written `2026-01-06`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month.
    pub day: u32,
}

impl Date {
    /// Reads `2026-01-06`; `None` for anything else, a day that the month has not included.
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.rsplit_once('-')?;
        let month = Month::parse(month)?;
        let day = digits(day, 2)?;
        (1..=month.days()).contains(&day).then_some(Self { year: month.year, month: month.month, day })
    }

    /// The month that the day lies in.
    pub fn month(self) -> Month {
        Month { year: self.year, month: self.month }
    }

    /// Months from the first day of `start` to the beginning of this day; a day counts by its part of its month. Negative
    /// if the day lies before.
    pub fn months_since(self, start: Month) -> f64 {
        f64::from(self.month().since(start)) + f64::from(self.day - 1) / f64::from(self.month().days())
    }

    /// The day after. The last day of a measure is inclusive: it ends when the day after begins.
    pub fn next(self) -> Self {
        if self.day < self.month().days() {
            Self { day: self.day + 1, ..self }
        } else {
            self.month().plus(1).first_day()
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.month(), self.day)
    }
}

fn digits(text: &str, width: usize) -> Option<u32> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halt_of_2010_covers_a_third_of_september_and_two_thirds_of_november() {
        let start = Month::parse("2010-09").unwrap();
        let first = Date::parse("2010-09-21").unwrap();
        let last = Date::parse("2010-11-20").unwrap();
        assert_eq!(first.months_since(start), 20.0 / 30.0);
        assert_eq!(last.next().months_since(start), 2.0 + 20.0 / 30.0);
        assert_eq!(Date::parse("2010-08-31").unwrap().months_since(start), -1.0 + 30.0 / 31.0);
    }

    #[test]
    fn days_that_no_month_has_are_refused() {
        assert_eq!(Date::parse("2024-02-29").map(|day| day.next().to_string()), Some("2024-03-01".into()));
        for wrong in
            ["2023-02-29", "2026-13-01", "2026-1-6", "2026-01", "2026/01/06", "06-01-2026", "+026-01-06", "2026-01-00"]
        {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Month::parse("2026-00"), None);
        assert_eq!(Month::parse("2026-01").map(|month| month.plus(-13).to_string()), Some("2024-12".into()));
    }
}
