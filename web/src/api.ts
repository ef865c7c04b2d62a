// The contract between the pages and the server: one type for each answer, and a small client.
// A server that gives these shapes needs to know nothing about languages: sentences are keys with arguments,
// and names of countries, commodities and forms come once, in `Meta`.

// ---------------------------------------------------------------- numbers

/** How good a number is. `user` marks what the user overlaid, `simulated` what the model made. */
export type Quality =
  | 'reported' | 'derived' | 'secondary' | 'estimated' | 'imputed' | 'assumed' | 'user' | 'simulated';

/** Why a number is not known. */
export type Why = 'no_source' | 'not_applicable' | 'mixed_code' | 'confidential';

/** Every number on the wire. `low` and `high` are given together or not at all. */
export interface Num {
  value: number | null;
  low?: number | null;
  high?: number | null;
  unit: string;
  basis?: string | null;
  quality?: Quality | null;
  as_of?: string | null;
  origins?: string[];
  why?: Why;
  note?: string | null;
  /** What to ask `/api/record?…` for the record behind this number; absent where there is none. */
  record?: string;
}

/** A share with the partner that holds it. */
export interface Share extends Num {
  partner: string | null;
}

/** An argument of a sentence: the page writes it in its language. */
export type Argument =
  | string | number
  | { country: string } | { commodity: string } | { form: string } | { use: string }
  | { share: number } | { words: number } | { months: number } | { amount: number; unit: string }
  | { name_en: string; name_ja: string };

/** A sentence: a key of the message files and its arguments. */
export interface Sentence {
  key: string;
  args: Record<string, Argument>;
}

/** Around each answer. */
export interface Envelope<T> {
  /** First digits of the package's hash. */
  snap: string;
  made: string;
  newest?: { trade: string; months_old: number };
  /** Whether values of the user's own were used. */
  own_values?: boolean;
  seed?: number | null;
  answer: Sentence | null;
  data: T;
  /** What is stale, unverified or left out, as sentences. */
  warnings: Sentence[];
}

/** A mistake in what the user sent. */
export interface Mistake {
  file?: string | null;
  row?: number | null;
  column?: string | null;
  message: string;
  hint?: string | null;
}

/** The body of every answer with a status of 400 and above. */
export interface Failure {
  error: { code: string; message: string; hint?: string | null };
  mistakes?: Mistake[];
  /** Mistakes beyond those listed. */
  more?: number;
}

// ---------------------------------------------------------------- meta

export interface Named { id: string; name_en: string; name_ja: string }
export interface Country extends Named {
  /** `country`, or a group such as the European Union. */
  kind: 'country' | 'group';
  /** Three digits of ISO 3166, which find the country on the map. */
  numeric?: string | null;
}
export interface Commodity extends Named {
  symbol: string | null;
  kind: 'element' | 'group' | 'mineral';
  group: string | null;
}
export type Stage = 'mine' | 'refined' | 'metal' | 'magnet' | 'use';

export interface Meta {
  version: string;
  package: { name: string; version: string; hash: string; as_of?: string };
  /** True for recorded or invented development data: the pages say so on every figure. */
  development?: boolean;
  today: string;
  /** Newest trade record, e.g. `2024`, and when it ended in months. */
  newest: { trade: string; months_old: number };
  countries: Country[];
  commodities: Commodity[];
  stages: Stage[];
  /** Names of the market's forms and uses: every other answer gives their ids only. */
  forms: Named[];
  uses: Named[];
  /** Pages that this server can answer. */
  pages: string[];
  /** Whether a workspace keeps studies and uploads. */
  workspace: boolean;
}

// ---------------------------------------------------------------- desk

export interface Figure {
  label: Sentence;
  num: Num;
  /** Other numbers for the same question, with what they count. */
  rivals: { label: Sentence; num: Num }[];
}

export interface Cell {
  /** Largest supplier and its share; null where the stage does not exist for this commodity. */
  top: Share | null;
  /** The next suppliers, largest first, the top one included. */
  rank: Share[];
}

