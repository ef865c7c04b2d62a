//! Generated scenarios: one for each form and importer, and each is a valid file.

mod common;

use common::vocabulary;
use lode_model::{FormId, OriginId};
use lode_scenario::stress::{Reach, Settings, Supply, generate};
use lode_scenario::{ControlKind, Month, PlaceId, Places, Scenario};

fn supply(form: &str, importer: &str, supplier: &str, share: f64) -> Supply {
    Supply {
        form: FormId::new(form),
        importer: PlaceId::new(importer),
        supplier: PlaceId::new(supplier),
        share,
        origins: vec![OriginId::new("baci")],
    }
}

fn settings(reach: Reach) -> Settings {
    Settings { start: Month::parse("2025-01").unwrap(), base_year: 2024, months: 12, horizon_months: 36, reach }
}

#[test]
fn the_largest_supplier_stops_and_the_id_says_of_what_to_whom() {
    let supplies = [
        supply("gallium", "JPN", "USA", 0.2),
        supply("gallium", "JPN", "CHN", 0.7),
        supply("gallium", "JPN", "KOR", 0.1),
        supply("gallium", "USA", "CHN", 0.5),
        supply("gallium", "USA", "JPN", 0.5),
        supply("gallium", "CHN", "CHN", 1.0),
        supply("nickel-ore", "JPN", "IDN", 0.0),
        supply("antimony-concentrate", "JPN", "AUS", 1.0),
    ];
    let scenarios = generate(&supplies, &vocabulary(), &settings(Reach::Importer));
    let ids: Vec<&str> = scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    assert_eq!(
        ids,
        ["stress-gallium-refined-JPN", "stress-gallium-refined-USA", "stress-antimony-concentrate-mine-JPN"]
    );
    let stop = &scenarios[0].controls[0];
    assert_eq!(stop.exporters, [PlaceId::new("CHN")]);
    assert_eq!(stop.destinations, Places::Only(vec![PlaceId::new("JPN")]));
    assert_eq!(scenarios[0].name_en, "gallium: China stops supplying Japan for 12 months");
    assert_eq!(scenarios[1].controls[0].exporters, [PlaceId::new("CHN")], "equal shares go by id");
    let ControlKind::Ban { severity } = &stop.kind else { panic!() };
    assert_eq!((severity.low, severity.high), (1.0, 1.0));
}

#[test]
fn every_generated_scenario_is_a_valid_file_with_an_id_of_its_own() {
    let words = vocabulary();
    let importers: Vec<&str> = words.places.iter().map(|place| place.id.as_str()).filter(|id| *id != "CHN").collect();
    let supplies: Vec<Supply> = words
        .forms
        .iter()
        .flat_map(|form| importers.iter().map(|importer| supply(&form.word.id, importer, "CHN", 0.6)))
        .collect();
    let mut all = generate(&supplies, &words, &settings(Reach::Importer));
    all.extend(generate(&supplies, &words, &settings(Reach::Everybody)));
    assert_eq!(all.len(), 2 * words.forms.len() * importers.len());
    let mut ids: Vec<String> = all.iter().map(|scenario| scenario.id.to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    for scenario in &all {
        let again = Scenario::parse(&scenario.to_text(), "stress", &words).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(&again, scenario);
    }
}
