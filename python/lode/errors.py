"""What can go wrong: the same text and hints as on the command line, all mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """One mistake in what was given."""

    file: str
    """The file or the frame; `arguments` for what was passed to a function."""
    row: int | None
    """Row as a spreadsheet shows it: the header is row 1."""
    column: str | None
    """Column or argument."""
    message: str
    """What is wrong."""
    hint: str | None
    """What to do about it."""


class LodeError(Exception):
    """Anything that Lode raises."""


class InputError(LodeError, ValueError):
    """Mistakes in what was given; nothing was changed."""

    def __init__(self, text: str, mistakes: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(text)
        self.mistakes = [Mistake(**mistake) for mistake in mistakes]


class InternalError(LodeError, RuntimeError):
    """A fault of Lode itself; please report it with what was asked."""

    def __init__(self, text: str) -> None:
        super().__init__(f"Lode has a fault: {text}. Please report it with what was asked.")
