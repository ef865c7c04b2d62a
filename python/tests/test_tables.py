"""Tables go to pandas and polars without a copy, and say what they are."""

import json

import pytest

pyarrow = pytest.importorskip("pyarrow")


def addresses(array):
    return [buffer.address for buffer in array.chunk(0).buffers() if buffer is not None]


@pytest.fixture(scope="module")
def table(session):
    return session.futures("gallium-germanium-2023", replicates=20, horizon=6)


def test_buffers_are_shared(table):
    ours = table._answered.addresses()
    arrow = pyarrow.table(table)
    for place, name in enumerate(arrow.column_names):
        column = arrow.column(name)
        assert column.num_chunks == 1
        array = column.chunk(0)
        array = array.indices if pyarrow.types.is_dictionary(array.type) else array
        assert ours[place][0] in [buffer.address for buffer in array.buffers() if buffer is not None], name


def test_pandas_stands_on_the_same_memory(table):
    pytest.importorskip("pandas")
    frame = table.to_pandas()
    for name in ["future", "value"]:
        place = table.columns.index(name)
        column = frame[name].array.__arrow_array__()
        column = column.chunk(0) if isinstance(column, pyarrow.ChunkedArray) else column
        assert column.buffers()[1].address == table._answered.addresses()[place][0], name
    assert frame.attrs["lode:package"].startswith("critical-minerals")
    assert len(frame) == len(table)


def test_polars_stands_on_the_same_memory(table):
    polars = pytest.importorskip("polars")
    frame = table.to_polars()
    assert frame.schema["quantity"] == polars.Categorical
    place = table.columns.index("value")
    values = frame["value"].to_numpy(allow_copy=False)
    assert values.__array_interface__["data"][0] == table._answered.addresses()[place][0]


def test_the_memory_outlives_the_table(session):
    frame = session.assess("JPN", "rare-earths", year="2020..2024").to_polars()
    assert frame["value"].null_count() == 0 and frame["unit"].to_list()[0] == "share"


def test_types_units_and_metadata(session):
    table = session.stress("JPN", chain="gallium", suppliers=1, replicates=2)
    schema = pyarrow.table(table).schema
    assert schema.field("first_stop_p50").metadata == {b"unit": b"days"}
    assert schema.field("import_share").metadata == {b"unit": b"share"}
    assert schema.field("origins").type == pyarrow.list_(pyarrow.field("item", pyarrow.string()))
    metadata = table.metadata
    assert metadata["lode:seed"] == "1" and len(metadata["lode:package_sha256"]) == 64
    assert json.loads(metadata["lode:quality"]) == ["simulated"]
    assert json.loads(metadata["lode:question"])["suppliers"] == 1
    named = {origin for row in table.rows for origin in row["origins"]}
    assert json.loads(metadata["lode:origins"]) == sorted(named)
    # A column without any value keeps its type.
    empty = pyarrow.table(session.assess("JPN", "holmium", year="2024"))
    assert empty.schema.field("value").type == pyarrow.float64()


def test_rows_of_futures_are_those_of_the_columns(table):
    rows = table.rows
    arrow = pyarrow.table(table).slice(0, 50).to_pylist()
    assert rows[:50] == arrow


def test_a_notebook_shows_what_a_person_reads(session):
    text = session.claims("meti-2020")._repr_markdown_()
    assert "Verdict" in text and "| our number under |" in text and "*From package critical-minerals" in text
    assert "rows of" in repr(session.desk("JPN"))


def test_a_workbook_is_read_by_another_program(session, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    table = session.assess("JPN", "rare-earths", year="2020..2024")
    path = tmp_path / "answer.xlsx"
    table.to_excel(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["data", "sources", "assumptions", "about"]
    sheet = book["data"]
    assert [cell.value for cell in sheet[1]] == table.columns
    place = table.columns.index("value")
    for cells, row in zip(sheet.iter_rows(min_row=2), table.rows, strict=True):
        assert cells[place].value == row["value"]
        assert cells[place].number_format == "0.0%"
    assert book["sources"]["A2"].value == "baci"


def test_a_template_filled_by_another_program(session, cli, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    import lode

    path = tmp_path / "own.xlsx"
    cli("template", "overlay", "--output", str(path))
    book = openpyxl.load_workbook(path)
    listed = list(book["assumptions today"].iter_rows(min_row=2, values_only=True))
    row = next(row for row in listed if row[1] == "assumption=market.cover")
    book["overlay"].append([row[0], row[1], row[2], row[3] * 2, row[6], "twice as much"])
    book.save(path)
    assert session.check(path).rows[0]["kind"] == "overlay"
    mine = lode.load(overlay=path, today="2026-11-24")
    cover = next(r for r in mine.assumptions("senkaku-2010").rows if r["assumption"] == "market.cover")
    assert cover["value"] == row[3] * 2
