//! A value with its band: never a lone number where the data leave room.

/// A central value between a lower and an upper end; without a value where only bounds are known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// Central value; `None` where only bounds can be given.
    pub value: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Band {
    /// Nothing is known.
    pub const UNKNOWN: Band = Band { value: None, low: None, high: None };

    /// A value that the data leave no room around.
    pub fn point(value: f64) -> Self {
        // An empty sum is minus zero in floating point, which no reader should see.
        let value = value + 0.0;
        Self { value: Some(value), low: Some(value), high: Some(value) }
    }

    /// Bounds without a central value.
    pub fn bounds(low: f64, high: f64) -> Self {
        Self { value: None, low: Some(low), high: Some(high) }
    }

    /// A central value and the band spanned by it and by rival values.
    pub fn spanning(value: f64, rivals: impl IntoIterator<Item = f64>) -> Self {
        let mut band = Self::point(value);
        rivals.into_iter().for_each(|rival| band.widen(rival));
        band
    }

    /// Widens the band so that it holds a rival value.
    pub fn widen(&mut self, rival: f64) {
        if rival.is_finite() {
            self.low = Some(self.low.map_or(rival, |low| low.min(rival)));
            self.high = Some(self.high.map_or(rival, |high| high.max(rival)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_at_all_is_zero_without_a_sign() {
        let nothing: f64 = [].iter().sum();
        assert!(Band::point(nothing).value.is_some_and(f64::is_sign_positive));
    }

    #[test]
    fn a_band_holds_its_value_and_every_rival() {
        let band = Band::spanning(0.473, [0.530, 0.41, f64::NAN]);
        assert_eq!(band, Band { value: Some(0.473), low: Some(0.41), high: Some(0.530) });
    }
}
