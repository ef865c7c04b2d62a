//! The built-in package as every copy of Lode carries it.

use lode_assess::{Basis, Economy, Query, all};
use lode_model::{Production, ProductionMetric, Stage};
use lode_study::claims::{Verdict, test};
use lode_study::{Cell, Day, Options, Section, Session, Text, desk, economy, profile};
use std::collections::BTreeMap;

fn session() -> Session {
    session_on("2026-11-24")
}

fn session_on(day: &str) -> Session {
    let day = Day::parse(day).unwrap();
    Session::open(&Options::built_in(day)).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn every_country_and_group_has_a_desk_and_a_profile() {
    let session = session();
    let groups = ["EU27", "Quad", "G7"].map(|name| economy(&session.world, name, 2026).unwrap());
    let countries = session.world.countries.keys().map(|code| Economy::country(*code));
    let mut with_imports = 0;
    for country in countries.chain(groups) {
        let answer = desk::desk(&session, &country, Basis::Quantity);
        with_imports += usize::from(answer.rows.rows.len() > 60);
        assert!(!profile::profile(&session, &country).sections.is_empty(), "{}", country.name);
    }
    assert!(with_imports > 150, "{with_imports}");
}

#[test]
fn every_indicator_answers_for_every_commodity_with_a_value_inside_its_band() {
    let session = session();
    let japan = economy(&session.world, "JPN", 2026).unwrap();
    let mut values = 0;
    for commodity in session.world.commodities.keys() {
        for indicator in all() {
            for basis in [Basis::Quantity, Basis::Value] {
                let query = Query {
                    country: japan.clone(),
                    commodity: commodity.clone(),
                    stage: None,
                    partner: None,
                    years: 2019..=2025,
                    basis,
                    hs_set: None,
                    record: None,
                };
                for measure in indicator.assess(&session.world, &query) {
                    let name = format!("{} {} {:?}", measure.indicator, commodity.as_str(), measure.year);
                    if let Some(value) = measure.band.value {
                        values += 1;
                        assert!(value.is_finite(), "{name}");
                        assert!(
                            measure.band.low.is_none_or(|low| low <= value)
                                && measure.band.high.is_none_or(|high| high >= value),
                            "{name}: {:?}",
                            measure.band
                        );
                        assert!(!measure.origins.is_empty(), "{name} has no origin");
                    } else if measure.is_missing() {
                        assert!(
                            measure.notes.iter().any(|note| note.starts_with("not enough data: ")),
                            "{name} does not say what is missing"
                        );
                    }
                }
            }
        }
    }
    assert!(values > 2000, "{values}");
}

#[test]
fn the_ledger_comes_out_as_the_validation_page_says() {
    let session = session();
    let tested = test(&session, None).unwrap();
    let verdict = |id: &str| tested.iter().find(|claim| claim.claim.id == id).unwrap();
    assert_eq!(verdict("meti-2020").verdict, Verdict::NotReproduced);
    assert!(verdict("meti-2020").reason.contains("Within the band, not at its centre"));
    assert!(
        verdict("meti-2020")
            .findings
            .iter()
            .any(|finding| finding.notes.iter().any(|note| note.contains("Malaysia to Japan, 284690, 2020: 4069 t")))
    );
    assert_eq!(verdict("over-half-2010").verdict, Verdict::Reproduced);
    assert_eq!(verdict("ban-date-2025").verdict, Verdict::NotReproduced);
    assert_eq!(verdict("ban-date-2025").findings[0].text, "2026-01-06");
    assert_eq!(verdict("nearly-100-in-2010").verdict, Verdict::NotReproduced);
    assert_eq!(verdict("customs-2024-first-half").verdict, Verdict::NotTestable);
    let count = |wanted| tested.iter().filter(|claim| claim.verdict == wanted).count();
    let counts =
        [Verdict::Reproduced, Verdict::ReproducedOnlyUnder, Verdict::NotReproduced, Verdict::NotTestable].map(count);
    assert_eq!(counts, [17, 12, 12, 6], "say it in docs/src/validation.md too");
    assert_eq!(counts.iter().sum::<usize>(), tested.len());
}

/// The suspensions of November 2025 have last days of their own, and no source says what followed.
#[test]
fn the_suspended_controls_of_china_are_told_to_the_day() {
    let screen = |day: &str, country: &str| {
        let session = session_on(day);
        let country = economy(&session.world, country, 2026).unwrap();
        let answer = desk::desk(&session, &country, Basis::Quantity);
        let restricted: BTreeMap<String, String> = answer
            .sections
            .iter()
            .filter_map(|section| if let Section::Table { rows, .. } = section { Some(rows) } else { None })
            .flatten()
            .map(|row| (row[0].text.trim().to_owned(), row.last().unwrap().text.replace(Text::TIE, " ")))
            .collect();
        let lists = answer.sections.iter().filter_map(|section| match section {
            Section::List { title, lines } if title == "What changed" => Some(lines.join("\n")),
            _ => None,
        });
        (restricted, lists.collect::<String>())
    };
    let six = "Suspension of the six notices of 9 October 2025 (MOFCOM-GACC 2025 No.70)";
    let (restricted, changed) = screen("2026-11-10", "JPN");
    assert_eq!(restricted["Lithium"], "CHN (licence* 2025)");
    assert!(changed.contains(&format!("due 2026-11-10  {six}: runs out; no source says what follows")), "{changed}");
    let (restricted, changed) = screen("2026-11-11", "JPN");
    assert_eq!(restricted["Lithium"], "CHN licence* 2025?");
    assert!(changed.contains(&format!("\n2026-11-10  {six}: ran out; no source says what followed")), "{changed}");
    // A notice on graphite or magnets is told where the commodity stands, not only at its group.
    assert!(restricted["Natural graphite"].starts_with("CHN ban* 2026"), "{}", restricted["Natural graphite"]);
    assert!(restricted["Permanent magnets"].starts_with("CHN ban* 2026"), "{}", restricted["Permanent magnets"]);
    // The ban of 6 January 2026 is for military users and uses; it is not suspended.
    assert!(restricted["Gallium"].starts_with("CHN ban* 2026"), "{}", restricted["Gallium"]);

    let ban = "Suspension of the ban on gallium, germanium, antimony and superhard materials to the United States (MOFCOM 2025 No.72)";
    let (_, changed) = screen("2026-11-27", "USA");
    assert!(changed.contains(&format!("due 2026-11-27  {ban}: runs out; no source says what follows")), "{changed}");
    let (restricted, changed) = screen("2026-11-28", "USA");
    assert!(changed.contains(&format!("2026-11-27  {ban}: ran out; no source says what followed")), "{changed}");
    assert!(restricted["Gallium"].starts_with("CHN ban* 2024"), "{}", restricted["Gallium"]);
}

/// Taiwan's trade stands under the record of Other Asia: asked by name it has it, and the answer says so.
#[test]
fn taiwan_has_the_trade_of_the_record_that_holds_it() {
    let session = session();
    let world = &session.world;
    let [taiwan, other_asia] = ["台湾", "S19"].map(|name| economy(world, name, 2026).unwrap());
    let ask = |country: &Economy| {
        let query = Query {
            country: country.clone(),
            commodity: lode_study::commodity(world, "rare-earths").unwrap(),
            stage: None,
            partner: None,
            years: 2024..=2024,
            basis: Basis::Quantity,
            hs_set: None,
            record: None,
        };
        lode_study::measures::assess(&session, &[lode_assess::find("dependence").unwrap()], &query)
    };
    let (named, coded) = (ask(&taiwan), ask(&other_asia));
    assert_eq!(named.rows.rows[0][6], coded.rows.rows[0][6]);
    assert_eq!(named.rows.rows[0][1], Cell::Text("TWN".into()));
    assert!(named.remarks.iter().any(|remark| remark.contains("mostly Taiwan but not only")), "{:?}", named.remarks);
    assert!(!coded.remarks.iter().any(|remark| remark.contains("Taiwan")));
}

/// A number that nobody looked at while this was built, computed once in plain Python (`validation/blind/check.py`).
#[test]
fn the_blind_check() {
    let session = session();
    let text = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../validation/blind/expected.csv"),
    )
    .unwrap();
    let mut compared = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [importer, commodity, year, basis, partner, share, index] = cells[..] else { panic!("{line}") };
        let query = Query {
            country: economy(&session.world, importer, 2026).unwrap(),
            commodity: lode_study::commodity(&session.world, commodity).unwrap(),
            stage: None,
            partner: None,
            years: year.parse().unwrap()..=year.parse().unwrap(),
            basis: if basis == "quantity" { Basis::Quantity } else { Basis::Value },
            hs_set: None,
            record: None,
        };
        let ask = |id: &str| lode_assess::find(id).unwrap().assess(&session.world, &query).remove(0);
        let dependence = ask("dependence");
        assert_eq!(dependence.partner, partner, "{line}");
        assert!(
            (dependence.band.value.unwrap() - share.parse::<f64>().unwrap()).abs() < 1e-6,
            "{line}: {:?}",
            dependence.band
        );
        assert!((ask("hhi").band.value.unwrap() - index.parse::<f64>().unwrap()).abs() < 1e-6, "{line}");
        compared += 1;
    }
    assert!(compared >= 8);
}

