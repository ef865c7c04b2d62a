//! Names of what a case shows, in both languages: uses, industries, assumptions. Names of forms, regions and processes stand in
//! the package.

use lode_model::World;

/// Something with a name in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// Id.
    pub id: String,
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl Name {
    /// A name.
    pub fn new(id: &str, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { id: id.to_owned(), en: en.into(), ja: ja.into() }
    }
}

const USES: &[(&str, &str, &str)] = &[
    ("air-conditioners", "air conditioners", "エアコン"),
    ("all-other", "all other uses", "その他の用途"),
    ("alloys-and-batteries", "alloys and batteries", "合金・電池"),
    ("alloys-and-castings", "alloys and castings", "合金・鋳物"),
    ("alloys-and-solders", "alloys and solders", "合金・はんだ"),
    ("batteries", "batteries", "電池"),
    ("batteries-and-conductive-materials", "batteries and conductive materials", "電池・導電材"),
    ("batteries-for-grid", "batteries for the grid", "定置用電池"),
    ("batteries-for-vehicles", "batteries for vehicles", "車載用電池"),
    ("batteries-for-vehicles-and-grid", "batteries for vehicles and the grid", "車載・定置用電池"),
    ("catalysts", "catalysts", "触媒"),
    ("catalysts-and-chemicals", "catalysts and chemicals", "触媒・化学品"),
    ("catalysts-pigments-and-other", "catalysts, pigments and others", "触媒・顔料など"),
    ("ceramics-and-coatings", "ceramics and coatings", "セラミックス・耐食膜"),
    ("ceramics-and-glass", "ceramics and glass", "セラミックス・ガラス"),
    ("cutting-tools", "cutting tools", "切削工具"),
    ("electronics-and-hard-disks", "electronics and hard disks", "電子機器・ハードディスク"),
    ("electronics-and-solar", "electronics and solar cells", "電子機器・太陽電池"),
    ("ev-traction-motors", "traction motors of vehicles", "車載駆動モーター"),
    ("ferrotungsten", "ferrotungsten", "フェロタングステン"),
    ("fibre-optics", "optical fibre", "光ファイバー"),
    ("flame-retardants", "flame retardants", "難燃剤"),
    ("friction-lubricants-and-sealing", "friction materials, lubricants and seals", "摩擦材・潤滑材・シール材"),
    ("gadolinium-uses", "imaging contrast, phosphors and others", "造影剤・蛍光体など"),
    ("glass-and-ceramics", "glass and ceramics", "ガラス・セラミックス"),
    ("glass-ceramics-rubber-catalysts", "glass, ceramics, rubber and catalysts", "ガラス・陶磁器・ゴム・触媒"),
    ("greases-and-other", "greases and others", "グリースなど"),
    ("hardmetal-and-magnets", "hard metal and magnets", "超硬合金・磁石"),
    ("industrial-motors-and-robots", "industrial motors and robots", "産業用モーター・ロボット"),
    ("infrared-optics", "infrared optics", "赤外線光学"),
    ("integrated-circuits", "integrated circuits", "集積回路"),
    ("lead-alloys-and-ammunition", "lead alloys and ammunition", "鉛合金・弾薬"),
    ("magnet-additives", "additives of magnets", "磁石添加剤"),
    ("magnets", "magnets", "磁石"),
    ("metallurgical-additives", "metallurgical additives", "冶金添加剤"),
    ("mill-products-and-electronics", "mill products and electronics", "展伸材・電子部品"),
    ("mining-and-drilling-tools", "mining and drilling tools", "鉱山・掘削工具"),
    ("optoelectronics", "optoelectronics", "光電子素子"),
    ("other", "other uses", "その他の用途"),
    ("other-automotive", "other parts of vehicles", "その他の自動車部品"),
    ("other-batteries", "other batteries", "その他の電池"),
    ("other-magnet-uses", "other uses of magnets", "その他の磁石用途"),
    ("other-metal-uses", "other uses of the metal", "その他の金属用途"),
    ("other-oxide-uses", "other uses of the oxide", "その他の酸化物用途"),
    ("pharmaceuticals-and-chemicals", "pharmaceuticals and chemicals", "医薬品・化学品"),
    ("phosphors-and-lasers", "phosphors and lasers", "蛍光体・レーザー"),
    ("plating-and-other", "plating and others", "めっきなど"),
    ("polishing", "polishing", "研磨"),
    ("polymerisation-catalysts", "catalysts of polymerisation", "重合触媒"),
    ("refractories-and-foundries", "refractories and foundries", "耐火物・鋳造"),
    ("samarium-cobalt-magnets", "samarium-cobalt magnets", "サマリウムコバルト磁石"),
    ("solar-and-other", "solar cells and others", "太陽電池など"),
    ("solar-glass", "solar glass", "太陽電池用ガラス"),
    ("stainless-steel", "stainless steel", "ステンレス鋼"),
    ("steels-and-superalloys", "steels and superalloys", "特殊鋼・超合金"),
    ("stock-building", "stock building", "在庫積増し"),
    ("superalloys", "superalloys", "超合金"),
    ("wear-parts", "wear parts", "耐摩耗部品"),
    ("wind-turbines", "wind turbines", "風力発電機"),
];

