// Records development data from the command line and the package: `node mock/record.mjs` (needs target/release/lode and unzip; steps and back-tests
// come from a server that runs: LODE_URL=http://127.0.0.1:7777).
// Development only: nothing here is built into the workbench. A running server makes it unnecessary.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync, existsSync } from 'node:fs';

const root = new URL('../..', import.meta.url).pathname;
const lode = `${root}target/release/lode`;
const archive = `${root}data/packages/critical-minerals-2026.1.zip`;
const run = (...args) => JSON.parse(execFileSync(lode, [...args, '--format', 'json'], { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 }).toString());
const csv = (text) => {
  const rows = []; let row = [], cell = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) { if (c === '"') { if (text[i + 1] === '"') { cell += '"'; i++; } else quoted = false; } else cell += c; }
    else if (c === '"') quoted = true;
    else if (c === ',') { row.push(cell); cell = ''; }
    else if (c === '\n') { row.push(cell); rows.push(row); row = []; cell = ''; }
    else if (c !== '\r') cell += c;
  }
  const head = rows.shift();
  return rows.map((r) => Object.fromEntries(head.map((h, i) => [h, r[i]])));
};
const table = (name) => csv(execFileSync('unzip', ['-p', archive, `${name}.csv`], { maxBuffer: 1 << 28 }).toString());
const write = (name, value) => writeFileSync(new URL(`./data/${name}.json`, import.meta.url), JSON.stringify(value) + '\n');

const today = '2026-11-25';
const commodities = table('commodities'), countries = table('countries'), controls = table('controls'), production = table('production');
const figures = table('figures'), projects = table('projects'), claimsTable = csv(readFileSync(`${root}data/claims.csv`, 'utf8'));
const hash = '46956d01b5c1';
const nameOf = (iso) => countries.find((c) => c.country === iso)?.name_en ?? iso;

// ------------------------------------------------------------------ meta
const meta = {
  version: '2026.1.0', package: { name: 'critical-minerals', version: '2026.1', hash }, development: true, today,
  newest: { trade: '2024', months_old: 22 },
  countries: [
    ...countries.map((c) => ({ id: c.country, name_en: c.name_en, name_ja: c.name_ja, kind: 'country', numeric: c.numeric.padStart(3, '0') })),
    { id: 'EU27', name_en: 'European Union', name_ja: '欧州連合', kind: 'group' },
  ],
  commodities: commodities.map((c) => ({ id: c.commodity, name_en: c.name_en, name_ja: c.name_ja, symbol: c.symbol || null, kind: c.kind, group: c.group || null })),
  stages: ['mine', 'refined', 'metal', 'magnet', 'use'], pages: ['desk', 'chain', 'steps', 'lab', 'ledger'], workspace: true,
};
write('meta', meta);

