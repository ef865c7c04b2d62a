#!/bin/sh
# Times the GeoPolRisk scores of all raw materials, importers and years: polars against Lode, and geopolrisk-py beside them.
#
# usage: run.sh WORK [RUNS]
#
# WORK is a folder for the data and the results, and RUNS is the number of rounds (11 unless given).
# These environment variables change what is run:
#   PYTHON        the Python with geopolrisk-py and polars (python3 unless given)
#   LODE_BIN      the Lode program geopolrisk-all; without it only the Python side is run
#   PEER          set to 0 to leave geopolrisk-py out, because it takes about two minutes of processor time
#   PEER_SCORES   how many scores geopolrisk-py computes, from 1 to 159 (159 unless given)
set -eu

if [ $# -lt 1 ]; then
    echo "usage: run.sh WORK [RUNS]" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$1
runs=${2:-11}
python=${PYTHON:-python3}
mkdir -p "$work/home"

# The export is done once and is outside every timing.
if [ ! -f "$work/data/complete" ]; then
    "$python" "$here/export.py" "$work/data"
    touch "$work/data/complete"
fi

# A limit on threads that the caller has set must not reach the runs with the default number of threads.
unset POLARS_MAX_THREADS RAYON_NUM_THREADS

lode=
if [ -z "${LODE_BIN:-}" ]; then
    echo "The Lode side is skipped: LODE_BIN does not give the path of the program geopolrisk-all." >&2
elif [ ! -x "$LODE_BIN" ]; then
    echo "The Lode side is skipped: there is no program at $LODE_BIN." >&2
else
    lode=$LODE_BIN
fi

# Results of an earlier call must not be taken for results of this one.
rm -f "$work/times.csv" "$work/polars.csv" "$work/lode.csv" "$work/golden.csv" "$work/peer.json"

# Runs one command and records its processor time in the file given first.
measure() {
    file=$1
    shift
    "$python" "$here/measure.py" "$file" "$@"
}

# Runs each program once, with one thread and with its default number of threads.
# The start of Python and polars without any work is measured too, because a compiled program does not pay it.
round() {
    measure "$1" polars-start env POLARS_MAX_THREADS=1 "$python" -c "import polars"
    measure "$1" polars-1 env POLARS_MAX_THREADS=1 "$python" "$here/polars_floor.py" "$work/data" "$work/polars.csv"
    if [ -n "$lode" ]; then
        measure "$1" lode-1 env RAYON_NUM_THREADS=1 "$lode" "$work/data" "$work/lode.csv"
    fi
    measure "$1" polars-default "$python" "$here/polars_floor.py" "$work/data" "$work/polars.csv"
    if [ -n "$lode" ]; then
        measure "$1" lode-default "$lode" "$work/data" "$work/lode.csv"
    fi
}

# One round that is not counted brings programs and data into the file cache.
round "$work/warm-up.csv"
rm -f "$work/warm-up.csv"
number=0
while [ "$number" -lt "$runs" ]; do
    round "$work/times.csv"
    number=$((number + 1))
done

# The package writes into the home folder, so it gets one of its own.
if [ "${PEER:-1}" != 0 ]; then
    measure "$work/times.csv" geopolrisk-py env HOME="$work/home" OPENBLAS_NUM_THREADS=1 \
        "$python" "$here/peer_geopolrisk.py" "$work/golden.csv" "${PEER_SCORES:-159}" > "$work/peer.json"
fi

"$python" "$here/report.py" "$work"
