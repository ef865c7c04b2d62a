//! The shapes on the wire, as `web/src/api.ts` has them. Sentences are keys with arguments: the server knows no language.

use lode_assess::{Band, Measure};
use lode_catalogue::{Mistake, Report};
use lode_model::{Provenance, Quantity};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub mod lab;
pub mod steps;
pub mod validation;

/// A number with everything that a reader needs to trust it; unknown is `{"value":null,"why":...}`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, ToSchema)]
pub struct Number {
    /// Central value; `null` where it is not known.
    pub value: Option<f64>,
    /// Lower end of the band; given together with `high` or not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of the band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Unit in full.
    pub unit: String,
    /// What it is taken of: quantity or value with the customs codes, or the mass basis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// `reported`, `derived`, `secondary`, `estimated`, `imputed`, `assumed`, `user` or `simulated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// The date that it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Ids of `/api/sources`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// Why it is not known: `no_source`, `not_applicable`, `mixed_code` or `confidential`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// Remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What to ask `/api/record` for the record behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Whose share it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
}

impl Number {
    /// What no source tells.
    pub fn unknown(unit: &str, why: &'static str) -> Self {
        Self { unit: unit.to_owned(), why: Some(why), ..Self::default() }
    }

    /// A value alone.
    pub fn of(value: f64, unit: &str, quality: &str) -> Self {
        Self { value: Some(value), unit: unit.to_owned(), quality: Some(quality.to_owned()), ..Self::default() }
    }

    /// Takes a band over; one without width is no band.
    pub fn band(mut self, band: Band) -> Self {
        self.value = band.value;
        (self.low, self.high) = match (band.low, band.high) {
            (Some(low), Some(high)) if band.value.is_none() || low < high => (Some(low), Some(high)),
            (low @ Some(_), None) => (low, None),
            (None, high @ Some(_)) => (None, high),
            _ => (None, None),
        };
        self
    }

    /// A measure as the command line gives it.
    pub fn measure(measure: &Measure) -> Self {
        let mut number = Self {
            unit: measure.unit.clone(),
            basis: some(&measure.basis),
            quality: Some(measure.quality.word().to_owned()),
            as_of: measure.year.map(|year| year.to_string()),
            origins: measure.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            note: some(&measure.notes.join("; ")),
            record: Some(record_of(measure, &measure.partner)),
            partner: some(&measure.partner),
            ..Self::default()
        }
        .band(measure.band);
        if number.value.is_none() {
            number.why = Some(if measure.is_missing() { "no_source" } else { "mixed_code" });
        }
        number
    }

    /// A quantity of a record.
    pub fn quantity(quantity: &Quantity, provenance: &Provenance) -> Self {
        let mut number = Self {
            unit: quantity.unit.clone(),
            basis: some(&quantity.basis),
            quality: Some(provenance.quality.word().to_owned()),
            as_of: some(&provenance.as_of),
            origins: vec![provenance.origin.as_str().to_owned()],
            note: some(&provenance.note),
            ..Self::default()
        }
        .band(Band { value: quantity.value, low: quantity.low, high: quantity.high });
        if number.value.is_none() && number.low.is_none() && number.high.is_none() {
            number.why = Some("no_source");
        }
        number
    }
}

/// The question of `/api/record` that leads to a measure.
pub fn record_of(measure: &Measure, partner: &str) -> String {
    let basis = measure.basis.split(' ').next().unwrap_or("").to_owned();
    let year = measure.year.map_or(String::new(), |year| year.to_string());
    let parts = [
        ("indicator", measure.indicator),
        ("country", &measure.country),
        ("commodity", measure.commodity.as_str()),
        ("stage", measure.stage.map_or("", |stage| stage.word())),
        ("partner", partner),
        ("year", &year),
        ("basis", &basis),
    ];
    query(&parts)
}

/// `a=b&c=d`, empty values left out, everything else escaped.
pub fn query(parts: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
                _ => out += &format!("%{byte:02X}"),
            }
        }
        out
    };
    let pairs = parts.iter().filter(|(_, value)| !value.is_empty());
    pairs.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

/// Text, or nothing if it is empty.
pub fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A sentence: a key of the pages' message files and its arguments.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Sentence {
    /// Key.
    pub key: String,
    /// Arguments: words, numbers, or `{"country":...}`, `{"share":...}` and the like, which the page writes in its language.
    #[schema(value_type = Object)]
    pub args: BTreeMap<String, Value>,
}

