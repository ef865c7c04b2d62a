//! The trade table: the flows of BACI under the codes asked for, and value shares of the extract of largest partners.

use super::corrections::{conditions, declared, outdated};
use super::tables::{Step, Tables};
use super::{BuildOptions, open};
use crate::package::PackageWriter;
use crate::read::baci::read_tidy;
use crate::read::each_record;
use crate::read::trade_record::{Collector, Known, TradeFilter};
use crate::records::{Column, Record, parse_number};
use crate::report::{Mistake, Report};
use crate::schema::Schema;
use lode_model::{CountryCode, HsCode, TradeFlow, Year};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::RangeInclusive;

const YEARS: RangeInclusive<Year> = 2005..=2024;
const ORIGIN: &str = "baci";
const SHARES_ORIGIN: &str = "baci-magnets-gallium";
const RARE_EARTHS: &str = "data/baci_rare_earths_1995_2024.csv";
const FORTY_CODES: &str = "data/baci_critical_minerals_1995_2024.csv";
const MAGNETS: &str = "data/baci_magnets_gallium_2002_2024.csv";

/// The flows of the trade table.
pub(super) struct Trade {
    flows: BTreeMap<HsCode, Vec<TradeFlow>>,
}

/// Reads both extracts; each code from one of them only.
pub(super) fn read(options: &BuildOptions, tables: &Tables, steps: &mut Vec<Step>, report: &mut Report) -> Trade {
    let three: BTreeSet<HsCode> = ["280530", "284610", "284690"].into_iter().filter_map(HsCode::parse).collect();
    let mut codes = BTreeSet::new();
    if let Some(input) = open(options, "data/baci_hs92_codes.csv", report) {
        each_record(input, b',', &[Column::required("hs92")], report, |record, places, report| {
            codes.extend(record.hs_code(places[0].unwrap_or(0), report));
        });
    }
    let mut collector = Collector::default();
    for (file, codes) in [(RARE_EARTHS, three.clone()), (FORTY_CODES, codes.difference(&three).copied().collect())] {
        let mut step = Step::new(format!("trade flows, {file}"));
        if let Some(input) = open(options, file, report) {
            let filter = TradeFilter { codes, years: YEARS };
            let tally = read_tidy(input, &filter, &Known::default(), report, &mut |record| collector.take(record));
            step.read = usize::try_from(tally.rows).unwrap_or(0);
            let kept = usize::try_from(tally.kept).unwrap_or(0);
            step.made.insert("trade".into(), kept);
            step.left_out.insert("years before 2005, or codes of the other extract".into(), step.read - kept);
        }
        steps.push(step);
    }
    let mut flows: BTreeMap<HsCode, Vec<TradeFlow>> = BTreeMap::new();
    for record in collector.finish(report) {
        match record.flow() {
            Some(flow) => flows.entry(record.code).or_default().push(flow),
            None => report.push(Mistake::in_row(&record.place.file, record.place.row, "has no value in dollars")),
        }
    }
    for flows in flows.values_mut() {
        flows.sort_by_key(|flow| (flow.importer, flow.year, flow.exporter));
    }
    let trade = Trade { flows };
    trade.check_flags(tables, report);
    trade
}

