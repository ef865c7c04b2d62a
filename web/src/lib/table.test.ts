import { describe, expect, it } from 'vitest';
import { csv, flat, harmless, hasOwn, redacted, type Table } from './table';

const table: Table = {
  name: 'shares', columns: [{ key: 'year', label: 'Year' }, { key: 'share', label: 'Share' }, { key: 'who', label: 'Who' }],
  rows: [{ year: 2024, share: { value: 0.66, low: 0.6, high: 0.7, unit: 'share', quality: 'derived', as_of: '2024', origins: ['baci', 'meti'] }, who: 'A, "B"' }, { year: 2025, share: { value: null, unit: 'share', why: 'no_source' }, who: '=1+1' }],
};

describe('downloads', () => {
  it('keeps band, quality, date and origins of a number in columns of its own', () => {
    expect(flat(table).head).toEqual(['year', 'share', 'share_low', 'share_high', 'share_unit', 'share_basis', 'share_quality', 'share_as_of', 'share_origins', 'share_why', 'who']);
    expect(csv(table).split('\r\n')[1]).toBe('2024,0.66,0.6,0.7,share,,derived,2024,baci|meti,,"A, ""B"""');
  });
  it('leaves an unknown number empty and says why', () => {
    expect(csv(table).split('\r\n')[2]).toBe("2025,,,,share,,,,,no_source,'=1+1");
  });
  it('withholds own values and says that it did', () => {
    const own: Table = { ...table, rows: [{ year: 2024, share: { value: 321, unit: 't', quality: 'user' }, who: '' }] };
    expect([hasOwn(table), hasOwn(own), hasOwn(redacted(table))]).toEqual([false, true, false]);
    expect(csv(redacted(own))).not.toContain('321');
    expect(csv(redacted(own)).split('\r\n')[1]).toBe('2024,,,,t,,user,,,confidential,');
  });
  it('keeps formulas as text and numbers as numbers', () => {
    expect(['=A1', '+81', '-5', '@x', 'plain'].map(harmless)).toEqual(["'=A1", '+81', '-5', "'@x", 'plain']);
  });
});