impl Sentence {
    /// A sentence without arguments.
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: BTreeMap::new() }
    }

    /// Adds an argument.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a country.
    pub fn country(self, name: &str, country: &str) -> Self {
        self.with(name, json!({ "country": country }))
    }

    /// Adds a commodity.
    pub fn commodity(self, name: &str, commodity: &str) -> Self {
        self.with(name, json!({ "commodity": commodity }))
    }
}

/// Around each answer: which package, which day, what to mistrust.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Envelope<T> {
    /// First digits of the package's hash.
    pub snap: String,
    /// When the answer was made, in universal time.
    pub made: String,
    /// Seed of the draws, where there are any.
    pub seed: Option<u64>,
    /// Newest record that the package holds: the year of its trade record, and how many months ago it ended.
    pub newest: Newest,
    /// Whether values of the user's own were used.
    pub own_values: bool,
    /// The answer in a sentence.
    pub answer: Option<Sentence>,
    /// The answer.
    pub data: T,
    /// What is stale, unverified or left out.
    pub warnings: Vec<Sentence>,
}

/// How old the newest record is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Newest {
    /// Newest year of the trade record.
    pub trade: String,
    /// Full months since it ended.
    pub months_old: u32,
}

/// A mistake in what the user sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct WireMistake {
    /// File or parameter.
    pub file: Option<String>,
    /// Row as a spreadsheet shows it.
    pub row: Option<u64>,
    /// Column.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl From<&Mistake> for WireMistake {
    fn from(mistake: &Mistake) -> Self {
        let file = match mistake.file.as_str() {
            "" | "command line" => None,
            file => Some(file.to_owned()),
        };
        Self {
            file,
            row: mistake.row,
            column: mistake.column.clone(),
            message: mistake.message.clone(),
            hint: mistake.hint.clone(),
        }
    }
}

/// The body of every answer with a status of 400 and above.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct FailureBody {
    /// What went wrong.
    pub error: FailureText,
    /// All mistakes of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<WireMistake>,
    /// Mistakes beyond those listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<u64>,
}

/// What went wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct FailureText {
    /// A word for machines.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The mistakes of a report, and how many more there are.
pub fn mistakes(report: &Report) -> (Vec<WireMistake>, u64) {
    let listed: Vec<WireMistake> = report.mistakes().iter().map(WireMistake::from).collect();
    let more = report.count().saturating_sub(listed.len() as u64);
    (listed, more)
}

/// Something with a name in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Named {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
}

/// A country or group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Country {
    /// ISO code or name of the group.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// `country` or `group`.
    pub kind: &'static str,
    /// Three digits of ISO 3166, which find the country on a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numeric: Option<String>,
}

/// A commodity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct CommodityName {
    /// Id.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Chemical symbol.
    pub symbol: Option<String>,
    /// `element`, `group` or `mineral`.
    pub kind: &'static str,
    /// The group that it belongs to.
    pub group: Option<String>,
}

/// What this server is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Meta {
    /// Version of the program.
    pub version: String,
    /// The package that it answers from.
    pub package: PackageName,
    /// The day on which questions are asked.
    pub today: String,
    /// How old the newest record is.
    pub newest: Newest,
    /// Countries and groups.
    pub countries: Vec<Country>,
    /// Commodities.
    pub commodities: Vec<CommodityName>,
    /// Columns of the matrix.
    pub stages: Vec<&'static str>,
    /// Forms of the market.
    pub forms: Vec<Named>,
    /// Uses of the forms.
    pub uses: Vec<Named>,
    /// Pages that can be answered.
    pub pages: Vec<&'static str>,
    /// Whether studies, uploads and results are kept.
    pub workspace: bool,
    /// Whose workspace it is.
    pub user: String,
}

/// Name of a package.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct PackageName {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// First digits of its hash.
    pub hash: String,
    /// The day up to which its sources were read.
    pub as_of: String,
}

/// A number with its label and its rivals.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Figure {
    /// What it says.
    pub label: Sentence,
    /// The number.
    pub num: Number,
    /// Other numbers for the same question.
    pub rivals: Vec<Labelled>,
}

/// A number with its label.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Labelled {
    /// What it counts.
    pub label: Sentence,
    /// The number.
    pub num: Number,
}

/// A cell of the matrix.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Cell {
    /// The largest supplier and its share.
    pub top: Option<Number>,
    /// The largest suppliers, the first included.
    pub rank: Vec<Number>,
}

/// World and country at a stage.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct StageCells {
    /// Stage.
    pub stage: &'static str,
    /// World output.
    pub world: Cell,
    /// The country's imports.
    pub own: Cell,
}

