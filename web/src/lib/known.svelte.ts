// What the server said once: names of countries, commodities, forms and uses, the package, the day.
import type { Commodity, Country, Meta, Named, Origin } from '../api';
import { api, useOwnValues } from '../api';

class Known {
  constructor() { if (typeof window !== 'undefined') addEventListener('lode:own-closed', () => (this.own = false)); }
  meta = $state<Meta | null>(null);
  failed = $state(false);
  /** Whether values of the user's own are open, and how often they changed: pages ask again. */
  #own = $state(false);
  get own(): boolean { return this.#own; }
  set own(open: boolean) { this.#own = open; useOwnValues(open); }
  turn = $state(0);
  countries = $state.raw(new Map<string, Country>());
  commodities = $state.raw(new Map<string, Commodity>());
  forms = $state.raw(new Map<string, Named>());
  uses = $state.raw(new Map<string, Named>());

  async load(): Promise<void> {
    try {
      const meta = await api.meta();
      this.countries = new Map(meta.countries.map((c) => [c.id, c]));
      this.commodities = new Map(meta.commodities.map((c) => [c.id, c]));
      this.name('forms', meta.forms ?? []);
      this.name('uses', meta.uses ?? []);
      this.meta = meta;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
  origins = $state.raw(new Map<string, Origin>());
  private asked = new Set<string>();
  /** Who made an origin and what it is called; asked for once, its id until then. */
  origin(id: string): string {
    const found = this.origins.get(id);
    if (found) return [found.producer, found.title].filter((part, i, all) => part && all.indexOf(part) === i && !(i && found.title.startsWith(found.producer))).join(', ');
    if (!this.asked.has(id)) {
      this.asked.add(id);
      void api.origin(id).then((answer) => (this.origins = new Map(this.origins).set(id, answer.data)), () => undefined);
    }
    return id;
  }
  /** Adds names that came with an answer. */
  name(kind: 'forms' | 'uses', list: Iterable<Named>): void {
    const map = new Map(this[kind]);
    let fresh = false;
    for (const item of list) if (!map.has(item.id)) { map.set(item.id, item); fresh = true; }
    if (fresh) this[kind] = map;
  }
}
export const known = new Known();
