//! Who supplies an economy, or the world, with how much: the amounts that shares and concentrations are taken of.
//!
//! The world is supplied by production at a stage; an economy by its imports, trade among its members left out.

use crate::{Band, Basis, Concentration, Measure, Query};
use lode_model::*;
use std::collections::{BTreeMap, BTreeSet};

/// A note names at most this many countries.
const MOST_NAMED: usize = 5;

/// Assumption: a quantity this many times the larger of the years before and after is looked at again.
pub const OUTLIER_RATIO: &str = "outlier-ratio";
/// Assumption: flows below this share of the importer's quantity under the code are not looked at.
pub const OUTLIER_LEAST_SHARE: &str = "outlier-least-share";

/// Assumption: how far an output that its source marks as an estimate may be off, as a part of it.
pub const ESTIMATE_BAND: &str = "estimate-band";

/// Amounts by supplier, with the rival amounts that the data leave room for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Suppliers {
    /// Amounts as recorded.
    pub recorded: Vec<(CountryCode, f64)>,
    /// Amount of suppliers that the source does not name.
    pub unnamed: f64,
    /// The same amounts read in other defensible ways, each with what was done.
    pub rivals: Vec<(String, Vec<(CountryCode, f64)>)>,
    /// Amounts under customs codes that hold other commodities too; counted in `recorded` as well.
    pub mixed: BTreeMap<CountryCode, f64>,
    /// Why codes are mixed.
    pub mixed_reason: String,
}

impl Suppliers {
    /// Shares of the recorded amounts; unnamed suppliers count in the total.
    pub fn concentration(&self) -> Concentration {
        Self::with_unnamed(&self.recorded, self.unnamed)
    }

    fn with_unnamed(amounts: &[(CountryCode, f64)], unnamed: f64) -> Concentration {
        let mut mix = Concentration::new(amounts.iter().copied());
        if unnamed > 0.0 && mix.total > 0.0 {
            let total = mix.total + unnamed;
            mix.shares.iter_mut().for_each(|(_, share)| *share *= mix.total / total);
            mix.total = total;
        }
        mix
    }

    /// A figure of the recorded amounts with the band that the rivals span; bounds alone if any code is mixed.
    pub fn figure(&self, figure: impl Fn(&Concentration) -> Option<f64>) -> Band {
        let Some(value) = figure(&self.concentration()) else { return Band::UNKNOWN };
        let rivals = self.rivals.iter().filter_map(|(_, amounts)| figure(&Self::with_unnamed(amounts, self.unnamed)));
        Band::spanning(value, rivals)
    }

    /// Share of some suppliers, bounded where codes are mixed: each flow under a mixed code may hold all or nothing.
    pub fn share_of(&self, partner: impl Fn(CountryCode) -> bool) -> Band {
        if self.mixed.is_empty() {
            let share = |mix: &Concentration| {
                (mix.total > 0.0)
                    .then(|| mix.shares.iter().filter(|(code, _)| partner(*code)).map(|(_, share)| share).sum())
            };
            return self.figure(share);
        }
        let (mut own_pure, mut own_mixed, mut other_pure, mut other_mixed) = (0.0, 0.0, self.unnamed, 0.0);
        for (code, amount) in &self.recorded {
            let mixed = self.mixed.get(code).copied().unwrap_or(0.0);
            if partner(*code) {
                own_pure += amount - mixed;
                own_mixed += mixed;
            } else {
                other_pure += amount - mixed;
                other_mixed += mixed;
            }
        }
        let share = |own: f64, other: f64| if own + other > 0.0 { Some(own / (own + other)) } else { None };
        match (share(own_pure, other_pure + other_mixed), share(own_pure + own_mixed, other_pure)) {
            (Some(low), Some(high)) => Band::bounds(low, high),
            // Only the partner, or nobody but the partner, sells under these codes.
            (None, Some(high)) => Band::bounds(high, high),
            (Some(low), None) => Band::bounds(low, low),
            (None, None) => Band::UNKNOWN,
        }
    }
}

/// Who supplies in a year, and the measure that has taken note of the records used.
pub fn suppliers(world: &World, query: &Query, year: Year, measure: Measure) -> Result<(Suppliers, Measure), Measure> {
    if query.country.is_world() {
        producers(world, query, year, measure)
    } else {
        importers(world, query, year, measure)
    }
}

// ------------------------------------------------------------------------------------------------------ production