/// A restriction of exports that reaches the country.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct StandingControl {
    /// Kind of measure.
    pub kind: &'static str,
    /// Who acts.
    pub actor: Option<String>,
    /// First day in force.
    pub since: String,
    /// `in_force`, `suspended`, `lapsed` or `to_come`.
    pub state: &'static str,
    /// How many more restrict it.
    pub more: usize,
    /// Name of the measure.
    pub name: String,
    /// Number of the notice.
    pub instrument: Option<String>,
    /// Where it comes from.
    pub origins: Vec<String>,
}

/// A number of a year.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct YearNumber {
    /// Year.
    pub year: i32,
    /// Number.
    pub num: Number,
}

/// A row of the matrix.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct MatrixRow {
    /// Commodity.
    pub commodity: String,
    /// Key of the heading under which it stands.
    pub heading: &'static str,
    /// Cells by stage.
    pub cells: Vec<StageCells>,
    /// What the country bought in the year.
    pub imports: Number,
    /// The largest supplier's share over the years.
    pub trend: Vec<YearNumber>,
    /// That supplier.
    pub trend_partner: Option<String>,
    /// The most binding restriction.
    pub control: Option<StandingControl>,
}

/// Something that changed or is due.
#[derive(Clone, PartialEq, Debug, Default, Serialize, ToSchema)]
pub struct Change {
    /// When.
    pub date: String,
    /// `due`, `suspension_ran_out`, `in_force`, `ended`, `suspended` or `share_moved`.
    pub what: &'static str,
    /// Kind of measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Who acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What it touches.
    pub commodities: Vec<String>,
    /// Name of the measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Number of the notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// How many more of the same actor on that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<usize>,
    /// Whose share moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Share before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Number>,
    /// Share now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Number>,
    /// How good it is.
    pub quality: String,
    /// Where it comes from.
    pub origins: Vec<String>,
}

/// A series by one basis.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ShareSeries {
    /// `quantity` or `value`.
    pub basis: &'static str,
    /// Points.
    pub points: Vec<YearNumber>,
}

/// A share that others published.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Published {
    /// Id of `/api/claims`.
    pub claim: String,
    /// Who said it.
    pub who: String,
    /// Of which year.
    pub year: i32,
    /// The number.
    pub num: Number,
}

/// A measure on a time axis.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct ChartEvent {
    /// When.
    pub date: String,
    /// Id of the control.
    pub control: String,
    /// Kind.
    pub kind: &'static str,
    /// Who acts.
    pub actor: Option<String>,
}

/// The same share counted in two ways over the years.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ShareChart {
    /// Commodity.
    pub commodity: String,
    /// Partner.
    pub partner: String,
    /// By weight and by value.
    pub series: Vec<ShareSeries>,
    /// What others published.
    pub published: Vec<Published>,
    /// Measures.
    pub events: Vec<ChartEvent>,
}

/// A month's number.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct MonthNumber {
    /// Month, e.g. `2025-04`.
    pub month: String,
    /// Number.
    pub num: Number,
}

/// Months of an observed flow; a month without a source is absent.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct MonthChart {
    /// What it shows.
    pub label: Sentence,
    /// First month.
    pub from: String,
    /// Last month.
    pub to: String,
    /// Points.
    pub points: Vec<MonthNumber>,
    /// Measures.
    pub events: Vec<ChartEvent>,
}

/// How dependent is a country, on whom, at which stage?
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Desk {
    /// Country.
    pub country: String,
    /// `quantity` or `value`.
    pub basis: &'static str,
    /// Year of the newest trade record.
    pub year: i32,
    /// The figures on top.
    pub figures: Vec<Figure>,
    /// Commodities by stages.
    pub matrix: Vec<MatrixRow>,
    /// Commodities of which customs give bounds only.
    pub bundled: Vec<String>,
    /// What changed.
    pub changes: Vec<Change>,
    /// How you count decides the number.
    pub shares: Option<ShareChart>,
    /// Observed months.
    pub months: Option<MonthChart>,
}

/// A place of the chain.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ChainNode {
    /// Id.
    pub id: String,
    /// Stage.
    pub stage: &'static str,
    /// Country or region.
    pub region: String,
    /// Use.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_id: Option<String>,
    /// What passes through.
    pub num: Number,
}

/// From a place to the next.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ChainLink {
    /// Id of a node.
    pub from: String,
    /// Id of a node.
    pub to: String,
    /// Tonnes.
    pub num: Number,
    /// Whether it rests on records; else it was shared out in proportion.
    pub known: bool,
}

/// A yearly flow of a form.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Flow {
    /// Form.
    pub form: String,
    /// Stage.
    pub stage: &'static str,
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// Tonnes.
    pub num: Number,
    /// Nominal dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Number>,
}

