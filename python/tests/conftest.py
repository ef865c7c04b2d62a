"""What the tests share: the built-in package on a fixed day, and the command line to hold answers against."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import lode
import pytest

ROOT = Path(__file__).parent.parent.parent
DAY = "2026-11-24"


@pytest.fixture(scope="session")
def session() -> lode.Session:
    return lode.load(today=DAY)


@pytest.fixture(scope="session")
def cli() -> Callable[..., str]:
    """Runs the command line and gives what it says: the output of a success, the error of a refusal."""
    found = [Path(os.environ.get("LODE_BIN", "")), ROOT / "target/debug/lode", ROOT / "target/release/lode"]
    program = next((path for path in found if path.is_file()), None)
    if program is None:
        pytest.skip("no lode binary: build it, or name it in LODE_BIN")

    def run(*arguments: str, refused: bool = False) -> str:
        done = subprocess.run(
            [str(program), *arguments, "--today", DAY], capture_output=True, text=True, check=False, encoding="utf-8"
        )
        assert done.returncode == (2 if refused else 0), done.stderr
        return done.stderr if refused else done.stdout

    return run
