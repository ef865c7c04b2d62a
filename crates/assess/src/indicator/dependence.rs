//! Dependence: the share of one partner in what an economy imports.

use super::Indicator;
use crate::{Basis, Card, Direction, Economy, Measure, Method, OUTLIER_LEAST_SHARE, OUTLIER_RATIO, Query, suppliers};
use lode_model::{CountryCode, World};

/// The indicator; its method card says what it is.
pub struct Dependence;

const CARD: Card = Card {
    id: "dependence",
    name_en: "Dependence share",
    name_ja: "依存度",
    plain: "The part of an economy's imports of a commodity that comes from one partner, by weight or by value.",
    equation: "D = sum over codes of m(partner) / sum over codes and partners of m",
    symbols: &[
        ("m", "imports from a partner under a customs code in a year; gross tonnes or nominal USD"),
        ("D", "share, 0 to 1"),
    ],
    direction: Direction::HigherIsRiskier,
    unit: "share",
    range: (Some(0.0), Some(1.0)),
    sources: &[Method {
        citation: "Gaulier, G., Zignago, S. (2010). BACI: International Trade Database at the Product-Level. CEPII Working Paper 2010-23 (the trade record)",
        doi: "10.2139/ssrn.1994500",
    }],
    worked: "imports of 6, 3 and 1 t from A, B and C under two codes: D(A) = 6/10 = 0.6; with values of 30, 60 and 10: D(A) = 0.3",
    caveats: &[
        "The package's record is reconciled by its compiler from the importer's and the exporters' declarations. With declarations of your own (--trade) each side is asked by itself; where a side is silent the reconciled record stands in, and the answer names for whom.",
        "Weights add metals, oxides and salts as if they were one thing; values follow prices. Neither is the truth alone.",
        "The country of export is not always the country of origin.",
        "Where a customs code bundles several commodities there are bounds and no value.",
        "Asked about WLD it is the partner's share of world production at a stage: the world imports from nobody.",
        "A quantity far above its neighbours is kept as recorded; the band shows the share without it.",
    ],
    reads: &["trade", "trade_shares", "forms", "hs_sets", "gaps"],
    assumptions: &[OUTLIER_RATIO, OUTLIER_LEAST_SHARE],
};

impl Indicator for Dependence {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn assess(&self, world: &World, query: &Query) -> Vec<Measure> {
        query.years.clone().map(|year| one_year(world, query, year)).collect()
    }
}

