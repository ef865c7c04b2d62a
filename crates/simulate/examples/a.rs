use lode_simulate::*;
const F: [&str; 3] = ["LaCe", "NdPr", "DyTb"];
const P0: [f64; 3] = [3.0, 14.0, 100.0];
const TAX: [f64; 3] = [0.15, 0.15, 0.25];
const CJ: [f64; 3] = [1100., 420., 65.];
const CR: [f64; 3] = [1300., 340., 45.];
const LK: [f64; 3] = [480., 260., 40.];
const RJ: [f64; 3] = [300., 40., 5.];
const RS: [f64; 3] = [680., 210., 10.];
const CD: [f64; 3] = [4600., 1500., 110.];
fn build(par: &Parameters) -> Market {
    let mut m = Market::default();
    for k in 0..3 {
        let po = P0[k] * (1. + TAX[k]) + 0.5;
        for (c, p) in [("CN", P0[k]), ("JP", po), ("ROW", po)] { m.nodes.push(Node { country: c.into(), form: F[k].into(), price: p }); }
    }
    let n = |m: &Market, c: &str, k: usize| m.node(c, F[k]).unwrap();
    for (nm, a0, y) in [("north", 9428., [0.68, 0.215, 0.005]), ("south", 1760., [0.6, 0.28, 0.12])] {
        let outs = (0..3).map(|k| (n(&m, "CN", k), y[k])).collect();
        m.plants.push(Plant { name: nm.into(), capacity: 1.3 * a0, activity: a0, outputs: outs, inputs: vec![], cost: Cost::Calibrated { elasticity: 1.2 } });
    }
    for k in 0..3 {
        let po = P0[k] * (1. + TAX[k]) + 0.5;
        m.plants.push(Plant { name: format!("row {}", F[k]), capacity: 1.15 * RS[k], activity: RS[k], outputs: vec![(n(&m, "ROW", k), 1.)], inputs: vec![], cost: Cost::Given { first: 0.2 * po, rise: 0.8 * po * 1.15 } });
    }
    for (nm, y, c) in [("mp", [0.72, 0.16, 0.002], 6.), ("lynas", [0.70, 0.24, 0.005], 8.)] {
        let outs = (0..3).map(|k| (n(&m, "ROW", k), y[k])).collect();
        m.plants.push(Plant { name: nm.into(), capacity: 1000., activity: 0., outputs: outs, inputs: vec![], cost: Cost::Given { first: c, rise: 4. } });
    }
    for k in 0..3 {
        for (c, q, g) in [("CN", CD[k], 0.04), ("JP", CJ[k] + RJ[k], 0.), ("ROW", CR[k] + LK[k] + RS[k] - RJ[k], 0.01)] {
            let node = n(&m, c, k);
            m.sectors.push(Sector { name: format!("{c} {}", F[k]), node, amount: q, growth: g });
        }
    }
    for k in 0..3 {
        let (cn, jp, row) = (n(&m, "CN", k), n(&m, "JP", k), n(&m, "ROW", k));
        let mut add = |from, to, amount, transit, tax, premium, friction, newcomer| m.links.push(Link { from, to, amount, transit, tax, premium, friction, newcomer });
        add(cn, jp, CJ[k], 0.5, TAX[k], 0., 1., None);
        add(cn, row, CR[k], 0.8, TAX[k], 0., 1., None);
        add(cn, row, LK[k], 0.8, 0., 0.15, 1.5, None);
        add(row, jp, RJ[k], 0.6, 0., 0., 1., None);
        add(jp, row, 0., 0.8, 0., 0., 1., Some(0.005 * CR[k]));
    }
    let usual = (0..3).map(|k| CJ[k] + CR[k]).sum();
    m.limits.push(Limit { name: "quota".into(), links: (0..3).flat_map(|k| [(5 * k, 1.), (5 * k + 1, 1.)]).collect(), usual });
    let _ = par;
    m
}
fn interp(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    if x <= xs[0] { return ys[0]; }
    for i in 1..xs.len() { if x <= xs[i] { return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1]); } }
    *ys.last().unwrap()
}
fn main() {
    let crack: f64 = std::env::args().nth(1).and_then(|t| t.parse().ok()).unwrap_or(0.);
    let par = Parameters { friction_down: 0.3, precaution: 1.0, ..Parameters::default() };
    let m = build(&par);
    println!("{:?}", m.imbalances(0.02).iter().map(|i| i.to_string()).collect::<Vec<_>>());
    let mut e = Engine::new(m.clone(), par.clone(), 1.0);
    let mut s = e.base();
    let base = Conditions::none(&m);
    // drift
    let mut ss = s.clone();
    for _ in 0..12 { let st = e.step(&mut ss, &base).unwrap(); if ss.scale[0] < 0. { println!("{st:?}"); } }
    println!("drift: {:?}", (0..9).map(|n| format!("{:.3}", ss.price[n] / m.nodes[n].price)).collect::<Vec<_>>());
    for _ in 0..12 { e.step(&mut s, &base).unwrap(); }
    let (mut hr, mut hl) = (0.0f64, 0.0f64);
    let mut used = std::collections::BTreeMap::new();
    let mut p9 = vec![];
    let t = std::time::Instant::now();
    let (mut steps, mut months) = (vec![], 0);
    for i in 0..84 {
        let y = 2009 + i / 12; let mo = i % 12 + 1; let tt = (y as i32 - 2010) * 12 + mo as i32;
        let mut c = base.clone();
        let q = |y: i32| match y { 2009 => 50145., 2010 => 30258. * 1.31, 2011 => 30246., 2012 => 30996., 2013 => 30999., 2014 => 30611., _ => f64::INFINITY };
        let u: f64 = *used.get(&y).unwrap_or(&0.0);
        if y < 2015 {
            let (mut rem, mut left) = (q(y as i32) - u, 13 - mo);
            if y == 2010 { rem = (if mo <= 6 { 22282. * 1.31 } else { q(2010) }) - u; left = if mo <= 6 { 7 - mo } else { 13 - mo }; }
            if y == 2011 { rem = (if mo <= 6 { 14508. } else { 30246. }) - u; left = if mo <= 6 { 7 - mo } else { 13 - mo }; }
            c.limit[0] = f64::max(f64::min(rem, rem / left as f64 * 2.0), 1.);
        }
        let mut rq: f64 = 0.;
        if tt >= 7 && y < 2013 { rq = 0.4; }
        if y == 2013 || y == 2014 { rq = 0.1; }
        let halt = (9..=11).contains(&tt);
        hr = if halt { hr.max(0.9) } else { hr * (-1.0f64 / 12.).exp() };
        hl = rq.max(hr).max(hl * (-1.0f64 / 36.).exp());
        let r = rq.max(hr);
        for k in 0..3 {
            let (cn, jp, row) = (3 * k, 3 * k + 1, 3 * k + 2);
            c.risk[jp] = 0.82 * r; c.risk[row] = 0.65 * rq.max(hr * 0.6); c.risk[cn] = 0.3 * r;
            c.premium[5 * k] = 0.15 * hl; c.premium[5 * k + 1] = 0.15 * hl * 0.5;
            if halt {
                let fr = [2. / 3., 0., 1. / 3.][(tt - 9) as usize];
                c.most[5 * k] = s.established[5 * k] * (fr * if tt == 9 { 1.4 } else { 1. } + (1. - fr) * 0.1);
                c.held_up[5 * k] = true;
                if tt == 10 { c.most[5 * k + 1] = s.established[5 * k + 1] * 0.5; c.held_up[5 * k + 1] = true; }
            }
            c.most[5 * k + 2] = 2. * LK[k];
            if y >= 2011 && k == 1 { c.tax[5] = 0.25; c.tax[6] = 0.25; }
            if tt >= 65 { c.tax[5 * k] = 0.; c.tax[5 * k + 1] = 0.; }
        }
        if crack > 0. {
            let g = interp(tt as f64, &[12., 18., 36., 60., 84.], &[0., 1., 1., 0.7, 0.5]);
            for (p, w) in [(1, 1.5), (0, 1.0)] { c.capacity[p] = f64::min(1., (1. - w * crack * g) / 1.3 + (1. - (g * 2.).min(1.)) * 0.3); }
        }
        c.capacity[5] = interp(tt as f64, &[24., 36., 48., 66., 70.], &[0., 0.25, 0.35, 0.4, 0.05]) + 1e-6;
        c.capacity[6] = interp(tt as f64, &[36., 48., 60., 72.], &[0., 0.12, 0.5, 0.8]) + 1e-6;
        let st = e.step(&mut s, &c).unwrap();
        steps.push(st.steps); months += 1;
        let off: f64 = (0..3).map(|k| st.sent[5 * k] + st.sent[5 * k + 1]).sum();
        *used.entry(y).or_insert(0.0) += off;
        if (y, mo) == (2009, 12) { p9 = st.price.clone(); }
        let jc: f64 = (0..3).map(|k| st.arrived[5 * k]).sum();
        if (2010..=2011).contains(&y) && ((y == 2010 && mo >= 6) || mo <= 5) { println!("{y}-{mo:02} JP from CN {jc:.0} price {:?} steps {}", (0..3).map(|k| format!("{:.2}", st.price[3 * k + 2] / p9[3 * k + 2])).collect::<Vec<_>>(), st.steps); }
        if mo == 12 && y >= 2010 { println!("{y} end {:?} out/in {:?}", (0..3).map(|k| format!("{:.2}", st.price[3 * k + 2] / p9[3 * k + 2])).collect::<Vec<_>>(), (0..3).map(|k| format!("{:.2}", st.price[3 * k + 2] / st.price[3 * k])).collect::<Vec<_>>()); }
    }
    println!("exports {:?}", used.iter().map(|(y, u)| format!("{y}: {:.1}", u / 1000.)).collect::<Vec<_>>());
    println!("{months} months in {:?}, steps {:?}", t.elapsed(), steps);
}
