//! The ledger of published claims: each is held against the record under every reasonable definition.
//!
//! The rule of the verdict is one for all. A claim is an interval: `58` is 57.5 to 58.5, `over 90` is 90 and more, a round
//! figure of prose is taken 2.5 points to each side; the interval stands in the ledger. A test is one definition (by weight
//! or by value, set of customs codes, year, source). If our number lies in the interval under all definitions the claim is
//! reproduced; under some, it is reproduced only under these; under none, it is not. Who states no definition is not
//! wrong: but the number then does not say what it counts.

use crate::answer::readable;
use crate::embedded::each;
use crate::{Age, Answer, Cell, Rows, Section, Session, Text};
use lode_assess::{Basis, Economy, Measure, Query, output_by_country};
use lode_catalogue::{Mistake, Report, did_you_mean};
use lode_model::*;
use std::collections::{BTreeMap, BTreeSet};

const CLAIMS: &str = include_str!("../../../data/claims.csv");
const TESTS: &str = include_str!("../../../data/claim_tests.csv");

/// The columns of `lode claims`: one row for each definition.
pub const COLUMNS: [&str; 17] = [
    "claim",
    "statement",
    "who",
    "when",
    "source",
    "published",
    "verdict",
    "definition",
    "value",
    "low",
    "high",
    "unit",
    "agrees",
    "quality",
    "origins",
    "reason",
    "note",
];

/// A published claim.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// What was said, in English.
    pub statement: String,
    /// What was said, in Japanese.
    pub statement_ja: String,
    /// Who said it.
    pub who: String,
    /// When.
    pub when: String,
    /// Where it was published.
    pub source: String,
    /// Its address.
    pub source_url: String,
    /// The figure as printed.
    pub published: String,
    /// Lower end of the interval that counts as agreement; empty for none.
    pub low: String,
    /// Upper end.
    pub high: String,
    /// Unit.
    pub unit: String,
    /// Which definition its author states; `none` if none.
    pub definition_stated: String,
    /// Why no record can test it; empty if one can.
    pub not_testable: String,
    /// Remark.
    pub note: String,
}

/// One definition under which a claim is tested.
#[derive(Clone, PartialEq, Debug)]
struct Test {
    claim: String,
    label: String,
    kind: Kind,
    country: String,
    commodity: String,
    stage: String,
    partner: String,
    year: Year,
    basis: String,
    hs_set: String,
    matches: BTreeMap<String, String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Dependence,
    ProductionShare,
    ReserveShare,
    LargestProducer,
    Figure,
    DemandShare,
    PriceRise,
    ControlStart,
    Agreement,
    LeadingShare,
    ImportRise,
    Project,
}

const KINDS: [(&str, Kind); 12] = [
    ("dependence", Kind::Dependence),
    ("production-share", Kind::ProductionShare),
    ("reserve-share", Kind::ReserveShare),
    ("largest-producer", Kind::LargestProducer),
    ("figure", Kind::Figure),
    ("demand-share", Kind::DemandShare),
    ("price-rise", Kind::PriceRise),
    ("control-start", Kind::ControlStart),
    ("agreement", Kind::Agreement),
    ("leading-share", Kind::LeadingShare),
    ("import-rise", Kind::ImportRise),
    ("project", Kind::Project),
];

/// Our number under one definition.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// The definition.
    pub definition: String,
    /// The number, if the record has one.
    pub value: Option<f64>,
    /// Lower end of its band.
    pub low: Option<f64>,
    /// Upper end of its band.
    pub high: Option<f64>,
    /// A date or words in place of a number.
    pub text: String,
    /// Whether it agrees with the claim; `None` if the record is missing.
    pub agrees: Option<bool>,
    /// The worst quality of the records used.
    pub quality: DataQuality,
    /// Where they come from.
    pub origins: BTreeSet<OriginId>,
    /// What is odd or missing.
    pub notes: Vec<String>,
}

/// What the record says of a claim.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Under every definition.
    Reproduced,
    /// Under some definitions.
    ReproducedOnlyUnder,
    /// Under none.
    NotReproduced,
    /// Definition or record missing.
    NotTestable,
}

impl Verdict {
    /// The words of the verdict.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::ReproducedOnlyUnder => "reproduced only under",
            Self::NotReproduced => "not reproduced",
            Self::NotTestable => "not testable",
        }
    }
}

