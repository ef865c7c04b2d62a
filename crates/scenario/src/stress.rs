//! Generated scenarios: a supplier of a form stops towards an importer, or towards everybody, for a while.

use crate::calendar::Month;
use crate::field::{ChainId, Ending, EventId, PlaceId, Places, Start};
use crate::number::Number;
use crate::scenario::{Control, ControlKind, Scenario, Statement};
use crate::vocabulary::{Vocabulary, Word};
use lode_model::{CommodityId, FormId, OriginId, Year};

/// What one supplier delivers to one importer.
#[derive(Clone, PartialEq, Debug)]
pub struct Supply {
    /// Form.
    pub form: FormId,
    /// Who imports.
    pub importer: PlaceId,
    /// Who supplies.
    pub supplier: PlaceId,
    /// Share of the importer's imports, 0 to 1.
    pub share: f64,
    /// Where the share comes from.
    pub origins: Vec<OriginId>,
}

/// Towards whom the supplier stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Towards the importer only.
    Importer,
    /// Towards everybody.
    Everybody,
}

/// What is the same in all generated scenarios.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// First month of the run; the stop begins three months later, so that the months before show the usual state.
    pub start: Month,
    /// Base year of the market.
    pub base_year: Year,
    /// Months that the stop lasts.
    pub months: i32,
    /// Months to run.
    pub horizon_months: i32,
    /// Towards whom the supplier stops.
    pub reach: Reach,
}

/// Months of usual trade before the stop.
const MONTHS_BEFORE: i32 = 3;

/// The scenario of one supply; `None` for a form that nobody knows and where nothing is imported. Ids are
/// `stress-FORM-STAGE-SUPPLIER-IMPORTER`, and `-everybody` where the supplier stops towards all.
pub fn generate(supply: &Supply, vocabulary: &Vocabulary, settings: &Settings) -> Option<Scenario> {
    let form = vocabulary.forms.iter().find(|form| form.word.id == supply.form.as_str())?;
    if supply.share <= 0.0 || supply.supplier == supply.importer {
        return None;
    }
    let word = |place: &PlaceId| {
        vocabulary.place(place.as_str()).cloned().unwrap_or_else(|| Word::new(place.as_str(), "", ""))
    };
    let (supplier, importer) = (word(&supply.supplier), word(&supply.importer));
    let stage = form.stage.map(|stage| format!("-{stage}")).unwrap_or_default();
    let (everybody, to_en, to_ja) = match settings.reach {
        Reach::Importer => ("", importer.english().to_owned(), importer.japanese().to_owned()),
        Reach::Everybody => ("-everybody", "everybody".to_owned(), "全仕向地".to_owned()),
    };
    let id = format!("stress-{}{stage}-{}-{}{everybody}", form.word.id, supply.supplier, supply.importer);
    let percent = (supply.share * 100.0).round();
    let (form_en, form_ja) = (form.word.english(), form.word.japanese());
    let first = settings.start.plus(MONTHS_BEFORE).first_day();
    let forms = vec![supply.form.clone()];
    let control = Control {
        id: EventId::new("stop"),
        name_en: format!("{} stops {form_en} to {to_en}", supplier.english()),
        name_ja: format!("{}が{to_ja}向け{form_ja}を停止", supplier.japanese()),
        kind: ControlKind::Ban { severity: Number::point(1.0) },
        exporters: vec![supply.supplier.clone()],
        destinations: match settings.reach {
            Reach::Importer => Places::Only(vec![supply.importer.clone()]),
            Reach::Everybody => Places::All,
        },
        forms,
        commodities: Vec::new(),
        hs_lines: Vec::new(),
        grades: String::new(),
        covered: Number::point(1.0),
        end_uses: Vec::new(),
        end_use_rule: String::new(),
        listed_end_users: Vec::new(),
        instrument: String::new(),
        announced: None,
        start: Start::On(first),
        ends: Ending::Lasting { months: Number::point(f64::from(settings.months)) },
        suspended: Vec::new(),
        origins: Vec::new(),
        source: "supposed".to_owned(),
        note: String::new(),
    };
    Some(Scenario {
        id: EventId::new(&id),
        name_en: format!("{form_en}: {} stops supplying {to_en} for {} months", supplier.english(), settings.months),
        name_ja: format!("{form_ja}：{}が{to_ja}への供給を{}か月停止", supplier.japanese(), settings.months),
        summary_en: format!(
            "Generated: {}, from which {percent} % of the imports of {form_en} to {} come, stops without notice.",
            supplier.english(),
            importer.english()
        ),
        summary_ja: format!(
            "自動生成：{}の{form_ja}輸入の{percent}%を占める{}が予告なく停止する。",
            importer.japanese(),
            supplier.japanese()
        ),
        start: settings.start,
        base_year: settings.base_year,
        horizon_months: settings.horizon_months,
        chains: vec![ChainId::new(&form.chain)],
        commodities: form.commodities.iter().map(|commodity| CommodityId::new(commodity)).collect(),
        outside_market: String::new(),
        known: vec![Statement {
            text_en: format!("{} supplies {percent} % of the imports of {}.", supplier.english(), importer.english()),
            text_ja: format!("{}の輸入の{percent}%は{}から。", importer.japanese(), supplier.japanese()),
            origins: supply.origins.clone(),
            source: if supply.origins.is_empty() { "the base year of the market".to_owned() } else { String::new() },
        }],
        unknown: Vec::new(),
        cases: Vec::new(),
        controls: vec![control],
        outages: Vec::new(),
        route_closures: Vec::new(),
        demand_surges: Vec::new(),
        dumping: Vec::new(),
        leaks: Vec::new(),
        levers: Vec::new(),
    })
}
