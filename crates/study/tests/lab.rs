//! Cases of the laboratory on the built-in market.

use lode_model::DataQuality;
use lode_simulate::Progress;
use lode_study::lab::{Case, File, Lab, Licence, Offer, Outlook, OwnAmount, Reach, Spread, Width};
use lode_study::market::{self, Request, Simulation};
use lode_study::{Day, Options, Session};
use std::sync::{Arc, OnceLock};

fn session() -> Arc<Session> {
    static SESSION: OnceLock<Arc<Session>> = OnceLock::new();
    let open = || {
        let options = Options::built_in(Day::parse("2026-11-26").unwrap_or_else(|| panic!("no day")));
        Arc::new(Session::open(&options).unwrap_or_else(|report| panic!("{report}")))
    };
    Arc::clone(SESSION.get_or_init(open))
}

fn lab() -> Lab {
    Lab::new(session(), Vec::new())
}

fn offer(country: &str) -> Offer {
    lab().offer(country).unwrap_or_else(|report| panic!("{report}"))
}

/// A case that is offered to Japan, small enough to be run in a test.
fn offered(id: &str) -> Case {
    let offer = offer("JPN");
    let found = offer.cases.iter().find(|case| case.name.id == id).unwrap_or_else(|| panic!("{id} is not offered"));
    Case { replicates: 24, ..found.case.clone() }
}

fn run(lab: &Lab, case: &Case, width: Width) -> Outlook {
    lab.run(case, width, case.replicates, 2, &Progress::default()).unwrap_or_else(|report| panic!("{report}"))
}

