"""A package that is open, with the user's own values laid over it, and the questions that it answers."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, Union

from lode._lode import Engine
from lode._rows import rows_of
from lode.errors import InputError
from lode.scenario import Scenario
from lode.table import Table

PathLike: TypeAlias = Union[str, "os.PathLike[str]"]
Setting: TypeAlias = Union[float, tuple[float, float, float]]
"""A number, or its low, central and high value."""
Progress: TypeAlias = Union[bool, Callable[[int], object], None]
"""`True` for a bar (with tqdm, if it is installed), or what is called with the number done."""
Basis: TypeAlias = Literal["quantity", "value"]

OVERLAY_COLUMNS = ["table", "key", "field", "value", "unit", "reason"]


def load(
    package: PathLike | None = None,
    *,
    overlay: PathLike | Sequence[PathLike] = (),
    values: object = None,
    set: Mapping[str, Setting] | None = None,
    industry: PathLike | Sequence[PathLike] = (),
    trade: PathLike | Sequence[PathLike] = (),
    trade_mapping: PathLike | None = None,
    trade_countries: PathLike | None = None,
    today: str | datetime.date | None = None,
) -> Session:
    """Opens a package: the built-in one, or a folder or zip file.

    overlay: files of your own values, CSV or XLSX.
    values: your own values as a frame or as rows with the columns table, key, field, value, and unit and reason if you like.
    set: assumptions of the package by their id, e.g. {"market.cover": (1, 2, 4)}.
    industry: packages with industries of your own, read beside the built-in one.
    trade: trade as customs declared it, laid beside the reconciled record; trade_mapping and trade_countries say how files
    of your own are laid out.
    today: the day on which you ask.

    All mistakes come in one InputError.
    """
    own: list[tuple[str, list[list[str]]]] = []
    if values is not None:
        own.append(("values", rows_of(values, "values", OVERLAY_COLUMNS)))
    if set:
        own.append(("set", _assumptions(set)))
    engine = Engine(
        _path(package),
        _paths(overlay),
        _paths(industry),
        own,
        (_paths(trade), _path(trade_mapping), _path(trade_countries)),
        _day(today),
    )
    return Session(engine)


def run_study(
    path: PathLike,
    *,
    package: PathLike | None = None,
    overlay: PathLike | Sequence[PathLike] = (),
    threads: int = 0,
) -> Table:
    """Asks the questions of a packed study again; every difference comes in one InputError."""
    from lode._lode import run_study as run

    return Table(run(os.fspath(path), _path(package), _paths(overlay), threads))


class Session:
    """A package that is open. Every question gives a Table; what is wrong comes as one InputError with all mistakes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        return f"<lode.Session: {self._engine.identity()}>"

    @property
    def identity(self) -> str:
        """Name, version, hash and overlays of what is open."""
        return self._engine.identity()

    def assess(
        self,
        country: str,
        commodity: str,
        indicator: str | Sequence[str] = "dependence",
        *,
        partner: str | None = None,
        stage: str | None = None,
        year: int | str | None = None,
        basis: Basis = "quantity",
        hs_set: str | None = None,
        record: str | None = None,
    ) -> Table:
        """Indicators of a country and a commodity over the years; `"all"` for every indicator."""
        return self._ask(
            "assess",
            country=country,
            commodity=commodity,
            indicator=_texts(indicator),
            partner=partner,
            stage=stage,
            year=str(year) if isinstance(year, int) and not isinstance(year, bool) else year,
            basis=basis,
            hs_set=hs_set,
            record=record,
        )

    def claims(self, claim: str | None = None) -> Table:
        """Published claims held against the record, under every reasonable definition."""
        return self._ask("claims", claim=claim)

    def desk(self, country: str, *, basis: Basis = "quantity") -> Table:
        """How dependent a country is, on whom, at which stage."""
        return self._ask("desk", country=country, basis=basis)

    def profile(self, country: str) -> Table:
        """A country's role, reserves, output, partners, controls, projects and agreements."""
        return self._ask("profile", country=country)

    def explain(self, indicator: str | None = None) -> Table:
        """The method of an indicator; a list of all if none is named."""
        return self._ask("explain", indicator=indicator)

    def sources(self, origin: str | None = None) -> Table:
        """Where the numbers come from."""
        return self._ask("sources", origin=origin)

    def scenarios(self) -> Table:
        """The built-in scenarios."""
        return self._ask("scenarios")

    def scenario(self, name: PathLike) -> Scenario:
        """A built-in scenario by its name, or one of a file, as dataclasses to look at and to change."""
        return Scenario.from_dict(json.loads(self._engine.scenario(os.fspath(name))))

    def check_scenario(self, scenario: Scenario) -> Scenario:
        """The scenario as it is understood, with defaults filled in; all mistakes at once."""
        return Scenario.from_dict(json.loads(self._engine.scenario(scenario.id, scenario.to_toml())))

    def statements(self, scenario: PathLike | Scenario) -> Table:
        """What a scenario states, without running it."""
        return self._ask("statements", **_named(self._engine, scenario))

    def assumptions(
        self,
        scenario: PathLike | Scenario,
        country: str = "JPN",
        *,
        case: str | None = None,
        chain: str | Sequence[str] = (),
        set: Mapping[str, Setting] | None = None,
    ) -> Table:
        """Every number that a run draws or that `set` can change, with its range and reason."""
        named = _named(self._engine, scenario)
        return self._ask("assumptions", **named, country=country, case=case, chain=_texts(chain), set=_settings(set))

    def simulate(
        self,
        scenario: PathLike | Scenario,
        country: str = "JPN",
        *,
        case: str | None = None,
        chain: str | Sequence[str] = (),
        replicates: int = 1000,
        seed: int = 1,
        horizon: int | None = None,
        set: Mapping[str, Setting] | None = None,
        threads: int = 0,
        progress: Progress = None,
    ) -> Table:
        """What runs out, when, at what price: bands over many futures. The same seed gives the same bits everywhere."""
        question = {
            **_named(self._engine, scenario),
            "country": country,
            "case": case,
            "chain": _texts(chain),
            "replicates": replicates,
            "seed": seed,
            "horizon": horizon,
            "set": _settings(set),
        }
        return self._ask("simulate", threads, progress, replicates, **question)

    def futures(
        self,
        scenario: PathLike | Scenario,
        country: str = "JPN",
        *,
        case: str | None = None,
        chain: str | Sequence[str] = (),
        replicates: int = 100,
        seed: int = 1,
        horizon: int | None = None,
        set: Mapping[str, Setting] | None = None,
        threads: int = 0,
        progress: Progress = None,
    ) -> Table:
        """Every month of every future behind the bands of `simulate`: columns future, month, quantity, region, form,
        industry, value, unit."""
        question = {
            "ask": "simulate",
            **_named(self._engine, scenario),
            "country": country,
            "case": case,
            "chain": _texts(chain),
            "replicates": replicates,
            "seed": seed,
            "horizon": horizon,
            "set": _settings(set),
        }
        with _told(progress, replicates, "futures") as tell:
            return Table(self._engine.futures(_json(question), threads, tell))

    def stress(
        self,
        country: str | None = None,
        *,
        chain: str | Sequence[str] = (),
        suppliers: int = 3,
        replicates: int = 24,
        seed: int = 1,
        threads: int = 0,
        progress: Progress = None,
    ) -> Table:
        """The largest suppliers of every form to every importer stop for a year, one after the other."""
        question = {
            "country": country,
            "chain": _texts(chain),
            "suppliers": suppliers,
            "replicates": replicates,
            "seed": seed,
        }
        return self._ask("stress", threads, progress, None, **question)

    def steps(self, product: str, *, replicates: int = 200, seed: int = 1) -> Table:
        """Which elements halt which step of a product, ranked, and who supplies them."""
        return self._ask("steps", product=product, replicates=replicates, seed=seed)

    def exposure(
        self,
        *,
        cut_sets: str | None = None,
        halt: PathLike | Scenario | None = None,
        case: str | None = None,
        country: str = "JPN",
        futures: int = 200,
        cut: str | Sequence[str] = (),
        element: str | None = None,
        list: bool = False,
        parts: object = None,
        product: str | None = None,
        size: int = 3,
        below: float = 0.5,
        before_substitution: bool = False,
        survive: int | None = None,
        confidence: float = 0.9,
        replicates: int = 1000,
        seed: int = 1,
        horizon: int = 730,
        threads: int = 0,
        progress: Progress = None,
    ) -> Table:
        """What stops: the sets whose loss halts a product (cut_sets), days to halt under a scenario (halt) or a cut
        ("dysprosium@CHN=1:6"), all that an element touches, when the lines of your own list of parts stop (a file, a frame
        or rows)."""
        question: dict[str, Any] = {
            "cut_sets": cut_sets,
            "case": case,
            "country": country,
            "futures": futures,
            "cut": _texts(cut),
            "element": element,
            "list": list,
            "product": product,
            "size": size,
            "below": below,
            "before_substitution": before_substitution,
            "survive": survive,
            "confidence": confidence,
            "replicates": replicates,
            "seed": seed,
            "horizon": horizon,
        }
        if halt is not None:
            named = _named(self._engine, halt)
            question.update(halt=named["scenario"], text=named.get("text"))
        if isinstance(parts, (str, os.PathLike)):
            question["parts"] = os.fspath(parts)
        elif parts is not None:
            question["parts_text"] = _csv(rows_of(parts, "parts", None))
        total = futures if halt is not None else None
        return self._ask("exposure", threads, progress, total, **question)

    def check(
        self,
        paths: PathLike | Sequence[PathLike],
        *,
        mapping: PathLike | None = None,
        countries: PathLike | None = None,
    ) -> Table:
        """Reads packages, overlays, lists of parts and releases to their end: all mistakes in one InputError."""
        return Table(
            self._engine.check(
                _paths(paths),
                _path(mapping),
                _path(countries),
            )
        )

    def cite(self, table: Table | None = None) -> Table:
        """What a paper cites for an answer, or for the package alone: columns citation, bibtex, csl_json."""
        question = table.question if table is not None else None
        return Table(self._engine.cite(None if question is None else _json(question)))

    def pack(
        self, path: PathLike, tables: Iterable[Table], *, own_values: bool = False, threads: int = 0
    ) -> Table:
        """Packs the questions of some answers into one file that makes the results again elsewhere."""
        questions = [_json(table.question) for table in tables if table.question is not None]
        return Table(self._engine.pack(os.fspath(path), questions, own_values, threads))

    def _ask(
        self,
        kind: str,
        threads: int = 0,
        progress: Progress = None,
        total: int | None = None,
        **fields: Any,
    ) -> Table:
        text = _json({"ask": kind, **{name: value for name, value in fields.items() if value is not None}})
        with _told(progress, total, kind) as tell:
            return Table(self._engine.ask(text, threads, tell))