/// A claim held against the record.
#[derive(Clone, PartialEq, Debug)]
pub struct Tested {
    /// The claim.
    pub claim: Claim,
    /// Our numbers.
    pub findings: Vec<Finding>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

// -------------------------------------------------------------------------------------------------------------- reading

fn read(claims: &str, tests: &str) -> Result<(Vec<Claim>, Vec<Test>), Report> {
    let mut report = Report::new();
    let mut all: Vec<Claim> = Vec::new();
    let columns = [
        "claim",
        "statement",
        "statement_ja",
        "who",
        "when",
        "source",
        "source_url",
        "published",
        "low",
        "high",
        "unit",
        "definition_stated",
        "not_testable",
        "note",
    ];
    each("claims.csv", claims, columns, &mut report, |cells, record, report| {
        let [
            id,
            statement,
            statement_ja,
            who,
            when,
            source,
            source_url,
            published,
            low,
            high,
            unit,
            definition_stated,
            not_testable,
            note,
        ] = cells.map(str::to_owned);
        if all.iter().any(|claim| claim.id == id) {
            report.push(record.mistake(0, format!("the claim `{id}` stands twice")));
        }
        all.push(Claim {
            id,
            statement,
            statement_ja,
            who,
            when,
            source,
            source_url,
            published,
            low,
            high,
            unit,
            definition_stated,
            not_testable,
            note,
        });
    });
    let mut definitions = Vec::new();
    let columns =
        ["claim", "label", "kind", "country", "commodity", "stage", "partner", "year", "basis", "hs_set", "match"];
    each("claim_tests.csv", tests, columns, &mut report, |cells, record, report| {
        let [claim, label, kind, country, commodity, stage, partner, year, basis, hs_set, matches] = cells;
        if !all.iter().any(|known| known.id == claim) {
            report.push(record.mistake(0, format!("`{claim}` is not a claim of claims.csv")));
        }
        let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == kind) else {
            report.push(
                record
                    .mistake(2, format!("`{kind}` is not a kind of test"))
                    .hint(format!("use one of {}", KINDS.map(|(word, _)| word).join(", "))),
            );
            return;
        };
        let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        definitions.push(Test {
            claim: claim.into(),
            label: label.into(),
            kind: *kind,
            country: country.into(),
            commodity: commodity.into(),
            stage: stage.into(),
            partner: partner.into(),
            year: year.parse().unwrap_or(0),
            basis: basis.into(),
            hs_set: hs_set.into(),
            matches: matches.split(';').filter_map(pair).collect(),
        });
    });
    for claim in &all {
        let tested = definitions.iter().any(|test| test.claim == claim.id);
        if tested != claim.not_testable.is_empty() {
            report.push(
                Mistake::in_file(
                    "claims.csv",
                    format!(
                        "`{}` needs either definitions in claim_tests.csv or a reason why it cannot be tested",
                        claim.id
                    ),
                )
                .column("not_testable"),
            );
        }
    }
    report.into_result((all, definitions))
}

/// Ids of all claims, in the order of the ledger.
pub fn ids() -> Result<Vec<String>, Report> {
    Ok(read(CLAIMS, TESTS)?.0.into_iter().map(|claim| claim.id).collect())
}

/// A share that somebody published.
#[derive(Clone, PartialEq, Debug)]
pub struct PublishedShare {
    /// Id of the claim.
    pub claim: String,
    /// What was said, in English.
    pub statement: String,
    /// Who said it.
    pub who: String,
    /// When.
    pub when: String,
    /// Which definition its author states; empty if none.
    pub definition: String,
    /// Of which year.
    pub year: Year,
    /// The share as printed.
    pub value: f64,
    /// Lower end of what the figure may mean.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// What others published of a country's dependence for a commodity, oldest year first.
pub fn published_shares(country: &str, commodity: &CommodityId) -> Vec<PublishedShare> {
    let Ok((claims, definitions)) = read(CLAIMS, TESTS) else { return Vec::new() };
    let mut found = Vec::new();
    for claim in claims.iter().filter(|claim| claim.unit == "percent") {
        let of = |test: &&Test| {
            let kind = test.kind == Kind::Dependence && test.claim == claim.id;
            kind && test.country == country && test.commodity == commodity.as_str()
        };
        let (Some(test), Ok(value)) = (definitions.iter().find(of), claim.published.parse::<f64>()) else { continue };
        let share = |text: &str| text.parse::<f64>().ok().map(|percent| percent / 100.0);
        found.push(PublishedShare {
            claim: claim.id.clone(),
            statement: claim.statement.clone(),
            who: claim.who.clone(),
            when: claim.when.clone(),
            definition: if claim.definition_stated == "none" { String::new() } else { claim.definition_stated.clone() },
            year: test.year,
            value: value / 100.0,
            low: share(&claim.low),
            high: share(&claim.high),
        });
    }
    found.sort_by(|a, b| (a.year, &a.claim).cmp(&(b.year, &b.claim)));
    found
}

// ----------------------------------------------------------------------------------------------------------- evaluating

/// Holds every claim, or one of them, against the record.
pub fn test(session: &Session, wanted: Option<&str>) -> Result<Vec<Tested>, Report> {
    let (claims, definitions) = read(CLAIMS, TESTS)?;
    if let Some(id) = wanted
        && !claims.iter().any(|claim| claim.id == id)
    {
        let mistake = Mistake::in_file("command line", format!("`{id}` is not a claim of the ledger"));
        return Err(match did_you_mean(id, claims.iter().map(|claim| claim.id.as_str())) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint("`lode claims` lists them"),
        }
        .into());
    }
    let chosen = claims.into_iter().filter(|claim| wanted.is_none_or(|id| claim.id == id));
    Ok(chosen.map(|claim| tested(&session.world, claim, &definitions)).collect())
}

fn tested(world: &World, claim: Claim, definitions: &[Test]) -> Tested {
    let findings: Vec<Finding> = definitions
        .iter()
        .filter(|test| test.claim == claim.id)
        .flat_map(|test| findings(world, &claim, test))
        .collect();
    let (verdict, reason) = judge(&claim, &findings);
    Tested { claim, findings, verdict, reason }
}

