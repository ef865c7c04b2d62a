//! Trade statistics of Japan by commodity and country, the CSV files that Japan Customs publishes on e-Stat.
//!
//! Columns: `Exp or Imp, Year, HS, Country, Unit1, Unit2`, then quantity 1, quantity 2 and value for the year and for each
//! month: `Quantity1-Year, Quantity2-Year, Value-Year, Quantity1-Jan, …, Value-Dec`. Files of a running year may stop at
//! the last month published, or hold zeros after it; a month without quantity and value gives no record. Older files spell
//! April `Apl`. The direction is 1 for exports, 2 for imports. The commodity is the nine-digit statistical code in single
//! quotation marks, whose first six digits are those of the Harmonized System; codes that begin with 00 (re-exports,
//! re-imports and the like) are no goods of it and are left out. The country is Japan Customs' own number of three digits:
//! origin for imports, final destination for exports. Values are thousand yen, rounded down (exports fob, imports cif);
//! weights are net, and what is below one unit is printed as 0. Figures are provisional, detailed, revised or fixed by date
//! of publication, which the file does not say.
//!
//! All this is learned from the publisher's explanations and from published programs that read such files; no live file
//! was run, and the fixtures are made after that description. The same holds for Japanese headings: they are made of the
//! publisher's terms, and their exact spelling in files was not seen. Of the units, KG, MT, NO and SM were
//! seen in published rows; the others could not be checked against the publisher's list.
//!
//! The codes of countries are kept as they are. The publisher's table of them is an input (see
//! [`CountryCodes::read`](super::trade_record::CountryCodes::read)): given as [`Known::countries`] it is checked against, and
//! [`harmonise`](super::trade_record::harmonise) makes ISO codes with it.

use super::trade_record::{
    Fault, HsRevision, Known, MOST_TONNES, Party, Period, Place, Role, SecondQuantity, Tally, TradeFilter, TradeRecord,
    TradeValue, ValueUnit, peek,
};
use crate::input::Input;
use crate::records::{Column, Record, Records, clip};
use crate::report::{Mistake, Report, did_you_mean};
use encoding_rs::{Encoding, SHIFT_JIS};
use lode_model::{CountryCode, DataQuality, GrossTonnes, HsCode};
use std::sync::Arc;

/// Which figures of a file to take: both would count the same trade twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frequency {
    /// One record for the year.
    Annual,
    /// One record for each month with trade.
    Monthly,
}

const COLUMNS: [Column; 6] = [
    Column::required("Exp or Imp").also(&["輸出入", "輸出入区分"]),
    Column::required("Year").also(&["年"]),
    Column::required("HS").also(&["統計番号", "統計品目番号", "HSコード"]),
    Column::required("Country").also(&["国", "国コード", "国符号"]),
    Column::required("Unit1").also(&["第1単位", "単位1"]),
    Column::required("Unit2").also(&["第2単位", "単位2"]),
];

/// Units, and how many of them a tonne is; `None` for units that are no weight.
const UNITS: [(&str, Option<f64>); 16] = [
    ("KG", Some(1e3)),
    ("MT", Some(1.0)),
    ("GR", Some(1e6)),
    ("NO", None),
    ("SM", None),
    ("CM", None),
    ("M", None),
    ("KM", None),
    ("L", None),
    ("KL", None),
    ("CT", None),
    ("DZ", None),
    ("PR", None),
    ("GS", None),
    ("ST", None),
    ("TH", None),
];

/// How headings name the year and the months: English, its variant, Japanese.
const PERIODS: [(&str, &str, &str); 13] = [
    ("Year", "Year", "年計"),
    ("Jan", "Jan", "1月"),
    ("Feb", "Feb", "2月"),
    ("Mar", "Mar", "3月"),
    ("Apr", "Apl", "4月"),
    ("May", "May", "5月"),
    ("Jun", "Jun", "6月"),
    ("Jul", "Jul", "7月"),
    ("Aug", "Aug", "8月"),
    ("Sep", "Sep", "9月"),
    ("Oct", "Oct", "10月"),
    ("Nov", "Nov", "11月"),
    ("Dec", "Dec", "12月"),
];

/// Where the figures of the year or of one month stand.
struct Figures {
    month: Option<u8>,
    quantities: [usize; 2],
    value: usize,
}

