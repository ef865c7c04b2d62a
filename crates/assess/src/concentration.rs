//! Concentration of a set of amounts: shares, the largest, Herfindahl–Hirschman.

use lode_model::CountryCode;

/// Sum of squared shares, 0 to 1, of amounts in any unit; `None` if they sum to nothing.
pub fn herfindahl_hirschman(amounts: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let total: f64 = amounts.clone().sum();
    (total > 0.0).then(|| amounts.map(|amount| (amount / total) * (amount / total)).sum())
}

/// Suppliers in order of their share, the largest first; equal shares in order of code.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Concentration {
    /// Supplier and share of the total.
    pub shares: Vec<(CountryCode, f64)>,
    /// The total, in the unit of the amounts.
    pub total: f64,
}

impl Concentration {
    /// From amounts by supplier; amounts that are not positive are left out.
    pub fn new(amounts: impl IntoIterator<Item = (CountryCode, f64)>) -> Self {
        let mut shares: Vec<(CountryCode, f64)> = amounts.into_iter().filter(|(_, amount)| *amount > 0.0).collect();
        let total: f64 = shares.iter().map(|(_, amount)| amount).sum();
        shares.iter_mut().for_each(|(_, amount)| *amount /= total);
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self { shares, total }
    }

    /// The largest supplier and its share.
    pub fn largest(&self) -> Option<(CountryCode, f64)> {
        self.shares.first().copied()
    }

    /// Share of the largest suppliers together.
    pub fn top(&self, count: usize) -> f64 {
        self.shares.iter().take(count).map(|(_, share)| share).sum()
    }

    /// Sum of squared shares.
    pub fn index(&self) -> Option<f64> {
        herfindahl_hirschman(self.shares.iter().map(|(_, share)| *share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_half_three_tenths_and_a_fifth_give_0_38() {
        assert!((herfindahl_hirschman([5.0, 3.0, 2.0].into_iter()).unwrap() - 0.38).abs() < 1e-15);
        assert_eq!(herfindahl_hirschman([0.0].into_iter()), None);
    }

    #[test]
    fn equal_shares_are_ordered_by_code_so_that_answers_repeat() {
        let code = |text| CountryCode::parse(text).unwrap();
        let mix = Concentration::new([(code("VNM"), 2.0), (code("AUS"), 2.0), (code("USA"), 0.0), (code("CHN"), 4.0)]);
        assert_eq!(mix.shares, [(code("CHN"), 0.5), (code("AUS"), 0.25), (code("VNM"), 0.25)]);
        assert_eq!(mix.top(1), 0.5);
    }
}