fn judge(claim: &Claim, findings: &[Finding]) -> (Verdict, String) {
    if !claim.not_testable.is_empty() {
        return (Verdict::NotTestable, claim.not_testable.clone());
    }
    let testable: Vec<&Finding> = findings.iter().filter(|finding| finding.agrees.is_some()).collect();
    let agreeing: Vec<&str> = testable
        .iter()
        .filter(|finding| finding.agrees == Some(true))
        .map(|finding| finding.definition.as_str())
        .collect();
    let unstated = match claim.definition_stated.as_str() {
        "none" => " No definition is stated.",
        _ => "",
    };
    // The record may hold an odd quantity, or sources may disagree: then a claim can lie in the band of a number.
    let banded: Vec<&str> = testable
        .iter()
        .filter(|finding| finding.agrees == Some(false) && overlaps(claim, finding))
        .map(|finding| finding.definition.as_str())
        .collect();
    let banded = if banded.is_empty() {
        String::new()
    } else {
        format!(" Within the band, not at its centre: {}.", listed(&banded))
    };
    let range = range(&testable);
    if testable.is_empty() {
        let missing = findings.iter().flat_map(|finding| &finding.notes).next().cloned().unwrap_or("no record".into());
        (Verdict::NotTestable, format!("{missing}.{unstated}"))
    } else if agreeing.len() == testable.len() {
        let under = if testable.len() == 1 {
            "under the one definition tested".to_owned()
        } else {
            format!("under all {} definitions", testable.len())
        };
        (Verdict::Reproduced, format!("{under}{range}.{unstated}"))
    } else if agreeing.is_empty() {
        let under = if testable.len() == 1 {
            "not under the one definition tested".to_owned()
        } else {
            format!("under none of {} definitions", testable.len())
        };
        (Verdict::NotReproduced, format!("{under}{range}.{banded}{unstated}"))
    } else {
        (
            Verdict::ReproducedOnlyUnder,
            format!(
                "{} ({} of {} definitions{range}).{banded}{unstated}",
                listed(&agreeing),
                agreeing.len(),
                testable.len()
            ),
        )
    }
}

/// `, which give 34 to 61`; of a single definition also the date or words that the record has.
fn range(findings: &[&Finding]) -> String {
    if let [one] = findings
        && one.value.is_none()
        && !one.text.is_empty()
    {
        return format!("; the record has {}", one.text);
    }
    let which = if findings.len() == 1 { "gives" } else { "give" };
    let values: Vec<f64> = findings.iter().filter_map(|finding| finding.value).collect();
    let low = values.iter().copied().min_by(f64::total_cmp);
    let high = values.iter().copied().max_by(f64::total_cmp);
    match low.zip(high) {
        Some((low, high)) if low == high => format!(", which {which} {}", readable(low)),
        Some((low, high)) => format!(", which {which} {} to {}", readable(low), readable(high)),
        None => String::new(),
    }
}

/// Definitions, at most three by name.
fn listed(definitions: &[&str]) -> String {
    match definitions {
        [first, second, third, _, ..] => format!("{first}; {second}; {third}; and {} more", definitions.len() - 3),
        few => few.join("; "),
    }
}

fn overlaps(claim: &Claim, finding: &Finding) -> bool {
    let low = claim.low.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
    let high = claim.high.parse::<f64>().unwrap_or(f64::INFINITY);
    finding.low.zip(finding.high).is_some_and(|(from, to)| from <= high && to >= low)
}

fn within(claim: &Claim, value: f64) -> bool {
    let low = claim.low.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
    let high = claim.high.parse::<f64>().unwrap_or(f64::INFINITY);
    (low..=high).contains(&value)
}

fn findings(world: &World, claim: &Claim, test: &Test) -> Vec<Finding> {
    match test.kind {
        Kind::Dependence => dependence(world, claim, test),
        Kind::ProductionShare | Kind::LargestProducer => vec![production_share(world, claim, test)],
        Kind::ReserveShare => vec![reserve_share(world, claim, test)],
        Kind::Figure => figures(world, claim, test),
        Kind::DemandShare => vec![demand_share(world, claim, test)],
        Kind::PriceRise => vec![price_rise(world, claim, test)],
        Kind::ControlStart => vec![control_start(world, claim, test)],
        Kind::Agreement => vec![agreement(world, test)],
        Kind::LeadingShare => vec![leading_share(world, claim, test)],
        Kind::ImportRise => import_rise(world, claim, test),
        Kind::Project => vec![project(world, claim, test)],
    }
}

fn missing(test: &Test, what: String) -> Finding {
    Finding {
        definition: test.label.clone(),
        value: None,
        low: None,
        high: None,
        text: String::new(),
        agrees: None,
        quality: DataQuality::Withheld,
        origins: BTreeSet::new(),
        notes: vec![what],
    }
}

