//! The assumptions of the market model stand in three places, which are one: the code, the curated list and the package.

use lode_simulate::Parameters;
use lode_study::{Day, Options, Session};

#[test]
fn parameters_are_the_same_in_code_list_and_package() {
    let list = include_str!("../../../data/sources/assumptions.csv");
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let day = Day::parse("2026-11-25").unwrap();
    let session = Session::open(&Options::built_in(day)).unwrap();
    let of_market = |id: &str| id.starts_with("market.");
    let listed = rows.iter().filter(|row| of_market(&row[0])).count();
    let packed = session.world.assumptions.keys().filter(|id| of_market(id.as_str())).count();
    assert_eq!((listed, packed), (Parameters::ASSUMED.len(), Parameters::ASSUMED.len()));
    for assumed in Parameters::ASSUMED {
        let id = format!("market.{}", assumed.name.replace('_', "-"));
        let row = rows.iter().find(|row| row[0] == id).unwrap_or_else(|| panic!("{id} is not in the list"));
        let numbers: Vec<f64> = (3..6).map(|cell| row[cell].parse().unwrap()).collect();
        assert_eq!(numbers, [assumed.value, assumed.low, assumed.high], "{id}");
        assert_eq!(&row[2], assumed.reason, "{id}");
        let quantity = &session.world.assumptions[id.as_str()].quantity;
        assert_eq!(
            (quantity.value, quantity.low, quantity.high),
            (Some(assumed.value), Some(assumed.low), Some(assumed.high)),
            "{id} of the package: run `make package`"
        );
    }
}
