//! Price volatility: spread of logarithmic price changes.

use super::Indicator;
use crate::{Band, Card, Direction, Measure, Method, Query};
use lode_model::{DataQuality, Price, World, Year};
use std::collections::BTreeMap;

/// The indicator; its method card says what it is.
pub struct PriceVolatility;

/// Fewer changes than this say nothing about their spread.
const LEAST_CHANGES: usize = 4;
/// A single year is asked for as of then: the spread of this many years that end with it.
const YEARS_TO_ONE: Year = 10;

const CARD: Card = Card {
    id: "price-volatility",
    name_en: "Price volatility",
    name_ja: "価格変動性",
    plain: "The spread of price changes from one period to the next, per year of monthly or yearly prices.",
    equation: "v = sd( ln(p_t / p_(t-1)) ) * sqrt(periods per year)",
    symbols: &[
        ("p_t", "price in period t, in the unit of the series"),
        ("sd", "standard deviation of a sample, n - 1 in the denominator"),
        ("v", "logarithmic points a year"),
    ],
    direction: Direction::HigherIsRiskier,
    unit: "log points/year",
    range: (Some(0.0), None),
    sources: &[Method {
        citation: "Hull, J. C. Options, Futures, and Other Derivatives (estimating volatility from historical data); textbook formula",
        doi: "",
    }],
    worked: "yearly prices 1, e, 1, e, 1: changes 1, -1, 1, -1; sd = sqrt(4/3) = 1.154701",
    caveats: &[
        "One row for each form, market, kind and source: series are never joined, not even where one ends and another begins.",
        "Asked for a single year it looks at the ten years that end with it; the note says which periods counted.",
        "Single quotations of commercial reporters are not a series and are left out.",
        "The band is two standard errors, v (1 +- 2 / sqrt(2 (n - 1))), as if changes were normal and independent: they are neither in a crisis.",
    ],
    reads: &["prices"],
    assumptions: &[],
};

impl Indicator for PriceVolatility {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        let mut series: BTreeMap<[&str; 6], Vec<(Moment, &Price)>> = BTreeMap::new();
        let (first, last) = (*query.years.start(), *query.years.end());
        let years = if first == last { last - YEARS_TO_ONE + 1..=last } else { first..=last };
        for price in world.prices.iter().filter(|price| price.commodity == query.commodity && !price.quoted) {
            let Some(moment) = Moment::parse(&price.period).filter(|moment| years.contains(&moment.year)) else {
                continue;
            };
            if price.quantity.value.is_some_and(|value| value > 0.0) {
                let frequency = if moment.month.is_some() { "monthly" } else { "yearly" };
                let key = [
                    &price.form,
                    price.market.word(),
                    &price.kind,
                    &price.quantity.unit,
                    price.provenance.origin.as_str(),
                    frequency,
                ];
                series.entry(key).or_default().push((moment, price));
            }
        }
        let mut measures: Vec<Measure> =
            series.into_iter().filter_map(|(key, prices)| volatility(query, key, prices)).collect();
        if measures.is_empty() {
            let missing = format!(
                "a price series with {LEAST_CHANGES} changes or more from {} to {}",
                years.start(),
                years.end()
            );
            measures.push(Measure::of(&CARD, query, None).not_enough_data(&missing));
        }
        measures
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    year: Year,
    month: Option<i32>,
}

impl Moment {
    /// A year or a month; quarters and days are not part of a regular series here.
    fn parse(period: &str) -> Option<Self> {
        let mut parts = period.split('-');
        let year = parts.next()?.parse().ok()?;
        let month = match parts.next() {
            Some(month) => Some(month.parse().ok()?),
            None => None,
        };
        parts.next().is_none().then_some(Self { year, month })
    }

    fn follows(self, before: Self) -> bool {
        let index = |moment: Self| moment.month.map_or(moment.year, |month| moment.year * 12 + month - 1);
        index(self) == index(before) + 1
    }
}