class _told:
    """A way to tell progress: none, what the caller gave, or a bar."""

    def __init__(self, progress: Progress, total: int | None, what: str) -> None:
        self._progress, self._total, self._what = progress, total, what
        self._bar: Any = None

    def __enter__(self) -> Callable[[int], object] | None:
        if self._progress is None or self._progress is False:
            return None
        if self._progress is not True:
            return self._progress
        try:
            from tqdm.auto import tqdm
        except ImportError:
            total = "" if self._total is None else f" of {self._total}"
            return lambda done: print(f"\r{self._what}: {done}{total}", end="", flush=True)
        self._bar = tqdm(total=self._total, desc=self._what)

        def tell(done: int) -> None:
            self._bar.update(done - self._bar.n)

        return tell

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _json(question: Mapping[str, Any]) -> str:
    def plain(value: object) -> object:
        # Numbers of numpy and the like say what they are by their item.
        item = getattr(value, "item", None)
        if callable(item):
            return item()
        raise TypeError

    try:
        return json.dumps(question, default=plain, allow_nan=True)
    except TypeError:
        mistakes = [
            {
                "file": "arguments",
                "row": None,
                "column": name,
                "message": f"is a {type(value).__name__}",
                "hint": "give a text, a number or a list of texts",
            }
            for name, value in question.items()
            if not isinstance(value, (str, int, float, list, tuple, type(None)))
        ]
        text = "\n".join(f"error: arguments, column {m['column']}: {m['message']}\n  hint: {m['hint']}" for m in mistakes)
        raise InputError(text, mistakes) from None


