//! Reads the points from a model's futures: amounts, prices and stops of each future, at the months that a point names.

use crate::period::{Month, Period};
use crate::points::{Average, Kind, Market, Point, Quantity};
use crate::score::{Walk, normal_quantile};
use std::collections::BTreeMap;

/// One number for each future, by point.
pub type Samples = BTreeMap<String, Vec<f64>>;

/// Whose border an amount passes, and so in which month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Border {
    /// When it leaves the exporter.
    Exporter,
    /// When it reaches the importer.
    Importer,
}

/// Which price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PriceKind {
    /// Spot.
    Spot,
    /// Contract.
    Contract,
}

/// Futures of a model for one episode. A month before the run is a month of its base. `None`: the model has no such thing.
pub trait Futures {
    /// How many there are.
    fn replicates(&self) -> usize;
    /// Tonnes of a form, on its own basis, in a month, from one region to another; `*` is the sum over all others.
    fn amount(
        &self,
        replicate: usize,
        border: Border,
        form: &str,
        exporter: &str,
        importer: &str,
        month: Month,
    ) -> Option<f64>;
    /// Mean price of a form in a month, USD/kg.
    fn price(&self, replicate: usize, kind: PriceKind, form: &str, market: Market, month: Month) -> Option<f64>;
    /// Days from the start of a period to the first stopped line of a firm of the importer that uses one of the forms;
    /// infinite if none stops.
    fn first_stop(&self, replicate: usize, forms: &[(String, f64)], importer: &str, from: Month) -> Option<f64>;
}

/// What happens beside a scenario and in every record. Ships are late and lots are large, so a month of a customs record lies
/// beside smooth trade; and prices move for reasons that no scenario holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Noise {
    /// By point: deviation of the logarithm of a month's amount.
    pub by_point: BTreeMap<String, f64>,
    /// The same of all other amounts.
    pub amounts: f64,
    /// Deviation of the change of the logarithm of a price from month to month.
    pub prices: f64,
}

impl Noise {
    /// None at all.
    pub const NONE: Self = Self { by_point: BTreeMap::new(), amounts: 0.0, prices: 0.0 };

    /// From walks of earlier records: a change of an amount from one month to the next holds the noise of both.
    pub fn of(walks: &BTreeMap<String, Walk>) -> Self {
        let single = |deviation: f64| deviation / std::f64::consts::SQRT_2;
        Self {
            by_point: walks.iter().map(|(id, walk)| (id.clone(), single(walk.deviation))).collect(),
            amounts: single(OTHER_AMOUNTS),
            prices: PRICES,
        }
    }

    /// By what a future's number is multiplied: a draw that hangs on nothing but name and replicate.
    pub fn factor(&self, id: &str, replicate: usize, quantity: &Quantity) -> f64 {
        let base = quantity.base_period.as_ref().map_or(quantity.period.middle(), Period::middle);
        let deviation = match quantity.kind {
            Kind::Export | Kind::Import => {
                let months = quantity.period.months().len() as f64;
                self.by_point.get(id).copied().unwrap_or(self.amounts) / months.sqrt()
            }
            Kind::Price | Kind::PricePaid => self.prices * (quantity.period.middle() - base).max(0.0).sqrt(),
            Kind::PriceRatio | Kind::Share | Kind::StopDay => 0.0,
        };
        // Steps of the golden ratio from a start of its own fill the line evenly.
        let start = id.bytes().fold(0.5, |at: f64, byte| (at * 7.389 + f64::from(byte) * 0.618_034).fract());
        let part = (start + replicate as f64 * 0.618_033_988_749_895).fract().clamp(1e-4, 1.0 - 1e-4);
        libm::exp(deviation * normal_quantile(part))
    }
}

/// Deviation of the monthly change of the logarithm of China’s exports of rare earths and magnets to Japan, 2018 to 2024, for
/// amounts without a record of their own (`earlier.csv`).
const OTHER_AMOUNTS: f64 = 0.31684;
/// Deviation of the monthly change of the logarithm of the prices of aluminium, copper, lead, nickel, tin and zinc, 1990 to
/// 2009 together (World Bank, Commodity Price Data): the minor metals have no monthly record before the episodes.
const PRICES: f64 = 0.068;

