//! The model held against the past, and forecasts that were frozen before anybody looked: what `validation` holds, with
//! every miss.

use crate::Session;
use crate::embedded::each;
use crate::market::scenario;
use lode_catalogue::{Mistake, Report};
use lode_model::CountryCode;
use serde::Deserialize;
use std::collections::BTreeMap;

const RESULTS: &str = include_str!("../../../validation/results.json");
const POINTS: &str = include_str!("../../../validation/points.csv");
const MISSES: &str = include_str!("../../../validation/misses.csv");

/// A file of a frozen forecast.
macro_rules! frozen {
    ($($file:literal),* $(,)?) => { [$(($file, include_str!(concat!("../../../validation/", $file)))),*] };
}
const FROZEN: [(&str, &str); 16] = frozen![
    "blind/antimony.json",
    "blind/bismuth.json",
    "blind/cobalt.json",
    "blind/tungsten.json",
    "forward/antimony-extended.json",
    "forward/antimony-lapse-not-applied.json",
    "forward/antimony-applied-as-written.json",
    "forward/gallium-extended.json",
    "forward/gallium-lapse-not-applied.json",
    "forward/gallium-applied-as-written.json",
    "forward/germanium-extended.json",
    "forward/germanium-lapse-not-applied.json",
    "forward/germanium-applied-as-written.json",
    "forward/graphite-anode-extended.json",
    "forward/graphite-anode-lapse-not-applied.json",
    "forward/graphite-anode-applied-as-written.json",
];

/// Names of what facts bundle, which are no forms of the market.
const BUNDLES: [(&str, &str, &str); 4] = [
    ("magnets", "Permanent magnets", "永久磁石"),
    ("rare-earth-compounds-and-metals", "Rare-earth compounds and metals", "希土類化合物・金属"),
    ("mount-weld-basket", "Basket of rare earths as at Mount Weld", "希土類バスケット（マウントウェルド組成）"),
    ("rare-earth-average", "Rare earths, plain mean", "希土類（単純平均）"),
];

/// How much a test is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Mechanisms or parameters were chosen after it had been seen.
    Calibrated,
    /// In part: some of it was not used to choose anything, but it was known.
    Test,
    /// Frozen before anybody looked at what came.
    Blind,
    /// Frozen before it happened.
    Forward,
}

impl Kind {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Calibrated => "calibrated",
            Self::Test => "test",
            Self::Blind => "blind",
            Self::Forward => "forward",
        }
    }
}

/// A name in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Name {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl Name {
    fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { en: en.into(), ja: ja.into() }
    }

    /// Both, with something between.
    fn then(&self, en: &str, ja: &str, other: &Self) -> Self {
        Self::new(format!("{}{en}{}", self.en, other.en), format!("{}{ja}{}", self.ja, other.ja))
    }
}

/// Quantiles of the futures: 5, 10, 25, 50, 75, 90 and 95 %; those that were not kept are `None`.
pub type Quantiles = [Option<f64>; 7];

/// A month, or another period, of a series.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// Id of the fact, e.g. `c-11`; empty for a forecast.
    pub id: String,
    /// Period as the fact has it.
    pub period: String,
    /// What came; `None` where it is not known or held by others.
    pub observed: Option<f64>,
    /// What the model said.
    pub quantiles: Quantiles,
    /// Whether what came lies between 10 and 90 %.
    pub inside: Option<bool>,
    /// How the fact was made comparable.
    pub note: String,
    /// Title and address of the fact's source; empty for a forecast.
    pub source: (String, String),
}

/// A series of points.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Name,
    /// Unit.
    pub unit: &'static str,
    /// Points in order of time.
    pub points: Vec<Point>,
}

/// A score and what it should be.
#[derive(Clone, PartialEq, Debug)]
pub struct Score {
    /// Its word: `coverage_80`, `crps_ratio`, `random_walk_ratio`, or a headline.
    pub word: String,
    /// The series that a headline belongs to.
    pub of: Option<Name>,
    /// What was reached.
    pub value: f64,
    /// What it should be, from and to.
    pub aim: (Option<f64>, Option<f64>),
    /// Whether it is.
    pub met: bool,
}

