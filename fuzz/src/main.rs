//! Throws broken inputs at every reader: whole fixtures, cut, spliced, with swapped marks, absurd numbers and foreign
//! bytes. A reader may refuse, but it must not panic and not hang. The inputs follow from the seed alone.
//!
//! usage: lode-fuzz [--inputs N] [--seed S] [--reader NAME]

use lode_catalogue::read::trade_record::{CountryCodes, Known, ProductCodes, TradeFilter};
use lode_catalogue::read::{
    baci, bill_of_materials, comtrade, iea_critical_minerals, japan_customs, pink_sheet, trade_csv, usgs_mcs,
    world_governance, world_mining_data,
};
use lode_catalogue::{Input, Limits, Overlay, Package, Report, Schema, Table, Workbook};
use lode_model::CountryCode;
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Read = fn(&[u8]);

/// A reader that takes longer than this over a small input hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every reader with whole inputs to break.
fn readers() -> Vec<(&'static str, Read, Vec<&'static [u8]>)> {
    macro_rules! fixtures {
        ($($path:literal),*) => { vec![$(include_bytes!(concat!("../../crates/catalogue/tests/fixtures/", $path)).as_slice()),*] };
    }
    vec![
        (
            "baci-tidy",
            |bytes| {
                each(bytes, |input, report| {
                    drop(baci::read_tidy(input, &filter(), &Known::default(), report, &mut |_| {}))
                })
            },
            fixtures!("trade_csv/baci_tidy.csv"),
        ),
        (
            "baci-year",
            |bytes| {
                each(bytes, |input, report| {
                    drop(baci::read_year(input, &filter(), &Known::default(), report, &mut |_| {}))
                })
            },
            fixtures!("baci/BACI_HS92_Y1998_V202401b.csv", "baci/BACI_HS92_Y2010_V202401b.csv"),
        ),
        (
            "country-codes",
            |bytes| each(bytes, |input, report| drop(CountryCodes::read(input, report))),
            fixtures!("baci/country_codes_V202401b.csv"),
        ),
        (
            "product-codes",
            |bytes| each(bytes, |input, report| drop(ProductCodes::read(input, report))),
            fixtures!("baci/product_codes_HS92_V202401b.csv"),
        ),
        (
            "comtrade",
            |bytes| {
                each(bytes, |input, report| {
                    drop(comtrade::read(input, &filter(), &Known::default(), report, &mut |_| {}))
                })
            },
            fixtures!("comtrade/annual.json", "comtrade/monthly.json", "comtrade/monthly.txt"),
        ),
        (
            "japan-customs",
            |bytes| {
                each(bytes, |input, report| {
                    drop(japan_customs::read(
                        input,
                        japan_customs::Frequency::Monthly,
                        &filter(),
                        &Known::default(),
                        report,
                        &mut |_| {},
                    ))
                })
            },
            fixtures!("japan_customs/imports_2024.csv"),
        ),
        ("trade-csv", trade_by_mapping, fixtures!("trade_csv/baci_tidy.csv", "trade_csv/european.csv")),
        (
            "mapping",
            |bytes| drop(trade_csv::Mapping::parse("mapping.toml", &String::from_utf8_lossy(bytes))),
            fixtures!("trade_csv/baci_tidy.toml", "trade_csv/european.toml"),
        ),
        (
            "usgs-2026",
            |bytes| each(bytes, |input, report| drop(usgs_mcs::read_2026(input, report))),
            vec![USGS_2026.as_bytes()],
        ),
        (
            "usgs-2025",
            |bytes| each(bytes, |input, report| drop(usgs_mcs::read_2025(input, report))),
            vec![USGS_2025.as_bytes()],
        ),
        (
            "usgs-cell",
            |bytes| drop(usgs_mcs::Cell::parse(&String::from_utf8_lossy(bytes))),
            vec!["e45,000".as_bytes(), "50–300".as_bytes(), ">95".as_bytes()],
        ),
        (
            "governance",
            |bytes| each(bytes, |input, report| drop(world_governance::read(input, report))),
            vec![GOVERNANCE.as_bytes()],
        ),
        (
            "iea-supply",
            |bytes| each(bytes, |input, report| drop(iea_critical_minerals::read_supply(input, report))),
            vec![IEA_SUPPLY.as_bytes()],
        ),
        (
            "iea-demand",
            |bytes| each(bytes, |input, report| drop(iea_critical_minerals::read_demand(input, report))),
            vec![IEA_DEMAND.as_bytes()],
        ),
        (
            "pink-sheet",
            |bytes| each(bytes, |input, report| drop(pink_sheet::read(input, report))),
            vec![PINK_SHEET.as_bytes()],
        ),
        (
            "pink-sheet-sheet",
            |bytes| each(bytes, |input, report| drop(pink_sheet::read_sheet(input, report))),
            vec![PINK_SHEET_SHEET.as_bytes()],
        ),
        (
            "world-mining-data",
            |bytes| each(bytes, |input, report| drop(world_mining_data::read(input, report))),
            vec![WORLD_MINING.as_bytes()],
        ),
        ("workbook", workbook, vec![SHEET.as_bytes()]),
        ("overlay", |bytes| drop(Overlay::read(Input::from_bytes("overlay.csv", bytes))), vec![OVERLAY.as_bytes()]),
        ("package-table", package_table, vec![TABLE.as_bytes()]),
        ("bill-of-materials", own_list, vec![LIST.as_bytes()]),
        (
            "package-zip",
            |bytes| {
                drop(
                    Package::from_zip("package.zip".into(), bytes.to_vec().into()).map(|mut package| package.load(&[])),
                )
            },
            vec![SMALL_ZIP],
        ),
    ]
}

