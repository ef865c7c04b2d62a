"""Scenarios as dataclasses, field by field as the book's page on scenario files has them.

Made from the declarations of the engine by scripts/generate.py; a test holds it to them. None leaves a field out, and the
default of the file holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, Union

from lode._record import Number, Record, Value

Places: TypeAlias = Union[str, Sequence[str], Mapping[str, Any]]
"""`"all"`, a list of countries, or {"all_except": [...]}."""
Start: TypeAlias = Union[str, Mapping[str, Any]]
"""A day as 2026-01-06, or {"after": event, "delay_months": ..., "chance": ...}."""
Ending: TypeAlias = Union[str, Mapping[str, Any]]
"""`"never"`, the last day as 2026-12-31, {"months": ...}, or {"earliest": ..., "monthly_chance": ...}."""


@dataclass(kw_only=True)
class Smuggling(Record):
    """Undeclared, on the direct way."""



@dataclass(kw_only=True)
class Ban(Record):
    """Exports stop."""

    severity: Value | None = None
    """Share of the covered flow that stops. Left out: `1.0`."""


@dataclass(kw_only=True)
class Quota(Record):
    """Exports are capped."""

    tonnes_per_year: Value | None = None
    """Cap in each calendar year, the same every year."""
    allowances: Sequence[Allowance] = ()
    """Or caps by period."""
    counted_tonnes: Value | None = None
    """Tonnes that the quota counts for one tonne of contained material. Left out: `1.0`."""
    basis: str | None = None
    """What the quota's tonnes are, in words."""


@dataclass(kw_only=True)
class Licence(Record):
    """Each shipment needs a licence."""

    review_months: Value | None = None
    """Months until the first licence is granted; nothing covered leaves before. Left out: `{ value = 2.0, low =
    1.5, high = 3.0, assumed = "45 working days by statute are about two months" }`."""
    ramp_months: Value | None = None
    """Months in which about two thirds of the applications come through after the review: approved share = 1 −
    exp(−t / ramp). Left out: `{ value = 8.0, low = 3.0, high = 16.0, assumed = "read from exports after the zero
    months of 2023: 4 months fit gallium best, 12 germanium; single months give 1 to 25" }`."""
    approved_at_most: Value | None = None
    """Share approved in the end. Left out: `{ value = 0.9, low = 0.45, high = 1.0, assumed = "a year after the rule
    of 2023 germanium stood at less than half of before, gallium at all and more" }`."""
    catch_up: Value | None = None
    """Most that may leave in a month, as a multiple of the established flow, when back-orders are worked off. Left
    out: `{ value = 1.4, low = 1.0, high = 2.0, assumed = "judgement: in 2023-24 germanium never caught up, gallium
    in single months with twice the usual and more" }`."""
    discretion: str | None = None
    """What is left to the authority, in words."""


@dataclass(kw_only=True)
class ExportTax(Record):
    """Exports are taxed."""

    rate: Value
    """Tax as a share of the price, beyond what the base year already holds."""
    in_base: Value | None = None
    """Tax as a share of the price that base prices already hold: it grows with them. Left out: `0.0`."""


@dataclass(kw_only=True)
class DomesticOutputControl(Record):
    """Output at home is limited; exports follow."""

    cut: Value
    """Share of output that is cut."""


@dataclass(kw_only=True)
class ReserveOwnOre(Record):
    """A partner keeps its own ore or material for its own industry."""

    kept: Value | None = None
    """Share of the covered exports that is kept at home. Left out: `1.0`."""


@dataclass(kw_only=True)
class Transshipment(Record):
    """Declared for a third country that sends it on."""

    via: Sequence[str] = ()
    """Third countries."""


@dataclass(kw_only=True)
class StockRelease(Record):
    """A public stock is released."""

    stock_tonnes: Value | None = None
    """What is held, in tonnes."""
    stock_months: Value | None = None
    """Or what is held, in months of the place's usual use."""
    covers: Value | None = None
    """Share of the shortfall that a release makes good. Left out: `1.0`."""
    most_months: Value | None = None
    """Months after which releases stop, stock or not."""


