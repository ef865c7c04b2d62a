//! The reference market: who makes, trades and uses which form at the base, as dated records that a market is built from.

use crate::{CommodityId, FormId, HsCode, ProcessId, Provenance, Quantity, Stage, Year};

/// A country or group of countries that acts as one in the market.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketRegion {
    /// ISO code, group or `ROW`.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Member countries; empty for the rest of the world.
    pub members: Vec<String>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A form that is made, traded and used as one good.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketForm {
    /// Its id.
    pub id: FormId,
    /// The chain that it belongs to: chains share no form.
    pub chain: String,
    /// Commodity.
    pub commodity: CommodityId,
    /// Stage.
    pub stage: Stage,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Basis of its tonnes.
    pub basis: String,
    /// Customs codes whose recorded flows are this form.
    pub hs_codes: Vec<HsCode>,
    /// Tonnes on the basis in a tonne of those codes.
    pub content: Option<f64>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A base price.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketPrice {
    /// Year.
    pub year: Year,
    /// Form.
    pub form: FormId,
    /// `world`, or the region whose price it is.
    pub market: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A way of making forms of forms; its quantity is the elasticity of supply within a year.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketProcess {
    /// Its id.
    pub id: ProcessId,
    /// English name.
    pub name_en: String,
    /// Japanese name.
    pub name_ja: String,
    /// Host metal or ore of a by-product, else empty.
    pub host: String,
    /// Relative gain of activity for a relative gain of margin.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// What a process makes or needs for a tonne of activity.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketRecipe {
    /// Process.
    pub process: ProcessId,
    /// Form.
    pub form: FormId,
    /// Whether it is made; else it is needed.
    pub makes: bool,
    /// Tonnes for a tonne of activity.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Output or capacity of a process in a region.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketPlant {
    /// Year.
    pub year: Year,
    /// Region.
    pub region: String,
    /// Process.
    pub process: ProcessId,
    /// Whether this is the capacity; else it is the output.
    pub capacity: bool,
    /// Tonnes of activity a year.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// What a use record measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UseMetric {
    /// Tonnes a year.
    Amount,
    /// Value added by the industry for each kg of the form, USD.
    ValueAtStake,
}

/// Use of a form in a region.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketUse {
    /// Year.
    pub year: Year,
    /// Region; `*` for every region that has none of its own.
    pub region: String,
    /// Form.
    pub form: FormId,
    /// What it is used for.
    pub use_id: String,
    /// Industry that stands still without it.
    pub industry: String,
    /// What is measured.
    pub metric: UseMetric,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A yearly flow of a form where no customs code records it alone.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketFlow {
    /// Year.
    pub year: Year,
    /// Form.
    pub form: FormId,
    /// From which region.
    pub exporter: String,
    /// To which region.
    pub importer: String,
    /// Tonnes a year.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Months under way between two regions; `*` for any.
#[derive(Clone, PartialEq, Debug)]
pub struct MarketTransit {
    /// From which region.
    pub exporter: String,
    /// To which region.
    pub importer: String,
    /// Months.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Every record that a market is built from.
#[derive(Clone, PartialEq, Debug, Default)]
#[expect(missing_docs, reason = "each field is the table market_* of the same name in data/schemas")]
pub struct ReferenceMarket {
    pub regions: Vec<MarketRegion>,
    pub forms: Vec<MarketForm>,
    pub prices: Vec<MarketPrice>,
    pub processes: Vec<MarketProcess>,
    pub recipes: Vec<MarketRecipe>,
    pub plants: Vec<MarketPlant>,
    pub uses: Vec<MarketUse>,
    pub flows: Vec<MarketFlow>,
    pub transit: Vec<MarketTransit>,
}

impl ReferenceMarket {
    /// The region that a country belongs to: by its own code, by membership, or the rest of the world.
    pub fn region_of(&self, country: &str) -> Option<&MarketRegion> {
        let named = |region: &&MarketRegion| region.id == country;
        let member = |region: &&MarketRegion| region.members.iter().any(|member| member == country);
        let rest = |region: &&MarketRegion| region.members.is_empty() && region.id == "ROW";
        let regions = || self.regions.iter();
        regions().find(named).or_else(|| regions().find(member)).or_else(|| regions().find(rest))
    }

    /// A form by its id.
    pub fn form(&self, id: &str) -> Option<&MarketForm> {
        self.forms.iter().find(|form| form.id.as_str() == id)
    }
}
