//! `points.csv`: each fact of the three episodes, its role, and what an outcome is compared with.

use crate::period::Period;
use std::path::Path;

/// What a fact is to the model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Given to it.
    Input,
    /// Compared with it.
    Outcome,
    /// Repeats another fact.
    Duplicate,
    /// Outside the window, or not a quantity of the model.
    Outside,
}

/// What a fact is compared with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// Amount that leaves the exporter, t a month.
    Export,
    /// Amount that reaches the importer, t a month.
    Import,
    /// Spot price.
    Price,
    /// Contract price, mean over the uses of the world.
    PricePaid,
    /// Spot price outside over spot price inside the exporter.
    PriceRatio,
    /// Per cent of imports that come from the exporter.
    Share,
    /// Days to the first stopped line.
    StopDay,
}

impl Kind {
    /// All kinds and their words in the table.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("export", Self::Export),
        ("import", Self::Import),
        ("price", Self::Price),
        ("price-paid", Self::PricePaid),
        ("price-ratio", Self::PriceRatio),
        ("share", Self::Share),
        ("stop-day", Self::StopDay),
    ];

    /// Its word in the table.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Prices are judged in logarithms: they differ by factors.
    pub fn is_price(self) -> bool {
        matches!(self, Self::Price | Self::PricePaid | Self::PriceRatio)
    }
}

/// The values that a reader asks for first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Headline {
    /// Lowest month.
    Trough,
    /// Day of the first stop.
    FirstStop,
    /// Price against its base.
    PriceRise,
    /// Price outside against inside.
    PriceRatio,
}

impl Headline {
    const WORDS: [(&'static str, Self); 4] = [
        ("trough", Self::Trough),
        ("first stop", Self::FirstStop),
        ("price rise", Self::PriceRise),
        ("price ratio", Self::PriceRatio),
    ];

    /// Its word in the table.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, headline)| *headline == self).map_or("", |(word, _)| word)
    }
}

/// Where a price stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Market {
    /// In the restricting country.
    Inside,
    /// In the other regions, weighted by use.
    Outside,
    /// In all regions, weighted by use.
    World,
}

/// What the model says instead of a fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Quantity {
    /// Kind.
    pub kind: Kind,
    /// Forms and weights: amounts are added, prices averaged.
    pub forms: Vec<(String, f64)>,
    /// How the forms' prices are averaged.
    pub average: Average,
    /// Region that exports, `*` for all.
    pub exporter: String,
    /// Region that imports, `*` for all.
    pub importer: String,
    /// Where a price stands.
    pub market: Option<Market>,
    /// Period.
    pub period: Period,
    /// Period that it is a ratio to.
    pub base_period: Option<Period>,
    /// What is compared, as a ratio to the base where there is one.
    pub observed: f64,
    /// What the no-change forecast says.
    pub no_change: Option<f64>,
    /// Headline that it is.
    pub headline: Option<Headline>,
}

/// How prices of several forms become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Average {
    /// Mean of prices with the weights of a basket.
    OfPrices,
    /// Mean of the ratios to the base.
    OfRatios,
}

/// A row of the table.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// Letter of the episode and row of the fact.
    pub id: String,
    /// Role.
    pub role: Role,
    /// Why, or how the compared number came about.
    pub reason: String,
    /// What the model says instead, for outcomes and headlines.
    pub quantity: Option<Quantity>,
    /// Name of the series of the fact.
    pub series: String,
    /// Period as the fact has it.
    pub fact_period: String,
    /// Value as the fact has it.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Source of the fact.
    pub source: String,
}

impl Point {
    /// Letter of the episode.
    pub fn episode(&self) -> &str {
        self.id.split('-').next().unwrap_or_default()
    }

    /// What is scored: the quantity of an outcome.
    pub fn outcome(&self) -> Option<&Quantity> {
        self.quantity.as_ref().filter(|_| self.role == Role::Outcome)
    }
}

/// A word, how prices become one, forms and weights.
type Group = (&'static str, Average, &'static [(&'static str, f64)]);

/// Groups of forms with their weights.
const GROUPS: [Group; 4] = [
    (
        "rare-earth-compounds-and-metals",
        Average::OfPrices,
        &[
            ("lanthanum-cerium-oxide", 1.0),
            ("neodymium-praseodymium-oxide", 1.0),
            ("samarium-gadolinium-oxide", 1.0),
            ("dysprosium-terbium-oxide", 1.0),
            ("yttrium-oxide", 1.0),
            ("neodymium-praseodymium-metal", 1.0),
            ("dysprosium-terbium-metal", 1.0),
        ],
    ),
    ("magnets", Average::OfPrices, &[("neodymium-magnet", 1.0), ("neodymium-magnet-heavy", 1.0)]),
    (
        "rare-earth-average",
        Average::OfRatios,
        &[("lanthanum-cerium-oxide", 1.0), ("neodymium-praseodymium-oxide", 1.0), ("dysprosium-terbium-oxide", 1.0)],
    ),
    (
        "mount-weld-basket",
        Average::OfPrices,
        &[
            ("lanthanum-cerium-oxide", 0.7224),
            ("neodymium-praseodymium-oxide", 0.2382),
            ("samarium-gadolinium-oxide", 0.0227),
            ("dysprosium-terbium-oxide", 0.0019),
        ],
    ),
];

/// Forms and weights of a word of the column `forms`, and how their prices are averaged.
pub fn forms(text: &str) -> (Vec<(String, f64)>, Average) {
    for (group, average, members) in GROUPS {
        if text == group {
            return (members.iter().map(|(form, weight)| ((*form).to_owned(), *weight)).collect(), average);
        }
    }
    (text.split_whitespace().map(|form| (form.to_owned(), 1.0)).collect(), Average::OfPrices)
}

/// Reads the table, or tells all mistakes.
pub fn read(path: &Path) -> Result<Vec<Point>, Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
    parse(&text)
}

/// Reads the text of the table, or tells all mistakes, each with its row.
pub fn parse(text: &str) -> Result<Vec<Point>, Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| vec![error.to_string()])?.clone();
    let (mut points, mut mistakes) = (Vec::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                mistakes.push(format!("row {row}: {error}"));
                continue;
            }
        };
        let cell = |column: &str| {
            let position = headings.iter().position(|heading| heading == column);
            position.and_then(|position| record.get(position)).unwrap_or_default()
        };
        match point(&cell) {
            Ok(point) => points.push(point),
            Err(message) => mistakes.push(format!("row {row}: {message}")),
        }
    }
    if mistakes.is_empty() { Ok(points) } else { Err(mistakes) }
}