/// A plant or project.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Plant {
    /// Name.
    pub name: String,
    /// Sponsor.
    pub company: Option<String>,
    /// Country.
    pub country: String,
    /// Stage as printed.
    pub stage: String,
    /// Commodities.
    pub commodities: Vec<String>,
    /// What the number says.
    pub metric: String,
    /// How much.
    pub num: Number,
    /// Period as printed.
    pub period: Option<String>,
}

/// What no record tells at a stage.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Unknown {
    /// Stage.
    pub stage: &'static str,
    /// How much.
    pub num: Number,
}

/// Who supplies what to whom, stage by stage?
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Chain {
    /// Commodity.
    pub commodity: String,
    /// Year.
    pub year: i32,
    /// Years that can be asked for.
    pub years: Vec<i32>,
    /// Country, or `WLD`.
    pub country: String,
    /// Key of what the tonnes of the links are.
    pub mass: &'static str,
    /// Places.
    pub nodes: Vec<ChainNode>,
    /// Links.
    pub links: Vec<ChainLink>,
    /// What no record tells.
    pub unknown: Vec<Unknown>,
    /// Flows of single forms, largest first.
    pub flows: Vec<Flow>,
    /// Plants and projects.
    pub plants: Vec<Plant>,
}

/// An origin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Origin {
    /// Id.
    pub origin: String,
    /// Who published it.
    pub producer: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: Option<String>,
    /// Date.
    pub date: Option<String>,
    /// Licence.
    pub licence: Option<String>,
    /// `yes`, `derived-only`, `facts` or `no`.
    pub redistributable: Option<String>,
    /// Whether it was read second-hand.
    pub secondary: Option<String>,
    /// How many records rest on it.
    pub records: i64,
    /// Address.
    pub url: Option<String>,
    /// How to cite it.
    pub citation: Option<String>,
    /// SHA-256 of the file that was read.
    pub sha256: Option<String>,
    /// What to mistrust.
    pub note: Option<String>,
}

/// Every origin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Sources {
    /// Origins, those of most records first.
    pub origins: Vec<Origin>,
    /// Records in all.
    pub records: i64,
}

/// Rows of a table.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct RawTable {
    /// Table.
    pub table: String,
    /// What it holds.
    pub about: String,
    /// Columns.
    pub columns: Vec<String>,
    /// Rows.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<Value>>,
    /// Rows beyond those listed.
    pub more: usize,
}

/// The record behind a number.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Record {
    /// What it says.
    pub label: Sentence,
    /// The number.
    pub num: Number,
    /// How it was made.
    #[schema(value_type = Object)]
    pub card: Option<Value>,
    /// Other numbers for the same question.
    pub rivals: Vec<Labelled>,
    /// The rows that it came from.
    pub raw: Vec<RawTable>,
    /// Where they come from.
    pub origins: Vec<Origin>,
    /// Command that gives the same number.
    pub command: Option<String>,
}

/// A claim under one definition.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct ClaimRow {
    /// Definition.
    pub definition: String,
    /// Our number.
    pub num: Number,
    /// `yes`, `no`, `near` or empty where the record is missing.
    pub agrees: &'static str,
}

/// A published claim held against the record.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Claim {
    /// Id.
    pub claim: String,
    /// What was said, in English.
    pub statement_en: String,
    /// What was said, in Japanese.
    pub statement_ja: String,
    /// Who said it.
    pub who: String,
    /// When.
    pub when: String,
    /// Where it was published.
    pub source: String,
    /// Address.
    pub url: Option<String>,
    /// The figure as printed.
    pub published: String,
    /// Verdict.
    pub verdict: &'static str,
    /// Why.
    pub reason: String,
    /// Under each definition.
    pub rows: Vec<ClaimRow>,
}

/// The ledger of claims.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Claims {
    /// Claims.
    pub claims: Vec<Claim>,
}

/// An answer as the command line gives it.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Table {
    /// Rows, as `--format json` gives them.
    #[schema(value_type = Vec<Object>)]
    pub rows: Value,
    /// What stands at the foot.
    pub remarks: Vec<String>,
}

/// A saved study.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Study {
    /// Id.
    #[serde(default)]
    pub id: String,
    /// Name.
    pub name: String,
    /// Page.
    pub page: String,
    /// Public state: the address without its host.
    pub state: String,
    /// When it was saved.
    #[serde(default)]
    pub saved: String,
    /// A scenario too long for an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub scenario: Option<Value>,
}

/// Studies of the user.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Studies {
    /// Newest first.
    pub studies: Vec<Study>,
}

