//! Checks a table against its schema, and its references against the other tables.

use super::table::{Row, Table};
use crate::records::{clip, parse_number};
use crate::report::{Report, did_you_mean};
use crate::schema::{Field, FieldType};
use lode_model::{CountryCode, DataQuality, HsCode, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// Ids that other tables may refer to.
#[derive(Default)]
pub(super) struct KnownIds {
    pub commodities: BTreeSet<String>,
    pub countries: BTreeSet<String>,
    pub origins: BTreeSet<String>,
    pub market_forms: BTreeSet<String>,
    pub market_regions: BTreeSet<String>,
    pub market_processes: BTreeSet<String>,
    pub step_nodes: BTreeSet<String>,
}

impl KnownIds {
    pub fn knows_country(&self, code: &str) -> bool {
        self.countries.contains(code) || CountryCode::parse(code).is_some_and(|country| !country.is_single())
    }
}

pub(super) fn check(table: &Table, known: &KnownIds, report: &mut Report) {
    let keys: Vec<usize> = (0..table.schema.fields.len()).filter(|index| table.schema.fields[*index].key).collect();
    // Facts may repeat under one key when sources disagree; the origin tells them apart.
    let origin = table.schema.tail.then(|| table.schema.position("origin")).flatten();
    let mut seen: BTreeMap<Vec<&str>, u64> = BTreeMap::new();
    for row in &table.rows {
        for (index, field) in table.schema.fields.iter().enumerate() {
            if let Err((message, hint)) = check_cell(&row.cells[index], field, known) {
                let mistake = table.mistake(row, message).column(&field.name);
                report.push(if hint.is_empty() { mistake } else { mistake.hint(hint) });
            }
        }
        check_band(table, row, report);
        let key: Vec<&str> = keys
            .iter()
            .chain(origin.iter())
            .chain(table.schema.position("value").iter())
            .chain(table.schema.position("note").iter())
            .map(|index| row.cells[*index].as_str())
            .collect();
        if let Some(first) = seen.insert(key, row.number) {
            report.push(
                table
                    .mistake(row, format!("repeats row {first}"))
                    .hint("remove one, or say in note what distinguishes them"),
            );
        }
    }
}

fn check_band(table: &Table, row: &Row, report: &mut Report) {
    if !table.schema.measure {
        return;
    }
    let (low, value, high) = (row.number("low"), row.number("value"), row.number("high"));
    let ordered = |a: Option<f64>, b: Option<f64>| a.zip(b).is_none_or(|(a, b)| a <= b);
    if !(ordered(low, value) && ordered(value, high) && ordered(low, high)) {
        report.push(
            table
                .mistake(row, "low, value and high are not in order")
                .column("value")
                .hint("low must not exceed value, nor value high"),
        );
    }
    if value.or(low).or(high).is_some() && row.get("unit").is_empty() {
        report.push(table.mistake(row, "a number without a unit").column("unit").hint("every number has a unit"));
    }
}

fn check_cell(text: &str, field: &Field, known: &KnownIds) -> Result<(), (String, String)> {
    if text.is_empty() {
        let needed = field.required || (field.key && !matches!(field.kind, FieldType::Text | FieldType::Period));
        return if needed { Err(("is empty".into(), field.about.clone())) } else { Ok(()) };
    }
    let wrong = |what: &str, hint: String| Err((format!("`{}` is not {what}", clip(text)), hint));
    let suggest = |ids: &BTreeSet<String>| match did_you_mean(text, ids.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => String::new(),
    };
    if !field.vocabulary.is_empty() && !field.vocabulary.iter().any(|word| word == text) {
        return wrong("one of the words allowed", format!("use one of {}", field.vocabulary.join(", ")));
    }
    match field.kind {
        FieldType::Text | FieldType::List => Ok(()),
        FieldType::Id if is_id(text) => Ok(()),
        FieldType::Id => wrong("an id", "ids are lower-case English with digits and hyphens".into()),
        FieldType::Commodity if known.commodities.contains(text) => Ok(()),
        FieldType::Commodity => wrong("a commodity of this package", suggest(&known.commodities)),
        FieldType::Country if known.knows_country(text) => Ok(()),
        FieldType::Country => {
            wrong("a country of this package", "use ISO 3166-1 alpha-3, e.g. JPN; WLD for the world".into())
        }
        FieldType::Origin if known.origins.contains(text) => Ok(()),
        FieldType::Origin => {
            wrong("an origin of this package", "no number without an origin: add it to origins.csv".into())
        }
        FieldType::MarketForm if known.market_forms.contains(text) => Ok(()),
        FieldType::MarketForm => wrong("a form of the market", suggest(&known.market_forms)),
        FieldType::MarketRegion if text == "*" || known.market_regions.contains(text) => Ok(()),
        FieldType::MarketRegion => wrong("a region of the market", suggest(&known.market_regions)),
        FieldType::MarketProcess if known.market_processes.contains(text) => Ok(()),
        FieldType::MarketProcess => wrong("a process of the market", suggest(&known.market_processes)),
        FieldType::StepNode if known.step_nodes.contains(text) => Ok(()),
        FieldType::StepNode => wrong("a node of table step_nodes", suggest(&known.step_nodes)),
        FieldType::Stage if Stage::parse(text).is_some() => Ok(()),
        FieldType::Stage => wrong("a stage", format!("use one of {}", Stage::ALL.map(|(_, word)| word).join(", "))),
        FieldType::Quality if DataQuality::parse(text).is_some() => Ok(()),
        FieldType::Quality => {
            wrong("a quality", format!("use one of {}", DataQuality::ALL.map(|(_, word)| word).join(", ")))
        }
        FieldType::HsCode if HsCode::parse(text).is_some() => Ok(()),
        FieldType::HsCode => wrong("a six-digit customs code", "write 284690".into()),
        FieldType::Boolean if text == "yes" || text == "no" => Ok(()),
        FieldType::Boolean => wrong("yes or no", String::new()),
        FieldType::Year if text.parse::<i32>().is_ok_and(|year| (1800..=2200).contains(&year)) => Ok(()),
        FieldType::Year => wrong("a year", "years have four digits".into()),
        FieldType::Period if is_period(text) => Ok(()),
        FieldType::Period => wrong("a period", "write 2024, 2024-H1, 2024-Q3, 2024-07 or 2024-07-31".into()),
        FieldType::Integer if text.parse::<i64>().is_ok() => Ok(()),
        FieldType::Integer => wrong("a whole number", String::new()),
        FieldType::Number => match parse_number(text) {
            None => wrong("a number", "write 1234.5".into()),
            Some(number) if field.minimum.is_some_and(|least| number < least) => {
                Err((format!("{number} is below {}", field.minimum.unwrap_or(0.0)), field.about.clone()))
            }
            Some(number) if field.maximum.is_some_and(|most| number > most) => {
                Err((format!("{number} is above {}", field.maximum.unwrap_or(0.0)), field.about.clone()))
            }
            Some(_) => Ok(()),
        },
    }
}

fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.')
}

/// 2024, 2024-H1, 2024-Q3, 2024-07 or 2024-07-31.
pub(crate) fn is_period(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize, from: u32, to: u32| {
        part.len() == digits && part.parse::<u32>().is_ok_and(|number| (from..=to).contains(&number))
    };
    let year = |part: &str| number(part, 4, 1800, 2200);
    match parts[..] {
        [y] => year(y),
        [y, part] if part.starts_with('Q') => year(y) && number(&part[1..], 1, 1, 4),
        [y, part] if part.starts_with('H') => year(y) && number(&part[1..], 1, 1, 2),
        [y, m] => year(y) && number(m, 2, 1, 12),
        [y, m, d] => year(y) && number(m, 2, 1, 12) && number(d, 2, 1, 31),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_years_halves_quarters_months_and_days() {
        for good in ["2024", "2024-H1", "2024-Q4", "2024-07", "2024-07-31"] {
            assert!(is_period(good), "{good}");
        }
        for wrong in ["", "24", "2024-13", "2024-Q5", "2024-7", "2024-07-32", "FY2024", "2024-é", "2024-Qé"] {
            assert!(!is_period(wrong), "{wrong}");
        }
    }
}