const INDUSTRIES: &[(&str, &str, &str)] = &[
    ("aerospace-and-machinery", "Aerospace and machinery", "航空宇宙・機械"),
    ("all-industry", "All industry", "全産業"),
    ("appliances", "Appliances", "家電"),
    ("automotive", "Automotive", "自動車"),
    ("ceramics-and-glass", "Ceramics and glass", "窯業・ガラス"),
    ("chemicals", "Chemicals", "化学"),
    ("electric-power", "Electric power", "電力"),
    ("electrical-machinery", "Electrical machinery", "電気機械"),
    ("electronic-parts-and-devices", "Electronic parts", "電子部品・デバイス"),
    ("electronics", "Electronics", "電子機器"),
    ("general-machinery", "General machinery", "はん用機械"),
    ("glass-and-ceramics", "Glass and ceramics", "ガラス・窯業"),
    ("iron-and-steel", "Iron and steel", "鉄鋼"),
    ("machinery", "Machinery", "機械"),
    ("medical-and-nuclear", "Medical and nuclear", "医療・原子力"),
    ("metallurgy-and-batteries", "Metallurgy, batteries", "冶金・電池"),
    ("mining", "Mining", "鉱業"),
    ("non-ferrous-metals", "Non-ferrous metals", "非鉄金属"),
    ("other-manufacturing", "Other manufacturing", "その他製造業"),
    ("plastic-products", "Plastic products", "プラスチック製品"),
    ("precision-machinery", "Precision machinery", "業務用・精密機械"),
    ("production-machinery", "Production machinery", "生産用機械"),
    ("stocks", "Stocks", "在庫"),
    ("transport-equipment", "Transport equipment", "輸送用機械"),
    ("wind-power", "Wind power", "風力発電"),
];