/// Reads one file by commodity and country, in UTF-8, Shift_JIS or UTF-16.
pub fn read(
    input: Input,
    frequency: Frequency,
    filter: &TradeFilter,
    known: &Known,
    report: &mut Report,
    sink: &mut dyn FnMut(TradeRecord),
) -> Tally {
    let mut tally = Tally::default();
    let input = match decode(input) {
        Ok(input) => input,
        Err(mistakes) => {
            report.extend(mistakes);
            return tally;
        }
    };
    let Some(mut records) = Records::open(input, b',', report) else { return tally };
    let columns = records.columns(&COLUMNS, report);
    let figures = find_figures(&records, frequency, report);
    let (Some(columns), Some(figures)) = (columns, figures) else { return tally };
    let [Some(direction), Some(year), Some(hs), Some(country), Some(unit1), Some(unit2)] = columns[..] else {
        return tally;
    };
    let file: Arc<str> = records.name().into();
    let Some(japan) = CountryCode::parse("JPN").map(Party::Country) else { return tally };
    while let Some(record) = records.next(report) {
        tally.rows += 1;
        let code = national_code(&record, hs, report);
        if code.as_ref().is_some_and(|(_, national)| national.starts_with("00")) {
            tally.leave_out("a code that begins with 00, which is no good of the Harmonized System");
            continue;
        }
        let role = role(&record, direction, report);
        let year = record.year(year, report);
        let partner = partner(&record, country, known, report);
        if let Some((code, _)) = code
            && let Some(fault) = known.fault_of_code(code)
        {
            report.push(fault.in_record(&record, hs));
        }
        let units = [unit(&record, unit1, report), unit(&record, unit2, report)];
        let (Some((code, national)), Some(role), Some(year), Some(partner), [Some(unit1), Some(unit2)]) =
            (code, role, year, partner, units)
        else {
            continue;
        };
        if !filter.wants(code, year) {
            continue;
        }
        let (importer, exporter) = if role == Role::Importer { (&japan, &partner) } else { (&partner, &japan) };
        for figures in &figures {
            let value = record.amount(figures.value, ValueUnit::ThousandJpy.most(), report);
            let quantities = [
                quantity(&record, figures.quantities[0], unit1, report),
                quantity(&record, figures.quantities[1], unit2, report),
            ];
            let Some(amount) = value else { continue };
            if amount == 0.0 && quantities.iter().flatten().all(|(number, _)| *number == 0.0) {
                continue;
            }
            let (quantity, second_quantity) = weight_and_other(quantities);
            tally.kept += 1;
            sink(TradeRecord {
                period: Period { year, month: figures.month },
                role,
                exporter: exporter.clone(),
                importer: importer.clone(),
                hs_revision: Some(HsRevision::in_force(year)),
                code,
                national_code: Some(national.clone()),
                value: Some(TradeValue { amount, unit: ValueUnit::ThousandJpy }),
                quantity,
                second_quantity,
                quality: DataQuality::Reported,
                place: Place { file: file.clone(), row: record.row() },
            });
        }
    }
    tally
}

