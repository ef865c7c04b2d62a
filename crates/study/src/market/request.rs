//! What to run: a scenario by name or from a file's text, a country, and numbers that the user sets.

use super::vocabulary;
use crate::Session;
use lode_catalogue::{Mistake, Report, did_you_mean};
use lode_model::World;
use lode_scenario::{BUILT_IN, Ground, Number, Overriding, Scenario, built_in_text};
use lode_simulate::{Field, Moves, Range, Shape};

/// A run that is asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// The scenario, in no case yet.
    pub scenario: Scenario,
    /// A case of the scenario.
    pub case: Option<String>,
    /// Who is looked at: a country or group as the user writes it.
    pub country: String,
    /// Chains to run; those of the scenario if empty.
    pub chains: Vec<String>,
    /// Regions to keep apart; all if empty.
    pub regions: Vec<String>,
    /// Number of runs.
    pub replicates: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Months to run; the scenario's if `None`.
    pub horizon: Option<u32>,
    /// Numbers that the user sets: `name=value` or `name=low:value:high`.
    pub set: Vec<String>,
    /// Threads.
    pub threads: usize,
}

/// Names of the built-in scenarios, in order of time.
pub fn scenario_ids() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(id, _)| *id)
}

/// A scenario from the text of a file, or a built-in one by its name if there is no text.
pub fn scenario(session: &Session, name: &str, text: Option<&str>) -> Result<Scenario, Report> {
    let Some(text) = text.or_else(|| built_in_text(name)) else {
        let mistake = Mistake::in_file("command line", format!("`{name}` is neither a file nor a built-in scenario"));
        return Err(match did_you_mean(name, scenario_ids()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("built in are {}", scenario_ids().collect::<Vec<_>>().join(", "))),
        }
        .into());
    };
    Scenario::parse(text, name, &vocabulary(&session.world)).map_err(|report| {
        let mut all = Report::new();
        for mistake in report.mistakes() {
            let mut told = match mistake.line {
                Some(line) => Mistake::in_row(&mistake.file, line as u64, &mistake.message),
                None => Mistake::in_file(&mistake.file, &mistake.message),
            };
            if !mistake.field.is_empty() {
                told = told.column(&mistake.field);
            }
            all.push(match &mistake.hint {
                Some(hint) => told.hint(hint),
                None => told,
            });
        }
        all
    })
}

/// Everything that may be set by name beside the scenario's own numbers, with its range.
pub(super) fn assumptions(world: &World, forms: &[&str], industries: &[(String, f64, f64)]) -> Vec<Range> {
    let mut ranges = Range::of_parameters();
    for range in &mut ranges {
        let id = format!("market.{}", range.id.replace('_', "-"));
        // The package's row holds, so that an overlay changes it.
        if let Some(assumption) = world.assumptions.get(&id) {
            let quantity = &assumption.quantity;
            let value = quantity.value.unwrap_or(range.value);
            range.value = value;
            range.low = quantity.low.unwrap_or(value).min(value);
            range.high = quantity.high.unwrap_or(value).max(value);
        }
        range.id = id;
    }
    // Each form is stocked in its own way.
    if let Some(cover) = ranges.iter().find(|range| range.id == "market.cover").cloned() {
        ranges.extend(forms.iter().map(|form| Range {
            id: format!("market.cover.{form}"),
            moves: Moves::Cover { form: Some((*form).to_owned()), country: None },
            ..cover.clone()
        }));
    }
    // Each form has a demand of its own.
    if let Some(growth) = ranges.iter().find(|range| range.id == "market.use-growth").cloned() {
        ranges.extend(forms.iter().map(|form| Range {
            id: format!("market.use-growth.{form}"),
            moves: Moves::Growth { form: Some((*form).to_owned()), country: None },
            ..growth.clone()
        }));
    }
    for process in &world.market.processes {
        let quantity = &process.quantity;
        let (Some(value), Some(low), Some(high)) = (quantity.value, quantity.low, quantity.high) else { continue };
        let makes =
            |recipe: &lode_model::MarketRecipe| recipe.process == process.id && forms.contains(&recipe.form.as_str());
        if world.market.recipes.iter().any(makes) {
            ranges.push(Range {
                id: format!("market.elasticity.{}", process.id),
                moves: Moves::PlantElasticity { process: Some(process.id.to_string()), country: None },
                low,
                value,
                high,
                shape: Shape::Triangular,
            });
        }
    }
    for (industry, low, high) in industries {
        ranges.push(Range {
            id: format!("market.value-at-stake.{industry}"),
            moves: Moves::ValueAtStake { industry: Some(industry.clone()), country: None },
            low: *low,
            value: 1.0,
            high: *high,
            shape: Shape::LogTriangular,
        });
    }
    ranges
}

