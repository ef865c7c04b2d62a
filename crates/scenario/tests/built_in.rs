//! Every built-in scenario is whole, says where its numbers come from, and keeps the blind rule.

mod common;

use common::vocabulary;
use lode_scenario::{BUILT_IN, ControlKind, Date, Ending, Ground, Scenario, Start, built_in_text};

fn read(id: &str) -> Scenario {
    let text = built_in_text(id).unwrap();
    Scenario::parse(text, id, &vocabulary()).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn all_parse_under_their_own_names_in_two_languages() {
    assert_eq!(BUILT_IN.len(), 11);
    for (id, _) in BUILT_IN {
        let scenario = read(id);
        assert_eq!(scenario.id.as_str(), *id);
        assert!(!scenario.known.is_empty() && !scenario.unknown.is_empty(), "{id} says what is known and what is not");
        for statement in scenario.known.iter().chain(&scenario.unknown) {
            assert!(!statement.text_ja.is_empty() && !statement.origins.is_empty(), "{id}: {}", statement.text_en);
        }
        for text in [&scenario.name_en, &scenario.name_ja, &scenario.summary_en, &scenario.summary_ja] {
            assert!(!text.is_empty(), "{id}");
        }
        for control in &scenario.controls {
            assert!(!control.name_ja.is_empty() && (!control.origins.is_empty() || !control.source.is_empty()), "{id}");
        }
        assert_eq!(scenario.is_in_market(), *id != "japan-korea-2019", "{id}");
        assert_eq!(scenario.chains.is_empty(), *id == "japan-korea-2019", "{id}");
    }
}

/// A number without an origin and without a reason may only be one that changes nothing: the whole flow, no delay.
#[test]
fn every_number_has_an_origin_or_a_reason() {
    for (id, _) in BUILT_IN {
        for named in read(id).numbers() {
            let number = &named.number;
            match &number.ground {
                Ground::Author => assert!(number.value == 1.0 || number.value == 0.0, "{id}: {}", named.name),
                Ground::Assumed(reason) => {
                    assert!(reason.len() > 10 && number.low < number.high, "{id}: {}", named.name)
                }
                Ground::Origin(_) => {}
                Ground::Source(_) => panic!("{id}: {} names a source that is not in the package", named.name),
            }
        }
    }
}

#[test]
fn writing_and_reading_again_gives_the_same_scenario() {
    for (id, _) in BUILT_IN {
        let scenario = read(id);
        let text = scenario.to_text();
        let again = Scenario::parse(&text, id, &vocabulary()).unwrap_or_else(|report| panic!("{report}\n{text}"));
        assert_eq!(again, scenario, "{id}");
    }
}

#[test]
fn the_quota_of_2010_is_that_of_the_source_and_the_halt_lasts_sixty_one_days() {
    let scenario = read("senkaku-2010");
    let ControlKind::Quota { allowances, .. } = &scenario.controls[0].kind else { panic!() };
    let of = |year: i32| -> f64 {
        allowances.iter().filter(|allowance| allowance.from.year == year).map(|allowance| allowance.tonnes.value).sum()
    };
    assert_eq!((of(2010), of(2011), of(2012)), (30258.0, 30246.0, 30996.0));
    let halt = &scenario.controls[1];
    let (Start::On(start), Ending::On(end)) = (&halt.start, &halt.ends) else { panic!() };
    let days = end.next().months_since(scenario.start) - start.months_since(scenario.start);
    assert!((days - (10.0 / 30.0 + 1.0 + 20.0 / 30.0)).abs() < 1e-12, "{days}");
}

#[test]
fn a_case_changes_the_numbers_that_it_names_and_no_others() {
    let scenario = read("japan-ban-2026");
    let central = scenario.in_case("central").unwrap();
    assert_eq!(central, scenario);
    let changed = |id: &str| -> Vec<(String, f64)> {
        let case = scenario.in_case(id).unwrap().numbers();
        let pairs = case.into_iter().zip(scenario.numbers());
        pairs.filter(|(new, old)| new != old).map(|(new, _)| (new.name, new.number.value)).collect()
    };
    assert_eq!(
        changed("low"),
        [("civil-slow-down.severity".to_owned(), 0.2), ("civil-slow-down.ends.monthly_chance".to_owned(), 0.15)]
    );
    assert_eq!(
        changed("high"),
        [("civil-slow-down.severity".to_owned(), 0.95), ("civil-slow-down.ends.monthly_chance".to_owned(), 0.0)]
    );
    assert_eq!(scenario.in_case("medium"), None);
    let listed: usize = scenario.controls.iter().map(|control| control.listed_end_users.len()).sum();
    assert_eq!(listed, 40);
}

/// Antimony, cobalt, tungsten and bismuth are blind tests: their files state rules, not what followed.
#[test]
fn blind_files_hold_no_price_and_no_exports() {
    for id in ["antimony-2024", "cobalt-drc-2025", "tungsten-bismuth-2025"] {
        let scenario = read(id);
        let texts = scenario.known.iter().chain(&scenario.unknown).map(|statement| statement.text_en.to_lowercase());
        for text in texts {
            for word in ["price", "usd", "fell", "rose", "zero"] {
                assert!(!text.contains(word), "{id}: {text}");
            }
        }
        for control in &scenario.controls {
            assert!(matches!(control.start, Start::On(Date { year: 2024..=2025, .. })));
        }
    }
}

#[test]
fn the_template_is_a_valid_file_that_shows_every_section() {
    let text = Scenario::template();
    let scenario = Scenario::parse(text, "template", &vocabulary()).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(scenario.controls.len(), 1);
    // What is commented out must be right too.
    let all: String = text.lines().map(|line| format!("{}\n", line.strip_prefix("#: ").unwrap_or(line))).collect();
    let scenario = Scenario::parse(&all, "template", &vocabulary()).unwrap_or_else(|report| panic!("{report}"));
    assert!(scenario.outages.len() + scenario.route_closures.len() + scenario.demand_surges.len() >= 3);
    assert!(!scenario.dumping.is_empty() && !scenario.leaks.is_empty() && scenario.levers.len() >= 3);
    assert_eq!(scenario.cases.len(), 2);
    assert!(matches!(scenario.controls[1].start, Start::After { .. }));
    assert_eq!(Scenario::parse(&scenario.to_text(), "template", &vocabulary()).unwrap(), scenario);
}
