// From an opened address to the first paint and to the answer: `LODE_PROGRAM=../target/release/lode npm run paint` prints the median of 15 loads.
import { launch } from './browser.mjs';
import { serve } from './serve.mjs';
const site = await serve(), browser = await launch();
const found = [];
for (let i = 0; i < 15; i++) {
  // A context of its own has an empty cache.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), page = await context.newPage();
  await page.goto(`${site.url}#/desk?c=JPN&lang=en`);
  await page.waitForSelector('h1');
  found.push(await page.evaluate(() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, answer: performance.now() })));
  await context.close();
}
for (const key of ['paint', 'answer']) { const sorted = found.map((f) => f[key]).sort((a, b) => a - b); console.log(key.padEnd(7), `median ${sorted[7].toFixed(0)} ms, from ${sorted[0].toFixed(0)} to ${sorted.at(-1).toFixed(0)} ms`); }
await browser.close(); await site.close();
