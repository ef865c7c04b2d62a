//! What the user holds: true stocks, contracts and costs, as far as the market has a place for them.

use super::case::{Place, list};
use crate::{Session, names};
use lode_scenario::Month;
use lode_simulate::{Market, Moves, Range, Shape};
use std::fmt::Write;

/// A confidential value of the user's own.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnAmount {
    /// `stock`, `contract`, `cost` or `other`.
    pub kind: String,
    /// Form of the market.
    pub form: String,
    /// Who holds it; the supplier of a contract.
    pub holder: String,
    /// Central value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Unit.
    pub unit: String,
}

/// What was made of own values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OwnUse {
    /// Forms whose starting stock is the user's own.
    pub stocks: Vec<String>,
    /// Forms of which the user's own contracts are met.
    pub contracts: Vec<String>,
    /// Kind and form of what was not used.
    pub unused: Vec<(String, String)>,
}

/// Tonnes of an amount.
fn tonnes(unit: &str) -> Option<f64> {
    match unit.trim().to_lowercase().as_str() {
        "t" | "tonnes" | "トン" => Some(1.0),
        "kg" => Some(1e-3),
        "g" => Some(1e-6),
        _ => None,
    }
}

/// Months of use of an amount of time.
fn months(unit: &str) -> Option<f64> {
    match unit.trim().to_lowercase().as_str() {
        "months" | "month" | "か月" => Some(1.0),
        "days" | "day" | "日" => Some(12.0 / 365.25),
        _ => None,
    }
}

/// Tonnes a year of a rate.
fn tonnes_per_year(unit: &str) -> Option<f64> {
    let (amount, time) = unit.split_once('/')?;
    let per = match time.trim().to_lowercase().as_str() {
        "year" | "y" | "a" | "年" => 1.0,
        "month" | "月" => 12.0,
        _ => return None,
    };
    Some(tonnes(amount)? * per)
}

/// Supplier, form and factor to tonnes a year of a contract that the market can hold.
fn contract<'m>(session: &Session, market: &'m Market, region: &str, own: &OwnAmount) -> Option<(&'m str, f64)> {
    if own.kind != "contract" {
        return None;
    }
    let economy = names::economy(&session.world, &own.holder, session.day.year).ok()?;
    let supplier = &session.world.market.region_of(&economy.name)?.id;
    let (from, to) = (market.node(supplier, &own.form)?, market.node(region, &own.form)?);
    let there = market.links.iter().any(|link| (link.from, link.to) == (from, to));
    there.then_some((market.nodes[from].country.as_str(), tonnes_per_year(&own.unit)?))
}

/// Own stocks as the starting stock of their form, which is also what the country wants to hold; and what is made of all.
pub(super) fn stocks(session: &Session, own: &[OwnAmount], place: &Place<'_>) -> (Vec<Range>, OwnUse) {
    let Place { market, region } = *place;
    let used = market.use_at_base();
    let mut ranges: Vec<Range> = Vec::new();
    let mut made = OwnUse::default();
    for value in own {
        let node = market.node(region, &value.form).filter(|node| used[*node] > 0.0);
        let cover = node
            .filter(|_| value.kind == "stock")
            .and_then(|node| tonnes(&value.unit).map(|tonnes| tonnes / used[node]).or_else(|| months(&value.unit)));
        if let Some(factor) = cover {
            let id = format!("own.stock.{}", value.form);
            let at = ranges.iter().position(|range| range.id == id).unwrap_or_else(|| {
                ranges.push(Range {
                    id,
                    moves: Moves::Cover { form: Some(value.form.clone()), country: Some(region.to_owned()) },
                    low: 0.0,
                    value: 0.0,
                    high: 0.0,
                    shape: Shape::Triangular,
                });
                made.stocks.push(value.form.clone());
                ranges.len() - 1
            });
            ranges[at].low += value.low * factor;
            ranges[at].value += value.value * factor;
            ranges[at].high += value.high * factor;
        } else if contract(session, market, region, value).is_some() {
            made.contracts.push(value.form.clone());
        } else {
            made.unused.push((value.kind.clone(), value.form.clone()));
        }
    }
    (ranges, made)
}

/// Own contracts as offtakes of a scenario file: they are held with and without levers.
pub(super) fn file(session: &Session, own: &[OwnAmount], place: &Place<'_>, start: Month) -> String {
    let mut text = String::new();
    for (number, value) in own.iter().enumerate() {
        let Some((supplier, factor)) = contract(session, place.market, place.region, value) else { continue };
        let amount = |of: f64| of * factor;
        let (low, mid, high) = (amount(value.low), amount(value.value), amount(value.high));
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "\n[[levers]]\nid = \"own-contract-{number}\"\nkind = \"offtake\"\nplaces = {}\nforms = {}\nstart = \"{}\"\nsuppliers = \
             {}\ntonnes_per_year = {{ value = {mid:?}, low = {low:?}, high = {high:?}, source = \"the user's own\" }}\n",
            list([place.region]),
            list([&value.form]),
            start.first_day(),
            list([supplier]),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_the_units_that_people_write() {
        assert_eq!(tonnes("kg"), Some(1e-3));
        assert_eq!(tonnes_per_year("t/year"), Some(1.0));
        assert_eq!(tonnes_per_year("kg/month"), Some(0.012));
        assert_eq!(months("days").map(|months| (months * 365.25 / 12.0 - 1.0).abs() < 1e-12), Some(true));
        for unknown in ["USD/kg", "pallets", ""] {
            assert_eq!((tonnes(unknown), months(unknown), tonnes_per_year(unknown)), (None, None, None), "{unknown}");
        }
    }
}