/// A miss, and which mechanism is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Miss {
    /// What.
    pub what: String,
    /// What came.
    pub observed: String,
    /// What the model said.
    pub model: String,
    /// Why.
    pub why: String,
}

/// The model against one episode.
#[derive(Clone, PartialEq, Debug)]
pub struct Test {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Name,
    /// How much it is worth.
    pub kind: Kind,
    /// The day on which it was frozen.
    pub frozen: Option<String>,
    /// Scores; none where what came is held by others or has not come.
    pub scores: Vec<Score>,
    /// Series.
    pub series: Vec<Series>,
    /// Misses.
    pub misses: Vec<Miss>,
    /// Remarks of a frozen forecast.
    pub remarks: Vec<String>,
}

#[derive(Deserialize)]
struct Results {
    episodes: BTreeMap<String, Summary>,
    headlines: Vec<Headline>,
    points: Vec<Scored>,
}

#[derive(Deserialize)]
struct Summary {
    coverage_80: f64,
    crps: f64,
    crps_no_change: f64,
    random_walk: Option<Walk>,
}

#[derive(Deserialize)]
struct Walk {
    crps: f64,
    crps_random_walk: f64,
}

#[derive(Deserialize)]
struct Headline {
    point: String,
    headline: String,
    observed: f64,
    p50: f64,
    met: bool,
}

#[derive(Deserialize)]
struct Scored {
    point: String,
    observed: f64,
    p10: f64,
    p50: f64,
    p90: f64,
    covered: bool,
}

#[derive(Deserialize)]
struct Frozen {
    title: String,
    scenario: String,
    case: String,
    form: String,
    frozen_on: String,
    remarks: Vec<String>,
    rows: Vec<FrozenRow>,
}

#[derive(Deserialize)]
struct FrozenRow {
    month: String,
    quantity: String,
    p05: f64,
    p25: f64,
    p50: f64,
    p75: f64,
    p95: f64,
}

/// A row of the facts.
struct Fact {
    id: String,
    kind: String,
    forms: String,
    exporter: String,
    importer: String,
    market: String,
    period: String,
    note: String,
    source: (String, String),
}

/// Every test: episodes of the past first, then what was frozen.
pub fn tests(session: &Session) -> Result<Vec<Test>, Report> {
    let results: Results = parse("results.json", RESULTS)?;
    let mut report = Report::new();
    let facts = facts(&mut report);
    let mut misses: BTreeMap<String, Vec<Miss>> = BTreeMap::new();
    let columns = ["episode", "what", "observed", "model", "why"];
    each("misses.csv", MISSES, columns, &mut report, |[episode, what, observed, model, why], _, _| {
        let [what, observed, model, why] = [what, observed, model, why].map(str::to_owned);
        misses.entry(episode.to_owned()).or_default().push(Miss { what, observed, model, why });
    });
    report.into_result(())?;
    let mut tests = Vec::new();
    for (id, kind, en, ja) in [
        ("a", Kind::Calibrated, "Rare earths, 2010–2015", "希土類（2010～2015年）"),
        ("b", Kind::Test, "Gallium and germanium, 2023", "ガリウム・ゲルマニウム（2023年）"),
        ("c", Kind::Calibrated, "Heavy rare earths and magnets, 2025", "重希土類・磁石（2025年）"),
    ] {
        let Some(summary) = results.episodes.get(id) else { continue };
        let mut scores = summary_scores(summary);
        let of_episode = |point: &str| point.split('-').next() == Some(id);
        for headline in results.headlines.iter().filter(|headline| of_episode(&headline.point)) {
            let fact = facts.iter().find(|fact| fact.id == headline.point);
            scores.push(Score {
                word: headline.headline.replace(' ', "_"),
                of: fact.map(|fact| name(session, fact)),
                value: headline.p50 / headline.observed,
                aim: (Some(0.5), Some(2.0)),
                met: headline.met,
            });
        }
        let points: Vec<&Scored> = results.points.iter().filter(|point| of_episode(&point.point)).collect();
        tests.push(Test {
            id: id.to_owned(),
            name: Name::new(en, ja),
            kind,
            frozen: None,
            scores,
            series: series(session, &facts, &points),
            misses: misses.remove(id).unwrap_or_default(),
            remarks: Vec::new(),
        });
    }
    for (file, text) in FROZEN {
        let frozen: Frozen = parse(file, text)?;
        let kind = if file.starts_with("blind") { Kind::Blind } else { Kind::Forward };
        add_frozen(session, &mut tests, file, kind, &frozen)?;
    }
    Ok(tests)
}

