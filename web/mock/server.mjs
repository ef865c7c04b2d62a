// Answers the HTTP interface from recorded data during development and browser tests. Never part of a build.
import { existsSync, readFileSync } from 'node:fs';
import { LEVERS, simulate } from './lab.mjs';

const read = (name) => { const path = new URL(`./data/${name}.json`, import.meta.url); return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null; };
const meta = read('meta');
const sources = read('sources'), explain = read('explain'), figures = read('figures');
const envelope = (answer, data, warnings = [], seed = null) => ({ snap: meta.package.hash.slice(0, 6), made: new Date().toISOString(), seed, answer, data, warnings });
const stale = { key: 'warning.newest_trade', args: { year: 2024, months: 22 } };

const CASE = (id, name_en, name_ja, about_en, about_ja, exporter, forms, cut, months, licence = 'case') => ({ id, name_en, name_ja, about_en, about_ja, events: [], cases: [], unknown: [], share: null, scenario: { id, country: 'JPN', file: null, case: null, levers_from: null, shock: { exporter, commodities: ['rare-earths'], forms, cut, start: '2027-01', months, licence, reach: 'country' }, levers: [], overrides: [], replicates: 2000, seed: 20261121, horizon: 18 } });
const written = (one, events, cases) => ({ ...one, events, cases, unknown: [{ text_en: 'How it may end.', text_ja: '終了の条件。', origins: [] }], scenario: { ...one.scenario, file: one.id, levers_from: '2026-12', horizon: 36 } });
const HEAVY = ['samarium-gadolinium-oxide', 'dysprosium-terbium-oxide', 'yttrium-oxide', 'dysprosium-terbium-metal', 'neodymium-magnet-heavy'];
const scenarios = {
  scenarios: [
    CASE('top-supplier', 'Largest supplier stops for a year', '最大供給国が1年停止', 'Generated: the largest supplier of each form stops.', '自動生成：各形態の最大供給国が停止。', 'CHN', read('forms').map((f) => f.id), { low: 0.9, mid: 1, high: 1 }, { low: 12, high: 12 }, 'none'),
    written(CASE('japan-ban-2026', 'China: ban towards Japan, 2026', '中国：2026年の対日禁輸', 'Ban on dual-use items for military users and uses, announced on 6 January 2026; how far it reaches is not stated.', '2026年1月6日公表の軍民両用品の禁輸。適用範囲は明示されていない。', 'CHN', HEAVY, { low: 0.7, mid: 0.85, high: 0.92 }, { low: 4, high: 30 }), [{ id: 'military-ban', name_en: 'Ban for military users', name_ja: '軍事ユーザーへの禁輸', kind: 'ban', start: '2026-01-06', origins: [] }], [{ id: 'low', name_en: 'Low: as written', name_ja: '低位：文言どおり' }, { id: 'high', name_en: 'High: near stop', name_ja: '高位：ほぼ停止' }]),
    CASE('heavy-rare-earths-2025', 'China: licences on heavy rare earths, 2025', '中国：2025年の重希土類許可制', 'Licences for seven elements from 4 April 2025.', '2025年4月4日からの7元素の許可制。', 'CHN', HEAVY, { low: 0.4, mid: 0.7, high: 0.9 }, { low: 2, high: 9 }),
    CASE('japan-korea-2019', 'Japan: licences towards Korea, 2019', '日本：2019年の対韓輸出管理', 'Japan moved three chemicals for semiconductors to case-by-case licences on 4 July 2019.', '2019年7月4日、半導体用3品目を個別許可に切替え。', 'JPN', ['neodymium-magnet'], { low: 0.05, mid: 0.2, high: 0.5 }, { low: 1, high: 6 }),
  ],
  levers: LEVERS, forms: read('forms'), exporters: ['CHN', 'MYS', 'VNM', 'AUS', 'JPN', 'USA', 'IND', 'FRA', 'THA', 'PHL', 'MMR', 'RUS', 'KOR'],
};

const vault = { passphrase: null, open: false, values: [] };
const runs = new Map(), studies = new Map(), uploads = new Map();
let counter = 0;