/// Parameters of behaviour, as `market.NAME`.
const PARAMETERS: &[(&str, &str, &str)] = &[
    ("use-elasticity", "How use gives way to price in a month", "価格に対する使用量の弾力性（月）"),
    ("choke", "Price at which use starts to stop, times the base", "使用が止まり始める価格（基準比）"),
    ("use-growth", "Growth of use in a year", "使用量の年間の伸び"),
    ("thrift-elasticity", "Lasting saving for a lasting price rise", "価格上昇に対する恒久的な節約"),
    ("thrift-rate", "Speed of saving", "節約の速さ"),
    ("thrift-return-rate", "Speed at which saving is undone", "節約が戻る速さ"),
    ("cover", "Stocks kept at hand", "手元在庫"),
    ("stock-elasticity", "How stock targets give way to price", "価格に対する在庫目標の弾力性"),
    ("stock-slope", "Worth of a tonne when stocks are empty", "在庫が尽きたときの1トンの価値"),
    ("position-slope", "Worth of a tonne under way", "輸送中の1トンの価値"),
    ("surplus-slope", "Loss of worth in a glut", "供給過剰時の価値の低下"),
    ("use-memory", "Months over which stock targets follow use", "在庫目標が使用量を追う期間"),
    ("expectation-rate", "How fast expected prices follow prices", "予想価格が価格を追う速さ"),
    ("momentum", "Speculation on rising prices", "値上がりへの投機"),
    ("long-run-pull", "Pull of the long-run price", "長期価格への引戻し"),
    ("friction", "Price gap that doubles a trade flow", "貿易量を倍にする価格差"),
    ("friction-down", "The same for less trade, in parts", "貿易量を減らす場合の同比率"),
    ("qualification-rate", "Speed of qualifying a supplier", "調達先認定の速さ"),
    ("newcomer", "Least flow of a new supplier", "新規調達先の最小量"),
    ("back-orders", "Blocked orders that are placed again", "止まった注文のうち再発注される割合"),
    ("back-orders-lapse", "Back-orders that lapse in a month", "1か月に失効する注文残"),
    ("back-orders-most", "Most back-orders", "注文残の上限"),
    ("rush", "Rush in open days", "停止前後の駆込み"),
    ("precaution", "Rise of stock targets at full risk", "供給リスク時の在庫目標の増加"),
    ("precaution-rate", "Speed of that rise", "その増加の速さ"),
    ("precaution-return-rate", "Speed of its return", "その減少の速さ"),
    ("risk-memory", "Months for which a risk is remembered", "リスクが記憶される期間"),
    ("risk-premium", "Premium on a supplier at risk", "リスクのある調達先への上乗せ"),
    ("premium-memory", "Months for which that premium lasts", "その上乗せが続く期間"),
    ("contract-weight", "Weight of the newest month in contract prices", "契約価格に占める最新月の重み"),
    ("firm-spread", "Spread of stocks between firms", "企業間の在庫のばらつき"),
    ("critical-firms", "Firms each of which halts a visible line", "1社でラインが止まる企業の数"),
    ("coping", "Shortfall met without stocks", "在庫なしで吸収できる不足"),
    ("loss-of-thrift", "Value lost with saved use", "節約で失われる価値の割合"),
];

/// Numbers of an event, by field.
const FIELDS: &[(&str, &str, &str)] = &[
    ("severity", "share of the flow that stops", "止まる割合"),
    ("covered", "share that is covered", "対象の割合"),
    ("kept", "share that is kept at home", "国内に留める割合"),
    ("cut", "share that is lost", "失われる割合"),
    ("price_cut", "subsidy", "補助の割合"),
    ("rate", "rate", "税率"),
    ("review_months", "months of review", "審査期間"),
    ("ramp_months", "months of the ramp", "立上がりの期間"),
    ("approved_at_most", "share approved in the end", "最終的に許可される割合"),
    ("catch_up", "pace of catching up", "遅れを取り戻す速さ"),
    ("ceiling", "ceiling", "上限"),
    ("ends.months", "how long it lasts", "続く期間"),
    ("ends.monthly_chance", "chance of a deal in a month", "1か月に解決する確率"),
    ("start.delay_months", "months until it starts", "始まるまでの期間"),
    ("start.chance", "chance that it comes", "起きる確率"),
    ("chance", "chance that it comes about", "実現する確率"),
    ("tonnes_per_year", "tonnes a year", "年間トン数"),
    ("stock_tonnes", "tonnes of stock", "備蓄量（トン）"),
    ("stock_months", "months of stock", "備蓄量（か月）"),
    ("covers", "share of the shortfall made good", "不足を補う割合"),
    ("most_months", "months of release at most", "放出期間の上限"),
    ("delay_months", "months longer under way", "輸送の遅れ"),
    ("factor", "multiple of usual use", "使用量の倍率"),
    ("faster", "multiple of the speed of saving", "節約の速さの倍率"),
    ("floor", "price floor", "下限価格"),
    ("extra", "purchases brought forward", "前倒し購入"),
    ("end", "month of its end", "終わる月"),
    ("start", "month of its start", "始まる月"),
    ("tonnes", "tonnes", "トン数"),
    ("review", "months of review", "審査期間"),
    ("ramp", "months of the ramp", "立上がりの期間"),
    ("over", "pace of catching up", "遅れを取り戻す速さ"),
    ("monthly-chance", "chance of a deal in a month", "1か月に解決する確率"),
    ("months", "months", "月数"),
    ("share", "share of the shortfall made good", "不足を補う割合"),
];

