"""The notebooks run from the first cell to the last, and the book shows them as they come out.

`UPDATE_DOCUMENTS=1` writes the pages of the book anew.
"""

import base64
import os
import re
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("matplotlib")

HERE = Path(__file__).parent.parent
PAGES = HERE.parent / "docs/src/notebooks"
NOTEBOOKS = sorted((HERE / "notebooks").glob("*.ipynb"))
# Plots are small, and the same numbers give the same picture.
SETTINGS = """
%config InlineBackend.figure_formats = ["png"]
%config InlineBackend.rc = {}
import matplotlib
matplotlib.rcParams.update({"figure.dpi": 90, "savefig.dpi": 90, "font.size": 9})
"""


def run(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "kept without what came out"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(SETTINGS))
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    notebook.cells.pop(0)
    return notebook


def page(notebook, name):
    """The notebook as Markdown, and its pictures."""
    parts, pictures = [], {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                picture = f"{name}-{len(pictures) + 1}.png"
                pictures[picture] = base64.b64decode(data["image/png"])
                parts.append(f"![]({picture})")
            elif "text/markdown" in data:
                parts.append(data["text/markdown"])
            else:
                text = output.get("text") or data.get("text/plain", "")
                parts.append(f"```text\n{text.rstrip()}\n```")
    note = f"*Run from `python/notebooks/{name}.ipynb` by the tests.*"
    return "\n\n".join([parts[0], note, *parts[1:]]) + "\n", pictures


def numbers_and_words(text):
    """What a reader reads, without the drawing of frames, which differs between versions of their libraries."""
    return re.findall(r"[\w.,%]+", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_the_book_shows_it(path):
    text, pictures = page(run(path), path.stem)
    assert pictures, "a notebook has a plot"
    written = PAGES / f"{path.stem}.md"
    if os.environ.get("UPDATE_DOCUMENTS"):
        PAGES.mkdir(exist_ok=True)
        for old in PAGES.glob(f"{path.stem}-*.png"):
            old.unlink()
        written.write_text(text, encoding="utf-8")
        for name, picture in pictures.items():
            (PAGES / name).write_bytes(picture)
    assert numbers_and_words(written.read_text(encoding="utf-8")) == numbers_and_words(text)
    for name, picture in pictures.items():
        assert (PAGES / name).is_file() and len(picture) < 100_000, name


def test_there_are_three():
    assert len(NOTEBOOKS) == 3
