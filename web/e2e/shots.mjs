// Pictures of every page for people to look at: `npm run shots [name …]` writes e2e/out/*.png and reports overflows.
import { mkdirSync } from 'node:fs';
import { launch } from './browser.mjs';
import { serve } from './serve.mjs';
const PAGES = { desk: 'desk', 'desk-all': 'desk?m=all', 'desk-compare': 'desk?vs=USA', chain: 'chain', steps: 'steps', 'steps-section': 'steps?sec=deposition', 'steps-back': 'steps?tab=back&el=tungsten', 'steps-own': 'steps?tab=own', lab: 'lab', sources: 'ledger', claims: 'ledger?tab=claims', tests: 'ledger?tab=tests' };
const WIDTHS = { 1440: 900, 900: 1100, 390: 844 };
const wanted = process.argv.slice(2);
const out = new URL('./out/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const site = await serve(), browser = await launch();
for (const [name, hash] of Object.entries(PAGES)) for (const [width, height] of Object.entries(WIDTHS)) for (const lang of ['en', 'ja']) for (const theme of ['light', 'dark']) {
  const id = `${name}-${width}-${lang}-${theme}`;
  if (wanted.length && !wanted.some((w) => id === w || (w.endsWith('*') && id.startsWith(w.slice(0, -1))))) continue;
  const page = await browser.newPage({ viewport: { width: +width, height }, colorScheme: theme, deviceScaleFactor: +width < 500 ? 2 : 1 });
  page.on('console', (m) => m.type() === 'error' && console.log(id, 'console', m.text()));
  page.on('pageerror', (e) => console.log(id, 'error', String(e).slice(0, 300)));
  await page.goto(`${site.url}#/${hash}${hash.includes('?') ? '&' : '?'}lang=${lang}`);
  await page.waitForLoadState('networkidle'); await page.evaluate(() => document.fonts.ready); await page.waitForTimeout(250);
  const wide = await page.evaluate(() => { const de = document.documentElement, main = document.getElementById('main'); return [de.scrollWidth > innerWidth && `document ${de.scrollWidth}`, main && main.scrollWidth > main.clientWidth + 1 && `main ${main.scrollWidth} > ${main.clientWidth}`].filter(Boolean).join(', '); });
  if (process.env.FULL) { const h = await page.evaluate(() => document.getElementById('main').scrollHeight); await page.setViewportSize({ width: +width, height: Math.min(4200, h + 140) }); await page.waitForTimeout(200); }
  await page.screenshot({ path: `${out}${id}.png` });
  console.log(id, wide && `overflow: ${wide}`);
  await page.close();
}
await browser.close(); await site.close();
