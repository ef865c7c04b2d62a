//! The method card of an indicator.

use crate::{Answer, Cell, Rows, Section, Text};
use lode_assess::{Card, Direction, Indicator};

/// The columns of `lode explain`.
pub const COLUMNS: [&str; 9] =
    ["indicator", "name", "plain", "equation", "direction", "unit", "worked", "sources", "caveats"];

/// The cards of some indicators.
pub fn explain(indicators: &[&'static dyn Indicator]) -> Answer {
    let mut answer = Answer { rows: Rows::new(&COLUMNS), ..Answer::default() };
    for indicator in indicators {
        let card = indicator.card();
        answer.rows.rows.push(vec![
            Cell::text(card.id),
            Cell::text(card.name_en),
            Cell::text(card.plain),
            Cell::text(card.equation),
            Cell::text(direction(card)),
            Cell::text(card.unit),
            Cell::text(card.worked),
            Cell::List(sources(card)),
            Cell::List(card.caveats.iter().map(|caveat| (*caveat).to_owned()).collect()),
        ]);
    }
    match indicators {
        [one] => answer.sections = sections(one.card()),
        many => answer.sections.push(Section::Table {
            title: "Indicators (`lode explain INDICATOR` shows the method)".into(),
            headings: vec!["indicator".into(), "name".into(), "unit".into(), "what it says".into()],
            rows: many
                .iter()
                .map(|indicator| {
                    let card = indicator.card();
                    [card.id, card.name_en, card.unit, card.plain].map(Text::words).to_vec()
                })
                .collect(),
        }),
    }
    answer
}

fn sections(card: &Card) -> Vec<Section> {
    let list = |title: &str, lines: Vec<String>| Section::List { title: title.into(), lines };
    let symbols = card.symbols.iter().map(|(symbol, meaning)| format!("{symbol}: {meaning}")).collect();
    let range = match card.range {
        (Some(low), Some(high)) => format!(", {low} to {high}"),
        (Some(low), None) => format!(", from {low}"),
        _ => String::new(),
    };
    let mut sections = vec![
        Section::Paragraph(format!("{} — {} ({})", card.id, card.name_en, card.name_ja)),
        Section::Paragraph(card.plain.into()),
        list("Equation", card.equation.lines().map(str::to_owned).collect()),
        list("Symbols", symbols),
        Section::Paragraph(format!("Unit: {}{range}. {}", card.unit, direction(card))),
        list("Worked number", vec![card.worked.into()]),
        list("Sources", sources(card)),
        list("What it cannot say", card.caveats.iter().map(|caveat| (*caveat).to_owned()).collect()),
        list("Reads the tables", vec![card.reads.join(", ")]),
    ];
    if !card.assumptions.is_empty() {
        sections.push(list("Assumptions (change them with --overlay)", vec![card.assumptions.join(", ")]));
    }
    sections
}

fn direction(card: &Card) -> &'static str {
    match card.direction {
        Direction::HigherIsRiskier => "Higher means more exposed.",
        Direction::LowerIsRiskier => "Lower means more exposed.",
        Direction::Amount => "An amount, not a risk.",
    }
}

fn sources(card: &Card) -> Vec<String> {
    let shown = |source: &lode_assess::Method| {
        if source.doi.is_empty() {
            source.citation.to_owned()
        } else {
            format!("{} doi:{}", source.citation, source.doi)
        }
    };
    card.sources.iter().map(shown).collect()
}
