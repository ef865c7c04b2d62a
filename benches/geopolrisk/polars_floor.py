"""The comparison program: every GeoPolRisk score at once, with polars, from plain CSV files.

Usage: python polars_floor.py DIR OUT

DIR holds the four files that export.py writes.
OUT becomes one CSV file: raw_material,year,importer,hhi,import_risk,score,price.
The README states what each quantity means, and this program and any other one must agree on it.
"""
import sys

import polars as pl

folder, out = sys.argv[1].rstrip("/") + "/", sys.argv[2]

# The map from commodity codes to raw materials. A material needs a usable first code and a symbol to count.
hs_map = pl.read_csv(folder + "hs_map.csv", infer_schema=False).filter(
    (pl.col("hs") != "Not Available") & pl.col("symbol").is_not_null())
codes = (
    hs_map.select("raw_material", hs=pl.concat_str("hs", "hs_complementary", separator=";", ignore_nulls=True).str.split(";"))
    .explode("hs").with_columns(pl.col("hs").str.strip_chars().cast(pl.Int32)).unique())

# Production, one row per material, producer and year. The world total rows carry the country code DELETE.
wide = pl.read_csv(folder + "production.csv", infer_schema=False, null_values="").filter(pl.col("country_code") != "DELETE")
years = [name for name in wide.columns if name.isdigit()]
production = (
    wide.join(hs_map.select("raw_material", "sheet"), on="sheet")
    .with_columns(pl.col("country_code").cast(pl.Int32).alias("importer"),
                  pl.when(pl.col("unit").first().over("sheet") == "kg").then(0.001).otherwise(1.0).alias("tonnes"))
    .unpivot(on=years, index=["raw_material", "importer", "tonnes"], variable_name="year", value_name="quantity")
    .with_columns(pl.col("year").cast(pl.Int32), pl.col("quantity").cast(pl.Float64).fill_null(0.0)))
whole = pl.col("quantity").floor()
# A material without any production in a year has no concentration: its rows stay, with an empty hhi and an empty score.
hhi = production.group_by("raw_material", "year").agg(
    hhi=pl.when(whole.sum() != 0).then((whole * whole).sum() / whole.sum() ** 2))
production = production.select(
    "raw_material", "year", "importer", produced=pl.col("quantity") * pl.col("tonnes")
).unique(["raw_material", "year", "importer"], keep="first", maintain_order=True)

# Governance of the exporter. The text "nan" becomes not-a-number, and any other text that is no number becomes missing.
governance = (
    pl.read_csv(folder + "governance.csv", infer_schema=False, columns=["country_code"] + years)
    .unpivot(index="country_code", variable_name="year", value_name="wgi")
    .select(pl.col("year").cast(pl.Int32), pl.col("country_code").cast(pl.Int32, strict=False).alias("exporter"),
            pl.col("wgi").cast(pl.Float64, strict=False))
    .drop_nulls("exporter").unique(["year", "exporter"], keep="first", maintain_order=True))

# Trade. Only years with production can give a score, so the scan drops the others while it reads.
trade = pl.scan_csv(folder + "baci_trade.csv", schema={
    "year": pl.Int32, "exporter": pl.Int32, "importer": pl.Int32, "hs": pl.Int32,
    "value": pl.Float64, "quantity": pl.Float64})
result = (
    trade.filter(pl.col("year").is_between(min(map(int, years)), max(map(int, years))))
    .join(codes.lazy(), on="hs")
    .join(governance.lazy(), on=["year", "exporter"], how="left")
    # The gaps are filled before the product: no quantity times not-a-number must stay not-a-number.
    .with_columns(pl.col("quantity").fill_null(0.0), pl.col("value").fill_null(0.0), pl.col("wgi").fill_null(0.5))
    .group_by("raw_material", "year", "importer")
    .agg(risk=(pl.col("quantity") * pl.col("wgi")).sum(), imported=pl.col("quantity").sum(), value=pl.col("value").sum())
    .join(hhi.lazy(), on=["raw_material", "year"])
    .join(production.lazy(), on=["raw_material", "year", "importer"], how="left")
    .with_columns(import_risk=pl.col("risk") / (pl.col("imported") + pl.col("produced").fill_null(0.0)),
                  price=pl.col("value") / pl.col("imported"))
    .select("raw_material", "year", "importer", "hhi", "import_risk",
            score=pl.col("import_risk") * pl.col("hhi"), price="price"))
result.sort("raw_material", "year", "importer").collect().write_csv(out)
