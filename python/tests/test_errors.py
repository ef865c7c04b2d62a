"""What is wrong is one exception with every mistake, the text of the command line, and nothing ends the interpreter."""

import lode
import pytest
from lode import _lode


def told(error):
    return [(mistake.message, mistake.hint) for mistake in error.value.mistakes]


def test_the_text_is_that_of_the_command_line(session, cli):
    with pytest.raises(lode.InputError) as error:
        session.assess("Japn", "dysprosum", "dependance", year="20", stage="mines")
    text = cli(
        *["assess", "--country", "Japn", "--commodity", "dysprosum", "--indicator", "dependance"],
        *["--year", "20", "--stage", "mines"],
        refused=True,
    )
    assert str(error.value) == text.strip().replace("command line", "arguments")
    assert len(error.value.mistakes) == 5
    assert ("`dysprosum` is not a commodity that this package knows", "did you mean `dysprosium`?") in told(error)
    assert isinstance(error.value, lode.LodeError) and isinstance(error.value, ValueError)


def test_wrong_types_are_told_together(session):
    with pytest.raises(lode.InputError) as error:
        session.simulate("senkaku-2010", 7, replicates="many", seed=-1, horizon=2.5, case=["low"])
    assert {mistake.column for mistake in error.value.mistakes} == {"country", "replicates", "seed", "horizon", "case"}
    with pytest.raises(lode.InputError) as error:
        session.simulate("senkaku-2010", replicates=0, horizon=9999)
    assert len(error.value.mistakes) == 2
    with pytest.raises(lode.InputError) as error:
        session.assess(object(), {"Dy"})
    assert len(error.value.mistakes) == 2


def test_unknown_names(session):
    with pytest.raises(lode.InputError, match="did you mean `senkaku-2010`"):
        session.simulate("senkaku-2011")
    with pytest.raises(lode.InputError) as error:
        session.simulate("senkaku-2010", set={"market.covr": 1, "nonsense": "x", "market.cover": (3, 2, 1)})
    assert len(error.value.mistakes) == 3, str(error.value)
    with pytest.raises(lode.InputError, match="nothing is asked"):
        session.exposure()


def test_files_and_frames_that_are_wrong(session, tmp_path):
    with pytest.raises(lode.InputError) as error:
        lode.load(tmp_path / "none.zip", overlay=[tmp_path / "none.csv"], today="yesterday")
    assert len(error.value.mistakes) >= 1
    with pytest.raises(lode.InputError) as error:
        lode.load(package=tmp_path / "none.zip", overlay=[tmp_path / "none.csv"], today="2026-11-24")
    assert len(error.value.mistakes) == 2
    pandas = pytest.importorskip("pandas")
    key = "assumption=market.cover"
    frame = pandas.DataFrame(
        {
            "table": ["assumptions", "assumption", "assumptions"],
            "key": [key, key, "assumption"],
            "field": ["vlaue", "value", "value"],
            "value": [1.0, 2.0, None],
        }
    )
    with pytest.raises(lode.InputError) as error:
        lode.load(values=frame)
    assert [mistake.row for mistake in error.value.mistakes] == [2, 3, 4]
    with pytest.raises(lode.InputError) as error:
        lode.load(values=frame[["table", "value"]])
    assert {"key", "field"} <= {word for m in error.value.mistakes for word in m.message.replace("`", " ").split()}
    with pytest.raises(lode.InputError, match="is given in `t`; the record is in"):
        lode.load(values=[{"table": "assumptions", "key": key, "field": "value", "value": 1, "unit": "t"}])
    for wrong in (7, "values.csv", [1, 2], {"a": [1], "b": [1, 2]}):
        with pytest.raises(lode.InputError, match="neither a frame nor a list of rows"):
            lode.load(values=wrong)
    parts = pandas.DataFrame({"plant": ["a"], "item": ["x"], "parent": [""], "kind": ["prodct"], "quantity": [-1]})
    with pytest.raises(lode.InputError, match="unit"):
        session.exposure(parts=parts)


def test_a_panic_is_an_exception(capfd):
    with pytest.raises(lode.InternalError, match="on purpose"):
        _lode.panic_for_a_test()
    assert isinstance(lode.InternalError("x"), lode.LodeError)