/// A finding with a number, in the unit of the claim.
fn number(claim: &Claim, definition: String, value: f64, provenance: &[&Provenance]) -> Finding {
    Finding {
        definition,
        value: Some(value),
        low: Some(value),
        high: Some(value),
        text: String::new(),
        agrees: Some(within(claim, value)),
        quality: provenance.iter().map(|p| p.quality).max().unwrap_or(DataQuality::Derived),
        origins: provenance.iter().map(|p| p.origin.clone()).collect(),
        notes: Vec::new(),
    }
}

fn query(world: &World, test: &Test) -> Query {
    let economy =
        |name: &str| CountryCode::parse(name).map(Economy::country).or_else(|| Economy::group(world, name, test.year));
    Query {
        country: economy(&test.country).unwrap_or(Economy::country(CountryCode::WORLD)),
        commodity: CommodityId::new(&test.commodity),
        stage: Stage::parse(&test.stage),
        partner: economy(&test.partner),
        years: test.year..=test.year,
        basis: Basis::Quantity,
        hs_set: None,
        record: None,
    }
}

fn from_measure(claim: &Claim, definition: String, measure: Measure) -> Finding {
    let percent = |value: Option<f64>| value.map(|value| value * 100.0);
    let value = percent(measure.band.value);
    Finding {
        definition,
        value,
        low: percent(measure.band.low),
        high: percent(measure.band.high),
        text: String::new(),
        agrees: value.map(|value| within(claim, value)),
        quality: measure.quality,
        origins: measure.origins,
        notes: measure.notes,
    }
}

/// A star stands for both bases, or for every set of customs codes of the commodity.
fn dependence(world: &World, claim: &Claim, test: &Test) -> Vec<Finding> {
    let Some(indicator) = lode_assess::find("dependence") else { return Vec::new() };
    let sets: Vec<HsSetId> = match test.hs_set.as_str() {
        "*" => world
            .hs_sets
            .values()
            .filter(|set| set.commodity.as_str() == test.commodity)
            .map(|set| set.id.clone())
            .collect(),
        id => vec![HsSetId::new(id)],
    };
    let bases: &[Basis] = match test.basis.as_str() {
        "quantity" => &[Basis::Quantity],
        "value" => &[Basis::Value],
        _ => &[Basis::Quantity, Basis::Value],
    };
    let mut found = Vec::new();
    for set in &sets {
        for basis in bases {
            let query = Query { basis: *basis, hs_set: Some(set.clone()), ..query(world, test) };
            let by = if *basis == Basis::Quantity { "by weight" } else { "by value" };
            let name = world.hs_sets.get(set).map_or(set.as_str(), |set| &set.name_en);
            let definition = format!("{by}, {name}, {}", test.year);
            found.extend(
                indicator
                    .assess(world, &query)
                    .into_iter()
                    .map(|measure| from_measure(claim, definition.clone(), measure)),
            );
        }
    }
    found
}

fn production_share(world: &World, claim: &Claim, test: &Test) -> Finding {
    let query = query(world, test);
    let (Some(stage), Some(partner)) = (query.stage, query.partner) else {
        return missing(test, "stage or country of the test".into());
    };
    let producers = Query {
        country: Economy::country(CountryCode::WORLD),
        partner: None,
        ..query_of(&query.commodity, stage, test.year)
    };
    let Some(indicator) = lode_assess::find("top-1") else { return missing(test, "indicator".into()) };
    let top = indicator.assess(world, &producers).remove(0);
    let output = output_by_country(world, &query.commodity, stage, test.year);
    let total = output.named() + output.unnamed();
    let own: f64 = output
        .countries
        .iter()
        .filter(|(code, _)| partner.contains(**code))
        .filter_map(|(_, record)| record.quantity.value)
        .sum();
    if total <= 0.0 {
        // Of some stages sources print shares only.
        if top.partner == partner.name && top.band.value.is_some() {
            return from_measure(claim, test.label.clone(), top);
        }
        return missing(test, format!("no output by country at stage {stage} in {}", test.year));
    }
    let records: Vec<&Provenance> = output.countries.values().map(|record| &record.provenance).collect();
    if test.kind == Kind::LargestProducer {
        let mut finding = number(claim, test.label.clone(), own / total * 100.0, &records);
        finding.agrees = Some(top.partner == partner.name);
        finding.text = format!(
            "largest is {}",
            world.country_name(CountryCode::parse(&top.partner).unwrap_or(CountryCode::WORLD))
        );
        return finding;
    }
    // If the country is the largest, its band is that of the largest share.
    if top.partner == partner.name {
        return from_measure(claim, test.label.clone(), top);
    }
    number(claim, test.label.clone(), own / total * 100.0, &records)
}

fn query_of(commodity: &CommodityId, stage: Stage, year: Year) -> Query {
    Query {
        country: Economy::country(CountryCode::WORLD),
        commodity: commodity.clone(),
        stage: Some(stage),
        partner: None,
        years: year..=year,
        basis: Basis::Quantity,
        hs_set: None,
        record: None,
    }
}