const USGS_2026: &str = "mcs_chapter,section,commodity,country,iso3,statistics,statistics_detail,unit,year,value_raw,value_num,notes\nGALLIUM,World,Gallium,China,CHN,Production,Primary production,kilograms,2024,\"839,000\",839000.0,Estimated.\nGALLIUM,World,Gallium,World total,,Production,Primary,kilograms,2021–24,>95,,\n";
const USGS_2025: &str = "source,commodity,country,type,unit_meas,prod_2023,prod_est_2024,prod_notes,cap_2023,cap_est_2024,cap_notes,reserves_2024,reserve_notes,iso3\nMCS2025,Rare earths,China,\"Mine production, rare-earth-oxide equivalent\",metric tons,255000,W,,,,,>44000000,,CHN\n";
const GOVERNANCE: &str = "country,iso3,duplicate_code_occurrence,year,estimate,std_err,n_sources,indicator,series_vintage\nChina,CHN,0,2022,-0.44,0.2,8,pv,old\nAruba,ABW,0,2022,,,,pv,old\n";
const IEA_SUPPLY: &str = "mineral,stage,country,year,value,unit\nCobalt,mining,Indonesia,2024,33.2,kt\nCobalt,mining,TOP3_SHARE,2024,0.81,share\n";
const IEA_DEMAND: &str = "table,mineral,sector,scenario,year,value_kt\ntotalDemand,Cobalt,totalDemand,base,2024,220\n";
const PINK_SHEET: &str = "commodity,unit,month,price_nominal_usd\nNickel,($/mt),2024-01,16103.9\n";
const PINK_SHEET_SHEET: &str = "World Bank,,\n,Crude oil,Nickel\n,($/bbl),($/mt)\n1960M01,1.63,1631\n1960M02,…,1631\n";
const WORLD_MINING: &str = "commodity,country,iso3,year,production,unit,source_flag\nRare Earths (REO),China,CHN,2022,210000,t,r\nRare Earths (REO),Total,,2022,296837,t,\n";
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1" t="str"><v>year</v></c></row><row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>45292.5</v></c><c r="C2" t="e"><v>#N/A</v></c></row></sheetData></worksheet>"#;
const OVERLAY: &str = "table,key,field,value,reason\ntrade,hs_code=284690;importer=JPN;year=2020;exporter=MYS,quantity_t,1484,neighbours\nassumptions,assumption=geopolrisk-missing-governance,value,0.4,own\n";
const TABLE: &str = "commodity,stage,country,entity,product,metric,year,preferred,value,low,high,unit,basis,quality,as_of,origin,note\ngallium,refined,CHN,,,production,2024,yes,839,,,t,t content,reported,2024,usgs-mcs-2026,\n";
/// A zip file with one stored `datapackage.json`.
const SMALL_ZIP: &[u8] = include_bytes!("small.zip");