fn producers(world: &World, query: &Query, year: Year, mut measure: Measure) -> Result<(Suppliers, Measure), Measure> {
    let stage = query.stage.unwrap_or(Stage::Mine);
    measure.stage = Some(stage);
    let output = output_by_country(world, &query.commodity, stage, year);
    let Some(first) = output.countries.values().next() else {
        return published_shares(world, query, stage, year, measure);
    };
    measure.basis = format!("production in {}", mass(&first.quantity));
    let mut suppliers = Suppliers { unnamed: output.unnamed(), ..Suppliers::default() };
    for (country, record) in &output.countries {
        measure.uses(&record.provenance);
        suppliers.recorded.extend(record.quantity.value.map(|value| (*country, value)));
    }
    let band =
        world.assumptions.get(ESTIMATE_BAND).filter(|_| output.countries.values().any(|record| is_estimate(record)));
    if let Some(assumption) = band {
        measure.origins.insert(assumption.provenance.origin.clone());
    }
    let band = band.and_then(|assumption| assumption.quantity.value).unwrap_or(0.0);
    if band > 0.0 {
        measure.note(format!(
            "the band takes estimates of output to be off by up to {:.0} % ({ESTIMATE_BAND})",
            band * 100.0
        ));
    }
    for (index, (country, _)) in suppliers.recorded.clone().into_iter().enumerate() {
        for (what, rival) in output.rivals(country, band) {
            let mut amounts = suppliers.recorded.clone();
            amounts[index].1 = rival;
            suppliers.rivals.push((what, amounts));
        }
    }
    if !output.withheld.is_empty() {
        let names: Vec<String> = output.withheld.iter().map(|country| world.country_name(*country)).collect();
        measure.note(format!("withheld by the source and not counted: {}", names.join(", ")));
    }
    Ok((suppliers, measure))
}

/// Whether the source marks an output as an estimate and gives no range of its own.
fn is_estimate(record: &Production) -> bool {
    let guessed =
        matches!(record.provenance.quality, DataQuality::Estimated | DataQuality::Imputed | DataQuality::Assumed);
    guessed && record.quantity.low.is_none() && record.quantity.high.is_none()
}

/// Unit and mass basis in words: `t REO`, `t`, `percent`.
fn mass(quantity: &Quantity) -> &str {
    if quantity.basis.is_empty() { &quantity.unit } else { &quantity.basis }
}

/// Where nobody publishes output by country, a published share of the world stands in; the rest is unnamed.
fn published_shares(
    world: &World,
    query: &Query,
    stage: Stage,
    year: Year,
    mut measure: Measure,
) -> Result<(Suppliers, Measure), Measure> {
    let shares = || {
        world.production.iter().filter(|record| {
            record.commodity == query.commodity
                && record.stage == stage
                && record.year == year
                && record.metric == ProductionMetric::Share
                && record.entity.is_empty()
                && record.quantity.value.is_some()
        })
    };
    // The widest product: the whole stage if there is one, else the one of which most countries are known.
    let mut products: BTreeMap<&str, usize> = BTreeMap::new();
    shares().for_each(|record| *products.entry(&record.product).or_default() += 1);
    let widest =
        products.iter().max_by_key(|(product, count)| (product.is_empty(), **count, std::cmp::Reverse(**product)));
    let Some(product) = widest.map(|(product, _)| *product) else {
        return Err(measure.not_enough_data(&missing_production(world, &query.commodity, stage, year)));
    };
    measure.basis =
        format!("published shares{}", if product.is_empty() { String::new() } else { format!(" of {product}") });
    measure.note("published shares of the world: output by country is not published");
    let of_product = || shares().filter(|record| record.product == product);
    let mut suppliers = Suppliers::default();
    for record in of_product().filter(|record| record.preferred) {
        measure.uses(&record.provenance);
        match record.country {
            CountryCode::OTHER | CountryCode::WORLD => {}
            country => suppliers.recorded.extend(record.quantity.value.map(|value| (country, value))),
        }
    }
    for rival in of_product().filter(|record| !record.preferred) {
        let Some(place) = suppliers.recorded.iter().position(|(country, _)| *country == rival.country) else {
            continue;
        };
        let mut amounts = suppliers.recorded.clone();
        amounts[place].1 = rival.quantity.value.unwrap_or(0.0);
        suppliers.rivals.push((format!("{} by {}", rival.country, rival.provenance.origin.as_str()), amounts));
    }
    let named: f64 = suppliers.recorded.iter().map(|(_, percent)| percent).sum();
    suppliers.unnamed = (100.0 - named).max(0.0);
    Ok((suppliers, measure))
}

