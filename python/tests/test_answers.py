"""The same questions give the same bits as the command line."""

import inspect
import json

import lode
import pytest
from lode import _lode

SCENARIO = {"replicates": 12, "horizon": 9, "seed": 7}
FLAGS = ["--replicates", "12", "--horizon", "9", "--seed", "7"]

CASES = {
    "assess": (
        lambda s: s.assess("JPN", "rare-earths", "all", year="2015..2024"),
        ["assess", "--country", "JPN", "--commodity", "rare-earths", "--indicator", "all", "--year", "2015..2024"],
    ),
    "assess by value": (
        lambda s: s.assess("日本", "Dy", partner="CHN", year=2020, basis="value"),
        ["assess", "--country", "日本", "--commodity", "Dy", "--partner", "CHN", "--year", "2020", "--basis", "value"],
    ),
    "claims": (lambda s: s.claims(), ["claims"]),
    "one claim": (lambda s: s.claims("meti-2020"), ["claims", "meti-2020"]),
    "desk": (lambda s: s.desk("KOR"), ["desk", "KOR"]),
    "profile": (lambda s: s.profile("AUS"), ["profile", "AUS"]),
    "explain": (lambda s: s.explain("hhi"), ["explain", "hhi"]),
    "sources": (lambda s: s.sources(), ["sources"]),
    "scenarios": (lambda s: s.scenarios(), ["simulate"]),
    "statements": (lambda s: s.statements("senkaku-2010"), ["simulate", "--scenario", "senkaku-2010", "--show"]),
    "assumptions": (
        lambda s: s.assumptions("senkaku-2010", set={"market.cover": (1, 2, 3)}),
        ["simulate", "--scenario", "senkaku-2010", "--list-assumptions", "--set", "market.cover=1:2:3"],
    ),
    "simulate": (
        lambda s: s.simulate("gallium-germanium-2023", **SCENARIO),
        ["simulate", "--scenario", "gallium-germanium-2023", *FLAGS],
    ),
    "simulate, one thread, other values": (
        lambda s: s.simulate("gallium-germanium-2023", "KOR", set={"market.cover": (0.5, 1.5, 4)}, threads=1, **SCENARIO),
        ["simulate", "--scenario", "gallium-germanium-2023", "--country", "KOR", "--set", "market.cover=0.5:1.5:4", *FLAGS],
    ),
    "stress": (
        lambda s: s.stress("JPN", chain="gallium", suppliers=1, replicates=4),
        ["stress", "--country", "JPN", "--chain", "gallium", "--suppliers", "1", "--replicates", "4"],
    ),
    "steps": (lambda s: s.steps("logic", replicates=30), ["steps", "logic", "--replicates", "30"]),
    "cut sets": (lambda s: s.exposure(cut_sets="logic", size=2), ["exposure", "--cutsets", "logic", "--size", "2"]),
    "cut": (
        lambda s: s.exposure(cut="dysprosium@CHN=1:6", product="traction-motor", replicates=40),
        ["exposure", "--cut", "dysprosium@CHN=1:6", "--product", "traction-motor", "--replicates", "40"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_rows_as_the_command_line(session, cli, name):
    ask, arguments = CASES[name]
    table = ask(session)
    expected = json.loads(cli(*arguments, "--format", "json"), parse_float=str)
    assert len(expected) > 0
    assert json.loads(table.to_json(), parse_float=str) == expected


@pytest.mark.parametrize("name", CASES)
def test_the_columns_hold_what_the_rows_hold(session, name):
    pyarrow = pytest.importorskip("pyarrow")
    table = CASES[name][0](session)
    columns = pyarrow.table(table)
    assert columns.column_names == table.columns
    assert columns.num_rows == len(table)
    for wanted, found in zip(table.rows, columns.to_pylist(), strict=True):
        assert wanted == found


def test_futures_are_those_behind_the_bands(session):
    polars = pytest.importorskip("polars")
    bands = session.simulate("gallium-germanium-2023", **SCENARIO).to_polars()
    futures = session.futures("gallium-germanium-2023", **SCENARIO).to_polars()
    assert futures["future"].n_unique() == 12
    price = (polars.col("quantity") == "price") & (polars.col("form") == "gallium") & (polars.col("month") == "2023-10")
    drawn = sorted(futures.filter(price)["value"].to_list())
    band = bands.filter(price).row(0, named=True)
    assert drawn[0] <= band["p05"] <= band["p50"] <= band["p95"] <= drawn[-1]
    assert drawn[5] <= band["p50"] <= drawn[6]


def test_own_values_change_answers_and_are_labelled(session):
    mine = lode.load(set={"market.cover": (2.0, 3.0, 4.0)}, today="2026-11-24")
    row = next(r for r in mine.assumptions("senkaku-2010").rows if r["assumption"] == "market.cover")
    assert (row["low"], row["value"], row["high"]) == (2.0, 3.0, 4.0)
    assert "user's values" in mine.identity
    values = [{"table": "assumptions", "key": "assumption=market.cover", "field": "value", "value": 9, "reason": "ours"}]
    pandas = pytest.importorskip("pandas")
    for given in (values, pandas.DataFrame(values)):
        mine = lode.load(values=given, today="2026-11-24")
        row = next(r for r in mine.assumptions("senkaku-2010").rows if r["assumption"] == "market.cover")
        assert row["value"] == 9.0


def test_a_list_of_parts_is_a_file_a_frame_or_rows(session, cli, tmp_path):
    path = tmp_path / "parts.csv"
    cli("template", "parts", "--output", str(path))
    arguments = {"cut": "ndfeb-magnet-hot@CHN=1", "replicates": 50}
    by_file = session.exposure(parts=path, **arguments).rows
    pandas = pytest.importorskip("pandas")
    assert session.exposure(parts=pandas.read_csv(path), **arguments).rows == by_file
    assert any(row["row"] == "line below 50 %" for row in by_file)


def test_every_field_of_every_question_has_a_parameter():
    methods = {
        "assess": lode.Session.assess,
        "claims": lode.Session.claims,
        "desk": lode.Session.desk,
        "profile": lode.Session.profile,
        "explain": lode.Session.explain,
        "sources": lode.Session.sources,
        "scenarios": lode.Session.scenarios,
        "statements": lode.Session.statements,
        "assumptions": lode.Session.assumptions,
        "simulate": lode.Session.simulate,
        "stress": lode.Session.stress,
        "steps": lode.Session.steps,
        "exposure": lode.Session.exposure,
    }
    # Texts of files come with the scenario or the list itself.
    with_others = {"text", "arrivals", "parts_text"}
    questions = json.loads(_lode.questions())
    assert set(questions) == set(methods)
    for word, fields in questions.items():
        parameters = inspect.signature(methods[word]).parameters
        for field in fields:
            if field["name"] in with_others:
                continue
            parameter = parameters[field["name"]]
            default = field["default"]
            if default is None and field["name"] in ("country", "commodity", "product", "scenario"):
                continue
            given = parameter.default
            assert given == default or [given] == default or not (given or default), (word, field)


def test_citation_and_pack(session, tmp_path):
    table = session.simulate("gallium-germanium-2023", **SCENARIO)
    cited = session.cite(table).rows
    assert any("seed 7" in (row["note"] or "") for row in cited)
    path = tmp_path / "study.zip"
    session.pack(path, [table, session.desk("JPN")])
    assert [row["state"] for row in lode.run_study(path).rows] == ["the same", "the same"]
