import { describe, expect, it } from 'vitest';
import { addMonths, amount, axisMonth, band, date, daysBetween, fraction, money, number, percent } from './format';

describe('numbers', () => {
  it('has three figures, thousands apart, and shows what is tiny', () => {
    expect([270000, 1234.5, -1234567, 999.4, 47.31, 3.2416, 0.281488, 0, 0.000012].map((v) => number(v, 'en'))).toEqual(['270,000', '1,235', '−1,234,567', '999', '47.3', '3.24', '0.281', '0', '<0.001']);
  });
  it('never reads as all or nothing what is not quite', () => {
    expect([0.661, 0.002, 0.998, 1, 0].map((v) => percent(v, 'en'))).toEqual(['66\u00a0%', '<1\u00a0%', '>99\u00a0%', '100\u00a0%', '0\u00a0%']);
    expect(percent(0.661, 'ja')).toBe('66%');
  });
  it('says a fraction only where the share is one', () => {
    expect([0.6613, 0.5, 0.25, 0.7, 1, 0.99].map(fraction)).toEqual(['fraction.two_thirds', 'fraction.half', 'fraction.quarter', null, 'fraction.all', 'fraction.almost_all']);
  });
});

describe('money', () => {
  it('counts in 億 and 兆 in Japanese, in billions and trillions in English', () => {
    expect([2.6e12, 6.6e11, 4.6e6].map((v) => money(v, 'JPY', 'ja'))).toEqual(['2.6兆円', '6,600億円', '460万円']);
    expect([2.6e12, 6.6e11].map((v) => money(v, 'JPY', 'en'))).toEqual(['¥2.6\u00a0trillion', '¥660\u00a0billion']);
    expect(money(515505581, 'USD', 'ja')).toBe('5.16億ドル');
    expect(money(515505581, 'USD', 'en')).toBe('$516\u00a0million');
    expect(money(-2.6e12, 'JPY', 'ja')).toBe('−2.6兆円');
  });
});

describe('units and bands', () => {
  it('writes the unit once, in the language', () => {
    expect(amount(305, 't', 'ja')).toBe('305トン');
    expect(amount(1, 'days', 'en')).toBe('1\u00a0day');
    expect(band(0.61, 0.75, 'share', 'en')).toBe('61–75\u00a0%');
    expect(band(20, 90, 'days', 'ja')).toBe('20〜90日');
    expect(amount(84.7, 'days', 'en')).toBe('85\u00a0days');
    expect(band(62.8, 130.2, 'days', 'en')).toBe('63–130\u00a0days');
  });
});

describe('dates', () => {
  it('keeps the precision of the record', () => {
    expect(['2024', '2025-04', '2026-11-10', 'from end 2026'].map((d) => date(d, 'en'))).toEqual(['2024', 'Apr 2025', '10 Nov 2026', 'from end 2026']);
    expect(['2024', '2025-04', '2026-11-10'].map((d) => date(d, 'ja'))).toEqual(['2024年', '2025年4月', '2026年11月10日']);
    expect(addMonths('2026-11', 3)).toBe('2027-02');
    expect([axisMonth('2027-01', 'ja'), axisMonth('2027-07', 'ja'), axisMonth('2027-07', 'en')]).toEqual(['2027', '7月', 'Jul']);
    expect(daysBetween('2026-11-25', '2026-11-27')).toBe(2);
  });
});
