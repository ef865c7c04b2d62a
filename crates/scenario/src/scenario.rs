//! The nouns of a scenario.

use crate::calendar::{Date, Month};
use crate::field::{ChainId, Ending, EventId, HsLine, PlaceId, Places, Start, UseId};
use crate::number::{
    Chance, DollarsPerKilogram, Fraction, Ground, Months, Multiple, Number, Overriding, Slot, TaxRate, Tonnes,
    TonnesPerYear,
};
use crate::reader::{Field, Reader, kinds, record};
use lode_model::{CommodityId, FormId, OriginId, ProcessId};
use toml::de::DeValue;

record! {
    /// What is supposed to happen, and what is done about it. One file holds one scenario.
    pub struct Scenario {
        /// Its name for the command line: letters, digits and hyphens.
        pub id: EventId,
        /// English name.
        pub name_en: String,
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// What it supposes, in English.
        pub summary_en: String = String::new(),
        /// What it supposes, in Japanese.
        pub summary_ja: String = String::new(),
        /// First month of the run.
        pub start: Month,
        /// Year whose flows, prices and uses the market starts from: a year before anything happens.
        pub base_year: i32,
        /// Months to run when the command names no horizon.
        pub horizon_months: i32 = 36,
        /// Chains of the market to run; those of the forms concerned if left out.
        pub chains: Vec<ChainId>,
        /// Commodities concerned.
        pub commodities: Vec<CommodityId>,
        /// Why the market cannot run it, if none of its goods is a form of the market: the file then states facts only.
        pub outside_market: String = String::new(),
        /// What is known, each with its origins.
        pub known: Vec<Statement>,
        /// What is not stated anywhere, each with the origins that were searched.
        pub unknown: Vec<Statement>,
        /// Named sets of numbers, e.g. low, central and high severity. The numbers of the file itself hold where a case is silent.
        pub cases: Vec<Case>,
        /// Measures that restrict exports or output.
        pub controls: Vec<Control>,
        /// Mines or plants that stand still.
        pub outages: Vec<Outage>,
        /// Routes that are closed or slow.
        pub route_closures: Vec<RouteClosure>,
        /// Uses that grow at once.
        pub demand_surges: Vec<DemandSurge>,
        /// Sales below cost.
        pub dumping: Vec<Dumping>,
        /// Material that gets around a control.
        pub leaks: Vec<Leak>,
        /// What is done about it.
        pub levers: Vec<Lever>,
    }
}

record! {
    /// A statement with where it comes from.
    pub struct Statement {
        /// In English.
        pub text_en: String,
        /// In Japanese.
        pub text_ja: String = String::new(),
        /// Origins of the package.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
    }
}

record! {
    /// A named set of numbers.
    pub struct Case {
        /// Its name for the command line.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// Why these numbers.
        pub reason: String = String::new(),
        /// Numbers that it overrides, by the id of the event and the field, e.g. `numbers.halt.severity = 0.5`.
        pub numbers: Overrides,
    }
}

/// Numbers that a case overrides, by name.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Overrides(pub Vec<(String, Number<Overriding>)>);

impl Field for Overrides {
    fn shape() -> String {
        "a table of numbers by name".to_owned()
    }
    fn placeholder() -> Self {
        Self::default()
    }
    fn left_out() -> Option<Self> {
        Some(Self::default())
    }
    fn read(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str) -> Self {
        fn descend(reader: &mut Reader<'_>, value: &DeValue<'_>, path: &str, name: &str, list: &mut Overrides) {
            match value.as_table() {
                Some(table) if !table.iter().any(|(key, _)| key.get_ref() == "value") => {
                    for (key, value) in table {
                        let below = key.get_ref();
                        let path = format!("{path}.{below}");
                        reader.saw(&path, key.span().start);
                        let name = if name.is_empty() { below.to_string() } else { format!("{name}.{below}") };
                        descend(reader, value.get_ref(), &path, &name, list);
                    }
                }
                _ => list.0.push((name.to_owned(), Number::read(reader, value, path))),
            }
        }
        let mut list = Self::default();
        if value.is_table() {
            descend(reader, value, path, "", &mut list);
        } else {
            reader.wrong_type(path, value, &Self::shape());
        }
        list
    }
    fn write(&self) -> Option<toml::Value> {
        let entries = self.0.iter().filter_map(|(name, number)| Some((name.clone(), number.write()?)));
        (!self.0.is_empty()).then(|| toml::Value::Table(entries.collect()))
    }
}