fn filter() -> TradeFilter {
    TradeFilter::default()
}

fn each(bytes: &[u8], read: impl Fn(Input<'_>, &mut Report)) {
    let limits = Limits { record_bytes: 1 << 16, total_bytes: 1 << 22, ..Limits::default() };
    let mut report = Report::new();
    read(Input::from_reader("input.csv", bytes, limits), &mut report);
    // Messages are part of what must not fail.
    assert!(!report.to_string().is_empty());
}

fn trade_by_mapping(bytes: &[u8]) {
    let text = include_str!("../../crates/catalogue/tests/fixtures/trade_csv/baci_tidy.toml");
    if let Ok(mapping) = trade_csv::Mapping::parse("mapping.toml", text) {
        each(bytes, |input, report| {
            drop(trade_csv::read(input, &mapping, &filter(), &Known::default(), report, &mut |_| {}))
        });
    }
}

/// The bytes as the sheet of a workbook; the archive around them is whole, so that they are looked at.
fn workbook(sheet: &[u8]) {
    const PARTS: [(&str, &str); 3] = [
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="pv" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ];
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in
        PARTS.map(|(name, text)| (name, text.as_bytes())).into_iter().chain([("xl/worksheets/sheet1.xml", sheet)])
    {
        assert!(archive.start_file(name, stored).and_then(|()| Ok(archive.write_all(bytes)?)).is_ok());
    }
    let Ok(archive) = archive.finish() else { return };
    drop(Workbook::living_parts(Input::from_bytes("book.xlsx", archive.get_ref())));
    if let Ok(Some(mut workbook)) = Workbook::open(Input::from_bytes("book.xlsx", archive.get_ref())) {
        for sheet in workbook.sheets() {
            drop(workbook.sheet(&sheet));
        }
    }
}

/// A firm's own list: cycles, lost parents and alternates of nothing come of themselves.
const LIST: &str = "plant,item,parent,kind,quantity,unit,weight_g,stock_days,alternate_for,country\n\
    a,car,,product,1,piece,,,,\na,motor,car,part,1,piece,9000,5,,JPN\na,copper,motor,material,2,kg,,,,\n\
    a,spare,car,part,1,piece,,,motor,KOR\na,axle,car,part,2,piece,,,,\na,screw,axle,part,4,piece,,,,\na,screw,motor,part,9,piece,,,,\n";

fn own_list(bytes: &[u8]) {
    let materials = [("copper".to_owned(), "copper".to_owned())].into();
    let typical = ["traction-motor".to_owned()].into();
    let countries =
        ["JPN", "KOR"].iter().filter_map(|code| Some(((*code).to_owned(), CountryCode::parse(code)?))).collect();
    let known = bill_of_materials::Known { materials: &materials, typical: &typical, countries: &countries };
    drop(bill_of_materials::read_text(Input::from_bytes("list.csv", bytes), &known));
}

fn package_table(bytes: &[u8]) {
    if let Some(schema) = Schema::of("production") {
        each(bytes, |input, report| drop(Table::read(schema, input, report)));
    }
}

/// A generator of 64 random bits (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

const TOKENS: [&[u8]; 34] = [
    b"-1",
    b"1e308",
    b"1e999",
    b"nan",
    b"inf",
    b"99999999999999999999",
    b"0",
    b"",
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x83\x81",
    "日本".as_bytes(),
    "—".as_bytes(),
    "½".as_bytes(),
    b"W",
    b"NA",
    b"2024-02-30",
    b"JPN",
    b"ZZZ",
    b"{",
    b"}",
    b"]",
    b"\\u0000",
    b"null",
    b"PK\x03\x04",
];

/// Breaks an input in a few places.
fn mutate(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(10) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            2 if at < bytes.len() => bytes[at] = random.next() as u8,
            3 => {
                let end = (at + random.below(24)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + random.below(64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            5 => {
                let from = random.below(other.len());
                let to = (from + random.below(48)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            6 => {
                // A whole field becomes something else.
                let start = bytes[..at].iter().rposition(|byte| b",;\t\n".contains(byte)).map_or(0, |place| place + 1);
                let end = bytes[at..]
                    .iter()
                    .position(|byte| b",;\t\n".contains(byte))
                    .map_or(bytes.len(), |place| at + place);
                bytes.splice(start..end, TOKENS[random.below(TOKENS.len())].iter().copied());
            }
            7 => {
                let (from, to) =
                    ([b',', b'\n', b'"', b'.'][random.below(4)], [b';', b'\t', b'\r', b' '][random.below(4)]);
                bytes.iter_mut().filter(|byte| **byte == from).for_each(|byte| *byte = to);
            }
            _ => {
                bytes.splice(at..at, TOKENS[random.below(TOKENS.len())].iter().copied());
            }
        }
    }
    bytes
}

fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == name).and_then(|_| arguments.next())
}

fn main() -> ExitCode {
    let number = |name: &str, otherwise: u64| {
        argument(name).and_then(|text| text.replace('_', "").parse().ok()).unwrap_or(otherwise)
    };
    let (inputs, seed) = (number("--inputs", 1_000_000), number("--seed", 1));
    let chosen = argument("--reader");
    let readers: Vec<_> =
        readers().into_iter().filter(|(name, ..)| chosen.as_deref().is_none_or(|wanted| wanted == *name)).collect();
    if readers.is_empty() {
        eprintln!("no reader of that name");
        return ExitCode::from(2);
    }
    // What is being read now, for the thread that looks whether anything hangs.
    let current: Arc<Mutex<(&'static str, Vec<u8>)>> = Arc::new(Mutex::new(("", Vec::new())));
    let count = Arc::new(AtomicU64::new(0));
    watch(current.clone(), count.clone());
    std::panic::set_hook(Box::new(|_| {}));
    let mut failures = 0;
    let everything: Vec<&[u8]> = readers.iter().flat_map(|(_, _, seeds)| seeds.iter().copied()).collect();
    let each = inputs.div_ceil(readers.len() as u64);
    for (index, (name, read, seeds)) in readers.iter().enumerate() {
        let mut random = Random(seed.wrapping_mul(1000) + index as u64);
        let mut failed = 0;
        for _ in 0..each {
            let (from, with) = (seeds[random.below(seeds.len())], everything[random.below(everything.len())]);
            let bytes = mutate(from, with, &mut random);
            if let Ok(mut current) = current.lock() {
                current.0 = name;
                current.1.clone_from(&bytes);
            }
            count.fetch_add(1, Ordering::Relaxed);
            if catch_unwind(AssertUnwindSafe(|| read(&bytes))).is_err() {
                failed += 1;
                save(name, &bytes, failed);
            }
        }
        println!("{name}: {each} inputs, {failed} failures");
        failures += failed;
    }
    println!("total: {} inputs, {failures} failures", each * readers.len() as u64);
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn save(name: &str, bytes: &[u8], number: u64) {
    if number <= 20 {
        let _ = std::fs::create_dir_all("fuzz/failures");
        let _ = std::fs::write(format!("fuzz/failures/{name}-{number}"), bytes);
    }
}

/// Ends the program if one input takes too long.
fn watch(current: Arc<Mutex<(&'static str, Vec<u8>)>>, count: Arc<AtomicU64>) {
    std::thread::spawn(move || {
        let mut before = u64::MAX;
        loop {
            std::thread::sleep(PATIENCE);
            let now = count.load(Ordering::Relaxed);
            if now == before {
                if let Ok(current) = current.lock() {
                    save(current.0, &current.1, 0);
                    eprintln!("{} hangs; the input is in fuzz/failures", current.0);
                }
                std::process::exit(1);
            }
            before = now;
        }
    });
}
