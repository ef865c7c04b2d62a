//! Each side's declarations beside the reconciled record, on real files.

use lode_assess::{Basis, Economy, Query, find};
use lode_catalogue::TradeFiles;
use lode_model::{CommodityId, CountryCode, Role};
use lode_study::{Day, Options, Session};
use std::path::Path;

const MAPPING: &str = r#"
about = "Exports of China to Japan as China declared them"
role = "exporter"
countries = "iso3"
[columns]
period = "period"
importer = "importer"
code = "hs6"
value = "value_usd"
quantity = "net_weight_kg"
[units]
value = "USD"
quantity = "kg"
[constants]
exporter = "CHN"
"#;

/// Numbers computed once in plain Python from the same two files.
#[test]
fn the_mirror_of_natural_graphite_from_china_to_japan() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let source = shared.join("china_monthly_exports_hs6_ga_graphite_by_partner_2017_2024.csv");
    let Ok(text) = std::fs::read_to_string(&source) else {
        println!("skipped: China's declared exports of graphite: no {}", source.display());
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut flows = String::from("period,importer,hs6,value_usd,net_weight_kg\n");
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[1] == "Japan" {
            flows.push_str(&format!("{},JPN,{},{},{}\n", &cells[0][..7], cells[2], cells[3], cells[4]));
        }
    }
    let (file, mapping) = (folder.path().join("exports.csv"), folder.path().join("mapping.toml"));
    std::fs::write(&file, flows).unwrap();
    std::fs::write(&mapping, MAPPING).unwrap();
    let trade = TradeFiles { files: vec![file], mapping: Some(mapping), countries: None };
    let options = Options { trade, ..Options::built_in(Day::parse("2026-11-26").unwrap()) };
    let session = Session::open(&options).unwrap_or_else(|report| panic!("{report}"));
    let country = |code: &str| Economy::country(CountryCode::parse(code).unwrap());
    for (year, reconciled, mirror) in
        [(2019, 0.876_217, 0.870_577), (2022, 0.888_633, 0.875_622), (2024, 0.890_334, 0.888_203)]
    {
        for (record, expected) in [(None, reconciled), (Some(Role::Exporter), mirror)] {
            let query = Query {
                country: country("JPN"),
                commodity: CommodityId::new("natural-graphite"),
                stage: None,
                partner: Some(country("CHN")),
                years: year..=year,
                basis: Basis::Quantity,
                hs_set: None,
                record,
            };
            let found = find("dependence").unwrap().assess(&session.world, &query).remove(0);
            assert!((found.band.value.unwrap() - expected).abs() < 1e-6, "{year} {record:?}: {found:?}");
        }
    }
}
