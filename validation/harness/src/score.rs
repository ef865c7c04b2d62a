//! How good a forecast of many futures is, point by point and by episode.
//!
//! The continuous ranked probability score of an ensemble is its mean distance to what came, less half the mean distance of
//! its members from each other (Gneiting and Raftery 2007). Of a single number it is the absolute error. Prices are scored in
//! logarithms, because they differ by factors and fall to no zero; amounts as ratios to their base and shares as parts of
//! one, because both may be zero.

use crate::points::{Headline, Kind, Point, Quantity, Role, forms};
use crate::readings::Samples;
use std::collections::BTreeMap;
use std::fmt;

/// A random walk fitted to earlier observations of a series: the last known level, and a deviation of the logarithm that
/// grows with the root of time.
#[derive(Clone, PartialEq, Debug)]
pub struct Walk {
    /// Standard deviation of the monthly change of the logarithm.
    pub deviation: f64,
    /// Earlier observations.
    pub observations: usize,
}

/// The random walk of each point from `earlier.csv`, where its series has one.
pub fn walks(points: &[Point], earlier: &str) -> Result<BTreeMap<String, Walk>, Vec<String>> {
    let mut reader = csv::Reader::from_reader(earlier.as_bytes());
    let headings = reader.headers().map_err(|error| vec![error.to_string()])?.clone();
    let (mut walks, mut mistakes) = (BTreeMap::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let Ok(record) = record else {
            mistakes.push(format!("row {row}: not as many cells as headings"));
            continue;
        };
        let cell = |column: &str| {
            let position = headings.iter().position(|heading| heading == column);
            position.and_then(|position| record.get(position)).unwrap_or_default()
        };
        let (Ok(deviation), Ok(observations)) = (cell("deviation").parse::<f64>(), cell("observations").parse()) else {
            mistakes.push(format!("row {row}: deviation or observations is not a number"));
            continue;
        };
        let walk = Walk { deviation, observations };
        let mut used = false;
        for point in points.iter().filter(|point| point.episode() == cell("episode")) {
            let Some(quantity) = point.outcome() else { continue };
            if quantity.kind.word() == cell("kind")
                && quantity.forms == forms(cell("forms")).0
                && quantity.exporter == cell("exporter")
                && quantity.importer == cell("importer")
            {
                walks.insert(point.id.clone(), walk.clone());
                used = true;
            }
        }
        if !used {
            mistakes.push(format!("row {row}: no outcome is of this series"));
        }
    }
    if mistakes.is_empty() { Ok(walks) } else { Err(mistakes) }
}

/// Forecasts of single numbers by variant and point, from `prototype.csv`.
pub fn single_forecasts(text: &str) -> Result<BTreeMap<String, Samples>, Vec<String>> {
    let mut variants: BTreeMap<String, Samples> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (index, record) in csv::Reader::from_reader(text.as_bytes()).records().enumerate() {
        let record = record.unwrap_or_default();
        match (record.get(0), record.get(1), record.get(2).and_then(|value| value.parse().ok())) {
            (Some(variant), Some(point), Some(value)) => {
                let points = variants.entry(variant.to_owned()).or_default();
                if points.insert(point.to_owned(), vec![value]).is_some() {
                    mistakes.push(format!("row {}: {point} stands twice", index + 2));
                }
            }
            _ => mistakes.push(format!("row {}: not a variant, a point and a number", index + 2)),
        }
    }
    if mistakes.is_empty() { Ok(variants) } else { Err(mistakes) }
}

/// Fewest earlier observations that a random walk is fitted to.
pub const FEWEST_EARLIER: usize = 12;

/// How one point came out.
#[derive(Clone, PartialEq, Debug)]
pub struct PointScore {
    /// Point.
    pub id: String,
    /// Kind.
    pub kind: Kind,
    /// What came.
    pub observed: f64,
    /// 10, 50 and 90 % of the futures.
    pub quantiles: [f64; 3],
    /// Whether what came lies within the 80 % band.
    pub covered: bool,
    /// Width of the 80 % band: of a price in parts of its median, of an amount in parts of its base, of a share in points / 100.
    pub width: f64,
    /// Continuous ranked probability score of the model, and of the no-change forecast; none for the day of a stop.
    pub crps: Option<[f64; 2]>,
    /// That of a random walk, where there are enough earlier observations.
    pub walk: Option<f64>,
}

/// How a headline came out.
#[derive(Clone, PartialEq, Debug)]
pub struct HeadlineScore {
    /// Point.
    pub id: String,
    /// Which.
    pub headline: Headline,
    /// What came.
    pub observed: f64,
    /// Median of the futures.
    pub median: f64,
}

impl HeadlineScore {
    /// Whether the median is within a factor of two.
    pub fn met(&self) -> bool {
        self.median <= 2.0 * self.observed && 2.0 * self.median >= self.observed
    }
}

