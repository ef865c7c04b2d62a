"""Run geopolrisk-py itself and report how much processor time one score costs.

Usage: HOME=<a writable folder> python peer_geopolrisk.py OUT [SCORES]

The scores are those of one importer, Japan, for the package's own list of raw materials over one to three years.
SCORES says how many are wanted, from 1 to three times the number of materials, and it is 159 unless given.
The package computes a full grid of years and materials, so the count is rounded up to the next full grid.
Nothing else is computed, and all the work happens in one call, because every call maps the trade table anew.
OUT becomes a CSV file with the columns of polars_floor.py, so the two can be compared.
The package writes logs and results under HOME, which is why HOME must be a folder to throw away.
"""
import contextlib
import csv
import io
import json
import math
import os
import resource
import sys
import time

JAPAN = 392
YEARS = [2020, 2021, 2022]


def cpu():
    """Return the user and system processor time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    out = sys.argv[1]
    wanted = int(sys.argv[2]) if len(sys.argv) == 3 else None
    wall = time.perf_counter()
    at_start = cpu()
    # The package reads its whole database while it is imported, and it shows progress bars on the error output.
    with contextlib.redirect_stderr(io.StringIO()):
        import geopolrisk.assessment.main as package
        from geopolrisk.assessment.utils import default_rmlist
    after_import = cpu()

    materials = default_rmlist()
    if wanted is None:
        wanted = len(YEARS) * len(materials)
    if not 1 <= wanted <= len(YEARS) * len(materials):
        sys.exit(f"SCORES must lie between 1 and {len(YEARS) * len(materials)}.")
    years = YEARS[:math.ceil(wanted / len(materials))]
    materials = materials[:math.ceil(wanted / len(years))]
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        table = package.gprs_calc(years, ["Japan"], materials)
    after_scores = cpu()

    scores = len(years) * len(materials)
    # The package stops at its first error without saying so, which would make it look fast.
    if len(table) != scores:
        sys.exit(f"geopolrisk-py returned {len(table)} scores instead of {scores}.")
    columns = ["Raw Material", "Year", "HHI", "Import Risk", "GeoPolRisk Score", "Price"]
    rows = [(material, int(year), JAPAN, float(hhi), float(risk), float(score), float(price))
            for material, year, hhi, risk, score, price in table[columns].itertuples(index=False)]
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["raw_material", "year", "importer", "hhi", "import_risk", "score", "price"])
        writer.writerows(sorted(rows))
    print(json.dumps({
        "scores": scores, "years": years, "materials": len(materials),
        "import_cpu": round(after_import - at_start, 2), "calculation_cpu": round(after_scores - after_import, 2),
        "total_cpu": round(after_scores, 2), "cpu_per_score": round(after_scores / scores, 4),
        "wall": round(time.perf_counter() - wall, 2)}))


main()