/// What `lode simulate` makes of the file of a case.
fn simulated(lab: &Lab, case: &Case) -> Simulation {
    let text = lab.file(case).unwrap_or_else(|report| panic!("{report}"));
    let request = Request {
        scenario: market::scenario(&session(), "case.toml", Some(&text)).unwrap_or_else(|report| panic!("{report}")),
        case: None,
        country: case.country.clone(),
        chains: Vec::new(),
        regions: Vec::new(),
        replicates: case.replicates,
        seed: case.seed,
        horizon: None,
        set: case.overrides.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        threads: 1,
    };
    market::simulate(&session(), &request, &Progress::default()).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn the_numbers_are_those_of_the_command_on_the_file_of_the_case() {
    let lab = lab();
    let gallium = offered("largest-gallium");
    let sliders = Case {
        shock: lode_study::lab::Shock {
            cut: Spread { low: 0.5, mid: 0.7, high: 0.9 },
            months: (4.0, 9.0),
            licence: Licence::General,
            ..gallium.shock.clone()
        },
        levers: vec![
            ("stock-release".into(), 60.0),
            ("offtake".into(), 0.3),
            ("recycling".into(), 0.2),
            ("thrift".into(), 2.0),
            ("new-plant".into(), 0.1),
            ("price-floor".into(), 1.5),
        ],
        overrides: vec![("market.cover.gallium".into(), 2.0), ("stop.covered".into(), 0.8)],
        seed: 7,
        ..gallium
    };
    let mut written = offered("japan-ban-2026");
    written.shock.forms = vec!["gallium".into(), "bismuth".into()];
    written.file = Some(File { id: "japan-ban-2026".into(), case: Some("high".into()) });
    (written.horizon, written.levers) = (20, vec![("stock-release".into(), 90.0)]);
    for case in [sliders, written] {
        let seen = run(&lab, &case, Width::Whole);
        let command = simulated(&lab, &case);
        let band = |band: &lode_simulate::Band| [band.p05, band.p10, band.p25, band.p50, band.p75, band.p90, band.p95];
        let series = |quantity: &str, form: &str| -> Vec<[f64; 7]> {
            let at = command.series(quantity, form).unwrap_or_else(|| panic!("no {quantity} of {form}"));
            command.outcome.series[at].iter().map(band).collect()
        };
        assert!(!seen.with.cover.is_empty());
        for cover in &seen.with.cover {
            assert_eq!(cover.fans, series("cover", &cover.form));
        }
        for price in &seen.with.price {
            assert_eq!(price.spot, series("price", &price.form));
            assert_eq!(price.paid, series("contract-price", &price.form));
        }
        let shift = market::first_event(&command) * 365.25 / 12.0;
        for line in &seen.with.run_out {
            let at = command.figure("first-stop", &line.form).unwrap_or_else(|| panic!("no stop of {}", line.form));
            let days: Vec<Option<f64>> =
                command.outcome.dots[at].iter().map(|day| day.is_finite().then(|| (day - shift).max(0.0))).collect();
            assert_eq!(line.days, days, "{}", line.form);
        }
        let at = command.figure("first-year-value-lost", "").unwrap_or_else(|| panic!("no loss"));
        let lost = &command.outcome.figures[at];
        // Million dollars there, yen at 153 a dollar here.
        assert!((seen.with.loss.band[1] - lost.p50 * 153e6).abs() < 1e-6 * seen.with.loss.band[1]);
        assert_eq!(seen.with.lost.len(), seen.with.loss.by_industry.len());
    }
}

#[test]
fn levers_leave_the_other_side_as_it_is_and_a_stock_helps() {
    let lab = lab();
    let bare = offered("largest-gallium");
    let none = run(&lab, &bare, Width::Whole);
    assert_eq!(none.with, none.without);
    assert!(none.with.loss.band[1] > 0.0);
    let released = run(&lab, &Case { levers: vec![("stock-release".into(), 90.0)], ..bare.clone() }, Width::Whole);
    assert_eq!(released.without, none.with);
    assert!(released.with.loss.band[1] < none.with.loss.band[1]);
    // Each lever either acts or is said to be idle; none breaks the run.
    for lever in offer("JPN").levers {
        let case = Case { levers: vec![(lever.name.id.clone(), lever.high)], replicates: 4, ..bare.clone() };
        let seen = run(&lab, &case, Width::Whole);
        let acts = seen.with != seen.without;
        assert_eq!(
            acts,
            !seen.how.idle.contains(&lever.name.id),
            "{} acts: {acts}, idle: {:?}",
            lever.name.id,
            seen.how.idle
        );
    }
}

#[test]
fn every_case_that_is_offered_runs_for_any_country() {
    for country in ["JPN", "DEU", "SGP", "CHN"] {
        let lab = lab();
        let offer = offer(country);
        assert!(offer.cases.iter().filter(|case| case.case.file.is_none()).count() >= 8, "{country}");
        assert!(offer.cases.iter().any(|case| case.name.id == "japan-ban-2026"));
        assert!(offer.cases.iter().all(|case| case.name.id != "japan-korea-2019"), "the market cannot run it");
        for offered in &offer.cases {
            assert!(offered.case.file.is_some() != offered.share.is_some(), "{}", offered.name.id);
            // Chains of many forms are run once.
            if country == "JPN" || offered.case.shock.forms.len() == 1 {
                let case = Case { replicates: 4, horizon: 6, ..offered.case.clone() };
                let seen = run(&lab, &case, Width::Focus);
                assert_eq!(seen.months.len(), if case.file.is_some() { 6 } else { 7 }, "{}", offered.name.id);
                assert_eq!(seen.acts_as.is_some(), ["DEU", "SGP"].contains(&country));
                assert_eq!(seen.with.run_out.iter().map(|line| line.days.len()).max(), Some(50), "{}", offered.name.id);
            }
        }
    }
}

#[test]
fn a_country_can_stop_its_own_exports() {
    let mut case = offered("largest-gallium");
    case.shock.exporter = "日本".into();
    let seen = run(&lab(), &case, Width::Whole);
    assert!(seen.looks_at_exporter);
    let price = &seen.with.price[0];
    // What is not sent stays at home, where it does not become dearer.
    assert!(price.spot.iter().all(|fan| fan[3] < 1.2 * price.base.unwrap_or(0.0)), "{:?}", price.spot);
    case.shock.reach = Reach::Everybody;
    assert_eq!(run(&lab(), &case, Width::Whole).with, seen.with);
}

#[test]
fn a_focus_market_stands_near_the_whole_one_and_says_whom_it_keeps_apart() {
    let lab = lab();
    let case = Case { replicates: 40, ..offered("largest-rare-earths") };
    let (whole, focus) = (run(&lab, &case, Width::Whole), run(&lab, &case, Width::Focus));
    assert!(whole.how.regions.is_empty());
    assert!(
        ["JPN", "CHN"].iter().all(|region| focus.how.regions.iter().any(|kept| kept == region)),
        "{:?}",
        focus.how.regions
    );
    let ratio = focus.with.loss.band[1] / whole.with.loss.band[1];
    assert!((0.7..1.4).contains(&ratio), "{ratio}");
    assert!(!focus.how.whole_months && !whole.how.whole_months);
    println!("loss {ratio}");
    for (a, b) in whole.with.run_out.iter().zip(&focus.with.run_out) {
        println!("{} {:?} {:?}, {} {:?} {:?}", a.form, a.days[5], a.days[24], b.form, b.days[5], b.days[24]);
    }
    let days = |seen: &Outlook| {
        seen.with.run_out.iter().map(|line| line.days[20].unwrap_or(f64::INFINITY)).fold(f64::INFINITY, f64::min)
    };
    assert!((days(&whole) - days(&focus)).abs() < 10.0, "{} and {}", days(&whole), days(&focus));
}

fn own(kind: &str, form: &str, holder: &str, value: f64, unit: &str) -> OwnAmount {
    OwnAmount {
        kind: kind.into(),
        form: form.into(),
        holder: holder.into(),
        value,
        low: value,
        high: value,
        unit: unit.into(),
    }
}

#[test]
fn own_stocks_and_contracts_reach_the_market_and_the_rest_is_told() {
    let case = offered("largest-gallium");
    let plain = run(&lab(), &case, Width::Whole);
    let holds = vec![
        own("stock", "gallium", "depot", 8.0, "months"),
        own("contract", "gallium", "KOR", 3000.0, "kg/year"),
        own("cost", "gallium", "plant", 300.0, "USD/kg"),
        own("stock", "germanium", "depot", 5.0, "t"),
    ];
    let lab = Lab::new(session(), holds);
    let seen = run(&lab, &case, Width::Whole);
    assert_eq!(
        (seen.how.own.stocks.as_slice(), seen.how.own.contracts.as_slice()),
        (["gallium".to_owned()].as_slice(), ["gallium".to_owned()].as_slice())
    );
    assert_eq!(
        seen.how.own.unused,
        [("cost".to_owned(), "gallium".to_owned()), ("stock".to_owned(), "germanium".to_owned())]
    );
    assert!(seen.with.cover[0].fans[0][3] > 2.0 * plain.with.cover[0].fans[0][3]);
    assert!(seen.with.loss.band[1] < plain.with.loss.band[1]);
    let stock =
        seen.assumptions.iter().find(|row| row.name.id == "own.stock.gallium").unwrap_or_else(|| panic!("not told"));
    assert_eq!((stock.quality, stock.value), (DataQuality::User, 8.0));
    let file = lab.file(&case).unwrap_or_else(|report| panic!("{report}"));
    assert!(
        !file.contains("own") && !file.contains("3000") && file.contains("lode simulate --scenario FILE"),
        "{file}"
    );
}

#[test]
fn assumptions_say_how_much_they_matter_once_enough_futures_are_run() {
    let lab = lab();
    let case = Case { overrides: vec![("market.cover.gallium".into(), 3.0)], ..offered("largest-gallium") };
    let few = run(&lab, &case, Width::Whole);
    assert!(
        few.assumptions.iter().all(|row| row.matters.is_none() && !row.name.en.is_empty() && !row.name.ja.is_empty())
    );
    let set = few
        .assumptions
        .iter()
        .find(|row| row.name.id == "market.cover.gallium")
        .unwrap_or_else(|| panic!("not listed"));
    assert_eq!((set.overridden, set.value, set.quality), (true, 3.0, DataQuality::User));
    let many = run(&lab, &Case { replicates: 400, horizon: 12, overrides: Vec::new(), ..case }, Width::Whole);
    assert!(many.assumptions[0].matters.is_some_and(|share| share > 0.05), "{:?}", many.assumptions[0]);
    assert!(many.assumptions.windows(2).all(|pair| pair[0].matters >= pair[1].matters));
}

#[test]
fn all_mistakes_of_a_case_come_at_once_by_their_fields() {
    let mut case = offered("largest-gallium");
    case.country = "Japn".into();
    case.shock.forms = vec!["galium".into()];
    case.shock.cut = Spread { low: 0.9, mid: 0.5, high: 60.0 };
    case.shock.months = (9.0, 3.0);
    case.levers = vec![("stock-relase".into(), 1.0), ("offtake".into(), 9.0)];
    (case.replicates, case.horizon) = (0, 1);
    let report = lab().run(&case, Width::Focus, 4, 1, &Progress::default()).unwrap_err();
    let columns: Vec<&str> = report.mistakes().iter().filter_map(|mistake| mistake.column.as_deref()).collect();
    assert_eq!(
        columns,
        ["country", "shock.forms", "shock.cut", "shock.months", "levers", "levers", "replicates", "horizon"]
    );
    let text = report.to_string();
    for hint in ["did you mean `JPN`?", "did you mean `gallium`?", "did you mean `stock-release`?", "60 % is 0.6"] {
        assert!(text.contains(hint), "{hint}: {text}");
    }
    let unknown = Case { overrides: vec![("market.covr".into(), 1.0)], ..offered("largest-gallium") };
    let report = lab().check(&unknown).unwrap_err().to_string();
    assert!(report.contains("did you mean `market.cover`?"), "{report}");
}
