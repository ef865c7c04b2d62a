// A toy of the market for development: it moves when a lever moves, and means nothing else.
// Its answers travel with `development: true`, so every figure made from them is marked as not a finding.
const random = (seed) => () => { seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ (seed >>> 15), 1 | seed); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
const normal = (r) => Math.sqrt(-2 * Math.log(r() + 1e-12)) * Math.cos(2 * Math.PI * r());
const Q = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
const fan = (values) => { const s = [...values].sort((a, b) => a - b); return Q.map((q) => { const x = q * (s.length - 1), i = Math.floor(x); return +(s[i] + (x - i) * ((s[i + 1] ?? s[i]) - s[i])).toPrecision(4); }); };
const USES = [
  ['samarium-cobalt-magnets', 'Samarium-cobalt magnets, aerospace', '航空・防衛用サマリウムコバルト磁石', 'samarium-gadolinium-oxide', 2.6, 1, 'aerospace-and-machinery'],
  ['ev-traction-motors', 'Traction motors', '車載駆動モーター', 'dysprosium-terbium-oxide', 3.4, 1, 'automotive'],
  ['ceramics-and-coatings', 'Etch-tool coatings', 'エッチング装置の耐プラズマ膜', 'yttrium-oxide', 4.2, 0.9, 'electronics'],
  ['air-conditioners', 'Air-conditioner compressors', '空調コンプレッサー', 'neodymium-magnet-heavy', 5.5, 0.8, 'appliances'],
  ['gadolinium-uses', 'Imaging contrast, phosphors', '造影剤・蛍光体', 'samarium-gadolinium-oxide', 6.5, 0.7, 'medical-and-nuclear'],
  ['industrial-motors-and-robots', 'Machine-tool servos, robots', '工作機械サーボ・ロボット', 'neodymium-magnet', 9, 0.55, 'machinery'],
  ['electronics-and-hard-disks', 'Electronics, hard disks', '電子機器・ハードディスク', 'neodymium-magnet', 10, 0.45, 'electronics'],
  ['polishing', 'Glass polishing, catalysts', 'ガラス研磨・触媒', 'lanthanum-cerium-oxide', 14, 0.15, 'electronics'],
];
const STOPS = [...new Set(USES.map((u) => u[3]))].map((form) => ({ form, of: USES.flatMap((u, i) => (u[3] === form ? [i] : [])) }));
const INDUSTRIES = [['automotive', 'Automotive', '自動車'], ['electronics', 'Electronics', '電子部品'], ['aerospace-and-machinery', 'Aerospace', '航空・防衛'], ['appliances', 'Appliances', '家電・空調'], ['machinery', 'Machinery', '機械'], ['medical-and-nuclear', 'Medical', '医療']];
const FORMS = ['dysprosium-terbium-oxide', 'neodymium-praseodymium-oxide', 'neodymium-magnet-heavy'];
const PRICE = { 'dysprosium-terbium-oxide': [280, 7], 'neodymium-praseodymium-oxide': [62, 2.4], 'neodymium-magnet-heavy': [75, 2.6] };

