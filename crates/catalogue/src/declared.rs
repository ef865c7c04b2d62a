//! Trade as customs declared it, from files that a user has: each side's record is kept beside the package's, which is
//! reconciled from both.
//!
//! Read are answers and bulk files of UN Comtrade, trade statistics of Japan Customs, and any CSV that a mapping
//! describes. National lines are summed to six digits and months to years; codes are taken as they are written, whatever
//! edition of the Harmonized System they belong to.

use crate::input::Input;
use crate::inspect::{beginning, declaration};
use crate::package::USER_ORIGIN;
use crate::read::trade_record::{
    Collector, CountryCodes, CountryEntry, Known, Party, TradeFilter, TradeRecord, harmonise,
};
use crate::read::{comtrade, trade_csv};
use crate::report::{Mistake, Report};
use lode_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Assumption: the rate at which values in yen are turned into dollars. Shares within one record do not depend on it.
const YEN_PER_DOLLAR: &str = "loss.yen-per-dollar";

/// Files with declarations.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TradeFiles {
    /// The files; all are laid out alike if there is a mapping.
    pub files: Vec<PathBuf>,
    /// How a CSV of the user's own is laid out.
    pub mapping: Option<PathBuf>,
    /// The table in which codes or names of countries are looked up; the package's own if `None`.
    pub countries: Option<PathBuf>,
}

impl TradeFiles {
    /// Reads the files and lays what they declare beside the trade record of a World: all mistakes at once, or nothing
    /// has changed.
    pub fn lay_beside(&self, world: &mut World) -> Result<(), Report> {
        if self.files.is_empty() {
            return Ok(());
        }
        let mut report = Report::new();
        let records = self.records(world, &mut report);
        let sides = sides(world, records, &mut report);
        report.into_result(())?;
        let names: Vec<String> = self.files.iter().map(|path| path.display().to_string()).collect();
        let provenance = Provenance {
            quality: DataQuality::User,
            as_of: String::new(),
            origin: OriginId::new(USER_ORIGIN),
            note: format!("declared trade from {}", names.join(", ")),
        };
        for (role, side) in sides {
            let notes = notes(world, &side.months);
            let flows = TradeTable::new(provenance.clone(), side.flows);
            world.declared.insert(role, Declared { flows, declarants: side.declarants, notes });
        }
        world.origins.entry(OriginId::new(USER_ORIGIN)).or_insert_with(|| Origin {
            id: OriginId::new(USER_ORIGIN),
            producer: "the user".into(),
            title: format!("declared trade from {}", names.join(", ")),
            version: String::new(),
            citation: String::new(),
            url: String::new(),
            date: String::new(),
            licence: "the user's own".into(),
            redistribution: Redistribution::No,
            secondary: false,
            sha256: String::new(),
            note: "records given by the user; they never leave this machine".into(),
        });
        world.package.overlays.extend(names);
        Ok(())
    }
}

impl TradeFiles {
    /// Every record under a code that the World knows, with countries as ISO codes.
    fn records(&self, world: &World, report: &mut Report) -> Vec<TradeRecord> {
        let codes = match &self.countries {
            Some(path) => Input::open(path)
                .map_err(|mistakes| report.extend(mistakes))
                .ok()
                .and_then(|input| CountryCodes::read(input, report)),
            None => Some(country_codes(world)),
        };
        let mapping = self.mapping.as_ref().map(|path| {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Mistake::in_file(&name, format!("cannot be opened: {error}")))?;
            trade_csv::Mapping::parse(&name, &text)
        });
        let mapping = match mapping.transpose() {
            Ok(mapping) => mapping,
            Err(mistakes) => {
                report.extend(mistakes);
                return Vec::new();
            }
        };
        let Some(codes) = codes else { return Vec::new() };
        let known = Known { countries: Some(&codes), products: None };
        let forms = world.forms.iter().map(|form| form.hs_code);
        let filter = TradeFilter::codes(forms.chain(world.hs_sets.values().flat_map(|set| set.codes.iter().copied())));
        let mut records = Collector::default();
        for path in &self.files {
            let open = || Input::open(path);
            let read = open().and_then(|first| Ok((beginning(first), open()?)));
            let (start, input) = match read {
                Ok(read) => read,
                Err(mistakes) => {
                    report.extend(mistakes);
                    continue;
                }
            };
            let mut take = |record| records.take(record);
            match (&mapping, declaration(&start)) {
                (Some(mapping), _) => {
                    trade_csv::read(input, mapping, &filter, &known, report, &mut take);
                }
                (None, Some(declaration)) => {
                    declaration.read(input, &filter, &known, report, &mut take);
                }
                (None, None) => report.push(
                    Mistake::in_file(&path.display().to_string(), "holds no trade record that Lode knows")
                        .hint("give UN Comtrade, Japan Customs, or any CSV with a mapping (docs/src/data/sources.md)"),
                ),
            }
        }
        harmonise(records.finish(report), &codes, report).0
    }
}

