//! The World: complete and consistent once built; nothing downstream checks it again.

use crate::*;
use std::collections::BTreeMap;

/// Which package a World was built from.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PackageIdentity {
    /// Name, e.g. `critical-minerals`.
    pub name: String,
    /// Version, e.g. `2026.1`.
    pub version: String,
    /// SHA-256 of the package file.
    pub sha256: String,
    /// The day up to which its sources were read.
    pub as_of: String,
    /// Overlays laid over it, in order.
    pub overlays: Vec<String>,
}

/// All inputs of an answer.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "each field is the table of the same name in data/schemas, `market` all those named market_*"
)]
pub struct World {
    pub package: PackageIdentity,
    pub commodities: BTreeMap<CommodityId, Commodity>,
    pub countries: BTreeMap<CountryCode, Country>,
    pub country_groups: Vec<CountryGroup>,
    pub forms: Vec<Form>,
    pub hs_sets: BTreeMap<HsSetId, HsSet>,
    pub processes: Vec<Process>,
    pub production: Vec<Production>,
    pub reserves: Vec<Reserve>,
    pub trade: TradeTable,
    /// Trade as each side's customs declared it, if the user gave such records; `trade` is reconciled from both.
    pub declared: BTreeMap<Role, Declared>,
    pub trade_shares: Vec<TradeShare>,
    pub prices: Vec<Price>,
    pub controls: Vec<Control>,
    pub control_effects: Vec<ControlEffect>,
    pub listed_entities: Vec<ListedEntity>,
    pub projects: Vec<Project>,
    pub stockpile_rules: Vec<StockpileRule>,
    pub demand: Vec<Demand>,
    pub outlook: Vec<Outlook>,
    pub costs: Vec<Cost>,
    pub governance: BTreeMap<(CountryCode, Year), Governance>,
    pub agreements: Vec<Agreement>,
    pub recycling: Vec<Recycling>,
    pub deposits: Vec<Deposit>,
    pub figures: Vec<Figure>,
    pub assumptions: BTreeMap<String, Assumption>,
    pub market: ReferenceMarket,
    pub gaps: Vec<Gap>,
    pub origins: BTreeMap<OriginId, Origin>,
    pub corrections: Vec<Correction>,
    pub reconciliation: Vec<Reconciliation>,
    pub steps: StepTables,
}

impl World {
    /// A World without a single record: what a package is loaded into, and what tests build on.
    pub fn empty() -> Self {
        Self {
            package: PackageIdentity::default(),
            commodities: BTreeMap::new(),
            countries: BTreeMap::new(),
            country_groups: Vec::new(),
            forms: Vec::new(),
            hs_sets: BTreeMap::new(),
            processes: Vec::new(),
            production: Vec::new(),
            reserves: Vec::new(),
            trade: TradeTable::new(
                Provenance {
                    quality: DataQuality::Reported,
                    as_of: String::new(),
                    origin: OriginId::new("none"),
                    note: String::new(),
                },
                BTreeMap::new(),
            ),
            declared: BTreeMap::new(),
            trade_shares: Vec::new(),
            prices: Vec::new(),
            controls: Vec::new(),
            control_effects: Vec::new(),
            listed_entities: Vec::new(),
            projects: Vec::new(),
            stockpile_rules: Vec::new(),
            demand: Vec::new(),
            outlook: Vec::new(),
            costs: Vec::new(),
            governance: BTreeMap::new(),
            agreements: Vec::new(),
            recycling: Vec::new(),
            deposits: Vec::new(),
            figures: Vec::new(),
            assumptions: BTreeMap::new(),
            market: ReferenceMarket::default(),
            gaps: Vec::new(),
            origins: BTreeMap::new(),
            corrections: Vec::new(),
            reconciliation: Vec::new(),
            steps: StepTables::default(),
        }
    }

