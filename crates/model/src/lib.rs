//! What exists: typed quantities, ids, the nouns of critical-mineral supply, provenance and the validated [`World`].
//!
//! This crate reads no file, asks no clock and draws no random number, and it depends on none of Lode's other crates.

mod agreement;
mod bill;
mod commodity;
mod control;
mod country;
mod fact;
mod form;
mod governance;
mod id;
mod price;
mod process;
mod production;
mod project;
mod provenance;
mod reference_market;
mod stage;
mod step;
mod stockpile;
mod trade_flow;
mod units;
mod world;

pub use agreement::Agreement;
pub use bill::{BillItem, BillKind, BillOfMaterials};
pub use commodity::{Commodity, CommodityKind, MassBasis};
pub use control::{Control, ControlEffect, ControlKind, ControlStatus, ListedEntity};
pub use country::{Country, CountryCode, CountryGroup};
pub use fact::{Assumption, Cost, Demand, Deposit, Figure, Gap, Outlook, Recycling};
pub use form::{Form, HsCode, HsSet, TradeRecord};
pub use governance::{Governance, GovernanceSeries};
pub use id::{CommodityId, ControlId, FormId, HsSetId, OriginId, ProcessId};
pub use price::{Market, Price};
pub use process::{Process, ProcessKind};
pub use production::{Production, ProductionMetric, Reserve, ReserveMetric};
pub use project::Project;
pub use provenance::{Correction, DataQuality, Origin, Provenance, Quantity, Reconciliation, Redistribution};
pub use reference_market::{
    MarketFlow, MarketForm, MarketPlant, MarketPrice, MarketProcess, MarketRecipe, MarketRegion, MarketTransit,
    MarketUse, ReferenceMarket, UseMetric,
};
pub use stage::Stage;
pub use step::{StepEffect, StepLink, StepNode, StepNodeKind, StepParameter, StepSupplier, StepTables, Substitutable};
pub use stockpile::StockpileRule;
pub use trade_flow::{Declared, Role, TradeFlow, TradeShare, TradeTable};
pub use units::{Days, GrossTonnes, NominalUsd, Share, Tonnes, UsdPerTonne};
pub use world::{PackageIdentity, World};

/// A calendar year.
pub type Year = i32;
