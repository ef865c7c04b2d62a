//! The two-page brief over HTTP.

use crate::fault::{Answered, Fault};
use crate::parameters::Parameters;
use lode_catalogue::Mistake;
use lode_simulate::Progress;
use lode_study::Session;
use lode_study::brief::{Language, MarketPart, brief};
use lode_study::market::{Request, scenario, scenario_ids, simulate};

/// Futures of a brief: it must be there while the user waits.
const FUTURES: u32 = 200;

/// Makes the file.
pub fn make(session: &Session, mut parameters: Parameters, is_pdf: bool) -> Answered<Vec<u8>> {
    let country = parameters.country(&session.world, session.day.year);
    let commodity = parameters.commodity(&session.world);
    // Only built-in scenarios: an address must name no file of this machine.
    let name = parameters.read("scenario", |text| {
        scenario_ids().find(|known| *known == text).map(str::to_owned).ok_or_else(|| {
            let known: Vec<&str> = scenario_ids().collect();
            Mistake::in_file("", "there is no such scenario").hint(format!("built in are {}", known.join(", ")))
        })
    });
    let case = parameters.take("case");
    let language = parameters.read("lang", |text| {
        Language::parse(text)
            .ok_or_else(|| Mistake::in_file("", "this is not a language of the brief").hint("write en or ja"))
    });
    let count = |text: &str, most: u64| text.parse::<u64>().ok().filter(|count| *count <= most);
    let futures = parameters.read("futures", |text| {
        count(text, 2000)
            .filter(|count| *count >= 20)
            .ok_or_else(|| Mistake::in_file("", "is not a number from 20 to 2000"))
    });
    let seed =
        parameters.read("seed", |text| count(text, u64::MAX).ok_or_else(|| Mistake::in_file("", "is not a seed")));
    parameters.finish()?;
    let (Some(country), Some(commodity)) = (country, commodity) else {
        return Err(Fault::internal("a checked question is incomplete"));
    };
    let market = match name {
        None => None,
        Some(name) => {
            let request = Request {
                scenario: scenario(session, &name, None)?,
                case,
                country: country.name.clone(),
                chains: Vec::new(),
                regions: Vec::new(),
                replicates: futures.map_or(FUTURES, |futures| futures as u32),
                seed: seed.unwrap_or(1),
                horizon: None,
                set: Vec::new(),
                threads: std::thread::available_parallelism().map_or(1, usize::from),
            };
            Some(MarketPart::of(session, &simulate(session, &request, &Progress::default())?))
        }
    };
    let made = brief(session, &country, &commodity, market.as_ref(), language.unwrap_or(Language::English));
    let set = if is_pdf { lode_brief::pdf(&made) } else { lode_brief::docx(&made) };
    set.map_err(|broken| Fault::internal(&broken.to_string()))
}