export interface StandingControl {
  kind: string;
  actor: string | null;
  since: string;
  state: 'in_force' | 'suspended' | 'lapsed' | 'to_come';
  more: number;
  name: string;
  instrument: string | null;
  origins: string[];
}

export interface MatrixRow {
  commodity: string;
  /** Heading under which the row stands: a key of the message files. */
  heading: string;
  cells: { stage: Stage; world: Cell; own: Cell }[];
  imports: Num;
  trend: { year: number; num: Num }[];
  trend_partner: string | null;
  control: StandingControl | null;
}

export interface Change {
  date: string;
  /** What happened. */
  what: 'due' | 'suspension_ran_out' | 'in_force' | 'ended' | 'announced' | 'suspended' | 'share_moved';
  /** Present for controls. */
  kind?: string;
  actor?: string | null;
  commodities: string[];
  /** Name of the measure, in the words of the data, and its instrument. */
  title?: string;
  instrument?: string | null;
  more?: number;
  /** Present for `share_moved`. */
  partner?: string;
  from?: Num;
  to?: Num;
  quality: Quality;
  origins: string[];
}

/** The same share counted in two ways over the years, with what others published. */
export interface ShareChart {
  commodity: string;
  partner: string;
  series: { basis: 'quantity' | 'value'; points: { year: number; num: Num }[] }[];
  published: { claim: string; who: string; year: number; num: Num }[];
  events: { date: string; control: string; kind: string; actor: string | null }[];
}

/** Months of an observed flow; a month without a source is absent from `points`. */
export interface MonthChart {
  label: Sentence;
  from: string;
  to: string;
  points: { month: string; num: Num }[];
  events: { date: string; control: string; kind: string; actor: string | null }[];
}

export interface Desk {
  country: string;
  basis: 'quantity' | 'value';
  year: number;
  figures: Figure[];
  matrix: MatrixRow[];
  /** Commodities of which customs give bounds only. */
  bundled: string[];
  changes: Change[];
  shares: ShareChart | null;
  months: MonthChart | null;
}

// ---------------------------------------------------------------- chain

export interface ChainNode {
  id: string;
  stage: Stage;
  /** Country or region, `other` (known, folded) or `unknown`. */
  region: string;
  use?: string | null;
  num: Num;
}
export interface ChainLink {
  from: string;
  to: string;
  num: Num;
  value?: Num | null;
  known: boolean;
}
export interface Flow { form: string; stage: Stage; from: string; to: string; num: Num; value?: Num | null }
export interface Plant {
  name: string;
  company: string | null;
  country: string;
  stage: string;
  commodities: string[];
  metric: string;
  num: Num;
  period: string | null;
}
export interface Chain {
  commodity: string;
  year: number;
  years: number[];
  /** Country whose supply is followed, or `WLD`. */
  country: string;
  mass: string;
  nodes: ChainNode[];
  links: ChainLink[];
  flows: Flow[];
  plants: Plant[];
}

// ---------------------------------------------------------------- steps