function record(q) {
  const desk = read(`desk-${q.get('country') === 'WLD' ? 'JPN' : q.get('country') ?? 'JPN'}-${q.get('basis') === 'value' ? 'value' : 'quantity'}`) ?? read('desk-JPN-quantity');
  const nums = [];
  const walk = (v) => { if (!v || typeof v !== 'object') return; if (v.record) nums.push(v); for (const x of Object.values(v)) walk(x); };
  walk(desk.data); walk(read('chain').data);
  const num = nums.find((n) => n.record === q.toString()) ?? nums.find((n) => n.record && ['indicator', 'commodity', 'partner', 'stage', 'year', 'table'].every((k) => new URLSearchParams(n.record).get(k) === q.get(k)));
  if (!num) return null;
  const indicator = q.get('indicator');
  const rivals = nums.filter((n) => n !== num && indicator && new URLSearchParams(n.record).get('commodity') === q.get('commodity') && n.partner !== undefined && new URLSearchParams(n.record).get('stage') === q.get('stage')).slice(0, 4).map((n) => ({ label: { key: 'rival.partner', args: { partner: { country: n.partner ?? '' }, basis: n.basis ?? '' } }, num: n }));
  const raw = indicator
    ? [{ table: 'trade/284690', about: 'Yearly flows, BACI', columns: ['importer', 'year', 'exporter', 'value_kusd', 'quantity_t'], rows: [['JPN', 2024, 'CHN', 88640.2, 6201.4], ['JPN', 2024, 'VNM', 41011.8, 1203.9], ['JPN', 2024, 'FRA', 9120.4, 401.2]], more: 11 }]
    : [{ table: q.get('table') ?? 'figures', about: 'Rows of the package', columns: ['metric', 'period', 'value', 'unit', 'quality', 'origin', 'note'], rows: figures.filter((f) => !q.get('period') || f.period === q.get('period')).slice(0, 4).map((f) => [f.metric, f.period, +f.value, f.unit, f.quality, f.origin, f.note]), more: 0 }];
  return envelope(null, {
    label: { key: 'record.share', args: { commodity: { commodity: q.get('commodity') ?? 'rare-earths' }, partner: { country: q.get('partner') ?? 'CHN' }, country: { country: q.get('country') ?? 'JPN' }, year: q.get('year') ?? '2024' } },
    num, card: indicator ? explain[indicator] ?? explain.dependence : null, rivals, raw, origins: (num.origins ?? []).map((o) => sources.origins.find((s) => s.origin === o)).filter(Boolean),
    command: indicator ? `lode assess --country ${q.get('country')} --commodity ${q.get('commodity')} --indicator ${indicator} --year ${q.get('year')} --format json` : null,
  });
}

function readList(name, text) {
  const mistakes = [], rows = text.split(/\r?\n/).filter(Boolean), head = (rows.shift() ?? '').split(',').map((h) => h.trim());
  const wanted = ['product', 'plant', 'part', 'supplier', 'country', 'material', 'grams', 'stock_days'];
  for (const column of wanted) if (!head.includes(column)) mistakes.push({ file: name, row: 1, column, message: `column "${column}" is missing`, hint: 'take the template' });
  const plants = new Set(), parts = new Set(), materials = new Set();
  rows.forEach((line, i) => {
    const cell = Object.fromEntries(line.split(',').map((v, j) => [head[j], v.trim()]));
    plants.add(cell.plant); parts.add(cell.part); if (cell.material) materials.add(cell.material);
    if (cell.grams && !(+cell.grams >= 0)) mistakes.push({ file: name, row: i + 2, column: 'grams', message: `"${cell.grams}" is not a number of grams`, hint: 'leave it empty if it is not known' });
    if (cell.stock_days && !(+cell.stock_days >= 0)) mistakes.push({ file: name, row: i + 2, column: 'stock_days', message: `"${cell.stock_days}" is not a number of days`, hint: null });
    if (/^[=+@]/.test(cell.part ?? '')) mistakes.push({ file: name, row: i + 2, column: 'part', message: 'a formula is not read', hint: 'paste values' });
  });
  return { mistakes, upload: { name, rows: rows.length, parts: parts.size, plants: [...plants], materials: materials.size, filled: { value: rows.length ? rows.filter((r) => !r.split(',')[head.indexOf('grams')]).length / rows.length : 0, unit: 'share', quality: 'derived' } } };
}

const body = (request) => new Promise((resolve) => { const parts = []; request.on('data', (c) => parts.push(c)); request.on('end', () => resolve(Buffer.concat(parts))); });