fn parse<T: for<'d> Deserialize<'d>>(file: &str, text: &str) -> Result<T, Report> {
    serde_json::from_str(text).map_err(|error| Mistake::in_file(file, error.to_string()).into())
}

fn facts(report: &mut Report) -> Vec<Fact> {
    let mut facts = Vec::new();
    let columns = [
        "point",
        "role",
        "kind",
        "forms",
        "exporter",
        "importer",
        "market",
        "period",
        "reason",
        "source_title",
        "source_url",
    ];
    each("points.csv", POINTS, columns, report, |cells, _, _| {
        let [id, role, kind, forms, exporter, importer, market, period, note, title, url] = cells.map(str::to_owned);
        if role == "outcome" {
            facts.push(Fact { id, kind, forms, exporter, importer, market, period, note, source: (title, url) });
        }
    });
    facts
}

fn summary_scores(summary: &Summary) -> Vec<Score> {
    let ratio = |word: &str, value: f64| Score {
        word: word.to_owned(),
        of: None,
        value,
        aim: (None, Some(1.0)),
        met: value < 1.0,
    };
    let coverage = summary.coverage_80;
    let mut scores = vec![
        Score {
            word: "coverage_80".into(),
            of: None,
            value: coverage,
            aim: (Some(0.65), Some(0.95)),
            met: (0.65..=0.95).contains(&coverage),
        },
        ratio("crps_ratio", summary.crps / summary.crps_no_change),
    ];
    scores
        .extend(summary.random_walk.as_ref().map(|walk| ratio("random_walk_ratio", walk.crps / walk.crps_random_walk)));
    scores
}

/// Points of one quantity, forms and places together, in the order of the facts.
fn series(session: &Session, facts: &[Fact], points: &[&Scored]) -> Vec<Series> {
    let mut found: Vec<Series> = Vec::new();
    for fact in facts {
        let Some(point) = points.iter().find(|point| point.point == fact.id) else { continue };
        let id = [&fact.kind, &fact.forms, &fact.exporter, &fact.importer, &fact.market].map(String::as_str).join("/");
        let unit = match fact.kind.as_str() {
            "share" => "percent",
            "stop-day" => "days",
            "price-ratio" => "ratio",
            _ => "ratio to base",
        };
        let point = Point {
            id: fact.id.clone(),
            period: fact.period.clone(),
            observed: Some(point.observed),
            quantiles: [None, Some(point.p10), None, Some(point.p50), None, Some(point.p90), None],
            inside: Some(point.covered),
            note: fact.note.clone(),
            source: fact.source.clone(),
        };
        match found.iter_mut().find(|series| series.id == id) {
            Some(series) => series.points.push(point),
            None => found.push(Series { id, name: name(session, fact), unit, points: vec![point] }),
        }
    }
    found
}

fn form_name(session: &Session, id: &str) -> Name {
    if let Some((_, en, ja)) = BUNDLES.iter().find(|(bundle, ..)| *bundle == id) {
        return Name::new(*en, *ja);
    }
    session.world.market.form(id).map_or_else(|| Name::new(id, id), |form| Name::new(&form.name_en, &form.name_ja))
}