export type Role = 'needed' | 'partly' | 'equipment';
export interface Step extends Named { order: number; section: string }
export interface Need {
  step: string;
  element: string;
  /** Inputs through which it is needed. */
  materials: Named[];
  role: Role;
  /** What stands in for it on the way, or shares the work. */
  stands_in: Named[];
  /** Once substitutes are qualified. */
  substitutable: 'none' | 'partial' | 'full';
  substitute_share?: Num | null;
  qualify_months: Num;
  /** Days of the direct input in stock, or until a built-in part is replaced. */
  stock_days: Num;
  /** Days until the step falls below half if the element is lost from one day to the next. */
  halt_days: Num;
  /** Whether the step stops without it, before substitutes are qualified. */
  halts: boolean;
  judgement: boolean;
  supplier: { stage: string; top: Share } | null;
  note: string | null;
  origins: string[];
}
export interface Episode {
  name: string;
  supply: Named;
  product: Named;
  year: string;
  halted: boolean;
  /** Chance that at least one comparable line stops. */
  predicted: Num;
  note: string;
}
export interface Steps {
  product: string;
  products: Named[];
  sections: Named[];
  steps: Step[];
  elements: { id: string; symbol: string; name_en: string; name_ja: string }[];
  needs: Need[];
  /** Minimal sets of elements whose loss halts the product, and how many steps each halts. */
  cut_sets: { elements: string[]; count: number }[];
  episodes: Episode[];
  /** Share of the numbers used that are assumed. */
  assumed: Num;
}
/** Everything that an element touches, with the nearest products of each step. */
export interface Touches {
  element: string;
  touches: { product: string; product_en: string; product_ja: string; need: Need; step_en: string; step_ja: string }[];
}

// ---------------------------------------------------------------- disruption

export interface Range { low: number; mid: number; high: number }

export interface Scenario {
  /** The case that it was made from. */
  id?: string | null;
  country: string;
  /** A built-in scenario that runs as it is written: then nothing of `shock` counts but the chains of its forms. */
  file?: string | null;
  /** A case of that file. */
  case?: string | null;
  shock: {
    exporter: string;
    commodities: string[];
    forms: string[];
    cut: Range;
    start: string;
    months: { low: number; high: number };
    licence: 'none' | 'case' | 'general';
    /** Towards whom: the country that is looked at, or everybody. */
    reach: 'country' | 'everybody';
  };
  levers: { id: string; level: number }[];
  /** Month from which levers act; that of the cut if there is none. */
  levers_from?: string | null;
  /** Values of assumptions that the user put in place of ours. */
  overrides: { id: string; value: number }[];
  replicates: number;
  seed: number;
  /** Months shown, from the cut on; of a file, months of its run. */
  horizon: number;
}

export interface Lever extends Named {
  unit: string;
  low: number;
  high: number;
  step: number;
  /** Level without any action. */
  rest: number;
  /** Level of the case as delivered. */
  level: number;
  quality: Quality;
  origins: string[];
  /** What it does, and why its range is so. */
  reason: string | null;
}

export interface Form extends Named { commodity: string; stage: Stage; chain: string }

/** A case to start from. */
export interface Offered extends Named {
  about_en: string;
  about_ja: string;
  scenario: Scenario;
  /** What its file says will happen; empty where the shock says all. */
  events: (Named & { kind: string; start: string; origins: string[] })[];
  cases: Named[];
  /** What its file says is stated nowhere. */
  unknown: { text_en: string; text_ja: string; origins: string[] }[];
  /** Share of the country's imports of the chain that the exporter holds, by value. */
  share: Num | null;
}

export interface Scenarios {
  /** Generated cases (the largest supplier of each chain stops), then those of the record. */
  scenarios: Offered[];
  levers: Lever[];
  forms: Form[];
  /** Exporters of these forms, largest first: any country can be chosen. */
  exporters: string[];
}

/** Quantiles 5, 10, 25, 50, 75, 90 and 95 %. */
export type Fan = [number, number, number, number, number, number, number];

export interface Assumption extends Named {
  unit: string;
  value: number;
  low: number;
  high: number;
  quality: Quality;
  reason: string;
  origins: string[];
  /** Share of the spread of the headline result that comes from it; null before it is measured. */
  matters: number | null;
  overridden: boolean;
}

