//! Supply risk of the European Commission's method, with the chosen country's own sourcing in place of the Union's.

use super::Indicator;
use super::net_import_reliance::reliance;
use crate::{Band, Basis, Card, Direction, Economy, Measure, Method, Query, suppliers};
use lode_model::*;

/// Assumption: trade parameter t of a supplier with export restrictions.
pub const TRADE_PARAMETER: &str = "eu-trade-parameter";
/// Assumption: substitution index SI of supply risk.
pub const SUBSTITUTION_INDEX: &str = "eu-substitution-index";
/// Assumption: governance on a scale of 0 to 10 of a supplier without an estimate.
pub const MISSING_GOVERNANCE: &str = "eu-missing-governance";

/// The indicator; its method card says what it is.
pub struct EuSupplyRisk;

const CARD: Card = Card {
    id: "eu-supply-risk",
    name_en: "Supply risk (EU method, own sourcing)",
    name_ja: "供給リスク（EU手法・自国調達）",
    plain: "Concentration of world output and of the country's own sourcing, weighted by governance, less recycling and substitution.",
    equation: "SR = [ G(world) * IR/2 + G(sourcing) * (1 - IR/2) ] * (1 - EoL_RIR) * SI\nG = sum_c s_c^2 * w_c * t_c",
    symbols: &[
        ("s_c", "share of country c in world output, or in the country's imports; fraction"),
        ("w_c", "governance from 0 (best) to 10 (worst), linear in the estimate: 2 (2.5 - estimate)"),
        ("t_c", "trade parameter; neutral 1"),
        ("IR", "net import reliance, 0 to 1"),
        ("EoL_RIR", "end-of-life recycling input rate, fraction"),
        ("SI", "substitution index; 1 if nothing can replace it"),
    ],
    direction: Direction::HigherIsRiskier,
    unit: "score",
    range: (Some(0.0), None),
    sources: &[
        Method {
            citation: "Blengini, G. A. et al. (2017). Assessment of the methodology for establishing the EU list of critical raw materials. JRC background report EUR 28654",
            doi: "10.2760/73303",
        },
        Method {
            citation: "Grohol, M., Veeh, C. (2023). Study on the critical raw materials for the EU 2023",
            doi: "10.2873/725585",
        },
    ],
    worked: "world shares .7 .2 .1 with w 5.5 2.4 1.8 and t 1.1 1 1: G = 3.0785; sourcing .9 .1 with w 5.5 4.0, t 1.1 1: G = 4.9405; \
             IR = 1, EoL_RIR = .01, SI = .95: SR = 3.770935",
    caveats: &[
        "The trade parameter, the substitution index and the governance of countries without an estimate are assumptions with ranges, which make the band.",
        "Sourcing is imports by weight; own output is on another mass basis and enters through the import reliance only.",
        "The European Commission uses the mean of all governance indicators; this package has political stability only.",
        "The threshold of 1.0 belongs to the Commission's own data and rounding: do not read it across.",
    ],
    reads: &["production", "trade", "hs_sets", "governance", "recycling"],
    assumptions: &[TRADE_PARAMETER, SUBSTITUTION_INDEX, MISSING_GOVERNANCE, super::net_import_reliance::TRADE_CONTENT],
};

/// Squared shares weighted by governance (0 to 10, 10 the worst) and trade parameter.
pub fn weighted_concentration(countries: impl Iterator<Item = (f64, f64, f64)>) -> f64 {
    countries.map(|(share, governance, trade)| share * share * governance * trade).sum()
}

/// The formula, from its parts.
pub fn supply_risk(world: f64, sourcing: f64, import_reliance: f64, recycling: f64, substitution: f64) -> f64 {
    (world * import_reliance / 2.0 + sourcing * (1.0 - import_reliance / 2.0)) * (1.0 - recycling) * substitution
}

impl Indicator for EuSupplyRisk {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        query.years.clone().map(|year| one_year(world, query, year)).collect()
    }
}

