"""The package is typed, and the stub of the engine is what the engine is."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent


def run(*arguments, folder=HERE):
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_typed_strictly():
    pytest.importorskip("mypy")
    run("mypy")


def test_the_stub_says_what_the_engine_has():
    pytest.importorskip("mypy")
    run("mypy.stubtest", "lode._lode", "--mypy-config-file", "../pyproject.toml", folder=HERE / "tests")