/// A study that is passed on.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct SharedStudy {
    /// The study.
    pub study: Study,
    /// First digits of the package's hash: the same package gives the same numbers.
    pub snap: String,
    /// Own values; only where the user ticked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_values: Option<Vec<OwnValue>>,
    /// What was withheld: kind, form and unit of each value.
    pub withheld: Vec<Withheld>,
    /// Says that the file holds confidential values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<&'static str>,
}

/// What to pass on with a study.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Whether the user ticked that own values go with it.
    #[serde(default)]
    pub include_own_values: bool,
}

/// A value of the user's own: a true stock, contract or cost.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnValue {
    /// Id; given by the server.
    #[serde(default)]
    pub id: String,
    /// `stock`, `contract`, `cost` or `other`.
    pub kind: String,
    /// Form, e.g. `dysprosium-terbium-oxide`.
    pub form: String,
    /// Grade, e.g. `4N`.
    #[serde(default)]
    pub grade: String,
    /// Who holds it.
    #[serde(default)]
    pub holder: String,
    /// Central value.
    pub value: f64,
    /// Lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Unit in full.
    pub unit: String,
    /// Why it holds.
    #[serde(default)]
    pub reason: String,
    /// The record that it stands in place of, where it is one of the package's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
    /// Always `user`.
    #[serde(default = "user")]
    pub quality: String,
}

fn user() -> String {
    "user".into()
}

/// A record of the package, as an overlay names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    /// Table.
    pub table: String,
    /// Key, e.g. `commodity=dysprosium;country=JPN`.
    pub key: String,
    /// Column.
    pub field: String,
}

/// What was withheld of a value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Withheld {
    /// Kind.
    pub kind: String,
    /// Form.
    pub form: String,
    /// Unit.
    pub unit: String,
    /// Always `confidential`.
    pub why: &'static str,
}

/// The encrypted part of the workspace.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Confidential {
    /// Whether a passphrase was set.
    pub exists: bool,
    /// Whether it is open.
    pub open: bool,
    /// The values, while it is open.
    pub values: Vec<OwnValue>,
}

/// The passphrase of the encrypted part.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Passphrase {
    /// Passphrase.
    pub passphrase: String,
    /// The new one, to change it.
    #[serde(default)]
    pub new_passphrase: Option<String>,
}

/// A file that the user sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Upload {
    /// Id.
    pub id: String,
    /// Name of the file.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// When it was sent.
    pub saved: String,
    /// Number of different parts.
    pub parts: usize,
    /// Plants.
    pub plants: Vec<String>,
    /// Number of different materials.
    pub materials: usize,
    /// Share of rows whose grams are not given.
    #[schema(value_type = Number)]
    pub filled: Value,
}

/// Uploads of the user.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Uploads {
    /// Newest first.
    pub uploads: Vec<Upload>,
}

/// A run that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Started {
    /// Its id.
    pub run: String,
}

/// A run to be started.
#[derive(Clone, PartialEq, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// Kind of run: one of `/api/runs`.
    pub kind: String,
    /// Its input.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub input: Value,
}

/// Where a run stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct RunState {
    /// Id.
    pub run: String,
    /// Kind.
    pub kind: String,
    /// `waiting`, `running`, `done`, `cancelled` or `failed`.
    pub state: String,
    /// Done so far.
    pub done: u64,
    /// To be done.
    pub total: u64,
    /// When it was started.
    pub started: String,
    /// Input.
    #[schema(value_type = Object)]
    pub input: Value,
    /// What came out, or the last partial answer of a cancelled run.
    #[schema(value_type = Object)]
    pub result: Option<Value>,
    /// Why it failed.
    pub why: Option<String>,
}

/// Runs of the user.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub struct Runs {
    /// Kinds that can be started.
    pub kinds: Vec<&'static str>,
    /// Newest first, without their results.
    pub runs: Vec<RunState>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_null_with_a_reason_and_a_band_has_width() {
        let unknown = serde_json::to_string(&Number::unknown("share", "mixed_code")).unwrap();
        assert_eq!(unknown, r#"{"value":null,"unit":"share","why":"mixed_code"}"#);
        let point =
            Number::of(0.5, "share", "derived").band(Band { value: Some(0.5), low: Some(0.5), high: Some(0.5) });
        assert_eq!((point.low, point.high), (None, None));
        let bounds = Number::of(0.0, "share", "derived").band(Band { value: None, low: Some(0.2), high: Some(0.2) });
        assert_eq!((bounds.value, bounds.low, bounds.high), (None, Some(0.2), Some(0.2)));
    }

    #[test]
    fn a_question_is_escaped() {
        assert_eq!(query(&[("a", "x&y=ü"), ("b", ""), ("c", "1")]), "a=x%26y%3D%C3%BC&c=1");
    }
}
