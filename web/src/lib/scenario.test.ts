import { describe, expect, it } from 'vitest';
import type { Lever, Scenario } from '../api';
import { fromAddress, toAddress } from './scenario';

const lever = (id: string, level: number): Lever => ({ id, name_en: id, name_ja: id, unit: 'days', low: 0, high: 180, step: 5, rest: 0, level, quality: 'assumed', origins: [], reason: null });
const levers = [lever('stock-release', 60), lever('thrift', 30)];
const base: Scenario = {
  id: 'japan-ban-2026', country: 'JPN', shock: { exporter: 'CHN', commodities: ['rare-earths'], forms: ['yttrium-oxide', 'neodymium-magnet'], cut: { low: 0.7, mid: 0.85, high: 0.92 }, start: '2027-01', months: { low: 4, high: 30 }, licence: 'case', reach: 'country' },
  levers: [{ id: 'stock-release', level: 60 }, { id: 'thrift', level: 30 }], overrides: [], replicates: 2000, seed: 7, horizon: 18,
};
const only = (p: Record<string, string | null>) => Object.fromEntries(Object.entries(p).filter((e): e is [string, string] => e[1] != null));

describe('a scenario in the address', () => {
  it('writes nothing but its name where nothing was changed', () => {
    expect(only(toAddress(base, base, levers))).toEqual({ s: 'japan-ban-2026' });
  });
  it('comes back the same', () => {
    const changed: Scenario = { ...structuredClone(base), overrides: [{ id: 'leak', value: 0.1 }], seed: 99, horizon: 24, replicates: 500 };
    changed.shock = { ...changed.shock, exporter: 'AUS', forms: ['yttrium-oxide'], cut: { low: 0.1, mid: 0.2, high: 0.3 }, months: { low: 1, high: 2 }, licence: 'none', start: '2028-05', reach: 'everybody' };
    changed.levers[0]!.level = 120;
    changed.levers_from = '2028-09';
    expect(fromAddress(only(toAddress(changed, base, levers)), base, levers)).toEqual(changed);
  });
  it('tells a file, its case, and sliders in place of the file apart', () => {
    const file: Scenario = { ...structuredClone(base), file: 'japan-ban-2026', case: null };
    const high = { ...structuredClone(file), case: 'high' }, own = { ...structuredClone(file), file: null };
    expect(only(toAddress(high, file, levers))).toEqual({ s: 'japan-ban-2026', cs: 'high' });
    expect(only(toAddress(own, file, levers))).toEqual({ s: 'japan-ban-2026', own: '1' });
    for (const one of [high, own]) expect(fromAddress(only(toAddress(one, file, levers)), file, levers)).toEqual(one);
  });
  it('leaves what cannot be read as the case has it', () => {
    expect(fromAddress({ x: 'china', cut: '.9:.1:2', t0: '2027-13', len: '9:1', lic: 'maybe', lv: 'stock-release:900,unknown:3', seed: '-4', hz: 'x', to: 'nobody', lf: '2027' }, base, levers)).toEqual(base);
  });
});