/// UTF-8 if the beginning is, else what its byte order mark says, else Shift_JIS. The headings stand at the beginning, so
/// a file with any Japanese text shows it there.
fn decode(input: Input<'_>) -> Result<Input<'_>, Report> {
    let (start, input) = peek(input, 1 << 14)?;
    if let Some((encoding, _)) = Encoding::for_bom(&start) {
        return Ok(input.decode(encoding));
    }
    match std::str::from_utf8(&start) {
        Ok(_) => Ok(input),
        // A character may be cut by the end of what was looked at.
        Err(error) if error.error_len().is_none() => Ok(input),
        Err(_) => Ok(input.decode(SHIFT_JIS)),
    }
}

fn find_figures(records: &Records, frequency: Frequency, report: &mut Report) -> Option<Vec<Figures>> {
    let headings = records.headings();
    let before = report.count();
    if let Some(heading) = headings.iter().find(|heading| matches!(heading.as_str(), "Custom" | "税関")) {
        let mistake = Mistake::in_row(records.name(), 1, "the file is broken down by customs office");
        report.push(mistake.column(heading).hint("take the table by commodity and country"));
    }
    let find = |english: &str, japanese: &str, (name, variant, month): (&str, &str, &str)| {
        let names = [
            format!("{english}-{name}"),
            format!("{english}-{variant}"),
            format!("{japanese}-{month}"),
            format!("{japanese}_{month}"),
        ];
        headings.iter().position(|heading| names.iter().any(|name| heading.eq_ignore_ascii_case(name)))
    };
    let mut figures = Vec::new();
    for (number, period) in PERIODS.into_iter().enumerate() {
        if (number == 0) != (frequency == Frequency::Annual) {
            continue;
        }
        let found =
            [find("Quantity1", "第1数量", period), find("Quantity2", "第2数量", period), find("Value", "金額", period)];
        let month = u8::try_from(number).ok().filter(|number| *number > 0);
        match found {
            [Some(first), Some(second), Some(value)] => {
                figures.push(Figures { month, quantities: [first, second], value });
            }
            [None, None, None] => {}
            _ => {
                let names = ["Quantity1", "Quantity2", "Value"].into_iter().zip(found);
                for (name, _) in names.filter(|(_, index)| index.is_none()) {
                    let message = format!("there is no column `{name}-{}` beside the others of that period", period.0);
                    report.push(Mistake::in_row(records.name(), 1, message).hint("fetch the file again"));
                }
            }
        }
    }
    if figures.is_empty() && report.count() == before {
        let message = match frequency {
            Frequency::Annual => "there are no columns of the year, such as `Value-Year`",
            Frequency::Monthly => "there are no columns of months, such as `Value-Jan`",
        };
        let hint = "this reader takes the CSV files by commodity and country as they are published on e-Stat";
        report.push(Mistake::in_row(records.name(), 1, message).hint(hint));
    }
    (report.count() == before).then_some(figures)
}

fn role(record: &Record, index: usize, report: &mut Report) -> Option<Role> {
    match record.text(index, report) {
        "1" | "輸出" => Some(Role::Exporter),
        "2" | "輸入" => Some(Role::Importer),
        other => {
            let message = format!("`{}` is neither 1 for exports nor 2 for imports", clip(other));
            report.push(record.mistake(index, message).hint("the columns may be swapped"));
            None
        }
    }
}

/// The nine digits and the six-digit code that they begin with.
fn national_code(record: &Record, index: usize, report: &mut Report) -> Option<(HsCode, Box<str>)> {
    let text = record.text(index, report);
    let digits = text.trim_matches('\'').trim();
    // Without quotation marks a spreadsheet drops the leading zero of chapters 01 to 09.
    let padded = if digits.len() == 8 && digits == text { format!("0{digits}") } else { digits.to_owned() };
    let nine = padded.len() == 9 && padded.bytes().all(|byte| byte.is_ascii_digit());
    let code = padded.get(..6).filter(|_| nine).and_then(HsCode::parse);
    if code.is_none() {
        let message = format!("`{}` is not a statistical code of nine digits", clip(text));
        report.push(record.mistake(index, message).hint("it looks like '280530000'; the columns may be swapped"));
    }
    Some((code?, padded.into()))
}

fn partner(record: &Record, index: usize, known: &Known, report: &mut Report) -> Option<Party> {
    let text = record.text(index, report).trim_matches('\'');
    if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`{}` is not a country code of Japan Customs", clip(text));
        report.push(record.mistake(index, message).hint("it has three digits, e.g. 105; the columns may be swapped"));
        return None;
    }
    let party = Party::Code(text.into());
    if let Some(fault) = known.fault_of_party(&party) {
        report.push(fault.in_record(record, index));
    }
    Some(party)
}

