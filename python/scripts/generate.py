"""Writes `lode/scenario.py` from the nouns of the engine. With `--check`: says whether it is what it would write."""

from __future__ import annotations

import importlib.util
import json
import keyword
import sys
import textwrap
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent.parent / "lode"
HEAD = '''"""Scenarios as dataclasses, field by field as the book's page on scenario files has them.

Made from the declarations of the engine by scripts/generate.py; a test holds it to them. None leaves a field out, and the
default of the file holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, Union

from lode._record import Number, Record, Value

Places: TypeAlias = Union[str, Sequence[str], Mapping[str, Any]]
"""`"all"`, a list of countries, or {"all_except": [...]}."""
Start: TypeAlias = Union[str, Mapping[str, Any]]
"""A day as 2026-01-06, or {"after": event, "delay_months": ..., "chance": ...}."""
Ending: TypeAlias = Union[str, Mapping[str, Any]]
"""`"never"`, the last day as 2026-12-31, {"months": ...}, or {"earliest": ..., "monthly_chance": ...}."""
'''


def nouns() -> list[dict[str, Any]]:
    """The nouns, from the extension module that is installed. Its package need not be imported, which needs what is written here."""
    folders = [Path(folder, "lode") for folder in sys.path]
    found = next((path for folder in folders for path in folder.glob("_lode*") if path.suffix in (".so", ".pyd")), None)
    if found is None:
        raise SystemExit("the package is not installed: run scripts/python.sh")
    spec = importlib.util.spec_from_file_location("_lode", found)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result: list[dict[str, Any]] = json.loads(module.scenario_nouns())
    return result


def written(all_nouns: list[dict[str, Any]]) -> str:
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    by_name: dict[str, list[dict[str, Any]]] = {}
    for noun in all_nouns:
        if noun["word"]:
            by_name.setdefault(noun["name"], []).append(noun)
    for group in by_name.values():
        kinds[tuple(noun["word"] for noun in group)] = group

    def kind_of(shape: str) -> list[dict[str, Any]] | None:
        words = tuple(word.strip().strip('"') for word in shape.removeprefix("one of ").split(","))
        return kinds.get(words) if shape.startswith("one of ") else None

    def type_of(shape: str) -> str:
        group = kind_of(shape)
        if group is not None:
            if any(noun["fields"] for noun in group):
                return "Union[" + ", ".join([*(class_of(noun) for noun in group), "str"]) + "]"
            return "Literal[" + ", ".join(json.dumps(noun["word"]) for noun in group) + "]"
        if shape.startswith("a list in brackets, each "):
            return f"Sequence[{type_of(shape.removeprefix('a list in brackets, each '))}]"
        if shape.startswith("a table ("):
            return shape.removeprefix("a table (").removesuffix(")")
        if shape.startswith("a number ("):
            return "Value"
        if "all_except" in shape:
            return "Places"
        if "delay_months" in shape:
            return "Start"
        if "monthly_chance" in shape:
            return "Ending"
        if shape == "a table of numbers by name":
            return "Mapping[str, Any]"
        return {"a whole number": "int", "true or false": "bool"}.get(shape, "str")

    def written_class(noun: dict[str, Any]) -> str:
        lines = ["@dataclass(kw_only=True)", f"class {class_of(noun)}(Record):", f'    """{noun["about"]}"""', ""]
        fields = sorted(noun["fields"], key=lambda field: field["default"] is not None)
        for field in fields:
            shape, default = field["shape"], field["default"]
            if shape.startswith("a list in brackets"):
                lines.append(f"    {name_of(field)}: {type_of(shape)} = ()")
            elif default is None:
                lines.append(f"    {name_of(field)}: {type_of(shape)}")
            else:
                lines.append(f"    {name_of(field)}: {type_of(shape)} | None = None")
            about = field["about"]
            if default not in (None, "none", '""', "[]"):
                about += f" Left out: `{default}`."
            about = about.replace("\\", "\\\\")
            lines.extend(textwrap.wrap(f'"""{about}"""', 116, initial_indent="    ", subsequent_indent="    "))
        return "\n".join(lines)

    def tables_of(noun: dict[str, Any]) -> dict[str, str]:
        begin = "a list in brackets, each a table ("
        return {
            field["name"]: field["shape"].removeprefix(begin).removesuffix(")")
            for field in noun["fields"]
            if field["shape"].startswith(begin)
        }

    # A class stands before those that use it.
    order = [noun for noun in all_nouns if noun["word"] and noun["fields"]]
    no_fields = [noun for noun in all_nouns if noun["word"] and not noun["fields"] and class_needed(noun, by_name)]
    records = [noun for noun in all_nouns if not noun["word"]]
    used = {name for noun in records for name in tables_of(noun).values()}
    records.sort(key=lambda noun: (noun["name"] == "Scenario", noun["name"] not in used))
    parts = [HEAD.rstrip()]
    parts.extend(written_class(noun) for noun in [*no_fields, *order, *records])
    tail = []
    for noun in [*no_fields, *order]:
        tail.append(f"{class_of(noun)}.WORD = {json.dumps(noun['word'])}")
    for noun in [*order, *records]:
        tables = tables_of(noun)
        if tables:
            inside = ", ".join(f"{json.dumps(name)}: {kind}" for name, kind in tables.items())
            tail.append(f"{class_of(noun)}.TABLES = {{{inside}}}")
        groups = {field["name"]: kind_of(field["shape"]) for field in noun["fields"]}
        chosen = {name: group for name, group in groups.items() if group and any(kind["fields"] for kind in group)}
        for name, group in chosen.items():
            inside = ", ".join(class_of(kind) for kind in group or [])
            tail.append(f"{class_of(noun)}.KINDS = {{{json.dumps(name)}: ({inside},)}}")
    names = sorted(["Number", *(class_of(noun) for noun in [*no_fields, *order, *records])])
    public = "__all__ = [\n" + "".join(f"    {json.dumps(name)},\n" for name in names) + "]"
    return "\n\n\n".join([*parts, "\n".join(tail), public]) + "\n"


def class_needed(noun: dict[str, Any], by_name: dict[str, list[dict[str, Any]]]) -> bool:
    return any(kind["fields"] for kind in by_name[noun["name"]])


def class_of(noun: dict[str, Any]) -> str:
    if not noun["word"]:
        return str(noun["name"])
    return "".join(part.capitalize() for part in noun["word"].split("-"))


def name_of(field: dict[str, Any]) -> str:
    """The name in Python: a word of the language gets a line behind it."""
    name = str(field["name"])
    return f"{name}_" if keyword.iskeyword(name) else name


def main() -> int:
    text = written(nouns())
    path = PACKAGE / "scenario.py"
    if "--check" in sys.argv:
        same = path.exists() and path.read_text(encoding="utf-8") == text
        print("scenario.py is what the engine says" if same else "scenario.py differs: run scripts/generate.py")
        return 0 if same else 1
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
