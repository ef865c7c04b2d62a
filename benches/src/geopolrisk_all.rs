//! Every GeoPolRisk score of an export: all raw materials, importers and years. What is computed, and how gaps are
//! treated, is said in `benches/geopolrisk/README.md`; the comparison program computes the same.
//!
//! usage: geopolrisk-all FOLDER OUTPUT

use lode_assess::herfindahl_hirschman;
use lode_catalogue::{Column, Input, Record, Records, Report, parse_decimal, parse_number};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// Numeric country codes are below this.
const COUNTRIES: usize = 1000;
/// Customs codes are below this.
const CODES: usize = 1_000_000;

#[derive(Clone, Copy, Default)]
struct Imports {
    /// Quantity times instability of the supplier.
    risk: f64,
    quantity: f64,
    value: f64,
    any: bool,
}

struct Material {
    name: String,
    sheet: String,
    codes: Vec<usize>,
    /// Concentration of output by year; `None` without output.
    concentration: Vec<Option<f64>>,
    /// Output in tonnes by year and country.
    output: Vec<BTreeMap<usize, f64>>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, output] = arguments.as_slice() else {
        eprintln!("usage: geopolrisk-all FOLDER OUTPUT");
        return ExitCode::from(2);
    };
    match run(Path::new(folder), Path::new(output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("{report}");
            ExitCode::from(2)
        }
    }
}

fn run(folder: &Path, output: &Path) -> Result<(), Report> {
    let mut report = Report::new();
    let mut materials = read_map(folder, &mut report)?;
    let years = read_production(folder, &mut materials, &mut report)?;
    let governance = read_governance(folder, &years, &mut report)?;
    let imports = read_trade(folder, &materials, &years, &governance, &mut report)?;
    report.into_result(())?;
    write(output, &materials, &years, &imports)
        .map_err(|error| lode_catalogue::Mistake::in_file(&output.display().to_string(), error.to_string()).into())
}

fn open(folder: &Path, file: &str, report: &mut Report) -> Result<Records<'static>, Report> {
    let input = Input::open(&folder.join(file))?;
    Records::open(input, b',', report).ok_or_else(|| std::mem::take(report))
}

