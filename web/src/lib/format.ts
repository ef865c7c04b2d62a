// Numbers, shares, money, dates and months as a reader of the language writes them.
import type { Num } from '../api';

export type Language = 'en' | 'ja';

const cache = new Map<string, Intl.NumberFormat>();
const plain = (language: Language, digits: number): Intl.NumberFormat => {
  const key = `${language}${digits}`;
  let found = cache.get(key);
  if (!found) cache.set(key, (found = new Intl.NumberFormat(language, { minimumFractionDigits: 0, maximumFractionDigits: digits })));
  return found;
};

/** Three significant figures, thousands separated; small numbers are not shown as nothing. */
export function number(value: number, language: Language): string {
  const size = Math.abs(value);
  if (size > 0 && size < 0.0005) return `${value < 0 ? '−' : ''}<0.001`;
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return plain(language, digits).format(value).replace('-', '−');
}

/** Nobody counts a stock or a stop in tenths of days. */
const inUnit = (value: number, unit: string): number => (unit === 'days' && Math.abs(value) >= 10 ? Math.round(value) : value);

const space = (language: Language): string => (language === 'en' ? '\u00a0' : '');

/** Whole per cent, and never 0 or 100 for what is not quite. */
export function percent(share: number, language: Language, sign = true): string {
  const value = share * 100, end = sign ? `${space(language)}%` : '';
  if (value > 0 && value < 0.5) return `<1${end}`;
  if (value >= 99.5 && value < 100) return `>99${end}`;
  return `${plain(language, 0).format(Math.round(value)).replace('-', '−')}${end}`;
}

const FRACTIONS: [number, string][] = [[1 / 4, 'quarter'], [1 / 3, 'third'], [1 / 2, 'half'], [2 / 3, 'two_thirds'], [3 / 4, 'three_quarters']];

/** The key of a share in words where it is within one point of a simple fraction; else nothing. */
export function fraction(share: number): string | null {
  if (share >= 1) return 'fraction.all';
  if (share > 0.985) return 'fraction.almost_all';
  for (const [value, name] of FRACTIONS) if (Math.abs(share - value) <= 0.0101) return `fraction.${name}`;
  return null;
}

/** Money in the scale of the language: billions and trillions, or 億 and 兆. */
export function money(value: number, currency: 'JPY' | 'USD', language: Language): string {
  const size = Math.abs(value), sign = value < 0 ? '−' : '';
  if (language === 'ja') {
    const unit = currency === 'JPY' ? '円' : 'ドル';
    if (size >= 1e12) return `${sign}${number(size / 1e12, 'ja')}兆${unit}`;
    if (size >= 1e8) return `${sign}${number(size / 1e8, 'ja')}億${unit}`;
    if (size >= 1e4) return `${sign}${number(size / 1e4, 'ja')}万${unit}`;
    return `${sign}${number(size, 'ja')}${unit}`;
  }
  const mark = currency === 'JPY' ? '¥' : '$';
  if (size >= 1e12) return `${sign}${mark}${number(size / 1e12, 'en')}\u00a0trillion`;
  if (size >= 1e9) return `${sign}${mark}${number(size / 1e9, 'en')}\u00a0billion`;
  if (size >= 1e6) return `${sign}${mark}${number(size / 1e6, 'en')}\u00a0million`;
  return `${sign}${mark}${number(size, 'en')}`;
}

const UNITS: Record<string, [string, string]> = {
  t: ['t', 'トン'], kg: ['kg', 'kg'], g: ['g', 'g'], 't/year': ['t a year', 'トン/年'], 't/y': ['t a year', 'トン/年'],
  ratio: ['ratio', '比'], 'ratio to base': ['ratio to the base period', '基準期に対する比'], percent: ['per cent', '%'], 'own money': ['in the money of the list', '一覧の通貨'], share: ['share', '比率'], days: ['days', '日'], months: ['months', 'か月'], years: ['years', '年'], 'USD/kg': ['USD/kg', 'ドル/kg'], 'million USD': ['million USD', '百万ドル'],
};

/** A unit by itself. */
export const unitName = (unit: string, language: Language): string => UNITS[unit]?.[language === 'ja' ? 1 : 0] ?? unit;

/** A value with its unit. */
export function amount(value: number, unit: string, language: Language): string {
  if (unit === 'share') return percent(value, language);
  if (unit === 'percent' || unit === '%') return `${number(value, language)}${space(language)}%`;
  if (unit === 'USD' || unit === 'JPY') return money(value, unit, language);
  if (unit === 'count' || unit === '1' || unit === 'index 0-1' || unit === 'log' || unit === 'score') return number(value, language);
  if (unit === 'ratio') return `${number(value, language)}${language === 'ja' ? '倍' : '×'}`;
  const name = unitName(unit, language);
  if (language === 'en' && value === 1 && (unit === 'days' || unit === 'months' || unit === 'years')) return `1\u00a0${unit.slice(0, -1)}`;
  return `${number(inUnit(value, unit), language)}${space(language)}${name}`;
}

/** Low to high with the unit once. */
export function band(low: number, high: number, unit: string, language: Language): string {
  const dash = language === 'ja' ? '〜' : '–';
  if (unit === 'share') return `${percent(low, language, false)}${dash}${percent(high, language)}`;
  if (unit === 'USD' || unit === 'JPY') return `${money(low, unit, language)}${dash}${money(high, unit, language)}`;
  const whole = amount(high, unit, language);
  return `${number(inUnit(low, unit), language)}${dash}${whole}`;
}

/** Whether a band says more than its value. */
export const hasBand = (num: Num): boolean => num.low != null && num.high != null && Math.abs(num.high - num.low) > 1e-9 * Math.abs(num.high || 1);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day, a month or a year as the record gives it. */
export function date(text: string, language: Language): string {
  const [year, month, day] = text.split('-');
  if (!/^\d{4}$/.test(year ?? '') || (month && !/^\d\d?$/.test(month))) return text;
  if (language === 'ja') return `${year}年${month ? `${+month}月` : ''}${day ? `${+day}日` : ''}`;
  return [day && String(+day), month && MONTHS[+month - 1], year].filter(Boolean).join(' ');
}

/** The same without the year. */
export function dayAndMonth(text: string, language: Language): string {
  const [year, month, day] = text.split('-');
  if (!month) return language === 'ja' ? `${year}年` : year!;
  if (language === 'ja') return day ? `${+month}月${+day}日` : `${+month}月`;
  return day ? `${+day} ${MONTHS[+month - 1]}` : MONTHS[+month - 1]!;
}

/** A month on an axis: the year in January, else the month. */
export const axisMonth = (text: string, language: Language): string => {
  const [year, month] = text.split('-');
  return month === '01' ? year! : language === 'ja' ? `${+month!}月` : MONTHS[+month! - 1]!;
};

/** The month that is `count` months after `YYYY-MM`. */
export function addMonths(text: string, count: number): string {
  const [year, month] = text.split('-').map(Number) as [number, number];
  const total = year * 12 + month - 1 + count;
  return `${Math.floor(total / 12)}-${String((total % 12) + 1).padStart(2, '0')}`;
}

/** Whole days from one day to another. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 864e5);
