//! Trade flows, kept sorted so that one importer's year is a slice.

use crate::{CountryCode, GrossTonnes, HsCode, NominalUsd, Provenance, Share, Year};
use std::collections::{BTreeMap, BTreeSet};

/// Whose record of a flow it is. The importer's and the exporter's differ, and both are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The importer's customs recorded it.
    Importer,
    /// The exporter's customs recorded it: the mirror.
    Exporter,
    /// The publisher made one figure of both.
    Reconciled,
}

impl Role {
    /// Every record, the package's own first.
    pub const ALL: [Self; 3] = [Self::Reconciled, Self::Importer, Self::Exporter];

    /// The word used in commands and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Importer => "importer",
            Self::Exporter => "exporter",
            Self::Reconciled => "reconciled",
        }
    }
}

/// What one country bought from another under one customs code in one year.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TradeFlow {
    /// Buyer.
    pub importer: CountryCode,
    /// Calendar year.
    pub year: Year,
    /// Seller.
    pub exporter: CountryCode,
    /// Value in nominal dollars.
    pub value: NominalUsd,
    /// Gross quantity; `None` where the source has none.
    pub quantity: Option<GrossTonnes>,
}

impl TradeFlow {
    fn key(&self) -> (CountryCode, Year, CountryCode) {
        (self.importer, self.year, self.exporter)
    }
}

/// All flows of a package with the provenance that they share.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeTable {
    flows: BTreeMap<HsCode, Vec<TradeFlow>>,
    provenance: Provenance,
    from_user: BTreeSet<(HsCode, CountryCode, Year)>,
}

impl TradeTable {
    /// Takes flows in any order.
    pub fn new(provenance: Provenance, mut flows: BTreeMap<HsCode, Vec<TradeFlow>>) -> Self {
        for rows in flows.values_mut() {
            if !rows.is_sorted_by_key(TradeFlow::key) {
                rows.sort_by_key(TradeFlow::key);
            }
        }
        Self { flows, provenance, from_user: BTreeSet::new() }
    }

    /// Puts a flow of the user's in place of the record's, or beside it if there is none.
    pub fn overlay(&mut self, code: HsCode, flow: TradeFlow) {
        let rows = self.flows.entry(code).or_default();
        match rows.binary_search_by_key(&flow.key(), TradeFlow::key) {
            Ok(index) => rows[index] = flow,
            Err(index) => rows.insert(index, flow),
        }
        self.from_user.insert((code, flow.importer, flow.year));
    }

    /// Whether any flow of one importer's year was given by the user.
    pub fn is_from_user(&self, code: HsCode, importer: CountryCode, year: Year) -> bool {
        self.from_user.contains(&(code, importer, year))
    }

    /// Where the flows come from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The codes with at least one flow.
    pub fn codes(&self) -> impl Iterator<Item = HsCode> + '_ {
        self.flows.keys().copied()
    }

    /// All flows of one code, sorted by importer, year and exporter.
    pub fn of_code(&self, code: HsCode) -> &[TradeFlow] {
        self.flows.get(&code).map_or(&[], Vec::as_slice)
    }

    /// What one importer bought under one code in one year, sorted by exporter.
    pub fn imports(&self, code: HsCode, importer: CountryCode, year: Year) -> &[TradeFlow] {
        let rows = self.of_code(code);
        let start = rows.partition_point(|flow| (flow.importer, flow.year) < (importer, year));
        let end = rows.partition_point(|flow| (flow.importer, flow.year) <= (importer, year));
        &rows[start..end]
    }

    /// What one importer bought under one code in all years, sorted by year and exporter.
    pub fn imports_all_years(&self, code: HsCode, importer: CountryCode) -> &[TradeFlow] {
        let rows = self.of_code(code);
        let start = rows.partition_point(|flow| flow.importer < importer);
        let end = rows.partition_point(|flow| flow.importer <= importer);
        &rows[start..end]
    }

    /// What one exporter sold under one code in one year.
    pub fn exports(&self, code: HsCode, exporter: CountryCode, year: Year) -> impl Iterator<Item = &TradeFlow> + '_ {
        self.of_code(code).iter().filter(move |flow| flow.exporter == exporter && flow.year == year)
    }

    /// The newest year with a flow, over all codes.
    pub fn newest_year(&self) -> Option<Year> {
        self.flows.values().flatten().map(|flow| flow.year).max()
    }

    /// Number of flows.
    pub fn len(&self) -> usize {
        self.flows.values().map(Vec::len).sum()
    }

    /// Whether there is no flow at all.
    pub fn is_empty(&self) -> bool {
        self.flows.values().all(Vec::is_empty)
    }
}

/// Flows as one side's customs declared them, which the user gave.
#[derive(Clone, PartialEq, Debug)]
pub struct Declared {
    /// The flows.
    pub flows: TradeTable,
    /// Exporters, or importers, that declare anything under a code in a year: the silence of others is not zero.
    pub declarants: BTreeSet<(HsCode, Year, CountryCode)>,
    /// What is to know of a year's flows, e.g. that months are missing.
    pub notes: BTreeMap<Year, BTreeSet<String>>,
}

/// A share by value derived from a top-partner extract.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeShare {
    /// Customs code.
    pub hs_code: HsCode,
    /// Buyer.
    pub importer: CountryCode,
    /// Calendar year.
    pub year: Year,
    /// Seller.
    pub exporter: CountryCode,
    /// Share of the importer's recorded import value.
    pub value_share: Share,
    /// Number of partners in the extract.
    pub partners: Option<i64>,
    /// Where it comes from.
    pub provenance: Provenance,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataQuality, OriginId};

    fn table(flows: Vec<TradeFlow>) -> TradeTable {
        let provenance = Provenance {
            quality: DataQuality::Reported,
            as_of: "2024".into(),
            origin: OriginId::new("constructed"),
            note: String::new(),
        };
        TradeTable::new(provenance, BTreeMap::from([(HsCode::parse("284690").unwrap(), flows)]))
    }

    #[test]
    fn one_importers_year_is_found_whatever_the_order_of_rows() {
        let flow = |importer: &str, year, exporter: &str, tonnes| TradeFlow {
            importer: CountryCode::parse(importer).unwrap(),
            year,
            exporter: CountryCode::parse(exporter).unwrap(),
            value: NominalUsd::new(1.0),
            quantity: Some(GrossTonnes::new(tonnes)),
        };
        let table = table(vec![
            flow("USA", 2020, "CHN", 5.0),
            flow("JPN", 2021, "CHN", 4.0),
            flow("JPN", 2020, "VNM", 2.0),
            flow("JPN", 2020, "CHN", 1.0),
        ]);
        let code = HsCode::parse("284690").unwrap();
        let japan = CountryCode::parse("JPN").unwrap();
        let sellers: Vec<String> =
            table.imports(code, japan, 2020).iter().map(|flow| flow.exporter.to_string()).collect();
        assert_eq!(sellers, ["CHN", "VNM"]);
        assert_eq!(table.imports_all_years(code, japan).len(), 3);
        assert_eq!(table.exports(code, CountryCode::parse("CHN").unwrap(), 2020).count(), 2);
        assert_eq!(table.newest_year(), Some(2021));
        assert!(table.imports(code, japan, 1999).is_empty());
    }
}
