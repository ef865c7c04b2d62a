//! Draws that depend on nothing but the seed, a name and the number of the replicate: no replicate, no thread and no other
//! name changes them. Two runs with one seed draw alike whatever names are common to them.

/// Mixes all bits of a number (the finaliser of SplitMix64, Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A key for a name.
fn key(seed: u64, name: &str) -> u64 {
    name.bytes().fold(mix(seed), |key, byte| mix(key ^ u64::from(byte)))
}

/// A number strictly between 0 and 1.
fn unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// An even draw between 0 and 1.
pub fn even(seed: u64, name: &str, replicate: u32) -> f64 {
    unit(mix(key(seed, name) ^ mix(u64::from(replicate))))
}

/// A draw between 0 and 1 such that the draws of all replicates fill the line evenly: one in each of `replicates` equal
/// parts (a Latin hypercube over the names; McKay, Beckman and Conover 1979, doi:10.2307/1268522).
pub fn latin(seed: u64, name: &str, replicate: u32, replicates: u32) -> f64 {
    let key = key(seed, name);
    let part = shuffled(key, u64::from(replicate), u64::from(replicates.max(1)));
    (part as f64 + unit(mix(key ^ mix(u64::from(replicate) ^ 0x5bd1_e995)))) / f64::from(replicates.max(1))
}

/// The place of a number below `count` in a shuffle that is never written down: rounds of a Feistel network on the next
/// power of four, repeated until the place is below `count`.
fn shuffled(key: u64, number: u64, count: u64) -> u64 {
    let half = (64 - count.leading_zeros()).div_ceil(2).max(1);
    let mask = (1_u64 << half) - 1;
    let mut place = number;
    loop {
        let (mut left, mut right) = (place >> half, place & mask);
        for round in 0..6 {
            (left, right) = (right, left ^ (mix(key ^ mix(right ^ (round << 40))) & mask));
        }
        place = (left << half) | right;
        if place < count {
            return place;
        }
    }
}

/// How values lie in a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shape {
    /// Most often near the value, never beyond the ends.
    #[default]
    Triangular,
    /// The same in logarithms: for numbers whose range spans orders of magnitude. All three must be above 0.
    LogTriangular,
}

/// The value of a range at a draw between 0 and 1.
pub fn in_range(shape: Shape, low: f64, value: f64, high: f64, draw: f64) -> f64 {
    match shape {
        Shape::Triangular => triangular(low, value, high, draw),
        Shape::LogTriangular => {
            libm::exp(triangular(libm::log(low), libm::log(value), libm::log(high), draw)).clamp(low, high)
        }
    }
}

fn triangular(low: f64, value: f64, high: f64, draw: f64) -> f64 {
    let width = high - low;
    if width <= 0.0 {
        return value;
    }
    let rising = value - low;
    if draw * width < rising {
        low + (draw * width * rising).sqrt()
    } else {
        high - ((1.0 - draw) * width * (high - value)).sqrt()
    }
}

/// The months that pass until something happens that has an even chance in every month.
pub fn waiting(monthly_chance: f64, draw: f64) -> f64 {
    libm::log(1.0 - draw) / libm::log1p(-monthly_chance)
}

/// The number that a standard normal draw stays below with a chance (Acklam's rational approximation, relative error below
/// 1.2e-9).
pub fn normal(chance: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let polynomial = |coefficients: &[f64], at: f64| coefficients.iter().fold(0.0, |sum, next| sum * at + next);
    let tail = |chance: f64| {
        let at = (-2.0 * libm::log(chance)).sqrt();
        polynomial(&C, at) / (polynomial(&D, at) * at + 1.0)
    };
    if chance < 0.024_25 {
        tail(chance.max(1e-300))
    } else if chance > 1.0 - 0.024_25 {
        -tail((1.0 - chance).max(1e-300))
    } else {
        let (at, square) = (chance - 0.5, (chance - 0.5) * (chance - 0.5));
        polynomial(&A, square) * at / (polynomial(&B, square) * square + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_draw_has_one_replicate_in_each_part() {
        for replicates in [1_u32, 2, 7, 64, 1000] {
            let mut parts: Vec<u32> =
                (0..replicates).map(|at| (latin(3, "cover", at, replicates) * f64::from(replicates)) as u32).collect();
            assert_ne!((replicates, &parts), (1000, &(0..1000).collect::<Vec<_>>()));
            parts.sort_unstable();
            assert_eq!(parts, (0..replicates).collect::<Vec<_>>());
        }
        assert_ne!(latin(3, "cover", 5, 100), latin(3, "choke", 5, 100));
        assert_ne!(latin(3, "cover", 5, 100), latin(4, "cover", 5, 100));
    }

    #[test]
    fn two_names_are_not_correlated() {
        let count = 4000;
        let pairs: Vec<(f64, f64)> =
            (0..count).map(|at| (latin(1, "a", at, count) - 0.5, latin(1, "b", at, count) - 0.5)).collect();
        let correlation = 12.0 * pairs.iter().map(|(a, b)| a * b).sum::<f64>() / f64::from(count);
        assert!(correlation.abs() < 0.05, "{correlation}");
        let mean = (0..count).map(|at| even(9, "deal", at)).sum::<f64>() / f64::from(count);
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }

    #[test]
    fn a_triangle_has_its_value_where_it_is_most_likely() {
        // Below 1 of a triangle from 0 to 4 with its top at 1 lies 1/4 of the draws, below 2 another 5/12.
        assert_eq!(in_range(Shape::Triangular, 0.0, 1.0, 4.0, 0.25), 1.0);
        assert!((in_range(Shape::Triangular, 0.0, 1.0, 4.0, 2.0 / 3.0) - 2.0).abs() < 1e-12);
        assert_eq!(in_range(Shape::Triangular, 2.0, 2.0, 2.0, 0.9), 2.0);
        assert!((in_range(Shape::LogTriangular, 0.1, 1.0, 10.0, 0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn waiting_and_normal_are_the_inverse_of_their_chances() {
        // With a chance of 0.1 a month, half are over after log(0.5)/log(0.9) = 6.5788 months.
        assert!((waiting(0.1, 0.5) - 6.578_813).abs() < 1e-6);
        assert!((normal(0.975) - 1.959_963_985).abs() < 1e-8);
        assert!((normal(0.01) + 2.326_347_874).abs() < 1e-8);
        assert!(normal(0.5).abs() < 1e-9);
    }
}