fn volatility(query: &Query, key: [&str; 6], mut prices: Vec<(Moment, &Price)>) -> Option<Measure> {
    prices.sort_by_key(|(moment, _)| *moment);
    // Only neighbouring periods make a change: a gap is not bridged.
    let changes: Vec<f64> = prices
        .windows(2)
        .filter(|pair| pair[1].0.follows(pair[0].0))
        .filter_map(|pair| Some(libm::log(pair[1].1.quantity.value? / pair[0].1.quantity.value?)))
        .collect();
    if changes.len() < LEAST_CHANGES {
        return None;
    }
    let count = changes.len() as f64;
    let mean = changes.iter().sum::<f64>() / count;
    let spread = (changes.iter().map(|change| (change - mean) * (change - mean)).sum::<f64>() / (count - 1.0)).sqrt();
    let [form, market, kind, unit, _, frequency] = key;
    let yearly = spread * if frequency == "monthly" { 12.0_f64.sqrt() } else { 1.0 };
    let error = 2.0 / (2.0 * (count - 1.0)).sqrt();
    let mut measure = Measure::of(&CARD, query, prices.last().map(|(moment, _)| moment.year));
    measure.band =
        Band { value: Some(yearly), low: Some((yearly * (1.0 - error)).max(0.0)), high: Some(yearly * (1.0 + error)) };
    measure.basis = format!("{form}, {market}, {frequency} {kind}, {unit}");
    prices.iter().for_each(|(_, price)| measure.uses(&price.provenance));
    measure.quality = measure.quality.max(DataQuality::Derived);
    measure.note(format!("{} changes, {} to {}", changes.len(), prices[0].1.period, prices[prices.len() - 1].1.period));
    Some(measure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use lode_model::{CommodityId, Market};

    fn price(period: &str, kind: &str, value: f64, quoted: bool) -> Price {
        Price {
            commodity: CommodityId::new("dysprosium"),
            form: "oxide".into(),
            market: Market::UnitedStates,
            period: period.into(),
            kind: kind.into(),
            quoted,
            quantity: quantity(value, "USD/kg"),
            provenance: provenance(),
        }
    }

    fn ask(world: &World) -> Vec<Measure> {
        let mut query = query("JPN", "dysprosium", 2024);
        query.years = 2000..=2024;
        PriceVolatility.assess(world, &query)
    }

    #[test]
    fn prices_that_double_and_halve_by_e() {
        let mut world = World::empty();
        let e = std::f64::consts::E;
        world.prices = [1.0, e, 1.0, e, 1.0]
            .iter()
            .zip(2014..)
            .map(|(value, year)| price(&year.to_string(), "mean", *value, false))
            .collect();
        let measures = ask(&world);
        assert_eq!(measures.len(), 1);
        assert!((measures[0].band.value.unwrap() - (4.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(measures[0].basis, "oxide, united-states, yearly mean, USD/kg");
    }

    #[test]
    fn one_year_is_the_ten_that_end_with_it() {
        let mut world = World::empty();
        world.prices = (2005..=2024).map(|year| price(&year.to_string(), "mean", 10.0, false)).collect();
        let measures = PriceVolatility.assess(&world, &query("JPN", "dysprosium", 2024));
        assert_eq!((measures[0].year, measures[0].notes[0].as_str()), (Some(2024), "9 changes, 2015 to 2024"));
    }

    #[test]
    fn kinds_are_not_joined_gaps_not_bridged_and_quotations_left_out() {
        let mut world = World::empty();
        world.prices = (2011..2014).map(|year| price(&year.to_string(), "year-end", 10.0, false)).collect();
        world.prices.extend((2014..2017).map(|year| price(&year.to_string(), "mean", 20.0, false)));
        world.prices.extend((2018..2020).map(|year| price(&year.to_string(), "mean", 20.0, false)));
        world.prices.extend((2000..2024).map(|year| price(&year.to_string(), "point", f64::from(year), true)));
        let measures = ask(&world);
        assert_eq!(measures.len(), 1);
        assert!(measures[0].is_missing(), "{measures:?}");
    }
}