fn find(table: &[(&str, &str, &str)], id: &str) -> Option<Name> {
    table.iter().find(|(known, ..)| *known == id).map(|(id, en, ja)| Name::new(id, *en, *ja))
}

/// What the package names and this table does not yet: its id in words.
fn plain(id: &str) -> Name {
    Name::new(id, id.replace(['-', '_'], " "), id.replace(['-', '_'], " "))
}

/// A use of a form.
pub fn use_name(id: &str) -> Name {
    find(USES, id).unwrap_or_else(|| plain(id))
}

/// An industry.
pub fn industry(id: &str) -> Name {
    find(INDUSTRIES, id).unwrap_or_else(|| plain(id))
}

/// Every use that the package records.
pub fn uses(world: &World) -> Vec<Name> {
    let ids: std::collections::BTreeSet<&str> = world.market.uses.iter().map(|row| row.use_id.as_str()).collect();
    ids.into_iter().map(use_name).collect()
}

/// A form of the market.
pub fn form(world: &World, id: &str) -> Name {
    world.market.form(id).map_or_else(|| plain(id), |form| Name::new(id, &form.name_en, &form.name_ja))
}

/// An assumption of the market by the name of its range, e.g. `market.cover.gallium`.
pub fn assumption(world: &World, id: &str) -> Option<Name> {
    let of = id.strip_prefix("market.")?;
    if let Some(name) = find(PARAMETERS, of) {
        return Some(Name { id: id.to_owned(), ..name });
    }
    let (what, whose) = of.split_once('.')?;
    let (en, ja) = match what {
        "elasticity" => {
            let process = world.market.processes.iter().find(|process| process.id.as_str() == whose)?;
            (format!("Supply response: {}", process.name_en), format!("供給の弾力性：{}", process.name_ja))
        }
        "value-at-stake" => {
            let of = industry(whose);
            (format!("Value at stake: {}", of.en.to_lowercase()), format!("影響を受ける付加価値：{}", of.ja))
        }
        _ => {
            let (parameter, of) = (find(PARAMETERS, what)?, form(world, whose));
            (format!("{}: {}", parameter.en, of.en), format!("{}：{}", parameter.ja, of.ja))
        }
    };
    Some(Name::new(id, en, ja))
}

/// A number of an event by its field.
pub fn field(id: &str) -> Name {
    find(FIELDS, id).unwrap_or_else(|| plain(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lode_simulate::Parameters;

    #[test]
    fn every_parameter_has_a_name_in_both_languages() {
        let world = World::empty();
        for assumed in Parameters::ASSUMED {
            let id = format!("market.{}", assumed.name.replace('_', "-"));
            let name = assumption(&world, &id).unwrap_or_else(|| panic!("{id} has no name"));
            assert!(name.en != name.ja && !name.ja.is_ascii(), "{id}: {name:?}");
        }
        assert_eq!(assumption(&world, "market.cover.gallium").unwrap().en, "Stocks kept at hand: gallium");
        assert_eq!(assumption(&world, "luck"), None);
    }
}