/// The numbers and names of the package's own countries, and the remainders of UN Comtrade.
fn country_codes(world: &World) -> CountryCodes {
    let mut codes = CountryCodes::default();
    let mut insert = |code: &str, name: &str, iso2: &str, country| {
        codes.insert(code, CountryEntry { name: name.to_owned(), iso2: iso2.to_owned(), country });
    };
    for code in comtrade::REMAINDERS {
        insert(code, "not specified", "", CountryCode::OTHER);
    }
    for country in world.countries.values() {
        let own = country.numeric.into_iter().map(|code| code.to_string());
        for code in own.chain(country.baci_codes.iter().map(ToString::to_string)) {
            insert(&code, &country.name_en, &country.iso2, country.code);
        }
    }
    codes
}

#[derive(Default)]
struct Side {
    flows: BTreeMap<HsCode, Vec<TradeFlow>>,
    declarants: BTreeSet<(HsCode, Year, CountryCode)>,
    /// Months in which anything was declared, by year and declarant; 0 for a whole year.
    months: BTreeMap<(Year, CountryCode), BTreeSet<u8>>,
}

/// Records as annual flows of each side.
fn sides(world: &World, records: Vec<TradeRecord>, report: &mut Report) -> BTreeMap<Role, Side> {
    let yen = world.assumptions.get(YEN_PER_DOLLAR).and_then(|assumption| assumption.quantity.value);
    // What a year is the sum of: annual records if there are any, else months.
    type Cell = (Role, HsCode, CountryCode, Year, CountryCode);
    let mut sums: BTreeMap<(Cell, bool), (f64, Option<f64>)> = BTreeMap::new();
    let mut sides: BTreeMap<Role, Side> = BTreeMap::new();
    for record in records {
        let (Party::Country(importer), Party::Country(exporter)) = (&record.importer, &record.exporter) else {
            continue;
        };
        let mut refuse = |what: &str, hint: &str| {
            report.push(Mistake::in_row(&record.place.file, record.place.row, what).hint(hint));
        };
        if record.role == Role::Reconciled {
            refuse("is reconciled from both sides, so nobody declared it", "such a record belongs into a package");
            continue;
        }
        let value = match record.value {
            None => 0.0,
            Some(value) => match (value.usd(), value.unit.currency(), yen) {
                (Some(dollars), ..) => dollars.value(),
                (None, "JPY", Some(rate)) => value.amount * value.unit.factor() / rate,
                _ => {
                    refuse("has a value in a currency for which there is no rate", "give values in USD or JPY");
                    continue;
                }
            },
        };
        let (year, month) = (record.period.year, record.period.month);
        let cell = ((record.role, record.code, *importer, year, *exporter), month.is_some());
        let sum = sums.entry(cell).or_insert((0.0, Some(0.0)));
        sum.0 += value;
        sum.1 = sum.1.zip(record.quantity).map(|(sum, quantity)| sum + quantity.value());
        let declarant = if record.role == Role::Importer { *importer } else { *exporter };
        let side = sides.entry(record.role).or_default();
        side.declarants.insert((record.code, year, declarant));
        side.months.entry((year, declarant)).or_default().insert(month.unwrap_or(0));
    }
    for (((role, code, importer, year, exporter), monthly), (value, quantity)) in &sums {
        let cell = (*role, *code, *importer, *year, *exporter);
        if *monthly && sums.contains_key(&(cell, false)) {
            continue;
        }
        let flow = TradeFlow {
            importer: *importer,
            year: *year,
            exporter: *exporter,
            value: NominalUsd::new(*value),
            quantity: quantity.map(GrossTonnes::new),
        };
        sides.entry(*role).or_default().flows.entry(*code).or_default().push(flow);
    }
    sides
}

