//! The model held against the past, with its misses.

use crate::fault::Answered;
use crate::wire::some;
use crate::wire::validation::{BackTest, BackTestPoint, BackTestSeries, Miss, Score, Validation};
use lode_study::Session;
use lode_study::validation::{Point, Test, tests};

/// The answer.
pub fn validation(session: &Session) -> Answered<Validation> {
    Ok(Validation { tests: tests(session)?.into_iter().map(test).collect() })
}

fn test(test: Test) -> BackTest {
    let scores = test.scores.into_iter().map(|score| {
        let (of_en, of_ja) = score.of.map_or((None, None), |name| (Some(name.en), Some(name.ja)));
        let key = format!("score.{}", score.word);
        Score { key, of_en, of_ja, value: Some(score.value), from: score.aim.0, to: score.aim.1, met: Some(score.met) }
    });
    let series = test.series.into_iter().map(|series| BackTestSeries {
        id: series.id,
        name_en: series.name.en,
        name_ja: series.name.ja,
        unit: series.unit,
        points: series.points.into_iter().map(point).collect(),
    });
    let misses = test.misses.into_iter().map(|miss| Miss {
        what: miss.what,
        observed: miss.observed,
        model: miss.model,
        why: miss.why,
    });
    BackTest {
        id: test.id,
        name_en: test.name.en,
        name_ja: test.name.ja,
        kind: test.kind.word(),
        frozen: test.frozen,
        scores: scores.collect(),
        series: series.collect(),
        misses: misses.collect(),
        remarks: test.remarks,
    }
}

fn point(point: Point) -> BackTestPoint {
    BackTestPoint {
        id: point.id,
        month: point.period,
        observed: point.observed,
        fan: point.quantiles,
        inside: point.inside,
        note: some(&point.note),
        source: some(&point.source.0),
        url: some(&point.source.1),
    }
}
