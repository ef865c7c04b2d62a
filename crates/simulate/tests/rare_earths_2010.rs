//! The rare-earth market of 2009 to 2015 in three regions, as the prototype of the model had it: its base numbers are
//! judgement (see `docs/src/methods/market.md`), so this tests the engine and is no test against history.

// The number of a form counts in tables, nodes and links at once.
#![allow(clippy::needless_range_loop)]

use lode_simulate::{
    Behaviour, Conditions, Cost, Engine, Instruments, Limit, Link, Market, Node, Parameters, Plant, Sector, State, Step,
};
use std::sync::Arc;

const FORMS: [&str; 3] = ["lanthanum and cerium", "neodymium and praseodymium", "dysprosium and terbium"];
/// By form: price in China (USD/kg), export tax, and flows in t a month.
const PRICE: [f64; 3] = [3.0, 14.0, 100.0];
const TAX: [f64; 3] = [0.15, 0.15, 0.25];
const CHINA_TO_JAPAN: [f64; 3] = [1100.0, 420.0, 65.0];
const CHINA_TO_REST: [f64; 3] = [1300.0, 340.0, 45.0];
const UNRECORDED: [f64; 3] = [480.0, 260.0, 40.0];
const REST_TO_JAPAN: [f64; 3] = [300.0, 40.0, 5.0];
const MADE_ELSEWHERE: [f64; 3] = [680.0, 210.0, 10.0];
const USED_IN_CHINA: [f64; 3] = [4600.0, 1500.0, 110.0];
/// Links of a form, in their order.
const LINKS: usize = 5;

/// As the prototype was run.
fn parameters() -> Parameters {
    Parameters {
        use_elasticity: 0.1,
        choke: 25.0,
        thrift_rate: 1.0 / 18.0,
        cover: 2.0,
        stock_elasticity: 0.0,
        stock_slope: 0.5,
        friction_down: 0.3,
        precaution: 1.0,
        ..Parameters::default()
    }
}

fn market() -> Market {
    let mut market = Market::default();
    for form in 0..3 {
        let abroad = PRICE[form] * (1.0 + TAX[form]) + 0.5;
        for (country, price) in [("CHN", PRICE[form]), ("JPN", abroad), ("rest", abroad)] {
            market.nodes.push(Node { country: country.into(), form: FORMS[form].into(), price, cover: None });
        }
    }
    let (china, japan, rest) = (|form: usize| 3 * form, |form: usize| 3 * form + 1, |form: usize| 3 * form + 2);
    let mut plant = |name: &str, capacity, activity, outputs: Vec<(usize, f64)>, cost| {
        market.plants.push(Plant {
            name: name.into(),
            process: "mining".into(),
            capacity,
            activity,
            outputs,
            inputs: Vec::new(),
            cost,
            adoption: None,
        });
    };
    let joint =
        |node: &dyn Fn(usize) -> usize, yields: [f64; 3]| (0..3).map(|form| (node(form), yields[form])).collect();
    let calibrated = Cost::Calibrated { elasticity: 1.2 };
    plant("north", 1.3 * 9428.0, 9428.0, joint(&china, [0.68, 0.215, 0.005]), calibrated);
    plant("south", 1.3 * 1760.0, 1760.0, joint(&china, [0.6, 0.28, 0.12]), calibrated);
    for form in 0..3 {
        let price = PRICE[form] * (1.0 + TAX[form]) + 0.5;
        let cost = Cost::Given { first: 0.2 * price, rise: 0.8 * price * 1.15 };
        plant(FORMS[form], 1.15 * MADE_ELSEWHERE[form], MADE_ELSEWHERE[form], vec![(rest(form), 1.0)], cost);
    }
    plant("Mountain Pass", 1000.0, 0.0, joint(&rest, [0.72, 0.16, 0.002]), Cost::Given { first: 6.0, rise: 4.0 });
    plant("Mount Weld", 1000.0, 0.0, joint(&rest, [0.70, 0.24, 0.005]), Cost::Given { first: 8.0, rise: 4.0 });
    for form in 0..3 {
        let used_in_rest = CHINA_TO_REST[form] + UNRECORDED[form] + MADE_ELSEWHERE[form] - REST_TO_JAPAN[form];
        for (node, amount, growth) in [
            (china(form), USED_IN_CHINA[form], 0.04),
            (japan(form), CHINA_TO_JAPAN[form] + REST_TO_JAPAN[form], 0.0),
            (rest(form), used_in_rest, 0.01),
        ] {
            market.sectors.push(Sector {
                use_name: FORMS[form].into(),
                industry: "all".into(),
                node,
                amount,
                growth,
                value_at_stake: 0.0,
                elasticity: None,
                choke: None,
            });
        }
        let link = |from, to, amount, transit, tax| Link {
            from,
            to,
            amount,
            transit,
            tax,
            premium: 0.0,
            friction: 1.0,
            newcomer: None,
        };
        market.links.extend([
            link(china(form), japan(form), CHINA_TO_JAPAN[form], 0.5, TAX[form]),
            link(china(form), rest(form), CHINA_TO_REST[form], 0.8, TAX[form]),
            Link { premium: 0.15, friction: 1.5, ..link(china(form), rest(form), UNRECORDED[form], 0.8, 0.0) },
            link(rest(form), japan(form), REST_TO_JAPAN[form], 0.6, 0.0),
            Link { newcomer: Some(0.005 * CHINA_TO_REST[form]), ..link(japan(form), rest(form), 0.0, 0.8, 0.0) },
        ]);
    }
    let links = (0..3).flat_map(|form| [(LINKS * form, 1.0), (LINKS * form + 1, 1.0)]).collect();
    let usual = (0..3).map(|form| CHINA_TO_JAPAN[form] + CHINA_TO_REST[form]).sum();
    market.limits.push(Limit { name: "export quota".into(), links, usual });
    market
}