export interface CaseResult {
  /** Cover of stocks by form, in months of need. */
  cover: { form: string; fans: Fan[]; origins: string[] }[];
  price: { form: string; spot: Fan[]; paid: Fan[]; inside?: Fan[]; unit: string; events: { t: number; value: number; label: Sentence; origins: string[] }[]; origins: string[] }[];
  /** Output lost, share of the value that stands on these forms. */
  lost: { industry: string; name_en: string; name_ja: string; fans: Fan[] }[];
  run_out: {
    /** The form that is missing, and what it is used for, the largest use first. */
    form: string; uses: Named[]; origins: string[];
    /** Days after the first measure until a first line stands still, in order, for 50 equally likely futures; `null` means not within the horizon. */
    days: (number | null)[];
  }[];
  /** Value lost in the first twelve months, or as many as the run has. */
  loss: { unit: string; months: number; dots: number[]; q10: number; q50: number; q90: number; by_industry?: { industry: string; name_en: string; name_ja: string; q10: number; q50: number; q90: number }[] };
}

export interface LabResult {
  scenario: Scenario;
  done: number;
  /** The month of the first measure, and months from it. */
  first: string;
  t: number[];
  case: CaseResult;
  /** The same draws without our levers. */
  base: CaseResult;
  published: { who: string; months: number | null; what: string; printed: string; num: Num }[];
  marks: { day: number; label: Sentence; origins: string[] }[];
  assumptions: Assumption[];
  /** Base year of the market, and the regions that it keeps apart; all if there are none. */
  base_year: number;
  regions: string[];
  /** Command that gives the same numbers from the scenario file. */
  command: string;
  seconds: number;
  engine_milliseconds: number;
}

export type RunEvent =
  | { type: 'progress'; done: number; total: number; seconds_left: number | null }
  | { type: 'partial'; result: Envelope<LabResult> }
  | { type: 'done'; result: Envelope<LabResult> }
  | { type: 'cancelled'; done: number }
  | { type: 'failed'; why: string; input: string | null };

// ---------------------------------------------------------------- sources

export interface Origin {
  origin: string;
  producer: string;
  title: string;
  version: string | null;
  date: string | null;
  licence: string | null;
  redistributable: string | null;
  secondary: string | null;
  records: number;
  url: string | null;
  citation: string | null;
  sha256: string | null;
  note: string | null;
}
export interface Sources { origins: Origin[]; records: number }

export interface MethodCard {
  indicator: string;
  name: string;
  plain: string;
  equation: string;
  direction: string;
  unit: string;
  worked: string;
  sources: string[];
  caveats: string[];
}

export interface RawTable {
  table: string;
  about: string;
  columns: string[];
  rows: (string | number | null)[][];
  /** Rows beyond those listed. */
  more: number;
}

/** The record behind a number: what it is, how it was made, what else is said, and the rows it came from. */
export interface Record_ {
  label: Sentence;
  num: Num;
  card: MethodCard | null;
  rivals: { label: Sentence; num: Num }[];
  raw: RawTable[];
  origins: Origin[];
  /** Command that gives the same number. */
  command: string | null;
}

export interface ClaimRow {
  definition: string;
  num: Num;
  agrees: 'yes' | 'no' | 'near' | string;
}
export interface Claim {
  claim: string;
  statement_en: string;
  statement_ja: string;
  who: string;
  when: string;
  source: string;
  url: string | null;
  published: string;
  verdict: string;
  reason: string;
  rows: ClaimRow[];
}
export interface Claims { claims: Claim[] }

/** A month, or another period of a fact, with what came and the quantiles that were kept. */
export interface BackTestPoint {
  id: string; month: string; observed: number | null; fan: (number | null)[]; inside: boolean | null;
  note: string | null; source: string | null; url: string | null;
}
export interface BackTestSeries extends Named { unit: string; points: BackTestPoint[] }
export interface BackTest extends Named {
  kind: 'calibrated' | 'test' | 'blind' | 'forward';
  frozen: string | null;
  /** Scores and between what they should lie; a miss is a miss. */
  scores: { key: string; of_en: string | null; of_ja: string | null; value: number | null; from: number | null; to: number | null; met: boolean | null }[];
  series: BackTestSeries[];
  misses: { what: string; observed: string; model: string; why: string }[];
  remarks: string[];
}
export interface Validation { tests: BackTest[] }

// ---------------------------------------------------------------- workspace

