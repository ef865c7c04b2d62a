"""What scenario dataclasses have in common: to a file's text, and from what the engine read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

R = TypeVar("R", bound="Record")


@dataclasses.dataclass(kw_only=True)
class Number:
    """A number with its range and what it stands on; one of assumed, origin and source says why."""

    value: float
    low: float | None = None
    high: float | None = None
    assumed: str | None = None
    origin: str | None = None
    source: str | None = None
    draw: str | None = None
    note: str | None = None

    def to_value(self) -> dict[str, Any]:
        return {field.name: value for field in dataclasses.fields(self) if (value := getattr(self, field.name)) is not None}


Value = float | Number


class Record:
    """A table of a scenario file."""

    WORD: ClassVar[str] = ""
    """For one of several kinds: the word that chooses it."""
    TABLES: ClassVar[Mapping[str, type[Record]]] = {}
    """Fields that are lists of tables."""
    KINDS: ClassVar[Mapping[str, Sequence[type[Record]]]] = {}
    """Fields that choose a kind, whose own fields lie flat in this table."""

    def to_dict(self) -> dict[str, Any]:
        """As the file has it; what is None or empty is left out."""
        table: dict[str, Any] = {}
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value is None or value == () or value == []:
                continue
            name = field.name.rstrip("_")
            if field.name in self.KINDS and isinstance(value, Record):
                table[name] = value.WORD
                table.update(value.to_dict())
            else:
                table[name] = _plain(value)
        return table

    @classmethod
    def from_dict(cls: type[R], table: Mapping[str, Any]) -> R:
        """From what the engine read."""
        left = dict(table)
        given: dict[str, Any] = {}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]
            # `from` is a word of the language: its field is from_.
            if field.name.rstrip("_") not in left:
                continue
            value = left.pop(field.name.rstrip("_"))
            if field.name in cls.KINDS:
                kind = next((kind for kind in cls.KINDS[field.name] if value == kind.WORD), None)
                if kind is not None:
                    names = {own.name for own in dataclasses.fields(kind)}  # type: ignore[arg-type]
                    own = {name: left.pop(name) for name in list(left) if name in names}
                    value = kind.from_dict(own)
            elif field.name in cls.TABLES:
                value = [cls.TABLES[field.name].from_dict(item) for item in value]
            else:
                value = _read(value)
            given[field.name] = value
        return cls(**given)

    def to_toml(self) -> str:
        """The text of a file: short facts first, one table for each event."""
        facts, sections = [], []
        for name, value in self.to_dict().items():
            if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                for item in value:
                    lines = [f"{_key(key)} = {_toml(part)}" for key, part in item.items()]
                    sections.append("\n".join(["", f"[[{name}]]", *lines]))
            else:
                facts.append(f"{_key(name)} = {_toml(value)}")
        return "\n".join([*facts, *sections]) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, Number):
        return value.to_value()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items() if part is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value


def _read(value: Any) -> Any:
    if isinstance(value, Mapping) and "value" in value:
        names = {field.name for field in dataclasses.fields(Number)}
        if set(value) <= names:
            return Number(**value)
    if isinstance(value, Mapping):
        return {key: _read(part) for key, part in value.items()}
    return value


def _key(name: str) -> str:
    bare = name and all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in name)
    return name if bare else _toml(name)


def _toml(value: Any) -> str:
    item = getattr(value, "item", None)
    if callable(item):
        value = item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    text = value if isinstance(value, str) else str(value)
    # A text of JSON is one of TOML, but for the sign that JSON lets stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
