//! Concentration of suppliers: Herfindahl–Hirschman raw and normalised, share of the largest and of the largest three.
//!
//! Asked about a country, the suppliers are those of its imports; asked about the world, they are the producers.

use super::Indicator;
use crate::{
    Band, Card, Concentration, Direction, ESTIMATE_BAND, Measure, Method, OUTLIER_LEAST_SHARE, OUTLIER_RATIO, Query,
    suppliers,
};
use lode_model::World;

/// One of the figures of concentration.
pub struct ConcentrationFigure {
    card: &'static Card,
    figure: fn(&Concentration) -> Option<f64>,
    names_largest: bool,
}

const HIRSCHMAN: Method = Method {
    citation: "Hirschman, A. O. (1964). The Paternity of an Index. American Economic Review 54(5), 761",
    doi: "",
};
const EUROPEAN_COMMISSION: Method = Method {
    citation: "Blengini, G. A. et al. (2017). EU methodology for critical raw materials assessment. Resources Policy 53, 12-19",
    doi: "10.1016/j.resourpol.2017.05.008",
};
const ENERGY_AGENCY: Method = Method {
    citation: "International Energy Agency (2025). Global Critical Minerals Outlook 2025 (share of the three largest suppliers)",
    doi: "",
};
const READS: &[&str] = &["trade", "trade_shares", "production", "forms", "hs_sets", "gaps"];
const ASSUMPTIONS: &[&str] = &[OUTLIER_RATIO, OUTLIER_LEAST_SHARE, ESTIMATE_BAND];
const WHOSE: &str =
    "Asked about a country it is taken of imports; asked about WLD it is taken of world production at a stage.";
const UNNAMED: &str = "Suppliers that a source does not name count in the total, not as one supplier.";

const HHI: Card = Card {
    id: "hhi",
    name_en: "Herfindahl–Hirschman index",
    name_ja: "ハーフィンダール・ハーシュマン指数",
    plain: "How concentrated supply is: the sum of squared shares, 1 for a single supplier.",
    equation: "H = sum over suppliers of s^2",
    symbols: &[("s", "share of a supplier, 0 to 1"), ("H", "0 to 1; times 10,000 in competition law")],
    direction: Direction::HigherIsRiskier,
    unit: "index 0-1",
    range: (Some(0.0), Some(1.0)),
    sources: &[HIRSCHMAN],
    worked: "shares 0.5, 0.3, 0.2: H = 0.25 + 0.09 + 0.04 = 0.38",
    caveats: &[WHOSE, UNNAMED, "Two suppliers under one owner count as two."],
    reads: READS,
    assumptions: ASSUMPTIONS,
};

const HHI_NORMALISED: Card = Card {
    id: "hhi-normalised",
    name_en: "Normalised Herfindahl–Hirschman index",
    name_ja: "正規化ハーフィンダール・ハーシュマン指数",
    plain: "The index rescaled so that equal shares of all suppliers give 0.",
    equation: "H* = (H - 1/n) / (1 - 1/n)",
    symbols: &[("H", "Herfindahl–Hirschman index"), ("n", "number of suppliers"), ("H*", "0 to 1")],
    direction: Direction::HigherIsRiskier,
    unit: "index 0-1",
    range: (Some(0.0), Some(1.0)),
    sources: &[HIRSCHMAN, EUROPEAN_COMMISSION],
    worked: "shares 0.5, 0.3, 0.2: H* = (0.38 - 1/3) / (1 - 1/3) = 0.07; one supplier: 1",
    caveats: &[
        WHOSE,
        "The European Commission's published values take the ten largest producers, rescale their shares to 1 and use n = 10 for every material: \
         function normalised_top_ten.",
    ],
    reads: READS,
    assumptions: ASSUMPTIONS,
};

const TOP_1: Card = Card {
    id: "top-1",
    name_en: "Share of the largest supplier",
    name_ja: "最大供給国の割合",
    plain: "The part that comes from the largest supplier, who is named as partner.",
    equation: "T1 = max over suppliers of s",
    symbols: &[("s", "share of a supplier, 0 to 1")],
    direction: Direction::HigherIsRiskier,
    unit: "share",
    range: (Some(0.0), Some(1.0)),
    sources: &[ENERGY_AGENCY],
    worked: "shares 0.5, 0.3, 0.2: T1 = 0.5",
    caveats: &[WHOSE, UNNAMED],
    reads: READS,
    assumptions: ASSUMPTIONS,
};