record! {
    /// A measure that restricts exports or output. Any country can be the exporter or the destination.
    pub struct Control {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// Kind of measure.
        pub kind: ControlKind,
        /// Who restricts; at least one.
        pub exporters: Vec<PlaceId>,
        /// Towards whom.
        pub destinations: Places = Places::All,
        /// Forms of the market that it covers. If left out: the forms of its commodities, else those of its customs lines.
        pub forms: Vec<FormId>,
        /// Commodities that it names, those outside the market included.
        pub commodities: Vec<CommodityId>,
        /// Customs lines that it names.
        pub hs_lines: Vec<HsLine>,
        /// Grades that it names, in words.
        pub grades: String = String::new(),
        /// Share of the flow of these forms that the controlled grades, uses and users make. Controls of one flow that name different users cover different parts of it.
        pub covered: Number<Fraction> = Number::point(1.0),
        /// Uses that it singles out; all if left out.
        pub end_uses: Vec<UseId>,
        /// The rule on end uses, in words.
        pub end_use_rule: String = String::new(),
        /// End users on its list, by name.
        pub listed_end_users: Vec<String>,
        /// Number of the notice.
        pub instrument: String = String::new(),
        /// Day of announcement, if before the start: buyers bring orders forward from then on.
        pub announced: Option<Date>,
        /// First day in force, or the event that it answers.
        pub start: Start,
        /// How it ends.
        pub ends: Ending = Ending::Never,
        /// Spells in which it is suspended.
        pub suspended: Vec<Suspension>,
        /// Origins of its dates and lines.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

record! {
    /// A spell in which a control is suspended.
    pub struct Suspension {
        /// First day.
        pub from: Date,
        /// Last day; open if left out.
        pub to: Option<Date>,
    }
}

/// Reason for the default of the review of a licence.
const REVIEW: &str = "45 working days by statute are about two months";
/// Reason for the default of the share that is approved in the end.
const CEILING: &str =
    "a year after the rule of 2023 germanium stood at less than half of before, gallium at all and more";
/// Reason for the default of catching up.
const CATCH_UP: &str =
    "judgement: in 2023-24 germanium never caught up, gallium in single months with twice the usual and more";
/// Reason for the default of the approval ramp.
const RAMP: &str = "read from exports after the zero months of 2023: 4 months fit gallium best, 12 germanium; single months give 1 to 25";

kinds! {
    /// Kind of a control, with its own numbers.
    pub enum ControlKind {
        /// Exports stop.
        Ban "ban" {
            /// Share of the covered flow that stops.
            severity: Number<Fraction> = Number::point(1.0),
        },
        /// Exports are capped.
        Quota "quota" {
            /// Cap in each calendar year, the same every year.
            tonnes_per_year: Option<Number<TonnesPerYear>>,
            /// Or caps by period.
            allowances: Vec<Allowance>,
            /// Tonnes that the quota counts for one tonne of contained material.
            counted_tonnes: Number<Multiple> = Number::point(1.0),
            /// What the quota's tonnes are, in words.
            basis: String = String::new(),
        },
        /// Each shipment needs a licence.
        Licence "licence" {
            /// Months until the first licence is granted; nothing covered leaves before.
            review_months: Number<Months> = Number::assumed(2.0, 1.5, 3.0, REVIEW),
            /// Months in which about two thirds of the applications come through after the review: approved share = 1 − exp(−t / ramp).
            ramp_months: Number<Months> = Number::assumed(8.0, 3.0, 16.0, RAMP),
            /// Share approved in the end.
            approved_at_most: Number<Fraction> = Number::assumed(0.9, 0.45, 1.0, CEILING),
            /// Most that may leave in a month, as a multiple of the established flow, when back-orders are worked off.
            catch_up: Number<Multiple> = Number::assumed(1.4, 1.0, 2.0, CATCH_UP),
            /// What is left to the authority, in words.
            discretion: String = String::new(),
        },
        /// Exports are taxed.
        ExportTax "export-tax" {
            /// Tax as a share of the price, beyond what the base year already holds.
            rate: Number<TaxRate>,
            /// Tax as a share of the price that base prices already hold: it grows with them.
            in_base: Number<TaxRate> = Number::point(0.0),
        },
        /// Output at home is limited; exports follow.
        DomesticOutputControl "domestic-output-control" {
            /// Share of output that is cut.
            cut: Number<Fraction>,
        },
        /// A partner keeps its own ore or material for its own industry.
        ReserveOwnOre "reserve-own-ore" {
            /// Share of the covered exports that is kept at home.
            kept: Number<Fraction> = Number::point(1.0),
        },
    }
}

record! {
    /// A cap for a period.
    pub struct Allowance {
        /// First day.
        pub from: Date,
        /// Last day.
        pub to: Date,
        /// Tonnes that may leave within it.
        pub tonnes: Number<Tonnes>,
    }
}

record! {
    /// A mine or plant that stands still, whatever the reason.
    pub struct Outage {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// Where; at least one.
        pub places: Vec<PlaceId>,
        /// Forms that are made there.
        pub forms: Vec<FormId>,
        /// Processes; all that make these forms if left out.
        pub processes: Vec<ProcessId>,
        /// Share of the place's output that is lost.
        pub cut: Number<Fraction> = Number::point(1.0),
        /// First day, or the event that it follows.
        pub start: Start,
        /// How it ends.
        pub ends: Ending,
        /// Origins.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

record! {
    /// A route that is closed or slow.
    pub struct RouteClosure {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// From where.
        pub exporters: Places = Places::All,
        /// To where.
        pub destinations: Places = Places::All,
        /// Forms; all if left out.
        pub forms: Vec<FormId>,
        /// Share of the flow that stops.
        pub cut: Number<Fraction> = Number::point(1.0),
        /// Months that the rest is longer under way.
        pub delay_months: Number<Months> = Number::point(0.0),
        /// First day, or the event that it follows.
        pub start: Start,
        /// How it ends.
        pub ends: Ending,
        /// Origins.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

record! {
    /// A use that grows at once.
    pub struct DemandSurge {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// Where; everywhere if left out.
        pub places: Places = Places::All,
        /// Forms that are used.
        pub forms: Vec<FormId>,
        /// Uses; all of these forms if left out.
        pub uses: Vec<UseId>,
        /// Multiple of the usual use.
        pub factor: Number<Multiple>,
        /// First day, or the event that it follows.
        pub start: Start,
        /// How it ends.
        pub ends: Ending = Ending::Never,
        /// Origins.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

record! {
    /// Sales below cost, paid by a subsidy.
    pub struct Dumping {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// Who sells; at least one.
        pub exporters: Vec<PlaceId>,
        /// Forms.
        pub forms: Vec<FormId>,
        /// Subsidy as a share of the price.
        pub price_cut: Number<Fraction>,
        /// First day, or the event that it follows.
        pub start: Start,
        /// How it ends.
        pub ends: Ending = Ending::Never,
        /// Origins.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

record! {
    /// Material that gets around a control.
    pub struct Leak {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// How it gets around.
        pub kind: LeakKind,
        /// From where; at least one.
        pub exporters: Vec<PlaceId>,
        /// To where.
        pub destinations: Places = Places::All,
        /// Forms; those of the controls of these exporters if left out.
        pub forms: Vec<FormId>,
        /// Share of the flow of the base that already leaves undeclared; of smuggling only. As all base amounts it is not drawn.
        pub at_base: Number<Fraction> = Number::point(0.0),
        /// Most that may pass, as a multiple of the established flow of the links that carry it.
        pub ceiling: Number<Multiple>,
        /// First day, or the event that it follows.
        pub start: Start,
        /// How it ends.
        pub ends: Ending = Ending::Never,
        /// Origins.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

kinds! {
    /// How material gets around a control.
    pub enum LeakKind {
        /// Undeclared, on the direct way.
        Smuggling "smuggling" {},
        /// Declared for a third country that sends it on.
        Transshipment "transshipment" {
            /// Third countries.
            via: Vec<PlaceId>,
        },
    }
}

record! {
    /// Something done about a shortage.
    pub struct Lever {
        /// Names it within the scenario.
        pub id: EventId,
        /// English name.
        pub name_en: String = String::new(),
        /// Japanese name.
        pub name_ja: String = String::new(),
        /// Kind of lever.
        pub kind: LeverKind,
        /// Where it acts; at least one.
        pub places: Vec<PlaceId>,
        /// Forms that it acts on.
        pub forms: Vec<FormId>,
        /// First day, or the event that it answers.
        pub start: Start,
        /// How it ends.
        pub ends: Ending = Ending::Never,
        /// Chance that it comes about.
        pub chance: Number<Chance> = Number::point(1.0),
        /// Origins.
        pub origins: Vec<OriginId>,
        /// Or a source in words.
        pub source: String = String::new(),
        /// Remark.
        pub note: String = String::new(),
    }
}

kinds! {
    /// Kind of a lever, with its own numbers.
    pub enum LeverKind {
        /// A public stock is released.
        StockRelease "stock-release" {
            /// What is held, in tonnes.
            stock_tonnes: Option<Number<Tonnes>>,
            /// Or what is held, in months of the place's usual use.
            stock_months: Option<Number<Months>>,
            /// Share of the shortfall that a release makes good.
            covers: Number<Fraction> = Number::point(1.0),
            /// Months after which releases stop, stock or not.
            most_months: Option<Number<Months>>,
        },
        /// A long-term purchase from a supplier.
        Offtake "offtake" {
            /// Who supplies.
            suppliers: Vec<PlaceId>,
            /// How much.
            tonnes_per_year: Number<TonnesPerYear>,
        },
        /// Material won back at home.
        Recycling "recycling" {
            /// Capacity in the end.
            tonnes_per_year: Number<TonnesPerYear>,
            /// Months until the capacity is there.
            ramp_months: Number<Months> = Number::assumed(24.0, 12.0, 36.0, "judgement: a collection scheme and a line take one to three years"),
        },
        /// A new mine or plant.
        NewPlant "new-plant" {
            /// Process; that which makes the form if left out.
            process: Option<ProcessId>,
            /// Capacity in the end.
            tonnes_per_year: Number<TonnesPerYear>,
            /// Months until the capacity is there.
            ramp_months: Number<Months> = Number::assumed(18.0, 12.0, 36.0, "judgement: commissioning of earlier plants took one to three years"),
        },
        /// Users learn to do with less faster than prices alone would teach.
        Thrift "thrift" {
            /// Uses; all of these forms if left out.
            uses: Vec<UseId>,
            /// Multiple of the usual speed.
            faster: Number<Multiple>,
        },
        /// Another recipe becomes available.
        Substitute "substitute" {
            /// The process that makes do without.
            process: ProcessId,
            /// Months until it can replace the usual one.
            ramp_months: Number<Months> = Number::assumed(18.0, 12.0, 36.0, "judgement: qualification of another grade takes one to three years"),
        },
        /// A guaranteed price for producers.
        PriceFloor "price-floor" {
            /// The floor.
            floor: Number<DollarsPerKilogram>,
            /// Whether the public pays the difference or buys the material.
            instrument: FloorInstrument,
        },
    }
}

kinds! {
    /// How a price floor is paid.
    pub enum FloorInstrument {
        /// The public pays the difference between floor and price.
        TopUp "top-up" {},
        /// The public buys at the floor.
        Purchase "purchase" {},
    }
}

/// A number of a scenario with its name.
#[derive(Clone, PartialEq, Debug)]
pub struct NamedNumber {
    /// Id of the event and the field, e.g. `halt.severity`.
    pub name: String,
    /// Its unit.
    pub unit: &'static str,
    /// The number.
    pub number: Number<Overriding>,
}

impl Scenario {
    fn each_number(&mut self, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
        fn each<T: Field>(events: &mut [T], id: fn(&T) -> &EventId, see: &mut dyn FnMut(&str, &mut dyn Slot)) {
            for event in events {
                let id = id(event).clone();
                event.visit(id.as_str(), see);
            }
        }
        each(&mut self.controls, |event| &event.id, see);
        each(&mut self.outages, |event| &event.id, see);
        each(&mut self.route_closures, |event| &event.id, see);
        each(&mut self.demand_surges, |event| &event.id, see);
        each(&mut self.dumping, |event| &event.id, see);
        each(&mut self.leaks, |event| &event.id, see);
        each(&mut self.levers, |event| &event.id, see);
    }