export function simulate(scenario, replicates) {
  const months = Math.min(36, scenario.horizon), t = Array.from({ length: months + 1 }, (_, i) => i);
  const level = (id) => scenario.levers.find((l) => l.id === id)?.level ?? 0;
  const one = (withLevers) => {
    const r = random(scenario.seed), L = (id) => (withLevers ? level(id) : 0);
    const cover = FORMS.map(() => t.map(() => [])), spot = FORMS.map(() => t.map(() => [])), paid = FORMS.map(() => t.map(() => [])), lost = INDUSTRIES.map(() => t.map(() => [])), days = USES.map(() => []), loss = [], shares = INDUSTRIES.map(() => []);
    for (let n = 0; n < replicates; n++) {
      const { low, mid, high } = scenario.shock.cut, u = r();
      const cut = u < (mid - low) / (high - low || 1) ? low + Math.sqrt(u * (high - low) * (mid - low)) : high - Math.sqrt((1 - u) * (high - low) * (high - mid));
      const length = scenario.shock.months.low + r() * (scenario.shock.months.high - scenario.shock.months.low);
      const ease = ({ none: 0, case: 0.12, general: 0.35 })[scenario.shock.licence] * (0.5 + r());
      const short = Math.max(0, cut * (1 - ease) - L('offtake') * 0.35 - L('thrift') * 0.25 - L('recycling') * 0.3), stock = Math.exp(0.25 * normal(r)) * (1 + L('stock-release') / 90 + L('firm-stock') / 150);
      let total = 0; const each = INDUSTRIES.map(() => 0); const drop = INDUSTRIES.map(() => 0);
      USES.forEach(([, , , form, base, weight, industry], i) => {
        const shocked = scenario.shock.forms.includes(form), months0 = base * stock * Math.exp(0.28 * normal(r)) / Math.max(0.05, short * weight * 1.6);
        const day = shocked && short > 0.03 && months0 < Math.min(length, months) ? Math.round(months0 * 30.4) : null;
        days[i].push(day);
        if (day != null) { const j = INDUSTRIES.findIndex((x) => x[0] === industry); drop[j] = Math.max(drop[j], short * weight); const worth = short * weight * Math.max(0, 12 - months0) * [0.14, 0.3, 0.1, 0.06, 0.03, 0.09, 0.05, 0.02][i]; total += worth; each[j] += worth; for (const m of t) lost[j][m].push(m * 30.4 < day ? 0 : Math.min(1, short * weight * Math.min(1, (m * 30.4 - day) / 60) * (m > length ? Math.max(0, 1 - (m - length) / 5) : 1))); }
      });
      lost.forEach((industry) => industry.forEach((list) => { while (list.length < n + 1) list.push(0); list.length = n + 1; }));
      FORMS.forEach((form, f) => {
        const shocked = scenario.shock.forms.includes(form), [p0, peak] = PRICE[form]; let c = 2 * stock * (f === 1 ? 1.3 : 1);
        const noise = Math.exp(0.3 * normal(r)), s = shocked ? short : short * 0.15;
        for (const m of t) {
          cover[f][m].push(Math.max(0, c)); c += m < length ? -s * 0.8 + 0.03 * m * s : 0.25; c = Math.min(c, 2.4 * stock);
          const press = Math.min(1, m / 5) * s * (m > length ? Math.exp(-(m - length) / 4) : 1), sp = p0 * (1 + (peak - 1) * press * noise); spot[f][m].push(sp); paid[f][m].push(p0 * (1 + (peak - 1) * press * noise * 0.3));
        }
      });
      loss.push(total * 1e12); each.forEach((v, i) => shares[i].push(v * 1e12));
    }
    const dots = (list) => { const s = list.map((d) => d ?? Infinity).sort((a, b) => a - b); return Array.from({ length: 50 }, (_, i) => s[Math.floor(((i + 0.5) / 50) * s.length)]).map((d) => (Number.isFinite(d) ? d : null)); };
    const part = (i) => { const s = [...shares[i]].sort((a, b) => a - b), at = (q) => s[Math.floor(q * (s.length - 1))]; return { q10: at(0.1), q50: at(0.5), q90: at(0.9) }; };
    const sorted = [...loss].sort((a, b) => a - b), at = (q) => sorted[Math.floor(q * (sorted.length - 1))];
    return {
      cover: FORMS.map((form, f) => ({ form, origins: [], fans: cover[f].map(fan) })),
      price: FORMS.map((form, f) => ({ form, origins: [], unit: 'USD/kg', spot: spot[f].map(fan), paid: paid[f].map(fan), events: form === 'dysprosium-terbium-oxide' ? [{ t: 0, value: 960, label: { key: 'mark.price_quote', args: { date: '2026-02-05', place: 'Europe' } }, origins: [] }] : [] })),
      lost: INDUSTRIES.map(([industry, name_en, name_ja], i) => ({ industry, name_en, name_ja, fans: lost[i].map(fan) })),
      run_out: STOPS.map(({ form, of }) => ({ form, origins: [], uses: of.map((i) => ({ id: USES[i][0], name_en: USES[i][1], name_ja: USES[i][2] })), days: dots(days[of[0]]) })).sort((a, b) => a.days.filter((d) => d == null).length - b.days.filter((d) => d == null).length || (a.days[24] ?? 1e9) - (b.days[24] ?? 1e9)),
      loss: { unit: 'JPY', months: 12, dots: dots(loss), q10: at(0.1), q50: at(0.5), q90: at(0.9), by_industry: INDUSTRIES.map(([industry, name_en, name_ja], i) => ({ industry, name_en, name_ja, ...part(i) })) },
    };
  };
  const began = Date.now(), withLevers = one(true), base = one(false), spent = Date.now() - began;
  const first = withLevers.run_out[0], second = withLevers.run_out[1], median = (d) => (d[24] == null ? null : (d[24] + (d[25] ?? d[24])) / 2);
  const m = median(first.days);
  const assumption = (id, name_en, name_ja, unit, value, low, high, quality, reason, matters) => { const over = scenario.overrides.find((o) => o.id === id); return { id, name_en, name_ja, unit, value: over?.value ?? value, low, high, quality: over ? 'user' : quality, reason, origins: ['lode-curated'], matters, overridden: !!over }; };
  return {
    answer: m == null ? { key: 'lab.answer.nothing', args: { exporter: { country: scenario.shock.exporter }, horizon: months } } : { key: median(second.days) == null ? 'lab.answer.first' : 'lab.answer.first_second', args: { first: { form: first.form }, months: { months: m / 30.4 }, second: { form: second.form }, later: { months: ((median(second.days) ?? m) - m) / 30.4 } } },
    data: {
      scenario, done: replicates, first: scenario.shock.start, t, base_year: 2024, regions: [], command: 'lode simulate --scenario FILE', case: withLevers, base,
      published: [{ who: 'NRI', months: 3, what: 'three months', printed: '660 billion JPY', num: { value: 0.66e12, unit: 'JPY', quality: 'reported', as_of: '2026' } }, { who: 'NRI', months: 12, what: 'one year', printed: '2600 billion JPY', num: { value: 2.6e12, unit: 'JPY', quality: 'reported', as_of: '2026' } }, { who: 'Daiwa', months: 12, what: 'one year', printed: '7000 billion JPY', num: { value: 7e12, unit: 'JPY', quality: 'reported', as_of: '2026' } }],
      marks: [{ day: 52, label: { key: 'mark.first_stop', args: { year: '2025', day: 52 } }, origins: [] }],
      assumptions: [
        assumption('cover-firms', 'Stock held by firms', '企業在庫', 'months', 2, 0.8, 4.5, 'assumed', 'Firms do not publish it; the range spans three press reports.', 0.41),
        assumption('cover-spread', 'Spread of stock between firms', '企業間の在庫のばらつき', 'log', 0.6, 0.3, 1, 'assumed', 'No source; taken from other industries.', 0.16),
        assumption('demand-elasticity', 'How demand gives way to price', '需要の価格弾力性', '1', 0.12, 0.05, 0.3, 'secondary', 'Published range for rare earths.', 0.13),
        assumption('licence-ramp', 'Time until licences flow', '許可の立ち上がり', 'months', 4, 2, 9, 'derived', 'From gallium and germanium in 2023.', 0.1),
        assumption('leak', 'Flow through third countries', '第三国経由の流れ', 'share', 0.08, 0, 0.25, 'assumed', 'Never reported; a few cases in court.', 0.07),
        assumption('thrift-speed', 'Thrift in a year', '1年での使用量削減', 'share', 0.1, 0.02, 0.25, 'estimated', 'Grain-boundary diffusion in 2011–2014.', 0.05),
      ],
      seconds: spent / 1000, engine_milliseconds: spent,
    },
  };
}
export const USE_NAMES = USES.map(([id, name_en, name_ja]) => ({ id, name_en, name_ja }));
export const LEVERS = [
  ['stock-release', 'Release national stock', '国家備蓄の放出', 'days', 0, 180, 5, 0, 60], ['firm-stock', 'Firms draw their stock first', '企業在庫の先行取崩し', 'days', 0, 120, 5, 0, 45],
  ['thrift', 'Use less per unit', '使用量の削減', 'share', 0, 0.7, 0.05, 0, 0.3], ['substitute', 'Motors without heavy rare earths', '重希土フリーモーター', 'share', 0, 1, 0.05, 0, 0.2],
  ['offtake', 'Offtake from other suppliers', '代替調達契約', 'share', 0, 0.8, 0.05, 0, 0.3], ['recycling', 'Recycling', 'リサイクル', 'share', 0, 0.5, 0.05, 0, 0.1],
].map(([id, name_en, name_ja, unit, low, high, step, rest, level]) => ({ id, name_en, name_ja, unit, low, high, step, rest, level, quality: 'assumed', origins: ['lode-curated'], reason: 'Development data.' }));