/// Output of each country at a stage in a year, as far as one unit and basis carries.
pub struct Output<'w> {
    /// The record used for each country.
    pub countries: BTreeMap<CountryCode, &'w Production>,
    /// Records of other sources for the same countries.
    pub others: Vec<&'w Production>,
    /// Countries whose output is withheld.
    pub withheld: Vec<CountryCode>,
    /// Printed total, or sum of countries not named.
    pub total: Option<&'w Production>,
    /// Record of countries not named.
    pub other_countries: Option<&'w Production>,
}

impl Output<'_> {
    /// Sum of the named countries.
    pub fn named(&self) -> f64 {
        self.countries.values().filter_map(|record| record.quantity.value).sum()
    }

    /// What the source gives to countries that it does not name.
    pub fn unnamed(&self) -> f64 {
        let total = self.total.and_then(|record| record.quantity.value).map(|total| total - self.named());
        let other = self.other_countries.and_then(|record| record.quantity.value);
        // World totals are rounded: a small or negative remainder is rounding, not output.
        match other.or(total) {
            Some(rest) if rest > 0.01 * self.named() => rest,
            _ => 0.0,
        }
    }

    /// Output of one country by rival readings; an estimate may be off by a part of it.
    fn rivals(&self, country: CountryCode, band: f64) -> Vec<(String, f64)> {
        let own = self.countries.get(&country);
        let unit = own.map(|record| (&record.quantity.unit, &record.quantity.basis));
        let same = self.others.iter().filter(|record| {
            record.country == country && unit == Some((&record.quantity.unit, &record.quantity.basis))
        });
        let mut rivals: Vec<(String, f64)> = same
            .filter_map(|record| {
                record
                    .quantity
                    .value
                    .map(|value| (format!("{country} by {}", record.provenance.origin.as_str()), value))
            })
            .collect();
        if let Some(record) = own {
            rivals.extend(record.quantity.low.map(|low| (format!("{country} at its low"), low)));
            rivals.extend(record.quantity.high.map(|high| (format!("{country} at its high"), high)));
            if let Some(value) = record.quantity.value.filter(|_| is_estimate(record) && band > 0.0) {
                rivals.extend(
                    [1.0 - band, 1.0 + band].map(|factor| (format!("{country} times {factor}"), value * factor)),
                );
            }
        }
        rivals
    }
}

/// The output of every country; of plants and narrower products nothing is counted.
pub fn output_by_country<'w>(world: &'w World, commodity: &CommodityId, stage: Stage, year: Year) -> Output<'w> {
    let whole = world.production.iter().filter(|record| {
        record.commodity == *commodity
            && record.stage == stage
            && record.year == year
            && record.metric == ProductionMetric::Production
            && record.entity.is_empty()
            && record.product.is_empty()
    });
    let mut output = Output {
        countries: BTreeMap::new(),
        others: Vec::new(),
        withheld: Vec::new(),
        total: None,
        other_countries: None,
    };
    // One source for all countries: sources differ in what they count, and a mixture is nobody's figure. It is the one
    // of which most countries are preferred; what the user gives belongs to it.
    let user = |record: &Production| record.provenance.quality == DataQuality::User;
    let of = |record: &'w Production| {
        (&record.provenance.origin, record.quantity.unit.as_str(), record.quantity.basis.as_str())
    };
    let mut sources: BTreeMap<(&OriginId, &str, &str), usize> = BTreeMap::new();
    for record in whole.clone().filter(|record| record.preferred && record.quantity.value.is_some() && !user(record)) {
        *sources.entry(of(record)).or_default() += 1;
    }
    let chosen = sources.into_iter().max_by_key(|(source, count)| (*count, std::cmp::Reverse(*source)));
    let chosen = chosen.map(|(source, _)| source).or_else(|| whole.clone().find(|record| user(record)).map(of));
    let Some((origin, unit, basis)) = chosen else { return output };
    for record in whole {
        let belongs = record.provenance.origin == *origin || user(record);
        if record.quantity.value.is_none() {
            if belongs && record.provenance.quality == DataQuality::Withheld {
                output.withheld.push(record.country);
            }
        } else if (record.quantity.unit.as_str(), record.quantity.basis.as_str()) != (unit, basis) {
            continue;
        } else if !belongs {
            output.others.push(record);
        } else if record.country == CountryCode::WORLD {
            output.total = Some(record);
        } else if record.country == CountryCode::OTHER {
            output.other_countries = Some(record);
        } else if user(record) || !output.countries.contains_key(&record.country) {
            output.countries.insert(record.country, record);
        }
    }
    output
}