fn reserve_share(world: &World, claim: &Claim, test: &Test) -> Finding {
    let Some(partner) = query(world, test).partner else { return missing(test, "country of the test".into()) };
    let records: Vec<&Reserve> = world
        .reserves
        .iter()
        .filter(|record| record.commodity.as_str() == test.commodity && record.year == test.year && record.preferred)
        .filter(|record| record.metric == ReserveMetric::Reserves)
        .collect();
    let sum = |own: bool| -> f64 {
        let single = records.iter().filter(|record| record.country != CountryCode::WORLD);
        single
            .filter(|record| !own || partner.contains(record.country))
            .filter_map(|record| record.quantity.value)
            .sum()
    };
    // A printed total of `more than 85 million` is a bound: the share of the listed countries is its counterpart.
    let printed = records
        .iter()
        .find(|record| record.country == CountryCode::WORLD)
        .and_then(|record| record.quantity.value.or(record.quantity.low));
    let (own, listed) = (sum(true), sum(false));
    if listed <= 0.0 {
        return missing(test, format!("no reserves by country in {}", test.year));
    }
    let provenance: Vec<&Provenance> = records.iter().map(|record| &record.provenance).collect();
    let total = printed.map_or(listed, |printed| printed.max(listed));
    let mut finding = number(claim, format!("{}, {}", test.label, test.year), own / total * 100.0, &provenance);
    finding.high = Some(own / listed * 100.0);
    if printed.is_some_and(|printed| printed > listed) {
        finding
            .notes
            .push(format!("of the printed total; of the countries listed it is {:.0} %", own / listed * 100.0));
    }
    finding
}

fn figures(world: &World, claim: &Claim, test: &Test) -> Vec<Finding> {
    let want = |key: &str| test.matches.get(key).map(String::as_str);
    let fits = |key: &str, text: &str| want(key).is_none_or(|wanted| wanted == text);
    let scale = |quantity: &Quantity, value: f64| {
        if claim.unit == "percent" && quantity.unit == "share" { value * 100.0 } else { value }
    };
    let rows: Vec<(String, &Quantity, &Provenance)> = match want("table") {
        Some("demand") => world
            .demand
            .iter()
            .filter(|row| fits("end_use", &row.end_use) && fits("metric", &row.metric))
            .map(|row| {
                (format!("{}, {} {}", test.label, row.commodity.as_str(), row.year), &row.quantity, &row.provenance)
            })
            .collect(),
        _ => world
            .figures
            .iter()
            .filter(|row| {
                fits("topic", &row.topic)
                    && fits("metric", &row.metric)
                    && fits("subject", &row.subject)
                    && fits("period", &row.period)
            })
            .map(|row| (format!("{}, {} {}", test.label, row.subject, row.period), &row.quantity, &row.provenance))
            .collect(),
    };
    let found: Vec<Finding> = rows
        .into_iter()
        .filter_map(|(definition, quantity, provenance)| {
            let value = quantity.value.or(quantity.low)?;
            Some(number(claim, definition.trim().to_owned(), scale(quantity, value), &[provenance]))
        })
        .collect();
    if found.is_empty() { vec![missing(test, "no such figure in this package".into())] } else { found }
}

/// The share of some uses in the demand of the world, by one source and scenario.
fn demand_share(world: &World, claim: &Claim, test: &Test) -> Finding {
    let want = |key: &str| test.matches.get(key).map_or("", String::as_str);
    let year = test.year.to_string();
    let rows: Vec<&Demand> = world
        .demand
        .iter()
        .filter(|row| row.commodity.as_str() == test.commodity && row.country == CountryCode::WORLD && row.year == year)
        .filter(|row| row.metric == "demand" && row.scenario == want("scenario"))
        .filter(|row| row.provenance.origin.as_str() == want("origin"))
        .collect();
    let of = |end_use: &str| rows.iter().find(|row| row.end_use == end_use).and_then(|row| row.quantity.value);
    let parts: Option<Vec<f64>> = want("uses").split('|').map(of).collect();
    match (of("all").filter(|total| *total > 0.0), parts) {
        (Some(total), Some(parts)) => {
            let provenance: Vec<&Provenance> = rows.iter().map(|row| &row.provenance).collect();
            number(claim, format!("{}, {year}", test.label), parts.iter().sum::<f64>() / total * 100.0, &provenance)
        }
        _ => missing(test, format!("no demand by use in {year}")),
    }
}

/// The rise, in per cent, from the highest quotation of the first period to the highest of the last.
fn price_rise(world: &World, claim: &Claim, test: &Test) -> Finding {
    let want = |key: &str| test.matches.get(key).map_or("", String::as_str);
    let prices: Vec<&Price> = world
        .prices
        .iter()
        .filter(|price| price.commodity.as_str() == test.commodity && price.market.word() == want("market"))
        .filter(|price| {
            price.form.starts_with("oxide") && price.quantity.value.is_some() && price.quantity.unit == "USD/kg"
        })
        .collect();
    let peak = |period: &str| {
        let of_period = prices.iter().filter(|price| price.period.starts_with(period));
        of_period.max_by(|a, b| a.quantity.value.unwrap_or(0.0).total_cmp(&b.quantity.value.unwrap_or(0.0)))
    };
    match (peak(want("from")), peak(want("to"))) {
        (Some(before), Some(after)) => {
            let (from, to) = (before.quantity.value.unwrap_or(0.0), after.quantity.value.unwrap_or(0.0));
            let mut finding =
                number(claim, test.label.clone(), (to / from - 1.0) * 100.0, &[&before.provenance, &after.provenance]);
            finding.notes.push(format!("{from} USD/kg ({}) to {to} USD/kg ({})", before.period, after.period));
            finding
        }
        _ => missing(test, format!("no price of {} in both {} and {}", test.commodity, want("from"), want("to"))),
    }
}