/// How an episode, or all of them, came out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Summary {
    /// Outcomes in the table.
    pub outcomes: usize,
    /// Outcomes that the model has a number for.
    pub scored: usize,
    /// Part of them within the 80 % band.
    pub coverage: f64,
    /// Mean width of the 80 % band.
    pub width: f64,
    /// Mean score of the model and of the no-change forecast.
    pub crps: [f64; 2],
    /// Points with a random walk, mean score of the model and of the walk on them.
    pub walk: Option<(usize, [f64; 2])>,
    /// Headlines met, and all.
    pub headlines: [usize; 2],
}

/// All scores.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scores {
    /// Outcomes in the order of the table.
    pub points: Vec<PointScore>,
    /// Headlines in the order of the table.
    pub headlines: Vec<HeadlineScore>,
    /// Outcomes that the model has no number for.
    pub missing: Vec<String>,
}

/// Samples that cannot be scored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unscorable(pub String);

impl fmt::Display for Unscorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Continuous ranked probability score of an ensemble.
pub fn crps(samples: &[f64], observed: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let to_observed: f64 = sorted.iter().map(|sample| (sample - observed).abs()).sum::<f64>() / count;
    let spread: f64 =
        sorted.iter().enumerate().map(|(rank, sample)| (2.0 * rank as f64 + 1.0 - count) * sample).sum::<f64>();
    to_observed - spread / (count * count)
}

/// The value that a part of the samples lies below, on the straight line between the two nearest; beside an infinite
/// sample, the nearer of the two.
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let (below, above, beyond) = (sorted[place.floor() as usize], sorted[place.ceil() as usize], place - place.floor());
    match (below == above, above.is_finite()) {
        (true, _) => below,
        (false, true) => below + (above - below) * beyond,
        (false, false) => {
            if beyond < 0.5 {
                below
            } else {
                above
            }
        }
    }
}

