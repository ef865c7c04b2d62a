//! GeoPolRisk: concentration of world output times the political instability of an importer's suppliers.

use super::Indicator;
use crate::{Band, Basis, Card, Direction, Measure, Method, Query, output_by_country};
use lode_model::*;
use std::collections::BTreeMap;

/// Assumption: instability of a supplier without a governance estimate.
pub const MISSING_GOVERNANCE: &str = "geopolrisk-missing-governance";
/// Assumption: the characterisation factor of copper that scores are expressed in.
pub const COPPER: &str = "geopolrisk-copper-constant";

/// GeoPolRisk at one stage of production.
pub struct GeoPolRisk {
    card: &'static Card,
    stage: Stage,
}

const SOURCES: &[Method] = &[
    Method {
        citation: "Gemechu, E. D. et al. (2015). Import-based indicator for the geopolitical supply risk of raw materials in life cycle sustainability assessments. Journal of Industrial Ecology 20, 154-165",
        doi: "10.1111/jiec.12279",
    },
    Method {
        citation: "Santillán-Saldivar, J. et al. (2022). Design of an endpoint indicator for mineral resource supply risks in life cycle sustainability assessment. International Journal of Life Cycle Assessment",
        doi: "10.1007/s11367-022-02027-y",
    },
    Method {
        citation: "Koyamparambath, A. et al. (2024). Implementing the geopolitical supply risk method. Resources, Conservation and Recycling",
        doi: "10.1016/j.resconrec.2024.107801",
    },
];
const EQUATION: &str =
    "H = sum_i (P_i / P)^2\nW = sum_i g_i f_i / (p + F)\nscore = H W\nCF = score * price;  GSP = CF / CF(copper)";
const SYMBOLS: &[(&str, &str)] = &[
    ("P_i, P", "output of country i and of the world, t"),
    (
        "g_i",
        "instability of supplier i, (2.5 - estimate) / 5 of the governance indicator, 0 to 1; assumed where there is no estimate",
    ),
    ("f_i, F", "imports from supplier i and in all, t gross"),
    ("p", "the importer's own output, t"),
    ("price", "value of all imports over their quantity, thousand USD / t"),
    ("CF(copper)", "constant 0.409412948 thousand USD / t, the mean of OECD members in 2017-2021"),
];
const WORKED: &str = "outputs 60, 40: H = 0.52; imports 30 t at g = 0.6 and 10 t at g = 0.2, own output 10 t: W = (18 + 2) / 50 = 0.4; score = 0.208";
const SCORE_ONLY: &str = "Rows with unit `kg Cu-eq/kg` follow those with unit `score`.";
const GROSS: &str =
    "Imports are gross tonnes and outputs contained tonnes, as in the published method: they are added as they are.";

const AT_THE_MINE: Card = Card {
    id: "geopolrisk",
    name_en: "GeoPolRisk (at the mine)",
    name_ja: "地政学的供給リスク（鉱山段階）",
    plain: "How concentrated mining is, times how unstable the countries are that an importer buys from.",
    equation: EQUATION,
    symbols: SYMBOLS,
    direction: Direction::HigherIsRiskier,
    unit: "score",
    range: (Some(0.0), Some(1.0)),
    sources: SOURCES,
    worked: WORKED,
    caveats: &[
        "As published it uses mine output even where the risk is in refining: see geopolrisk-refined.",
        "As published it uses World Mining Data, which may not be passed on; the built-in package holds USGS output, so scores differ. The origins say which was used.",
        GROSS,
        "The governance indicator changed its method between 2022 and 2023: a jump there is not a change in the world.",
        SCORE_ONLY,
    ],
    reads: &["production", "trade", "hs_sets", "governance"],
    assumptions: &[MISSING_GOVERNANCE, COPPER, crate::ESTIMATE_BAND],
};

const AT_THE_REFINERY: Card = Card {
    id: "geopolrisk-refined",
    name_en: "GeoPolRisk (at the refinery)",
    name_ja: "地政学的供給リスク（精製段階）",
    plain: "The same measure with the concentration of refining in place of mining.",
    equation: EQUATION,
    symbols: SYMBOLS,
    direction: Direction::HigherIsRiskier,
    unit: "score",
    range: (Some(0.0), Some(1.0)),
    sources: SOURCES,
    worked: WORKED,
    caveats: &["Not a published variant: the formula is the published one, the stage is ours.", GROSS, SCORE_ONLY],
    reads: &["production", "trade", "hs_sets", "governance"],
    assumptions: &[MISSING_GOVERNANCE, COPPER, crate::ESTIMATE_BAND],
};

