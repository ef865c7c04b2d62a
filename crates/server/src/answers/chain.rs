//! The chain of a commodity in the shapes of the wire.

use crate::wire::{Chain, ChainLink, ChainNode, Flow, Number, Plant, Sentence, Unknown, query, some};
use lode_assess::Economy;
use lode_model::{CommodityId, CountryCode, OriginId, Stage};
use lode_study::chain::{Amount, Chain as Traced, Place};
use serde_json::json;

pub fn stage(stage: Stage) -> &'static str {
    match lode_study::chain::column(stage) {
        Stage::Mine => "mine",
        Stage::Metal => "metal",
        Stage::Magnet => "magnet",
        _ => "refined",
    }
}

fn id(place: &Place) -> String {
    match place {
        Place::Made(of, region) => format!("{}:{region}", stage(*of)),
        Place::Used(region, what) => format!("use:{region}:{what}"),
    }
}

fn record_of(flow: &lode_study::chain::Flow) -> String {
    query(&[("table", "market_flows"), ("form", &flow.form), ("exporter", &flow.from), ("importer", &flow.to)])
}

/// The answer and its sentence.
pub fn chain(country: &Economy, commodity: &CommodityId, traced: &Traced<'_>) -> (Chain, Sentence) {
    let origins: Vec<String> = traced.origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    let number = |amount: &Amount| {
        let whole = amount.recorded + amount.shared_out;
        let quality = if amount.shared_out > 0.5 * whole { "imputed" } else { "derived" };
        Number { basis: some(&traced.basis), as_of: Some(traced.year.to_string()), ..Number::of(whole, "t", quality) }
    };
    let nodes = traced.places().into_iter().map(|(place, amount)| {
        let num = Number { origins: origins.clone(), ..number(&amount) };
        match place {
            Place::Made(of, region) => {
                ChainNode { id: id(place), stage: stage(*of), region: region.clone(), use_id: None, num }
            }
            Place::Used(region, what) => {
                ChainNode { id: id(place), stage: "use", region: region.clone(), use_id: Some(what.clone()), num }
            }
        }
    });
    // A link that is a flow of the market leads to its record; any other rests on the balanced market as a whole.
    let flow_of = |from: &Place, to: &Place| {
        let (Place::Made(of, exporter), Place::Made(_, importer) | Place::Used(importer, _)) = (from, to) else {
            return None;
        };
        traced
            .flows
            .iter()
            .find(|flow| stage(flow.stage) == stage(*of) && flow.from == *exporter && flow.to == *importer)
    };
    let mut links = Vec::new();
    for ((from, to), amount) in &traced.links {
        let flow = flow_of(from, to);
        let link = |amount: &Amount| Number {
            origins: flow
                .map_or_else(|| origins.clone(), |flow| flow.origins.iter().map(ToString::to_string).collect()),
            record: flow.map(record_of),
            ..number(amount)
        };
        for (known, part) in [(true, amount.recorded), (false, amount.shared_out)] {
            let only = if known {
                Amount { recorded: part, shared_out: 0.0 }
            } else {
                Amount { recorded: 0.0, shared_out: part }
            };
            if part > 0.001 * (amount.recorded + amount.shared_out) {
                links.push(ChainLink { from: id(from), to: id(to), num: link(&only), known });
            }
        }
    }
    let unknown = [Stage::Mine, Stage::Refined, Stage::Metal, Stage::Magnet].into_iter().filter_map(|of| {
        let of_stage = |place: &Place| matches!(place, Place::Made(stage, _) if *stage == of);
        let shared_out: f64 =
            traced.links.iter().filter(|((from, _), _)| of_stage(from)).map(|(_, amount)| amount.shared_out).sum();
        (shared_out > 0.0).then(|| Unknown { stage: stage(of), num: number(&Amount { recorded: 0.0, shared_out }) })
    });
    let flows = traced.flows.iter().map(|flow| {
        let name = |origin: &OriginId| origin.as_str().to_owned();
        let num = Number {
            basis: some(&flow.basis),
            as_of: Some(traced.year.to_string()),
            origins: flow.origins.iter().map(name).collect(),
            record: flow.value.is_none().then(|| record_of(flow)),
            ..Number::of(flow.tonnes, "t", flow.quality.word())
        };
        let value = flow.value.map(|value| Number::of(value, "USD", flow.quality.word()));
        Flow {
            form: flow.form.clone(),
            stage: stage(flow.stage),
            from: flow.from.clone(),
            to: flow.to.clone(),
            num,
            value,
        }
    });
    let plants = traced.plants.iter().map(|project| Plant {
        name: project.project.clone(),
        company: some(&project.company),
        country: project.countries.first().map_or(String::new(), |code| code.to_string()),
        stage: project.stage.clone(),
        commodities: project.commodities.iter().map(|commodity| commodity.as_str().to_owned()).collect(),
        metric: project.metric.clone(),
        num: Number {
            record: Some(query(&[("table", "projects"), ("project", &project.project)])),
            ..Number::quantity(&project.quantity, &project.provenance)
        },
        period: some(&project.period),
    });
    let whole = country.contains(CountryCode::WORLD);
    let chain = Chain {
        commodity: commodity.as_str().to_owned(),
        year: traced.year,
        years: traced.years.clone(),
        country: if whole { CountryCode::WORLD.to_string() } else { country.name.clone() },
        mass: "mass.contained",
        nodes: nodes.collect(),
        links,
        unknown: unknown.collect(),
        flows: flows.collect(),
        plants: plants.collect(),
    };
    let share = |of: Stage| traced.makers(of).into_iter().next();
    let sentence = match (share(Stage::Mine), share(Stage::Metal), share(Stage::Refined)) {
        (Some((partner, mine)), Some((maker, metal)), _) if !traced.makers(Stage::Magnet).is_empty() => {
            let said = if maker == partner { "chain.answer.largest" } else { "chain.answer.two" };
            let sentence = Sentence::new(said).country("partner", &partner).with("mine", json!({ "share": mine }));
            if maker == partner {
                sentence.with("magnet", json!({ "share": metal }))
            } else {
                sentence.country("maker", &maker).with("metal", json!({ "share": metal }))
            }
        }
        (_, _, Some((partner, share))) => {
            Sentence::new("chain.answer.refined").country("partner", &partner).with("share", json!({ "share": share }))
        }
        _ => Sentence::new("chain.answer.unknown"),
    };
    (chain, sentence.commodity("commodity", commodity.as_str()).country("country", &country.name))
}