export interface Study { id: string; name: string; page: string; state: string; saved: string; scenario?: Scenario | null }
/** A value of the user's own; kept encrypted, shown as `user`. */
export interface OwnValue {
  id: string; kind: 'stock' | 'contract' | 'cost' | 'other'; form: string; grade: string; holder: string;
  value: number; low?: number; high?: number; unit: string; reason: string;
  /** The record of the package that it stands in place of. */
  replaces?: { table: string; key: string; field: string } | null;
}
/** The encrypted part of the workspace; values are there while it is open. */
export interface Confidential { exists: boolean; open: boolean; values: OwnValue[] }
export interface Upload {
  id: string; name: string; rows: number; saved: string;
  parts: number; plants: string[]; filled: Num; materials: number;
}
export interface ListResult {
  upload: string;
  /** Days to the stop of each product and plant, 50 equally likely futures. */
  stops: { product: string; plant: string; days: (number | null)[]; first: { part: string; share: number }[]; value_at_risk: Num }[];
  /** The cheapest extra stock; where prices are missing that of the fewest days. */
  stock: { product: string; plant: string; part: string; extra: Num; cost: Num }[];
  ask: { supplier: string; part: string; questions: string[]; matters: number }[];
  assumed: Num;
}

/** What a brief is about; without a scenario nothing is simulated. */
export interface BriefQuestion { country: string; commodity: string; scenario?: string; case?: string }

// ---------------------------------------------------------------- client

/** What the server said no to. */
export class ServerError extends Error {
  constructor(public status: number, public failure: Failure) {
    super(failure.error.message);
  }
}

/** Whether requests are answered with the user's own values: said in a header, never in an address. */
let ownValues = false;
export const useOwnValues = (use: boolean): void => { ownValues = use; };

const base = typeof document === 'undefined' ? '/api/' : new URL('./api/', document.baseURI).href;

async function answer<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    const headers = { accept: 'application/json', ...(init?.headers as Record<string, string> | undefined), ...(ownValues ? { 'lode-own-values': 'use' } : {}) };
    response = await fetch(base + path, { ...init, headers });
  } catch (cause) {
    if ((cause as Error).name === 'AbortError') throw cause;
    throw new ServerError(0, { error: { code: 'unreachable', message: 'unreachable' } });
  }
  if (response.status === 204) return undefined as T;
  const body: unknown = response.headers.get('content-type')?.includes('json') ? await response.json().catch(() => null) : await response.text();
  if (!response.ok) {
    const failure = body as Failure | null;
    // The part closed while nobody looked: the page goes on without it, and says so.
    if (ownValues && failure?.error?.code === 'vault_closed') { dispatchEvent(new Event('lode:own-closed')); return answer<T>(path, init); }
    throw new ServerError(response.status, failure?.error ? failure : { error: { code: String(response.status), message: response.statusText } });
  }
  return body as T;
}

const query = (parameters: Record<string, string | number | null | undefined>): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) if (value != null && value !== '') search.set(key, String(value));
  const text = search.toString();
  return text && `?${text}`;
};

const json = (method: string, body: unknown, signal?: AbortSignal): RequestInit => ({
  method, signal, body: JSON.stringify(body), headers: { accept: 'application/json', 'content-type': 'application/json' },
});

