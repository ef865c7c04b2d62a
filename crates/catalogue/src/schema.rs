//! The schema of each table of a package: one file in `data/schemas` makes the reader, the check and the documentation.

use serde::Deserialize;
use std::sync::OnceLock;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Any text.
    Text,
    /// A lower-case English id with hyphens.
    Id,
    /// An id in table `commodities`.
    Commodity,
    /// A code in table `countries`, or WLD or OTH.
    Country,
    /// A stage of the chain.
    Stage,
    /// A calendar year.
    Year,
    /// A year, quarter, half-year, month or day: 2024, 2024-Q3, 2024-H1, 2024-07, 2024-07-31.
    Period,
    /// A finite number.
    Number,
    /// A whole number.
    Integer,
    /// `yes` or `no`.
    Boolean,
    /// A six-digit customs code.
    HsCode,
    /// Items separated by bars.
    List,
    /// An id in table `market_forms`.
    MarketForm,
    /// An id in table `market_regions`, or `*` for any.
    MarketRegion,
    /// An id in table `market_processes`.
    MarketProcess,
    /// An id in table `origins`.
    Origin,
    /// A word of [`lode_model::DataQuality`].
    Quality,
    /// An id in table `step_nodes`.
    StepNode,
}

/// A column of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Heading.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Part of the key that no two rows may share.
    #[serde(default)]
    pub key: bool,
    /// Never empty.
    #[serde(default)]
    pub required: bool,
    /// The words allowed.
    #[serde(default)]
    pub vocabulary: Vec<String>,
    /// Least number allowed.
    pub minimum: Option<f64>,
    /// Greatest number allowed.
    pub maximum: Option<f64>,
    /// Unit of a number that has the same unit in every row.
    pub unit: Option<String>,
    /// What it says, in a sentence.
    pub about: String,
}

/// A table of a package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Name, which is also the file's.
    #[serde(skip)]
    pub name: &'static str,
    /// What it holds, in a sentence.
    pub about: String,
    /// Columns, those of `measure` and `tail` included once loaded.
    pub fields: Vec<Field>,
    /// Whether the table is cut into several files.
    #[serde(default)]
    pub parts: bool,
    /// Whether it has the columns value, low, high, unit, basis.
    #[serde(default)]
    pub measure: bool,
    /// Whether it has the columns quality, as_of, origin, note.
    #[serde(default)]
    pub tail: bool,
}

macro_rules! schemas {
    ($($name:literal),* $(,)?) => {
        const SOURCES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../data/schemas/", $name, ".toml")))),*
        ];
    };
}

schemas!(
    "origins",
    "commodities",
    "countries",
    "country_groups",
    "forms",
    "hs_sets",
    "processes",
    "production",
    "reserves",
    "trade",
    "trade_shares",
    "prices",
    "controls",
    "control_effects",
    "listed_entities",
    "projects",
    "stockpile_rules",
    "demand",
    "outlook",
    "costs",
    "governance",
    "agreements",
    "recycling",
    "deposits",
    "figures",
    "assumptions",
    "market_regions",
    "market_forms",
    "market_processes",
    "market_prices",
    "market_recipes",
    "market_plants",
    "market_uses",
    "market_flows",
    "market_transit",
    "gaps",
    "corrections",
    "reconciliation",
    "step_nodes",
    "step_links",
    "step_parameters",
    "step_suppliers",
    "step_assumptions",
);

impl Schema {
    /// Every table's schema, in the order in which tables are loaded.
    pub fn all() -> &'static [Schema] {
        static ALL: OnceLock<Vec<Schema>> = OnceLock::new();
        ALL.get_or_init(|| SOURCES.iter().map(|(name, text)| Self::parse(name, text)).collect())
    }

    /// The schema of a table.
    pub fn of(name: &str) -> Option<&'static Schema> {
        Self::all().iter().find(|schema| schema.name == name)
    }

    /// The columns in order.
    pub fn headings(&self) -> impl Iterator<Item = &str> + '_ {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// Place of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == column)
    }

    fn parse(name: &'static str, text: &str) -> Self {
        // The schemas are part of the program: a test loads them all.
        let mut schema: Schema = toml::from_str(text).unwrap_or_else(|error| unreachable!("schema {name}: {error}"));
        schema.name = name;
        let mut add = |name: &str, kind, required, about: &str| {
            schema.fields.push(Field {
                name: name.to_owned(),
                kind,
                key: false,
                required,
                vocabulary: Vec::new(),
                minimum: None,
                maximum: None,
                unit: None,
                about: about.to_owned(),
            });
        };
        if schema.measure {
            add("value", FieldType::Number, false, "central value; empty where it is withheld or only bounded");
            add("low", FieldType::Number, false, "lower end of the band");
            add("high", FieldType::Number, false, "upper end of the band");
            add("unit", FieldType::Text, false, "unit in full");
            add("basis", FieldType::Text, false, "mass basis of a mass, e.g. t REO");
        }
        if schema.tail {
            add("quality", FieldType::Quality, true, "how the number came to be");
            add("as_of", FieldType::Text, false, "date that it speaks for or was last seen");
            add("origin", FieldType::Origin, true, "where it comes from");
            add("note", FieldType::Text, false, "remark");
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_parses_and_every_file_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/schemas");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut listed: Vec<&str> = Schema::all().iter().map(|schema| schema.name).collect();
        listed.sort_unstable();
        assert_eq!(files, listed);
        for schema in Schema::all() {
            assert!(!schema.about.is_empty());
            assert!(schema.fields.iter().any(|field| field.key), "{} has no key", schema.name);
            assert!(schema.fields.iter().all(|field| !field.about.is_empty()), "{}", schema.name);
        }
    }
}
