"""Scenarios as dataclasses: built in, from a file, from values, and back to a file."""

import subprocess
import sys
from pathlib import Path

import lode
import pytest
from lode.scenario import Ban, Case, Control, Number, Quota, Scenario, StockRelease, Lever


def names(session):
    return [row["scenario"] for row in session.scenarios().rows]


def test_every_built_in_scenario_comes_back_as_it_was(session):
    for name in names(session):
        read = session.scenario(name)
        assert read.id == name
        again = session.check_scenario(read)
        assert again == read, name


def test_a_changed_scenario_is_run_as_a_file_would_be(session, tmp_path):
    scenario = session.scenario("gallium-germanium-2023")
    assert isinstance(scenario, Scenario)
    scenario.id = "mine"
    scenario.controls[0].exporters = ["CHN"]
    path = tmp_path / "mine.toml"
    path.write_text(scenario.to_toml(), encoding="utf-8")
    run = {"replicates": 6, "horizon": 6}
    assert session.simulate(path, **run).rows == session.simulate(scenario, **run).rows
    assert session.scenario(path) == session.check_scenario(scenario)


def stop(**more):
    return Scenario(
        id="graphite-stop",
        name_en='Graphite "stops"',
        start="2026-01",
        base_year=2024,
        controls=[
            Control(
                id="ban",
                kind=Ban(severity=Number(value=0.8, low=0.5, high=1.0, assumed="a judgement")),
                exporters=["CHN"],
                destinations=["KOR"],
                commodities=["graphite"],
                start="2026-03-01",
                ends={"months": 12},
                source="for a test",
                **more,
            )
        ],
        levers=[
            Lever(
                id="stock",
                kind=StockRelease(stock_months=2.0),
                places=["KOR"],
                forms=["graphite-flake"],
                start="2026-04-01",
                source="for a test",
            )
        ],
        cases=[Case(id="half", reason="to see", numbers={"ban.severity": 0.5})],
    )


def test_a_scenario_of_values(session):
    checked = session.check_scenario(stop())
    assert isinstance(checked.controls[0].kind, Ban) and checked.controls[0].kind.severity.value == 0.8
    assert isinstance(checked.levers[0].kind, StockRelease)
    full = session.simulate(stop(), "KOR", replicates=6, horizon=12)
    half = session.simulate(stop(), "KOR", case="half", replicates=6, horizon=12)
    lost = [
        sum(row["p50"] for row in table.rows if row["quantity"] == "total-value-lost" and not row["industry"])
        for table in (full, half)
    ]
    assert lost[0] > lost[1] >= 0


def test_all_mistakes_of_a_scenario_at_once(session):
    wrong = stop()
    wrong.controls[0].kind = Ban(severity=80)
    wrong.controls[0].exporters = ["Chna"]
    wrong.controls[0].start = "March"
    wrong.base_year = "last"
    with pytest.raises(lode.InputError) as error:
        session.simulate(wrong)
    assert len(error.value.mistakes) >= 4, str(error.value)
    assert "80 % is 0.8" in str(error.value)
    with pytest.raises(TypeError):
        Control(id="x", kind=Quota(), exporter=["CHN"], start="2026-01-01")


def test_the_dataclasses_are_what_the_engine_declares():
    script = Path(__file__).parent.parent / "scripts/generate.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
