//! Answers as tables, the same rows as the command line gives: for machines, and for download.

use crate::fault::{Answered, Fault};
use crate::parameters::Parameters;
use lode_assess::Query;
use lode_catalogue::{Mistake, Report};
use lode_model::Stage;
use lode_study::chain::chain;
use lode_study::{Answer, Cell, Rows, Session, claims, desk, economy, explain, measures, profile, sources};

/// The tables that can be asked for and downloaded.
pub const NAMES: [&str; 7] = ["assess", "chain", "claims", "desk", "explain", "profile", "sources"];

/// A table by its name.
pub fn table(session: &Session, name: &str, mut parameters: Parameters) -> Answered<Answer> {
    let world = &session.world;
    let day = session.day.year;
    let nothing = || Fault::internal("a checked question is incomplete");
    match name {
        "desk" => {
            let (country, basis) = (parameters.country(world, day), parameters.basis());
            parameters.finish()?;
            Ok(desk::desk(session, &country.ok_or_else(nothing)?, basis))
        }
        "profile" => {
            let country = parameters.country(world, day);
            parameters.finish()?;
            Ok(profile::profile(session, &country.ok_or_else(nothing)?))
        }
        "claims" => {
            let claim = parameters.take("claim");
            parameters.finish()?;
            Ok(claims::claims(session, claim.as_deref())?)
        }
        "sources" => {
            let origin = parameters.take("origin");
            parameters.finish()?;
            Ok(match origin {
                Some(origin) => sources::source(session, &origin)?,
                None => sources::sources(session),
            })
        }
        "explain" => {
            let indicator = parameters.read("indicator", measures::indicator);
            parameters.finish()?;
            Ok(explain::explain(&indicator.map_or_else(|| lode_assess::all().to_vec(), |one| vec![one])))
        }
        "chain" => {
            let (country, commodity) = (parameters.country(world, day), parameters.commodity(world));
            let year = parameters.years().map(|years| *years.end());
            parameters.finish()?;
            let (country, commodity) = (country.ok_or_else(nothing)?, commodity.ok_or_else(nothing)?);
            let found = chain(session, &country, &commodity, year).map_err(problems)?;
            Ok(flows(session, &found))
        }
        "assess" => assess(session, parameters),
        _ => Err(Fault::not_found("unknown_table", "there is no such table")
            .hint(format!("the tables are {}", NAMES.join(", ")))),
    }
}

/// What keeps a market from being built, as a report.
pub fn problems(problems: Vec<String>) -> Fault {
    let mut report = Report::new();
    problems.into_iter().for_each(|problem| report.push(Mistake::in_file("", problem)));
    report.into()
}

fn assess(session: &Session, mut parameters: Parameters) -> Answered<Answer> {
    let world = &session.world;
    let day = session.day.year;
    let country = parameters.country(world, day);
    let commodity = parameters.commodity(world);
    let wanted = parameters.take("indicator").unwrap_or_else(|| "dependence".into());
    let mut indicators = Vec::new();
    if wanted == "all" {
        indicators.extend_from_slice(lode_assess::all());
    } else {
        for id in wanted.split(',').take(lode_assess::all().len()) {
            match measures::indicator(id) {
                Ok(indicator) => indicators.push(indicator),
                Err(mistake) => parameters.wrong("indicator", mistake.message, mistake.hint),
            }
        }
    }
    let stage: Option<Stage> = parameters.stage();
    let partner = parameters.read("partner", |text| economy(world, text, day));
    let years = parameters.years();
    let basis = parameters.basis();
    let hs_set = parameters.read("hs_set", |text| match world.hs_sets.get(text) {
        Some(set) => Ok(set.id.clone()),
        None => Err(Mistake::in_file("", "there is no such set of customs codes")
            .hint(format!("known are {}", world.hs_sets.keys().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")))),
    });
    parameters.finish()?;
    let (Some(country), Some(commodity)) = (country, commodity) else {
        return Err(Fault::internal("a checked question is incomplete"));
    };
    let newest = world.trade.newest_year().unwrap_or(day - 1);
    let years = years.unwrap_or(newest..=newest);
    let query = Query { country, commodity, stage, partner, years, basis, hs_set, record: None };
    Ok(measures::assess(session, &indicators, &query))
}

/// Flows of a chain as rows.
fn flows(session: &Session, chain: &lode_study::chain::Chain<'_>) -> Answer {
    let mut rows = Rows::new(&["form", "stage", "from", "to", "year", "value", "unit", "basis", "quality", "origins"]);
    for flow in &chain.flows {
        rows.rows.push(vec![
            Cell::text(&flow.form),
            Cell::text(flow.stage.word()),
            Cell::text(&flow.from),
            Cell::text(&flow.to),
            Cell::Integer(chain.year.into()),
            Cell::number(Some(flow.tonnes)),
            Cell::text("t"),
            Cell::text(&flow.basis),
            Cell::text(flow.quality.word()),
            Cell::List(flow.origins.iter().map(|origin| origin.as_str().to_owned()).collect()),
        ]);
    }
    Answer { rows, sections: Vec::new(), remarks: vec![format!("From {}.", session.identity())] }
}