/// A number that the user sets.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Setting {
    pub low: f64,
    pub value: f64,
    pub high: f64,
}

/// Reads `name=value` or `name=low:value:high`.
pub(super) fn setting(text: &str) -> Result<(String, Setting), Mistake> {
    let wrong = || {
        Mistake::in_file("command line", format!("`{text}` sets nothing"))
            .hint("write --set NAME=VALUE or --set NAME=LOW:VALUE:HIGH")
    };
    let (name, numbers) = text.split_once('=').ok_or_else(wrong)?;
    let numbers: Vec<f64> = numbers
        .split(':')
        .map(|number| number.trim().parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(wrong))
        .collect::<Result<_, _>>()?;
    let setting = match numbers[..] {
        [value] => Setting { low: value, value, high: value },
        [low, value, high] if low <= value && value <= high => Setting { low, value, high },
        _ => return Err(wrong()),
    };
    Ok((name.trim().to_owned(), setting))
}

/// Sets numbers of the scenario and of the market by name; all mistakes at once. What names a number that an event gets only
/// when it is laid over the market is given back for [`set_later`].
pub(super) fn set_all(
    scenario: &mut Scenario,
    ranges: &mut [Range],
    texts: &[String],
) -> Result<Vec<(String, Setting)>, Report> {
    let mut report = Report::new();
    let mut later = Vec::new();
    let known_events: Vec<String> = scenario.numbers().into_iter().map(|number| number.name).collect();
    let of_event = |name: &str| {
        name.rsplit_once('.').is_some_and(|(event, field)| {
            let event = event.trim_end_matches(".front-loading");
            Field::NAMES.iter().any(|(known, _)| *known == field)
                && known_events.iter().any(|known| known.split('.').next() == Some(event))
        })
    };
    for text in texts {
        let (name, Setting { low, value, high }) = match setting(text) {
            Ok(found) => found,
            Err(mistake) => {
                report.push(mistake);
                continue;
            }
        };
        let found: Vec<usize> = (0..ranges.len())
            .filter(|at| ranges[*at].id == name || ranges[*at].id.strip_prefix("market.") == Some(&name))
            .collect();
        if found.is_empty() {
            let number = Number::<Overriding>::new(value, low, high, Ground::Source("set by the user".into()));
            let is_number = scenario.numbers().iter().any(|number| number.name == name);
            if !is_number && of_event(&name) {
                later.push((name, Setting { low, value, high }));
                continue;
            }
            if let Err((message, _)) = scenario.set(&name, number) {
                let numbers = scenario.numbers();
                let known = numbers.iter().map(|number| number.name.as_str());
                let mistake = Mistake::in_file("command line", message);
                report.push(match did_you_mean(&name, known.chain(ranges.iter().map(|range| range.id.as_str()))) {
                    Some(near) => mistake.hint(format!("did you mean `{near}`?")),
                    None => mistake.hint("`lode simulate --list-assumptions` shows every number that can be set"),
                });
            }
        }
        // A cover or growth that is set for all forms holds for each of them.
        let all = name.trim_start_matches("market.");
        let whole = ["cover", "use-growth"].contains(&all).then(|| format!("market.{all}."));
        for range in ranges.iter_mut().filter(|range| {
            range.id == name
                || range.id.strip_prefix("market.") == Some(&name)
                || whole.as_ref().is_some_and(|whole| range.id.starts_with(whole))
        }) {
            (range.low, range.value, range.high) = (low, value, high);
        }
    }
    report.into_result(later)
}

/// Sets numbers that events have got by being laid over the market.
pub(super) fn set_later(ranges: &mut [Range], settings: Vec<(String, Setting)>) -> Result<(), Report> {
    let mut report = Report::new();
    for (name, Setting { low, value, high }) in settings {
        let mut found = false;
        for range in ranges.iter_mut().filter(|range| range.id == name) {
            (range.low, range.value, range.high, found) = (low, value, high, true);
        }
        if !found {
            report.push(
                Mistake::in_file("command line", format!("`{name}` is no number of this scenario"))
                    .hint("`lode simulate --list-assumptions` shows every number that can be set"),
            );
        }
    }
    report.into_result(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_points_or_ranges() {
        assert_eq!(
            setting("market.cover=1:2:6").ok(),
            Some(("market.cover".to_owned(), Setting { low: 1.0, value: 2.0, high: 6.0 }))
        );
        assert_eq!(
            setting("stop.severity=0.5").ok(),
            Some(("stop.severity".to_owned(), Setting { low: 0.5, value: 0.5, high: 0.5 }))
        );
        for wrong in ["cover", "cover=", "cover=a", "cover=3:2:1", "cover=1:2", "cover=nan"] {
            assert!(setting(wrong).is_err(), "{wrong}");
        }
    }
}