const TOP_3: Card = Card {
    id: "top-3",
    name_en: "Share of the three largest suppliers",
    name_ja: "上位3か国の割合",
    plain: "The part that comes from the three largest suppliers together.",
    equation: "T3 = s1 + s2 + s3",
    symbols: &[("s1, s2, s3", "shares of the three largest suppliers, 0 to 1")],
    direction: Direction::HigherIsRiskier,
    unit: "share",
    range: (Some(0.0), Some(1.0)),
    sources: &[ENERGY_AGENCY],
    worked: "shares 0.4, 0.3, 0.2, 0.1: T3 = 0.9",
    caveats: &[WHOSE, UNNAMED],
    reads: READS,
    assumptions: ASSUMPTIONS,
};

/// Herfindahl–Hirschman.
pub const HERFINDAHL_HIRSCHMAN: ConcentrationFigure =
    ConcentrationFigure { card: &HHI, figure: Concentration::index, names_largest: false };
/// Herfindahl–Hirschman, normalised by the number of suppliers.
pub const HERFINDAHL_HIRSCHMAN_NORMALISED: ConcentrationFigure =
    ConcentrationFigure { card: &HHI_NORMALISED, figure: normalised, names_largest: false };
/// Share of the largest.
pub const LARGEST: ConcentrationFigure =
    ConcentrationFigure { card: &TOP_1, figure: |mix| mix.largest().map(|(_, share)| share), names_largest: true };
/// Share of the largest three.
pub const LARGEST_THREE: ConcentrationFigure = ConcentrationFigure {
    card: &TOP_3,
    figure: |mix| (!mix.shares.is_empty()).then(|| mix.top(3)),
    names_largest: false,
};

fn normalised(mix: &Concentration) -> Option<f64> {
    let index = mix.index()?;
    let one = 1.0 / mix.shares.len() as f64;
    Some(if mix.shares.len() == 1 { 1.0 } else { (index - one) / (1.0 - one) })
}

/// The rule that gives the European Commission's published values of 2020: the shares of up to ten producers rescaled to
/// sum to 1, and n = 10 however many there are. `None` if the shares sum to nothing.
pub fn normalised_top_ten(shares: &[f64]) -> Option<f64> {
    crate::herfindahl_hirschman(shares.iter().copied()).map(|index| (index - 0.1) / 0.9)
}

impl Indicator for ConcentrationFigure {
    fn card(&self) -> &'static Card {
        self.card
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        query.years.clone().map(|year| self.one_year(world, query, year)).collect()
    }
}

