//! Agreements and groups on critical minerals.

use crate::{CountryCode, Provenance};

/// A party to an agreement, or a member of a group.
#[derive(Clone, PartialEq, Debug)]
pub struct Agreement {
    /// Name.
    pub agreement: String,
    /// Party as printed.
    pub party: String,
    /// Counterparty as printed.
    pub counterparty: String,
    /// Countries of the party and counterparty.
    pub countries: Vec<CountryCode>,
    /// Member, bilateral and so on.
    pub kind: String,
    /// Date as printed.
    pub date: String,
    /// Status.
    pub status: String,
    /// Where it comes from.
    pub provenance: Provenance,
}
