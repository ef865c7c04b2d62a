//! Counts of values in buckets: quantiles of any number of values in memory that does not grow with it, the same whatever
//! the order in which values or sketches come.

use crate::ensemble::Band;

/// Buckets of a width of 1/128 of their value, or of twice that, or four times, so that there are never more than `MOST`:
/// the finest that will do (as in UDDSketch; Epicoco and others 2020, doi:10.1109/ACCESS.2020.3015599). How fine that is
/// depends on which values there are, not on their order.
#[derive(Debug)]
pub(crate) struct Sketch {
    /// Buckets in their order, and how many values lie in each.
    counts: Vec<(i32, u32)>,
    /// How often the width was doubled.
    level: u32,
    count: u64,
    least: f64,
    most: f64,
}

/// Most buckets.
const MOST: usize = 128;
/// Bits of a number that are too small to matter.
const DROPPED: u32 = 52 - 7;
/// Below this a number counts as nothing.
const NOTHING: f64 = 1e-9;

impl Default for Sketch {
    fn default() -> Self {
        // All the room that it will ever need.
        let counts = Vec::with_capacity(MOST + 1);
        Self { counts, level: 0, count: 0, least: f64::INFINITY, most: f64::NEG_INFINITY }
    }
}

/// Buckets in the order of their values: 0 for nothing, the first bits of a number beyond.
fn bucket(value: f64) -> i32 {
    if value.abs() < NOTHING {
        return 0;
    }
    let bucket = (value.abs().to_bits() >> DROPPED) as i32;
    if value < 0.0 { -bucket } else { bucket }
}

/// The bucket of a higher level that a bucket lies in.
fn lift(bucket: i32, levels: u32) -> i32 {
    if bucket < 0 { -(-bucket >> levels) } else { bucket >> levels }
}

/// Where the values of a bucket lie.
fn ends(bucket: i32, level: u32) -> (f64, f64) {
    let at = |bits: i32| f64::from_bits(u64::from(bits.unsigned_abs()) << (DROPPED + level));
    match bucket {
        0 => (0.0, 0.0),
        1.. => (at(bucket), at(bucket + 1)),
        _ => (-at(-bucket + 1), -at(-bucket)),
    }
}

impl Sketch {
    /// Counts a value.
    pub fn add(&mut self, value: f64) {
        self.put(lift(bucket(value), self.level), 1);
        self.count += 1;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    fn put(&mut self, bucket: i32, count: u32) {
        match self.counts.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(at) => self.counts[at].1 += count,
            Err(at) => {
                self.counts.insert(at, (bucket, count));
                while self.counts.len() > MOST {
                    self.rise(1);
                }
            }
        }
    }

    /// Makes buckets wider.
    fn rise(&mut self, levels: u32) {
        self.level += levels;
        self.counts.iter_mut().for_each(|(bucket, _)| *bucket = lift(*bucket, levels));
        self.counts.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
    }

    /// Counts the values of another sketch.
    pub fn merge(&mut self, other: &Self) {
        self.rise(other.level.saturating_sub(self.level));
        for (bucket, count) in &other.counts {
            // Buckets of the other are as fine as these, or finer.
            self.put(lift(*bucket, self.level - other.level), *count);
        }
        self.count += other.count;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    /// The value that a part of all values stays below.
    pub fn quantile(&self, part: f64) -> f64 {
        if self.count == 0 {
            return f64::NAN;
        }
        let rank = part * (self.count - 1) as f64;
        let mut before = 0.0;
        for (bucket, count) in &self.counts {
            let count = f64::from(*count);
            if rank < before + count {
                let (from, to) = ends(*bucket, self.level);
                if to.is_infinite() || to.is_nan() {
                    return self.most;
                }
                let within = (rank - before + 0.5) / count;
                return (from + within * (to - from)).clamp(self.least, self.most);
            }
            before += count;
        }
        self.most
    }

    /// The values in the middle of so many equal parts of all of them.
    pub fn dots(&self, parts: usize) -> Vec<f64> {
        (0..parts).map(|part| self.quantile((part as f64 + 0.5) / parts as f64)).collect()
    }

    /// The band of all values.
    pub fn band(&self) -> Band {
        Band {
            p05: self.quantile(0.05),
            p10: self.quantile(0.10),
            p25: self.quantile(0.25),
            p50: self.quantile(0.50),
            p75: self.quantile(0.75),
            p90: self.quantile(0.90),
            p95: self.quantile(0.95),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_hundredth() {
        // From 0.5 to 3.5, as price ratios are.
        let values: Vec<f64> = (0..10_001).map(|at| 0.5 + 3e-4 * f64::from(at)).collect();
        let mut sketch = Sketch::default();
        values.iter().for_each(|value| sketch.add(*value));
        for part in [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0] {
            let exact = values[(part * 10_000.0) as usize];
            let found = sketch.quantile(part);
            assert!((found - exact).abs() <= 0.01 * exact.abs(), "{part}: {found} for {exact}");
        }
    }

    #[test]
    fn the_order_does_not_matter_and_memory_does_not_grow() {
        let value = |at: u32| libm::exp(f64::from(at % 997) / 200.0) - 3.0;
        let (mut whole, mut parts) = (Sketch::default(), [Sketch::default(), Sketch::default()]);
        (0..50_000).for_each(|at| whole.add(value(at)));
        (0..50_000).rev().for_each(|at| parts[(at % 2) as usize].add(value(at)));
        let [mut merged, other] = parts;
        merged.merge(&other);
        assert_eq!(whole.band(), merged.band());
        assert_eq!((whole.counts.clone(), whole.level), (merged.counts, merged.level));
        assert!(whole.counts.len() <= MOST && whole.counts.capacity() == MOST + 1, "{}", whole.counts.len());
    }

    #[test]
    fn one_value_is_itself_and_never_is_never() {
        let mut sketch = Sketch::default();
        (0..10).for_each(|_| sketch.add(1.2345));
        assert_eq!(sketch.quantile(0.5), 1.2345);
        (0..10).for_each(|_| sketch.add(f64::INFINITY));
        assert_eq!(sketch.quantile(0.9), f64::INFINITY);
        assert!((sketch.quantile(0.1) / 1.2345 - 1.0).abs() < 0.01);
        (0..30).for_each(|_| sketch.add(0.0));
        assert_eq!(sketch.quantile(0.2), 0.0);
    }
}
