//! What a column chooses for a net dual.

use crate::elementary::power;

/// The amount that a column chooses, as a non-decreasing function of its net dual: the inverse of its marginal cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Response {
    /// Two straight lines that meet in a point, cut off at bounds.
    Kinked {
        /// Net dual at the point.
        dual: f64,
        /// Amount at the point.
        amount: f64,
        /// Amount gained for each unit of dual below the point.
        slope_below: f64,
        /// Amount gained for each unit of dual above the point.
        slope_above: f64,
        /// Least amount.
        least: f64,
        /// Greatest amount; may be infinite.
        most: f64,
    },
    /// A power of the negative of the net dual, cut off by a straight line where that becomes large.
    Isoelastic {
        /// Negative of the net dual at the reference.
        dual: f64,
        /// Amount at the reference.
        amount: f64,
        /// Relative loss of amount for a relative gain of the negative dual.
        elasticity: f64,
        /// Multiple of the reference from which on the amount falls in a straight line.
        choke: f64,
        /// Multiple of the choke at which it is nothing; above 1.
        end: f64,
    },
}

/// Below this multiple of the reference an isoelastic amount grows no more.
const FLOOR: f64 = 0.01;

/// The numbers of a response, for each lane.
pub(crate) type Parameters<const L: usize> = [[f64; L]; 6];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Kinked,
    Isoelastic,
}

impl Response {
    /// A straight line through a point, cut off at bounds.
    pub fn straight(dual: f64, amount: f64, slope: f64, least: f64, most: f64) -> Self {
        Self::Kinked { dual, amount, slope_below: slope, slope_above: slope, least, most }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Kinked { .. } => Kind::Kinked,
            Self::Isoelastic { .. } => Kind::Isoelastic,
        }
    }

    pub(crate) fn parameters(&self) -> [f64; 6] {
        match *self {
            Self::Kinked { dual, amount, slope_below, slope_above, least, most } => {
                [dual, amount, slope_below, slope_above, least, most]
            }
            Self::Isoelastic { dual, amount, elasticity, choke, end } => {
                [dual, amount, elasticity, choke, end, amount * power(&[choke], &[-elasticity])[0]]
            }
        }
    }

    pub(crate) fn from_parameters(kind: Kind, [a, b, c, d, e, f]: [f64; 6]) -> Self {
        match kind {
            Kind::Kinked => Self::Kinked { dual: a, amount: b, slope_below: c, slope_above: d, least: e, most: f },
            Kind::Isoelastic => Self::Isoelastic { dual: a, amount: b, elasticity: c, choke: d, end: e },
        }
    }

    /// The amount for a net dual, and how fast it grows with it.
    pub fn at(&self, net_dual: f64) -> (f64, f64) {
        let parameters = self.parameters().map(|number| [number]);
        let ([amount], [slope]) = respond(self.kind(), &parameters, &[net_dual]);
        (amount, slope)
    }
}

/// Amounts and slopes of one column in all lanes.
#[inline(always)]
pub(crate) fn respond<const L: usize>(
    kind: Kind,
    parameters: &Parameters<L>,
    net_dual: &[f64; L],
) -> ([f64; L], [f64; L]) {
    match kind {
        Kind::Kinked => kinked(parameters, net_dual),
        Kind::Isoelastic => isoelastic(parameters, net_dual),
    }
}

#[inline(always)]
fn kinked<const L: usize>(
    [dual, amount, slope_below, slope_above, least, most]: &Parameters<L>,
    net_dual: &[f64; L],
) -> ([f64; L], [f64; L]) {
    let (mut amounts, mut slopes) = ([0.0; L], [0.0; L]);
    for lane in 0..L {
        let distance = net_dual[lane] - dual[lane];
        let slope = if distance < 0.0 { slope_below[lane] } else { slope_above[lane] };
        let free = amount[lane] + slope * distance;
        let (least, most) = (least[lane], most[lane]);
        let bounded = if free < least { least } else { free };
        amounts[lane] = if bounded > most { most } else { bounded };
        slopes[lane] = if free > least && free < most { slope } else { 0.0 };
    }
    (amounts, slopes)
}

#[inline(always)]
fn isoelastic<const L: usize>(
    [dual, amount, elasticity, choke, end, amount_at_choke]: &Parameters<L>,
    net_dual: &[f64; L],
) -> ([f64; L], [f64; L]) {
    let (mut multiples, mut held, mut exponents) = ([0.0; L], [0.0; L], [0.0; L]);
    for lane in 0..L {
        let multiple = -net_dual[lane] / dual[lane];
        let low = if multiple < FLOOR { FLOOR } else { multiple };
        held[lane] = if low > choke[lane] { choke[lane] } else { low };
        (multiples[lane], exponents[lane]) = (multiple, -elasticity[lane]);
    }
    let powers = power(&held, &exponents);
    let (mut amounts, mut slopes) = ([0.0; L], [0.0; L]);
    for lane in 0..L {
        let multiple = multiples[lane];
        let taken = amount[lane] * powers[lane];
        let falling = elasticity[lane] * taken / (held[lane] * dual[lane]);
        let width = choke[lane] * (end[lane] - 1.0);
        let left = 1.0 - (multiple - choke[lane]) / width;
        let (rest, steep) = if left > 0.0 {
            (amount_at_choke[lane] * left, amount_at_choke[lane] / (width * dual[lane]))
        } else {
            (0.0, 0.0)
        };
        let in_use = multiple <= choke[lane];
        amounts[lane] = if in_use { taken } else { rest };
        slopes[lane] = match in_use {
            true if multiple < FLOOR => 0.0,
            true => falling,
            false => steep,
        };
    }
    (amounts, slopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kinked_response_has_two_slopes_and_bounds() {
        let response =
            Response::Kinked { dual: 10.0, amount: 5.0, slope_below: 1.0, slope_above: 0.5, least: 2.0, most: 7.0 };
        assert_eq!(response.at(10.0), (5.0, 0.5));
        assert_eq!(response.at(9.0), (4.0, 1.0));
        assert_eq!(response.at(12.0), (6.0, 0.5));
        assert_eq!(response.at(0.0), (2.0, 0.0));
        assert_eq!(response.at(100.0), (7.0, 0.0));
    }

    #[test]
    fn an_isoelastic_response_falls_to_its_choke_and_then_in_a_line() {
        let response = Response::Isoelastic { dual: 2.0, amount: 100.0, elasticity: 0.1, choke: 25.0, end: 1.3 };
        assert_eq!(response.at(-2.0).0, 100.0);
        // 4 times the reference: 100 x 4^-0.1 = 87.0551.
        assert!((response.at(-8.0).0 - 87.055_056).abs() < 1e-6);
        let at_choke = response.at(-50.0).0;
        assert!((at_choke - 100.0 * libm::pow(25.0, -0.1)).abs() < 1e-12);
        // Half-way between 25 and 32.5 times.
        assert!((response.at(-57.5).0 - at_choke / 2.0).abs() < 1e-9);
        assert_eq!(response.at(-65.1), (0.0, 0.0));
        assert_eq!(response.at(5.0).1, 0.0);
        let (before, after) = (response.at(-8.0 - 1e-6).0, response.at(-8.0 + 1e-6).0);
        assert!(((after - before) / 2e-6 - response.at(-8.0).1).abs() < 1e-6);
    }
}