    /// Every number of its events and levers, by name: what a case or the user can override, and what an ensemble draws.
    pub fn numbers(&self) -> Vec<NamedNumber> {
        let mut list = Vec::new();
        self.clone().each_number(&mut |name, slot| {
            list.push(NamedNumber { name: name.to_owned(), unit: slot.unit(), number: slot.get() });
        });
        list
    }

    /// Sets a number by its name; what is wrong and a hint if it cannot be set.
    pub fn set(&mut self, name: &str, number: Number<Overriding>) -> Result<(), (String, Option<String>)> {
        let mut outcome = None;
        self.each_number(&mut |found, slot| {
            if found == name {
                outcome = Some(slot.set(number.clone()));
            }
        });
        outcome.unwrap_or_else(|| {
            let numbers = self.numbers();
            let near = crate::report::did_you_mean(name, numbers.iter().map(|number| number.name.as_str()));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let names: Vec<&str> = numbers.iter().map(|number| number.name.as_str()).collect();
                    format!("its numbers are {}", names.join(", "))
                }
            };
            Err((format!("`{name}` is no number of this scenario"), Some(hint)))
        })
    }

    /// The scenario with the numbers of a case; `None` if it has no such case.
    pub fn in_case(&self, id: &str) -> Option<Scenario> {
        let case = self.cases.iter().find(|case| case.id.as_str() == id)?;
        let mut scenario = self.clone();
        for (name, number) in &case.numbers.0 {
            // The file was checked: every number of a case can be set.
            let _ = scenario.set(name, number.clone());
        }
        Some(scenario)
    }