@dataclass(kw_only=True)
class Offtake(Record):
    """A long-term purchase from a supplier."""

    tonnes_per_year: Value
    """How much."""
    suppliers: Sequence[str] = ()
    """Who supplies."""


@dataclass(kw_only=True)
class Recycling(Record):
    """Material won back at home."""

    tonnes_per_year: Value
    """Capacity in the end."""
    ramp_months: Value | None = None
    """Months until the capacity is there. Left out: `{ value = 24.0, low = 12.0, high = 36.0, assumed = "judgement:
    a collection scheme and a line take one to three years" }`."""


@dataclass(kw_only=True)
class NewPlant(Record):
    """A new mine or plant."""

    tonnes_per_year: Value
    """Capacity in the end."""
    process: str | None = None
    """Process; that which makes the form if left out."""
    ramp_months: Value | None = None
    """Months until the capacity is there. Left out: `{ value = 18.0, low = 12.0, high = 36.0, assumed = "judgement:
    commissioning of earlier plants took one to three years" }`."""


@dataclass(kw_only=True)
class Thrift(Record):
    """Users learn to do with less faster than prices alone would teach."""

    faster: Value
    """Multiple of the usual speed."""
    uses: Sequence[str] = ()
    """Uses; all of these forms if left out."""


@dataclass(kw_only=True)
class Substitute(Record):
    """Another recipe becomes available."""

    process: str
    """The process that makes do without."""
    ramp_months: Value | None = None
    """Months until it can replace the usual one. Left out: `{ value = 18.0, low = 12.0, high = 36.0, assumed =
    "judgement: qualification of another grade takes one to three years" }`."""


@dataclass(kw_only=True)
class PriceFloor(Record):
    """A guaranteed price for producers."""

    floor: Value
    """The floor."""
    instrument: Literal["top-up", "purchase"]
    """Whether the public pays the difference or buys the material. Its own fields are listed below."""


@dataclass(kw_only=True)
class Statement(Record):
    """A statement with where it comes from."""

    text_en: str
    """In English."""
    text_ja: str | None = None
    """In Japanese."""
    origins: Sequence[str] = ()
    """Origins of the package."""
    source: str | None = None
    """Or a source in words."""