pub(crate) fn missing_production(world: &World, commodity: &CommodityId, stage: Stage, year: Year) -> String {
    let years: Vec<Year> = world
        .production
        .iter()
        .filter(|record| {
            record.commodity == *commodity && record.stage == stage && record.metric == ProductionMetric::Production
        })
        .filter(|record| record.country.is_single() && record.entity.is_empty() && record.product.is_empty())
        .filter(|record| record.quantity.value.is_some())
        .map(|record| record.year)
        .collect();
    match (years.iter().min(), years.iter().max()) {
        (Some(first), Some(last)) => {
            format!("production at stage {stage} in {year}; this package has {first} to {last}")
        }
        _ => format!("production by country at stage {stage}"),
    }
}

// ----------------------------------------------------------------------------------------------------------- trade

/// The customs codes that answer a question.
struct Codes<'w> {
    codes: Vec<(HsCode, Option<&'w Form>)>,
    label: String,
}

fn codes<'w>(world: &'w World, query: &Query, measure: &Measure) -> Result<Codes<'w>, Measure> {
    let missing = |what: String| measure.clone().not_enough_data(&what);
    let form_of = |code: HsCode| {
        let of_code = world.forms.iter().filter(move |form| form.hs_code == code);
        of_code
            .clone()
            .find(|form| form.commodity == query.commodity)
            .or_else(|| of_code.clone().find(|form| form.mixed))
    };
    if let Some(id) = &query.hs_set {
        let Some(set) = world.hs_sets.get(id) else {
            return Err(missing(format!("a set of customs codes named {}", id.as_str())));
        };
        return Ok(Codes {
            codes: set.codes.iter().map(|code| (*code, form_of(*code))).collect(),
            label: set.id.as_str().to_owned(),
        });
    }
    if let Some(stage) = query.stage.filter(|stage| *stage != Stage::Trade) {
        let mut found: Vec<(HsCode, Option<&Form>)> = world
            .forms
            .iter()
            .filter(|form| form.commodity == query.commodity && form.stage == stage)
            .map(|form| (form.hs_code, Some(form)))
            .collect();
        found.sort_by_key(|(code, _)| *code);
        found.dedup_by_key(|(code, _)| *code);
        if found.is_empty() {
            return Err(missing(format!("a customs code that holds {} at stage {stage}", query.commodity.as_str())));
        }
        let label = found.iter().map(|(code, _)| code.to_string()).collect::<Vec<_>>().join("+");
        return Ok(Codes { codes: found, label });
    }
    let Some(set) = world.default_hs_set(&query.commodity) else {
        return Err(missing(gap(world, &query.commodity).unwrap_or_else(|| "customs codes for it".into())));
    };
    Ok(Codes {
        codes: set.codes.iter().map(|code| (*code, form_of(*code))).collect(),
        label: set.id.as_str().to_owned(),
    })
}

/// What the package says about a missing trade record.
fn gap(world: &World, commodity: &CommodityId) -> Option<String> {
    world
        .gaps
        .iter()
        .find(|gap| gap.commodity == *commodity && gap.table == "trade")
        .map(|gap| format!("a trade record ({})", gap.reason))
}

