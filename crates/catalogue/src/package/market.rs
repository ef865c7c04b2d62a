//! Rows of the tables market_* as nouns.

use super::table::Row;
use lode_model::*;

pub(super) fn region(row: &Row) -> MarketRegion {
    MarketRegion {
        id: row.text("region"),
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        members: row.list("members"),
        provenance: row.provenance(),
    }
}

pub(super) fn form(row: &Row) -> Option<MarketForm> {
    Some(MarketForm {
        id: FormId::new(row.get("form")),
        chain: row.text("chain"),
        commodity: row.commodity("commodity"),
        stage: row.stage("stage")?,
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        basis: row.text("basis"),
        hs_codes: row.list("hs_codes").iter().filter_map(|code| HsCode::parse(code)).collect(),
        content: row.number("content"),
        provenance: row.provenance(),
    })
}

pub(super) fn price(row: &Row) -> MarketPrice {
    MarketPrice {
        year: row.year("year"),
        form: FormId::new(row.get("form")),
        market: row.text("market"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn process(row: &Row) -> MarketProcess {
    MarketProcess {
        id: ProcessId::new(row.get("process")),
        name_en: row.text("name_en"),
        name_ja: row.text("name_ja"),
        host: row.text("host"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn recipe(row: &Row) -> MarketRecipe {
    MarketRecipe {
        process: ProcessId::new(row.get("process")),
        form: FormId::new(row.get("form")),
        makes: row.get("role") == "makes",
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn plant(row: &Row) -> MarketPlant {
    MarketPlant {
        year: row.year("year"),
        region: row.text("region"),
        process: ProcessId::new(row.get("process")),
        capacity: row.get("metric") == "capacity",
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn market_use(row: &Row) -> MarketUse {
    MarketUse {
        year: row.year("year"),
        region: row.text("region"),
        form: FormId::new(row.get("form")),
        use_id: row.text("use"),
        industry: row.text("industry"),
        metric: if row.get("metric") == "amount" { UseMetric::Amount } else { UseMetric::ValueAtStake },
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn flow(row: &Row) -> MarketFlow {
    MarketFlow {
        year: row.year("year"),
        form: FormId::new(row.get("form")),
        exporter: row.text("exporter"),
        importer: row.text("importer"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}

pub(super) fn transit(row: &Row) -> MarketTransit {
    MarketTransit {
        exporter: row.text("exporter"),
        importer: row.text("importer"),
        quantity: row.quantity(),
        provenance: row.provenance(),
    }
}
