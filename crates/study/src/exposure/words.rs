//! Names of the parts of a process and of the families of products, in both languages.

use lode_exposure::Graph;
use lode_model::StepNodeKind;

/// Parts of a process in the order in which a product passes them; others follow. The English name is the id.
const SECTIONS: [(&str, &str); 26] = [
    ("wafer", "ウエハー"),
    ("epitaxy", "エピタキシャル成長"),
    ("lithography", "リソグラフィ"),
    ("etch", "エッチング"),
    ("deposition", "成膜"),
    ("implant", "イオン注入"),
    ("polishing", "研磨"),
    ("cleaning", "洗浄"),
    ("equipment", "装置"),
    ("leak test", "漏れ試験"),
    ("inspection", "検査"),
    ("wafer test", "ウエハー試験"),
    ("power device", "パワー素子"),
    ("detector", "検出器"),
    ("packaging", "実装"),
    ("board", "基板"),
    ("rotor", "回転子"),
    ("stator", "固定子"),
    ("cell", "電池セル"),
    ("optics", "光学部品"),
    ("tools", "工具"),
    ("compounding", "配合"),
    ("battery", "電池"),
    ("glass", "ガラス"),
    ("catalyst", "触媒"),
    ("other", "その他"),
];

/// Families of products. Names of families that are not listed are their ids.
const FAMILIES: [(&str, &str, &str); 5] = [
    ("semiconductor", "Semiconductors", "半導体"),
    ("motor", "Motors", "モーター"),
    ("battery", "Batteries", "電池"),
    ("optics", "Optics", "光学製品"),
    ("catalyst", "Catalysts", "触媒"),
];

/// A name in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// Id.
    pub id: String,
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The place of a part of a process among all.
pub(super) fn section_place(section: &str) -> usize {
    SECTIONS.iter().position(|(known, _)| *known == section).unwrap_or(SECTIONS.len())
}

/// The name of a part of a process.
pub fn section(id: &str) -> Name {
    let ja = SECTIONS.iter().find(|(known, _)| *known == id).map_or(id, |(_, ja)| ja);
    Name { id: id.to_owned(), en: capital(id), ja: ja.to_owned() }
}

/// What can be asked about: families of several products, then every product. A family hides a product of its name, as it
/// does on the command line.
pub fn products(graph: &Graph) -> Vec<Name> {
    let products = || graph.nodes.iter().filter(|node| node.kind == StepNodeKind::Product);
    let mut families: Vec<&str> = products().map(|node| node.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    let size = |family: &str| products().filter(|node| node.family == family).count();
    families.retain(|family| size(family) > 1);
    families.sort_by_key(|family| std::cmp::Reverse(size(family)));
    let family = |id: &&str| {
        let known = FAMILIES.iter().find(|(known, ..)| known == id);
        let (en, ja) =
            known.map_or((capital(id), (*id).to_owned()), |(_, en, ja)| ((*en).to_owned(), (*ja).to_owned()));
        let count = size(id);
        Name { id: (*id).to_owned(), en: format!("{en} ({count} products)"), ja: format!("{ja}（{count}製品）") }
    };
    let named: Vec<Name> = families.iter().map(family).collect();
    let mut single: Vec<Name> = products()
        .filter(|node| !families.contains(&node.id.as_str()))
        .map(|node| Name { id: node.id.clone(), en: node.name_en.clone(), ja: node.name_ja.clone() })
        .collect();
    single.sort_by(|a, b| a.en.cmp(&b.en));
    named.into_iter().chain(single).collect()
}
