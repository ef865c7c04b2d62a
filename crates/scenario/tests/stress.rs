//! Generated scenarios: one for each supply and reach, and each is a valid file.

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
fn the_id_says_what_stops_and_between_whom() {
    let scenario = |form, importer, supplier, share| {
        generate(&supply(form, importer, supplier, share), &vocabulary(), &settings(Reach::Importer))
    };
    let stopped = scenario("gallium", "JPN", "CHN", 0.7).unwrap();
    assert_eq!(stopped.id.as_str(), "stress-gallium-refined-CHN-JPN");
    let stop = &stopped.controls[0];
    assert_eq!(stop.exporters, [PlaceId::new("CHN")]);
    assert_eq!(stop.destinations, Places::Only(vec![PlaceId::new("JPN")]));
    assert_eq!(stopped.name_en, "gallium: China stops supplying Japan for 12 months");
    let ControlKind::Ban { severity } = &stop.kind else { panic!() };
    assert_eq!((severity.low, severity.high), (1.0, 1.0));
    // Nobody imports from itself, or nothing at all, or what no market has.
    assert_eq!(scenario("gallium", "CHN", "CHN", 1.0), None);
    assert_eq!(scenario("nickel-ore", "JPN", "IDN", 0.0), None);
    assert_eq!(scenario("unobtainium", "JPN", "CHN", 1.0), None);
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
    let all: Vec<Scenario> = [Reach::Importer, Reach::Everybody]
        .into_iter()
        .flat_map(|reach| supplies.iter().filter_map(move |supply| generate(supply, &vocabulary(), &settings(reach))))
        .collect();
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
