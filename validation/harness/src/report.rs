//! Scores as tables of Markdown for the book, and as JSON.

use crate::score::{Scores, Summary};
use serde_json::{Value, json};
use std::fmt::Write;

/// Names of the episodes by their letters, and of all together.
pub const EPISODES: [(&str, &str); 4] = [
    ("a", "(a) rare earths 2010–2015"),
    ("b", "(b) gallium and germanium 2023"),
    ("c", "(c) heavy rare earths and magnets 2025"),
    ("", "all"),
];

/// Three digits of meaning, without a sign of a negative zero.
fn number(value: f64) -> String {
    if value.is_nan() {
        return "–".into();
    }
    if value.is_infinite() {
        return "never".into();
    }
    let decimals = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.0995 || size == 0.0 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

fn per_cent(part: f64) -> String {
    if part.is_nan() { "–".into() } else { format!("{:.0} %", 100.0 * part) }
}

/// A row for each episode: coverage, width, score against no change and against a random walk, headlines.
pub fn summary_table(scores: &Scores) -> String {
    let mut table = String::from(
        "| episode | outcomes scored | 80 % band holds | its mean width | CRPS | no change | random walk (points) | headlines within a factor of two |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (letter, name) in EPISODES {
        let summary = scores.summary(letter);
        writeln!(
            table,
            "| {name} | {} of {} | {} | {} | {} | {} | {} | {} of {} |",
            summary.scored,
            summary.outcomes,
            per_cent(summary.coverage),
            number(summary.width),
            number(summary.crps[0]),
            number(summary.crps[1]),
            summary.walk.map_or("–".to_owned(), |(points, [model, walk])| {
                format!("{} for {} ({points})", number(model), number(walk))
            }),
            summary.headlines[0],
            summary.headlines[1]
        )
        .unwrap_or_default();
    }
    table
}

/// A row for each outcome and headline.
pub fn point_table(scores: &Scores) -> String {
    let mut table = String::from(
        "| point | what | observed | 10 % – median – 90 % | in the band | CRPS | no change | random walk |\n|---|---|---|---|---|---|---|---|\n",
    );
    for point in &scores.points {
        let [low, median, high] = point.quantiles.map(number);
        let [crps, no_change] = point.crps.map_or(["–".into(), "–".into()], |crps| crps.map(number));
        writeln!(
            table,
            "| {} | {} | {} | {low} – {median} – {high} | {} | {crps} | {no_change} | {} |",
            point.id,
            point.kind.word(),
            number(point.observed),
            if point.covered { "yes" } else { "**no**" },
            point.walk.map_or("–".into(), number)
        )
        .unwrap_or_default();
    }
    for id in &scores.missing {
        writeln!(table, "| {id} | | | no number of the model | **no** | | | |").unwrap_or_default();
    }
    table
}

/// A row for each headline.
pub fn headline_table(scores: &Scores) -> String {
    let mut table =
        String::from("| point | headline | observed | median | within a factor of two |\n|---|---|---|---|---|\n");
    for headline in &scores.headlines {
        writeln!(
            table,
            "| {} | {} | {} | {} | {} |",
            headline.id,
            headline.headline.word(),
            number(headline.observed),
            number(headline.median),
            if headline.met() { "yes" } else { "**no**" }
        )
        .unwrap_or_default();
    }
    table
}

/// A row for each episode: the model beside another forecast, on the points that both have.
pub fn beside_table(scores: &Scores, name: &str, other: &Scores) -> String {
    let mut table = format!(
        "| episode | points of both | CRPS | {name} | no change | headlines | {name} |\n|---|---|---|---|---|---|---|\n"
    );
    let (ours, theirs) = (scores.where_also(other), other.where_also(scores));
    for (letter, episode) in EPISODES {
        let (ours, theirs) = (ours.summary(letter), theirs.summary(letter));
        writeln!(
            table,
            "| {episode} | {} | {} | {} | {} | {} of {} | {} of {} |",
            ours.scored,
            number(ours.crps[0]),
            number(theirs.crps[0]),
            number(ours.crps[1]),
            ours.headlines[0],
            ours.headlines[1],
            theirs.headlines[0],
            theirs.headlines[1]
        )
        .unwrap_or_default();
    }
    table
}

/// A row for each variant of the model, usually the whole and then the whole without one mechanism.
pub fn ablation_table(variants: &[(String, Scores)]) -> String {
    let mut table = String::from(
        "| variant | CRPS (a) | (b) | (c) | all | against the first | 80 % band holds | headlines |\n|---|---|---|---|---|---|---|---|\n",
    );
    let first = variants.first().map_or(f64::NAN, |(_, scores)| scores.summary("").crps[0]);
    for (name, scores) in variants {
        let crps = ["a", "b", "c"].map(|letter| number(scores.summary(letter).crps[0]));
        let all = scores.summary("");
        writeln!(
            table,
            "| {name} | {} | {} | {:+.0} % | {} | {} of {} |",
            crps.join(" | "),
            number(all.crps[0]),
            100.0 * (all.crps[0] / first - 1.0),
            per_cent(all.coverage),
            all.headlines[0],
            all.headlines[1]
        )
        .unwrap_or_default();
    }
    table
}

fn summary_json(summary: &Summary) -> Value {
    json!({
        "outcomes": summary.outcomes,
        "scored": summary.scored,
        "coverage_80": summary.coverage,
        "mean_width_80": summary.width,
        "crps": summary.crps[0],
        "crps_no_change": summary.crps[1],
        "random_walk": summary.walk.map(|(points, [model, walk])| json!({ "points": points, "crps": model, "crps_random_walk": walk })),
        "headlines_met": summary.headlines[0],
        "headlines": summary.headlines[1],
    })
}

/// Everything, with the day of a stop that never comes as `null`.
pub fn json(scores: &Scores) -> Value {
    let points: Vec<Value> = scores
        .points
        .iter()
        .map(|point| {
            json!({
                "point": point.id,
                "kind": point.kind.word(),
                "observed": point.observed,
                "p10": point.quantiles[0],
                "p50": point.quantiles[1],
                "p90": point.quantiles[2],
                "covered": point.covered,
                "width": point.width,
                "crps": point.crps.map(|crps| crps[0]),
                "crps_no_change": point.crps.map(|crps| crps[1]),
                "crps_random_walk": point.walk,
            })
        })
        .collect();
    let headlines: Vec<Value> = scores
        .headlines
        .iter()
        .map(|headline| {
            json!({
                "point": headline.id,
                "headline": headline.headline.word(),
                "observed": headline.observed,
                "p50": headline.median,
                "met": headline.met(),
            })
        })
        .collect();
    let episodes: serde_json::Map<String, Value> = EPISODES
        .iter()
        .map(|(letter, _)| {
            let name = if letter.is_empty() { "all" } else { letter };
            (name.to_owned(), summary_json(&scores.summary(letter)))
        })
        .collect();
    json!({ "episodes": episodes, "headlines": headlines, "points": points, "missing": scores.missing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points;
    use crate::score::score;
    use std::collections::BTreeMap;

    fn scores(samples: &[(&str, &[f64])]) -> Scores {
        let table = "point,role,kind,forms,exporter,importer,market,period,base_period,observed,no_change,headline\n\
            a-2,outcome,import,gallium,CHN,JPN,,2011,2010,0.4,1,trough\n\
            c-3,outcome,stop-day,gallium,,JPN,,2025-04-04,,52,,first stop\n\
            c-4,outcome,import,gallium,CHN,JPN,,2011,2010,0.4,1,\n";
        let samples: BTreeMap<String, Vec<f64>> =
            samples.iter().map(|(id, values)| ((*id).to_owned(), values.to_vec())).collect();
        score(&points::parse(table).unwrap(), &samples, &BTreeMap::new()).unwrap()
    }

    #[test]
    fn tables_say_what_was_scored_and_what_was_not() {
        let scores = scores(&[("a-2", &[0.2, 0.6]), ("c-3", &[30.0, f64::INFINITY, f64::INFINITY])]);
        let summary = summary_table(&scores);
        // 0.2 and 0.6 for 0.4: 0.2 less 0.4 / 4; no change 0.6; band 0.24 to 0.56.
        assert!(
            summary.contains("| (a) rare earths 2010–2015 | 1 of 1 | 100 % | 0.32 | 0.10 | 0.60 | – | 1 of 1 |"),
            "{summary}"
        );
        assert!(summary.contains("2025 | 1 of 2 | 100 % | – | – | – | – | 0 of 1 |"), "{summary}");
        let points = point_table(&scores);
        assert!(points.contains("| c-3 | stop-day | 52.0 | 30.0 – never – never | yes | – | – | – |"), "{points}");
        assert!(points.contains("| c-4 | | | no number of the model | **no** | | | |"), "{points}");
        assert!(headline_table(&scores).contains("| c-3 | first stop | 52.0 | never | **no** |"));
        let json = json(&scores);
        assert_eq!(json["points"][1]["p90"], Value::Null);
        assert_eq!(json["missing"][0], "c-4");
        assert_eq!(json["episodes"]["c"]["scored"], 1);
    }

    #[test]
    fn the_model_stands_beside_another_on_points_of_both() {
        let ours = scores(&[("a-2", &[0.2, 0.6]), ("c-4", &[0.5])]);
        let theirs = scores(&[("a-2", &[0.1])]);
        let table = beside_table(&ours, "prototype", &theirs);
        assert!(table.contains("| all | 1 | 0.10 | 0.30 | 0.60 | 1 of 1 | 0 of 1 |"), "{table}");
    }

    #[test]
    fn ablations_are_held_against_the_first() {
        let table = ablation_table(&[
            ("whole".into(), scores(&[("a-2", &[0.2, 0.6])])),
            ("no transit".into(), scores(&[("a-2", &[0.2, 0.2])])),
        ]);
        assert!(table.contains("| whole | 0.10 | – | – | 0.10 | +0 % | 100 % | 1 of 1 |"), "{table}");
        assert!(table.contains("| no transit | 0.20 | – | – | 0.20 | +100 % | 0 % | 1 of 1 |"), "{table}");
    }
}