fn country_name(session: &Session, code: &str) -> Name {
    let country = CountryCode::parse(code).and_then(|code| session.world.countries.get(&code));
    country.map_or_else(
        || Name::new(code, code),
        |country| {
            let en = crate::names::in_sentence(&session.world, code);
            Name::new(en, if country.name_ja.is_empty() { &country.name_en } else { &country.name_ja })
        },
    )
}

fn name(session: &Session, fact: &Fact) -> Name {
    let forms: Vec<Name> = fact.forms.split(' ').map(|form| form_name(session, form)).collect();
    let join = |pick: fn(&Name) -> &String, with: &str| forms.iter().map(pick).cloned().collect::<Vec<_>>().join(with);
    let forms = Name::new(join(|name| &name.en, " and "), join(|name| &name.ja, "・"));
    let from = country_name(session, &fact.exporter);
    let to = country_name(session, &fact.importer);
    let all = |code: &str| code.is_empty() || code == "*";
    let what = match (fact.kind.as_str(), all(&fact.exporter), all(&fact.importer)) {
        ("export", _, true) => Name::new(format!("exports of {}", from.en), format!("{}の輸出", from.ja)),
        ("export", ..) => {
            Name::new(format!("exports of {} to {}", from.en, to.en), format!("{}から{}への輸出", from.ja, to.ja))
        }
        ("import", true, _) => Name::new(format!("imports of {}", to.en), format!("{}の輸入", to.ja)),
        ("import", ..) => {
            Name::new(format!("imports of {} from {}", to.en, from.en), format!("{}の{}からの輸入", to.ja, from.ja))
        }
        ("share", ..) => Name::new(
            format!("share of {} in the imports of {}", from.en, to.en),
            format!("{}の輸入に占める{}の割合", to.ja, from.ja),
        ),
        ("price-ratio", ..) => Name::new("price outside over price inside", "域外価格と域内価格の比"),
        ("stop-day", ..) => {
            Name::new(format!("first stop of a line in {}", to.en), format!("{}での最初の生産停止", to.ja))
        }
        ("price-paid", ..) => Name::new("price paid", "実際の支払価格"),
        _ if fact.market == "inside" => Name::new("price inside", "域内価格"),
        _ => Name::new("price outside", "域外価格"),
    };
    forms.then(", ", "：", &what)
}

fn add_frozen(session: &Session, tests: &mut Vec<Test>, file: &str, kind: Kind, frozen: &Frozen) -> Result<(), Report> {
    let known = scenario(session, &frozen.scenario, None)?;
    let form = form_name(session, &frozen.form);
    let id = format!("{}-{}", kind.word(), frozen.form);
    let case = known.cases.iter().find(|case| case.id.to_string() == frozen.case);
    let case = case.map(|case| Name::new(&case.name_en, &case.name_ja));
    let mut series: Vec<Series> = Vec::new();
    for row in &frozen.rows {
        let quantity = match row.quantity.as_str() {
            "price_outside" => Name::new("price outside", "域外価格"),
            "price_inside" => Name::new("price inside", "域内価格"),
            "exports" => Name::new("exports", "輸出"),
            other => Name::new(other, other),
        };
        let series_id = format!("{file}/{}", row.quantity);
        let point = Point {
            id: String::new(),
            period: row.month.clone(),
            observed: None,
            quantiles: [Some(row.p05), None, Some(row.p25), Some(row.p50), Some(row.p75), None, Some(row.p95)],
            inside: None,
            note: String::new(),
            source: (String::new(), String::new()),
        };
        match series.iter_mut().find(|series| series.id == series_id) {
            Some(series) => series.points.push(point),
            None => {
                let name = case.as_ref().map_or_else(|| quantity.clone(), |case| case.then(": ", "：", &quantity));
                series.push(Series { id: series_id, name, unit: "ratio to base", points: vec![point] });
            }
        }
    }
    if let Some(test) = tests.iter_mut().find(|test| test.id == id) {
        test.series.extend(series);
        return Ok(());
    }
    let scenario = Name::new(&known.name_en, &known.name_ja);
    let mut remarks = vec![frozen.title.clone()];
    remarks.extend(frozen.remarks.iter().cloned());
    tests.push(Test {
        id,
        name: form.then(": ", "：", &scenario),
        kind,
        frozen: Some(frozen.frozen_on.clone()),
        scores: Vec::new(),
        series,
        misses: Vec::new(),
        remarks,
    });
    Ok(())
}