impl Trade {
    pub fn origin(&self) -> &'static str {
        ORIGIN
    }

    /// The guards of the flagged flows: once the source is mended the correction must go.
    fn check_flags(&self, tables: &Tables, report: &mut Report) {
        for correction in declared(tables, ORIGIN, "flag") {
            let wanted = conditions(correction);
            let wanted = |column: &str| wanted.iter().find(|(name, _)| name == column).map_or("", |(_, text)| text);
            let flows = HsCode::parse(wanted("hs92")).and_then(|code| self.flows.get(&code));
            let flow = flows.into_iter().flatten().find(|flow| {
                flow.importer.as_str() == wanted("importer_iso3")
                    && flow.exporter.as_str() == wanted("exporter_iso3")
                    && flow.year.to_string() == wanted("year")
            });
            let quantity = flow.and_then(|flow| flow.quantity).map(|quantity| quantity.value());
            if quantity.is_none() || quantity != parse_number(correction.get("guard")) {
                let found = format!("expects {} t and finds {quantity:?}", correction.get("guard"));
                report.push(outdated(correction.get("correction"), &found));
            }
        }
    }

    pub fn write(self, writer: &mut PackageWriter) {
        let Some(schema) = Schema::of("trade") else { return };
        let mut rows = 0;
        let files = self.flows.into_iter().map(|(code, flows)| {
            rows += flows.len() as u64;
            let mut text = String::from("importer,year,exporter,value_kusd,quantity_t\n");
            for flow in &flows {
                // Values have three decimals in the source: dollars are whole, kilograms too.
                let thousands = (flow.value.value()).round() / 1000.0;
                let quantity = flow
                    .quantity
                    .map_or(String::new(), |quantity| ((quantity.value() * 1000.0).round() / 1000.0).to_string());
                let _ = writeln!(text, "{},{},{},{thousands},{quantity}", flow.importer, flow.year, flow.exporter);
            }
            (format!("trade/{code}.csv"), text.into_bytes())
        });
        let files = files.collect();
        let constant = [
            ("origin", ORIGIN),
            ("quality", "derived"),
            ("as_of", "2024"),
            ("unit", "thousand nominal USD; t gross"),
            ("note", "reconciled by the compiler from the declarations of both sides"),
        ];
        let constant = constant.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        writer.parts(schema, files, rows, constant);
    }
}

/// Country codes of the extract of largest partners that `corrections` declares to be others.
struct CodeOverrides(Vec<(String, CountryCode)>);

impl CodeOverrides {
    fn declared(tables: &Tables) -> Self {
        let rows = declared(tables, SHARES_ORIGIN, "override");
        Self(rows.filter_map(|row| Some((row.text("guard"), CountryCode::parse(row.get("value"))?))).collect())
    }

    fn country(&self, record: &Record<'_>, index: usize, report: &mut Report) -> Option<CountryCode> {
        let declared = self.0.iter().find(|(wrong, _)| wrong.as_bytes() == record.bytes(index));
        declared.map(|(_, right)| *right).or_else(|| record.country_code(index, report))
    }
}

/// Value shares of the extract that may not be passed on row by row.
pub(super) fn add_shares(options: &BuildOptions, tables: &mut Tables, steps: &mut Vec<Step>, report: &mut Report) {
    let Some(input) = open(options, MAGNETS, report) else { return };
    let mut step = Step::new(format!("value shares, {MAGNETS}"));
    let codes = CodeOverrides::declared(tables);
    let columns = ["year", "hs6", "exporter_iso3", "importer_iso3", "value_usd"].map(Column::required);
    let mut groups: BTreeMap<(HsCode, String, Year), BTreeMap<String, f64>> = BTreeMap::new();
    each_record(input, b',', &columns, report, |record, places, report| {
        let at = |index: usize| places[index].unwrap_or(0);
        step.read += 1;
        let (year, code) = (record.year(at(0), report), record.hs_code(at(1), report));
        let (exporter, importer) = (codes.country(record, at(2), report), codes.country(record, at(3), report));
        let value = record.amount(at(4), 1e13, report);
        let (Some(year), Some(code), Some(exporter), Some(importer), Some(value)) =
            (year, code, exporter, importer, value)
        else {
            return;
        };
        if YEARS.contains(&year) {
            *groups.entry((code, importer.to_string(), year)).or_default().entry(exporter.to_string()).or_default() +=
                value;
        } else {
            step.left_out("years before 2005");
        }
    });
    for ((code, importer, year), partners) in groups {
        let total: f64 = partners.values().sum();
        for (exporter, value) in partners.iter().filter(|(_, value)| **value > 0.0 && total > 0.0) {
            // Four decimals: the extract itself holds about 98 % of the value.
            let share = (value / total * 1e4).round() / 1e4;
            if share == 0.0 {
                step.left_out("below 0.005 % of the importer's value");
                continue;
            }
            step.made("trade_shares");
            tables.add(
                "trade_shares",
                &[
                    ("hs_code", &code.to_string()),
                    ("importer", &importer),
                    ("year", &year.to_string()),
                    ("exporter", exporter),
                    ("value_share", &share.to_string()),
                    ("partners", &partners.len().to_string()),
                    ("quality", "derived"),
                    ("as_of", &year.to_string()),
                    ("origin", SHARES_ORIGIN),
                    ("note", "largest partners only"),
                ],
            );
        }
    }
    steps.push(step);
}
