"""What a call from Python costs over the engine's own time, and a result of ten million rows in pandas.

Both sides run turn by turn in one go, in processor time of all threads: ASK is the program `ask`, which times the engine as the command line calls it.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time

import lode

ASK = os.environ.get("ASK", "target/release/ask")
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 9


def engine(question: dict[str, object], repeats: int) -> list[float]:
    done = subprocess.run([ASK, str(repeats), json.dumps(question)], capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def called(ask, repeats: int) -> list[float]:
    seconds = []
    for _ in range(repeats + 1):
        start = time.process_time()
        ask()
        seconds.append(time.process_time() - start)
    return seconds[1:]


def compare(name: str, ask, question: dict[str, object], repeats: int) -> None:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        theirs += engine(question, repeats)
        ours += called(ask, repeats)
    # The least is what the work takes when nobody else takes the machine.
    median = statistics.median(ours) / statistics.median(theirs)
    least = min(ours) / min(theirs)
    print(
        f"{name}: engine {1e3 * statistics.median(theirs):.3f} ms, from Python {1e3 * statistics.median(ours):.3f} ms, "
        f"ratio of medians {median:.4f}, of the least {least:.4f} ({len(ours)} calls each)"
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def ten_million(session: lode.Session) -> None:
    import pyarrow

    one = len(session.futures("senkaku-2010", replicates=1))
    table = session.futures("senkaku-2010", replicates=-(-10_000_000 // one))
    frame = table.to_pandas()  # imports are paid here
    del frame
    before, start = resident(), time.perf_counter()
    frame = table.to_pandas()
    seconds, grown = time.perf_counter() - start, resident() - before
    shared = 0
    for place, name in enumerate(table.columns):
        array = frame[name].array.__arrow_array__()
        array = array.chunk(0) if isinstance(array, pyarrow.ChunkedArray) else array
        array = array.indices if pyarrow.types.is_dictionary(array.type) else array
        shared += array.buffers()[1].address == table._answered.addresses()[place][0]
    size = pyarrow.table(table).nbytes / 2**20
    print(
        f"{len(frame):,} rows, {size:.0f} MiB: to pandas in {1e3 * seconds:.1f} ms, memory grew by {grown:.1f} MiB, "
        f"{shared} of {len(table.columns)} columns at the address of the engine's buffers; peak of the process {peak():.0f} MiB"
    )


def main() -> None:
    session = lode.load(today="2026-11-24")
    every = dict(country="JPN", commodity="rare-earths", indicator="all", year="2010..2024")
    compare("assess, all indicators, 15 years", lambda: session.assess(**every), {"ask": "assess", **every, "indicator": ["all"]}, 40)
    run = dict(scenario="gallium-germanium-2023", replicates=1000)
    compare("simulate, 1,000 replicates", lambda: session.simulate(**run), {"ask": "simulate", **run}, 1)
    ten_million(session)


if __name__ == "__main__":
    main()
