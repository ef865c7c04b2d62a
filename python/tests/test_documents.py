"""The lines of Python that the README and the book show work as they stand."""

import re
from pathlib import Path

import pandas
import pytest

ROOT = Path(__file__).parent.parent.parent


def code(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def test_the_lines_of_the_readme(capsys):
    (lines,) = code("README.md")
    assert len(lines.strip().splitlines()) == 5
    exec(compile(lines, "README.md", "exec"), {})  # noqa: S102
    shown = capsys.readouterr().out
    assert "partner" in shown and "first-stop" in shown and "traction-motor" in shown


@pytest.mark.parametrize("block", [1, 2], ids=["own values", "scenarios"])
def test_the_lines_of_the_book(block, session, tmp_path, monkeypatch):
    import lode

    blocks = code("docs/src/guide/python.md")
    assert len(blocks) == 3
    monkeypatch.chdir(tmp_path)
    rows = "table,key,field,value\nassumptions,assumption=market.coping,value,0.03\n"
    Path("own.xlsx").write_text(rows, encoding="utf-8")
    frame = pandas.DataFrame([{"table": "assumptions", "key": "assumption=market.choke", "field": "value", "value": 12}])
    # The runs of the book are long ones.
    lines = blocks[block].replace("replicates=200", "replicates=4")
    lines = re.sub(r'simulate\("japan-ban-2026", set', 'simulate("japan-ban-2026", replicates=4, set', lines)
    exec(compile(lines, "python.md", "exec"), {"lode": lode, "frame": frame, "session": session})  # noqa: S102
