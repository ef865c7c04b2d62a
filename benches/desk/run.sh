#!/bin/sh
# Times `lode desk JPN` from the built-in package beside `python -c "import pandas"`: whole processes, turn by turn.
#
# usage: run.sh [RUNS]    PYTHON: a Python with pandas; LODE: the release binary
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runs=${1:-15}
python=${PYTHON:-python3}
lode=${LODE:-$here/../../target/release/lode}
"$python" -c "import pandas" || { echo "skipped: $python has no pandas" >&2; exit 0; }
"$python" - "$runs" "$lode" "$python" <<'PYTHON'
import os, resource, statistics, subprocess, sys, time

runs, lode, python = int(sys.argv[1]), sys.argv[2], sys.argv[3]
commands = {"import pandas": [python, "-c", "import pandas"], "lode desk JPN": [lode, "desk", "JPN"]}
cpu = {name: [] for name in commands}
wall = {name: [] for name in commands}
for turn in range(runs + 1):
    for name, command in commands.items():
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if turn:  # the first turn fills the file cache
            wall[name].append(elapsed)
            cpu[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
print("| program | elapsed median (s) | CPU median (s) |\n|---|---|---|")
for name in commands:
    print(f"| {name} | {statistics.median(wall[name]):.3f} | {statistics.median(cpu[name]):.3f} |")
ratio = statistics.median(wall["lode desk JPN"]) / statistics.median(wall["import pandas"])
print(f"\nelapsed, Lode over pandas: {ratio:.2f}")
PYTHON
