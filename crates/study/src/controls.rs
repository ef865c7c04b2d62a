//! Which measures touch an economy's supply of a commodity on a day, and which changed lately.

use crate::Day;
use lode_assess::Economy;
use lode_model::{CommodityId, Control, ControlKind, ControlStatus, CountryCode, World};

/// A control with where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'w> {
    /// The control.
    pub control: &'w Control,
    /// Where it stands on the day asked for.
    pub status: ControlStatus,
}

impl Standing<'_> {
    /// `licence 2025`, with what is not certain about it.
    pub fn short(&self) -> String {
        let since = self.control.start.get(..4).unwrap_or("");
        match self.status {
            ControlStatus::Suspended => format!("({} {since})", self.control.kind.word()),
            ControlStatus::UnknownAfterSuspension => format!("{} {since}?", self.control.kind.word()),
            ControlStatus::Future => format!("{} from {since}", self.control.kind.word()),
            _ => format!("{} {since}", self.control.kind.word()),
        }
    }
}

/// Whether a control names a commodity, its group, or (for a group) any of its members.
pub fn names_commodity(world: &World, control: &Control, commodity: &CommodityId) -> bool {
    control.commodities.iter().any(|named| {
        let group_of = |id: &CommodityId| world.commodities.get(id).and_then(|commodity| commodity.group.clone());
        named == commodity || group_of(commodity).as_ref() == Some(named) || group_of(named).as_ref() == Some(commodity)
    })
}

/// A measure may be in the record twice, as an event and as its notice: the notice counts.
fn is_repeated(control: &Control) -> bool {
    !control.same_as.is_empty()
}

/// Whether a control is aimed at an economy or at everybody, by somebody else.
fn touches(control: &Control, economy: &Economy) -> bool {
    let by_itself = control.actor.is_some_and(|actor| economy.contains(actor));
    let aimed = control.targets.iter().any(|target| *target == CountryCode::WORLD || economy.contains(*target));
    aimed && !by_itself
}

/// The restrictions of exports that stand between an economy and a commodity, the most binding first. What has ended is
/// left out; what is suspended, or unknown after a suspension, is not.
pub fn standing<'w>(world: &'w World, economy: &Economy, commodity: &CommodityId, day: Day) -> Vec<Standing<'w>> {
    let today = day.to_string();
    let mut found: Vec<Standing<'w>> = world
        .controls
        .iter()
        .filter(|control| control.kind.restricts_exports() && !is_repeated(control) && touches(control, economy))
        .filter(|control| names_commodity(world, control, commodity))
        .map(|control| Standing { control, status: control.status_on(&today) })
        .filter(|standing| standing.status != ControlStatus::Ended)
        .collect();
    found.sort_by(|a, b| {
        (rank(a), std::cmp::Reverse(&a.control.start), &a.control.id).cmp(&(
            rank(b),
            std::cmp::Reverse(&b.control.start),
            &b.control.id,
        ))
    });
    found
}

fn rank(standing: &Standing<'_>) -> (usize, usize) {
    let status = match standing.status {
        ControlStatus::InForce => 0,
        ControlStatus::UnknownAfterSuspension => 1,
        ControlStatus::Suspended => 2,
        ControlStatus::Future => 3,
        ControlStatus::Ended => 4,
    };
    let kind = ControlKind::ALL.iter().position(|(kind, _)| *kind == standing.control.kind).unwrap_or(usize::MAX);
    (status, kind)
}

/// What happened, or is due, around a day: date, what, and the control.
pub fn changes<'w>(
    world: &'w World,
    economy: &Economy,
    day: Day,
    months: u32,
) -> Vec<(String, &'static str, &'w Control)> {
    let today = day.to_string();
    let since = day.months_before(months).to_string();
    let mut found = Vec::new();
    for control in world.controls.iter().filter(|control| !is_repeated(control) && touches(control, economy)) {
        let dates = [
            (&control.start, "takes effect", "in force"),
            (&control.suspended_from, "to be suspended", "suspended"),
            (&control.suspended_to, "suspension ends", "suspension ran out"),
            (&control.end, "ends", "ended"),
        ];
        for (date, coming, past) in dates {
            if date.len() >= 7 && date.as_str() >= since.get(..date.len()).unwrap_or("") {
                let ahead = date.as_str() > today.get(..date.len()).unwrap_or("");
                found.push((date.clone(), if ahead { coming } else { past }, control));
            }
        }
    }
    found.sort_by_key(|(date, what, control)| {
        (std::cmp::Reverse(date.clone()), *what, control.actor, control.id.clone())
    });
    found
}