fn point<'a>(cell: &impl Fn(&'a str) -> &'a str) -> Result<Point, String> {
    let role = match cell("role") {
        "input" => Role::Input,
        "outcome" => Role::Outcome,
        "duplicate" => Role::Duplicate,
        "outside" => Role::Outside,
        other => return Err(format!("role is input, outcome, duplicate or outside, not `{other}`")),
    };
    let quantity = if cell("kind").is_empty() { None } else { Some(quantity(cell)?) };
    match (role, &quantity) {
        (Role::Outcome, None) => return Err("an outcome needs a kind".into()),
        (Role::Input | Role::Outside, Some(_)) => return Err("only outcomes and duplicates have a kind".into()),
        (Role::Duplicate, Some(quantity)) if quantity.headline.is_none() => {
            return Err("a duplicate has a kind only to be a headline".into());
        }
        (Role::Outcome, Some(quantity)) if quantity.no_change.is_none() && quantity.kind != Kind::StopDay => {
            return Err("an outcome needs a no-change forecast".into());
        }
        _ => {}
    }
    Ok(Point {
        id: cell("point").to_owned(),
        role,
        reason: cell("reason").to_owned(),
        quantity,
        series: cell("series").to_owned(),
        fact_period: cell("fact_period").to_owned(),
        value: cell("value").to_owned(),
        unit: cell("unit").to_owned(),
        source: cell("source_title").to_owned(),
    })
}

fn quantity<'a>(cell: &impl Fn(&'a str) -> &'a str) -> Result<Quantity, String> {
    let kind = cell("kind");
    let kind = Kind::WORDS
        .iter()
        .find(|(word, _)| *word == kind)
        .map(|(_, kind)| *kind)
        .ok_or_else(|| format!("unknown kind `{kind}`"))?;
    let optional = |column: &'static str| match cell(column) {
        "" => Ok(None),
        text => text.parse::<f64>().map(Some).map_err(|_| format!("{column}: `{text}` is not a number")),
    };
    let period = |column: &'static str| match cell(column) {
        "" => Ok(None),
        text => Period::parse(text).map(Some).ok_or_else(|| format!("{column}: `{text}` is no period")),
    };
    let market = match cell("market") {
        "" => None,
        "inside" => Some(Market::Inside),
        "outside" => Some(Market::Outside),
        "world" => Some(Market::World),
        other => return Err(format!("unknown market `{other}`")),
    };
    if matches!(kind, Kind::Price | Kind::PricePaid) && market.is_none() {
        return Err("a price needs a market".into());
    }
    let headline = match cell("headline") {
        "" => None,
        text => Some(
            Headline::WORDS
                .iter()
                .find(|(word, _)| *word == text)
                .map(|(_, headline)| *headline)
                .ok_or_else(|| format!("unknown headline `{text}`"))?,
        ),
    };
    let (forms, average) = forms(cell("forms"));
    if forms.is_empty() {
        return Err("forms are missing".into());
    }
    if average == Average::OfRatios && kind != Kind::Price {
        return Err("this group is an average of price ratios".into());
    }
    let observed = optional("observed")?.ok_or("observed is missing")?;
    if kind.is_price() && observed <= 0.0 {
        return Err("a price is above zero".into());
    }
    Ok(Quantity {
        kind,
        forms,
        average,
        exporter: cell("exporter").to_owned(),
        importer: cell("importer").to_owned(),
        market,
        period: period("period")?.ok_or("period is missing")?,
        base_period: period("base_period")?,
        observed,
        no_change: optional("no_change")?,
        headline,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_told_with_their_rows() {
        let head = "point,role,kind,forms,market,period,observed,no_change,headline\n";
        let rows = "a-2,outcome,price,gallium,inside,2011,2.5,1,\n\
                    a-3,result,,,,,,,\n\
                    a-4,outcome,,,,,,,\n\
                    a-5,outcome,price,gallium,,2011,2.5,1,\n\
                    a-6,outcome,import,gallium,,2011-13,2.5,1,\n\
                    a-7,outcome,price,gallium,inside,2011,0,1,\n\
                    a-8,duplicate,import,gallium,,2011,1,1,\n\
                    a-9,outcome,import,gallium,,2011,1,,\n";
        let mistakes = parse(&format!("{head}{rows}")).unwrap_err();
        let expected = [
            "row 3: role is input",
            "row 4: an outcome needs a kind",
            "row 5: a price needs a market",
            "row 6: period: `2011-13` is no period",
            "row 7: a price is above zero",
            "row 8: a duplicate has a kind only",
            "row 9: an outcome needs a no-change",
        ];
        assert_eq!(mistakes.len(), expected.len(), "{mistakes:?}");
        for (mistake, start) in mistakes.iter().zip(expected) {
            assert!(mistake.starts_with(start), "{mistake}");
        }
    }
}