fn control_start(world: &World, claim: &Claim, test: &Test) -> Finding {
    let want = |key: &str| test.matches.get(key).map(String::as_str);
    let country = |key: &str| want(key).and_then(CountryCode::parse);
    let found = world.controls.iter().find(|control| {
        country("actor").is_none_or(|actor| control.actor == Some(actor))
            && country("target").is_none_or(|target| control.targets.contains(&target))
            && want("kind").is_none_or(|kind| control.kind.word() == kind)
            && (test.commodity.is_empty() || control.commodities.iter().any(|id| id.as_str() == test.commodity))
            && want("from").is_none_or(|from| control.start.as_str() >= from)
            && want("to").is_none_or(|to| control.start.as_str() <= to)
    });
    let Some(control) = found else { return missing(test, "no such measure in the record".into()) };
    let start = control.start.as_str();
    let inside = start >= claim.low.get(..start.len()).unwrap_or(&claim.low) && start <= claim.high.as_str();
    Finding {
        text: start.to_owned(),
        agrees: Some(inside),
        quality: control.provenance.quality,
        origins: [control.provenance.origin.clone()].into(),
        notes: vec![format!("{} {}", control.instrument, control.name).trim().to_owned()],
        ..missing(test, String::new())
    }
}

fn agreement(world: &World, test: &Test) -> Finding {
    let fits = |key: &str, text: &str| test.matches.get(key).is_none_or(|wanted| text.contains(wanted.as_str()));
    let found = world.agreements.iter().find(|record| {
        fits("agreement", &record.agreement) && fits("party", &record.party) && fits("status", &record.status)
    });
    let Some(record) = found else { return missing(test, "no such membership in the record".into()) };
    Finding {
        text: format!("{}, {} {}", record.party, record.status, record.date),
        agrees: Some(true),
        quality: record.provenance.quality,
        origins: [record.provenance.origin.clone()].into(),
        notes: Vec::new(),
        ..missing(test, String::new())
    }
}

/// Of all commodities with output by country at a stage: of how many a country is the largest producer, in per cent.
fn leading_share(world: &World, claim: &Claim, test: &Test) -> Finding {
    let query = query(world, test);
    let (Some(stage), Some(partner), Some(indicator)) = (query.stage, query.partner, lode_assess::find("top-1")) else {
        return missing(test, "stage or country of the test".into());
    };
    let mut led: Vec<&str> = Vec::new();
    let mut provenance: Vec<&Provenance> = Vec::new();
    let mut all = 0;
    for (id, commodity) in &world.commodities {
        let top = indicator.assess(world, &query_of(id, stage, test.year)).remove(0);
        // One producer alone is what a source happens to name, not a ranking.
        let output = output_by_country(world, id, stage, test.year);
        if top.band.value.is_none() || output.countries.len() < 2 {
            continue;
        }
        all += 1;
        provenance.extend(output.countries.values().map(|record| &record.provenance));
        if top.partner == partner.name {
            led.push(&commodity.name_en);
        }
    }
    if all == 0 {
        return missing(test, format!("no output by country at stage {stage} in {}", test.year));
    }
    let mut finding = number(claim, test.label.clone(), led.len() as f64 / f64::from(all) * 100.0, &provenance);
    finding.notes.push(format!(
        "{}: {} of the {all} commodities with output by country: {}",
        test.label,
        led.len(),
        led.join(", ").to_lowercase()
    ));
    finding
}

/// The rise, in per cent, of imports from some partners between two years, by weight and by value.
fn import_rise(world: &World, claim: &Claim, test: &Test) -> Vec<Finding> {
    let want = |key: &str| test.matches.get(key).map_or("", String::as_str);
    let partners: BTreeSet<CountryCode> = want("partners").split('|').filter_map(CountryCode::parse).collect();
    let (Ok(from), Ok(to)) = (want("from").parse::<Year>(), want("to").parse::<Year>()) else {
        return vec![missing(test, "years of the test".into())];
    };
    let (importer, commodity) = (query(world, test).country, CommodityId::new(&test.commodity));
    let Some(set) = world.default_hs_set(&commodity) else { return vec![missing(test, "customs codes".into())] };
    let sum = |year: Year, by_weight: bool| -> f64 {
        let flows = set
            .codes
            .iter()
            .flat_map(|code| importer.members.iter().flat_map(move |member| world.trade.imports(*code, *member, year)));
        let amount = |flow: &TradeFlow| {
            if by_weight { flow.quantity.map_or(0.0, GrossTonnes::value) } else { flow.value.value() }
        };
        flows.filter(|flow| partners.contains(&flow.exporter)).map(amount).sum()
    };
    [(true, "by weight", 1.0, "t"), (false, "by value", 1e6, "million USD")]
        .into_iter()
        .map(|(by_weight, by, scale, unit)| {
            let (before, after) = (sum(from, by_weight), sum(to, by_weight));
            if before <= 0.0 {
                return missing(test, format!("no imports in {from}"));
            }
            let definition = format!("{by}, {}, {from} to {to}", test.label);
            let mut finding = number(claim, definition, (after / before - 1.0) * 100.0, &[world.trade.provenance()]);
            finding.quality = finding.quality.max(DataQuality::Derived);
            finding.notes.push(format!(
                "{}: {} {unit} in {from}, {} {unit} in {to}",
                test.label,
                readable(before / scale),
                readable(after / scale)
            ));
            finding
        })
        .collect()
}