/// At the mine, as published.
pub const MINE: GeoPolRisk = GeoPolRisk { card: &AT_THE_MINE, stage: Stage::Mine };
/// At the refinery.
pub const REFINED: GeoPolRisk = GeoPolRisk { card: &AT_THE_REFINERY, stage: Stage::Refined };

/// Instability of a supplier on a scale of 0 to 1 from its governance estimate of -2.5 to 2.5.
pub fn instability(estimate: f64) -> f64 {
    (2.5 - estimate) / 5.0
}

/// The part of an importer's supply that comes from unstable suppliers: imports times instability over all supply.
/// `None` if there is no supply at all. Allocates nothing.
pub fn import_risk(imports: impl Iterator<Item = (f64, f64)>, own_output: f64) -> Option<f64> {
    let (weighted, total) =
        imports.fold((0.0, own_output), |sum, (tonnes, instability)| (sum.0 + tonnes * instability, sum.1 + tonnes));
    (total > 0.0).then(|| weighted / total)
}

impl Indicator for GeoPolRisk {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        query.years.clone().flat_map(|year| self.one_year(world, query, year)).collect()
    }
}

impl GeoPolRisk {
    fn one_year(&self, world: &World, query: &Query, year: Year) -> Vec<Measure> {
        let mut score = Measure::of(self.card, query, Some(year));
        score.stage = Some(self.stage);
        if query.country.is_world() {
            return vec![score.world_does_not_import()];
        }
        // The stage asked for is the indicator's own: imports are those of the set, or the commodity's default.
        let trade = Query { stage: None, partner: None, basis: Basis::Quantity, ..query.clone() };
        let (suppliers, mut score) = match crate::suppliers(world, &trade, year, score) {
            Ok(found) => found,
            Err(missing) => return vec![missing],
        };
        score.stage = Some(self.stage);
        if !suppliers.mixed.is_empty() {
            return vec![score.not_enough_data(&suppliers.mixed_reason)];
        }
        let output = output_by_country(world, &query.commodity, self.stage, year);
        let amounts = |record: &&Production| record.quantity.value;
        let Some(index) = crate::herfindahl_hirschman(output.countries.values().filter_map(amounts)) else {
            let missing = crate::suppliers::missing_production(world, &query.commodity, self.stage, year);
            return vec![score.not_enough_data(&missing)];
        };
        output.countries.values().for_each(|record| score.uses(&record.provenance));
        let own: f64 =
            query.country.members.iter().filter_map(|member| output.countries.get(member)?.quantity.value).sum::<f64>()
                + 0.0;
        let assumed = world.assumptions.get(MISSING_GOVERNANCE);
        let missing = assumed.map_or((0.5, 0.0, 1.0), |a| {
            (a.quantity.value.unwrap_or(0.5), a.quantity.low.unwrap_or(0.0), a.quantity.high.unwrap_or(1.0))
        });
        let instabilities: BTreeMap<CountryCode, Option<f64>> = suppliers
            .recorded
            .iter()
            .map(|(country, _)| {
                (*country, world.governance.get(&(*country, year)).map(|record| instability(record.estimate)))
            })
            .collect();
        for country in instabilities.keys() {
            if let Some(record) = world.governance.get(&(*country, year)) {
                score.uses(&record.provenance);
            }
        }
        let risk = |amounts: &[(CountryCode, f64)], otherwise: f64| {
            import_risk(
                amounts.iter().map(|(country, tonnes)| {
                    (*tonnes, instabilities.get(country).copied().flatten().unwrap_or(otherwise))
                }),
                own,
            )
        };
        let Some(central) = risk(&suppliers.recorded, missing.0) else {
            return vec![score.not_enough_data("imports or own output")];
        };
        score.band = Band::point(index * central);
        let without: Vec<String> = instabilities
            .iter()
            .filter(|(_, known)| known.is_none())
            .map(|(country, _)| world.country_name(*country))
            .collect();
        if !without.is_empty() {
            for end in [missing.1, missing.2] {
                score.band.widen(index * risk(&suppliers.recorded, end).unwrap_or(central));
            }
            score.note(format!(
                "no governance estimate for {}: assumed {} ({MISSING_GOVERNANCE})",
                without.join(", "),
                missing.0
            ));
            if let Some(assumption) = assumed {
                score.uses(&assumption.provenance);
            }
        }
        for (_, rival) in &suppliers.rivals {
            score.band.widen(index * risk(rival, missing.0).unwrap_or(central));
        }
        // Rival outputs move the concentration.
        let producers =
            Query { country: crate::Economy::country(CountryCode::WORLD), stage: Some(self.stage), ..trade.clone() };
        if let Ok((producers, _)) = crate::suppliers(world, &producers, year, score.clone()) {
            for (_, rival) in &producers.rivals {
                let rival = crate::herfindahl_hirschman(rival.iter().map(|(_, amount)| *amount)).unwrap_or(index);
                score.band.widen(rival * central);
            }
        }
        score.note(format!("concentration {index:.6}, import risk {central:.6}, own output {own} t"));
        score.basis = format!("{} output, quantity of imports", self.stage.word());
        let characterised = characterised(world, &trade, year, &score);
        vec![score, characterised]
    }
}