/// The quantile of the standard normal distribution.
fn normal_quantile(part: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if libm::erfc(-middle / std::f64::consts::SQRT_2) / 2.0 < part {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

impl Walk {
    /// An ensemble of a walk from the base over so many months, at equal steps of probability.
    fn samples(&self, months: f64) -> Vec<f64> {
        const MEMBERS: usize = 400;
        let deviation = self.deviation * months.max(1.0).sqrt();
        (0..MEMBERS)
            .map(|member| libm::exp(deviation * normal_quantile((member as f64 + 0.5) / MEMBERS as f64)))
            .collect()
    }
}

/// The scale on which a kind is scored.
fn scaled(kind: Kind, value: f64) -> f64 {
    match kind {
        Kind::Price | Kind::PricePaid | Kind::PriceRatio => libm::log(value),
        Kind::Share => value / 100.0,
        Kind::Export | Kind::Import | Kind::StopDay => value,
    }
}

fn scored(kind: Kind, samples: &[f64], observed: f64) -> f64 {
    let samples: Vec<f64> = samples.iter().map(|sample| scaled(kind, *sample)).collect();
    crps(&samples, scaled(kind, observed))
}

fn point_score(id: &str, quantity: &Quantity, samples: &[f64], walk: Option<&Walk>) -> PointScore {
    let (kind, observed) = (quantity.kind, quantity.observed);
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quantiles = [0.1, 0.5, 0.9].map(|part| quantile(&sorted, part));
    let [low, median, high] = quantiles;
    let width = match kind {
        Kind::Price | Kind::PricePaid | Kind::PriceRatio | Kind::StopDay => (high - low) / median,
        Kind::Share => (high - low) / 100.0,
        Kind::Export | Kind::Import => high - low,
    };
    let walk = walk.filter(|walk| walk.observations >= FEWEST_EARLIER).and_then(|walk| {
        let base = quantity.base_period.as_ref()?;
        let months = quantity.period.middle() - f64::from(base.months().last()?.0) - 1.0;
        Some(scored(kind, &walk.samples(months), observed))
    });
    PointScore {
        id: id.to_owned(),
        kind,
        observed,
        quantiles,
        covered: low <= observed && observed <= high,
        width,
        crps: quantity.no_change.map(|no_change| {
            [scored(kind, samples, observed), (scaled(kind, no_change) - scaled(kind, observed)).abs()]
        }),
        walk,
    }
}

/// Scores what a model says at the points. `walks` holds, by point, a random walk of earlier observations of its series.
pub fn score(points: &[Point], samples: &Samples, walks: &BTreeMap<String, Walk>) -> Result<Scores, Vec<Unscorable>> {
    let mut wrong = Vec::new();
    for (id, values) in samples {
        match points.iter().find(|point| point.id == *id).and_then(|point| point.quantity.as_ref()) {
            None => wrong.push(Unscorable(format!("{id}: no point of this name is scored"))),
            Some(_) if values.is_empty() => wrong.push(Unscorable(format!("{id}: no samples"))),
            Some(quantity) => {
                let allowed = |value: &f64| match quantity.kind {
                    kind if kind.is_price() => value.is_finite() && *value > 0.0,
                    Kind::StopDay => *value >= 0.0,
                    _ => value.is_finite() && *value >= 0.0,
                };
                if let Some(value) = values.iter().find(|value| !allowed(value)) {
                    wrong.push(Unscorable(format!("{id}: {value} is no {}", quantity.kind.word())));
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut scores = Scores::default();
    for point in points {
        let Some(quantity) = &point.quantity else { continue };
        let Some(values) = samples.get(&point.id) else {
            if point.role == Role::Outcome {
                scores.missing.push(point.id.clone());
            }
            continue;
        };
        let score = point_score(&point.id, quantity, values, walks.get(&point.id));
        if let Some(headline) = quantity.headline {
            scores.headlines.push(HeadlineScore {
                id: point.id.clone(),
                headline,
                observed: quantity.observed,
                median: score.quantiles[1],
            });
        }
        if point.role == Role::Outcome {
            scores.points.push(score);
        }
    }
    Ok(scores)
}

impl Scores {
    /// The scores of the points and headlines that another has too.
    pub fn where_also(&self, other: &Self) -> Self {
        Self {
            points: self
                .points
                .iter()
                .filter(|point| other.points.iter().any(|other| other.id == point.id))
                .cloned()
                .collect(),
            headlines: self
                .headlines
                .iter()
                .filter(|headline| other.headlines.iter().any(|other| other.id == headline.id))
                .cloned()
                .collect(),
            missing: Vec::new(),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / count
}

impl Scores {
    /// Summary of the points of an episode, or of all if it is empty.
    pub fn summary(&self, episode: &str) -> Summary {
        let of = |id: &str| episode.is_empty() || id.split('-').next() == Some(episode);
        let points: Vec<&PointScore> = self.points.iter().filter(|point| of(&point.id)).collect();
        let headlines: Vec<&HeadlineScore> = self.headlines.iter().filter(|headline| of(&headline.id)).collect();
        let part = |which: usize| mean(points.iter().filter_map(|point| point.crps.map(|crps| crps[which])));
        let walked: Vec<[f64; 2]> = points.iter().filter_map(|point| Some([point.crps?[0], point.walk?])).collect();
        Summary {
            outcomes: points.len() + self.missing.iter().filter(|id| of(id)).count(),
            scored: points.len(),
            coverage: mean(points.iter().map(|point| if point.covered { 1.0 } else { 0.0 })),
            // The day of a stop that may never come has no width.
            width: mean(points.iter().map(|point| point.width).filter(|width| width.is_finite())),
            crps: [part(0), part(1)],
            walk: (!walked.is_empty())
                .then(|| (walked.len(), [0, 1].map(|which| mean(walked.iter().map(|pair| pair[which]))))),
            headlines: [headlines.iter().filter(|headline| headline.met()).count(), headlines.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points;

    #[test]
    fn the_score_of_a_small_ensemble() {
        // 1, 2 and 4 for 3: distances 2, 1, 1, mean 4/3; between members 1, 3, 2, twice, over 9, half: 2/3. By the integral of
        // (F - [x >= 3])²: 1/9 from 1 to 2, 4/9 from 2 to 3, 1/9 from 3 to 4, the same.
        assert!((crps(&[4.0, 1.0, 2.0], 3.0) - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(crps(&[5.0], 3.0), 2.0);
        assert_eq!(crps(&[0.0, 0.0, 0.0], 0.0), 0.0);
        // A whole ensemble that is right in its middle: -1 and 1 for 0, 1 - 1/2.
        assert_eq!(crps(&[-1.0, 1.0], 0.0), 0.5);
    }

    #[test]
    fn the_score_of_a_normal_ensemble_is_its_closed_form() {
        // Standard normal at its centre: 2 φ(0) - 1/√π = 0.233695.
        let samples: Vec<f64> = (0..20_000).map(|rank| normal_quantile((rank as f64 + 0.5) / 20_000.0)).collect();
        assert!((crps(&samples, 0.0) - 0.233_695).abs() < 1e-5, "{}", crps(&samples, 0.0));
        assert!((normal_quantile(0.975) - 1.959_963_985).abs() < 1e-9);
    }

    #[test]
    fn quantiles_lie_on_the_line_between_samples() {
        let sorted = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 20.0];
        assert_eq!([0.1, 0.5, 0.9, 0.95, 1.0].map(|part| quantile(&sorted, part)), [1.0, 5.0, 9.0, 14.5, 20.0]);
        let never = [7.0, f64::INFINITY, f64::INFINITY];
        assert_eq!([0.1, 0.5, 0.9].map(|part| quantile(&never, part)), [7.0, f64::INFINITY, f64::INFINITY]);
    }

    const TABLE: &str = "point,role,kind,forms,exporter,importer,market,period,base_period,observed,no_change,headline\n\
        a-2,outcome,price,gallium,,,outside,2011,2009,4,1,price rise\n\
        a-3,outcome,import,gallium,CHN,JPN,,2011-06,2010,0.5,1,\n\
        a-4,outcome,share,gallium,CHN,JPN,,2011,,60,80,\n\
        b-2,outcome,stop-day,gallium,,JPN,,2025-04-04,,52,,first stop\n\
        b-3,duplicate,import,gallium,CHN,JPN,,2011,2010,0.2,1,trough\n\
        b-4,outcome,export,gallium,CHN,*,,2011,2010,0.2,1,\n\
        b-5,input,,,,,,,,,,\n";

    fn samples() -> Samples {
        BTreeMap::from([
            ("a-2".to_owned(), vec![2.0, 8.0]),
            ("a-3".to_owned(), vec![0.7, 0.7]),
            ("a-4".to_owned(), vec![50.0, 70.0]),
            ("b-2".to_owned(), vec![100.0, 120.0, f64::INFINITY]),
            ("b-3".to_owned(), vec![0.1]),
        ])
    }

    #[test]
    fn a_worked_table() {
        let points = points::parse(TABLE).unwrap();
        let walks = BTreeMap::from([("a-3".to_owned(), Walk { deviation: 0.2, observations: 12 })]);
        let scores = score(&points, &samples(), &walks).unwrap();
        assert_eq!(scores.missing, ["b-4"]);
        // Price: 2 and 8 for 4 in logarithms: ln 2 away each, 2 ln 2 apart: ln 2 - ln 2 / 2; no change is ln 4 away.
        let ln2 = std::f64::consts::LN_2;
        let [model, no_change] = scores.points[0].crps.unwrap();
        assert!((model - ln2 / 2.0).abs() < 1e-14 && (no_change - 2.0 * ln2).abs() < 1e-14, "{model} {no_change}");
        // Band of 2 and 8: 2.6 to 7.4, median 5, width 0.96.
        assert!(scores.points[0].covered && (scores.points[0].width - 0.96).abs() < 1e-12);
        // Import: 0.2 away against 0.5; a band without width is missed.
        let [model, no_change] = scores.points[1].crps.unwrap();
        assert!((model - 0.2).abs() < 1e-15 && no_change == 0.5 && !scores.points[1].covered);
        // A walk from 1 with half its deviations below 0.5 would score less than a fixed 1: exp of 0.2 √5.5 = 0.469.
        let walk = scores.points[1].walk.unwrap();
        assert!(walk > 0.2 && walk < 0.5, "{walk}");
        // Share: 50 and 70 for 60: 0.1 - 0.2 / 4; no change 0.2.
        let [model, no_change] = scores.points[2].crps.unwrap();
        assert!((model - 0.05).abs() < 1e-15 && (no_change - 0.2).abs() < 1e-15);
        assert_eq!(scores.points[3].crps, None);

        let a = scores.summary("a");
        assert_eq!((a.outcomes, a.scored, a.headlines), (3, 3, [1, 1]));
        assert!((a.coverage - 2.0 / 3.0).abs() < 1e-15);
        assert!((a.width - (0.96 + 0.0 + 0.16) / 3.0).abs() < 1e-12, "{}", a.width);
        assert!((a.crps[0] - (ln2 / 2.0 + 0.2 + 0.05) / 3.0).abs() < 1e-14);
        assert_eq!(a.walk.map(|(count, _)| count), Some(1));
        // Day 120 for 52 is beyond a factor of two, 0.1 for 0.2 is just within.
        let b = scores.summary("b");
        assert_eq!((b.outcomes, b.scored, b.headlines, b.walk), (2, 1, [1, 2], None));
        assert_eq!(scores.summary("").outcomes, 5);
    }

    #[test]
    fn what_cannot_be_scored_is_told_at_once() {
        let points = points::parse(TABLE).unwrap();
        let wrong = BTreeMap::from([
            ("a-2".to_owned(), vec![2.0, 0.0]),
            ("a-3".to_owned(), vec![f64::NAN]),
            ("a-4".to_owned(), vec![]),
            ("b-5".to_owned(), vec![1.0]),
            ("z-1".to_owned(), vec![1.0]),
        ]);
        let told = score(&points, &wrong, &BTreeMap::new()).unwrap_err();
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "a-2: 0 is no price",
                "a-3: NaN is no import",
                "a-4: no samples",
                "b-5: no point of this name is scored",
                "z-1: no point of this name is scored"
            ]
        );
    }
}