// ------------------------------------------------------------------ desk
const STAGES = { mine: ['mine'], refined: ['refined', 'mixed-compound'], metal: ['metal', 'alloy'], magnet: ['magnet', 'component'] };
const trade = new Map();
const flows = (code) => { if (!trade.has(code)) { try { trade.set(code, table(`trade/${code}`)); } catch { trade.set(code, []); } } return trade.get(code); };
const num = (row) => row && {
  value: row.value, ...(row.low != null && (row.low !== row.value || row.high !== row.value) ? { low: row.low, high: row.high } : {}),
  unit: row.unit, basis: row.basis, quality: row.quality, as_of: String(row.year), origins: row.origins,
  ...(row.value == null ? { why: 'mixed_code' } : {}), ...(row.note ? { note: row.note } : {}),
  record: new URLSearchParams(Object.entries({ indicator: row.indicator, country: row.country, commodity: row.commodity, stage: row.stage, partner: row.partner, year: row.year, basis: row.basis?.split(' ')[0] }).filter(([, v]) => v != null).map(([k, v]) => [k, String(v)])).toString(),
};
const members = (country) => country === 'EU27' ? 'AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE'.split(' ') : [country];
const ownRank = (country, row) => {
  const [basis, codes] = (row.basis ?? '').split(' ');
  if (!codes || !/^\d/.test(codes) || row.value == null) return row.partner ? [{ ...num(row), partner: row.partner }] : [];
  const sums = new Map(); let total = 0;
  for (const code of codes.split('+')) for (const f of flows(code)) {
    if (!members(country).includes(f.importer) || +f.year !== row.year || members(country).includes(f.exporter)) continue;
    const v = +(basis === 'value' ? f.value_kusd : f.quantity_t) || 0; total += v; sums.set(f.exporter, (sums.get(f.exporter) ?? 0) + v);
  }
  if (!total) return [{ ...num(row), partner: row.partner }];
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, 5).map(([partner, v], i) => ({ ...num(row), value: i || row.partner !== partner ? v / total : row.value, partner, ...(i ? { low: undefined, high: undefined, record: num({ ...row, partner }).record } : {}) }));
};
const worldRank = (row) => {
  const rows = production.filter((p) => p.commodity === row.commodity && STAGES[row.stage]?.includes(p.stage) && +p.year === row.year && p.preferred === 'yes' && p.metric === 'production' && !p.entity && p.country !== 'WLD' && !p.product);
  const total = rows.reduce((s, p) => s + (+p.value || 0), 0);
  const top = { ...num(row), partner: row.partner };
  if (!total || row.value == null) return row.partner ? [top] : [];
  const rank = rows.sort((a, b) => b.value - a.value).slice(0, 6).map((p) => ({ ...num({ ...row, partner: p.country }), low: undefined, high: undefined, value: +p.value / total, partner: p.country }));
  return rank[0]?.partner === row.partner ? [top, ...rank.slice(1, 5)] : [top];
};
const HEAVY = ['dysprosium', 'terbium', 'gadolinium', 'lutetium', 'samarium', 'yttrium', 'scandium', 'europium', 'holmium', 'erbium', 'thulium', 'ytterbium'];
const heading = (c) => c.id === 'rare-earths' || (c.group === 'rare-earths') ? (HEAVY.includes(c.id) ? 'heading.heavy_rare_earths' : 'heading.rare_earths') : c.group === 'platinum-group-metals' || c.id === 'platinum-group-metals' ? 'heading.platinum_group' : 'heading.others';
const severity = { ban: 5, quota: 4, licence: 3, tax: 2 };
const standing = (country, c) => {
  const hits = controls.filter((k) => k.actor && k.actor !== country && k.kind in severity
    && (k.targets.split('|').includes('WLD') || k.targets.split('|').includes(country)) && k.start && k.start <= today && !(k.end && k.end < today)
    && (k.commodities.split('|').includes(c.id) || (c.id === 'rare-earths' && k.commodities.split('|').some((x) => commodities.find((y) => y.commodity === x)?.group === 'rare-earths')) || k.commodities.split('|').includes(c.group)));
  hits.sort((a, b) => severity[b.kind] - severity[a.kind] || (a.start < b.start ? 1 : -1));
  const k = hits[0]; if (!k) return null;
  const state = k.suspended_from && k.suspended_to ? (k.suspended_to >= today ? 'suspended' : 'lapsed') : 'in_force';
  return { kind: k.kind, actor: k.actor, since: k.start, state, more: hits.length - 1, name: k.name, instrument: k.instrument || null, origins: [k.origin] };
};
function changes(country) {
  const out = [];
  for (const k of controls) {
    if (k.actor === country || !(k.targets.split('|').includes('WLD') || k.targets.split('|').includes(country))) continue;
    const push = (date, what) => { if (date && date >= '2024-11' && date <= '2028') out.push({ date, what: date > today ? 'due' : what, kind: k.kind, actor: k.actor || null, commodities: k.commodities.split('|').filter(Boolean), title: k.name, instrument: k.instrument || null, more: 0, quality: k.quality, origins: [k.origin] }); };
    push(k.suspended_to, 'suspension_ran_out'); push(k.start, 'in_force'); push(k.end, 'ended'); push(k.suspended_from, 'suspended');
  }
  out.sort((a, b) => (a.date < b.date ? 1 : -1));
  const merged = [];
  for (const c of out) { const last = merged.at(-1); if (last && last.date === c.date && last.what === c.what && last.actor === c.actor) { last.more++; last.commodities = [...new Set([...last.commodities, ...c.commodities])]; } else merged.push(c); }
  return merged.slice(0, 9);
}
function desk(country, basis) {
  const rows = run('desk', country, '--basis', basis);
  const order = [...new Set(rows.map((r) => r.commodity))];
  const matrix = [], bundled = [];
  for (const id of order) {
    const c = meta.commodities.find((x) => x.id === id);
    const of = rows.filter((r) => r.commodity === id);
    const cells = Object.entries(STAGES).map(([stage, names]) => {
      const world = of.find((r) => r.indicator === 'top-1' && names.includes(r.stage)), own = of.find((r) => r.indicator === 'dependence' && names.includes(r.stage));
      const cell = (row, rank) => row ? { top: { ...num(row), partner: row.partner }, rank: rank(row) } : { top: { value: null, unit: 'share', why: 'no_source', partner: null }, rank: [] };
      return { stage, world: cell(world, worldRank), own: cell(own, (r) => ownRank(country, r)) };
    });
    const known = cells.some((x) => x.world.top.value != null || x.own.top.value != null);
    const trend = of.filter((r) => r.stage === 'trade').map((r) => ({ year: r.year, num: { value: r.value, ...(r.low !== r.high ? { low: r.low, high: r.high } : {}), unit: r.unit, quality: r.quality } }));
    const control = standing(country, c);
    if (!known && !trend.length && !(control && controls.find((k) => k.name === control.name)?.commodities.split('|').includes(id))) { bundled.push(id); continue; }
    const set = of.find((r) => r.stage === 'refined' || r.stage === 'mine');
    let imports = 0; const codes = new Set(of.filter((r) => r.indicator === 'dependence' && /^(quantity|value) \d/.test(r.basis ?? '') && r.value != null).flatMap((r) => r.basis.split(' ')[1].split('+')));
    for (const code of codes) for (const f of flows(code)) if (members(country).includes(f.importer) && f.year === '2024' && !members(country).includes(f.exporter)) imports += +f.value_kusd || 0;
    matrix.push({ commodity: id, heading: heading(c), cells, trend, trend_partner: of.find((r) => r.stage === 'trade')?.partner ?? null,
      imports: imports ? { value: imports * 1000, unit: 'USD', basis: 'value', quality: 'derived', as_of: '2024', origins: ['baci'], record: `table=trade&country=${country}&commodity=${id}&year=2024` } : { value: null, unit: 'USD', why: set && set.value == null ? 'mixed_code' : 'no_source' }, control });
  }
  // How you count decides the number.
  const years = '2005..2024';
  const main = run('assess', '--country', country, '--commodity', 'rare-earths', '--year', '2024').find((r) => r.value != null);
  const partner = main?.partner ?? 'CHN';
  const series = ['quantity', 'value'].map((b) => ({ basis: b, points: run('assess', '--country', country, '--commodity', 'rare-earths', '--year', years, '--partner', partner, '--basis', b).map((r) => ({ year: r.year, num: num({ ...r, country }) })) }));
  const shareRow = (b) => series.find((s) => s.basis === b).points.at(-1).num;
  const published = country !== 'JPN' ? [] : figures.filter((f) => f.topic === 'japan-rare-earth-imports' && f.subject === 'China' && /percent/.test(f.unit) && f.value && /^\d{4}$/.test(f.period)).map((f) => ({ claim: '', who: f.note || f.metric, year: +f.period, num: { value: +f.value / 100, unit: 'share', quality: f.quality, as_of: f.as_of, origins: [f.origin], note: f.note || null } }));
  const events = controls.filter((k) => k.actor === partner && (k.targets.includes('WLD') || k.targets.includes(country)) && k.kind === 'ban' && k.commodities.includes('rare-earths')).map((k) => ({ date: k.start, control: k.control, kind: k.kind, actor: k.actor }));
  const label = { JPN: 'japan', USA: 'us', DEU: 'germany', KOR: 'korea' }[country];
  const monthly = figures.filter((f) => label && f.metric === `china_magnet_exports_${label}` && /^\d{4}-\d\d$/.test(f.period));
  const months = monthly.length < 4 ? null : {
    label: { key: 'months.magnets', args: { from: { country: 'CHN' }, to: { country } } }, from: monthly.map((m) => m.period).sort()[0], to: '2026-03',
    points: monthly.map((f) => ({ month: f.period, num: { value: +f.value, unit: 't', basis: 'NdFeB magnets', quality: f.quality, as_of: f.as_of, origins: [f.origin], note: f.note || null, record: `table=figures&metric=${f.metric}&period=${f.period}` } })).sort((a, b) => (a.month < b.month ? -1 : 1)),
    events: [{ date: '2025-04-04', control: 'china-2025-heavy-rare-earths', kind: 'licence', actor: 'CHN' }, ...(country === 'JPN' ? [{ date: '2026-01-06', control: 'japan-ban-2026', kind: 'ban', actor: 'CHN' }] : [])],
  };
  // Figures on top.
  const top = matrix.filter((m) => m.trend.length).map((m) => ({ m, t: m.trend.at(-1).num.value ?? 0 }));
  const above = top.filter((x) => x.t > 0.5).length;
  const re = matrix.find((m) => m.commodity === 'rare-earths');
  const single = new Map(); for (const m of matrix) for (const x of m.cells) if (x.world.top?.value > 0.5) single.set(x.world.top.partner, (single.get(x.world.top.partner) ?? 0) + 1);
  const [most, times] = [...single].sort((a, b) => b[1] - a[1])[0] ?? ['CHN', 0];
  const inForce = matrix.filter((m) => m.control?.state === 'in_force').length;
  const count = (value, quality = 'derived') => ({ value, unit: 'count', quality, as_of: '2024', origins: ['baci'] });
  const figuresTop = [
    { label: { key: 'figure.share', args: { commodity: { commodity: 'rare-earths' }, partner: { country: partner }, year: 2024, basis: 'basis.quantity' } }, num: shareRow('quantity'), rivals: [{ label: { key: 'rival.by_value', args: {} }, num: shareRow('value') }, ...published.filter((p) => p.year >= 2023).map((p) => ({ label: { key: 'rival.published', args: { who: p.who } }, num: p.num }))] },
    { label: { key: 'figure.stage', args: { commodity: { commodity: 'rare-earths' }, partner: { country: re?.cells[1].world.top.partner ?? 'CHN' }, stage: 'stage.refined', year: 2024 } }, num: re?.cells[1].world.top ?? count(null), rivals: re?.cells[0].world.top ? [{ label: { key: 'rival.at_stage', args: { stage: 'stage.mine' } }, num: re.cells[0].world.top }] : [] },
    { label: { key: 'figure.over_half', args: { of: top.length, year: 2024 } }, num: count(above), rivals: [{ label: { key: 'rival.all_from', args: { partner: { country: most }, times } }, num: count(times) }] },
    { label: { key: 'figure.controlled', args: {} }, num: { ...count(inForce, 'reported'), as_of: today, origins: ['lode-curated'] }, rivals: [] },
  ];
  const answer = main?.value != null
    ? { key: 'desk.answer.two_bases', args: { country: { country }, commodity: { commodity: 'rare-earths' }, partner: { country: partner }, weight: { words: shareRow('quantity').value }, value: { share: shareRow('value').value }, year: 2024 } }
    : { key: 'desk.answer.unknown', args: { country: { country } } };
  const moved = matrix.filter((m) => m.imports.value > 5e6 && m.trend.length > 1 && m.trend.at(-1).num.value != null && m.trend.at(-2).num.value != null).map((m) => ({ m, a: m.trend.at(-2).num, b: m.trend.at(-1).num })).filter((x) => Math.abs(x.b.value - x.a.value) >= 0.15).sort((x, y) => Math.abs(y.b.value - y.a.value) - Math.abs(x.b.value - x.a.value)).slice(0, 3)
    .map((x) => ({ date: '2024', what: 'share_moved', commodities: [x.m.commodity], partner: x.m.trend_partner, from: x.a, to: x.b, quality: 'derived', origins: ['baci'] }));
  return { answer, data: { country, basis, year: 2024, figures: figuresTop, matrix, bundled, changes: [...changes(country), ...moved], shares: { commodity: 'rare-earths', partner, series, published, events }, months } };
}
for (const country of ['JPN', 'USA', 'DEU']) for (const basis of ['quantity', 'value']) { if (country !== 'JPN' && basis === 'value') continue; write(`desk-${country}-${basis}`, desk(country, basis)); }

