//! Published numbers reproduced from raw releases beside the project; each test says `skipped:` where they are absent.

use lode_assess::indicator::concentration::normalised_top_ten;
use lode_assess::{Basis, Economy, Query, find, outliers};
use lode_model::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(file);
    if !path.exists() {
        eprintln!("skipped: {file} is not beside the project");
        return None;
    }
    Some(path)
}

/// Rows of a CSV file as maps from heading to text.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn provenance(origin: &str) -> Provenance {
    Provenance {
        quality: DataQuality::Reported,
        as_of: "2024".into(),
        origin: OriginId::new(origin),
        note: String::new(),
    }
}

fn country(text: &str) -> Option<CountryCode> {
    CountryCode::parse(text)
}

/// The trade of rare earths under the three codes, as the extract has it.
fn rare_earth_world(path: &Path) -> World {
    let mut flows: BTreeMap<HsCode, Vec<TradeFlow>> = BTreeMap::new();
    for row in rows(path) {
        flows.entry(HsCode::parse(&row["hs92"]).unwrap()).or_default().push(TradeFlow {
            importer: country(&row["importer_iso3"]).unwrap(),
            year: row["year"].parse().unwrap(),
            exporter: country(&row["exporter_iso3"]).unwrap(),
            value: NominalUsd::new(row["value_kusd"].parse::<f64>().unwrap() * 1000.0),
            quantity: row["quantity_t"].parse().ok().map(GrossTonnes::new),
        });
    }
    let mut world = World::empty();
    let id = HsSetId::new("rare-earths");
    world.hs_sets.insert(
        id.clone(),
        HsSet {
            id,
            commodity: CommodityId::new("rare-earths"),
            codes: flows.keys().copied().collect(),
            default: true,
            name_en: String::new(),
            provenance: provenance("baci"),
        },
    );
    world.trade = TradeTable::new(provenance("baci"), flows);
    world
}

fn japan(years: std::ops::RangeInclusive<Year>, basis: Basis, partner: Option<&str>) -> Query {
    Query {
        country: Economy::country(country("JPN").unwrap()),
        commodity: CommodityId::new("rare-earths"),
        stage: None,
        partner: partner.map(|code| Economy::country(country(code).unwrap())),
        years,
        basis,
        hs_set: None,
        record: None,
    }
}

/// Japan's dependence on China for rare earths, per cent by quantity and by value, as the README of the data gives it.
const DEPENDENCE: [(Year, f64, f64); 18] = [
    (2007, 85.8, 91.2),
    (2008, 88.7, 87.5),
    (2009, 82.7, 64.4),
    (2010, 78.5, 79.6),
    (2011, 64.1, 79.1),
    (2012, 53.7, 61.8),
    (2013, 58.4, 40.4),
    (2014, 52.8, 40.3),
    (2015, 51.6, 34.5),
    (2016, 48.4, 36.6),
    (2017, 58.1, 39.2),
    (2018, 57.2, 41.9),
    (2019, 60.6, 40.9),
    (2020, 47.3, 34.2),
    (2021, 63.0, 48.5),
    (2022, 58.9, 60.0),
    (2023, 49.7, 50.6),
    (2024, 66.1, 37.8),
];

#[test]
fn japan_s_dependence_on_china_for_rare_earths_2007_to_2024() {
    let Some(path) = shared("data/baci_rare_earths_1995_2024.csv") else { return };
    let world = rare_earth_world(&path);
    let dependence = find("dependence").unwrap();
    for (basis, column) in [(Basis::Quantity, 0), (Basis::Value, 1)] {
        let measures = dependence.assess(&world, &japan(2007..=2024, basis, Some("CHN")));
        for (measure, row) in measures.iter().zip(DEPENDENCE) {
            let published = if column == 0 { row.1 } else { row.2 };
            let ours = measure.band.value.unwrap() * 100.0;
            assert!((ours - published).abs() <= 0.05 + 1e-9, "{} {}: {ours} against {published}", row.0, basis.word());
        }
    }
}

#[test]
fn the_odd_malaysian_quantity_of_2020_is_found_and_shown() {
    let Some(path) = shared("data/baci_rare_earths_1995_2024.csv") else { return };
    let world = rare_earth_world(&path);
    let measure =
        find("dependence").unwrap().assess(&world, &japan(2020..=2020, Basis::Quantity, Some("CHN"))).remove(0);
    assert!((measure.band.value.unwrap() - 0.473).abs() < 0.0005);
    // With the Malaysian flow at its neighbours' mean the share is 53.0 %; the band must reach it.
    assert!(measure.band.high.unwrap() >= 0.5295, "{:?}", measure.band);
    assert!(measure.notes.iter().any(|note| note.contains("MYS to JPN, 284690, 2020: 4069 t")), "{:?}", measure.notes);
    let found = outliers(&world, &world.trade, country("JPN").unwrap(), HsCode::parse("284610").unwrap(), 2023);
    assert!(
        found.iter().any(|outlier| outlier.exporter == country("IND").unwrap() && outlier.quantity > 3367.0),
        "{found:?}"
    );
}