@dataclass(kw_only=True)
class Case(Record):
    """A named set of numbers."""

    id: str
    """Its name for the command line."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    reason: str | None = None
    """Why these numbers."""
    numbers: Mapping[str, Any] | None = None
    """Numbers that it overrides, by the id of the event and the field, e.g. `numbers.halt.severity = 0.5`."""


@dataclass(kw_only=True)
class Control(Record):
    """A measure that restricts exports or output. Any country can be the exporter or the destination."""

    id: str
    """Names it within the scenario."""
    kind: Union[Ban, Quota, Licence, ExportTax, DomesticOutputControl, ReserveOwnOre, str]
    """Kind of measure. Its own fields are listed below."""
    start: Start
    """First day in force, or the event that it answers."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    exporters: Sequence[str] = ()
    """Who restricts; at least one."""
    destinations: Places | None = None
    """Towards whom. Left out: `"all"`."""
    forms: Sequence[str] = ()
    """Forms of the market that it covers. If left out: the forms of its commodities, else those of its customs
    lines."""
    commodities: Sequence[str] = ()
    """Commodities that it names, those outside the market included."""
    hs_lines: Sequence[str] = ()
    """Customs lines that it names."""
    grades: str | None = None
    """Grades that it names, in words."""
    covered: Value | None = None
    """Share of the flow of these forms that the controlled grades, uses and users make. Controls of one flow that
    name different users cover different parts of it. Left out: `1.0`."""
    end_uses: Sequence[str] = ()
    """Uses that it singles out; all if left out."""
    end_use_rule: str | None = None
    """The rule on end uses, in words."""
    listed_end_users: Sequence[str] = ()
    """End users on its list, by name."""
    instrument: str | None = None
    """Number of the notice."""
    announced: str | None = None
    """Day of announcement, if before the start: buyers bring orders forward from then on."""
    ends: Ending | None = None
    """How it ends. Left out: `"never"`."""
    suspended: Sequence[Suspension] = ()
    """Spells in which it is suspended."""
    origins: Sequence[str] = ()
    """Origins of its dates and lines."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class Suspension(Record):
    """A spell in which a control is suspended."""

    from_: str
    """First day."""
    to: str | None = None
    """Last day; open if left out."""


@dataclass(kw_only=True)
class Outage(Record):
    """A mine or plant that stands still, whatever the reason."""

    id: str
    """Names it within the scenario."""
    start: Start
    """First day, or the event that it follows."""
    ends: Ending
    """How it ends."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    places: Sequence[str] = ()
    """Where; at least one."""
    forms: Sequence[str] = ()
    """Forms that are made there."""
    processes: Sequence[str] = ()
    """Processes; all that make these forms if left out."""
    cut: Value | None = None
    """Share of the place's output that is lost. Left out: `1.0`."""
    origins: Sequence[str] = ()
    """Origins."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class RouteClosure(Record):
    """A route that is closed or slow."""

    id: str
    """Names it within the scenario."""
    start: Start
    """First day, or the event that it follows."""
    ends: Ending
    """How it ends."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    exporters: Places | None = None
    """From where. Left out: `"all"`."""
    destinations: Places | None = None
    """To where. Left out: `"all"`."""
    forms: Sequence[str] = ()
    """Forms; all if left out."""
    cut: Value | None = None
    """Share of the flow that stops. Left out: `1.0`."""
    delay_months: Value | None = None
    """Months that the rest is longer under way. Left out: `0.0`."""
    origins: Sequence[str] = ()
    """Origins."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class DemandSurge(Record):
    """A use that grows at once."""

    id: str
    """Names it within the scenario."""
    factor: Value
    """Multiple of the usual use."""
    start: Start
    """First day, or the event that it follows."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    places: Places | None = None
    """Where; everywhere if left out. Left out: `"all"`."""
    forms: Sequence[str] = ()
    """Forms that are used."""
    uses: Sequence[str] = ()
    """Uses; all of these forms if left out."""
    ends: Ending | None = None
    """How it ends. Left out: `"never"`."""
    origins: Sequence[str] = ()
    """Origins."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class Dumping(Record):
    """Sales below cost, paid by a subsidy."""

    id: str
    """Names it within the scenario."""
    price_cut: Value
    """Subsidy as a share of the price."""
    start: Start
    """First day, or the event that it follows."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    exporters: Sequence[str] = ()
    """Who sells; at least one."""
    forms: Sequence[str] = ()
    """Forms."""
    ends: Ending | None = None
    """How it ends. Left out: `"never"`."""
    origins: Sequence[str] = ()
    """Origins."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class Leak(Record):
    """Material that gets around a control."""

    id: str
    """Names it within the scenario."""
    kind: Union[Smuggling, Transshipment, str]
    """How it gets around. Its own fields are listed below."""
    ceiling: Value
    """Most that may pass, as a multiple of the established flow of the links that carry it."""
    start: Start
    """First day, or the event that it follows."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    exporters: Sequence[str] = ()
    """From where; at least one."""
    destinations: Places | None = None
    """To where. Left out: `"all"`."""
    forms: Sequence[str] = ()
    """Forms; those of the controls of these exporters if left out."""
    at_base: Value | None = None
    """Share of the flow of the base that already leaves undeclared; of smuggling only. As all base amounts it is
    not drawn. Left out: `0.0`."""
    ends: Ending | None = None
    """How it ends. Left out: `"never"`."""
    origins: Sequence[str] = ()
    """Origins."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class Lever(Record):
    """Something done about a shortage."""

    id: str
    """Names it within the scenario."""
    kind: Union[StockRelease, Offtake, Recycling, NewPlant, Thrift, Substitute, PriceFloor, str]
    """Kind of lever. Its own fields are listed below."""
    start: Start
    """First day, or the event that it answers."""
    name_en: str | None = None
    """English name."""
    name_ja: str | None = None
    """Japanese name."""
    places: Sequence[str] = ()
    """Where it acts; at least one."""
    forms: Sequence[str] = ()
    """Forms that it acts on."""
    ends: Ending | None = None
    """How it ends. Left out: `"never"`."""
    chance: Value | None = None
    """Chance that it comes about. Left out: `1.0`."""
    origins: Sequence[str] = ()
    """Origins."""
    source: str | None = None
    """Or a source in words."""
    note: str | None = None
    """Remark."""


@dataclass(kw_only=True)
class Allowance(Record):
    """A cap for a period."""

    from_: str
    """First day."""
    to: str
    """Last day."""
    tonnes: Value
    """Tonnes that may leave within it."""


@dataclass(kw_only=True)
class Scenario(Record):
    """What is supposed to happen, and what is done about it. One file holds one scenario."""

    id: str
    """Its name for the command line: letters, digits and hyphens."""
    name_en: str
    """English name."""
    start: str
    """First month of the run."""
    base_year: int
    """Year whose flows, prices and uses the market starts from: a year before anything happens."""
    name_ja: str | None = None
    """Japanese name."""
    summary_en: str | None = None
    """What it supposes, in English."""
    summary_ja: str | None = None
    """What it supposes, in Japanese."""
    horizon_months: int | None = None
    """Months to run when the command names no horizon. Left out: `36`."""
    chains: Sequence[str] = ()
    """Chains of the market to run; those of the forms concerned if left out."""
    commodities: Sequence[str] = ()
    """Commodities concerned."""
    outside_market: str | None = None
    """Why the market cannot run it, if none of its goods is a form of the market: the file then states facts
    only."""
    known: Sequence[Statement] = ()
    """What is known, each with its origins."""
    unknown: Sequence[Statement] = ()
    """What is not stated anywhere, each with the origins that were searched."""
    cases: Sequence[Case] = ()
    """Named sets of numbers, e.g. low, central and high severity. The numbers of the file itself hold where a case
    is silent."""
    controls: Sequence[Control] = ()
    """Measures that restrict exports or output."""
    outages: Sequence[Outage] = ()
    """Mines or plants that stand still."""
    route_closures: Sequence[RouteClosure] = ()
    """Routes that are closed or slow."""
    demand_surges: Sequence[DemandSurge] = ()
    """Uses that grow at once."""
    dumping: Sequence[Dumping] = ()
    """Sales below cost."""
    leaks: Sequence[Leak] = ()
    """Material that gets around a control."""
    levers: Sequence[Lever] = ()
    """What is done about it."""


Smuggling.WORD = "smuggling"
Ban.WORD = "ban"
Quota.WORD = "quota"
Licence.WORD = "licence"
ExportTax.WORD = "export-tax"
DomesticOutputControl.WORD = "domestic-output-control"
ReserveOwnOre.WORD = "reserve-own-ore"
Transshipment.WORD = "transshipment"
StockRelease.WORD = "stock-release"
Offtake.WORD = "offtake"
Recycling.WORD = "recycling"
NewPlant.WORD = "new-plant"
Thrift.WORD = "thrift"
Substitute.WORD = "substitute"
PriceFloor.WORD = "price-floor"
Quota.TABLES = {"allowances": Allowance}
Control.TABLES = {"suspended": Suspension}
Control.KINDS = {"kind": (Ban, Quota, Licence, ExportTax, DomesticOutputControl, ReserveOwnOre,)}
Leak.KINDS = {"kind": (Smuggling, Transshipment,)}
Lever.KINDS = {"kind": (StockRelease, Offtake, Recycling, NewPlant, Thrift, Substitute, PriceFloor,)}
Scenario.TABLES = {"known": Statement, "unknown": Statement, "cases": Case, "controls": Control, "outages": Outage, "route_closures": RouteClosure, "demand_surges": DemandSurge, "dumping": Dumping, "leaks": Leak, "levers": Lever}


__all__ = [
    "Allowance",
    "Ban",
    "Case",
    "Control",
    "DemandSurge",
    "DomesticOutputControl",
    "Dumping",
    "ExportTax",
    "Leak",
    "Lever",
    "Licence",
    "NewPlant",
    "Number",
    "Offtake",
    "Outage",
    "PriceFloor",
    "Quota",
    "Recycling",
    "ReserveOwnOre",
    "RouteClosure",
    "Scenario",
    "Smuggling",
    "Statement",
    "StockRelease",
    "Substitute",
    "Suspension",
    "Thrift",
    "Transshipment",
]