/// What the model says at each point that has a quantity: one number for each future. A point that the model has no
/// quantity for is left out.
pub fn samples(points: &[Point], futures: &impl Futures, noise: &Noise) -> Samples {
    let mut samples = BTreeMap::new();
    for point in points {
        let Some(quantity) = &point.quantity else { continue };
        let read: Option<Vec<f64>> =
            (0..futures.replicates()).map(|replicate| noisy(&point.id, quantity, futures, noise, replicate)).collect();
        if let Some(read) = read.filter(|read| !read.is_empty()) {
            samples.insert(point.id.clone(), read);
        }
    }
    samples
}

/// What one future says of a quantity, with what happens beside it.
pub(crate) fn noisy(
    id: &str,
    quantity: &Quantity,
    futures: &impl Futures,
    noise: &Noise,
    replicate: usize,
) -> Option<f64> {
    Some(reading(quantity, futures, replicate)? * noise.factor(id, replicate, quantity))
}

/// What one future says of a quantity, as a ratio to the base where there is one.
pub(crate) fn reading(quantity: &Quantity, futures: &impl Futures, replicate: usize) -> Option<f64> {
    match quantity.kind {
        Kind::Export | Kind::Import => {
            let amount = |period: &Period| amount(quantity, futures, replicate, &quantity.exporter, period);
            let found = amount(&quantity.period)?;
            match &quantity.base_period {
                Some(base) => Some(found / amount(base)?).filter(|ratio| ratio.is_finite()),
                None => Some(found),
            }
        }
        Kind::Share => {
            let part = amount(quantity, futures, replicate, &quantity.exporter, &quantity.period)?;
            let whole = amount(quantity, futures, replicate, "*", &quantity.period)?;
            Some(100.0 * part / whole).filter(|share| share.is_finite())
        }
        Kind::Price | Kind::PricePaid => {
            let kind = if quantity.kind == Kind::Price { PriceKind::Spot } else { PriceKind::Contract };
            let market = quantity.market?;
            let price = |form: &str, period: &Period| price(futures, replicate, kind, form, market, period);
            let base = quantity.base_period.as_ref();
            let (mut above, mut below, mut missing) = (0.0, 0.0, 0.0);
            for (form, weight) in &quantity.forms {
                let (found, before) = (price(form, &quantity.period), base.map_or(Some(1.0), |base| price(form, base)));
                let (Some(found), Some(before)) = (found, before) else {
                    missing += weight;
                    continue;
                };
                match quantity.average {
                    Average::OfPrices => {
                        above += weight * found;
                        below += weight * before;
                    }
                    Average::OfRatios => {
                        above += weight * found / before;
                        below += weight;
                    }
                }
            }
            // A small part of a basket may be what the model does not have.
            let all: f64 = quantity.forms.iter().map(|(_, weight)| weight).sum();
            Some(above / below).filter(|ratio| ratio.is_finite() && missing <= 0.05 * all)
        }
        Kind::PriceRatio => {
            let (form, _) = quantity.forms.first()?;
            let price = |market: Market| price(futures, replicate, PriceKind::Spot, form, market, &quantity.period);
            Some(price(Market::Outside)? / price(Market::Inside)?).filter(|ratio| ratio.is_finite())
        }
        Kind::StopDay => {
            let from = *quantity.period.months().first()?;
            futures.first_stop(replicate, &quantity.forms, &quantity.importer, from)
        }
    }
}

/// Mean month of a period, summed over the forms that the model has; `None` if it has none of them.
fn amount(
    quantity: &Quantity,
    futures: &impl Futures,
    replicate: usize,
    exporter: &str,
    period: &Period,
) -> Option<f64> {
    let border = if quantity.kind == Kind::Export { Border::Exporter } else { Border::Importer };
    let (mut sum, mut known) = (0.0, false);
    for (month, weight) in period.weights() {
        for (form, _) in &quantity.forms {
            if let Some(amount) = futures.amount(replicate, border, form, exporter, &quantity.importer, month) {
                sum += weight * amount;
                known = true;
            }
        }
    }
    known.then_some(sum)
}