/// The score times the price of imports, over that of copper.
fn characterised(world: &World, trade: &Query, year: Year, score: &Measure) -> Measure {
    let mut measure = Measure { unit: "kg Cu-eq/kg".into(), band: Band::UNKNOWN, notes: Vec::new(), ..score.clone() };
    let by_value = Query { basis: Basis::Value, ..trade.clone() };
    let total = |query: &Query| {
        crate::suppliers(world, query, year, score.clone()).map(|(suppliers, _)| suppliers.concentration().total)
    };
    let (Ok(dollars), Ok(tonnes)) = (total(&by_value), total(trade)) else {
        return measure.not_enough_data("value or quantity of imports");
    };
    let assumption = world.assumptions.get(COPPER);
    let copper = assumption.and_then(|assumption| assumption.quantity.value).unwrap_or(0.409_412_948);
    if let Some(assumption) = assumption {
        measure.uses(&assumption.provenance);
    }
    let price = dollars / 1000.0 / tonnes;
    let scale = |value: Option<f64>| value.map(|value| value * price / copper);
    measure.band = Band { value: scale(score.band.value), low: scale(score.band.low), high: scale(score.band.high) };
    measure.note(format!("price of imports {price:.4} thousand USD/t; copper constant {copper}"));
    measure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn world() -> World {
        let mut world = trade_world(&[
            ("284690", "JPN", 2022, "CHN", 300.0, Some(30.0)),
            ("284690", "JPN", 2022, "VNM", 100.0, Some(10.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        production(&mut world, "rare-earths", Stage::Mine, "CHN", 2022, 60.0);
        production(&mut world, "rare-earths", Stage::Mine, "USA", 2022, 30.0);
        production(&mut world, "rare-earths", Stage::Mine, "JPN", 2022, 10.0);
        governance(&mut world, "CHN", 2022, -0.5);
        governance(&mut world, "VNM", 2022, 1.5);
        assumption(&mut world, MISSING_GOVERNANCE, Some(0.5), 0.0, 1.0);
        world
    }

    #[test]
    fn the_worked_number() {
        // H = 0.36 + 0.09 + 0.01 = 0.46; g = 0.6 and 0.2; W = (18 + 2) / (10 + 40) = 0.4; score = 0.184; price = 10 kUSD/t.
        let measures = MINE.assess(&world(), &query("JPN", "rare-earths", 2022));
        assert!((measures[0].band.value.unwrap() - 0.46 * 0.4).abs() < 1e-15);
        assert_eq!((measures[0].unit.as_str(), measures[0].stage), ("score", Some(Stage::Mine)));
        assert!((measures[1].band.value.unwrap() - 0.184 * 10.0 / 0.409_412_948).abs() < 1e-12);
        assert_eq!(measures[1].unit, "kg Cu-eq/kg");
    }

    #[test]
    fn a_missing_estimate_is_assumed_shown_and_bounded_never_read_as_safest() {
        let mut world = world();
        world.governance.remove(&(country("CHN"), 2022));
        let measure = MINE.assess(&world, &query("JPN", "rare-earths", 2022)).remove(0);
        assert!((measure.band.value.unwrap() - 0.46 * (15.0 + 2.0) / 50.0).abs() < 1e-15);
        assert!((measure.band.low.unwrap() - 0.46 * 2.0 / 50.0).abs() < 1e-15);
        assert!((measure.band.high.unwrap() - 0.46 * 32.0 / 50.0).abs() < 1e-15);
        assert_eq!(measure.quality, DataQuality::Assumed);
        assert!(measure.notes.iter().any(|note| note.contains("no governance estimate for CHN")));
    }

    #[test]
    fn the_world_as_a_whole_has_no_score() {
        let measure = MINE.assess(&world(), &query("WLD", "rare-earths", 2022)).remove(0);
        assert!(measure.is_missing());
        assert!(measure.notes[0].contains("imports from nobody"), "{:?}", measure.notes);
    }

    #[test]
    fn without_output_at_the_stage_there_is_no_score() {
        let measure = REFINED.assess(&world(), &query("JPN", "rare-earths", 2022)).remove(0);
        assert!(measure.is_missing());
        assert_eq!(measure.notes, ["not enough data: production by country at stage refined"]);
    }
}
