//! The claims ledger in the shapes of the wire.

use crate::wire::{Claim, ClaimRow, Claims, Number, some};
use lode_assess::Band;
use lode_catalogue::Report;
use lode_study::Session;
use lode_study::claims::{Tested, test};

/// The answer.
pub fn claims(session: &Session, wanted: Option<&str>) -> Result<Claims, Report> {
    Ok(Claims { claims: test(session, wanted)?.iter().map(claim).collect() })
}

fn claim(tested: &Tested) -> Claim {
    let claim = &tested.claim;
    let (low, high): (Option<f64>, Option<f64>) = (claim.low.parse().ok(), claim.high.parse().ok());
    let rows = tested.findings.iter().map(|finding| {
        let overlaps = finding
            .low
            .zip(finding.high)
            .is_some_and(|(from, to)| from <= high.unwrap_or(f64::INFINITY) && to >= low.unwrap_or(f64::NEG_INFINITY));
        let notes = finding
            .notes
            .iter()
            .map(String::as_str)
            .chain(some(&finding.text).as_deref())
            .collect::<Vec<_>>()
            .join("; ");
        let mut num = Number {
            unit: claim.unit.clone(),
            quality: Some(finding.quality.word().to_owned()),
            origins: finding.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            note: some(&notes),
            ..Number::default()
        }
        .band(Band { value: finding.value, low: finding.low, high: finding.high });
        if num.value.is_none() && finding.text.is_empty() {
            num.why = Some("no_source");
        }
        ClaimRow {
            definition: finding.definition.clone(),
            num,
            agrees: match finding.agrees {
                Some(true) => "yes",
                Some(false) if overlaps => "near",
                Some(false) => "no",
                None => "",
            },
        }
    });
    Claim {
        claim: claim.id.clone(),
        statement_en: claim.statement.clone(),
        statement_ja: claim.statement_ja.clone(),
        who: claim.who.clone(),
        when: claim.when.clone(),
        source: claim.source.clone(),
        url: some(&claim.source_url),
        published: claim.published.clone(),
        verdict: tested.verdict.words(),
        reason: tested.reason.clone(),
        rows: rows.collect(),
    }
}