/// A fact of a project: its number, or the period that it is for where the test names one.
fn project(world: &World, claim: &Claim, test: &Test) -> Finding {
    let want = |key: &str| test.matches.get(key).map(String::as_str);
    let fits = |key: &str, text: &str| want(key).is_none_or(|wanted| wanted == text);
    let found = world.projects.iter().find(|fact| fits("project", &fact.project) && fits("metric", &fact.metric));
    let Some(fact) = found else { return missing(test, "no such project in the record".into()) };
    let Some(period) = want("period") else {
        return match fact.quantity.value {
            Some(value) => number(claim, test.label.clone(), value, &[&fact.provenance]),
            None => missing(test, "no number of it in the record".into()),
        };
    };
    // The day may be what the fact states, or the period that it is for.
    let stated = [&fact.value_text, &fact.period].into_iter().find(|text| text.contains(period));
    Finding {
        text: stated.unwrap_or(&fact.period).clone(),
        agrees: Some(stated.is_some()),
        quality: fact.provenance.quality,
        origins: [fact.provenance.origin.clone()].into(),
        notes: Vec::new(),
        ..missing(test, String::new())
    }
}

// -------------------------------------------------------------------------------------------------------------- showing

/// The ledger, or one claim in full.
pub fn claims(session: &Session, wanted: Option<&str>) -> Result<Answer, Report> {
    let tested = test(session, wanted)?;
    let mut answer = Answer { rows: Rows::new(&COLUMNS), ..Answer::default() };
    for claim in &tested {
        answer.rows.rows.extend(rows(claim));
    }
    if let (Some(_), [one]) = (wanted, tested.as_slice()) {
        answer.sections = in_full(one);
    } else {
        answer.sections = overview(&tested);
    }
    let newest = session.world.trade.newest_year();
    answer.remarks.extend(newest.map(|year| Age::of_year(year, session.day).sentence("trade record")));
    answer.remarks.push(format!(
        "From {}, asked on {}. How verdicts are reached: docs/src/claims.md.",
        session.identity(),
        session.day
    ));
    Ok(answer)
}

fn rows(tested: &Tested) -> Vec<Vec<Cell>> {
    let claim = &tested.claim;
    let head = || {
        [&claim.id, &claim.statement, &claim.who, &claim.when, &claim.source, &claim.published]
            .map(Cell::text)
            .into_iter()
            .chain([Cell::text(tested.verdict.words())])
    };
    if tested.findings.is_empty() {
        let mut row: Vec<Cell> = head().collect();
        row.resize(15, Cell::Empty);
        row.extend([Cell::text(&tested.reason), Cell::text(&claim.note)]);
        return vec![row];
    }
    let row = |finding: &Finding| {
        let notes: Vec<String> = [claim.note.clone(), finding.text.clone()]
            .into_iter()
            .chain(finding.notes.clone())
            .filter(|note| !note.is_empty())
            .collect();
        head()
            .chain([
                Cell::text(&finding.definition),
                Cell::number(finding.value),
                Cell::number(finding.low),
                Cell::number(finding.high),
                Cell::text(&claim.unit),
                Cell::text(match finding.agrees {
                    Some(true) => "yes",
                    Some(false) => "no",
                    None => "",
                }),
                Cell::text(finding.quality.word()),
                Cell::List(finding.origins.iter().map(|origin| origin.as_str().to_owned()).collect()),
                Cell::text(&tested.reason),
                Cell::text(notes.join("; ")),
            ])
            .collect()
    };
    tested.findings.iter().map(row).collect()
}

fn overview(tested: &[Tested]) -> Vec<Section> {
    let count = |verdict| tested.iter().filter(|claim| claim.verdict == verdict).count();
    let mut sections = vec![Section::Paragraph(format!(
        "{} published claims: {} reproduced, {} reproduced only under some definitions, {} not reproduced, {} not testable. \
         `lode claims CLAIM` shows one with every number.",
        tested.len(),
        count(Verdict::Reproduced),
        count(Verdict::ReproducedOnlyUnder),
        count(Verdict::NotReproduced),
        count(Verdict::NotTestable)
    ))];
    let rows = tested.iter().map(|tested| {
        vec![
            Text::words(&tested.claim.id),
            Text::words(&tested.claim.published),
            Text::words(tested.verdict.words()),
            Text::words(&tested.reason),
        ]
    });
    let headings = ["claim", "published", "verdict", "reason"].map(str::to_owned).to_vec();
    sections.push(Section::Table { title: String::new(), headings, rows: rows.collect() });
    sections
}

