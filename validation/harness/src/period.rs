//! Months, and periods as the points write them.

use std::fmt;

/// A month, counted from January of the year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Month(pub i32);

impl Month {
    /// A month of a year, from 1 to 12.
    pub fn of(year: i32, month: i32) -> Self {
        Self(12 * year + month - 1)
    }

    /// `2010-09`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let month = number(month, 2).filter(|month| (1..=12).contains(month))?;
        Some(Self::of(number(year, 4)?, month))
    }

    /// So many months later.
    pub fn after(self, months: i32) -> Self {
        Self(self.0 + months)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// What a point is about: some whole months, or a day.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Period {
    /// From the first month to the last.
    Months(Month, Month),
    /// A day of a month, and the part of the month that has passed at its noon.
    Day(Month, f64),
}

fn number(text: &str, digits: usize) -> Option<i32> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn days(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Period {
    /// `2011`, `2012-H1`, `2010-Q3`, `2010-11`, `2014-01/2014-10` or `2025-05-06`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((first, last)) = text.split_once('/') {
            let (first, last) = (Month::parse(first)?, Month::parse(last)?);
            return (first <= last).then_some(Self::Months(first, last));
        }
        let Some((year, rest)) = text.split_once('-') else {
            let year = number(text, 4)?;
            return Some(Self::Months(Month::of(year, 1), Month::of(year, 12)));
        };
        let year = number(year, 4)?;
        let run = |first: i32, length: i32| Self::Months(Month::of(year, first), Month::of(year, first + length - 1));
        if let Some(half) = rest.strip_prefix('H') {
            let half = number(half, 1).filter(|half| (1..=2).contains(half))?;
            return Some(run(6 * half - 5, 6));
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
            return Some(run(3 * quarter - 2, 3));
        }
        let Some((month, day)) = rest.split_once('-') else {
            let month = Month::parse(text)?;
            return Some(Self::Months(month, month));
        };
        let month = number(month, 2).filter(|month| (1..=12).contains(month))?;
        let length = days(year, month);
        let day = number(day, 2).filter(|day| (1..=length).contains(day))?;
        Some(Self::Day(Month::of(year, month), (f64::from(day) - 0.5) / f64::from(length)))
    }

    /// Months of the period.
    pub fn months(&self) -> Vec<Month> {
        match self {
            Self::Months(first, last) => (first.0..=last.0).map(Month).collect(),
            Self::Day(month, _) => vec![*month],
        }
    }

    /// Months and their weights. A month's value stands in its middle: a day lies between two of them.
    pub fn weights(&self) -> Vec<(Month, f64)> {
        match self {
            Self::Months(..) => {
                let months = self.months();
                let weight = 1.0 / months.len() as f64;
                months.into_iter().map(|month| (month, weight)).collect()
            }
            Self::Day(month, passed) if *passed < 0.5 => {
                vec![(month.after(-1), 0.5 - passed), (*month, 0.5 + passed)]
            }
            Self::Day(month, passed) if *passed > 0.5 => vec![(*month, 1.5 - passed), (month.after(1), passed - 0.5)],
            Self::Day(month, _) => vec![(*month, 1.0)],
        }
    }

    /// Its middle in months since the year 0, for charts.
    pub fn middle(&self) -> f64 {
        match self {
            Self::Months(first, last) => f64::from(first.0 + last.0 + 1) / 2.0,
            Self::Day(month, passed) => f64::from(month.0) + passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_written() {
        let months = |text: &str| {
            let months = Period::parse(text).unwrap().months();
            (months[0].to_string(), months.len())
        };
        assert_eq!(months("2011"), ("2011-01".into(), 12));
        assert_eq!(months("2012-H2"), ("2012-07".into(), 6));
        assert_eq!(months("2010-Q3"), ("2010-07".into(), 3));
        assert_eq!(months("2010-11"), ("2010-11".into(), 1));
        assert_eq!(months("2010-12/2011-02"), ("2010-12".into(), 3));
        for wrong in ["", "11", "2010-13", "2010-0", "2010-Q5", "2010-H3", "2011-02-29", "2011-02/2010-12", "2010-1-1"]
        {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_lies_between_the_middles_of_two_months() {
        // Noon of 6 May is 5.5 of 31 days: 0.177 of the month, 0.323 before its middle.
        let weights = Period::parse("2025-05-06").unwrap().weights();
        assert_eq!(weights[0].0.to_string(), "2025-04");
        assert!((weights[0].1 - 0.322_58).abs() < 1e-5 && (weights[1].1 - 0.677_42).abs() < 1e-5, "{weights:?}");
        // 16 May is the middle of its month.
        assert_eq!(Period::parse("2025-05-16").unwrap().weights(), [(Month::of(2025, 5), 1.0)]);
        let weights = Period::parse("2025-12-31").unwrap().weights();
        assert_eq!((weights[1].0, (weights[1].1 * 62.0).round()), (Month::of(2026, 1), 30.0));
        assert!((Period::parse("2010-Q3").unwrap().middle() - (24_120.0 + 7.5)).abs() < 1e-12);
    }
}
