"""
The engine.
"""

from _typeshed import SupportsGetItem
from os import PathLike
from typing import Any, SupportsIndex, final

__all__ = ["Answered", "Engine", "panic_for_a_test", "questions", "run_study", "scenario_nouns", "scenario_template", "version"]

@final
class Answered:
    """
    An answer, or the columns of very many futures.
    """
    def __arrow_c_stream__(self, /, requested_schema: Any | None = None) -> Any:
        """
        The columns as an Arrow stream, as the PyCapsule interface has it. The buffers are shared, not copied.
        """
    def addresses(self, /) -> list[list[int]]:
        """
        Where the buffers of the columns begin, to see that nobody copied them.
        """
    def columns(self, /) -> list[str]:
        """
        Names of the columns.
        """
    def length(self, /) -> int:
        """
        Number of rows.
        """
    def metadata(self, /) -> dict[str, str]:
        """
        What the schema says of the whole table.
        """
    def question_json(self, /) -> str | None:
        """
        The question, as JSON with everything that was left out.
        """
    def remarks(self, /) -> list[str]:
        """
        What stands at the foot of the answer.
        """
    def rows_json(self, /) -> str:
        """
        The rows as the JSON that the command line gives.
        """
    def sections_json(self, /) -> str:
        """
        What a person reads, as JSON: paragraphs, tables and lists.
        """
    def write_workbook(self, /, path: str | PathLike[str]) -> None:
        """
        Writes a workbook with sheets of data, sources and assumptions.
        """

@final
class Engine:
    """
    A package with the user's values laid over it.
    """
    def __new__(cls, /, package: str | PathLike[str] | None, overlays: SupportsGetItem[int, str | PathLike[str]], industries: SupportsGetItem[int, str | PathLike[str]], own: SupportsGetItem[int, tuple[str, SupportsGetItem[int, SupportsGetItem[int, str]]]], trade: tuple[SupportsGetItem[int, str | PathLike[str]], str | PathLike[str] | None, str | PathLike[str] | None], today: str) -> Engine:
        """
        Opens a package; all mistakes of all files and values at once. `own` holds tables of the user's own values, each a
        name and its rows with the headings first.
        """
    def ask(self, /, question_json: str, threads: SupportsIndex = 0, tell: Any | None = None) -> Answered:
        """
        The answer to a question that is given as JSON.
        """
    def check(self, /, paths: SupportsGetItem[int, str | PathLike[str]], mapping: str | PathLike[str] | None = None, countries: str | PathLike[str] | None = None) -> Answered:
        """
        Reads files to their end: all mistakes at once.
        """
    def cite(self, /, question_json: str | None = None) -> Answered:
        """
        What a paper cites for a question, or for the package alone.
        """
    def futures(self, /, question_json: str, threads: SupportsIndex = 0, tell: Any | None = None) -> Answered:
        """
        Every month of every future of a simulation.
        """
    def identity(self, /) -> str:
        """
        Name, version, hash and overlays of what is open.
        """
    def pack(self, /, path: str | PathLike[str], questions_json: SupportsGetItem[int, str], own_values: bool = False, threads: SupportsIndex = 0) -> Answered:
        """
        Packs questions into one file that makes their results again elsewhere.
        """
    def scenario(self, /, name: str, text: str | None = None) -> str:
        """
        A scenario, checked: built-in or of a file by its name, or of a text. As JSON.
        """

def panic_for_a_test() -> None:
    """
    A panic, to see that it becomes an exception.
    """

def questions() -> str:
    """
    The fields of every question, as JSON.
    """

def run_study(path: str | PathLike[str], package: str | PathLike[str] | None, overlays: SupportsGetItem[int, str | PathLike[str]], threads: SupportsIndex) -> Answered:
    """
    Asks the questions of a packed study again.
    """

def scenario_nouns() -> str:
    """
    The nouns of a scenario with their fields, as JSON.
    """

def scenario_template() -> str:
    """
    A scenario file to start from.
    """

def version() -> str:
    """
    Version of the engine.
    """