/// One lane, or more that all are alike.
fn engine<const L: usize>(market: &Market, months: f64) -> Engine<L> {
    let behaviour = Behaviour::new(market, parameters());
    let lanes = std::array::from_fn(|_| behaviour.clone());
    Engine::new(&Arc::new(market.clone()), months, Instruments::default(), &lanes)
}

fn nothing(market: &Market) -> Conditions<1> {
    Conditions::none(market, &Instruments::default())
}

/// Quota of a year in customs tonnes: 2010 was exported 1.31 times.
fn quota(year: i32) -> f64 {
    match year {
        2009 => 50_145.0,
        2010 => 30_258.0 * 1.31,
        2011 => 30_246.0,
        2012 => 30_996.0,
        2013 => 30_999.0,
        2014 => 30_611.0,
        _ => f64::INFINITY,
    }
}

/// What is imposed in a month, counted from January 2010 as 1: quotas, the halt to Japan of 21 September to 20 November
/// 2010, new mines, remembered risk.
struct Episode {
    market: Market,
    exported: std::collections::BTreeMap<i32, f64>,
    remembered_halt: f64,
    remembered: f64,
}

impl Episode {
    fn new(market: Market) -> Self {
        Self { market, exported: Default::default(), remembered_halt: 0.0, remembered: 0.0 }
    }