#[test]
fn normalised_concentration_of_the_thirty_critical_raw_materials_of_the_eu() {
    let (Some(shares), Some(reference)) = (
        shared("methods/eu_crm2020_producer_shares_dw_crm.csv"),
        shared("methods/eu_crm2020_hhi_reference_dw_crm.csv"),
    ) else {
        return;
    };
    let mut by_material: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in rows(&shares) {
        // A rank without a producer is left empty in the table.
        by_material.entry(row["material"].clone()).or_default().extend(row["share_pct"].parse::<f64>().ok());
    }
    let mut largest_gap: f64 = 0.0;
    let mut compared = 0;
    for row in rows(&reference) {
        let Ok(published) = row["hhi_normalized"].parse::<f64>() else { continue };
        let ours = normalised_top_ten(&by_material[&row["material"]]).unwrap();
        largest_gap = largest_gap.max((ours - published).abs());
        compared += 1;
    }
    println!("normalised concentration: {compared} materials, largest gap {largest_gap:.2e}");
    assert_eq!(compared, 30);
    assert!(largest_gap <= 1.1e-6, "{largest_gap:e}");
}

/// Year, concentration, imports in t, import risk, score, price in thousand USD/t, GSP in kg Cu-eq/kg.
const GEOPOLRISK: [(Year, [f64; 6]); 7] = [
    (2018, [0.463184, 30223.2, 0.530974, 0.245939, 18.5551, 11.1462]),
    (2019, [0.454933, 27609.0, 0.522217, 0.237573, 19.0399, 11.0484]),
    (2020, [0.415021, 24132.8, 0.542356, 0.225089, 20.5029, 11.2722]),
    (2021, [0.428596, 26935.7, 0.558642, 0.239432, 23.3617, 13.6623]),
    (2022, [0.521829, 23497.2, 0.539427, 0.281488, 46.2577, 31.8041]),
    (2023, [0.453438, 26262.9, 0.527500, 0.239189, 31.0859, 18.1611]),
    (2024, [0.486155, 24149.1, 0.518060, 0.251857, 21.3468, 13.1319]),
];

#[test]
fn geopolrisk_of_japan_s_rare_earths_2018_to_2024_as_published() {
    let (Some(trade), Some(production), Some(governance)) = (
        shared("data/baci_rare_earths_1995_2024.csv"),
        shared("data/world_mining_data_2018_2024.csv"),
        shared("data/wgi_political_stability_1996_2024.csv"),
    ) else {
        return;
    };
    let mut world = rare_earth_world(&trade);
    // Country rows only: the row `Total` has no code and omits countries.
    for row in rows(&production).iter().filter(|row| row["commodity"] == "Rare Earths (REO)") {
        let Some(code) = country(&row["iso3"]) else { continue };
        world.production.push(Production {
            commodity: CommodityId::new("rare-earths"),
            stage: Stage::Mine,
            country: code,
            entity: String::new(),
            product: String::new(),
            metric: ProductionMetric::Production,
            year: row["year"].parse().unwrap(),
            preferred: true,
            quantity: Quantity { value: row["production"].parse().ok(), unit: "t".into(), ..Quantity::default() },
            provenance: provenance("world-mining-data"),
        });
    }
    for row in rows(&governance) {
        let (Ok(estimate), Some(code)) = (row["estimate"].parse(), country(&row["iso3"])) else { continue };
        let year = row["year"].parse().unwrap();
        world.governance.entry((code, year)).or_insert(Governance {
            country: code,
            year,
            estimate,
            standard_error: None,
            sources: None,
            series: GovernanceSeries::Revised,
            provenance: provenance("world-governance-indicators"),
        });
    }
    let measures = find("geopolrisk").unwrap().assess(&world, &japan(2018..=2024, Basis::Quantity, None));
    let mut largest_gap: f64 = 0.0;
    for ((year, published), pair) in GEOPOLRISK.into_iter().zip(measures.chunks(2)) {
        let [score, characterised] = pair else { panic!("two measures a year") };
        assert_eq!(score.year, Some(year));
        // The parts stand in the notes, the price in that of the characterisation factor.
        let number = |text: &str, before: &str| -> f64 {
            let (_, rest) = text.split_once(before).unwrap();
            rest.trim_start().split([' ', ',']).next().unwrap().parse().unwrap()
        };
        let parts = score.notes.iter().find(|note| note.starts_with("concentration")).unwrap();
        let price = characterised.notes.iter().find(|note| note.starts_with("price")).unwrap();
        let ours = [
            (number(parts, "concentration"), published[0], 1e-6),
            (number(parts, "import risk"), published[2], 1e-6),
            (score.band.value.unwrap(), published[3], 1e-6),
            (number(price, "price of imports"), published[4], 1e-4),
            (characterised.band.value.unwrap(), published[5], 1e-4),
        ];
        for (index, (ours, published, rounding)) in ours.into_iter().enumerate() {
            // The published table is rounded: what is beyond half its last digit is our gap.
            let gap = ((ours - published).abs() - rounding / 2.0).max(0.0) / published;
            largest_gap = largest_gap.max(gap);
            assert!(gap <= 1e-5, "{year} column {index}: {ours} against {published}");
        }
    }
    println!("GeoPolRisk of Japan's rare earths: 7 years, largest relative gap beyond rounding {largest_gap:.2e}");
}
