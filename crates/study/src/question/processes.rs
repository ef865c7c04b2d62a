//! What stops: the question of exposure, answered from the tables of processes.

use super::{Exposure, Opened, PLACE, Simulate};
use crate::Answer;
use crate::exposure::{
    Processes, bill, contents, cut, cut_sets, element, halt, list, market_availability, read_availability, read_bill,
    read_bill_bytes,
};
use crate::market;
use lode_catalogue::{Mistake, Report};
use lode_exposure::extra_stock::Survival;
use lode_exposure::{Availability, Bill, Draws, Substitutes};
use lode_model::StepNodeKind;
use lode_simulate::Progress;
use std::path::Path;

/// An answer about what stops, with what a drawing or a request sheet is made from.
#[derive(Debug)]
pub struct Exposed {
    /// The answer.
    pub answer: Answer,
    /// The products that were looked at.
    pub products: Vec<usize>,
    /// The firm's own list.
    pub list: Option<Bill>,
    /// What still arrives.
    pub availability: Availability,
    /// How it was drawn.
    pub draws: Draws,
}

/// Answers a question of exposure.
pub fn expose(question: &Exposure, opened: &Opened, threads: usize, progress: &Progress) -> Result<Exposed, Report> {
    let draws = Draws { seed: question.seed, replicates: question.replicates, horizon: question.horizon as f64 };
    let of =
        |answer| Exposed { answer, products: Vec::new(), list: None, availability: Availability::default(), draws };
    let asked = question.list
        || question.element.is_some()
        || question.cut_sets.is_some()
        || question.parts.is_some()
        || question.parts_text.is_some()
        || question.halt.is_some()
        || question.arrivals.is_some()
        || !question.cut.is_empty();
    if !asked {
        let mistake = Mistake::in_file(PLACE, "nothing is asked");
        return Err(mistake.hint("give cut_sets, halt, cut, element, a list of parts, or list").into());
    }
    let processes = opened.processes()?;
    if question.list {
        return Ok(of(list(processes)));
    }
    if let Some(text) = &question.element {
        let kinds = [StepNodeKind::Element, StepNodeKind::Form, StepNodeKind::Material];
        let node = processes.node(text, &kinds)?;
        return Ok(of(element(processes, node, Draws { replicates: question.replicates.min(400), ..draws })));
    }
    if let Some(text) = &question.cut_sets {
        let product = processes.node(text, &[StepNodeKind::Product])?;
        let substitutes = if question.before_substitution { Substitutes::NotYet } else { Substitutes::Qualified };
        let answer = cut_sets(processes, product, question.below, question.size as usize, substitutes)?;
        return Ok(Exposed { products: vec![product], ..of(answer) });
    }
    if question.parts.is_some() || question.parts_text.is_some() {
        return own_list(question, processes, draws, threads, progress);
    }
    let availability = availability(question, processes, threads, progress)?;
    let products = match &question.product {
        Some(text) => processes.products(text)?,
        None => processes.all_products(),
    };
    let answer = halt(processes, &availability, &products, draws);
    Ok(Exposed { answer, products, list: None, availability, draws })
}

fn own_list(
    question: &Exposure,
    processes: &Processes,
    draws: Draws,
    threads: usize,
    progress: &Progress,
) -> Result<Exposed, Report> {
    let mut report = Report::new();
    let list = match (&question.parts, &question.parts_text) {
        (Some(path), _) => read_bill(processes, Path::new(path)),
        (None, text) => read_bill_bytes(processes, "parts", text.as_deref().unwrap_or_default().as_bytes()),
    };
    let list = list.map_err(|mistakes| report.extend(mistakes)).ok();
    let availability =
        availability(question, processes, threads, progress).map_err(|mistakes| report.extend(mistakes)).ok();
    if availability.as_ref().is_some_and(|found| found.shortages.is_empty())
        && report.is_empty()
        && question.survive.is_some()
    {
        report.push(
            Mistake::in_file(PLACE, "--survive and --ask need a scenario")
                .hint("add --cut or --halt, e.g. --cut dysprosium@CHN=1:6"),
        );
    }
    let (Some(list), Some(availability)) = (list, availability) else { return Err(report) };
    report.into_result(())?;
    let answer = if availability.shortages.is_empty() {
        contents(processes, &list)
    } else {
        let survival =
            question.survive.map(|weeks| Survival { days: weeks as f64 * 7.0, confidence: question.confidence });
        bill(processes, &list, &availability, draws, survival)?
    };
    Ok(Exposed { answer, products: Vec::new(), list: Some(list), availability, draws })
}

/// What still arrives: the scenario, the file and the cuts together, all mistakes at once.
fn availability(
    question: &Exposure,
    processes: &Processes,
    threads: usize,
    progress: &Progress,
) -> Result<Availability, Report> {
    let mut report = Report::new();
    let mut availability = Availability::default();
    let mut take = |read: Result<Availability, Report>| match read {
        Ok(mut read) => {
            if availability.label.is_empty() {
                availability.label = std::mem::take(&mut read.label);
            }
            availability.shortages.extend(read.shortages);
        }
        Err(mistakes) => report.extend(mistakes),
    };
    if let Some(text) = &question.arrivals {
        let name = question.halt.as_deref().unwrap_or("arrivals");
        take(read_availability(processes, name, text));
    } else if let Some(name) = &question.halt {
        take(of_scenario(question, processes, name, threads, progress));
    }
    for text in &question.cut {
        match cut(processes, text) {
            Ok(shortages) => availability.shortages.extend(shortages),
            Err(mistake) => report.push(mistake),
        }
    }
    let labels: Vec<&str> = std::iter::once(availability.label.as_str())
        .chain(question.cut.iter().map(String::as_str))
        .filter(|label| !label.is_empty())
        .collect();
    availability.label = labels.join(", ");
    report.into_result(availability)
}

/// What arrives in the country under a scenario of the market.
fn of_scenario(
    question: &Exposure,
    processes: &Processes,
    name: &str,
    threads: usize,
    progress: &Progress,
) -> Result<Availability, Report> {
    let run = Simulate {
        scenario: name.to_owned(),
        text: question.text.clone(),
        case: question.case.clone(),
        country: question.country.clone(),
        chain: Vec::new(),
        replicates: question.futures,
        seed: question.seed,
        horizon: None,
        set: Vec::new(),
    };
    let run = market::simulate(&processes.session, &run.request(&processes.session, threads)?, progress)?;
    Ok(market_availability(processes, &run))
}