    fn conditions(&mut self, state: &State<1>, year: i32, month: i32) -> Conditions<1> {
        let mut conditions = nothing(&self.market);
        let count = 12 * (year - 2010) + month;
        let used = self.exported.get(&year).copied().unwrap_or(0.0);
        let (batch, left) = match (year, month <= 6) {
            (2010, true) => (22_282.0 * 1.31, 7 - month),
            (2011, true) => (14_508.0, 7 - month),
            _ => (quota(year), 13 - month),
        };
        if quota(year).is_finite() {
            let remaining = batch - used;
            conditions.limit[0] = [remaining.min(2.0 * remaining / f64::from(left)).max(1.0)];
        }
        let tight = match year {
            2010 if month < 7 => 0.0,
            2010..=2012 => 0.4,
            2013 | 2014 => 0.1,
            _ => 0.0,
        };
        let halt = (9..=11).contains(&count);
        let fade = |months: f64| libm::exp(-1.0 / months);
        self.remembered_halt = if halt { self.remembered_halt.max(0.9) } else { self.remembered_halt * fade(12.0) };
        self.remembered = f64::max(tight, self.remembered_halt).max(self.remembered * fade(36.0));
        let risk = f64::max(tight, self.remembered_halt);
        for form in 0..3 {
            let (china, japan, rest) = (3 * form, 3 * form + 1, 3 * form + 2);
            conditions.risk[china] = [0.3 * risk];
            conditions.risk[japan] = [0.82 * risk];
            conditions.risk[rest] = [0.65 * f64::max(tight, 0.6 * self.remembered_halt)];
            let (to_japan, to_rest) = (LINKS * form, LINKS * form + 1);
            conditions.premium[to_japan] = [0.15 * self.remembered];
            conditions.premium[to_rest] = [0.075 * self.remembered];
            conditions.most[to_rest + 1] = [2.0 * UNRECORDED[form]];
            if halt {
                let open = [2.0 / 3.0, 0.0, 1.0 / 3.0][(count - 9) as usize];
                let rush = if count == 9 { 1.4 } else { 1.0 };
                conditions.most[to_japan] = [state.established[to_japan][0] * (open * rush + (1.0 - open) * 0.1)];
                conditions.held_up[to_japan] = [true];
                if count == 10 {
                    conditions.most[to_rest] = [0.5 * state.established[to_rest][0]];
                    conditions.held_up[to_rest] = [true];
                }
            }
            if year >= 2011 && form == 1 {
                conditions.tax[to_japan] = [0.25];
                conditions.tax[to_rest] = [0.25];
            }
            if count >= 65 {
                conditions.tax[to_japan] = [0.0];
                conditions.tax[to_rest] = [0.0];
            }
        }
        let ramp = |points: &[(f64, f64)]| {
            let at = f64::from(count);
            let after = points.iter().position(|(month, _)| at <= *month).unwrap_or(points.len() - 1);
            let ((x0, y0), (x1, y1)) = (points[after.saturating_sub(1)], points[after]);
            1e-6 + if x1 > x0 { y0 + (y1 - y0) * ((at.clamp(x0, x1) - x0) / (x1 - x0)) } else { y1 }
        };
        conditions.capacity[5] = [ramp(&[(24.0, 0.0), (36.0, 0.25), (48.0, 0.35), (66.0, 0.4), (70.0, 0.05)])];
        conditions.capacity[6] = [ramp(&[(36.0, 0.0), (48.0, 0.12), (60.0, 0.5), (72.0, 0.8)])];
        conditions
    }

    fn note(&mut self, year: i32, step: &Step<1>) {
        let official = (0..3).map(|form| step.sent[LINKS * form][0] + step.sent[LINKS * form + 1][0]).sum::<f64>();
        *self.exported.entry(year).or_default() += official;
    }
}

/// A year of calm, then 2009 to 2015 month by month.
fn run() -> (Vec<(i32, i32, Step<1>)>, Episode) {
    let market = market();
    let mut engine = engine::<1>(&market, 1.0);
    let mut state = engine.base();
    for _ in 0..12 {
        engine.step(&mut state, &nothing(&market)).unwrap();
    }
    let mut episode = Episode::new(market);
    let mut steps = Vec::new();
    for (year, month) in (2009..=2015).flat_map(|year| (1..=12).map(move |month| (year, month))) {
        let conditions = episode.conditions(&state, year, month);
        let step = engine.step(&mut state, &conditions).unwrap().clone();
        episode.note(year, &step);
        steps.push((year, month, step));
    }
    (steps, episode)
}

fn at(steps: &[(i32, i32, Step<1>)], year: i32, month: i32) -> &Step<1> {
    steps.iter().find(|(y, m, _)| (*y, *m) == (year, month)).map(|(.., step)| step).unwrap()
}

#[test]
fn the_base_balances_and_stays_for_a_year() {
    let market = market();
    assert!(market.imbalances(0.02).is_empty());
    let mut engine = engine::<1>(&market, 1.0);
    let mut state = engine.base();
    for _ in 0..12 {
        engine.step(&mut state, &nothing(&market)).unwrap();
    }
    for (node, price) in market.nodes.iter().zip(&state.price) {
        let drift = price[0] / node.price - 1.0;
        assert!(drift.abs() < 0.05, "{} in {}: {drift}", node.form, node.country);
    }
}

/// Numbers of the prototype, in Python with demand in blocks and another solver: Japan's imports from China in the months
/// of the halt, official exports of the years, the price ratio between outside and inside.
#[test]
fn the_engine_gives_what_the_prototype_gave() {
    let (steps, episode) = run();
    for (year, month, prototype) in [
        (2010, 9, 1590.0),
        (2010, 10, 837.0),
        (2010, 11, 392.0),
        (2010, 12, 2668.0),
        (2011, 1, 3578.0),
        (2011, 2, 2388.0),
        (2011, 5, 848.0),
    ] {
        let step = at(&steps, year, month);
        let imports: f64 = (0..3).map(|form| step.arrived[LINKS * form][0]).sum();
        assert!((imports / prototype - 1.0).abs() < 0.02, "{year}-{month}: {imports} for {prototype}");
    }
    for (year, prototype) in [(2009, 39.1), (2010, 39.6), (2011, 30.2), (2012, 29.9), (2013, 28.6), (2014, 28.6)] {
        let exports = episode.exported[&year] / 1000.0;
        assert!((exports / prototype - 1.0).abs() < 0.01, "{year}: {exports} for {prototype}");
    }
    let end = at(&steps, 2012, 12);
    for (form, prototype) in [(0, 1.36), (1, 1.30), (2, 1.26)] {
        let ratio = end.price[3 * form + 2][0] / end.price[3 * form][0];
        assert!((ratio - prototype).abs() < 0.03, "{}: {ratio} for {prototype}", FORMS[form]);
    }
}

