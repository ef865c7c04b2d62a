"""Frames and rows of a caller's own, as rows of text with the headings first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lode.errors import InputError


def rows_of(given: object, name: str, columns: Sequence[str] | None) -> list[list[str]]:
    """A pandas or polars frame, anything with `to_pylist` such as an Arrow table, a mapping of columns, or rows as mappings."""
    rows = _records(given, name)
    headings = list(columns) if columns is not None and not rows else _headings(rows, columns)
    return [headings, *([_text(row.get(heading)) for heading in headings] for row in rows)]


def _headings(rows: list[dict[str, Any]], columns: Sequence[str] | None) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(str(name) for name in row))
    # Columns that are not asked for are left out; columns that are missing are told of by the reader.
    return [name for name in found if columns is None or name in columns]


def _records(given: object, name: str) -> list[dict[str, Any]]:
    for method, arguments in [("to_dicts", ()), ("to_pylist", ()), ("to_dict", ("records",))]:
        reader = getattr(given, method, None)
        if callable(reader):
            return [dict(row) for row in reader(*arguments)]
    if isinstance(given, Mapping):
        lengths = {len(values) for values in given.values() if isinstance(values, (list, tuple))}
        if len(lengths) == 1 and all(isinstance(values, (list, tuple)) for values in given.values()):
            return [{key: values[row] for key, values in given.items()} for row in range(lengths.pop())]
    elif isinstance(given, Iterable) and not isinstance(given, (str, bytes)):
        rows = list(given)
        if all(isinstance(row, Mapping) for row in rows):
            return [{str(key): value for key, value in row.items()} for row in rows]
    message = f"`{name}` is neither a frame nor a list of rows"
    hint = "give a pandas or polars frame, a list of dictionaries, or a dictionary of lists of equal length"
    mistake = {"file": "arguments", "row": None, "column": name, "message": message, "hint": hint}
    raise InputError(f"error: arguments, column {name}: {message}\n  hint: {hint}", [mistake])


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("<NA>", "NaT"):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value)
    return str(value)
