// Every page beside its kept picture, at three widths and in both languages, over the recorded answers. `UPDATE=1 npm run e2e` keeps
// new pictures: look at them first. Pictures are a quarter of the size, so that a moved hairline is no alarm and a moved column is.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { executable, launch } from './browser.mjs';
import { recorded } from './serve.mjs';

const kept = new URL('./pictures/', import.meta.url);
const PAGES = { desk: 'desk', chain: 'chain', steps: 'steps', lab: 'lab', sources: 'ledger', claims: 'ledger?tab=claims', tests: 'ledger?tab=tests' };
const WIDTHS = { 1440: 900, 900: 1100, 390: 844 };
/** Blocks of 8 by 8 points may differ by so many of 255 levels, and so large a part of all blocks may differ more. */
const LEVELS = 20, PART = 0.015;

if (!executable) console.log('skipped: pictures, no Chromium on this machine');
else describe('pictures', () => {
  let site, browser, bench;
  before(async () => { mkdirSync(kept, { recursive: true }); site = await recorded(); browser = await launch(); bench = await browser.newPage(); });
  after(async () => { await browser?.close(); await site?.close(); });

  const small = (png) => bench.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(data)).blob()), canvas = new OffscreenCanvas(Math.round(image.width / 4), Math.round(image.height / 4)), brush = canvas.getContext('2d');
    brush.imageSmoothingQuality = 'high'; brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  }, `data:image/png;base64,${png.toString('base64')}`);
  const differ = (a, b, levels) => bench.evaluate(async ([a, b, levels]) => {
    const read = async (text) => { const image = await createImageBitmap(await (await fetch(`data:image/webp;base64,${text}`)).blob()), canvas = new OffscreenCanvas(image.width, image.height), brush = canvas.getContext('2d'); brush.drawImage(image, 0, 0); return brush.getImageData(0, 0, image.width, image.height); };
    const [x, y] = [await read(a), await read(b)];
    if (x.width !== y.width || x.height !== y.height) return 1;
    let off = 0, all = 0;
    for (let top = 0; top < x.height; top += 8) for (let left = 0; left < x.width; left += 8) {
      let sum = 0, count = 0;
      for (let v = top; v < Math.min(top + 8, x.height); v++) for (let u = left; u < Math.min(left + 8, x.width); u++) for (let c = 0; c < 3; c++) { const i = (v * x.width + u) * 4 + c; sum += Math.abs(x.data[i] - y.data[i]); count++; }
      all++; if (sum / count > levels) off++;
    }
    return off / all;
  }, [a, b, levels]);

  for (const [name, hash] of Object.entries(PAGES))
    test(`${name} looks as it did`, async () => {
      for (const [width, height] of Object.entries(WIDTHS)) for (const lang of ['en', 'ja']) {
        const page = await browser.newPage({ viewport: { width: +width, height }, colorScheme: 'light' });
        await page.goto(`${site.url}#/${hash}${hash.includes('?') ? '&' : '?'}lang=${lang}`);
        await page.waitForLoadState('networkidle'); await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]'));
        await page.evaluate(() => document.fonts.ready); await page.waitForTimeout(150);
        const now = await small(await page.screenshot({ mask: [page.locator('.st')] }));
        await page.close();
        const file = new URL(`./${name}-${width}-${lang}.webp`, kept);
        if (process.env.UPDATE || !existsSync(file)) { assert.ok(process.env.UPDATE, `no picture is kept for ${name} ${width} ${lang}: UPDATE=1`); writeFileSync(file, Buffer.from(now, 'base64')); continue; }
        const part = await differ(now, readFileSync(file).toString('base64'), LEVELS);
        assert.ok(part <= PART, `${name} ${width} ${lang}: ${(100 * part).toFixed(1)} % of the picture differs`);
      }
    });
});
