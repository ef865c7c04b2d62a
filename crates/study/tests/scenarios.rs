//! The built-in scenarios against the built-in package: their origins are there, and their dates, actors, customs lines and
//! listed names are those of the notices that they cite.

use lode_scenario::{BUILT_IN, Scenario, Start};
use lode_study::{Day, Options, Session};

fn session() -> Session {
    let day = Day::parse("2026-11-24").unwrap();
    Session::open(&Options::built_in(day)).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn built_in_scenarios_say_what_the_notices_of_the_package_say() {
    let session = session();
    let words = lode_study::market::vocabulary(&session.world);
    let (mut notices, mut names) = (0, 0);
    for (id, text) in BUILT_IN {
        let scenario = Scenario::parse(text, id, &words).unwrap_or_else(|report| panic!("{report}"));
        for control in &scenario.controls {
            let found = session.world.controls.iter().find(|found| found.instrument == control.instrument);
            let Some(notice) = found.filter(|_| !control.instrument.is_empty()) else {
                assert!(control.instrument.is_empty(), "{id}: the package has no notice {}", control.instrument);
                continue;
            };
            notices += 1;
            let Start::On(start) = control.start else { panic!("{id}: a notice has a day") };
            assert_eq!(start.to_string(), notice.start, "{id}: {}", control.id);
            let announced = control.announced.unwrap_or(start);
            assert_eq!(announced.to_string(), notice.announced, "{id}: {}", control.id);
            assert_eq!(notice.actor.map(|actor| actor.to_string()), Some(control.exporters[0].to_string()));
            for line in &control.hs_lines {
                assert!(
                    notice.hs_lines.iter().any(|known| known == line.as_str()),
                    "{id}: {line} is not in the notice"
                );
            }
            for commodity in &control.commodities {
                let known = |held: &lode_model::CommodityId| {
                    held == commodity || (held.as_str() == "graphite" && commodity.as_str() == "natural-graphite")
                };
                assert!(notice.commodities.iter().any(known), "{id}: {commodity} is not in the notice");
            }
            for suspension in &control.suspended {
                assert_eq!(suspension.from.to_string(), notice.suspended_from, "{id}: {}", control.id);
                assert_eq!(suspension.to.map(|to| to.to_string()), Some(notice.suspended_to.clone()));
            }
            for name in &control.listed_end_users {
                let listed = session.world.listed_entities.iter().any(|listed| {
                    listed.entity == *name
                        && listed.instrument == control.instrument
                        && listed.date == start.to_string()
                });
                assert!(listed, "{id}: {name} is not on the list");
                names += 1;
            }
        }
    }
    assert_eq!((notices, names), (17, 40));
}