// ------------------------------------------------------------------ claims, sources, methods
const claims = new Map();
for (const r of run('claims')) {
  if (!claims.has(r.claim)) { const t = claimsTable.find((x) => x.claim === r.claim) ?? {}; claims.set(r.claim, { claim: r.claim, statement_en: r.statement, statement_ja: t.statement_ja ?? r.statement, who: r.who, when: r.when, source: r.source, url: t.source_url || null, published: r.published, verdict: r.verdict, reason: r.reason, rows: [] }); }
  if (r.definition) claims.get(r.claim).rows.push({ definition: r.definition, agrees: r.agrees, num: { value: r.value, low: r.low, high: r.high, unit: r.unit, quality: r.quality, origins: r.origins, note: r.note } });
}
write('claims', { claims: [...claims.values()] });
const sources = run('sources');
const used = new Set(['desk-JPN-quantity', 'desk-USA-quantity', 'desk-DEU-quantity', 'claims'].flatMap((f) => [...readFileSync(new URL(`./data/${f}.json`, import.meta.url), 'utf8').matchAll(/"origins":\[([^\]]*)\]/g)].flatMap((m) => JSON.parse(`[${m[1]}]`))));
write('sources', { origins: sources.filter((s) => s.records > 12 || used.has(s.origin)), records: sources.reduce((s, o) => s + (o.records || 0), 0) });
write('explain', Object.fromEntries(['dependence', 'top-1', 'hhi'].map((i) => [i, run('explain', i)[0]])));
write('figures', figures.filter((f) => /china_magnet_exports_(japan|us|germany)/.test(f.metric)));

