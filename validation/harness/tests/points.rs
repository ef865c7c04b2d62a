//! `points.csv` holds every fact of the three collections, and its arithmetic is right.

use lode_validation::period::Period;
use lode_validation::points::{self, Kind, Point, Role};
use std::collections::{BTreeMap, BTreeSet};

const FACTS: [(&str, &str); 3] = [
    ("a", "backtest_a_2010_2012.csv"),
    ("b", "backtest_b_gallium_germanium_2023.csv"),
    ("c", "backtest_c_heavy_ree_2025.csv"),
];

fn read() -> Vec<Point> {
    points::read(&lode_validation::folder().join("points.csv")).unwrap()
}

fn cells(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let row =
        |record: csv::StringRecord| headings.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn every_fact_has_a_role_and_none_was_changed() {
    let table = cells(&std::fs::read_to_string(lode_validation::folder().join("points.csv")).unwrap());
    let facts = lode_validation::folder().join("../../shared/facts");
    if !facts.exists() {
        println!("skipped: the facts beside the project are absent");
        return;
    }
    let mut points = table.iter();
    for (letter, file) in FACTS {
        let facts = cells(&std::fs::read_to_string(facts.join(file)).unwrap());
        for (index, fact) in facts.iter().enumerate() {
            let point = points.next().unwrap();
            assert_eq!(point["point"], format!("{letter}-{}", index + 2));
            for (column, of_fact) in [
                ("series", "series"),
                ("fact_period", "period"),
                ("fact_market", "market"),
                ("fact_commodity", "commodity"),
                ("unit", "unit"),
                ("source_title", "source_title"),
                ("source_url", "source_url"),
                ("confidence", "confidence"),
            ] {
                assert_eq!(point[column], fact[of_fact], "{}", point["point"]);
            }
            let value = if fact["value_num"].is_empty() { &fact["value"] } else { &fact["value_num"] };
            assert_eq!(point["value"], *value, "{}", point["point"]);
        }
    }
    assert!(points.next().is_none());
}

#[test]
fn roles_are_as_counted_when_they_were_fixed() {
    let points = read();
    let count = |episode: &str, role: Role| {
        points.iter().filter(|point| point.episode() == episode && point.role == role).count()
    };
    let roles = [Role::Input, Role::Outcome, Role::Duplicate, Role::Outside];
    let counts = ["a", "b", "c"].map(|episode| roles.map(|role| count(episode, role)));
    assert_eq!(counts, [[14, 42, 21, 9], [37, 5, 6, 5], [17, 53, 30, 36]]);
    let ids: BTreeSet<&str> = points.iter().map(|point| point.id.as_str()).collect();
    assert_eq!(ids.len(), 275);
    for point in &points {
        assert!(point.role == Role::Outcome || !point.reason.is_empty(), "{} has no reason", point.id);
    }
}

#[test]
fn what_is_compared_is_the_fact_over_its_base() {
    let points = read();
    let table = cells(&std::fs::read_to_string(lode_validation::folder().join("points.csv")).unwrap());
    for (point, row) in points.iter().zip(&table) {
        let Some(quantity) = &point.quantity else { continue };
        let number = |column: &str| row[column].parse::<f64>().ok();
        let compared = number("compared").unwrap();
        let observed = number("base_value").map_or(compared, |base| compared / base);
        assert!((observed - quantity.observed).abs() <= 1e-5 * observed.abs(), "{}: {observed}", point.id);
        if let Some(no_change) = quantity.no_change.filter(|_| quantity.base_period.is_some()) {
            assert_eq!(no_change, 1.0, "{}", point.id);
        }
        // Where no reason says how it was derived, it is the fact itself, of amounts the mean month.
        if point.reason.is_empty() {
            let months = match quantity.kind {
                Kind::Export | Kind::Import => quantity.period.months().len(),
                _ => 1,
            };
            let value = point.value.parse::<f64>().unwrap() / months as f64;
            assert!((compared - value).abs() <= 1e-5 * value.abs(), "{}: {compared} for {value}", point.id);
            let fact = if point.series == "price_usgs_yearend" { None } else { Period::parse(&point.fact_period) };
            if let Some(fact) = fact {
                assert_eq!(fact.middle(), quantity.period.middle(), "{}", point.id);
            }
        }
    }
}

#[test]
fn base_levels_are_those_of_the_inputs() {
    let table = cells(&std::fs::read_to_string(lode_validation::folder().join("points.csv")).unwrap());
    let value = |id: &str| {
        let row = table.iter().find(|row| row["point"] == id).unwrap();
        row["value"].parse::<f64>().unwrap()
    };
    let base = |id: &str, expected: f64| {
        let row = table.iter().find(|row| row["point"] == id).unwrap();
        let base: f64 = row["base_value"].parse().unwrap();
        assert!((base / expected - 1.0).abs() < 1e-5, "{id}: {base} for {expected}");
    };
    // Exports of January to October 2010 less October; imports of 2010 less October to December.
    base("a-18", (value("a-16") - value("a-18")) / 9.0);
    base("a-24", (value("a-33") - value("a-23") - value("a-24") - value("a-25")) / 9.0);
    base("a-34", value("a-35") / 12.0);
    // January to August 2023 less July; August was zero.
    base("b-5", (value("b-31") - value("b-5")) / 6.0);
    base("b-6", (value("b-32") - value("b-6")) / 6.0);
    base("b-43", value("b-41"));
    base("c-11", (value("c-7") + value("c-8") + value("c-9")) / 3.0);
    base("c-96", ["c-24", "c-25", "c-99", "c-100"].map(value).iter().sum::<f64>() / 4.0);
    base("c-32", value("c-39") / 0.797 / 12.0);
    base("c-66", (value("c-63") + value("c-64") + value("c-65")) / 3.0);
}