    /// Whether the market can run it.
    pub fn is_in_market(&self) -> bool {
        self.outside_market.is_empty()
    }

    /// Every origin that it names, each once.
    pub fn origins(&self) -> Vec<OriginId> {
        let mut found = std::collections::BTreeSet::new();
        let statements = self.known.iter().chain(&self.unknown).flat_map(|statement| &statement.origins);
        let lists = [
            self.controls.iter().flat_map(|event| &event.origins).collect::<Vec<_>>(),
            self.outages.iter().flat_map(|event| &event.origins).collect(),
            self.route_closures.iter().flat_map(|event| &event.origins).collect(),
            self.demand_surges.iter().flat_map(|event| &event.origins).collect(),
            self.dumping.iter().flat_map(|event| &event.origins).collect(),
            self.leaks.iter().flat_map(|event| &event.origins).collect(),
            self.levers.iter().flat_map(|event| &event.origins).collect(),
        ];
        found.extend(statements.chain(lists.into_iter().flatten()).cloned());
        let mut numbers: Vec<Ground> = self.numbers().into_iter().map(|number| number.number.ground).collect();
        numbers.extend(self.cases.iter().flat_map(|case| &case.numbers.0).map(|(_, number)| number.ground.clone()));
        found.extend(numbers.into_iter().filter_map(|ground| match ground {
            Ground::Origin(origin) => Some(origin),
            _ => None,
        }));
        found.into_iter().collect()
    }
}