fn one_year(world: &World, query: &Query, year: i32) -> Measure {
    let measure = Measure::of(&CARD, query, Some(year));
    let (suppliers, mut measure) = match suppliers(world, query, year, measure) {
        Ok(found) => found,
        Err(missing) => return missing,
    };
    let largest = suppliers.concentration().largest().map(|(country, _)| country);
    let partner = query.partner.clone().or_else(|| largest.map(Economy::country));
    let Some(partner) = partner else { return measure.not_enough_data("a supplier with a share") };
    measure.partner.clone_from(&partner.name);
    measure.band = suppliers.share_of(|country: CountryCode| partner.contains(country));
    // Which supplier is the largest is itself unknown under a mixed code: the bounds are those of the basket's largest.
    if !suppliers.mixed.is_empty() && query.partner.is_none() {
        measure.note("the partner is the largest supplier of the whole customs code");
    }
    if query.basis == Basis::Value && suppliers.mixed.is_empty() {
        measure.note("by value: a price rise alone moves it");
    }
    measure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use lode_model::*;

    fn world() -> World {
        let mut world = trade_world(&[
            // code, importer, year, exporter, thousand USD, tonnes
            ("284610", "JPN", 2020, "CHN", 20.0, Some(4.0)),
            ("284690", "JPN", 2020, "CHN", 10.0, Some(2.0)),
            ("284690", "JPN", 2020, "VNM", 60.0, Some(3.0)),
            ("280530", "JPN", 2020, "MYS", 10.0, Some(1.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["280530", "284610", "284690"]);
        world
    }

    fn ask(world: &World, query: &Query) -> Measure {
        Dependence.assess(world, query).remove(0)
    }

    #[test]
    fn six_of_ten_tonnes_and_thirty_of_a_hundred_dollars() {
        let world = world();
        let by_weight = ask(&world, &query("JPN", "rare-earths", 2020));
        assert_eq!(by_weight.partner, "CHN");
        assert!((by_weight.band.value.unwrap() - 0.6).abs() < 1e-15);
        let by_value = ask(
            &world,
            &Query { basis: Basis::Value, partner: Some(economy("CHN")), ..query("JPN", "rare-earths", 2020) },
        );
        assert!((by_value.band.value.unwrap() - 0.3).abs() < 1e-15);
        assert_eq!(by_value.basis, "value rare-earths");
        assert_eq!(by_value.origins.iter().map(|origin| origin.as_str()).collect::<Vec<_>>(), ["constructed"]);
    }

    #[test]
    fn a_partner_who_sells_nothing_has_a_share_of_zero_and_no_record_is_not_zero() {
        let world = world();
        let nobody = ask(&world, &Query { partner: Some(economy("AUS")), ..query("JPN", "rare-earths", 2020) });
        assert_eq!(nobody.band.value, Some(0.0));
        let missing = ask(&world, &query("JPN", "rare-earths", 2019));
        assert!(
            missing.is_missing() && missing.notes[0].starts_with("not enough data: imports under rare-earths in 2019"),
            "{missing:?}"
        );
        let unknown = ask(&world, &query("JPN", "gallium", 2020));
        assert!(unknown.notes[0].starts_with("not enough data: customs codes"), "{unknown:?}");
    }

    #[test]
    fn an_odd_quantity_is_shown_and_bounded_but_not_mended() {
        let mut flows = Vec::new();
        for (year, tonnes) in [(2019, 1566.0), (2020, 4069.0), (2021, 1402.0)] {
            flows.push(("284690", "JPN", year, "MYS", 100.0, Some(tonnes)));
            flows.push(("284690", "JPN", year, "CHN", 100.0, Some(4000.0)));
        }
        let mut world = trade_world(&flows);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        let odd = ask(&world, &Query { partner: Some(economy("CHN")), ..query("JPN", "rare-earths", 2020) });
        assert!((odd.band.value.unwrap() - 4000.0 / 8069.0).abs() < 1e-12);
        assert!((odd.band.high.unwrap() - 4000.0 / 5484.0).abs() < 1e-12);
        assert!(
            odd.notes[0].contains("4069 t, against 1566 t the year before and 1402 t the year after"),
            "{:?}",
            odd.notes
        );
        let calm = ask(&world, &Query { partner: Some(economy("CHN")), ..query("JPN", "rare-earths", 2021) });
        assert_eq!(calm.band.low, calm.band.high);
    }

    #[test]
    fn each_side_is_asked_by_its_own_record_and_silence_is_not_zero() {
        let mut world = world();
        // Japan declares half of what the reconciled record has from Viet Nam; China declares twice what it has.
        let code = lode_model::HsCode::parse("284690").unwrap();
        let declare = |exporter: &str, value: f64, tonnes: f64| TradeFlow {
            importer: country("JPN"),
            year: 2020,
            exporter: country(exporter),
            value: NominalUsd::new(value),
            quantity: Some(GrossTonnes::new(tonnes)),
        };
        let declared = |flows: Vec<TradeFlow>, declarants: &[&str]| Declared {
            flows: TradeTable::new(provenance(), [(code, flows)].into()),
            declarants: declarants.iter().map(|name| (code, 2020, country(name))).collect(),
            notes: [(2020, ["months are missing".to_owned()].into())].into(),
        };
        world
            .declared
            .insert(Role::Importer, declared(vec![declare("CHN", 1.0, 2.0), declare("VNM", 1.0, 1.5)], &["JPN"]));
        world.declared.insert(Role::Exporter, declared(vec![declare("CHN", 1.0, 4.0)], &["CHN"]));
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        let ask = |record: Option<Role>, year: i32| {
            ask(&world, &Query { partner: Some(economy("CHN")), record, ..query("JPN", "rare-earths", year) })
        };
        let own = ask(None, 2020);
        assert_eq!((own.band.value, own.basis.as_str()), (Some(2.0 / 5.0), "quantity rare-earths"));
        let importer = ask(Some(Role::Importer), 2020);
        assert_eq!(importer.band.value, Some(2.0 / 3.5));
        assert_eq!(importer.basis, "quantity rare-earths, importer's record");
        assert!(importer.notes.contains(&"months are missing".to_owned()), "{importer:?}");
        // Viet Nam declares nothing: its 3 t of the reconciled record stand in.
        let mirror = ask(Some(Role::Exporter), 2020);
        assert_eq!(mirror.band.value, Some(4.0 / 7.0));
        assert!(mirror.notes.iter().any(|note| note.ends_with("the reconciled record stands in: VNM")), "{mirror:?}");
        // Where nobody declares there is no number.
        let missing = ask(Some(Role::Exporter), 2019);
        assert!(missing.is_missing() && missing.notes[0].contains("--trade FILE"), "{missing:?}");
    }

    #[test]
    fn flows_without_a_quantity_widen_the_band() {
        let mut world = trade_world(&[
            ("284690", "JPN", 2020, "CHN", 100.0, Some(50.0)),
            ("284690", "JPN", 2020, "VNM", 100.0, Some(50.0)),
            ("284690", "JPN", 2020, "MYS", 100.0, None),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        let band = ask(&world, &Query { partner: Some(economy("CHN")), ..query("JPN", "rare-earths", 2020) }).band;
        assert_eq!((band.value, band.high), (Some(0.5), Some(0.5)));
        assert!((band.low.unwrap() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_code_that_bundles_elements_gives_bounds_and_the_reason() {
        let mut world = world();
        form(&mut world, "dysprosium", Stage::Refined, "284690", true, &["dysprosium", "neodymium"]);
        let mut query = query("JPN", "dysprosium", 2020);
        query.stage = Some(Stage::Refined);
        let bounded = ask(&world, &query);
        assert_eq!(bounded.band, crate::Band::bounds(0.0, 1.0));
        assert!(bounded.notes.iter().any(|note| note.contains("bundles dysprosium, neodymium")), "{:?}", bounded.notes);
        // Who sells nothing under the code sells none of the element either.
        query.partner = Some(economy("AUS"));
        assert_eq!(ask(&world, &query).band, crate::Band::bounds(0.0, 0.0));
    }

    #[test]
    fn a_group_does_not_import_from_itself() {
        let mut world = trade_world(&[
            ("284690", "DEU", 2020, "FRA", 10.0, Some(90.0)),
            ("284690", "DEU", 2020, "CHN", 10.0, Some(30.0)),
            ("284690", "FRA", 2020, "USA", 10.0, Some(10.0)),
        ]);
        hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
        let mut query = query("DEU", "rare-earths", 2020);
        query.country = Economy {
            name: "EU".into(),
            members: economy("DEU").members.into_iter().chain(economy("FRA").members).collect(),
        };
        query.partner = Some(economy("CHN"));
        assert_eq!(ask(&world, &query).band.value, Some(0.75));
    }

    #[test]
    fn another_set_of_codes_is_another_definition() {
        let mut world = world();
        hs_set(&mut world, "cerium-compounds", "rare-earths", &["284610"]);
        let mut query = query("JPN", "rare-earths", 2020);
        query.hs_set = Some(HsSetId::new("cerium-compounds"));
        assert_eq!(ask(&world, &query).band.value, Some(1.0));
        assert_eq!(query.commodity, CommodityId::new("rare-earths"));
    }

    proptest::proptest! {
        #[test]
        fn more_from_the_partner_is_more_dependence_and_the_band_holds_the_value(a in 1.0..1e6, b in 0.0..1e6, more in 0.1..1e6) {
            let share = |own: f64| {
                let mut world = trade_world(&[("284690", "JPN", 2020, "CHN", 1.0, Some(own)), ("284690", "JPN", 2020, "VNM", 1.0, Some(b + 1.0))]);
                hs_set(&mut world, "rare-earths", "rare-earths", &["284690"]);
                ask(&world, &Query { partner: Some(economy("CHN")), ..query("JPN", "rare-earths", 2020) }).band
            };
            let (less, more) = (share(a), share(a + more));
            proptest::prop_assert!(less.value < more.value);
            proptest::prop_assert!(more.low <= more.value && more.value <= more.high);
        }
    }
}