impl ConcentrationFigure {
    fn one_year(&self, world: &World, query: &Query, year: i32) -> Measure {
        let (suppliers, mut measure) = match suppliers(world, query, year, Measure::of(self.card, query, Some(year))) {
            Ok(found) => found,
            Err(missing) => return missing,
        };
        let mix = suppliers.concentration();
        measure.partner = match mix.largest().filter(|_| self.names_largest) {
            Some((country, _)) => country.to_string(),
            None => String::new(),
        };
        measure.band = if suppliers.mixed.is_empty() {
            suppliers.figure(self.figure)
        } else if mix.shares.len() == 1 {
            Band::bounds(1.0, 1.0)
        } else {
            // It is not known which flows hold the commodity.
            Band::bounds(0.0, 1.0)
        };
        measure
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use lode_model::{DataQuality, Stage};

    fn producers() -> World {
        let mut world = World::empty();
        for (code, tonnes) in [("CHN", 50.0), ("USA", 30.0), ("AUS", 20.0)] {
            production(&mut world, "rare-earths", Stage::Mine, code, 2024, tonnes);
        }
        world
    }

    fn ask(figure: &ConcentrationFigure, world: &World) -> Measure {
        figure.assess(world, &query("WLD", "rare-earths", 2024)).remove(0)
    }

    #[test]
    fn half_three_tenths_and_a_fifth() {
        let world = producers();
        let value = |figure| ask(figure, &world).band.value.unwrap();
        assert!((value(&HERFINDAHL_HIRSCHMAN) - 0.38).abs() < 1e-15);
        assert!((value(&HERFINDAHL_HIRSCHMAN_NORMALISED) - 0.07).abs() < 1e-15);
        assert_eq!(value(&LARGEST), 0.5);
        assert_eq!(value(&LARGEST_THREE), 1.0);
        assert_eq!(ask(&LARGEST, &world).partner, "CHN");
        assert_eq!(ask(&LARGEST, &world).basis, "production in t");
    }

    #[test]
    fn imports_are_the_suppliers_of_a_country() {
        let mut world = trade_world(&[
            ("284690", "JPN", 2024, "VNM", 1.0, Some(4.0)),
            ("284690", "JPN", 2024, "CHN", 1.0, Some(3.0)),
            ("284690", "JPN", 2024, "MYS", 1.0, Some(2.0)),
            ("284690", "JPN", 2024, "FRA", 1.0, Some(1.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        let three = LARGEST_THREE.assess(&world, &query("JPN", "rare-earths", 2024)).remove(0);
        assert!((three.band.value.unwrap() - 0.9).abs() < 1e-12);
    }

    #[test]
    fn a_rival_source_widens_the_band_and_unnamed_producers_count_in_the_total() {
        let mut world = producers();
        let rival = production(&mut world, "rare-earths", Stage::Mine, "USA", 2024, 50.0);
        rival.preferred = false;
        rival.provenance.origin = lode_model::OriginId::new("another");
        let band = ask(&LARGEST, &world).band;
        assert_eq!(band.value, Some(0.5));
        assert!((band.low.unwrap() - 50.0 / 120.0).abs() < 1e-12 && band.high == Some(0.5));
        production(&mut world, "rare-earths", Stage::Mine, "OTH", 2024, 100.0);
        assert_eq!(ask(&LARGEST, &world).band.value, Some(0.25));
    }

    #[test]
    fn an_estimate_is_not_taken_for_a_count() {
        let mut world = producers();
        assumption(&mut world, ESTIMATE_BAND, Some(0.5), 0.1, 0.8);
        assert_eq!(ask(&LARGEST, &world).band, Band::point(0.5));
        for record in world.production.iter_mut().filter(|record| record.country == country("CHN")) {
            record.provenance.quality = DataQuality::Estimated;
        }
        let banded = ask(&LARGEST, &world);
        assert_eq!(banded.band, Band { value: Some(0.5), low: Some(0.4), high: Some(0.6) });
        assert_eq!(banded.quality, DataQuality::Estimated);
        assert!(banded.notes[0].contains("off by up to 50 % (estimate-band)"), "{:?}", banded.notes);
    }

    #[test]
    fn sources_are_not_mixed_but_the_user_s_own_value_counts() {
        let mut world = producers();
        production(&mut world, "rare-earths", Stage::Mine, "BRA", 2024, 900.0).provenance.origin =
            lode_model::OriginId::new("another");
        assert_eq!(ask(&LARGEST, &world).band.value, Some(0.5));
        production(&mut world, "rare-earths", Stage::Mine, "VNM", 2024, 100.0).provenance.quality = DataQuality::User;
        let with_user = ask(&LARGEST, &world);
        assert_eq!((with_user.band.value, with_user.partner.as_str()), (Some(0.5), "VNM"));
        assert_eq!(with_user.quality, DataQuality::User);
    }

    #[test]
    fn withheld_output_is_named_and_a_missing_year_says_which_years_there_are() {
        let mut world = producers();
        let withheld = production(&mut world, "rare-earths", Stage::Mine, "RUS", 2024, 0.0);
        withheld.quantity.value = None;
        withheld.provenance.quality = DataQuality::Withheld;
        assert!(
            ask(&LARGEST, &world).notes.iter().any(|note| note.contains("withheld by the source and not counted: RUS"))
        );
        let missing = LARGEST.assess(&world, &query("WLD", "rare-earths", 2020)).remove(0);
        assert_eq!(missing.notes, ["not enough data: production at stage mine in 2020; this package has 2024 to 2024"]);
    }

    #[test]
    fn the_european_rule_takes_ten_producers_whatever_their_number() {
        // A single producer: H = 1, H* = 1. Ten equal ones: 0. Two equal ones: (0.5 - 0.1) / 0.9.
        assert_eq!(normalised_top_ten(&[80.0]), Some(1.0));
        assert!(normalised_top_ten(&[1.0; 10]).unwrap().abs() < 1e-15);
        assert!((normalised_top_ten(&[30.0, 30.0]).unwrap() - 4.0 / 9.0).abs() < 1e-15);
        assert_eq!(normalised_top_ten(&[]), None);
    }

    proptest::proptest! {
        #[test]
        fn the_index_lies_between_one_over_n_and_one(amounts in proptest::collection::vec(0.001..1e9_f64, 1..20)) {
            let count = amounts.len() as f64;
            let index = crate::herfindahl_hirschman(amounts.into_iter()).unwrap();
            proptest::prop_assert!(index >= 1.0 / count - 1e-12 && index <= 1.0 + 1e-12);
        }
    }
}