type Unit = (&'static str, Option<f64>);

/// The unit, an empty one if there is none; `None` if it was reported.
fn unit(record: &Record, index: usize, report: &mut Report) -> Option<Unit> {
    let text = record.text(index, report);
    if text.is_empty() {
        return Some(("", None));
    }
    let unit = UNITS.into_iter().find(|(word, _)| *word == text);
    if unit.is_none() {
        let near = did_you_mean(text, UNITS.iter().map(|(word, _)| *word));
        let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
        let words = UNITS.map(|(word, _)| word).join(", ");
        let fault = Fault::new(
            format!("`{}` is not a unit known of these files", clip(text)),
            format!("{near}known are {words}; the columns may be swapped"),
        );
        report.push(fault.in_record(record, index));
    }
    unit
}

fn quantity(record: &Record, index: usize, (unit, in_a_tonne): Unit, report: &mut Report) -> Option<(f64, Unit)> {
    let most = in_a_tonne.map_or(f64::MAX, |units| MOST_TONNES * units);
    let number = record.amount(index, most, report)?;
    if unit.is_empty() && number > 0.0 {
        let mistake = record.mistake(index, format!("{number} has no unit"));
        report.push(mistake.hint("the unit column is empty; the columns may be swapped"));
    }
    (!unit.is_empty()).then_some((number, (unit, in_a_tonne)))
}

/// The quantity that is a weight, the second first because it is where the publisher puts weights, and the other one.
fn weight_and_other(quantities: [Option<(f64, Unit)>; 2]) -> (Option<GrossTonnes>, Option<SecondQuantity>) {
    let [first, second] = quantities;
    let weight = |quantity: Option<(f64, Unit)>| {
        quantity.and_then(|(number, (_, in_a_tonne))| in_a_tonne.map(|units| GrossTonnes::new(number / units)))
    };
    let other = |quantity: Option<(f64, Unit)>| {
        quantity.map(|(amount, (unit, _))| SecondQuantity { amount, unit: unit.into() })
    };
    match (weight(second), weight(first)) {
        (Some(tonnes), _) => (Some(tonnes), other(first)),
        (None, Some(tonnes)) => (Some(tonnes), other(second)),
        (None, None) => (None, other(second).or(other(first))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trade_record::{Collector, CountryCodes, harmonise, trap};
    use super::*;
    use std::path::Path;
    use trap::Trap;

    const COUNTRIES: &str = "code,name,iso3\n105,People's Republic of China,CHN\n110,Viet Nam,VNM\n";

    fn fixture() -> Vec<u8> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/japan_customs/imports_2024.csv"))
            .unwrap()
    }

    fn countries() -> CountryCodes {
        let mut report = Report::new();
        let countries = CountryCodes::read(Input::from_bytes("countries.csv", COUNTRIES.as_bytes()), &mut report);
        assert!(report.is_empty(), "{report}");
        countries.unwrap()
    }

    fn kept(bytes: &[u8], frequency: Frequency) -> (Vec<TradeRecord>, Tally) {
        let (mut collector, mut report) = (Collector::default(), Report::new());
        let input = Input::from_bytes("imports_2024.csv", bytes);
        let tally = read(input, frequency, &TradeFilter::default(), &Known::default(), &mut report, &mut |record| {
            collector.take(record);
        });
        let records = collector.finish(&mut report);
        assert!(report.is_empty(), "{report}");
        (records, tally)
    }

    fn refusing(input: Input) -> Report {
        let countries = countries();
        let mut report = Report::new();
        let products = b"code,description\n280530,rare earth metals\n284690,rare earth compounds\n";
        let products =
            super::super::trade_record::ProductCodes::read(Input::from_bytes("p.csv", products), &mut report);
        let known = Known { countries: Some(&countries), products: products.as_ref() };
        let mut collector = Collector::default();
        read(input, Frequency::Monthly, &TradeFilter::default(), &known, &mut report, &mut |record| {
            collector.take(record)
        });
        collector.finish(&mut report);
        report
    }

    #[test]
    fn months_become_records_in_tonnes_and_thousand_yen() {
        let (records, tally) = kept(&fixture(), Frequency::Monthly);
        assert_eq!((tally.rows, tally.kept), (5, 6));
        assert_eq!(tally.left_out.values().sum::<u64>(), 1, "the code that begins with 00");
        let shown: Vec<String> = records
            .iter()
            .map(|record| {
                let tonnes = record.quantity.map(GrossTonnes::value).unwrap_or(f64::NAN);
                let (code, value) = (record.national_code.as_deref().unwrap_or(""), record.value.unwrap().amount);
                format!("{code} {} {} {tonnes} t {value}", record.period, record.exporter)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "051199000 2024-03 105 0 t 432",
                "280530000 2024-01 105 12.5 t 90000",
                "280530000 2024-01 110 3 t 21000",
                "280530000 2024-02 105 7.5 t 60000",
                "284690290 2024-02 JPN 0 t 500",
                "284690290 2024-03 JPN 2 t 700",
            ]
        );
        assert_eq!(records[1].hs_revision, Some(HsRevision::Hs22));
        assert_eq!(records[1].value.unwrap().unit, ValueUnit::ThousandJpy);
        assert_eq!(records[1].flow(), None, "yen are not dollars, and a month is no year");
        assert_eq!(records[5].role, Role::Exporter);
        assert_eq!(records[5].second_quantity, Some(SecondQuantity { amount: 4.0, unit: "NO".into() }));

        let mut report = Report::new();
        let (harmonised, steps) = harmonise(records, &countries(), &mut report);
        assert!(report.is_empty(), "{report}");
        assert_eq!(harmonised[1].exporter.to_string(), "CHN");
        assert_eq!((steps.len(), steps[0].rows), (1, 6));
    }

    #[test]
    fn the_year_is_one_record_for_each_row() {
        let (records, tally) = kept(&fixture(), Frequency::Annual);
        assert_eq!(tally.kept, 4);
        assert_eq!(records[1].quantity, Some(GrossTonnes::new(20.0)));
        assert_eq!(records[1].period, Period::year(2024));
    }

    #[test]
    fn japanese_headings_and_shift_jis_give_the_same_records() {
        let text = String::from_utf8(fixture()).unwrap();
        let (head, rows) = text.split_once('\n').unwrap();
        let mut head = head.to_owned();
        for (english, japanese) in [
            ("Exp or Imp", "輸出入"),
            (",Year,", ",年,"),
            ("HS", "統計番号"),
            ("Country", "国"),
            ("Unit1", "第1単位"),
            ("Unit2", "第2単位"),
            ("Quantity1", "第1数量"),
            ("Quantity2", "第2数量"),
            ("Value", "金額"),
        ] {
            head = head.replace(english, japanese);
        }
        for (name, _, month) in PERIODS {
            head = head.replace(&format!("-{name}"), &format!("-{month}"));
        }
        let japanese = format!("{head}\n{rows}");
        assert!(japanese.contains("金額-12月"), "{japanese}");
        let (shift_jis, _, unmappable) = SHIFT_JIS.encode(&japanese);
        assert!(!unmappable);
        let keys = |bytes: &[u8]| -> Vec<String> {
            kept(bytes, Frequency::Monthly).0.iter().map(|record| format!("{record:?}")).collect()
        };
        let plain = keys(&fixture());
        assert_eq!(keys(japanese.as_bytes()), plain);
        assert_eq!(keys(&shift_jis), plain);
        assert_eq!(keys(&trap::utf16(&japanese)), plain);
        assert_eq!(keys(text.replace("-Apr", "-Apl").as_bytes()), plain, "the older spelling of April");
    }

    #[test]
    fn traps_are_reported_with_row_and_column() {
        let head = "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Jan,Quantity2-Jan,Value-Jan";
        let good = "2,2024,'280530000',105,  ,KG,0,12500,90000";
        let file = |row: &str| format!("{head}\n{good}\n{row}\n");
        trap::assert_delimited("x.csv", &file(""), &refusing);
        let other = "2,2024,'280530000',110,  ,KG,0,12500,90000";
        let with = |from: &str, to: &str| file(&other.replacen(from, to, 1));
        let traps = [
            Trap::new("cut", format!("{head}\n{good}\n2,2024,'2805"), 3, "", "the file may be cut short"),
            Trap::new("delimiter", file("").replace(',', ";"), 1, "", "a semicolon"),
            Trap::new(
                "encoding",
                [b"Exp or Imp\x85\xff,Year\n".as_slice(), &[0xff; 9]].concat(),
                1,
                "",
                "there is no column `Exp or Imp`",
            ),
            Trap::new(
                "value and code swapped",
                file("2,2024,90000,110,  ,KG,0,12500,'280530000'"),
                3,
                "HS",
                "the columns may be swapped",
            ),
            Trap::new(
                "country and year swapped",
                file("2,110,'280530000',2024,  ,KG,0,1,1"),
                3,
                "Year",
                "the columns may be swapped",
            ),
            Trap::new(
                "country and year swapped",
                file("2,110,'280530000',2024,  ,KG,0,1,1"),
                3,
                "Country",
                "three digits",
            ),
            Trap::new(
                "direction",
                with("2,2024", "3,2024"),
                3,
                "Exp or Imp",
                "neither 1 for exports nor 2 for imports",
            ),
            Trap::new("negative", with("12500", "-1"), 3, "Quantity2-Jan", "-1 is negative"),
            Trap::new("absurd", with("12500", "1e14"), 3, "Quantity2-Jan", "is absurdly large"),
            Trap::new("absurd value", with("90000", "1e15"), 3, "Value-Jan", "is absurdly large"),
            Trap::new("year", with("2024", "3024"), 3, "Year", "`3024` is not a year"),
            Trap::new("country", with("110", "115"), 3, "Country", "did you mean `105` (People's Republic of China)"),
            Trap::new("product", with("280530000", "280531000"), 3, "HS", "did you mean `280530`"),
            Trap::new(
                "twice",
                with("110", "105"),
                3,
                "",
                "the flow of 280530000 from 105 to JPN in 2024-01 stands already in x.csv row 2",
            ),
            Trap::new("unit", with("KG", "kg"), 3, "Unit2", "did you mean `KG`"),
            Trap::new("no unit", with("KG", "  "), 3, "Quantity2-Jan", "12500 has no unit"),
            Trap::new("six digits", with("280530000", "280530"), 3, "HS", "is not a statistical code of nine digits"),
            Trap::new("annual file", file("").replace("-Jan", "-Year"), 1, "", "there are no columns of months"),
            Trap::new(
                "part of a month",
                file("").replace("Value-Jan", "Price-Jan"),
                1,
                "",
                "there is no column `Value-Jan`",
            ),
            Trap::new("by office", file("").replace("Unit1", "Custom"), 1, "Custom", "by customs office"),
        ];
        trap::assert_all("x.csv", &refusing, &traps);
    }
}
