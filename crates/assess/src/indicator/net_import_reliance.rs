//! Net import reliance: net imports over apparent consumption.

use super::Indicator;
use crate::{Band, Basis, Card, Direction, Economy, Measure, Method, Query, output_by_country, suppliers};
use lode_model::*;

/// Assumption: content of a tonne of traded goods in the unit that production is counted in.
pub const TRADE_CONTENT: &str = "trade-content-per-gross-tonne";

/// The indicator; its method card says what it is.
pub struct NetImportReliance;

const CARD: Card = Card {
    id: "net-import-reliance",
    name_en: "Net import reliance",
    name_ja: "純輸入依存度",
    plain: "The part of an economy's consumption that net imports cover; 0 for a net exporter, 1 without own output.",
    equation: "IR = (I - E) / (P + I - E), clipped to 0..1",
    symbols: &[
        ("I, E", "imports and exports, t gross times the content of a gross tonne"),
        ("P", "own output at the stage, t on its own mass basis"),
    ],
    direction: Direction::HigherIsRiskier,
    unit: "share",
    range: (Some(0.0), Some(1.0)),
    sources: &[
        Method {
            citation: "Blengini, G. A. et al. (2017). EU methodology for critical raw materials assessment. Resources Policy 53, 12-19",
            doi: "10.1016/j.resourpol.2017.05.008",
        },
        Method {
            citation: "U.S. Geological Survey. Mineral Commodity Summaries (net import reliance in the salient statistics)",
            doi: "10.3133/mcs2025",
        },
    ],
    worked: "imports 90 t, exports 10 t, own output 20 t, all on one basis: IR = 80 / (20 + 80) = 0.8",
    caveats: &[
        "Customs weigh goods, production counts content: unless there is no own output, only bounds are given, from an assumed content of 0.3 to 1.2.",
        "Stock changes are not known and not counted.",
    ],
    reads: &["trade", "production", "hs_sets"],
    assumptions: &[TRADE_CONTENT],
};

impl Indicator for NetImportReliance {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        query.years.clone().map(|year| reliance(world, query, year, Measure::of(&CARD, query, Some(year)))).collect()
    }
}

/// Net import reliance as a measure of any card.
pub(super) fn reliance(world: &World, query: &Query, year: Year, mut measure: Measure) -> Measure {
    let stage = query.stage.filter(|stage| *stage != Stage::Trade).unwrap_or(Stage::Mine);
    let trade = Query { stage: None, partner: None, basis: Basis::Quantity, ..query.clone() };
    measure.stage = Some(stage);
    if query.country.is_world() {
        return measure.world_does_not_import();
    }
    let (imports, mut measure) = match suppliers(world, &trade, year, measure) {
        Ok((suppliers, _)) if !suppliers.mixed.is_empty() => {
            return Measure::of(&CARD, query, Some(year)).not_enough_data(&suppliers.mixed_reason);
        }
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let net = imports.concentration().total - exports(world, &trade, &query.country, year);
    let output = output_by_country(world, &query.commodity, stage, year);
    if output.countries.is_empty() {
        return measure.not_enough_data(&crate::suppliers::missing_production(world, &query.commodity, stage, year));
    }
    output.countries.values().for_each(|record| measure.uses(&record.provenance));
    if output.withheld.iter().any(|country| query.country.contains(*country)) {
        return measure.not_enough_data("own output, which the source withholds");
    }
    let own: f64 = query.country.members.iter().filter_map(|member| output.countries.get(member)?.quantity.value).sum();
    measure.set_basis(Basis::Quantity, &format!("net imports over output at stage {} plus net imports", stage.word()));
    let figure = |content: f64| if net <= 0.0 { 0.0 } else { content * net / (own + content * net) };
    if own == 0.0 || net <= 0.0 {
        if own == 0.0 {
            measure.note("no own output in the record: counted as none");
        }
        measure.band = Band::point(figure(1.0));
        return measure;
    }
    let assumption = world.assumptions.get(TRADE_CONTENT);
    let (low, high) =
        assumption.map_or((0.3, 1.2), |a| (a.quantity.low.unwrap_or(0.3), a.quantity.high.unwrap_or(1.2)));
    if let Some(assumption) = assumption {
        measure.uses(&assumption.provenance);
    }
    measure.band = match assumption.and_then(|assumption| assumption.quantity.value) {
        Some(content) => Band { value: Some(figure(content)), low: Some(figure(low)), high: Some(figure(high)) },
        None => Band::bounds(figure(low), figure(high)),
    };
    measure.note(format!("trade is weighed gross, output counts content: a gross tonne is taken to hold {low} to {high} t ({TRADE_CONTENT})"));
    measure
}

fn exports(world: &World, trade: &Query, country: &Economy, year: Year) -> f64 {
    let set = match &trade.hs_set {
        Some(id) => world.hs_sets.get(id),
        None => world.default_hs_set(&trade.commodity),
    };
    set.into_iter()
        .flat_map(|set| &set.codes)
        .flat_map(|code| country.members.iter().flat_map(|member| world.trade.exports(*code, *member, year)))
        .filter(|flow| !country.contains(flow.importer))
        .filter_map(|flow| flow.quantity)
        .map(GrossTonnes::value)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn world() -> World {
        let mut world = trade_world(&[
            ("284690", "JPN", 2024, "CHN", 1.0, Some(90.0)),
            ("284690", "KOR", 2024, "JPN", 1.0, Some(10.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        production(&mut world, "rare-earths", Stage::Mine, "CHN", 2024, 100.0);
        world
    }

    fn ask(world: &World) -> Measure {
        NetImportReliance.assess(world, &query("JPN", "rare-earths", 2024)).remove(0)
    }

    #[test]
    fn eighty_of_a_hundred_tonnes_when_content_is_given() {
        let mut world = world();
        production(&mut world, "rare-earths", Stage::Mine, "JPN", 2024, 20.0);
        assumption(&mut world, TRADE_CONTENT, Some(1.0), 1.0, 1.0);
        assert_eq!(ask(&world).band, Band::point(0.8));
    }

    #[test]
    fn without_own_output_it_is_one_and_with_it_there_are_bounds() {
        let mut world = world();
        assert_eq!(ask(&world).band.value, Some(1.0));
        production(&mut world, "rare-earths", Stage::Mine, "JPN", 2024, 20.0);
        assumption(&mut world, TRADE_CONTENT, None, 0.5, 1.0);
        assert_eq!(ask(&world).band, Band::bounds(40.0 / 60.0, 0.8));
        assert_eq!(ask(&world).quality, DataQuality::Assumed);
    }

    #[test]
    fn the_world_as_a_whole_relies_on_nobody_and_is_told_so() {
        let mut world = World::empty();
        production(&mut world, "rare-earths", Stage::Mine, "CHN", 2024, 20.0);
        let measure = NetImportReliance.assess(&world, &query("WLD", "rare-earths", 2024)).remove(0);
        assert!(measure.is_missing() && measure.notes[0].contains("imports from nobody"), "{measure:?}");
    }

    #[test]
    fn a_net_exporter_relies_on_nobody() {
        let mut world = trade_world(&[
            ("284690", "JPN", 2024, "CHN", 1.0, Some(5.0)),
            ("284690", "KOR", 2024, "JPN", 1.0, Some(10.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        production(&mut world, "rare-earths", Stage::Mine, "JPN", 2024, 20.0);
        assert_eq!(ask(&world).band.value, Some(0.0));
    }
}