#[cfg(test)]
mod unit_tests {
    use super::*;
    use crate::{Day, Options};
    use std::path::Path;

    fn all() -> Vec<Test> {
        let day = Day::parse("2026-11-25").unwrap();
        tests(&Session::open(&Options::built_in(day)).unwrap()).unwrap()
    }

    #[test]
    fn every_scored_point_and_every_miss_is_shown() {
        let results: serde_json::Value = serde_json::from_str(RESULTS).unwrap();
        let tests = all();
        let points: Vec<&Point> =
            tests.iter().flat_map(|test| &test.series).flat_map(|series| &series.points).collect();
        for scored in results["points"].as_array().unwrap() {
            let point = points.iter().find(|point| point.id == scored["point"].as_str().unwrap()).unwrap();
            assert_eq!(point.observed, scored["observed"].as_f64(), "{}", point.id);
            assert_eq!(point.inside, scored["covered"].as_bool(), "{}", point.id);
            assert!(!point.source.0.is_empty(), "{} has no source", point.id);
        }
        let of = |id: &str| tests.iter().find(|test| test.id == id).unwrap();
        let missed = of("c").scores.iter().filter(|score| !score.met).count();
        let told = results["headlines"].as_array().unwrap().iter();
        let told =
            told.filter(|line| line["point"].as_str().unwrap().starts_with("c-") && line["met"] == false).count();
        assert_eq!(missed, told + 1, "the headlines off by more than a factor of two, and the coverage");
        let (inside, all) = of("a")
            .series
            .iter()
            .flat_map(|series| &series.points)
            .fold((0, 0), |sum, point| (sum.0 + usize::from(point.inside == Some(true)), sum.1 + 1));
        assert!((inside as f64 / all as f64 - of("a").scores[0].value).abs() < 1e-9);
    }

    #[test]
    fn the_misses_are_those_of_the_written_results() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../validation/RESULTS.md");
        let written = std::fs::read_to_string(path).unwrap();
        let misses: Vec<Miss> = all().into_iter().flat_map(|test| test.misses).collect();
        let part = written.split("## Misses").nth(1).unwrap().split("\n## ").next().unwrap();
        let rows: Vec<&str> =
            part.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what")).collect();
        assert_eq!(rows.len(), misses.len());
        for Miss { what, observed, model, why } in misses {
            let row = format!("| {what} | {observed} | {model} | {why} |");
            assert!(rows.contains(&row.as_str()), "{row}");
        }
    }

    #[test]
    fn every_frozen_forecast_is_shown_and_stays_unscored() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../validation");
        let mut files: Vec<String> = ["blind", "forward"]
            .iter()
            .flat_map(|folder| {
                let files = std::fs::read_dir(root.join(folder)).unwrap().map(|file| file.unwrap().file_name());
                files.map(move |file| format!("{folder}/{}", file.to_str().unwrap()))
            })
            .filter(|file| file.ends_with(".json"))
            .collect();
        let mut shown: Vec<String> = FROZEN.iter().map(|(file, _)| (*file).to_owned()).collect();
        files.sort();
        shown.sort();
        assert_eq!(files, shown);
        for test in all().iter().filter(|test| matches!(test.kind, Kind::Blind | Kind::Forward)) {
            assert!(test.frozen.is_some() && test.scores.is_empty(), "{}", test.id);
            assert!(test.series.iter().all(|series| series.points.len() >= 12), "{}", test.id);
            assert!(test.series.iter().all(|series| series.name.ja != series.name.en), "{}", test.id);
        }
    }
}