export const api = {
  meta: () => answer<Meta>('meta'),
  desk: (country: string, basis: string, signal?: AbortSignal) => answer<Envelope<Desk>>(`desk${query({ country, basis })}`, { signal }),
  chain: (country: string, commodity: string, year: string, signal?: AbortSignal) => answer<Envelope<Chain>>(`chain${query({ country, commodity, year })}`, { signal }),
  steps: (product: string, signal?: AbortSignal) => answer<Envelope<Steps>>(`steps${query({ product })}`, { signal }),
  touches: (element: string, signal?: AbortSignal) => answer<Envelope<Touches>>(`steps${query({ element })}`, { signal }),
  scenarios: (country: string, signal?: AbortSignal) => answer<Envelope<Scenarios>>(`scenarios${query({ country })}`, { signal }),
  preview: (scenario: Scenario, signal?: AbortSignal) => answer<Envelope<LabResult>>('lab/preview', json('POST', scenario, signal)),
  start: (scenario: Scenario) => answer<{ run: string }>('lab/runs', json('POST', scenario)),
  /** The scenario file that a case stands for. */
  scenarioFile: (scenario: Scenario) => answer<string>('lab/scenario.toml', json('POST', scenario)),
  cancel: (run: string) => answer<void>(`runs/${encodeURIComponent(run)}`, { method: 'DELETE' }),
  claims: (signal?: AbortSignal) => answer<Envelope<Claims>>('claims', { signal }),
  sources: (signal?: AbortSignal) => answer<Envelope<Sources>>('sources', { signal }),
  origin: (id: string) => answer<Envelope<Origin>>(`sources/${encodeURIComponent(id)}`),
  record: (what: string, signal?: AbortSignal) => answer<Envelope<Record_>>(`record?${what}`, { signal }),
  validation: (signal?: AbortSignal) => answer<Envelope<Validation>>('validation', { signal }),
  explain: (indicator: string) => answer<Envelope<MethodCard>>(`explain${query({ indicator })}`),
  studies: () => answer<{ studies: Study[] }>('studies'),
  save: (study: Omit<Study, 'id' | 'saved'>) => answer<Study>('studies', json('POST', study)),
  forget: (id: string) => answer<void>(`studies/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  uploads: () => answer<{ uploads: Upload[] }>('uploads'),
  /** The file itself is the body; its name travels in the address. */
  upload: (file: File) => answer<Upload>(`uploads${query({ name: file.name })}`, { method: 'POST', body: file, headers: { accept: 'application/json', 'content-type': 'application/octet-stream' } }),
  unload: (id: string) => answer<void>(`uploads/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  /** What a scenario, or cuts, do to the firm's list. */
  exposure: (id: string, what: { scenario: Scenario } | { cuts: string[] }, weeks: number, confidence: number, signal?: AbortSignal) =>
    answer<Envelope<ListResult>>(`uploads/${encodeURIComponent(id)}/exposure`, json('POST', { ...what, weeks, confidence }, signal)),
  confidential: () => answer<Confidential>('confidential'),
  unlock: (passphrase: string) => answer<void>('confidential/unlock', json('POST', { passphrase })),
  lock: () => answer<void>('confidential/lock', json('POST', {})),
  addValue: (value: Omit<OwnValue, 'id'>) => answer<OwnValue>('confidential', json('POST', value)),
  removeValue: (id: string) => answer<void>(`confidential/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  exportValues: (include_own_values: boolean) => answer<unknown>('confidential/export', json('POST', { include_own_values })),
  template: (kind: 'csv' | 'xlsx') => `${base}uploads/template.${kind}`,
  startBrief: (question: BriefQuestion) => answer<{ run: string }>('runs', json('POST', { kind: 'brief', input: question })),
  keptBrief: (run: string, kind: 'pdf' | 'docx', lang: string) => `${base}runs/${encodeURIComponent(run)}/brief.${kind}${query({ lang })}`,
  /** Follows a run until it ends; returns how to stop listening. */
  follow(run: string, hear: (event: RunEvent) => void): () => void {
    const source = new EventSource(`${base}runs/${encodeURIComponent(run)}/events`);
    const stop = () => source.close();
    for (const type of ['progress', 'partial', 'done', 'cancelled', 'failed'] as const)
      source.addEventListener(type, (message) => {
        hear({ ...(JSON.parse((message as MessageEvent<string>).data) as object), type } as RunEvent);
        if (type === 'done' || type === 'cancelled' || type === 'failed') stop();
      });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) hear({ type: 'failed', why: 'unreachable', input: null });
    };
    return stop;
  },
};