#[test]
fn half_months_tell_the_same_base() {
    let market = market();
    let mut engine = engine::<1>(&market, 0.5);
    let mut state = engine.base();
    for _ in 0..24 {
        let step = engine.step(&mut state, &nothing(&market)).unwrap();
        for (link, [sent]) in market.links.iter().zip(&step.sent) {
            assert!((sent - link.amount).abs() <= 0.06 * link.amount.max(10.0), "{sent} for {}", link.amount);
        }
    }
    for (node, price) in market.nodes.iter().zip(&state.price) {
        assert!((price[0] / node.price - 1.0).abs() < 0.05, "{} in {}: {price:?}", node.form, node.country);
    }
}

/// Opening stock and arrivals and output are use, shipments, loss and closing stock, in every node and month, and nothing
/// that is sent is lost under way.
#[test]
fn mass_closes_and_nothing_is_negative() {
    let market = market();
    for months in [1.0, 0.5] {
        let mut engine = engine::<1>(&market, months);
        let mut state = engine.base();
        let mut episode = Episode::new(market.clone());
        for (year, month) in (2009..=2015).flat_map(|year| (1..=12).map(move |month| (year, month))) {
            let conditions = episode.conditions(&state, year, month);
            let before = state.clone();
            let step = engine.step(&mut state, &conditions).unwrap().clone();
            episode.note(year, &step);
            for node in 0..market.nodes.len() {
                let mut flow = -step.lost[node][0];
                let mut through = step.lost[node][0].abs();
                let mut count = |amount: f64| {
                    flow += amount;
                    through += amount.abs();
                };
                for (sector, [used]) in market.sectors.iter().zip(&step.used).filter(|(sector, _)| sector.node == node)
                {
                    count(-used);
                    assert!(*used >= 0.0, "{}", sector.use_name);
                }
                for (plant, [activity]) in market.plants.iter().zip(&step.activity) {
                    plant.outputs.iter().filter(|(of, _)| *of == node).for_each(|(_, tonnes)| count(tonnes * activity));
                    plant.inputs.iter().filter(|(of, _)| *of == node).for_each(|(_, tonnes)| count(-tonnes * activity));
                }
                for (index, link) in market.links.iter().enumerate() {
                    if link.to == node {
                        count(step.arrived[index][0]);
                    }
                    if link.from == node {
                        count(-step.sent[index][0]);
                    }
                }
                let left = before.stock[node][0] + flow * months - state.stock[node][0];
                assert!(
                    left.abs() <= 1e-9 * (through * months + before.stock[node][0]),
                    "{year}-{month}, node {node}: {left}"
                );
                assert!(state.stock[node][0] >= 0.0 && step.price[node][0] >= 0.0, "{year}-{month}, node {node}");
            }
            for index in 0..market.links.len() {
                let sum = |state: &State<1>| state.under_way(index).iter().map(|[tonnes]| tonnes).sum::<f64>();
                let (was, is) = (sum(&before), sum(&state));
                let left = was + (step.sent[index][0] - step.arrived[index][0]) * months - is;
                assert!(left.abs() <= 1e-9 * (was + is + 1.0), "link {index}: {left}");
            }
        }
    }
}

