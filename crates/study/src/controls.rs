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
    /// `licence 2025`, with what is not certain about it; a star where it binds some users or uses only.
    pub fn short(&self) -> String {
        let since = self.control.start.get(..4).unwrap_or("");
        let some = if is_for_some(self.control) { "*" } else { "" };
        let kind = format!("{}{some}", self.control.kind.word());
        match self.status {
            ControlStatus::Suspended => format!("({kind} {since})"),
            ControlStatus::UnknownAfterSuspension => format!("{kind} {since}?"),
            ControlStatus::Future => format!("{kind} from {since}"),
            _ => format!("{kind} {since}"),
        }
    }
}

/// Whether a control binds named users or uses only, so that others may still buy.
fn is_for_some(control: &Control) -> bool {
    !control.end_use.is_empty() || control.kind == ControlKind::EntityList
}

/// Whether a control names a commodity, its group, or (for a group) any of its members.
pub fn names_commodity(world: &World, control: &Control, commodity: &CommodityId) -> bool {
    control.commodities.iter().any(|named| {
        let group_of = |id: &CommodityId| world.commodities.get(id).and_then(|commodity| commodity.group.clone());
        named == commodity || group_of(commodity).as_ref() == Some(named) || group_of(named).as_ref() == Some(commodity)
    })
}

/// A measure may be in the record twice, as an event and as its notice: the notice counts.
pub fn is_repeated(control: &Control) -> bool {
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

/// What happens to a control on a date.
#[derive(Clone, Debug)]
pub struct Change<'w> {
    /// Day or month.
    pub date: String,
    /// Whether it is still to come.
    pub is_due: bool,
    /// What happens.
    pub what: &'static str,
    /// To which control.
    pub control: &'w Control,
}

/// What happened, or is due, around a day, the newest first.
pub fn changes<'w>(world: &'w World, economy: &Economy, day: Day, months: u32) -> Vec<Change<'w>> {
    let today = day.to_string();
    let since = day.months_before(months).to_string();
    // A suspension that is itself on record tells of the measures that it suspends, in one line for all of them.
    let is_suspended_by_another = |control: &Control| {
        world.controls.iter().any(|other| other.suspends.iter().any(|id| id == control.id.as_str()))
    };
    let mut found = Vec::new();
    for control in world.controls.iter().filter(|control| !is_repeated(control) && touches(control, economy)) {
        let (runs_out, ran_out) = ("runs out; no source says what follows", "ran out; no source says what followed");
        let (ends, ended) = if control.suspends.is_empty() { ("ends", "ended") } else { (runs_out, ran_out) };
        // A first day has come on that day; a last day is over only after it.
        let is_a_measure = !matches!(control.kind, ControlKind::Other | ControlKind::Outage | ControlKind::Conflict);
        let (starts, started) = if is_a_measure { ("takes effect", "in force") } else { ("begins", "began") };
        let mut dates = vec![(&control.start, false, starts, started), (&control.end, true, ends, ended)];
        if !is_suspended_by_another(control) {
            dates.push((&control.suspended_from, false, "to be suspended", "suspended"));
            dates.push((
                &control.suspended_to,
                true,
                "suspension runs out; no source says what follows",
                "suspension ran out; no source says what followed",
            ));
        }
        for (date, is_last_day, coming, past) in dates {
            if date.len() < 7 || date.as_str() < since.get(..date.len()).unwrap_or("") {
                continue;
            }
            let same = today.get(..date.len()).unwrap_or("");
            let is_due = date.as_str() > same || is_last_day && date == same;
            found.push(Change { date: date.clone(), is_due, what: if is_due { coming } else { past }, control });
        }
    }
    found.sort_by_key(|change| {
        (std::cmp::Reverse(change.date.clone()), change.what, change.control.actor, change.control.id.clone())
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use lode_model::{ControlId, DataQuality, OriginId, Provenance};

    fn control(id: &str, kind: ControlKind, start: &str, end: &str) -> Control {
        Control {
            id: ControlId::new(id),
            name: id.into(),
            instrument: String::new(),
            actor: CountryCode::parse("CHN"),
            targets: vec![CountryCode::WORLD],
            commodities: vec![CommodityId::new("gallium")],
            kind,
            announced: String::new(),
            start: start.into(),
            end: end.into(),
            suspended_from: String::new(),
            suspended_to: String::new(),
            same_as: Vec::new(),
            suspends: Vec::new(),
            hs_lines: Vec::new(),
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

    /// A ban, suspended until 27 November 2026 by a notice of its own.
    fn world() -> World {
        let mut ban = control("ban", ControlKind::Ban, "2024-12-03", "");
        ban.suspended_from = "2025-11-09".into();
        ban.suspended_to = "2026-11-27".into();
        let mut suspension = control("suspension", ControlKind::Suspension, "2025-11-09", "2026-11-27");
        suspension.suspends = vec!["ban".into()];
        World { controls: vec![ban, suspension], ..World::empty() }
    }

    fn on(day: &str) -> (String, Vec<String>) {
        let (world, day) = (world(), Day::parse(day).unwrap());
        let buyer = Economy::country(CountryCode::parse("USA").unwrap());
        let standing = standing(&world, &buyer, &CommodityId::new("gallium"), day);
        let changes = changes(&world, &buyer, day, 12);
        let line = |change: &Change<'_>| format!("{} {}: {}", change.date, change.control.name, change.what);
        let lines = changes.iter().map(line).collect();
        (standing[0].short(), lines)
    }

    #[test]
    fn a_suspension_holds_to_the_end_of_its_last_day_and_then_nothing_is_known() {
        for day in ["2026-11-26", "2026-11-27"] {
            let (short, lines) = on(day);
            assert_eq!(short, "(ban 2024)", "{day}");
            assert_eq!(lines[0], "2026-11-27 suspension: runs out; no source says what follows", "{day}");
            assert_eq!(lines.len(), 1, "{day}: {lines:?}");
        }
        let (short, lines) = on("2026-11-28");
        assert_eq!(short, "ban 2024?");
        assert_eq!(lines, ["2026-11-27 suspension: ran out; no source says what followed"]);
    }

    #[test]
    fn what_binds_some_users_only_has_a_star() {
        let mut ban = control("ban", ControlKind::Ban, "2026-01-06", "");
        let of = |control: &Control| Standing { control, status: ControlStatus::InForce }.short();
        assert_eq!(of(&ban), "ban 2026");
        ban.end_use = "military users and uses".into();
        assert_eq!(of(&ban), "ban* 2026");
        assert_eq!(of(&control("list", ControlKind::EntityList, "2026-02-24", "")), "entity-list* 2026");
    }
}
