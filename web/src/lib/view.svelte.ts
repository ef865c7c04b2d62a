// The address is the state: `#/lab?c=JPN&x=CHN&lang=ja`. Defaults are left out, unknown keys are kept.
import type { Language } from './format';

export const PAGES = ['desk', 'chain', 'steps', 'lab', 'ledger'] as const;
export type Page = (typeof PAGES)[number];

const DEFAULTS: Record<string, string> = { c: 'JPN', b: 'quantity', m: 'watch', tab: '', view: '' };

/** Page and parameters of an address. */
export function parse(hash: string): { page: Page; parameters: Record<string, string> } {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const page = (PAGES as readonly string[]).includes(path) ? (path as Page) : 'desk';
  return { page, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a page with parameters, defaults left out. */
export function address(page: string, parameters: Record<string, string>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) if (value !== '' && DEFAULTS[key] !== value) search.set(key, value);
  const text = search.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2F/g, '/');
  return `#/${page}${text && `?${text}`}`;
}

const stored = (key: string): string | null => { try { return localStorage.getItem(key); } catch { return null; } };
const store = (key: string, value: string): void => { try { localStorage.setItem(key, value); } catch { /* a private window keeps nothing */ } };

/** Parameters that go with the reader from page to page. */
const SHARED = ['c', 'lang', 'snap', 'source'];

class View {
  page = $state<Page>('desk');
  parameters = $state<Record<string, string>>({});
  theme = $state<'auto' | 'light' | 'dark'>((stored('theme') as 'light' | 'dark' | null) ?? 'auto');
  shortcuts = $state(stored('shortcuts') !== 'off');
  dark = $state(false);

  constructor() {
    if (typeof window === 'undefined') return;
    this.read();
    addEventListener('hashchange', () => this.read());
    const media = matchMedia('(prefers-color-scheme: dark)');
    const resolve = () => {
      this.dark = this.theme === 'dark' || (this.theme === 'auto' && media.matches);
      document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
    };
    media.addEventListener('change', resolve);
    this.resolve = resolve;
    resolve();
  }
  private resolve: () => void = () => {};
  private read(): void {
    const { page, parameters } = parse(location.hash);
    this.page = page;
    this.parameters = parameters;
  }
  get language(): Language {
    const asked = this.parameters.lang ?? stored('lang') ?? (typeof navigator !== 'undefined' && navigator.language.startsWith('ja') ? 'ja' : 'en');
    return asked === 'ja' ? 'ja' : 'en';
  }
  get(key: string): string {
    return this.parameters[key] ?? DEFAULTS[key] ?? '';
  }
  /** Changes parameters of this page; `null` removes one. */
  set(changes: Record<string, string | null>, remember = false): void {
    const parameters = { ...this.parameters };
    for (const [key, value] of Object.entries(changes)) if (value == null || value === DEFAULTS[key]) delete parameters[key]; else parameters[key] = value;
    this.parameters = parameters;
    const next = address(this.page, parameters);
    if (remember) history.pushState(null, '', next); else history.replaceState(null, '', next);
    if (changes.lang) store('lang', changes.lang);
  }
  /** Where a link to another page goes. */
  to(page: string, parameters: Record<string, string> = {}): string {
    const shared = Object.fromEntries(SHARED.filter((key) => this.parameters[key]).map((key) => [key, this.parameters[key]!]));
    return address(page, { ...shared, ...parameters });
  }
  go(page: string, parameters: Record<string, string> = {}): void {
    location.hash = this.to(page, parameters);
  }
  setTheme(theme: 'auto' | 'light' | 'dark'): void {
    this.theme = theme;
    store('theme', theme);
    this.resolve();
  }
  setShortcuts(on: boolean): void {
    this.shortcuts = on;
    store('shortcuts', on ? 'on' : 'off');
  }
}
export const view = new View();