/// With everything else alike, a deeper halt leaves no more to use: in no month of it, and not in sum.
#[test]
fn a_deeper_halt_never_leaves_more_to_use() {
    let market = market();
    let used = |severity: f64| {
        let mut engine = engine::<1>(&market, 1.0);
        let mut state = engine.base();
        let months = (0..24).map(|month| {
            let mut conditions = nothing(&market);
            for form in 0..3 {
                for link in [LINKS * form, LINKS * form + 1] {
                    if month < 12 {
                        conditions.most[link] = [market.links[link].amount * (1.0 - severity)];
                        conditions.held_up[link] = [true];
                    }
                }
            }
            let step = engine.step(&mut state, &conditions).unwrap().clone();
            // Outside China, weighed by base price: tonnes of different elements are not added.
            market
                .sectors
                .iter()
                .zip(&step.used)
                .filter(|(sector, _)| sector.node % 3 > 0)
                .map(|(sector, [used])| used * market.nodes[sector.node].price)
                .sum()
        });
        months.collect::<Vec<f64>>()
    };
    let by_severity: Vec<Vec<f64>> = [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().map(used).collect();
    for pair in by_severity.windows(2) {
        for (month, (less, more)) in pair[1].iter().zip(&pair[0]).enumerate().take(12) {
            assert!(*less <= more * (1.0 + 1e-6), "month {month}: {less} after {more}");
        }
        assert!(pair[1].iter().sum::<f64>() < pair[0].iter().sum::<f64>());
    }
}

#[test]
fn a_month_without_a_solution_says_where_and_changes_nothing() {
    let market = market();
    let mut engine = engine::<1>(&market, 1.0);
    let mut state = engine.base();
    state.stock[4] = [f64::NAN];
    let before = format!("{state:?}");
    let mut conditions = nothing(&market);
    conditions.most[5] = [100.0];
    let unsolved = engine.step(&mut state, &conditions).unwrap_err();
    let binding = "at most 100.0 t a month of neodymium and praseodymium from CHN to JPN";
    assert_eq!(unsolved[0].binding, [binding]);
    assert!(unsolved[0].to_string().contains("neodymium and praseodymium in JPN"), "{}", unsolved[0]);
    assert_eq!(format!("{state:?}"), before);
    // The next run is not spoiled.
    let mut state = engine.base();
    assert!(engine.step(&mut state, &nothing(&market)).is_ok());
}

#[test]
fn the_same_run_gives_the_same_bits() {
    let bits = || {
        run()
            .0
            .iter()
            .flat_map(|(.., step)| step.price.iter().map(|[price]| price.to_bits()).collect::<Vec<_>>())
            .collect::<Vec<u64>>()
    };
    assert_eq!(bits(), bits());
}

/// Four lanes with different behaviours and halts give the bits of four single runs.
#[test]
fn lanes_are_single_runs() {
    const LANES: usize = 4;
    let market = market();
    let behaviours: [Behaviour; LANES] = std::array::from_fn(|lane| {
        let more = lane as f64;
        let mut behaviour = Behaviour::new(
            &market,
            Parameters { cover: 1.0 + more, friction: 0.4 + 0.2 * more, momentum: 0.1 * more, ..parameters() },
        );
        behaviour.elasticity[2] = 0.05 * (1.0 + more);
        behaviour.choke[2] = 10.0 + more;
        behaviour.plant_elasticity[0] = 0.5 + more;
        behaviour
    });
    let shared = Arc::new(market.clone());
    let impose = |halt: bool, lane: usize| if halt { 300.0 * lane as f64 } else { f64::INFINITY };
    let mut together = Engine::<LANES>::new(&shared, 0.5, Instruments::default(), &behaviours);
    let mut state = together.base();
    let mut conditions = Conditions::<LANES>::none(&market, &Instruments::default());
    let mut singles: Vec<_> = (0..LANES)
        .map(|lane| {
            let engine = Engine::<1>::new(&shared, 0.5, Instruments::default(), &[behaviours[lane].clone()]);
            let state = engine.base();
            (engine, state)
        })
        .collect();
    for step in 0..48 {
        let halt = (4..12).contains(&step);
        for lane in 0..LANES {
            conditions.most[0][lane] = impose(halt, lane);
            conditions.held_up[0][lane] = halt;
        }
        let found = together.step(&mut state, &conditions).unwrap();
        for (lane, (engine, state)) in singles.iter_mut().enumerate() {
            let mut alone = nothing(&market);
            alone.most[0] = [impose(halt, lane)];
            alone.held_up[0] = [halt];
            let single = engine.step(state, &alone).unwrap();
            for (price, prices) in single.price.iter().zip(&found.price) {
                assert_eq!(price[0].to_bits(), prices[lane].to_bits(), "step {step}, lane {lane}");
            }
            for (used, all) in single.used.iter().zip(&found.used) {
                assert_eq!(used[0].to_bits(), all[lane].to_bits(), "step {step}, lane {lane}");
            }
        }
    }
}
