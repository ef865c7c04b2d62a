//! Measures that restrict trade or output. Any country can be the actor or the target.

use crate::{CommodityId, ControlId, CountryCode, Provenance, Quantity};

/// Kind of measure or event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ControlKind {
    /// Exports are forbidden.
    Ban,
    /// Exports or output are capped.
    Quota,
    /// Each shipment needs a licence.
    Licence,
    /// Exports are taxed.
    ExportTax,
    /// Domestic output is limited.
    OutputControl,
    /// Named firms are barred.
    EntityList,
    /// Named firms are watched.
    WatchList,
    /// Another measure is suspended.
    Suspension,
    /// Licences for many shipments are granted.
    GeneralLicence,
    /// Technology is controlled.
    Technology,
    /// Re-exports by foreigners are controlled.
    Extraterritorial,
    /// Imports are taxed.
    Tariff,
    /// A plant or mine stands still.
    Outage,
    /// War or unrest.
    Conflict,
    /// A guaranteed or fixed price.
    PriceMeasure,
    /// An agreement.
    Agreement,
    /// Anything else.
    Other,
}

impl ControlKind {
    /// Every kind with its word.
    pub const ALL: [(ControlKind, &'static str); 17] = [
        (ControlKind::Ban, "ban"),
        (ControlKind::Quota, "quota"),
        (ControlKind::Licence, "licence"),
        (ControlKind::ExportTax, "export-tax"),
        (ControlKind::OutputControl, "output-control"),
        (ControlKind::EntityList, "entity-list"),
        (ControlKind::WatchList, "watch-list"),
        (ControlKind::Suspension, "suspension"),
        (ControlKind::GeneralLicence, "general-licence"),
        (ControlKind::Technology, "technology"),
        (ControlKind::Extraterritorial, "extraterritorial"),
        (ControlKind::Tariff, "tariff"),
        (ControlKind::Outage, "outage"),
        (ControlKind::Conflict, "conflict"),
        (ControlKind::PriceMeasure, "price-measure"),
        (ControlKind::Agreement, "agreement"),
        (ControlKind::Other, "other"),
    ];

    /// The word used in tables and answers.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// Whether the measure restricts what leaves the actor's territory.
    pub fn restricts_exports(self) -> bool {
        matches!(
            self,
            Self::Ban | Self::Quota | Self::Licence | Self::ExportTax | Self::OutputControl | Self::EntityList
        )
    }
}

/// A measure by a government, or another supply event.
#[derive(Clone, PartialEq, Debug)]
pub struct Control {
    /// Its id.
    pub id: ControlId,
    /// Its name.
    pub name: String,
    /// Number of the notice.
    pub instrument: String,
    /// Who acts; `None` if nobody in particular.
    pub actor: Option<CountryCode>,
    /// Destinations; the world for all.
    pub targets: Vec<CountryCode>,
    /// Commodities.
    pub commodities: Vec<CommodityId>,
    /// Kind of measure.
    pub kind: ControlKind,
    /// Date of announcement, as year, month or day.
    pub announced: String,
    /// First day in force.
    pub start: String,
    /// Last day in force, empty if open.
    pub end: String,
    /// First day of a suspension.
    pub suspended_from: String,
    /// Last day of a suspension.
    pub suspended_to: String,
    /// Records of the same measure that count in its place: a notice beside the event in the news.
    pub same_as: Vec<String>,
    /// Measures that this one suspends.
    pub suspends: Vec<String>,
    /// Customs lines named by the measure.
    pub hs_lines: Vec<String>,
    /// Items as described.
    pub items: String,
    /// End uses or users singled out.
    pub end_use: String,
    /// What is left to the authority's discretion, where known.
    pub discretion: String,
    /// Status as last seen in the sources.
    pub status: String,
    /// What happened.
    pub summary: String,
    /// Which fields are weak.
    pub caveat: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Where a control stands on a given day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ControlStatus {
    /// Not yet begun.
    Future,
    /// Binding.
    InForce,
    /// Begun, and suspended on that day.
    Suspended,
    /// The suspension has run out and no source says what came after.
    UnknownAfterSuspension,
    /// Over.
    Ended,
}

impl Control {
    /// Where the control stands on a day, written as `2026-11-24`.
    pub fn status_on(&self, day: &str) -> ControlStatus {
        let before =
            |date: &str| !date.is_empty() && date[..date.len().min(day.len())] < day[..day.len().min(date.len())];
        if !self.end.is_empty() && before(&self.end) {
            ControlStatus::Ended
        } else if !self.suspended_from.is_empty() && self.suspended_from.as_str() <= day {
            if before(&self.suspended_to) { ControlStatus::UnknownAfterSuspension } else { ControlStatus::Suspended }
        } else if !self.start.is_empty() && self.start.as_str() > day {
            ControlStatus::Future
        } else {
            ControlStatus::InForce
        }
    }
}

/// A measured effect of a control.
#[derive(Clone, PartialEq, Debug)]
pub struct ControlEffect {
    /// The control.
    pub control: ControlId,
    /// What was measured.
    pub metric: String,
    /// Commodity as printed.
    pub commodity: String,
    /// Market or destination.
    pub market: String,
    /// Period as printed.
    pub period: String,
    /// Value as printed.
    pub value_text: String,
    /// How much.
    pub quantity: Quantity,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A firm or body named on a list.
#[derive(Clone, PartialEq, Debug)]
pub struct ListedEntity {
    /// Notice.
    pub instrument: String,
    /// Which list.
    pub list: String,
    /// Date of listing.
    pub date: String,
    /// Name as listed.
    pub entity: String,
    /// Its country.
    pub country: Option<CountryCode>,
    /// Where it comes from.
    pub provenance: Provenance,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataQuality, OriginId};

    fn control() -> Control {
        Control {
            id: ControlId::new("constructed"),
            name: String::new(),
            instrument: String::new(),
            actor: CountryCode::parse("AUS"),
            targets: vec![CountryCode::WORLD],
            commodities: vec![],
            kind: ControlKind::Licence,
            announced: "2025-10-09".into(),
            start: "2025-11-08".into(),
            end: String::new(),
            suspended_from: "2025-11-07".into(),
            suspended_to: "2026-11-10".into(),
            same_as: vec![],
            suspends: vec![],
            hs_lines: vec![],
            items: String::new(),
            end_use: String::new(),
            discretion: String::new(),
            status: String::new(),
            summary: String::new(),
            caveat: String::new(),
            provenance: Provenance {
                quality: DataQuality::Reported,
                as_of: "2026".into(),
                origin: OriginId::new("constructed"),
                note: String::new(),
            },
        }
    }

    #[test]
    fn a_suspension_that_has_run_out_is_unknown_not_in_force() {
        let control = control();
        assert_eq!(control.status_on("2025-10-31"), ControlStatus::Future);
        assert_eq!(control.status_on("2026-06-01"), ControlStatus::Suspended);
        assert_eq!(control.status_on("2026-11-10"), ControlStatus::Suspended);
        assert_eq!(control.status_on("2026-11-24"), ControlStatus::UnknownAfterSuspension);
    }

    #[test]
    fn an_end_given_as_a_year_holds_to_its_last_day() {
        let mut control = control();
        control.suspended_from.clear();
        control.end = "2026".into();
        assert_eq!(control.status_on("2026-12-31"), ControlStatus::InForce);
        assert_eq!(control.status_on("2027-01-01"), ControlStatus::Ended);
    }
}
