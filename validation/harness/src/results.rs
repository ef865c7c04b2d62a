//! Everything that `RESULTS.md` shows, made anew from the model.

use crate::model::{self, EPISODES, Run, Settings};
use crate::points::{self, Point};
use crate::readings::{self, Noise, Samples};
use crate::score::{self, Scores, Walk};
use crate::{charts, report};
use lode_study::Session;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Futures for the scores: the same in the test and in the file.
pub const REPLICATES: u32 = 200;
/// Seed of all draws.
pub const SEED: u64 = 1;

/// A variant of the model: its name and what is set.
type Variant = (&'static str, &'static [&'static str]);

/// The whole, then each mechanism left out.
const VARIANTS: [Variant; 11] = [
    ("the model", &[]),
    ("no thrift", &["market.thrift-rate=0"]),
    ("no precaution", &["market.precaution=0"]),
    ("no back-orders", &["market.back-orders=0"]),
    ("no premium on suppliers that once stopped", &["market.risk-premium=0"]),
    ("flat worth of stocks", &["market.stock-slope=0.3"]),
    ("stock targets in tonnes, not in worth", &["market.stock-elasticity=0"]),
    ("stocks of one month", &["market.cover=1"]),
    ("expectation follows at once", &["market.expectation-rate=1"]),
    ("expectation hardly follows", &["market.expectation-rate=0.05"]),
    ("no growth of use", &["market.use-growth=1"]),
];

/// What is read once.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The World.
    pub session: Session,
    /// All points.
    pub points: Vec<Point>,
    /// Random walks.
    pub walks: BTreeMap<String, Walk>,
    /// What happens beside a scenario.
    pub noise: Noise,
}

impl Inputs {
    /// Reads them, or says what is wrong.
    pub fn read() -> Result<Self, String> {
        let points = points::read(&crate::folder().join("points.csv")).map_err(|mistakes| mistakes.join("\n"))?;
        let earlier = model::read("earlier.csv").map_err(|error| error.to_string())?;
        let walks = score::walks(&points, &earlier).map_err(|mistakes| mistakes.join("\n"))?;
        let session = model::session().map_err(|report| report.to_string())?;
        Ok(Self { session, noise: Noise::of(&walks), points, walks })
    }

    /// Runs the episodes with some numbers set.
    pub fn runs(&self, replicates: u32, set: &[&str]) -> Result<Vec<(&'static str, Run)>, String> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let set = set.iter().map(|text| (*text).to_owned()).collect();
        let settings = Settings { replicates, seed: SEED, threads, set };
        let mut runs = Vec::new();
        for (letter, setup) in EPISODES {
            let forms = model::forms_of(self.points.iter().filter(|point| point.episode() == letter));
            let run = model::run(&self.session, &setup, &forms, &settings).map_err(|report| report.to_string())?;
            runs.push((letter, run));
        }
        Ok(runs)
    }

    /// Scores of the episodes.
    pub fn scores(&self, runs: &[(&'static str, Run)]) -> Result<Scores, String> {
        let mut samples = Samples::new();
        for (letter, run) in runs {
            let of: Vec<Point> = self.points.iter().filter(|point| point.episode() == *letter).cloned().collect();
            samples.extend(readings::samples(&of, run, &self.noise));
        }
        let wrong =
            |wrong: Vec<score::Unscorable>| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        score::score(&self.points, &samples, &self.walks).map_err(wrong)
    }

    /// Scores of the prototype, by variant.
    pub fn prototype(&self) -> Result<BTreeMap<String, Scores>, String> {
        let text = model::read("prototype.csv").map_err(|error| error.to_string())?;
        let variants = score::single_forecasts(&text).map_err(|mistakes| mistakes.join("\n"))?;
        variants
            .into_iter()
            .map(|(name, samples)| match score::score(&self.points, &samples, &BTreeMap::new()) {
                Ok(scores) => Ok((name, scores)),
                Err(wrong) => Err(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
            })
            .collect()
    }

    /// The tables that a test holds to be current.
    pub fn tables(&self, scores: &Scores) -> Result<String, String> {
        let mut text = String::new();
        let mut section = |title: &str, body: &str| {
            let _ = write!(text, "## {title}\n\n{body}\n");
        };
        section("Scores", &report::summary_table(scores));
        section("Headlines", &report::headline_table(scores));
        for (name, other) in self.prototype()? {
            section(&format!("Beside the prototype: {name}"), &report::beside_table(scores, "prototype", &other));
        }
        section("Every point", &report::point_table(scores));
        Ok(text)
    }

    /// Scores with each mechanism left out.
    pub fn ablations(&self, replicates: u32) -> Result<String, String> {
        let mut variants = Vec::new();
        for (name, set) in VARIANTS {
            variants.push((name.to_owned(), self.scores(&self.runs(replicates, set)?)?));
        }
        Ok(report::ablation_table(&variants))
    }

    /// Draws the sheets of the episodes into a folder.
    pub fn draw(&self, runs: &[(&'static str, Run)], folder: &std::path::Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for (letter, run) in runs {
            let note = format!(
                "{REPLICATES} futures, seed {SEED}; bands hold what happens beside the scenario, see validation/README.md"
            );
            if let Some(sheet) = charts::sheet(letter, &self.points, run, &self.noise, vec![note]) {
                std::fs::write(folder.join(format!("{letter}.svg")), sheet.svg())?;
            }
        }
        Ok(())
    }
}

/// Whether two texts are the same but for numbers that differ by less than a part.
pub fn close(one: &str, other: &str, part: f64) -> Result<(), String> {
    let (ones, others): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    if ones.len() != others.len() {
        return Err(format!("{} lines and {}", ones.len(), others.len()));
    }
    for (ours, theirs) in ones.iter().zip(&others) {
        let (a, b): (Vec<&str>, Vec<&str>) = (ours.split_whitespace().collect(), theirs.split_whitespace().collect());
        let alike = a.len() == b.len()
            && a.iter().zip(&b).all(|(a, b)| match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => (a - b).abs() <= part * a.abs().max(b.abs()) + 0.002,
                _ => a == b,
            });
        if !alike {
            return Err(format!("{ours}\n{theirs}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::close;

    #[test]
    fn texts_are_compared_number_by_number() {
        assert!(close("| a | 1.00 |", "| a | 1.01 |", 0.02).is_ok());
        assert!(close("| a | 1.00 |", "| a | 1.10 |", 0.02).is_err());
        assert!(close("| a | yes |", "| a | no |", 0.02).is_err());
        assert!(close("a", "a\nb", 0.02).is_err());
    }
}
