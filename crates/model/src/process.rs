//! Processes: how one form becomes another.

use crate::{CommodityId, ProcessId, Provenance, Quantity, Stage};

/// What the price of the commodity can call forth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProcessKind {
    /// Won for its own sake.
    Main,
    /// Won together with others of like worth.
    CoProduct,
    /// Won only as far as its host is.
    ByProduct,
    /// Turned from one form into the next.
    Conversion,
    /// Won from scrap.
    Recycling,
}

/// An observation of a process: an assay, a yield, a host share.
#[derive(Clone, PartialEq, Debug)]
pub struct Process {
    /// Its id.
    pub id: ProcessId,
    /// Commodity won.
    pub commodity: CommodityId,
    /// What its price can call forth.
    pub kind: ProcessKind,
    /// Host ore, metal or deposit.
    pub host: String,
    /// Stage of the input.
    pub from_stage: Option<Stage>,
    /// Stage of the output.
    pub to_stage: Option<Stage>,
    /// What the value says.
    pub metric: String,
    /// Year of the observation.
    pub year: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}
