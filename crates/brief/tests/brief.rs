//! The brief as its reader gets it: two pages, the same bytes each time, the numbers of the record.

use lode_assess::Economy;
use lode_model::{CommodityId, CountryCode};
use lode_study::brief::{Block, Brief, Language, MarketPart, RunOut, brief};
use lode_study::{Day, Options, Session};

fn session() -> Session {
    Session::open(&Options::built_in(Day::parse("2026-11-25").unwrap())).unwrap()
}

/// More than any scenario gives: the pages must hold it all the same.
fn market() -> MarketPart {
    let line = |at: u32| RunOut {
        name_en: format!("a form with a rather long name, number {at}"),
        name_ja: format!("かなり長い名前をもつ形態その{at}"),
        low: Some(f64::from(at) * 20.0),
        middle: Some(f64::from(at) * 30.0),
        high: if at > 5 { None } else { Some(f64::from(at) * 60.0) },
    };
    MarketPart {
        scenario: ("Constructed".into(), "架空".into()),
        start: "2026-01".into(),
        months: 36,
        futures: 500,
        seed: 7,
        run_out: (1..12).map(line).collect(),
        loss: Some((1000.0, 2000.0, 4000.0)),
        assumptions: vec![("Stocks kept at hand".into(), "手元在庫".into(), 0.4)],
        levers: (0..4)
            .map(|at| {
                (
                    format!("Lever {at} {}", "is explained at length ".repeat(6)),
                    format!("対策{at}は{}", "長く説明される".repeat(12)),
                )
            })
            .collect(),
        unknown: (0..5).map(|at| (format!("Unknown {at}"), format!("不明{at}"), Vec::new())).collect(),
        ..MarketPart::default()
    }
}

fn make(session: &Session, country: &str, commodity: &str, market: Option<&MarketPart>, language: Language) -> Brief {
    let country = Economy::country(CountryCode::parse(country).unwrap());
    brief(session, &country, &CommodityId::new(commodity), market, language)
}

fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let count = text
        .split("/Count ")
        .nth(1)
        .and_then(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok());
    count.unwrap()
}

#[test]
fn it_is_two_pages_in_both_languages_and_the_same_bytes_each_time() {
    let (session, market) = (session(), market());
    for language in [Language::English, Language::Japanese] {
        for (country, commodity) in
            [("JPN", "rare-earths"), ("KOR", "tungsten"), ("USA", "gallium"), ("DEU", "copper"), ("AUS", "lithium")]
        {
            for market in [None, Some(&market)] {
                let brief = make(&session, country, commodity, market, language);
                let pdf = lode_brief::pdf(&brief).unwrap();
                assert!((1..=2).contains(&pages(&pdf)), "{country} {commodity} {language:?}: {} pages", pages(&pdf));
                assert_eq!(pdf, lode_brief::pdf(&brief).unwrap());
                let docx = lode_brief::docx(&brief).unwrap();
                assert_eq!(docx, lode_brief::docx(&brief).unwrap());
            }
        }
    }
}

#[test]
fn rival_definitions_stand_beside_each_other_and_every_mark_has_its_source() {
    let session = session();
    let brief = make(&session, "JPN", "rare-earths", None, Language::English);
    assert!(
        brief.headline.starts_with(
            "66 % of the rare earths that Japan imported in 2024 came from China by weight, 38 % by value."
        ),
        "{}",
        brief.headline
    );
    let Block::Ranges(shares) = &brief.parts[0].blocks[0] else { panic!("{:?}", brief.parts[0]) };
    let by_weight =
        shares.rows.iter().find(|row| row.label.starts_with("rare-earth metals and compounds, by weight")).unwrap();
    assert!((by_weight.middle.unwrap() - 0.661).abs() < 5e-4 && by_weight.text == "66 %");
    assert!(shares.rows.iter().filter(|row| row.published).count() >= 2);
    // Marks such as [3, 12] name a source of the list.
    let text = format!("{:?}", brief.parts);
    let mut marks = 0;
    for piece in text.split(" [").skip(1) {
        let Some((inside, _)) = piece.split_once(']') else { continue };
        for mark in inside.split(", ").filter_map(|mark| mark.parse::<usize>().ok()) {
            assert!((1..=brief.sources.len()).contains(&mark), "{mark}");
            marks += 1;
        }
    }
    assert!(marks > 15, "{marks}");
}

#[test]
fn without_a_run_it_says_so_and_what_the_user_wrote_is_no_markup() {
    let session = session();
    let brief = make(&session, "JPN", "rare-earths", None, Language::English);
    assert!(format!("{:?}", brief.parts).contains("No scenario was run for this brief."));
    let mut odd = market();
    odd.scenario.0 = "<w:p>&\"\u{7}".into();
    let docx = lode_brief::docx(&make(&session, "JPN", "rare-earths", Some(&odd), Language::English)).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut text).unwrap();
    assert!(text.contains("&lt;w:p&gt;&amp;&quot;") && !text.contains('\u{7}'));
}