// ------------------------------------------------------------------ chain: the reference market's tables where they are
const market = `${root}data/sources/market`;
const from = existsSync(market) ? market : process.env.MARKET_TABLES;
if (from) {
  const read = (n) => csv(readFileSync(`${from}/${n}.csv`, 'utf8'));
  const forms = read('forms'), recipes = read('recipes'), plants = read('plants'), uses = read('uses'), flowsTable = read('flows');
  const stageOf = Object.fromEntries(forms.map((f) => [f.form, f.stage]));
  const makes = (process) => recipes.filter((r) => r.process === process && r.role === 'makes');
  // How much neodymium-praseodymium and dysprosium-terbium a tonne holds decides nothing here: mass is as each form is counted.
  const output = new Map();
  for (const p of plants.filter((p) => p.year === '2024' && p.metric === 'output')) for (const m of makes(p.process)) { const k = `${p.region} ${m.form}`; output.set(k, (output.get(k) ?? 0) + p.value * m.value); }
  const N = (value, q = 'derived') => ({ value, unit: 't', basis: 'contained neodymium, praseodymium, dysprosium and terbium', quality: q, as_of: '2024', origins: ['lode-curated'] });
  const USES = [['air-conditioners', 'air conditioners', '空調'], ['electronics-and-hard-disks', 'electronics, hard disks', '電子機器・HDD'], ['ev-traction-motors', 'traction motors', '駆動モーター'], ['industrial-motors-and-robots', 'industrial motors, robots', '産業用モーター・ロボット'], ['other-automotive', 'other automotive', 'その他自動車'], ['other-magnet-uses', 'other magnet uses', 'その他磁石用途'], ['wind-turbines', 'wind turbines', '風力発電']].map(([id, name_en, name_ja]) => ({ id, name_en, name_ja }));
  const nodes = new Map();
  const node = (stage, region, use) => { const id = use ? `use:${use}` : `${stage}:${region}`; if (!nodes.has(id)) nodes.set(id, { id, stage, region, use: use ?? null, num: N(0) }); return id; };
  const country = 'JPN';
  // What Japan uses by form comes from these suppliers; what those need comes from one stage up, in the proportions of their own supply.
  const supply = (region, form) => { const list = []; const own = output.get(`${region} ${form}`) ?? 0; const sent = flowsTable.filter((f) => f.form === form && f.exporter === region && f.year === '2024').reduce((s, f) => s + +f.value, 0); if (own - sent > 0) list.push([region, own - sent, 'derived']); for (const f of flowsTable) if (f.form === form && f.importer === region && f.year === '2024') list.push([f.exporter, +f.value, f.quality]); return list; };
  const acc = new Map();
  const add = (a, b, v, known, q) => { const k = `${a}>${b}>${known}`; const l = acc.get(k); if (l) l.num.value += v; else acc.set(k, { from: a, to: b, known, num: N(v, q) }); };
  const up = (region, form, need, depth) => {
    const stage = stageOf[form]; const here = node(stage, region);
    const made = recipes.filter((r) => r.form === form && r.role === 'makes' && plants.some((p) => p.region === region && p.process === r.process && p.year === '2024' && p.metric === 'output' && +p.value > 0));
    if (!made.length || depth > 4) return;
    const size = (r) => plants.filter((p) => p.region === region && p.process === r.process && p.year === '2024' && p.metric === 'output').reduce((s, p) => s + p.value * r.value, 0);
    made.sort((a, b) => size(b) - size(a));
    const process = made[0].process;
    const inputs = recipes.filter((r) => r.process === process && r.role === 'needs'), all = inputs.reduce((s, r) => s + +r.value, 0);
    for (const input of inputs) {
      if (['neodymium-praseodymium-oxide', 'dysprosium-terbium-oxide', 'neodymium-praseodymium-metal', 'dysprosium-terbium-metal', 'rare-earth-concentrate', 'ionic-clay-concentrate'].includes(input.form)) {
        const amount = need * input.value / all; const list = supply(region, input.form); const total = list.reduce((s, x) => s + x[1], 0);
        if (!total) { add(node(stageOf[input.form], 'unknown'), here, amount, false, 'estimated'); continue; }
        for (const [r, v, q] of list) { if (v / total < 0.005) continue; add(node(stageOf[input.form], r), here, amount * v / total, q !== 'assumed', q); up(r, input.form, amount * v / total, depth + 1); }
      }
    }
  };
  for (const form of ['neodymium-magnet', 'neodymium-magnet-heavy']) {
    const list = supply(country, form), total = list.reduce((s, x) => s + x[1], 0), held = form === 'neodymium-magnet' ? 0.355 : 0.372;
    for (const u of uses.filter((u) => u.year === '2024' && u.region === country && u.form === form && u.metric === 'amount')) for (const [r, v, q] of list) { if (v / total < 0.005) continue; add(node('magnet', r), node('use', country, u.use), held * u.value * v / total, true, q); }
    for (const [r, v] of list) { const used = uses.filter((u) => u.year === '2024' && u.region === country && u.form === form && u.metric === 'amount').reduce((s, u) => s + +u.value, 0); up(r, form, held * used * v / total, 0); }
  }
  const merged = [...acc.values()].filter((l) => l.num.value > 1);
  const byId = new Map([...nodes.values()].map((n) => [n.id, n]));
  for (const n of byId.values()) { const inn = merged.filter((l) => l.to === n.id).reduce((s, l) => s + l.num.value, 0), out = merged.filter((l) => l.from === n.id).reduce((s, l) => s + l.num.value, 0); n.num.value = Math.max(inn, out); }
  const live = [...byId.values()].filter((n) => n.num.value > 0);
  write('chain', {
    answer: { key: 'chain.answer.largest', args: { country: { country }, commodity: { commodity: 'rare-earths' }, partner: { country: 'CHN' }, mine: { share: 0.6 }, magnet: { share: 0.7 } } },
    data: { commodity: 'rare-earths', year: 2024, years: [2022, 2023, 2024], country, mass: 'mass.magnet_metals', nodes: live, links: merged.filter((l) => live.some((n) => n.id === l.from) && live.some((n) => n.id === l.to)),
      unknown: [], flows: flowsTable.filter((f) => f.year === '2024').map((f) => ({ form: f.form, stage: stageOf[f.form], from: f.exporter, to: f.importer, num: { value: +f.value, ...(f.low ? { low: +f.low, high: +f.high } : {}), unit: 't', quality: f.quality, as_of: f.as_of, origins: [f.origin], note: f.note?.slice(0, 160) || null } })).filter((f) => f.num.value > 1),
      plants: projects.filter((p) => /capacity|output/.test(p.metric) && p.value && p.unit === 't/year').slice(0, 70).map((p) => ({ name: p.project, company: p.company || null, country: p.countries.split('|')[0], stage: p.stage, commodities: p.commodities.split('|'), metric: p.metric, period: p.period || null, num: { value: +p.value, ...(p.low ? { low: +p.low, high: +p.high } : {}), unit: p.unit, quality: p.quality, as_of: p.as_of, origins: [p.origin], note: p.note || null, record: `table=projects&project=${encodeURIComponent(p.project)}` } })) },
  });
  write('meta', { ...meta, forms: forms.map((f) => ({ id: f.form, name_en: f.name_en, name_ja: f.name_ja })), uses: USES });
  write('forms', forms.map((f) => ({ id: f.form, name_en: f.name_en, name_ja: f.name_ja, commodity: f.commodity, stage: f.stage, chain: f.chain })));
}
console.log('recorded');

// ------------------------------------------------------------------ steps and back-tests, as a server gives them
if (process.env.LODE_URL)
  for (const [name, path] of Object.entries({ steps: 'steps?product=semiconductor', touches: 'steps?element=tungsten', validation: 'validation' })) write(name, await (await fetch(new URL(`api/${path}`, process.env.LODE_URL))).json());