/// The two releases of the Mineral Commodity Summaries print some thousands of tonnes as tonnes; so may others to come.
#[test]
fn reserves_last_longer_than_a_year_and_no_country_leaps_a_thousandfold() {
    let session = session();
    let world = &session.world;
    let mined = |production: &&Production| {
        production.stage == Stage::Mine
            && production.preferred
            && production.entity.is_empty()
            && production.metric == ProductionMetric::Production
    };
    let mut compared = 0;
    for reserve in world.reserves.iter().filter(|reserve| reserve.preferred) {
        let Some(tonnes) = reserve.quantity.value.filter(|tonnes| *tonnes > 0.0) else { continue };
        let outputs = world.production.iter().filter(mined).filter(|production| {
            (&production.commodity, production.country) == (&reserve.commodity, reserve.country)
                && production.quantity.basis == reserve.quantity.basis
        });
        for output in outputs.filter_map(|production| production.quantity.value) {
            compared += 1;
            let years = tonnes / output;
            // Thailand mined 4,800 t in 2025; the reserves of 2024 are 4,500 t.
            let least = if reserve.country.as_str() == "THA" { 0.9 } else { 1.0 };
            assert!(years > least, "{} of {}: {years} years", reserve.commodity.as_str(), reserve.country);
        }
    }
    assert!(compared > 500, "{compared}");

    let mut series: BTreeMap<_, BTreeMap<_, f64>> = BTreeMap::new();
    for production in world.production.iter().filter(|production| production.preferred) {
        let quantity = &production.quantity;
        if let Some(value) = quantity.value.filter(|value| *value > 0.0) {
            let what = (production.commodity.as_str(), production.stage, production.country);
            let how = (&production.entity, &production.product, production.metric, &quantity.basis);
            series.entry((what, how)).or_default().insert(production.year, value);
        }
    }
    for (key, values) in &series {
        let (least, most) = values.values().fold((f64::MAX, 0.0_f64), |(a, b), value| (a.min(*value), b.max(*value)));
        assert!(most / least < 1000.0, "{key:?}: {values:?}");
    }
}
