//! Random walks come from records of the months before an episode. The records may not be passed on; the deviations are derived.

use lode_validation::{points, score};
use std::collections::BTreeMap;

/// Months and weights of China's exports to a partner, or to all, of the rows that are asked for.
fn record(file: &str, column: &str, word: &str, partner: &str) -> Option<BTreeMap<String, f64>> {
    let path = lode_validation::folder().join("../../shared/data").join(file);
    let mut reader = csv::Reader::from_path(path).ok()?;
    let headings = reader.headers().unwrap().clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let (month, of, weight) = (place("period_dt"), place(column), place("net_weight_kg"));
    let name = headings.iter().position(|heading| heading == "partner_name");
    let wanted = |row: &csv::StringRecord| partner.is_empty() || name.is_some_and(|name| &row[name] == partner);
    let mut months = BTreeMap::new();
    for row in reader.records().map(Result::unwrap).filter(|row| &row[of] == word && wanted(row)) {
        *months.entry(row[month][..7].to_owned()).or_insert(0.0) += row[weight].parse().unwrap_or(0.0);
    }
    Some(months)
}

#[test]
fn deviations_are_those_of_the_record() {
    let text = std::fs::read_to_string(lode_validation::folder().join("earlier.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.records().map(Result::unwrap) {
        let (file, column, word) = match &row[0] {
            "b" => ("china_monthly_exports_hs6_ga_graphite_by_partner_2017_2024.csv", "hs6", "811292"),
            _ => ("china_monthly_exports_by_group_partner_2017_2024.csv", "broad_group", "Rare Earths"),
        };
        let partner = match &row[4] {
            "JPN" => "Japan",
            "USA" => "USA",
            "KOR" => "South Korea",
            _ => "",
        };
        let Some(months) = record(file, column, word, partner) else {
            println!("skipped: the monthly record beside the project is absent");
            return;
        };
        let logarithms: Vec<f64> =
            months.range(row[5].to_owned()..=row[6].to_owned()).map(|(_, weight)| libm::log(*weight)).collect();
        assert_eq!(logarithms.len().to_string(), row[7]);
        let changes: Vec<f64> = logarithms.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        let squares: f64 = changes.iter().map(|change| (change - mean) * (change - mean)).sum();
        let deviation = (squares / (changes.len() - 1) as f64).sqrt();
        assert!((deviation - row[8].parse::<f64>().unwrap()).abs() < 5e-5, "{}: {deviation}", &row[2]);
    }
}

#[test]
fn walks_belong_to_the_points_of_their_series() {
    let points = points::read(&lode_validation::folder().join("points.csv")).unwrap();
    let text = std::fs::read_to_string(lode_validation::folder().join("earlier.csv")).unwrap();
    let walks = score::walks(&points, &text).unwrap();
    // July 2023 of gallium and germanium, magnets to all, to Japan, to the United States and to Korea, compounds and metals.
    let of = |letter: &str| walks.keys().filter(|id| id.starts_with(letter)).count();
    assert_eq!((of("a"), of("b"), of("c")), (0, 2, 33));
    let wrong = text.replace("b,export,gallium", "b,export,osmium").replace("84,0.25974", "84,much");
    let mistakes = score::walks(&points, &wrong).unwrap_err();
    assert_eq!(mistakes.len(), 3, "{mistakes:?}");
    assert!(mistakes[0].contains("row 2: no outcome") && mistakes[1].contains("row 4: deviation"), "{mistakes:?}");
}