fn importers(world: &World, query: &Query, year: Year, mut measure: Measure) -> Result<(Suppliers, Measure), Measure> {
    let codes = codes(world, query, &measure)?;
    let record = Record::of(world, query);
    measure.set_basis(query.basis, &record.label(&codes.label));
    measure.stage = measure.stage.or(Some(Stage::Trade));
    let mut gathered = Gathered::default();
    let mut partial = false;
    let mut silence = Silence::default();
    for (code, form) in &codes.codes {
        let flows = record.flows(query, *code, year, &mut silence);
        let mixed = form.filter(|form| form.mixed && form.commodity == query.commodity || is_part_of_code(form, query));
        if let Some(form) = mixed.filter(|_| !flows.is_empty()) {
            gathered.mixed_reason = mixed_reason(*code, form);
        }
        let top_partners_only = record.role == Role::Reconciled
            && flows.is_empty()
            && form.is_some_and(|form| form.record == TradeRecord::TopPartners);
        if top_partners_only {
            partial |= top_partners(world, query, *code, year, mixed.is_some(), &mut gathered, &mut measure);
        }
        gathered.add_code(query.basis, &flows, mixed.is_some());
    }
    if record.role != Role::Reconciled && !silence.broken {
        return Err(measure.not_enough_data(&record.missing(&codes.label, year)));
    }
    if gathered.amounts.values().sum::<f64>() <= 0.0 {
        let what = match (gathered.value_without_quantity > 0.0, gap(world, &query.commodity)) {
            (true, _) => format!("quantities: the record of {year} has values only; ask by value (--basis value)"),
            (false, Some(gap)) if record.role == Role::Reconciled => gap,
            (false, _) => record.missing(&codes.label, year),
        };
        return Err(measure.not_enough_data(&what));
    }
    if !partial {
        measure.uses(world.trade.provenance());
    }
    record.remark(world, year, &silence, &mut measure);
    if codes
        .codes
        .iter()
        .any(|(code, _)| query.country.members.iter().any(|member| world.trade.is_from_user(*code, *member, year)))
    {
        measure.quality = DataQuality::User;
        measure.origins.insert(OriginId::new("user"));
    }
    measure.quality = measure.quality.max(DataQuality::Derived);
    if !gathered.mixed.is_empty() {
        measure.note(gathered.mixed_reason.clone());
    }
    let rivals = if query.basis == Basis::Quantity {
        gathered.rivals(world, query, record.trade, &codes, year, &mut measure)
    } else {
        Vec::new()
    };
    Ok((
        Suppliers {
            recorded: gathered.amounts.into_iter().collect(),
            unnamed: 0.0,
            rivals,
            mixed: gathered.mixed,
            mixed_reason: gathered.mixed_reason,
        },
        measure,
    ))
}

/// The record of trade by which a question is answered.
struct Record<'w> {
    role: Role,
    /// The package's own.
    reconciled: &'w TradeTable,
    /// One side's; nothing if the user gave no such record.
    declared: Option<&'w Declared>,
    /// The record that is asked: for what was imported, its neighbouring years are asked too.
    trade: &'w TradeTable,
}

impl<'w> Record<'w> {
    fn of(world: &'w World, query: &Query) -> Self {
        let role = query.record.unwrap_or(Role::Reconciled);
        let declared = world.declared.get(&role);
        let trade = declared.map_or(&world.trade, |declared| &declared.flows);
        Self { role, reconciled: &world.trade, declared, trade }
    }

    fn label(&self, codes: &str) -> String {
        match self.role {
            Role::Reconciled => codes.to_owned(),
            Role::Importer => format!("{codes}, importer's record"),
            Role::Exporter => format!("{codes}, exporters' records"),
        }
    }

    /// What an economy bought from others under a code. Where the side that is asked declares nothing, the reconciled
    /// record stands in, and the answer names for what: silence is not zero.
    fn flows(
        &self,
        query: &Query,
        code: HsCode,
        year: Year,
        silence: &mut Silence,
    ) -> Vec<(CountryCode, &'w TradeFlow)> {
        let members = &query.country.members;
        let of = |trade: &'w TradeTable| {
            let flows = members
                .iter()
                .flat_map(move |member| trade.imports(code, *member, year).iter().map(move |flow| (*member, flow)));
            flows.filter(|(_, flow)| !query.country.contains(flow.exporter))
        };
        let Some(declared) = self.declared else { return of(self.reconciled).collect() };
        let declarant = |flow: &TradeFlow| if self.role == Role::Importer { flow.importer } else { flow.exporter };
        let mut flows: Vec<_> = of(&declared.flows).collect();
        let declares = |flow: &TradeFlow| declared.declarants.contains(&(code, year, declarant(flow)));
        let rest: Vec<_> = of(self.reconciled).filter(|(_, flow)| !declares(flow)).collect();
        silence.broken |= !flows.is_empty();
        if flows.is_empty() {
            silence.codes.insert(code);
        } else {
            silence.declarants.extend(rest.iter().map(|(_, flow)| declarant(flow)));
        }
        flows.extend(rest);
        flows
    }

    fn missing(&self, codes: &str, year: Year) -> String {
        let declared = match self.role {
            Role::Reconciled => return format!("imports under {codes} in {year}"),
            Role::Importer => "imports as the importer declared them",
            Role::Exporter => "exports to it as the exporters declared them",
        };
        format!("{declared}, under {codes} in {year}; give such a record with --trade FILE")
    }

    fn remark(&self, world: &World, year: Year, silence: &Silence, measure: &mut Measure) {
        let Some(declared) = self.declared else { return };
        measure.uses(declared.flows.provenance());
        for note in declared.notes.get(&year).into_iter().flatten() {
            measure.note(note);
        }
        let mut silent: Vec<String> = silence.codes.iter().map(|code| format!("customs code {code}")).collect();
        silent.extend(silence.declarants.iter().take(MOST_NAMED).map(|code| world.country_name(*code)));
        if silence.declarants.len() > MOST_NAMED {
            silent.push(format!("{} other countries", silence.declarants.len() - MOST_NAMED));
        }
        if !silent.is_empty() {
            let silent = silent.join(", ");
            measure.note(format!("not declared in the user's files, the reconciled record stands in: {silent}"));
        }
        if self.role == Role::Exporter {
            measure.note(
                "exports are valued without freight, and what goes through a third country may be declared to it",
            );
        }
    }
}

