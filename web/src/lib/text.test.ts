import { beforeEach, describe, expect, it } from 'vitest';
import { known } from './known.svelte';
import { basis, say, shown, text } from './text.svelte';
import { view } from './view.svelte';

beforeEach(() => {
  known.countries = new Map([['JPN', 'Japan', '日本'], ['CHN', 'China', '中国'], ['USA', 'United States', 'アメリカ合衆国'], ['COD', 'DR Congo', 'コンゴ民主共和国(キンシャサ)']].map(([id, name_en, name_ja]) => [id!, { id: id!, name_en: name_en!, name_ja: name_ja!, kind: 'country' as const }]));
  known.commodities = new Map([['rare-earths', { id: 'rare-earths', name_en: 'Rare earths', name_ja: 'レアアース', symbol: null, kind: 'group' as const, group: null }]]);
});
const speak = (lang: string) => { view.parameters = { lang }; };
const answer = (country: string) => ({ key: 'desk.answer.two_bases', args: { country: { country }, commodity: { commodity: 'rare-earths' }, partner: { country: 'CHN' }, weight: { words: 0.6613 }, value: { share: 0.3777 }, year: 2024 } });

describe('sentences', () => {
  it('are templates of each language', () => {
    speak('en');
    expect(say(answer('JPN'))).toBe('Two-thirds of the rare earths that Japan imported in 2024 came from China by weight; by value it was 38\u00a0%.');
    expect(say(answer('USA'))).toContain('that the United States imported');
    speak('ja');
    expect(say(answer('JPN'))).toBe('2024年に日本が輸入したレアアースの3分の2（重量）は中国から。金額では38%。');
  });
  it('count one apart from many', () => {
    speak('en');
    expect([text('days.in', { count: 1 }), text('days.in', { count: 6 }), text('steps.count', { count: 1 })]).toEqual(['tomorrow', 'in 6 days', '1 step']);
  });
  it('round months to words', () => {
    speak('en');
    expect(say({ key: 'lab.answer.first', args: { first: { form: 'gallium' }, months: { months: 3.2 } } })).toBe('The first line to stand still lacks gallium, after about three months; in the middle future no other does.');
    speak('ja');
    expect(text('lab.answer.nothing', { horizon: 18 })).toContain('18か月');
  });
  it('take full-width brackets in Japanese names', () => {
    speak('ja');
    expect(text('desk.imports_of', { country: { country: 'COD' } })).toBe('コンゴ民主共和国（キンシャサ）の輸入');
  });
});

describe('numbers', () => {
  it('say why they are not known', () => {
    speak('en');
    expect(shown({ value: null, unit: 'share', why: 'mixed_code' })).toBe('mixed code');
    speak('ja');
    expect(shown({ value: null, unit: 'share', why: 'no_source' })).toBe('出典なし');
  });
  it('tell what they count', () => {
    speak('en');
    expect(basis('quantity 284610+284690')).toBe('by weight, HS 284610, 284690');
    speak('ja');
    expect(basis('value rare-earths')).toBe('金額、rare-earths');
  });
});
