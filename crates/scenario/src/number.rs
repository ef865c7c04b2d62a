//! Numbers of a scenario: a point or a range, in a unit that the type names, with the ground on which they stand.

use lode_model::OriginId;
use std::fmt;
use std::marker::PhantomData;

/// A unit with the bounds that a number in it must keep.
pub trait Unit: Clone + PartialEq + fmt::Debug {
    /// The unit as it is written on pages and in answers.
    const NAME: &'static str;
    /// Lowest number that makes sense.
    const LOW: f64;
    /// Highest number that makes sense.
    const HIGH: f64;
    /// Whether a number above 1 is probably a percentage.
    const IS_FRACTION: bool = false;
}

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident $text:literal $low:literal to $high:expr $(, fraction: $fraction:literal)?;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub struct $name;
            impl Unit for $name {
                const NAME: &'static str = $text;
                const LOW: f64 = $low;
                const HIGH: f64 = $high;
                $(const IS_FRACTION: bool = $fraction;)?
            }
        )*
    };
}

units! {
    /// A part of a whole.
    Fraction "share, 0 to 1" 0.0 to 1.0, fraction: true;
    /// A chance.
    Chance "chance, 0 to 1" 0.0 to 1.0, fraction: true;
    /// A tax by value.
    TaxRate "share of the price, 0.25 for 25 %" 0.0 to 3.0, fraction: true;
    /// Months.
    Months "months" 0.0 to 600.0;
    /// Tonnes of contained material on the form's basis.
    Tonnes "t on the form's basis" 0.0 to 1e9;
    /// Tonnes of contained material a year.
    TonnesPerYear "t per year on the form's basis" 0.0 to 1e9;
    /// A multiple.
    Multiple "multiple" 0.0 to 1000.0;
    /// A price.
    DollarsPerKilogram "USD/kg on the form's basis" 0.0 to 1e7;
    /// A number that a case sets: its unit is that of the number which it overrides.
    Overriding "unit of the number overridden" -1e300 to 1e300;
}

/// What a number stands on.
#[derive(Clone, PartialEq, Debug)]
pub enum Ground {
    /// The author of the file says so.
    Author,
    /// A record of the package.
    Origin(OriginId),
    /// A source in words.
    Source(String),
    /// A judgement, with its reason.
    Assumed(String),
}

/// How a range is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Draw {
    /// Triangular between the ends with its mode at the central value.
    #[default]
    Triangular,
    /// Triangular on the logarithm.
    LogTriangular,
}

impl Draw {
    /// Every way with its word.
    pub const ALL: [(Draw, &'static str); 2] =
        [(Draw::Triangular, "triangular"), (Draw::LogTriangular, "log-triangular")];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(draw, _)| *draw == self).map_or("", |(_, word)| word)
    }
}

/// A number of a scenario: a point, or a range with its central value.
#[derive(Clone, PartialEq, Debug)]
pub struct Number<U> {
    /// Central value.
    pub value: f64,
    /// Lower end; the value itself for a point.
    pub low: f64,
    /// Upper end; the value itself for a point.
    pub high: f64,
    /// How the range is drawn.
    pub draw: Draw,
    /// What it stands on.
    pub ground: Ground,
    /// Remark.
    pub note: String,
    unit: PhantomData<U>,
}

impl<U: Unit> Number<U> {
    /// A point or range on any ground.
    pub fn new(value: f64, low: f64, high: f64, ground: Ground) -> Self {
        Self { value, low, high, draw: Draw::Triangular, ground, note: String::new(), unit: PhantomData }
    }

    /// A point that the author states.
    pub fn point(value: f64) -> Self {
        Self::new(value, value, value, Ground::Author)
    }

    /// An assumed range with its reason.
    pub fn assumed(value: f64, low: f64, high: f64, reason: &str) -> Self {
        Self::new(value, low, high, Ground::Assumed(reason.to_owned()))
    }

    /// Whether it is a range rather than a point.
    pub fn is_range(&self) -> bool {
        self.low < self.high
    }

    /// The same number in another unit.
    pub(crate) fn in_unit<V: Unit>(self) -> Number<V> {
        Number { draw: self.draw, note: self.note, ..Number::new(self.value, self.low, self.high, self.ground) }
    }

    /// What is wrong with the number in its unit, with a hint.
    pub(crate) fn fault(&self) -> Option<(String, Option<String>)> {
        for number in [self.value, self.low, self.high] {
            if !number.is_finite() {
                return Some((format!("{number} is not a number that can be used"), None));
            }
            if number < U::LOW {
                return Some((format!("{number} is below {}", U::LOW), Some(format!("unit: {}", U::NAME))));
            }
            if number > U::HIGH {
                let hint = if U::IS_FRACTION && (2.0..=100.0).contains(&number) {
                    format!("shares are written as fractions: {number} % is {}", number / 100.0)
                } else {
                    format!("unit: {}", U::NAME)
                };
                return Some((format!("{number} is above {}", U::HIGH), Some(hint)));
            }
        }
        (self.low > self.value || self.value > self.high).then(|| {
            let hint = "low is at most the value, the value at most high".to_owned();
            (format!("{} does not lie between {} and {}", self.value, self.low, self.high), Some(hint))
        })
    }
}

/// A number that can be looked at and overridden by name, whatever its unit.
pub trait Slot {
    /// Its unit.
    fn unit(&self) -> &'static str;
    /// The number without its unit.
    fn get(&self) -> Number<Overriding>;
    /// Sets it; what is wrong and a hint if it cannot be.
    fn set(&mut self, number: Number<Overriding>) -> Result<(), (String, Option<String>)>;
}

impl<U: Unit> Slot for Number<U> {
    fn unit(&self) -> &'static str {
        U::NAME
    }

    fn get(&self) -> Number<Overriding> {
        self.clone().in_unit()
    }

    fn set(&mut self, number: Number<Overriding>) -> Result<(), (String, Option<String>)> {
        let number: Number<U> = number.in_unit();
        match number.fault() {
            Some(fault) => Err(fault),
            None => {
                *self = number;
                Ok(())
            }
        }
    }
}