/// For what the side that is asked declares nothing.
#[derive(Default)]
struct Silence {
    codes: BTreeSet<HsCode>,
    declarants: BTreeSet<CountryCode>,
    /// Whether it declares anything.
    broken: bool,
}

/// A set of one commodity's codes may be asked about another commodity that shares them.
fn is_part_of_code(form: &Form, query: &Query) -> bool {
    form.commodity != query.commodity && form.mixed && form.contains.iter().any(|name| name == query.commodity.as_str())
}

fn mixed_reason(code: HsCode, form: &Form) -> String {
    let contains = if form.contains.is_empty() { "other commodities".to_owned() } else { form.contains.join(", ") };
    format!("customs code {code} bundles {contains}: the share of one of them can only be bounded")
}

fn top_partners(
    world: &World,
    query: &Query,
    code: HsCode,
    year: Year,
    mixed: bool,
    gathered: &mut Gathered,
    measure: &mut Measure,
) -> bool {
    let of_year = world.trade_shares.iter().filter(|share| share.hs_code == code && share.year == year);
    let shares: Vec<&TradeShare> = of_year.filter(|share| query.country.contains(share.importer)).collect();
    // Shares of several importers cannot be added without their weights.
    if shares.iter().any(|share| share.importer != shares[0].importer) {
        measure.note(format!("customs code {code}: shares of each member only, which cannot be added up"));
        return false;
    }
    let mut found = false;
    for share in shares {
        found = true;
        if query.basis == Basis::Value {
            *gathered.amounts.entry(share.exporter).or_default() += share.value_share.value();
            if mixed {
                *gathered.mixed.entry(share.exporter).or_default() += share.value_share.value();
            }
        } else {
            gathered.value_without_quantity += share.value_share.value();
        }
        measure.uses(&share.provenance);
    }
    if found {
        measure.note(format!("customs code {code}: shares of the largest partners only, by value"));
    }
    found
}

#[derive(Default)]
struct Gathered {
    amounts: BTreeMap<CountryCode, f64>,
    mixed: BTreeMap<CountryCode, f64>,
    mixed_reason: String,
    /// Quantities imputed from value at the importer's mean price under the code, where the record has none.
    imputed: BTreeMap<CountryCode, f64>,
    value_without_quantity: f64,
}

impl Gathered {
    fn add_code(&mut self, basis: Basis, flows: &[(CountryCode, &TradeFlow)], mixed: bool) {
        let known = flows.iter().filter_map(|(_, flow)| flow.quantity.map(|quantity| (flow.value, quantity)));
        let (value, quantity) =
            known.fold((NominalUsd::ZERO, GrossTonnes::ZERO), |sum, flow| (sum.0 + flow.0, sum.1 + flow.1));
        for (_, flow) in flows {
            let amount = match basis {
                Basis::Value => Some(flow.value.value()),
                Basis::Quantity => flow.quantity.map(GrossTonnes::value),
            };
            match amount {
                Some(amount) => {
                    *self.amounts.entry(flow.exporter).or_default() += amount;
                    if mixed {
                        *self.mixed.entry(flow.exporter).or_default() += amount;
                    }
                }
                None => {
                    self.value_without_quantity += flow.value.value();
                    if value.value() > 0.0 && quantity.value() > 0.0 {
                        *self.imputed.entry(flow.exporter).or_default() += (flow.value / (value / quantity)).value();
                    }
                }
            }
        }
    }

