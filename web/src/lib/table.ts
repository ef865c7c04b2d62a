// Tables behind figures, and their downloads. A number keeps its band, quality, date and origins in columns of its own.
import type { Num } from '../api';

export type CellValue = string | number | null | undefined | Num;
export interface Column { key: string; label: string; unit?: string }
export interface Table { name: string; columns: Column[]; rows: Record<string, CellValue>[] }

export const isNum = (value: CellValue): value is Num => typeof value === 'object' && value !== null && 'unit' in value;

type Flat = string | number | null;
const PARTS: [string, (num: Num) => Flat][] = [
  ['low', (n) => n.low ?? null], ['high', (n) => n.high ?? null], ['unit', (n) => n.unit], ['basis', (n) => n.basis ?? null],
  ['quality', (n) => n.quality ?? null], ['as_of', (n) => n.as_of ?? null], ['origins', (n) => (n.origins ?? []).join('|') || null], ['why', (n) => n.why ?? null],
];

/** Headings and cells with every number in columns: `share, share_low, share_high, share_unit …`. */
export function flat(table: Table): { head: string[]; rows: Flat[][] } {
  const wide = new Map(table.columns.map((c) => [c.key, table.rows.some((r) => isNum(r[c.key]))]));
  const head = table.columns.flatMap((c) => (wide.get(c.key) ? [c.key, ...PARTS.map(([part]) => `${c.key}_${part}`)] : [c.key]));
  const rows = table.rows.map((row) => table.columns.flatMap((c): Flat[] => {
    const value = row[c.key];
    if (!wide.get(c.key)) return [(value as string | number | null | undefined) ?? null];
    return isNum(value) ? [value.value, ...PARTS.map(([, read]) => read(value))] : [(value as number | null | undefined) ?? null, ...PARTS.map(() => null)];
  }));
  return { head, rows };
}

/** The same table with the user's own values withheld: that there was one is still said. */
export const redacted = (table: Table): Table => ({ ...table, rows: table.rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, isNum(value) && value.quality === 'user' ? { value: null, unit: value.unit, quality: 'user' as const, why: 'confidential' as const } : value]))) });
export const hasOwn = (table: Table): boolean => table.rows.some((row) => Object.values(row).some((value) => isNum(value) && value.quality === 'user'));

/** Text that a spreadsheet would run as a formula is kept as text. */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);

export function csv(table: Table): string {
  const { head, rows } = flat(table);
  const cell = (value: Flat): string => {
    if (value === null) return '';
    const text = typeof value === 'number' ? String(value) : harmless(value);
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

export interface About { title: string; snap: string; package: string; address: string; made: string; seed?: number | null; development: boolean; confidential?: boolean }

const aboutRows = (about: About): [string, Flat][] => [
  ['title', about.title], ['package', about.package], ['snap', about.snap], ['seed', about.seed ?? null], ['made', about.made], ['address', about.address],
  ...(about.confidential ? [['marking', 'CONFIDENTIAL: contains values of the user’s own'] as [string, Flat]] : []),
  ...(about.development ? [['warning', 'development data, not findings'] as [string, Flat]] : []),
];

export async function xlsx(table: Table, about: About): Promise<Blob> {
  const { default: write } = await import('write-excel-file/browser');
  const { head, rows } = flat(table);
  const origins = [...new Set(table.rows.flatMap((r) => table.columns.flatMap((c) => { const v = r[c.key]; return isNum(v) ? v.origins ?? [] : []; })))];
  const text = (value: string) => ({ value: harmless(value), type: String });
  const cell = (value: Flat) => (value === null ? null : typeof value === 'number' ? { value, type: Number } : text(value));
  const sheets = [
    { sheet: 'data', data: [head.map((h) => ({ value: h, fontWeight: 'bold' as const })), ...rows.map((r) => r.map(cell))] },
    { sheet: 'sources', data: [[{ value: 'origin', fontWeight: 'bold' as const }], ...origins.map((o) => [text(o)])] },
    { sheet: 'scenario', data: aboutRows(about).map(([k, v]) => [{ value: k, fontWeight: 'bold' as const }, cell(v)]) },
  ];
  return await (write as unknown as (sheets: unknown) => { toBlob(): Promise<Blob> })(sheets).toBlob();
}

export const json = (table: Table, about: About): string => JSON.stringify({ ...about, columns: table.columns.map((c) => c.key), rows: table.rows }, null, 1);

/** The picture on the screen as a file by itself: what style sheets say is written into it. */
export function svgText(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  const kept = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'fill-opacity', 'stroke-opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'paint-order', 'stroke-linejoin', 'visibility'];
  from.forEach((element, i) => {
    const style = getComputedStyle(element), target = to[i]!;
    for (const name of kept) { const value = style.getPropertyValue(name); if (value && !(value === 'none' && name !== 'fill' && name !== 'stroke')) target.setAttribute(name, value.replace(/"/g, "'")); }
    target.removeAttribute('class'); target.removeAttribute('style'); target.removeAttribute('tabindex');
  });
  const box = svg.getBoundingClientRect(), w = Math.ceil(box.width), h = Math.ceil(box.height), ns = 'http://www.w3.org/2000/svg';
  copy.setAttribute('xmlns', ns); copy.setAttribute('width', String(w)); copy.setAttribute('height', String(h)); copy.setAttribute('viewBox', svg.getAttribute('viewBox') ?? `0 0 ${w} ${h}`);
  const back = document.createElementNS(ns, 'rect');
  back.setAttribute('width', '100%'); back.setAttribute('height', '100%'); back.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  const label = document.createElementNS(ns, 'title'); label.textContent = title;
  copy.prepend(label, back);
  return new XMLSerializer().serializeToString(copy);
}

export async function png(svg: SVGSVGElement, title: string): Promise<Blob> {
  const text = svgText(svg, title), box = svg.getBoundingClientRect(), image = new Image();
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    await new Promise<void>((resolve, reject) => { image.onload = () => resolve(); image.onerror = () => reject(new Error('picture')); image.src = url; });
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(box.width) * 2; canvas.height = Math.ceil(box.height) * 2;
    const brush = canvas.getContext('2d')!;
    brush.scale(2, 2); brush.drawImage(image, 0, 0, box.width, box.height);
    return await new Promise<Blob>((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('picture'))), 'image/png'));
  } finally { URL.revokeObjectURL(url); }
}

/** Hands a file to the browser. */
export function save(content: Blob | string, name: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type: `${type};charset=utf-8` }) : content);
  const link = document.createElement('a');
  link.href = url; link.download = name; link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