/** Connect middleware. */
export async function mock(request, response, next) {
  const url = new URL(request.url, 'http://local');
  if (!url.pathname.startsWith('/api/')) return next();
  const path = url.pathname.slice(5), q = url.searchParams, method = request.method;
  const send = (value, status = 200, type = 'application/json') => { response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }); response.end(type === 'application/json' ? JSON.stringify(value) : value); };
  const fail = (status, code, message, hint = null, more = {}) => send({ error: { code, message, hint }, ...more }, status);
  let m;
  if (path === 'meta') return send(meta);
  if (path === 'desk') {
    const found = read(`desk-${q.get('country')}-${q.get('basis') ?? 'quantity'}`) ?? read(`desk-${q.get('country')}-quantity`);
    return found ? send(envelope(found.answer, found.data, [stale, { key: 'warning.lapsed_unverified', args: { count: 7 } }])) : fail(404, 'not_recorded', `nothing was recorded for ${q.get('country')}`);
  }
  if (path === 'chain') { const c = read('chain'); return q.get('country') === 'JPN' && q.get('commodity') === 'rare-earths' ? send(envelope(c.answer, c.data, [stale])) : fail(404, 'no_chain', 'no chain was recorded for this choice'); }
  if (path === 'steps') {
    const product = q.get('product') ?? 'semiconductor';
    return q.get('element') ? send({ ...read('touches'), data: { ...read('touches').data, element: q.get('element') } }) : product === 'semiconductor' ? send(read('steps')) : fail(404, 'not_recorded', 'no steps were recorded for this product');
  }
  if (path === 'claims') return send(envelope({ key: 'sources.answer', args: { records: sources.records, origins: 721 } }, read('claims')));
  if (path === 'sources') return send(envelope({ key: 'sources.answer', args: { records: sources.records, origins: 721 } }, sources, [stale]));
  if ((m = path.match(/^sources\/(.+)$/))) { const o = sources.origins.find((s) => s.origin === decodeURIComponent(m[1])); return o ? send(envelope(null, o)) : fail(404, 'unknown_origin', 'no such origin'); }
  if (path === 'record') { const r = record(q); return r ? send(r) : fail(404, 'no_record', 'no record was found for this number'); }
  if (path === 'explain') return explain[q.get('indicator')] ? send(envelope(null, explain[q.get('indicator')])) : fail(404, 'unknown_indicator', 'no such indicator');
  if (path === 'validation') return send(read('validation'));
  if (path === 'scenarios') return send(envelope(null, scenarios));
  if (path === 'lab/preview' && method === 'POST') { const s = JSON.parse(await body(request)); const r = simulate(s, 100); return send(envelope(r.answer, r.data, [], s.seed)); }
  if (path === 'lab/scenario.toml' && method === 'POST') return send('# recorded development data\nid = "case"\n', 200, 'application/toml');
  if (path === 'lab/runs' && method === 'POST') {
    const scenario = JSON.parse(await body(request)), run = `r_${++counter}`;
    if (!scenario.shock.forms.length) return fail(422, 'bad_scenario', 'the scenario cuts no form', 'choose at least one form', { mistakes: [{ column: 'forms', message: 'no form is chosen', hint: 'choose at least one form' }] });
    runs.set(run, { scenario, cancelled: false }); return send({ run }, 202);
  }
  if ((m = path.match(/^runs\/([^/]+)\/events$/))) {
    const run = runs.get(m[1]); if (!run) return fail(404, 'unknown_run', 'no such run');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const say = (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    const total = run.scenario.replicates, steps = +(process.env.MOCK_STEPS ?? 8); let k = 0;
    const tick = () => {
      if (run.cancelled) { say('cancelled', { done: Math.round((k / steps) * total) }); return response.end(); }
      k++;
      const done = Math.round((k / steps) * total);
      if (k < steps) { say('progress', { done, total, seconds_left: +(((steps - k) * 0.35).toFixed(1)) }); if (k % 3 === 1) { const r = simulate(run.scenario, Math.min(done, 300)); r.data.done = done; say('partial', { result: envelope(r.answer, r.data, [], run.scenario.seed) }); } run.timer = setTimeout(tick, 350); }
      else { const r = simulate(run.scenario, Math.min(total, 600)); r.data.done = total; r.data.seconds = steps * 0.35; say('done', { result: envelope(r.answer, r.data, [], run.scenario.seed) }); response.end(); }
    };
    request.on('close', () => clearTimeout(run.timer)); tick(); return;
  }
  if ((m = path.match(/^runs\/([^/]+)$/)) && method === 'DELETE') { const run = runs.get(m[1]); if (run) run.cancelled = true; response.writeHead(204); return response.end(); }
  if (path === 'studies' && method === 'GET') return send({ studies: [...studies.values()] });
  if (path === 'studies' && method === 'POST') { const s = { ...JSON.parse(await body(request)), id: `s_${++counter}`, saved: new Date().toISOString() }; studies.set(s.id, s); return send(s, 201); }
  if ((m = path.match(/^studies\/([^/]+)$/)) && method === 'DELETE') { studies.delete(m[1]); response.writeHead(204); return response.end(); }
  if (path === 'confidential' && method === 'GET') return send({ exists: vault.passphrase != null, open: vault.open, values: vault.open ? vault.values : [] });
  if (path === 'confidential/unlock') { const { passphrase } = JSON.parse(await body(request)); if (passphrase.length < 12) return fail(422, 'short', 'the passphrase has fewer than 12 characters', 'a sentence is easy to keep'); if (vault.passphrase != null && vault.passphrase !== passphrase) return fail(403, 'wrong_passphrase', 'the passphrase is wrong'); vault.passphrase = passphrase; vault.open = true; response.writeHead(204); return response.end(); }
  if (path === 'confidential/lock') { vault.open = false; response.writeHead(204); return response.end(); }
  if (path === 'confidential/export') { const { include_own_values } = JSON.parse(await body(request)); return send(include_own_values ? { marking: 'CONFIDENTIAL', values: vault.values } : { values: [], withheld: vault.values.length }); }
  if (path === 'confidential' && method === 'POST') { const v = JSON.parse(await body(request)); if (!v.unit) return fail(422, 'bad_value', 'the value has mistakes', null, { mistakes: [{ column: 'unit', message: 'no number without a unit' }] }); const kept = { ...v, id: `v_${++counter}` }; vault.values.push(kept); return send(kept, 201); }
  if ((m = path.match(/^confidential\/([^/]+)$/)) && method === 'DELETE') { vault.values = vault.values.filter((v) => v.id !== m[1]); response.writeHead(204); return response.end(); }
  if (path === 'uploads/template.csv') return send('product,plant,part,supplier,country,material,grams,stock_days\nPump,Kobe,Rotor magnet,Example Magnetics,VNM,neodymium-magnet-heavy,38,45\nPump,Kobe,Bearing,,JPN,,,60\n', 200, 'text/csv');
  if (path === 'uploads' && method === 'GET') return send({ uploads: [...uploads.values()] });
  if (path === 'uploads' && method === 'POST') {
    const { mistakes, upload } = readList(q.get('name'), (await body(request)).toString('utf8'));
    if (mistakes.length) return fail(422, 'bad_list', 'The list has mistakes; nothing was kept.', null, { mistakes: mistakes.slice(0, 200), more: Math.max(0, mistakes.length - 200) });
    const kept = { ...upload, id: `u_${++counter}`, saved: new Date().toISOString() }; uploads.set(kept.id, kept); return send(kept, 201);
  }
  if ((m = path.match(/^uploads\/([^/]+)$/)) && method === 'DELETE') { uploads.delete(m[1]); response.writeHead(204); return response.end(); }
  if ((m = path.match(/^uploads\/([^/]+)\/exposure$/)) && method === 'POST') {
    const u = uploads.get(m[1]); if (!u) return fail(404, 'unknown_upload', 'no such list'); const { scenario } = JSON.parse(await body(request));
    const r = simulate(scenario, 200);
    return send(envelope(null, { upload: u.id, stops: u.plants.map((plant, i) => ({ product: 'Pump', plant, days: r.data.case.run_out[i % 5].days, first: [{ part: 'Rotor magnet', share: 0.72 }, { part: 'Sensor magnet', share: 0.2 }], value_at_risk: { value: 1.8e9, low: 0.9e9, high: 3.1e9, unit: 'JPY', quality: 'simulated' } })), stock: [{ product: 'Pump', plant: u.plants[0] ?? '', part: 'Rotor magnet', extra: { value: 42, unit: 'days', quality: 'simulated' }, cost: { value: 4.6e6, unit: 'own money', quality: 'simulated' } }], ask: [{ supplier: 'Example Magnetics', part: 'Rotor magnet', questions: ['In which country and plant is it made?'], matters: 1 }], assumed: u.filled }));
  }
  return fail(404, 'unknown_route', `no route ${path}`);
}

/** The policy that the server of the product sends, so that tests meet it too. */
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
