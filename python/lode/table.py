"""An answer: rows with named columns, every number with its unit, quality and origins."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars

    from lode._lode import Answered


class Table:
    """Rows that pandas, polars and every reader of the Arrow PyCapsule interface take without a copy."""

    def __init__(self, answered: Answered) -> None:
        self._answered = answered

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._answered.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return self._answered.length()

    @property
    def columns(self) -> list[str]:
        """Names of the columns, as documented in the book under "Answers"."""
        return self._answered.columns()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as the command line gives them with `--format json`."""
        rows: list[dict[str, Any]] = json.loads(self.to_json())
        return rows

    @property
    def metadata(self) -> dict[str, str]:
        """What the schema says of the whole table: package and hash, question, seed, units, quality, origins, remarks."""
        return self._answered.metadata()

    @property
    def remarks(self) -> list[str]:
        """How old the newest record is, what was assumed, what is unverified."""
        return self._answered.remarks()

    @property
    def question(self) -> dict[str, Any] | None:
        """What was asked, complete with what was left out."""
        text = self._answered.question_json()
        if text is None:
            return None
        question: dict[str, Any] = json.loads(text)
        return question

    def to_json(self) -> str:
        """The rows as JSON text."""
        return self._answered.rows_json()

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas frame over the same memory; the metadata stand in `frame.attrs`."""
        import pandas
        import pyarrow

        frame: pandas.DataFrame = pyarrow.table(self).to_pandas(types_mapper=pandas.ArrowDtype)
        frame.attrs.update(self.metadata)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A polars frame; numbers over the same memory."""
        import polars

        return polars.DataFrame(self)

    def to_excel(self, path: str | os.PathLike[str]) -> None:
        """Writes a workbook with sheets of data, sources and assumptions."""
        self._answered.write_workbook(os.fspath(path))

    def __repr__(self) -> str:
        remark = f"; {self.remarks[0]}" if self.remarks else ""
        return f"<lode.Table: {len(self)} rows of {', '.join(self.columns)}{remark}>"

    def _repr_markdown_(self) -> str:
        parts = []
        for section in json.loads(self._answered.sections_json()):
            if "paragraph" in section:
                parts.append(_escaped(section["paragraph"]))
                continue
            title = f"**{_escaped(section['title'])}**\n\n" if section["title"] else ""
            if "lines" in section:
                parts.append(title + "\n".join(f"- {_escaped(line)}" for line in section["lines"]))
            else:
                parts.append(title + _markdown_table(section["headings"], section["numbers"], section["rows"]))
        parts.extend(f"*{_escaped(remark)}*" for remark in self.remarks)
        return "\n\n".join(parts) or repr(self)


def _escaped(text: str) -> str:
    for sign in "\\`*_|<":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ").replace("\u00a0", " ")


def _markdown_table(headings: list[str], numbers: list[bool] | None, rows: list[list[str]]) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(_escaped(cell) or " " for cell in cells) + " |"

    right = numbers or [False] * len(headings)
    rule = "|" + "|".join("--:" if number else "---" for number in right) + "|"
    return "\n".join([line(headings), rule, *(line(row) for row in rows)])
