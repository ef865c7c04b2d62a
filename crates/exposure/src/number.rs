//! Numbers with their range, and the named streams from which a draw of each is taken.

use lode_model::{DataQuality, OriginId, Quantity};

/// A range with a most likely value where one is known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Range {
    /// Lower end.
    pub low: f64,
    /// Most likely value; `None` where every value between is alike.
    pub central: Option<f64>,
    /// Upper end.
    pub high: f64,
}

impl Range {
    /// A number that is known.
    pub const fn point(value: f64) -> Self {
        Self { low: value, central: Some(value), high: value }
    }

    /// The range that several sources span; the middle one of their central values is the most likely. `None` if none has
    /// a number.
    pub fn spanning<'q>(quantities: impl IntoIterator<Item = &'q Quantity>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut centres = Vec::new();
        for quantity in quantities {
            for number in [quantity.low, quantity.value, quantity.high].into_iter().flatten() {
                low = low.min(number);
                high = high.max(number);
            }
            centres.extend(quantity.value);
        }
        centres.sort_by(f64::total_cmp);
        let central = centres.get(centres.len().saturating_sub(1) / 2).copied();
        (low <= high).then_some(Self { low, central, high })
    }

    /// The value used where no draw is taken: the most likely one, else the middle of the range (of its logarithm if the
    /// range is wide).
    pub fn centre(&self) -> f64 {
        self.central.unwrap_or_else(|| self.at(0.5))
    }

    /// The value below which a share `u` of draws lies: triangular with the most likely value as its top, else uniform.
    /// Ranges of positive numbers that span a factor of two and more are drawn by their logarithm.
    pub fn at(&self, u: f64) -> f64 {
        let (low, high) = (self.low, self.high);
        if high - low <= 0.0 {
            return low;
        }
        if low > 0.0 && high >= 2.0 * low && high > 1.0 {
            let logarithm = Self { low: libm::log(low), central: self.central.map(libm::log), high: libm::log(high) };
            return libm::exp(logarithm.linear(u)).clamp(low, high);
        }
        self.linear(u)
    }

    fn linear(&self, u: f64) -> f64 {
        let (low, high) = (self.low, self.high);
        let Some(top) = self.central else { return low + u * (high - low) };
        let width = high - low;
        let left = (top - low) / width;
        if u < left {
            low + libm::sqrt(u * width * (top - low))
        } else {
            high - libm::sqrt((1.0 - u) * width * (high - top))
        }
    }

    /// The range times a factor.
    pub fn times(&self, factor: f64) -> Self {
        Self { low: self.low * factor, central: self.central.map(|value| value * factor), high: self.high * factor }
    }
}

/// A number of the graph, with what it rests on.
#[derive(Clone, PartialEq, Debug)]
pub struct Number {
    /// Names the stream of its draws, e.g. `stock/duv-exposure/excimer-gas`.
    pub label: String,
    /// Its range.
    pub range: Range,
    /// The worst quality among its sources.
    pub quality: DataQuality,
    /// Where it comes from.
    pub origins: Vec<OriginId>,
    /// The assumption that stands in for a source.
    pub assumption: Option<String>,
}

impl Number {
    /// A number that follows from the structure of the graph and rests on nothing.
    pub fn given(value: f64) -> Self {
        Self {
            label: String::new(),
            range: Range::point(value),
            quality: DataQuality::Reported,
            origins: Vec::new(),
            assumption: None,
        }
    }

    /// Whether it is assumed rather than sourced.
    pub fn is_assumed(&self) -> bool {
        self.quality == DataQuality::Assumed
    }

    /// Whether it is a number of the answer at all, not one that follows from the structure.
    pub fn is_counted(&self) -> bool {
        !self.label.is_empty()
    }

    /// Its value in a replicate.
    pub fn draw(&self, seed: u64, replicate: u64) -> f64 {
        if self.range.high - self.range.low <= 0.0 {
            return self.range.low;
        }
        self.range.at(uniform(seed, &self.label, replicate))
    }
}

/// A number between 0 and 1 that depends on nothing but the seed, the name of the stream and the replicate.
pub fn uniform(seed: u64, name: &str, replicate: u64) -> f64 {
    uniform_of(stream(seed, name), replicate)
}

/// The stream of a name, for many draws.
pub fn stream(seed: u64, name: &str) -> u64 {
    // FNV-1a over the name, then mixed with the seed.
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    mix(hash ^ mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// A draw of a stream.
#[inline]
pub fn uniform_of(stream: u64, replicate: u64) -> f64 {
    let bits = mix(stream.wrapping_add(replicate.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    ((bits >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
#[inline]
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_drawn_between_their_ends_and_around_their_top() {
        let range = Range { low: 0.2, central: Some(0.4), high: 0.6 };
        assert!((range.at(0.5) - 0.4).abs() < 1e-12, "a symmetric triangle has its median at the top");
        assert!((range.at(0.125) - 0.3).abs() < 1e-12, "an eighth lies below half way up the left side");
        let wide = Range { low: 10.0, central: None, high: 1000.0 };
        assert!((wide.at(0.5) - 100.0).abs() < 1e-9, "a wide range is drawn by its logarithm");
        assert_eq!(Range::point(7.0).at(0.3), 7.0);
        assert_eq!(Range { low: 0.0, central: Some(0.25), high: 0.5 }.centre(), 0.25);
    }

    #[test]
    fn several_sources_span_their_range_and_none_is_averaged() {
        let of = |value: Option<f64>, low, high| Quantity { value, low, high, ..Quantity::default() };
        let range = Range::spanning(&[
            of(Some(90.0), None, None),
            of(None, Some(14.0), Some(60.0)),
            of(Some(45.0), None, None),
        ]);
        assert_eq!(range, Some(Range { low: 14.0, central: Some(45.0), high: 90.0 }));
        assert_eq!(Range::spanning(&[] as &[Quantity]), None);
    }

    #[test]
    fn streams_are_even_and_do_not_follow_each_other() {
        let mean = |name: &str| (0..10_000).map(|index| uniform(1, name, index)).sum::<f64>() / 10_000.0;
        assert!((mean("stock/a/b") - 0.5).abs() < 0.01);
        let together: f64 = (0..10_000)
            .map(|index| (uniform(1, "stock/a/b", index) - 0.5) * (uniform(1, "stock/a/c", index) - 0.5))
            .sum::<f64>()
            / 10_000.0;
        assert!(together.abs() < 0.005, "{together}");
        assert_eq!(uniform(1, "x", 3).to_bits(), uniform(1, "x", 3).to_bits());
        assert_ne!(uniform(1, "x", 3), uniform(2, "x", 3));
    }
}