    /// Takes over the tables of processes of another package, with their origins.
    pub fn take_steps(&mut self, other: World) {
        self.steps.nodes.extend(other.steps.nodes);
        self.steps.links.extend(other.steps.links);
        self.steps.parameters.extend(other.steps.parameters);
        self.steps.suppliers.extend(other.steps.suppliers);
        self.steps.assumptions.extend(other.steps.assumptions);
        for (id, origin) in other.origins {
            self.origins.entry(id).or_insert(origin);
        }
    }

    /// The set of customs codes used for a commodity when none is named.
    pub fn default_hs_set(&self, commodity: &CommodityId) -> Option<&HsSet> {
        self.hs_sets.values().find(|set| set.default && set.commodity == *commodity)
    }

    /// The members of a group in a year, in order of code.
    pub fn members(&self, group: &str, year: Year) -> Vec<CountryCode> {
        let mut members: Vec<CountryCode> = self
            .country_groups
            .iter()
            .filter(|member| member.group == group && member.holds_in(year))
            .map(|member| member.country)
            .collect();
        members.sort();
        members.dedup();
        members
    }

    /// The English name of a country, or its code if it has none.
    pub fn country_name(&self, code: CountryCode) -> String {
        match code {
            CountryCode::WORLD => "World".into(),
            CountryCode::OTHER => "Others".into(),
            _ => self.countries.get(&code).map_or_else(|| code.to_string(), |country| country.name_en.clone()),
        }
    }

    /// How many records of each table rest on each origin.
    pub fn records_by_origin(&self) -> BTreeMap<OriginId, BTreeMap<&'static str, usize>> {
        let mut counts: BTreeMap<OriginId, BTreeMap<&'static str, usize>> = BTreeMap::new();
        let mut add = |origin: &OriginId, table: &'static str, count: usize| {
            if count > 0 {
                *counts.entry(origin.clone()).or_default().entry(table).or_default() += count;
            }
        };
        macro_rules! count {
            ($($table:ident),* $(,)?) => {
                $(for record in &self.$table {
                    add(&record.provenance.origin, stringify!($table), 1);
                })*
            };
        }
        count!(
            country_groups,
            forms,
            processes,
            production,
            reserves,
            trade_shares,
            prices,
            controls,
            control_effects,
            listed_entities,
            projects,
            stockpile_rules,
            demand,
            outlook,
            costs,
            agreements,
            recycling,
            deposits,
            figures,
            gaps,
        );
        macro_rules! count_market {
            ($($table:ident: $name:literal),* $(,)?) => {
                $(for record in &self.market.$table {
                    add(&record.provenance.origin, $name, 1);
                })*
            };
        }
        count_market!(
            regions: "market_regions",
            forms: "market_forms",
            prices: "market_prices",
            processes: "market_processes",
            recipes: "market_recipes",
            plants: "market_plants",
            uses: "market_uses",
            flows: "market_flows",
            transit: "market_transit",
        );
        self.steps.nodes.iter().for_each(|record| add(&record.provenance.origin, "step_nodes", 1));
        self.steps.links.iter().for_each(|record| add(&record.provenance.origin, "step_links", 1));
        self.steps.parameters.iter().for_each(|record| add(&record.provenance.origin, "step_parameters", 1));
        self.steps.suppliers.iter().for_each(|record| add(&record.provenance.origin, "step_suppliers", 1));
        self.steps.assumptions.values().for_each(|record| add(&record.provenance.origin, "step_assumptions", 1));
        self.commodities.values().for_each(|record| add(&record.provenance.origin, "commodities", 1));
        self.hs_sets.values().for_each(|record| add(&record.provenance.origin, "hs_sets", 1));
        self.governance.values().for_each(|record| add(&record.provenance.origin, "governance", 1));
        self.assumptions.values().for_each(|record| add(&record.provenance.origin, "assumptions", 1));
        add(&self.trade.provenance().origin, "trade", self.trade.len());
        counts
    }
}
