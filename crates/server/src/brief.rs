//! The two-page brief over HTTP: at once, or as a run that is followed, cancelled and kept.

use crate::fault::{Answered, Fault};
use crate::jobs::Handle;
use crate::parameters::Parameters;
use crate::work::watch;
use lode_assess::Economy;
use lode_catalogue::Mistake;
use lode_model::CommodityId;
use lode_simulate::Progress;
use lode_study::Session;
use lode_study::brief::{Language, MarketPart, brief, chains};
use lode_study::market::{Request, scenario, scenario_ids, simulate};
use serde::{Deserialize, Serialize};

/// Futures of a brief: it must be there while the user waits.
const FUTURES: u32 = 200;

/// What a brief is asked about.
pub struct Question {
    country: Economy,
    commodity: CommodityId,
    language: Language,
    market: Option<Request>,
}

/// A brief that was run: its numbers, from which files are set in either language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Country.
    pub country: String,
    /// Commodity.
    pub commodity: String,
    /// What the market says; `None` where nothing was simulated.
    pub market: Option<MarketPart>,
}

/// Reads a question; all its mistakes at once.
pub fn question(session: &Session, mut parameters: Parameters) -> Answered<Question> {
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
    let language = language(&mut parameters);
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
            let scenario = scenario(session, &name, None)?;
            Some(Request {
                chains: chains(session, &scenario, &commodity),
                scenario,
                case,
                country: country.name.clone(),
                regions: Vec::new(),
                replicates: futures.map_or(FUTURES, |futures| futures as u32),
                seed: seed.unwrap_or(1),
                horizon: None,
                set: Vec::new(),
                threads: std::thread::available_parallelism().map_or(1, usize::from),
            })
        }
    };
    Ok(Question { country, commodity, language, market })
}

/// The language that is asked for.
pub fn language(parameters: &mut Parameters) -> Language {
    let read = |text: &str| {
        Language::parse(text)
            .ok_or_else(|| Mistake::in_file("", "this is not a language of the brief").hint("write en or ja"))
    };
    parameters.read("lang", read).unwrap_or(Language::English)
}

/// Makes the file.
pub fn make(session: &Session, parameters: Parameters, is_pdf: bool) -> Answered<Vec<u8>> {
    let question = question(session, parameters)?;
    let market = match &question.market {
        None => None,
        Some(request) => Some(MarketPart::of(session, &simulate(session, request, &Progress::default())?)),
    };
    set(session, (&question.country, &question.commodity), market.as_ref(), question.language, is_pdf)
}

/// Makes the numbers, telling how far it is.
pub fn run(session: &Session, question: &Question, handle: &Handle<'_>) -> Answered<Kept> {
    let market = match &question.market {
        None => None,
        Some(request) => {
            let run = watch(handle, request.replicates, |progress| Ok(simulate(session, request, progress)?))?;
            Some(MarketPart::of(session, &run))
        }
    };
    Ok(Kept { country: question.country.name.clone(), commodity: question.commodity.as_str().to_owned(), market })
}

/// Sets a brief that was run.
pub fn set_kept(session: &Session, kept: &Kept, language: Language, is_pdf: bool) -> Answered<Vec<u8>> {
    let country = lode_study::economy(&session.world, &kept.country, session.day.year)?;
    let commodity = lode_study::commodity(&session.world, &kept.commodity)?;
    set(session, (&country, &commodity), kept.market.as_ref(), language, is_pdf)
}

fn set(
    session: &Session,
    (country, commodity): (&Economy, &CommodityId),
    market: Option<&MarketPart>,
    language: Language,
    is_pdf: bool,
) -> Answered<Vec<u8>> {
    let made = brief(session, country, commodity, market, language);
    let set = if is_pdf { lode_brief::pdf(&made) } else { lode_brief::docx(&made) };
    set.map_err(|broken| Fault::internal(&broken.to_string()))
}