fn places<const N: usize>(
    records: &Records<'_>,
    columns: [&'static str; N],
    report: &mut Report,
) -> Result<[usize; N], Report> {
    let found = records.columns(&columns.map(Column::required), report).ok_or_else(|| std::mem::take(report))?;
    Ok(std::array::from_fn(|index| found[index].unwrap_or(0)))
}

fn read_map(folder: &Path, report: &mut Report) -> Result<Vec<Material>, Report> {
    let mut records = open(folder, "hs_map.csv", report)?;
    let [sheet, name, code, more, symbol] =
        places(&records, ["sheet", "raw_material", "hs", "hs_complementary", "symbol"], report)?;
    let mut materials = Vec::new();
    while let Some(record) = records.next(report) {
        if record.text(code, report) == "Not Available" || record.bytes(symbol).is_empty() {
            continue;
        }
        let all = [record.text(code, report), record.text(more, report)].join(";");
        let mut codes: Vec<usize> =
            all.split(';').filter_map(|code| code.trim().parse().ok()).filter(|code| *code < CODES).collect();
        codes.sort_unstable();
        codes.dedup();
        materials.push(Material {
            name: record.text(name, report).to_owned(),
            sheet: record.text(sheet, report).to_owned(),
            codes,
            concentration: Vec::new(),
            output: Vec::new(),
        });
    }
    materials.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(materials)
}

fn year_columns(records: &Records<'_>) -> Vec<(usize, u16)> {
    let headings = records.headings().iter().enumerate();
    headings.filter_map(|(index, heading)| heading.parse::<u16>().ok().map(|year| (index, year))).collect()
}

fn read_production(folder: &Path, materials: &mut [Material], report: &mut Report) -> Result<Vec<u16>, Report> {
    let mut records = open(folder, "production.csv", report)?;
    let [sheet, country, unit] = places(&records, ["sheet", "country_code", "unit"], report)?;
    let columns = year_columns(&records);
    for material in materials.iter_mut() {
        material.output = vec![BTreeMap::new(); columns.len()];
    }
    // Whole units of output by material and year: the published method truncates them.
    let mut whole: Vec<Vec<Vec<f64>>> = vec![vec![Vec::new(); columns.len()]; materials.len()];
    while let Some(record) = records.next(report) {
        let of = record.text(sheet, report);
        let Some(index) = materials.iter().position(|material| material.sheet == of) else { continue };
        if record.bytes(country) == b"DELETE" {
            continue;
        }
        let code: Option<usize> = record.text(country, report).parse().ok();
        let tonnes = if record.bytes(unit) == b"kg" { 0.001 } else { 1.0 };
        for (place, (column, _)) in columns.iter().enumerate() {
            let amount = number(&record, *column);
            whole[index][place].push(amount.trunc());
            if let Some(code) = code {
                materials[index].output[place].entry(code).or_insert(amount * tonnes);
            }
        }
    }
    for (material, by_year) in materials.iter_mut().zip(&whole) {
        material.concentration = by_year.iter().map(|amounts| herfindahl_hirschman(amounts.iter().copied())).collect();
    }
    Ok(columns.into_iter().map(|(_, year)| year).collect())
}

/// A missing number is nothing.
fn number(record: &Record<'_>, index: usize) -> f64 {
    let bytes = record.bytes(index);
    parse_decimal(bytes).or_else(|| parse_number(std::str::from_utf8(bytes).ok()?)).unwrap_or(0.0)
}

/// Instability by year and country; 0.5 where there is none, not-a-number where the source says so.
fn read_governance(folder: &Path, years: &[u16], report: &mut Report) -> Result<Vec<Vec<f64>>, Report> {
    let mut records = open(folder, "governance.csv", report)?;
    let [country] = places(&records, ["country_code"], report)?;
    let columns = year_columns(&records);
    let mut table = vec![vec![0.5; COUNTRIES]; years.len()];
    let mut seen = vec![false; COUNTRIES];
    while let Some(record) = records.next(report) {
        let Ok(code) = record.text(country, report).parse::<usize>() else { continue };
        if code >= COUNTRIES || std::mem::replace(&mut seen[code], true) {
            continue;
        }
        for (column, year) in &columns {
            let Some(place) = years.iter().position(|known| known == year) else { continue };
            match record.text(*column, report) {
                "nan" => table[place][code] = f64::NAN,
                text => table[place][code] = parse_number(text).unwrap_or(0.5),
            }
        }
    }
    Ok(table)
}

fn read_trade(
    folder: &Path,
    materials: &[Material],
    years: &[u16],
    governance: &[Vec<f64>],
    report: &mut Report,
) -> Result<Vec<Option<Vec<Imports>>>, Report> {
    // Which materials a customs code belongs to, counted from 1: one or two.
    let mut of_code = vec![[0_u8; 2]; CODES];
    for (index, material) in materials.iter().enumerate() {
        for code in &material.codes {
            let places = &mut of_code[*code];
            let free = usize::from(places[0] != 0);
            places[free] = index as u8 + 1;
        }
    }
    let mut of_year = [u8::MAX; 4096];
    for (index, year) in years.iter().enumerate() {
        of_year[usize::from(*year) & 4095] = index as u8;
    }
    // By importer, year and material: the rows of one importer stand together in the file, so neighbours stay in the cache.
    let mut imports: Vec<Option<Vec<Imports>>> = vec![None; COUNTRIES];
    let size = years.len() * materials.len();
    let mut records = open(folder, "baci_trade.csv", report)?;
    let [year, exporter, importer, code, value, quantity] =
        places(&records, ["year", "exporter", "importer", "hs", "value", "quantity"], report)?;
    while let Some(record) = records.next(report) {
        let whole = |index: usize| digits(record.bytes(index));
        // Most rows are of other years: they are looked at no further.
        let Some(when) = whole(year) else {
            report.push(record.mistake(year, "the year is not a whole number"));
            continue;
        };
        let place = usize::from(of_year[when & 4095]);
        if place >= years.len() {
            continue;
        }
        let Some(code) = whole(code).filter(|code| *code < CODES) else {
            report.push(record.mistake(code, "is not a customs code"));
            continue;
        };
        let [first, second] = of_code[code];
        if first == 0 {
            continue;
        }
        let (Some(from), Some(to)) = (whole(exporter), whole(importer)) else {
            report.push(record.mistake(exporter, "a country code is not a whole number"));
            continue;
        };
        if from >= COUNTRIES || to >= COUNTRIES {
            report.push(record.mistake(exporter, "a country code has more than three digits"));
            continue;
        }
        let tonnes = number(&record, quantity);
        let risk = tonnes * governance[place][from];
        let dollars = number(&record, value);
        for material in [first, second].into_iter().filter(|material| *material != 0) {
            let of_importer = imports[to].get_or_insert_with(|| vec![Imports::default(); size]);
            let cell = &mut of_importer[place * materials.len() + usize::from(material - 1)];
            cell.risk += risk;
            cell.quantity += tonnes;
            cell.value += dollars;
            cell.any = true;
        }
    }
    Ok(imports)
}

/// A whole number of up to nine digits.
fn digits(bytes: &[u8]) -> Option<usize> {
    let (mut value, mut wrong) = (0, bytes.is_empty() || bytes.len() > 9);
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        wrong |= digit > 9;
        value = u32::wrapping_add(u32::wrapping_mul(value, 10), u32::from(digit));
    }
    (!wrong).then_some(value as usize)
}

fn write(path: &Path, materials: &[Material], years: &[u16], imports: &[Option<Vec<Imports>>]) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
    out.write_all(b"raw_material,year,importer,hhi,import_risk,score,price\n")?;
    let mut buffer = ryu::Buffer::new();
    let mut put = |out: &mut BufWriter<File>, number: Option<f64>, end: &[u8]| -> std::io::Result<()> {
        match number {
            None => {}
            Some(number) if number.is_nan() => out.write_all(b"NaN")?,
            Some(number) if number.is_infinite() => out.write_all(b"inf")?,
            Some(number) => out.write_all(buffer.format_finite(number).as_bytes())?,
        }
        out.write_all(end)
    };
    let codes: Vec<String> = (0..COUNTRIES).map(|code| format!("{code},")).collect();
    for (index, material) in materials.iter().enumerate() {
        let name = lode_catalogue::csv_line(std::iter::once(material.name.as_str()));
        let name = name.trim_end();
        for (place, year) in years.iter().enumerate() {
            let start = format!("{name},{year},");
            let cells = imports.iter().enumerate().filter_map(|(importer, of_importer)| {
                let cell = of_importer.as_ref()?[place * materials.len() + index];
                cell.any.then_some((importer, cell))
            });
            for (importer, cell) in cells {
                let own = material.output[place].get(&importer).copied().unwrap_or(0.0);
                let risk = cell.risk / (cell.quantity + own);
                let concentration = material.concentration[place];
                out.write_all(start.as_bytes())?;
                out.write_all(codes[importer].as_bytes())?;
                put(&mut out, concentration, b",")?;
                put(&mut out, Some(risk), b",")?;
                put(&mut out, concentration.map(|concentration| concentration * risk), b",")?;
                put(&mut out, Some(cell.value / cell.quantity), b"\n")?;
            }
        }
    }
    out.flush()
}
