#!/bin/sh
# Halting days on a synthetic tree of parts, and cut sets of every shipped product, beside networkx in plain Python.
# usage: run.sh WORK NODES REPLICATES CHECKED; the peer runs CHECKED replicates of the same draws.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/../../target/release
work=$1
mkdir -p "$work"
"$bin/exposure-halting" "${2:-1000000}" "${3:-100}" "$work/halting.txt" "${4:-1}"
"${PYTHON:-python3}" "$here/peer_networkx.py" "$work/halting.txt"
