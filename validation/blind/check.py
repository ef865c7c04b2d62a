"""Shares and concentration of imports computed without any of Lode's code, for importers and minerals that a random draw
chose. Prints what stands in expected.csv.

usage: python3 check.py FOLDER_OF_RELEASES
"""
import csv
import random
import sys

CODES = {"tantalum": {"810310"}, "vanadium": {"282530", "720292"}, "tungsten": {"261100", "810110"}, "bismuth": {"810600"},
         "molybdenum": {"261390"}, "lithium": {"283691", "282520"}, "fluorspar": {"252922"}, "antimony": {"261710"}}
IMPORTERS = ["DEU", "KOR", "USA", "GBR", "ITA", "MEX", "THA", "SWE", "ZAF", "TUR", "POL", "NLD"]

draw = random.Random(20261124)
cases = {(draw.choice(IMPORTERS), draw.choice(sorted(CODES)), str(draw.randint(2006, 2024))) for _ in range(6)}
flows = {case: {"quantity": {}, "value": {}} for case in cases}
with open(sys.argv[1] + "/data/baci_critical_minerals_1995_2024.csv") as file:
    for row in csv.DictReader(file):
        for case in cases:
            if row["importer_iso3"] == case[0] and row["hs92"] in CODES[case[1]] and row["year"] == case[2]:
                for basis, column in (("quantity", "quantity_t"), ("value", "value_kusd")):
                    if row[column]:
                        amounts = flows[case][basis]
                        amounts[row["exporter_iso3"]] = amounts.get(row["exporter_iso3"], 0.0) + float(row[column])
print("importer,commodity,year,basis,partner,share,hhi")
for case in sorted(cases):
    for basis, amounts in flows[case].items():
        total = sum(amounts.values())
        partner = min(amounts, key=lambda code: (-amounts[code], code))
        print(*case, basis, partner, f"{amounts[partner] / total:.9f}", f"{sum((a / total) ** 2 for a in amounts.values()):.9f}", sep=",")