struct Range {
    value: f64,
    low: f64,
    high: f64,
}

fn range(world: &World, id: &str, otherwise: Range, measure: &mut Measure) -> Range {
    let Some(assumption) = world.assumptions.get(id) else { return otherwise };
    measure.uses(&assumption.provenance);
    let quantity = &assumption.quantity;
    Range {
        value: quantity.value.unwrap_or(otherwise.value),
        low: quantity.low.unwrap_or(otherwise.low),
        high: quantity.high.unwrap_or(otherwise.high),
    }
}

fn one_year(world: &World, query: &Query, year: Year) -> Measure {
    let stage = query.stage.filter(|stage| *stage != Stage::Trade).unwrap_or(Stage::Mine);
    let mut measure = Measure::of(&CARD, query, Some(year));
    measure.stage = Some(stage);
    if query.country.is_world() {
        return measure.world_does_not_import();
    }
    let producers =
        Query { country: Economy::country(CountryCode::WORLD), stage: Some(stage), partner: None, ..query.clone() };
    let (producers, measure) = match suppliers(world, &producers, year, measure) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let trade = Query { stage: None, partner: None, basis: Basis::Quantity, ..query.clone() };
    let (sourcing, mut measure) = match suppliers(world, &trade, year, measure) {
        Ok((sourcing, measure)) if !sourcing.mixed.is_empty() => {
            return measure.not_enough_data(&sourcing.mixed_reason);
        }
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let import_reliance =
        reliance(world, &Query { stage: Some(stage), ..query.clone() }, year, Measure::of(&CARD, query, Some(year)));
    if import_reliance.is_missing() {
        return measure.not_enough_data("net import reliance");
    }
    let Some(recycling) = newest_recycling(world, &query.commodity) else {
        return measure.not_enough_data("end-of-life recycling input rate");
    };
    measure.uses(&recycling.provenance);
    let rate = recycling.quantity.value.unwrap_or(0.0) / if recycling.quantity.unit == "percent" { 100.0 } else { 1.0 };
    let trade_parameter = range(world, TRADE_PARAMETER, Range { value: 1.0, low: 0.8, high: 1.3 }, &mut measure);
    let substitution = range(world, SUBSTITUTION_INDEX, Range { value: 1.0, low: 0.8, high: 1.0 }, &mut measure);
    let missing = range(world, MISSING_GOVERNANCE, Range { value: 5.0, low: 0.0, high: 10.0 }, &mut measure);
    let mut without = Vec::new();
    let mut concentration = |suppliers: &crate::Suppliers| {
        let shares = suppliers.concentration().shares;
        let known: Vec<(f64, Option<f64>)> = shares
            .iter()
            .map(|(country, share)| {
                let estimate = world.governance.get(&(*country, year)).map(|record| 2.0 * (2.5 - record.estimate));
                if estimate.is_none() {
                    without.push(world.country_name(*country));
                }
                (*share, estimate)
            })
            .collect();
        let with = |otherwise: f64| {
            weighted_concentration(known.iter().map(|(share, estimate)| (*share, estimate.unwrap_or(otherwise), 1.0)))
        };
        (with(missing.value), with(missing.low), with(missing.high))
    };
    let (output, imports) = (concentration(&producers), concentration(&sourcing));
    let (low_reliance, high_reliance) =
        (import_reliance.band.low.unwrap_or(0.0), import_reliance.band.high.unwrap_or(1.0));
    let reliance = import_reliance.band.value.unwrap_or(f64::midpoint(low_reliance, high_reliance));
    let central = supply_risk(output.0, imports.0, reliance, rate, substitution.value) * trade_parameter.value;
    measure.band = Band::point(central);
    for reliance in [low_reliance, high_reliance] {
        measure.band.widen(supply_risk(output.1, imports.1, reliance, rate, substitution.low) * trade_parameter.low);
        measure.band.widen(supply_risk(output.2, imports.2, reliance, rate, substitution.high) * trade_parameter.high);
    }
    for record in world.governance.values().filter(|record| record.year == year).take(1) {
        measure.uses(&record.provenance);
    }
    without.sort();
    without.dedup();
    if !without.is_empty() {
        measure.note(format!(
            "no governance estimate for {}: assumed {} of 10 ({MISSING_GOVERNANCE})",
            without.join(", "),
            missing.value
        ));
    }
    measure.note(format!(
        "world {:.3}, sourcing {:.3}, import reliance {reliance:.2}, recycling {rate:.3}; t {} ({}–{}) and SI {} ({}–{}) are assumed",
        output.0, imports.0, trade_parameter.value, trade_parameter.low, trade_parameter.high, substitution.value, substitution.low, substitution.high
    ));
    measure.basis = format!("{} output, quantity of imports", stage.word());
    measure
}

fn newest_recycling<'w>(world: &'w World, commodity: &CommodityId) -> Option<&'w Recycling> {
    let group = world.commodities.get(commodity).and_then(|commodity| commodity.group.clone());
    let of = |id: &CommodityId| {
        let rates = world.recycling.iter().filter(|rate| rate.commodity == *id && rate.quantity.value.is_some());
        rates.max_by(|a, b| a.year.cmp(&b.year))
    };
    of(commodity).or_else(|| group.as_ref().and_then(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_worked_number() {
        let output = weighted_concentration([(0.7, 5.5, 1.1), (0.2, 2.4, 1.0), (0.1, 1.8, 1.0)].into_iter());
        let sourcing = weighted_concentration([(0.9, 5.5, 1.1), (0.1, 4.0, 1.0)].into_iter());
        assert!((output - 3.0785).abs() < 1e-12 && (sourcing - 4.9405).abs() < 1e-12);
        assert!((supply_risk(output, sourcing, 1.0, 0.01, 0.95) - 3.770_935).abs() < 1e-6);
    }

    fn world() -> World {
        let mut world = trade_world(&[
            ("284690", "JPN", 2022, "CHN", 1.0, Some(90.0)),
            ("284690", "JPN", 2022, "VNM", 1.0, Some(10.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        for (code, tonnes) in [("CHN", 70.0), ("USA", 20.0), ("AUS", 10.0)] {
            production(&mut world, "rare-earths", Stage::Mine, code, 2022, tonnes);
        }
        // Estimates that give 5.5, 2.4, 1.8 and 4.0 on the scale of 0 to 10.
        for (code, score) in [("CHN", 5.5), ("USA", 2.4), ("AUS", 1.8), ("VNM", 4.0)] {
            governance(&mut world, code, 2022, 2.5 - score / 2.0);
        }
        world.recycling.push(Recycling {
            commodity: CommodityId::new("rare-earths"),
            region: "EU".into(),
            metric: "EoL-RIR".into(),
            year: "2023".into(),
            quantity: quantity(0.01, "share"),
            provenance: provenance(),
        });
        world
    }

    #[test]
    fn a_country_s_own_sourcing_takes_the_place_of_the_union_s() {
        let measure = EuSupplyRisk.assess(&world(), &query("JPN", "rare-earths", 2022)).remove(0);
        let (output, imports): (f64, f64) = (0.49 * 5.5 + 0.04 * 2.4 + 0.01 * 1.8, 0.81 * 5.5 + 0.01 * 4.0);
        assert!((measure.band.value.unwrap() - (output / 2.0 + imports / 2.0) * 0.99).abs() < 1e-12);
        assert!(measure.band.low < measure.band.value && measure.band.value < measure.band.high);
    }

    #[test]
    fn without_a_recycling_rate_it_says_what_is_missing() {
        let mut world = world();
        world.recycling.clear();
        let measure = EuSupplyRisk.assess(&world, &query("JPN", "rare-earths", 2022)).remove(0);
        assert_eq!(measure.notes.last().unwrap(), "not enough data: end-of-life recycling input rate");
    }
}