    fn rivals(
        &self,
        world: &World,
        query: &Query,
        trade: &TradeTable,
        codes: &Codes<'_>,
        year: Year,
        measure: &mut Measure,
    ) -> Vec<(String, Vec<(CountryCode, f64)>)> {
        let mut rivals = Vec::new();
        let mut with = |what: String, changes: &BTreeMap<CountryCode, f64>| {
            let mut amounts = self.amounts.clone();
            for (country, change) in changes {
                *amounts.entry(*country).or_default() += change;
            }
            rivals.push((what, amounts.into_iter().collect()));
        };
        if !self.imputed.is_empty() {
            let sum: f64 = self.imputed.values().sum();
            let share = sum / (sum + self.amounts.values().sum::<f64>());
            if share >= 0.001 {
                let what = format!(
                    "flows without a quantity, about {:.1} % of the tonnes, left out; the band counts them at the mean price",
                    share * 100.0
                );
                measure.note(what.clone());
                with(what, &self.imputed);
            }
        }
        let mut replaced: BTreeMap<CountryCode, f64> = BTreeMap::new();
        for (code, _) in &codes.codes {
            for member in &query.country.members {
                for outlier in outliers(world, trade, *member, *code, year)
                    .into_iter()
                    .filter(|outlier| !query.country.contains(outlier.exporter))
                {
                    measure.note(outlier.sentence(world));
                    *replaced.entry(outlier.exporter).or_default() += outlier.neighbours_mean - outlier.quantity;
                }
            }
        }
        if !replaced.is_empty() {
            with("odd quantities replaced by the mean of their neighbours".into(), &replaced);
        }
        rivals
    }
}

/// A quantity far above those of the years before and after, which may be a mistake in the record or a real surge.
#[derive(Clone, PartialEq, Debug)]
pub struct Outlier {
    /// Seller.
    pub exporter: CountryCode,
    /// Buyer.
    pub importer: CountryCode,
    /// Customs code.
    pub code: HsCode,
    /// Year.
    pub year: Year,
    /// Quantity as recorded, in gross tonnes.
    pub quantity: f64,
    /// Quantity of the year before.
    pub before: f64,
    /// Quantity of the year after.
    pub after: f64,
    /// Mean of the years before and after.
    pub neighbours_mean: f64,
}

impl Outlier {
    /// What is odd, for a note.
    pub fn sentence(&self, world: &World) -> String {
        format!(
            "odd quantity in the record: {} to {}, {}, {}: {:.0} t, against {:.0} t the year before and {:.0} t the year after; \
             kept as recorded, the band shows the share with their mean instead",
            world.country_name(self.exporter),
            world.country_name(self.importer),
            self.code,
            self.year,
            self.quantity,
            self.before,
            self.after
        )
    }
}

/// The odd quantities of one importer's year under a code. The first and last year of a record cannot be tested.
pub fn outliers(world: &World, trade: &TradeTable, importer: CountryCode, code: HsCode, year: Year) -> Vec<Outlier> {
    let threshold =
        |id: &str, otherwise: f64| world.assumptions.get(id).and_then(|a| a.quantity.value).unwrap_or(otherwise);
    let (ratio, least) = (threshold(OUTLIER_RATIO, 2.5), threshold(OUTLIER_LEAST_SHARE, 0.05));
    let quantity = |year: Year, exporter: CountryCode| {
        let flows = trade.imports(code, importer, year);
        flows.iter().find(|flow| flow.exporter == exporter).and_then(|flow| flow.quantity).map(GrossTonnes::value)
    };
    let flows = trade.imports(code, importer, year);
    let total: f64 = flows.iter().filter_map(|flow| flow.quantity).map(GrossTonnes::value).sum();
    let mut found = Vec::new();
    for flow in flows {
        let Some(now) = flow.quantity.map(GrossTonnes::value) else { continue };
        let (Some(before), Some(after)) = (quantity(year - 1, flow.exporter), quantity(year + 1, flow.exporter)) else {
            continue;
        };
        if now >= least * total && now > ratio * before.max(after) {
            found.push(Outlier {
                exporter: flow.exporter,
                importer,
                code,
                year,
                quantity: now,
                before,
                after,
                neighbours_mean: f64::midpoint(before, after),
            });
        }
    }
    found
}