/// Mean over the months of a period; of a day, on the straight line of logarithms between two months.
fn price(
    futures: &impl Futures,
    replicate: usize,
    kind: PriceKind,
    form: &str,
    market: Market,
    period: &Period,
) -> Option<f64> {
    let mut sum = 0.0;
    for (month, weight) in period.weights() {
        let price = futures.price(replicate, kind, form, market, month)?;
        sum += weight * if matches!(period, Period::Day(..)) { libm::log(price) } else { price };
    }
    Some(if matches!(period, Period::Day(..)) { libm::exp(sum) } else { sum })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points;

    /// Two futures: prices rise by 0 or 10 % a month from January 2025, inside they stand; amounts are 100 t before, then
    /// 20 or 40 t to JPN of 50 t; the heavy magnet is a tenth of the light one.
    struct Made;

    impl Futures for Made {
        fn replicates(&self) -> usize {
            2
        }

        fn amount(
            &self,
            replicate: usize,
            border: Border,
            form: &str,
            exporter: &str,
            importer: &str,
            month: Month,
        ) -> Option<f64> {
            assert!(importer == "JPN" || border == Border::Exporter);
            let part = match form {
                "neodymium-magnet" => 1.0,
                "neodymium-magnet-heavy" => 0.1,
                _ => return None,
            };
            let later = month >= Month::of(2025, 4);
            Some(
                part * match (exporter, later) {
                    ("CHN", true) => [20.0, 40.0][replicate],
                    ("CHN", false) => 100.0,
                    _ => 50.0,
                },
            )
        }

        fn price(&self, replicate: usize, kind: PriceKind, form: &str, market: Market, month: Month) -> Option<f64> {
            let months = f64::from((month.0 - Month::of(2025, 1).0).max(0));
            let rise = if market == Market::Inside { 0.0 } else { [0.0, 0.1][replicate] };
            let form = ["gallium", "lanthanum-cerium-oxide"].contains(&form).then_some(10.0)?;
            Some(form * (1.0 + rise * months) * if kind == PriceKind::Spot { 1.0 } else { 2.0 })
        }

        fn first_stop(&self, replicate: usize, _: &[(String, f64)], importer: &str, _: Month) -> Option<f64> {
            Some([f64::INFINITY, 30.0][replicate]).filter(|_| importer == "JPN")
        }
    }

    fn read(row: &str) -> Vec<f64> {
        let head = "point,role,kind,forms,exporter,importer,market,period,base_period,observed,no_change,headline\n";
        let points = points::parse(&format!("{head}a-2,{row}")).unwrap();
        samples(&points, &Made, &Noise::NONE).remove("a-2").unwrap_or_default()
    }

    fn close(found: &[f64], expected: &[f64]) {
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12),
            "{found:?} for {expected:?}"
        );
    }

    #[test]
    fn amounts_are_mean_months_over_the_base() {
        close(&read("outcome,import,magnets,CHN,JPN,,2025-05,2025-01/2025-03,1,1,"), &[0.2, 0.4]);
        // One month at 110 t and two at 22 t, or 44 t.
        close(&read("outcome,export,magnets,CHN,*,,2025-03/2025-05,2025-01,1,1,"), &[1.4 / 3.0, 1.8 / 3.0]);
        close(&read("outcome,share,neodymium-magnet,CHN,JPN,,2025-05,,1,1,"), &[40.0, 80.0]);
        assert!(read("outcome,import,gallium,CHN,JPN,,2025-05,2025-01,1,1,").is_empty());
    }

    #[test]
    fn prices_are_means_of_months_or_read_between_them() {
        close(&read("outcome,price,gallium,,,outside,2025-Q1,2024,1,1,"), &[1.0, 1.1]);
        // 16 May is the middle of its month, 1 June at noon just past the end of May: half a day of 30 before 15.5.
        close(&read("outcome,price,gallium,,,outside,2025-05-16,2024,1,1,"), &[1.0, 1.4]);
        let between = libm::exp(libm::log(1.4) * (0.5 - 0.5 / 30.0) + libm::log(1.5) * (0.5 + 0.5 / 30.0));
        close(&read("outcome,price,gallium,,,outside,2025-06-01,2024,1,1,"), &[1.0, between]);
        close(&read("outcome,price-ratio,gallium,CHN,,,2025-06,,1,1,"), &[1.0, 1.5]);
        close(&read("outcome,price-paid,gallium,,,world,2025-06,,1,1,"), &[20.0, 30.0]);
        // The model of this test has one form of the average only.
        assert!(read("outcome,price,rare-earth-average,,,outside,2025-06,2025-01,1,1,").is_empty());
    }

    #[test]
    fn a_stop_that_never_comes_is_infinite() {
        assert_eq!(read("outcome,stop-day,magnets,,JPN,,2025-04-04,,52,,first stop"), [f64::INFINITY, 30.0]);
    }
}
