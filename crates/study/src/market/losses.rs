//! What others have published of the loss to Japan, beside which a run can be held.

use lode_model::{DataQuality, OriginId, World};
use lode_scenario::ChainId;

/// A published estimate of a loss.
#[derive(Clone, PartialEq, Debug)]
pub struct PublishedLoss {
    /// Who says it: as the record has it, else the producer of its origin.
    pub who: String,
    /// Months for which it holds; `None` where the estimate does not say.
    pub months: Option<u32>,
    /// What stops, as the estimate has it.
    pub what: String,
    /// Period, as the estimate has it.
    pub period: String,
    /// The number as printed, with its unit.
    pub printed: String,
    /// Billion yen: printed, or by the assumed product or exchange rate.
    pub billion_yen: f64,
    /// Per cent of the gross domestic product: printed, or by the assumed product.
    pub per_cent_of_product: f64,
    /// Whether the estimate is for rare earths alone.
    pub rare_earths_alone: bool,
    /// How good the record is.
    pub quality: DataQuality,
    /// Origin.
    pub origin: OriginId,
    /// Remark of the record.
    pub note: String,
}

/// What turns dollars, yen and shares of the product into each other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale {
    /// Yen for a dollar.
    pub yen_per_dollar: f64,
    /// Gross domestic product of Japan, billion yen.
    pub product: f64,
}

impl Scale {
    /// The assumptions `loss.*` of the package.
    pub fn of(world: &World) -> Option<Self> {
        let value = |id: &str| world.assumptions.get(id)?.quantity.value;
        Some(Self {
            yen_per_dollar: value("loss.yen-per-dollar")?,
            product: 1000.0 * value("loss.japan-gross-domestic-product")?,
        })
    }

    /// Million dollars as billion yen.
    pub fn billion_yen(&self, million_dollars: f64) -> f64 {
        million_dollars * self.yen_per_dollar / 1000.0
    }

    /// Billion yen as per cent of the product.
    pub fn per_cent(&self, billion_yen: f64) -> f64 {
        100.0 * billion_yen / self.product
    }
}

/// Losses of Japan's economy that others have published for a halt or a cut of rare earths, with their origins, the smallest
/// first; empty if the package holds none.
pub fn published_losses(world: &World) -> Vec<PublishedLoss> {
    let Some(scale) = Scale::of(world) else { return Vec::new() };
    let of_japan = world.costs.iter().filter(|cost| {
        cost.scope.starts_with("Japan")
            && (cost.topic == "loss estimate" || cost.topic == "damage")
            && !cost.item.contains("earthquake")
            // What was derived from another row here stands there.
            && cost.provenance.quality != DataQuality::Derived
    });
    let mut losses: Vec<PublishedLoss> = of_japan
        .filter_map(|cost| {
            let value = cost.quantity.value?.abs();
            let billion_yen = match cost.quantity.unit.as_str() {
                "billion JPY" => value,
                "percent of GDP" => value / 100.0 * scale.product,
                "billion USD" => scale.billion_yen(1000.0 * value),
                _ => return None,
            };
            // A share that the estimate prints beside its yen comes before one by the assumed product.
            let printed_share = cost.provenance.note.split('%').next().and_then(|text| {
                let number = text.trim_start_matches('-').trim();
                number.parse::<f64>().ok()
            });
            let producer = world.origins.get(&cost.provenance.origin).map_or("", |origin| origin.producer.as_str());
            Some(PublishedLoss {
                who: who(&cost.provenance.note).unwrap_or(producer).to_owned(),
                months: months(&format!("{} {}", cost.item, cost.period)),
                what: cost.item.clone(),
                period: cost.period.clone(),
                printed: format!("{} {}", cost.value_text, cost.quantity.unit),
                billion_yen,
                per_cent_of_product: match cost.quantity.unit.as_str() {
                    "percent of GDP" => value,
                    _ => printed_share.unwrap_or_else(|| scale.per_cent(billion_yen)),
                },
                rare_earths_alone: !cost.item.contains("other critical minerals"),
                quality: cost.provenance.quality,
                origin: cost.provenance.origin.clone(),
                note: cost.provenance.note.clone(),
            })
        })
        .collect();
    losses.sort_by(|a, b| a.billion_yen.total_cmp(&b.billion_yen).then_with(|| a.what.cmp(&b.what)));
    losses
}

/// Estimates that a run can be held beside: of Japan where it is looked at and rare earths are run, those that count other
/// minerals too only where the run does.
pub(crate) fn beside(world: &World, region: &str, chains: &[ChainId]) -> Vec<PublishedLoss> {
    let rare_earths = |chain: &ChainId| chain.as_str() == "rare-earths";
    if region != "JPN" || !chains.iter().any(rare_earths) {
        return Vec::new();
    }
    let alone = chains.iter().all(rare_earths);
    let mut losses = published_losses(world);
    losses.retain(|loss| loss.rare_earths_alone || !alone);
    losses
}

/// Who says it, by the remark of a record: in brackets at its end, else its first words.
fn who(note: &str) -> Option<&str> {
    let named = match note.trim_end_matches(')').rsplit_once('(') {
        Some((_, inside)) if note.ends_with(')') => inside,
        _ => note.split([';', ',']).next()?,
    };
    let named = named.trim();
    // A figure is nobody.
    (!named.is_empty() && !named.contains('%')).then_some(named)
}

/// Months of an estimate by its words.
fn months(text: &str) -> Option<u32> {
    let text = text.to_lowercase();
    if text.contains("under ") {
        return None;
    }
    if text.contains("1 year") || text.contains("one year") {
        return Some(12);
    }
    let before = text.split("month").next().filter(|before| before.len() < text.len())?;
    before.trim_end_matches([' ', '-']).rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_says_who_and_for_how_long() {
        assert_eq!(who("-0.11% GDP (NRI Kiuchi)"), Some("NRI Kiuchi"));
        assert_eq!(who("Nomura, as quoted"), Some("Nomura"));
        assert_eq!(who("IMF WP 2026/073; negligible at higher elasticities"), Some("IMF WP 2026/073"));
        assert_eq!((who("-0.2 %"), who("")), (None, None));
        assert_eq!(months("REE halt 3 months 2026"), Some(3));
        assert_eq!(months("REE halt 1 year with 60-day reserve"), Some(12));
        assert_eq!(months("GDP effect (horizon under one year)"), None);
        assert_eq!(months("imports halved, prolonged"), None);
    }
}
