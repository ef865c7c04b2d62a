"""Print the medians and ratios of a benchmark as a Markdown table, and check that the outputs agree.

Usage: python report.py WORK

WORK is the folder that run.sh filled.
The exit code is 1 when two outputs that must agree do not.
Only the standard library is used.
"""
import csv
import json
import math
import os
import statistics
import sys

# The largest difference that is allowed: absolute for numbers up to one, relative for the larger ones.
TOLERANCE = 1e-12
COLUMNS = ["hhi", "import_risk", "score", "price"]
LABELS = [("polars-start", "polars, start-up alone"), ("polars-1", "polars, one thread"), ("polars-default", "polars, default threads"),
          ("lode-1", "Lode, one thread"), ("lode-default", "Lode, default threads"),
          ("geopolrisk-py", "geopolrisk-py")]


def read(path):
    """Read a result file into a dictionary from (material, year, importer) to four numbers."""
    rows = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["raw_material"], int(row["year"]), int(row["importer"]))
            if key in rows:
                sys.exit(f"{path} holds {key} twice.")
            rows[key] = [float(row[column]) if row[column] else None for column in COLUMNS]
    return rows


def same_kind(a, b):
    """Tell whether both numbers are finite, or both are missing, not-a-number or the same infinity."""
    if a is None or b is None:
        return a is b
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    return True


def compare(name, ours, reference, whole):
    """Print how far two results are apart, and return whether they agree."""
    shared = sorted(ours.keys() & reference.keys())
    only_ours, only_reference = len(ours) - len(shared), len(reference) - len(shared)
    good = bool(shared) and (not whole or (only_ours == 0 and only_reference == 0))
    parts = []
    for place, column in enumerate(COLUMNS):
        largest = scaled = 0.0
        kinds = 0
        for key in shared:
            a, b = ours[key][place], reference[key][place]
            if not same_kind(a, b):
                kinds += 1
            elif a is not None and math.isfinite(a):
                largest = max(largest, abs(a - b))
                scaled = max(scaled, abs(a - b) / max(1.0, abs(b)))
        good = good and kinds == 0 and scaled <= TOLERANCE
        parts.append(f"{column} {largest:.1e}" + (f" ({kinds} rows differ in kind)" if kinds else ""))
    print(f"* {name}: {len(shared)} shared rows, {only_ours} only in the first, {only_reference} only in the second; "
          f"largest absolute difference: {', '.join(parts)}. {'Equal.' if good else 'NOT EQUAL.'}")
    return good


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    work = sys.argv[1]
    runs = {}
    with open(os.path.join(work, "times.csv"), encoding="utf-8", newline="") as file:
        for label, cpu, wall, memory in csv.reader(file):
            runs.setdefault(label, []).append((float(cpu), float(wall), float(memory)))
    results = {name: read(os.path.join(work, name + ".csv"))
               for name in ("polars", "lode", "golden") if os.path.exists(os.path.join(work, name + ".csv"))}
    scores = {"polars": len(results["polars"]), "lode": len(results.get("lode", {}))}
    peer = os.path.join(work, "peer.json")
    if os.path.exists(peer):
        with open(peer, encoding="utf-8") as file:
            scores["geopolrisk-py"] = json.loads(file.read().strip().splitlines()[-1])["scores"]
    # Every ratio is against polars with one thread, the program to beat.
    base = statistics.median(run[0] for run in runs["polars-1"])

    print("| program | runs | scores | CPU median (s) | CPU min-max (s) | elapsed median (s) | memory (MB) | "
          "CPU per score (ms) | CPU against polars, one thread |")
    print("|---|---|---|---|---|---|---|---|---|")
    for label, name in LABELS:
        if label not in runs:
            continue
        cpu = [run[0] for run in runs[label]]
        count = 0 if label == "polars-start" else scores[label if label in scores else label.split("-")[0]]
        median = statistics.median(cpu)
        each = f"{1000 * median / count:.4g}" if count else ""
        print(f"| {name} | {len(cpu)} | {count} | {median:.3f} | {min(cpu):.3f}-{max(cpu):.3f} | "
              f"{statistics.median(run[1] for run in runs[label]):.3f} | {max(run[2] for run in runs[label]):.0f} | "
              f"{each} | {median / base:.3g} |")
    print()
    print("The rows of geopolrisk-py and of the others differ in their number of scores and in what their start includes: see the README.")
    print()

    good = True
    if "lode" in results:
        good = compare("Lode against polars", results["lode"], results["polars"], whole=True)
    else:
        print("* Lode was not run, so its table rows and its equality check are missing.")
    if "golden" in results:
        # geopolrisk-py also returns scores for pairs without any trade row, so only the shared rows are compared.
        good = compare("polars against geopolrisk-py", results["polars"], results["golden"], whole=False) and good
    sys.exit(0 if good else 1)


main()
