//! A vocabulary for tests: the chains and forms of the reference market, some countries, uses and processes.

use lode_model::Stage;
use lode_scenario::{FormWord, Vocabulary, Word};

/// Chain, form, commodities, customs codes.
const FORMS: &[(&str, &str, &[&str], &[&str])] = &[
    ("rare-earths", "rare-earth-concentrate", &["rare-earths"], &[]),
    ("rare-earths", "ionic-clay-concentrate", &["rare-earths"], &[]),
    ("rare-earths", "lanthanum-cerium-oxide", &["rare-earths", "lanthanum", "cerium"], &["284610"]),
    ("rare-earths", "neodymium-praseodymium-oxide", &["rare-earths", "neodymium", "praseodymium"], &[]),
    ("rare-earths", "samarium-gadolinium-oxide", &["rare-earths", "samarium", "gadolinium"], &[]),
    ("rare-earths", "dysprosium-terbium-oxide", &["rare-earths", "dysprosium", "terbium"], &[]),
    ("rare-earths", "yttrium-oxide", &["rare-earths", "yttrium"], &[]),
    ("rare-earths", "neodymium-praseodymium-metal", &["rare-earths", "neodymium", "praseodymium"], &[]),
    ("rare-earths", "dysprosium-terbium-metal", &["rare-earths", "dysprosium", "terbium"], &[]),
    ("rare-earths", "neodymium-magnet", &["rare-earths", "neodymium"], &[]),
    ("rare-earths", "neodymium-magnet-heavy", &["rare-earths", "dysprosium", "terbium"], &[]),
    ("gallium", "gallium", &["gallium"], &[]),
    ("germanium", "germanium", &["germanium"], &[]),
    ("tungsten", "tungsten-concentrate", &["tungsten"], &["261100"]),
    ("tungsten", "ammonium-paratungstate", &["tungsten"], &["284180"]),
    ("tungsten", "tungsten-powder-carbide", &["tungsten"], &["810110", "284990"]),
    ("antimony", "antimony-concentrate", &["antimony"], &["261710"]),
    ("antimony", "antimony-metal-oxide", &["antimony"], &["811000", "282580"]),
    ("bismuth", "bismuth", &["bismuth"], &["810600"]),
    ("cobalt", "cobalt-intermediate", &["cobalt"], &[]),
    ("cobalt", "cobalt-refined", &["cobalt"], &["810510"]),
    ("lithium", "lithium-concentrate", &["lithium"], &[]),
    ("lithium", "lithium-chemicals", &["lithium"], &["283691"]),
    ("nickel", "nickel-ore", &["nickel"], &["260400"]),
    ("nickel", "nickel-refined", &["nickel"], &["750210"]),
    ("graphite", "graphite-flake", &["natural-graphite", "graphite"], &["250410"]),
    ("graphite", "graphite-anode", &["natural-graphite", "graphite"], &[]),
];

const PLACES: &[(&str, &str, &str)] = &[
    ("CHN", "China", "中国"),
    ("JPN", "Japan", "日本"),
    ("USA", "United States", "アメリカ合衆国"),
    ("EU27", "European Union", ""),
    ("KOR", "South Korea", "韓国"),
    ("IND", "India", "インド"),
    ("IDN", "Indonesia", "インドネシア"),
    ("COD", "Congo - Kinshasa", "コンゴ民主共和国"),
    ("AUS", "Australia", "オーストラリア"),
    ("VNM", "Vietnam", "ベトナム"),
    ("G7", "", ""),
    ("ROW", "Rest of the world", ""),
];

/// The vocabulary.
pub fn vocabulary() -> Vocabulary {
    let mut chains: Vec<Word> = Vec::new();
    let mut commodities: Vec<Word> = Vec::new();
    let mut forms = Vec::new();
    for (chain, form, held, codes) in FORMS {
        if chains.iter().all(|word| word.id != *chain) {
            chains.push(Word::new(chain, "", ""));
        }
        for commodity in *held {
            if commodities.iter().all(|word| word.id != *commodity) {
                commodities.push(Word::new(commodity, "", ""));
            }
        }
        forms.push(FormWord {
            word: Word::new(form, &form.replace('-', " "), ""),
            chain: (*chain).to_owned(),
            commodities: held.iter().map(|text| (*text).to_owned()).collect(),
            stage: Some(if form.contains("ore") || form.contains("concentrate") {
                Stage::Mine
            } else {
                Stage::Refined
            }),
            hs_codes: codes.iter().map(|text| (*text).to_owned()).collect(),
        });
    }
    for outside in ["lutetium", "scandium", "tellurium", "molybdenum", "indium"] {
        commodities.push(Word::new(outside, "", ""));
    }
    Vocabulary {
        places: PLACES.iter().map(|(id, name_en, name_ja)| Word::new(id, name_en, name_ja)).collect(),
        forms,
        chains,
        uses: ["electric-vehicle-motors", "wind-turbines", "semiconductors"].map(|id| Word::new(id, "", "")).to_vec(),
        commodities,
        processes: ["gallium-recovery", "magnet-making-lean"].map(|id| Word::new(id, "", "")).to_vec(),
        origins: None,
        data_years: Some((2009, 2025)),
    }
}
