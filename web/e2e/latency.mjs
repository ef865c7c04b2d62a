// From a moved slider to the redrawn chart: `npm run latency` prints the median of 40 moves and where the time goes.
import { launch } from './browser.mjs';
import { serve } from './serve.mjs';
const site = await serve(), browser = await launch(), page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${site.url}#/lab?lang=en`); await page.waitForSelector('.sl input[type=range]'); await page.waitForLoadState('networkidle');
const found = [];
for (let i = 0; i < 40; i++) {
  await page.evaluate((k) => { performance.clearMeasures(); const s = document.querySelectorAll('.sl input[type=range]')[1]; s.value = String(+s.min + ((k * 37) % 100) / 100 * (s.max - s.min)); s.dispatchEvent(new Event('input', { bubbles: true })); }, i);
  await page.waitForFunction(() => performance.getEntriesByName('lode:slider-to-chart').length > 0);
  found.push(await page.evaluate(() => { const m = performance.getEntriesByName('lode:slider-to-chart').at(-1); return { whole: m.duration, ...m.detail }; }));
}
const median = (key) => found.map((f) => f[key]).sort((a, b) => a - b)[Math.floor(found.length / 2)];
for (const key of ['whole', 'engine', 'transfer', 'drawing']) console.log(key.padEnd(9), median(key).toFixed(0).padStart(5), 'ms');
await browser.close(); await site.close();
