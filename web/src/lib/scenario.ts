// A scenario as parameters of the address, and back. Only what differs from the delivered case is written.
import type { Lever, Scenario } from '../api';

type Parameters = Record<string, string | null>;
const num = (text: string | undefined, low: number, high: number): number | null => { const v = text == null || text === '' ? NaN : Number(text); return Number.isFinite(v) && v >= low && v <= high ? v : null; };
const short = (value: number): string => String(+value.toFixed(4)).replace(/^0\./, '.');

export function toAddress(scenario: Scenario, base: Scenario | null, levers: Lever[]): Parameters {
  const { shock } = scenario, b = base?.shock;
  const put = (value: string, same: string | undefined): string | null => (same === value ? null : value);
  const cut = (c: { low: number; mid: number; high: number }) => `${short(c.low)}:${short(c.mid)}:${short(c.high)}`;
  const resting = (id: string) => base?.levers.find((l) => l.id === id)?.level ?? levers.find((l) => l.id === id)?.rest ?? 0;
  const moved = scenario.levers.filter((l) => base == null || l.level !== resting(l.id));
  return {
    s: scenario.id ?? null,
    // Off the file on which the case stands: the sliders say what happens.
    own: b && base.file && !scenario.file ? '1' : null,
    cs: put(scenario.case ?? '', base?.case ?? ''),
    x: put(shock.exporter, b?.exporter),
    f: put([...shock.forms].sort().join(','), b && [...b.forms].sort().join(',')),
    cut: put(cut(shock.cut), b && cut(b.cut)),
    t0: put(shock.start, b?.start),
    len: put(`${shock.months.low}:${shock.months.high}`, b && `${b.months.low}:${b.months.high}`),
    lic: put(shock.licence, b?.licence),
    to: put(shock.reach, b?.reach),
    lf: put(scenario.levers_from ?? '', base?.levers_from ?? ''),
    lv: moved.length ? moved.map((l) => `${l.id}:${short(l.level)}`).join(',') : null,
    as: scenario.overrides.length ? scenario.overrides.map((o) => `${o.id}:${short(o.value)}`).join(',') : null,
    n: put(String(scenario.replicates), base ? String(base.replicates) : undefined),
    seed: put(String(scenario.seed), base ? String(base.seed) : undefined),
    hz: put(String(scenario.horizon), base ? String(base.horizon) : undefined),
  };
}

/** What cannot be read is left as the case has it. */
export function fromAddress(parameters: Record<string, string>, base: Scenario, levers: Lever[]): Scenario {
  const s = structuredClone(base), p = parameters;
  if (p.own === '1') { s.file = null; s.case = null; }
  if (p.cs && s.file && /^[a-z0-9-]+$/.test(p.cs)) s.case = p.cs;
  if (p.to === 'country' || p.to === 'everybody') s.shock.reach = p.to;
  if (p.lf && /^\d{4}-(0[1-9]|1[0-2])$/.test(p.lf)) s.levers_from = p.lf;
  if (p.x && /^[A-Z]{3}$|^EU27$|^ROW$/.test(p.x)) s.shock.exporter = p.x;
  if (p.f) { const forms = p.f.split(',').filter((f) => /^[a-z-]+$/.test(f)); if (forms.length) s.shock.forms = forms; }
  if (p.cut) { const [low, mid, high] = p.cut.split(':').map((v) => num(v, 0, 1)); if (low != null && mid != null && high != null && low <= mid && mid <= high) s.shock.cut = { low, mid, high }; }
  if (p.t0 && /^\d{4}-(0[1-9]|1[0-2])$/.test(p.t0)) s.shock.start = p.t0;
  if (p.len) { const [low, high] = p.len.split(':').map((v) => num(v, 0, 120)); if (low != null && high != null && low <= high) s.shock.months = { low, high }; }
  if (p.lic === 'none' || p.lic === 'case' || p.lic === 'general') s.shock.licence = p.lic;
  for (const pair of p.lv?.split(',') ?? []) {
    const [id, value] = pair.split(':'), lever = levers.find((l) => l.id === id), level = lever ? num(value, lever.low, lever.high) : null;
    if (!lever || level == null) continue;
    const at = s.levers.find((l) => l.id === id);
    if (at) at.level = level; else s.levers.push({ id: lever.id, level });
  }
  for (const pair of p.as?.split(',') ?? []) { const [id, value] = pair.split(':'), v = num(value, -1e12, 1e12); if (id && v != null) s.overrides.push({ id, value: v }); }
  s.replicates = num(p.n, 50, 100_000) ?? s.replicates;
  s.seed = num(p.seed, 0, Number.MAX_SAFE_INTEGER) ?? s.seed;
  s.horizon = num(p.hz, 3, 120) ?? s.horizon;
  return s;
}
