//! Scores of what was said about whether and when lines stop.

use crate::Spread;

/// Brier score of one forecast: squared distance of the chance from what happened (Brier 1950).
pub fn brier(chance: f64, happened: bool) -> f64 {
    let outcome = f64::from(u8::from(happened));
    (chance - outcome) * (chance - outcome)
}

/// Continuous ranked probability score in days (Matheson and Winkler 1976) of the day on which the first of several lines
/// stops, looked at until the end of a window. A line that did not stop counts as having lasted until then.
pub fn crps_of_first(days: &Spread, lines: f64, observed: Option<f64>, window: f64) -> f64 {
    let seen = observed.unwrap_or(window).min(window);
    let count = days.days.len().max(1) as f64;
    // Between its jumps the distribution is flat, so the integral is a sum.
    let mut places: Vec<f64> = days.days.iter().copied().filter(|day| *day < window).collect();
    places.extend([seen, window]);
    places.sort_by(f64::total_cmp);
    let (mut score, mut from) = (0.0, 0.0);
    for to in places {
        let middle = f64::midpoint(from, to);
        let one = days.days.partition_point(|day| *day <= middle) as f64 / count;
        let any = 1.0 - libm::pow(1.0 - one, lines.max(1.0));
        let step = f64::from(u8::from(middle >= seen));
        score += (any - step) * (any - step) * (to - from);
        from = to;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_by_hand() {
        assert!((brier(0.8, true) - 0.04).abs() < 1e-12);
        assert!((brier(0.8, false) - 0.64).abs() < 1e-12);
        // Two lines alike, on day 10 or 20; seen on day 15: a quarter over each half of the ten days between.
        let days = Spread::new(vec![10.0, 20.0]);
        assert!((crps_of_first(&days, 1.0, Some(15.0), 100.0) - 2.5).abs() < 1e-12);
        assert!((crps_of_first(&Spread::new(vec![15.0]), 1.0, Some(15.0), 100.0)).abs() < 1e-12);
        // Said to stop on day 20 for certain, and lasted through the window of 50 days: 30 days wrong.
        assert!((crps_of_first(&Spread::new(vec![20.0]), 1.0, None, 50.0) - 30.0).abs() < 1e-12);
        // The first of two such lines stops by day 10 with a chance of three quarters.
        assert!((crps_of_first(&days, 2.0, Some(15.0), 100.0) - (0.5625 * 5.0 + 0.0625 * 5.0)).abs() < 1e-12);
    }
}
