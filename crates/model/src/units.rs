//! Quantities are types: a stock is not a flow, gross is not contained, a share is not a number of tonnes.
//!
//! There is no conversion from a bare number but `new`, and none back but `value`, so both can be searched for.

use std::fmt;
use std::ops::{Add, Div, Mul, Sub};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Default)]
        pub struct $name(f64);

        impl $name {
            /// The unit as it is written in every output.
            pub const UNIT: &'static str = $unit;
            /// Nothing of it.
            pub const ZERO: Self = Self(0.0);

            /// Takes a bare number that is known to be in this unit.
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// The bare number in this unit.
            pub const fn value(self) -> f64 {
                self.0
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl std::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self::ZERO, Add::add)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, $unit)
            }
        }
    };
}

macro_rules! quotient {
    ($numerator:ident / $denominator:ident = $result:ident) => {
        impl Div<$denominator> for $numerator {
            type Output = $result;
            fn div(self, other: $denominator) -> $result {
                $result(self.0 / other.0)
            }
        }
    };
}

quantity!(
    /// Tonnes of contained commodity on its declared mass basis.
    Tonnes,
    "t"
);
quantity!(
    /// Tonnes of the traded good as weighed at the border.
    GrossTonnes,
    "t gross"
);
quantity!(
    /// United States dollars of the day.
    NominalUsd,
    "USD"
);
quantity!(
    /// United States dollars of the day for each tonne of the traded good.
    UsdPerTonne,
    "USD/t"
);
quantity!(
    /// A part of a whole, 0 to 1.
    Share,
    "share"
);
quantity!(
    /// Days of consumption.
    Days,
    "days"
);

quotient!(Tonnes / Tonnes = Share);
quotient!(GrossTonnes / GrossTonnes = Share);
quotient!(NominalUsd / NominalUsd = Share);
quotient!(NominalUsd / GrossTonnes = UsdPerTonne);
quotient!(NominalUsd / UsdPerTonne = GrossTonnes);

impl Mul<Share> for Tonnes {
    type Output = Tonnes;
    fn mul(self, share: Share) -> Tonnes {
        Tonnes(self.0 * share.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_value_times_its_quantity_is_the_value_again() {
        let value = NominalUsd::new(651_851_953.0);
        let quantity = GrossTonnes::new(13_835.708);
        let price = value / quantity;
        assert!((price.value() - 47_113.740).abs() < 1e-2, "{price:?}");
        assert!((value / price - quantity).value().abs() < 1e-9);
    }

    #[test]
    fn equal_units_divide_to_a_share() {
        assert_eq!(Tonnes::new(1.0) / Tonnes::new(4.0), Share::new(0.25));
        assert_eq!(Tonnes::new(200.0) * Share::new(0.25), Tonnes::new(50.0));
    }
}