/// What must be known of a year: months that are missing.
fn notes(world: &World, months: &BTreeMap<(Year, CountryCode), BTreeSet<u8>>) -> BTreeMap<Year, BTreeSet<String>> {
    let mut notes: BTreeMap<Year, BTreeSet<String>> = BTreeMap::new();
    for ((year, declarant), months) in months.iter().filter(|(_, months)| !months.contains(&0) && months.len() < 12) {
        let note = format!("{} declared in {} months of {year} only", world.country_name(*declarant), months.len());
        notes.entry(*year).or_default().insert(note);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn code(text: &str) -> HsCode {
        HsCode::parse(text).unwrap()
    }

    fn country(text: &str) -> CountryCode {
        CountryCode::parse(text).unwrap()
    }

    /// A World that knows three countries and one customs code.
    fn world() -> World {
        let mut world = World::empty();
        for (iso, numeric, baci) in [("JPN", 392, 392), ("CHN", 156, 156), ("S19", 158, 490)] {
            let known = Country {
                code: country(iso),
                iso2: String::new(),
                numeric: Some(numeric),
                name_en: iso.into(),
                name_ja: String::new(),
                baci_codes: vec![baci],
                aliases: Vec::new(),
            };
            world.countries.insert(known.code, known);
        }
        let provenance = Provenance {
            quality: DataQuality::Reported,
            as_of: String::new(),
            origin: OriginId::new("constructed"),
            note: String::new(),
        };
        let id = HsSetId::new("rare-earth-compounds");
        let set = HsSet {
            id: id.clone(),
            commodity: CommodityId::new("rare-earths"),
            codes: vec![code("284690")],
            default: true,
            name_en: String::new(),
            provenance: provenance.clone(),
        };
        world.hs_sets.insert(id, set);
        let rate = Quantity { value: Some(150.0), ..Quantity::default() };
        world.assumptions.insert(
            YEN_PER_DOLLAR.into(),
            Assumption {
                id: YEN_PER_DOLLAR.into(),
                used_by: String::new(),
                reason: String::new(),
                quantity: rate,
                provenance,
            },
        );
        world
    }

    fn given(folder: &Path, name: &str, text: &str) -> TradeFiles {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        TradeFiles { files: vec![path], ..TradeFiles::default() }
    }

    #[test]
    fn each_side_of_an_answer_of_comtrade_is_kept_apart() {
        let mut world = world();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/comtrade/annual.json");
        let files = TradeFiles { files: vec![file], ..TradeFiles::default() };
        files.lay_beside(&mut world).unwrap_or_else(|report| panic!("{report}"));
        let tonnes = |role: Role| -> Vec<(String, Option<f64>)> {
            let flows = &world.declared[&role].flows;
            let flows = flows.imports(code("284690"), country("JPN"), 2023).iter();
            flows.map(|flow| (flow.exporter.to_string(), flow.quantity.map(GrossTonnes::value))).collect()
        };
        let importer = [("CHN".into(), Some(9150.25)), ("OTH".into(), None), ("S19".into(), Some(0.5))];
        assert_eq!(tonnes(Role::Importer), importer);
        assert_eq!(tonnes(Role::Exporter), [("CHN".into(), Some(9300.0))]);
        let declarants = |role: Role| world.declared[&role].declarants.iter().map(|key| key.2).collect::<Vec<_>>();
        assert_eq!(declarants(Role::Importer), [country("JPN")]);
        assert_eq!(declarants(Role::Exporter), [country("CHN")]);
        assert!(world.trade.is_empty() && world.origins.contains_key("user"));
    }

    #[test]
    fn months_are_summed_and_said_to_be_few_and_yen_become_dollars() {
        let folder = tempfile::tempdir().unwrap();
        let heading = "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year,\
                       Quantity1-Jan,Quantity2-Jan,Value-Jan,Quantity1-Feb,Quantity2-Feb,Value-Feb\n";
        let rows = "2,2024,'284690100',105,  ,KG,0,5000,300,0,2000,120,0,3000,180\n\
                    2,2024,'284690290',105,  ,KG,0,1000,30,0,1000,30,0,0,0\n";
        let mut files = given(folder.path(), "imports.csv", &format!("{heading}{rows}"));
        let countries = folder.path().join("countries.csv");
        std::fs::write(&countries, "country_code,country_name,country_iso3\n105,China,CHN\n1,Japan,JPN\n").unwrap();
        files.countries = Some(countries);
        let mut world = world();
        files.lay_beside(&mut world).unwrap_or_else(|report| panic!("{report}"));
        let declared = &world.declared[&Role::Importer];
        let [flow] = declared.flows.imports(code("284690"), country("JPN"), 2024) else { panic!("{declared:?}") };
        assert_eq!(flow.quantity, Some(GrossTonnes::new(6.0)));
        assert!((flow.value.value() - 330_000.0 / 150.0).abs() < 1e-9);
        assert_eq!(declared.notes[&2024].first().unwrap(), "JPN declared in 2 months of 2024 only");
    }

    #[test]
    fn every_mistake_of_every_file_is_told_and_nothing_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = given(folder.path(), "nothing.csv", "a,b\n1,2\n");
        files.files.push(folder.path().join("missing.csv"));
        let mut world = world();
        let report = files.lay_beside(&mut world).unwrap_err().to_string();
        assert!(report.contains("nothing.csv: holds no trade record that Lode knows"), "{report}");
        assert!(report.contains("missing.csv: cannot be opened"), "{report}");
        assert!(world.declared.is_empty() && world.origins.is_empty());
    }

    #[test]
    fn a_reconciled_record_is_no_declaration() {
        let folder = tempfile::tempdir().unwrap();
        let text = include_str!("../tests/fixtures/trade_csv/baci_tidy.csv");
        let mut files = given(folder.path(), "tidy.csv", text);
        files.mapping = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/trade_csv/baci_tidy.toml"));
        let report = files.lay_beside(&mut world()).unwrap_err().to_string();
        assert!(report.contains("is reconciled from both sides, so nobody declared it"), "{report}");
    }
}
