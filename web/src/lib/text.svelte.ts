// Words of the pages: message files with the same keys, sentences filled with arguments, names from `Meta`.
import type { Argument, Num, Sentence } from '../api';
import en from '../messages/en.json';
import ja from '../messages/ja.json';
import { amount, band, date, fraction, hasBand, number, percent, unitName, type Language } from './format';
import { view } from './view.svelte';
import { known } from './known.svelte';

export type Key = keyof typeof en;
const messages: Record<Language, Record<string, string>> = { en, ja };

type Filling = string | number | Argument;

/** Countries that take the article in English sentences. */
const THE = new Set(['USA', 'GBR', 'NLD', 'PHL', 'ARE', 'EU27', 'COD', 'COG', 'BHS', 'GMB', 'DOM', 'CAF', 'MDV', 'SYC', 'SLB', 'MHL', 'COM']);

export const language = (): Language => view.language;

/** A country as a name by itself. */
export function country(id: string | null | undefined): string {
  if (!id) return '';
  if (id === 'WLD') return t('country.world');
  if (id === 'ROW' || id === 'other') return t('country.rest');
  if (id === 'unknown') return t('country.unknown');
  const found = known.countries.get(id);
  return found ? named(found) : id;
}
const inSentence = (id: string): string => (view.language === 'en' && THE.has(id) ? `the ${country(id)}` : country(id));

/** Names in the language of the reader; Japanese takes full-width brackets. */
export const named = (item: { name_en: string; name_ja: string }): string => (view.language === 'ja' ? (item.name_ja || item.name_en).replace(/\(/g, '（').replace(/\)/g, '）') : item.name_en);
const name = (map: Map<string, { name_en: string; name_ja: string }>, id: string): string => {
  const found = map.get(id);
  return found ? named(found) : id.replace(/-/g, ' ');
};
const low = (text: string): string => (view.language === 'en' && /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text);

export const commodity = (id: string): string => name(known.commodities, id);
export const form = (id: string): string => capital(name(known.forms, id));
export const use = (id: string): string => (id === 'exported' ? t('use.exported') : capital(name(known.uses, id)));
/** Symbol of an element, else nothing. */
export const symbol = (id: string): string => known.commodities.get(id)?.symbol ?? '';

export const capital = (text: string): string => (view.language === 'en' && text ? text[0]!.toUpperCase() + text.slice(1) : text);

/** A share in words, or in per cent. */
export function inWords(share: number): string {
  const key = fraction(share);
  return key ? text(key) : percent(share, view.language);
}

function months(value: number): string {
  const l = view.language;
  if (value < 0.75) return text('months.weeks', { n: Math.max(1, Math.round(value * 4.35)) });
  const whole = Math.round(value);
  if (l === 'en' && whole <= 12) return text('months.about', { n: text(`number.${whole}`), count: whole });
  return text('months.about', { n: whole, count: whole });
}

function argument(value: Filling): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value in en ? text(value) : value;
  if ('name_en' in value) return low(named(value));
  if ('country' in value) return inSentence(value.country);
  if ('commodity' in value) return low(commodity(value.commodity));
  if ('form' in value) return low(name(known.forms, value.form));
  if ('use' in value) return low(name(known.uses, value.use));
  if ('share' in value) return percent(value.share, view.language);
  if ('words' in value) return inWords(value.words);
  if ('months' in value) return months(value.months);
  return amount(value.amount, value.unit, view.language);
}

/** The message of any key, also one that came over the wire. */
export function text(key: string, args: Record<string, Filling> = {}): string {
  const set = messages[view.language];
  const count = args.count ?? args.n;
  const found = (count === 1 ? set[`${key}#one`] : undefined) ?? set[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, hole: string) => {
    const value = args[hole];
    return value === undefined ? whole : argument(value);
  });
}

/** The message of a key that is known when the pages are built. */
export const t = (key: Key, args: Record<string, Filling> = {}): string => text(key, args);

/** A sentence of the server in the language of the reader. */
export const say = (sentence: Sentence | null | undefined): string => (sentence ? capital(text(sentence.key, sentence.args)) : '');

/** The same inside a line: not capitalised. */
export const phrase = (sentence: Sentence | null | undefined): string => (sentence ? text(sentence.key, sentence.args) : '');

/** A number with its unit, or why there is none. */
export const shown = (num: Num | null | undefined): string =>
  num?.value == null ? text(`why.${num?.why ?? 'no_source'}`) : amount(num.value, num.unit, view.language);
/** Its band, if it has one. */
export const shownBand = (num: Num): string => (hasBand(num) ? band(num.low!, num.high!, num.unit, view.language) : '');

export const n = (value: number): string => number(value, view.language);
export const share = (value: number): string => percent(value, view.language);
export const day = (value: string): string => date(value, view.language);
/** Per cent without its sign, for dense cells. */
export const percentSign = (value: number): string => percent(value, view.language, false);
export const unit = (value: string): string => unitName(value, view.language);
/** What a record calls its own basis, e.g. `quantity 284610+284690`. */
export function basis(value: string | null | undefined): string {
  if (!value) return '';
  const [first, ...rest] = value.split(' ');
  const codes = rest.join(' ');
  if (first === 'quantity' || first === 'value') return `${text(`basis.${first}`)}${codes ? `${view.language === 'ja' ? '、' : ', '}${/^\d/.test(codes) ? `HS ${codes.replace(/\+/g, ', ')}` : codes}` : ''}`;
  return value;
}
/** A value with its unit, in the language of the reader. */
export const amountOf = (value: number, of: string): string => amount(value, of, view.language);