fn in_full(tested: &Tested) -> Vec<Section> {
    let claim = &tested.claim;
    let definition = match claim.definition_stated.as_str() {
        "none" => "no definition stated",
        "yes" => "definition stated",
        words => words,
    };
    let mut sections = vec![
        Section::Paragraph(format!("Claim: {} ({}, {}; {definition}).", claim.statement, claim.who, claim.when)),
        Section::Paragraph(format!("Verdict: {}: {}", tested.verdict.words(), tested.reason)),
    ];
    if !tested.findings.is_empty() {
        let shown = |value: Option<f64>| {
            value.map_or(
                String::new(),
                |value| if claim.unit == "percent" { format!("{value:.1}") } else { readable(value) },
            )
        };
        let rows = tested.findings.iter().map(|finding| {
            let band = match (finding.low, finding.high) {
                (Some(low), Some(high)) if (high - low).abs() > 0.05 => {
                    format!("{} – {}", shown(Some(low)), shown(Some(high)))
                }
                _ => String::new(),
            };
            vec![
                Text::words(&finding.definition),
                Text::number(if finding.text.is_empty() { shown(finding.value) } else { finding.text.clone() }),
                Text::number(band),
                Text::words(match finding.agrees {
                    Some(true) => "agrees",
                    Some(false) => "differs",
                    None => "no record",
                }),
                Text::words(finding.quality.word()),
            ]
        });
        let headings =
            ["our number under", &claim.unit, "low – high", &format!("claim: {}", claim.published), "quality"]
                .map(str::to_owned)
                .to_vec();
        sections.push(Section::Table { title: String::new(), headings, rows: rows.collect() });
    }
    let mut notes: Vec<String> = Vec::new();
    for note in std::iter::once(&claim.note).chain(tested.findings.iter().flat_map(|finding| &finding.notes)) {
        if !note.is_empty() && !note.starts_with("by value: a price rise") && !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    if !notes.is_empty() {
        sections.push(Section::List { title: "Notes".into(), lines: notes });
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(value: f64, claim: &Claim, definition: &str) -> Finding {
        number(claim, definition.into(), value, &[])
    }

    fn claim(low: &str, high: &str) -> Claim {
        let (claims, _) = read(CLAIMS, TESTS).unwrap();
        Claim { low: low.into(), high: high.into(), not_testable: String::new(), ..claims[0].clone() }
    }

    #[test]
    fn the_ledger_reads_without_a_mistake() {
        let (claims, tests) = read(CLAIMS, TESTS).unwrap_or_else(|report| panic!("{report}"));
        assert!(claims.len() >= 45, "{}", claims.len());
        assert!(tests.len() >= claims.iter().filter(|claim| claim.not_testable.is_empty()).count());
        assert!(
            claims
                .iter()
                .all(|claim| !claim.statement_ja.is_empty() && !claim.who.is_empty() && !claim.source.is_empty())
        );
    }

    #[test]
    fn the_verdict_follows_one_rule() {
        let fifty_eight = claim("57.5", "58.5");
        let (yes, no) = (finding(58.4, &fifty_eight, "by weight"), finding(38.0, &fifty_eight, "by value"));
        assert_eq!(judge(&fifty_eight, std::slice::from_ref(&yes)).0, Verdict::Reproduced);
        let (verdict, reason) = judge(&fifty_eight, &[yes.clone(), no.clone()]);
        assert_eq!(verdict, Verdict::ReproducedOnlyUnder);
        assert!(reason.starts_with("by weight (1 of 2 definitions, which give 38.0 to 58.4)"), "{reason}");
        assert_eq!(judge(&fifty_eight, &[no]).0, Verdict::NotReproduced);
        assert_eq!(judge(&fifty_eight, &[]).0, Verdict::NotTestable);
        assert!(judge(&fifty_eight, &[yes]).1.contains("No definition is stated"));
    }

    #[test]
    fn one_definition_is_told_as_one_with_what_the_record_has() {
        let date = claim("2025-01-06", "2025-01-06");
        let found = Finding {
            value: None,
            low: None,
            high: None,
            text: "2026-01-06".into(),
            agrees: Some(false),
            ..finding(0.0, &date, "date")
        };
        assert_eq!(
            judge(&date, &[found]).1,
            "not under the one definition tested; the record has 2026-01-06. No definition is stated."
        );
    }

    #[test]
    fn open_intervals_and_both_ends_count() {
        assert!(
            within(&claim("90", ""), 250.0) && within(&claim("", "60"), 60.0) && !within(&claim("57.5", "58.5"), 58.51)
        );
    }

    #[test]
    fn broken_ledgers_name_row_and_column() {
        let tests = "claim,label,kind,country,commodity,stage,partner,year,basis,hs_set,match\nnone,x,guess,,,,,,,,\n";
        let report = read(CLAIMS, tests).err().unwrap().to_string();
        assert!(report.contains("claim_tests.csv row 2, column claim: `none` is not a claim"), "{report}");
        assert!(report.contains("column kind: `guess` is not a kind of test"), "{report}");
        assert!(report.contains("needs either definitions in claim_tests.csv or a reason"), "{report}");
    }
}