def _texts(value: str | Sequence[str]) -> Any:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else (
        list(value) if isinstance(value, (list, tuple)) else value
    )


def _paths(paths: PathLike | Sequence[PathLike]) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def _path(path: PathLike | None) -> str | None:
    return None if path is None else os.fspath(path)


def _day(today: str | datetime.date | None) -> str:
    if today is None:
        today = datetime.datetime.now(datetime.timezone.utc).date()
    return today if isinstance(today, str) else today.isoformat()


def _settings(settings: Mapping[str, Setting] | None) -> list[str]:
    def written(value: Any) -> str:
        return ":".join(_number(part) for part in value) if isinstance(value, (list, tuple)) else _number(value)

    return [f"{name}={written(value)}" for name, value in (settings or {}).items()]


def _number(value: Any) -> str:
    # What is no number is written as it is: the engine tells of it together with all other mistakes.
    return repr(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _assumptions(settings: Mapping[str, Setting]) -> list[list[str]]:
    rows = [OVERLAY_COLUMNS]
    for name, value in settings.items():
        parts = value if isinstance(value, (list, tuple)) else (None, value, None)
        low, central, high = parts if len(parts) == 3 else (None, value, None)
        for field, number in [("value", central), ("low", low), ("high", high)]:
            if number is not None:
                rows.append(["assumptions", f"assumption={name}", field, _number(number), "", "set in Python"])
    return rows


def _named(engine: Engine, scenario: PathLike | Scenario) -> dict[str, Any]:
    """A scenario as fields of a question: built in by its name, or with its text."""
    if isinstance(scenario, Scenario):
        return {"scenario": scenario.id, "text": scenario.to_toml()}
    if isinstance(scenario, os.PathLike):
        scenario = os.fspath(scenario)
    if isinstance(scenario, str) and (os.sep in scenario or scenario.endswith(".toml")):
        # The file is read and checked by the engine; what is asked holds its text.
        engine.scenario(scenario)
        return {"scenario": scenario, "text": Path(scenario).read_text(encoding="utf-8-sig")}
    return {"scenario": scenario}


def _csv(rows: list[list[str]]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
