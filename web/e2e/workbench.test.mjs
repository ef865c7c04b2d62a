// The workbench in a browser: `npm run build && npm run e2e`, over recorded answers or, with `LODE_URL=http://127.0.0.1:8080`, over a server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { executable, launch } from './browser.mjs';
import { serve } from './serve.mjs';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const PAGES = ['desk', 'desk?m=all', 'desk?vs=USA', 'desk?view=table', 'chain', 'chain?view=table', 'steps', 'steps?sec=deposition', 'steps?tab=back', 'steps?tab=own', 'lab', 'lab?view=table', 'ledger', 'ledger?o=baci', 'ledger?tab=claims', 'ledger?tab=tests'];

if (!executable) {
  console.log('skipped: browser tests, no Chromium on this machine (apt-get install chromium, or CHROMIUM=path)');
} else describe('workbench', () => {
  let site, browser, pages = ['desk', 'chain', 'steps', 'lab', 'ledger'];
  before(async () => {
    site = await serve(); browser = await launch();
    pages = (await (await fetch(new URL('api/meta', site.url), { headers: { host: new URL(site.url).host } })).json()).pages;
  });
  const has = (hash) => pages.includes(hash.split('?')[0]);
  /** A test of a page; a server without that page skips it and says so. */
  const testOf = (page, name, act) => test(name, async (t) => { if (!pages.includes(page)) { console.log(`skipped: ${name}, this server has no page ${page}`); t.skip(); return; } await act(t); });
  after(async () => { await browser?.close(); await site?.close(); });

  /** A page whose console errors are collected; answers of 404 to a question are no errors of the page. */
  async function open(hash, { width = 1440, height = 900, lang = 'en', theme = 'light', allow = [] } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, acceptDownloads: true, bypassCSP: false });
    const page = await context.newPage();
    page.errors = [];
    page.on('console', (m) => { if (m.type() === 'error' && !allow.some((a) => m.text().includes(a))) page.errors.push(m.text()); });
    page.on('pageerror', (e) => page.errors.push(String(e)));
    await page.goto(`${site.url}#/${hash}${hash.includes('?') ? '&' : '?'}lang=${lang}`);
    await settled(page);
    return page;
  }
  async function settled(page) { await page.waitForLoadState('networkidle'); await page.waitForFunction(() => !document.querySelector('main [aria-busy=true]')); await page.waitForTimeout(120); }
  async function violations(page) {
    // Tall enough that nothing is cut off at the edge of a scrolling part.
    const size = page.viewportSize(), tall = await page.evaluate(() => document.getElementById('main').scrollHeight + 160);
    await page.setViewportSize({ width: size.width, height: Math.min(12_000, Math.max(size.height, tall)) });
    await page.waitForTimeout(60);
    // The page's own policy forbids added scripts: axe is evaluated instead.
    await page.evaluate(axe);
    return page.evaluate(async () => (await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`.slice(0, 220)).join(' | ')}`));
  }
  const clean = async (page, where) => { assert.deepEqual(await violations(page), [], where); assert.deepEqual(page.errors, [], where); };

  for (const lang of ['en', 'ja']) for (const theme of ['light', 'dark'])
    test(`every page loads without an error and is accessible: ${lang}, ${theme}`, async () => {
      for (const hash of PAGES.filter(has)) {
        const page = await open(hash, { lang, theme });
        assert.equal(await page.getAttribute('html', 'lang'), lang);
        assert.equal(await page.locator('h1').count(), 1, `${hash} has one heading that answers`);
        assert.doesNotMatch(await page.locator('main').innerText(), /\b(undefined|NaN|\[object|desk\.|chain\.|lab\.|steps\.)/, `${hash} shows no raw key or value`);
        await clean(page, `${hash} ${lang} ${theme}`);
        await page.context().close();
      }
    });

  for (const width of [1440, 900, 390])
    test(`nothing overflows sideways at ${width} px`, async () => {
      for (const hash of PAGES.filter((p) => has(p) && !p.includes('view='))) {
        const page = await open(hash, { width, height: 844 });
        const wide = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.getElementById('main').scrollWidth - document.getElementById('main').clientWidth]);
        assert.ok(wide.every((w) => w <= 1), `${hash}: ${wide}`);
        if (width === 390) await clean(page, `${hash} at 390`);
        await page.context().close();
      }
    });

  test('numbers on the desk are those of the interface', async () => {
    const page = await open('desk?c=JPN');
    const answer = await page.evaluate(async () => (await fetch('api/desk?country=JPN&basis=quantity')).json());
    const share = answer.data.figures[0].num.value;
    assert.ok(share > 0 && share < 1);
    assert.equal((await page.locator('.kpi dd').first().innerText()).replace(/\s/g, ''), `${Math.round(share * 100)}%`);
    const row = answer.data.matrix.find((r) => r.commodity === 'rare-earths'), cell = row.cells[1].world.top;
    const label = await page.locator('[role=gridcell] button').filter({ hasText: cell.partner }).evaluateAll((all, want) => all.some((b) => b.getAttribute('aria-label').includes(want)), `${cell.partner} ${Math.round(cell.value * 100)}`);
    assert.ok(label, 'the share of the refining stage stands in a cell');
    await page.context().close();
  });

  test('a number leads to its record, with method and origin, and back', async () => {
    const page = await open('desk');
    await page.locator('.kpi .num').first().click();
    await page.waitForSelector('dialog[open] .facts');
    await settled(page);
    assert.match(await page.locator('dialog[open]').innerText(), /BACI/);
    await clean(page, 'record');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert.ok(await page.evaluate(() => document.activeElement?.closest('.kpi') != null), 'focus returns to the number');
    await page.context().close();
  });

  test('the keyboard alone reaches everything', async () => {
    const page = await open('desk', { allow: ['status of 404'] });
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.classList.contains('skip')), true);
    await page.locator('[data-at="0.1"]').focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight', 'End']) await page.keyboard.press(key);
    const at = await page.evaluate(() => document.activeElement.dataset.at);
    assert.equal(at, '1.8');
    await page.keyboard.press('Home'); await page.keyboard.press('Enter');
    assert.equal(await page.locator('.cell.on').count(), 1);
    assert.equal(await page.locator('[role=grid] [tabindex="0"]').count(), 1, 'the grid is one stop');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('g'); await page.keyboard.press('c');
    await page.waitForFunction(() => location.hash.startsWith('#/chain'));
    await page.keyboard.press('/');
    await page.waitForSelector('dialog[open] input');
    await page.keyboard.type('japan'); await page.keyboard.press('Enter');
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open] #help-title');
    await clean(page, 'help');
    await page.keyboard.press('Escape');
    await page.context().close();
  });

  test('search finds, and is accessible', async () => {
    const page = await open('desk');
    await page.keyboard.press('/');
    await page.waitForSelector('dialog[open] input');
    await page.keyboard.type('dyspro');
    assert.match(await page.locator('dialog[open] li').first().innerText(), /Dysprosium/);
    await clean(page, 'search');
    await page.context().close();
  });

  testOf('lab', 'the arrows walk through a picture and its values are spoken', async () => {
    const page = await open('lab');
    const walk = page.locator('#figure-cover .walk');
    await walk.focus();
    await page.keyboard.press('ArrowRight'); await page.keyboard.press('ArrowRight');
    assert.match(await walk.locator('[aria-live]').innerText(), /\d/);
    await page.context().close();
  });

  testOf('lab', 'the address restores a scenario', async () => {
    const page = await open('lab');
    const lever = page.locator('.sl input[type=range]').nth(1);
    await lever.fill(await lever.getAttribute('max'));
    await page.locator('.ctl select').first().selectOption('AUS');
    await settled(page);
    await page.waitForFunction(() => /x=AUS/.test(location.hash) && /lv=/.test(location.hash));
    const shownBefore = [await page.locator('h1').innerText(), await page.locator('.sl b').allInnerTexts()];
    const second = await page.context().newPage();
    await second.goto(page.url()); await settled(second);
    assert.deepEqual([await second.locator('h1').innerText(), await second.locator('.sl b').allInnerTexts()], shownBefore);
    assert.equal(await second.locator('.ctl select').first().inputValue(), 'AUS');
    await page.context().close();
  });

  testOf('lab', "any exporter can be chosen, the reader's own country too", async () => {
    const page = await open('lab?c=JPN&x=JPN', { allow: ['status of 4'] });
    assert.equal(await page.locator('.ctl select').first().inputValue(), 'JPN');
    assert.match(await page.locator('.main .q').innerText(), /If Japan stops/);
    await page.context().close();
  });

  testOf('lab', 'a study runs to its end and its numbers are those of the interface', async () => {
    const page = await open('lab');
    let done = null;
    await page.exposeFunction('heard', (text) => { done = JSON.parse(text); });
    await page.evaluate(() => { const Plain = EventSource; globalThis.EventSource = class extends Plain { constructor(...a) { super(...a); this.addEventListener('done', (m) => globalThis.heard(m.data)); } }; });
    await page.getByRole('button', { name: 'Stop this flow' }).click();
    await page.waitForSelector('[role=progressbar]');
    await clean(page, 'while running');
    await page.waitForFunction(() => /futures in/.test(document.querySelector('.st')?.textContent ?? ''), null, { timeout: 120_000 });
    const first = done.result.data.case.run_out[0], never = first.days.filter((d) => d == null).length;
    await page.locator('#figure-run-out').getByRole('button', { name: 'Table' }).click();
    await page.waitForSelector('#figure-run-out tbody td');
    const cells = await page.locator('#figure-run-out tbody tr').first().locator('td').allInnerTexts();
    const names = (await page.evaluate(async () => (await fetch('api/meta')).json())).forms, name = names.find((f) => f.id === first.form)?.name_en ?? first.form.replace(/-/g, ' ');
    assert.equal(cells[0], name[0].toUpperCase() + name.slice(1));
    assert.equal(cells[3], String(never));
    assert.equal(cells[4], String(first.days.filter((d) => d != null && d < 91).length));
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  testOf('lab', 'a file of the record runs as it is written until it is left for the sliders', async () => {
    const page = await open('lab?s=japan-ban-2026');
    assert.ok(await page.locator('.ev li').count() >= 1);
    assert.equal(await page.locator('.ctl select').count(), 0);
    await page.getByRole('button', { name: 'High', exact: true }).click();
    await page.waitForFunction(() => /cs=high/.test(location.hash));
    await settled(page);
    await clean(page, 'as written');
    await page.getByRole('button', { name: 'Use sliders instead' }).click();
    await page.waitForFunction(() => /own=1/.test(location.hash));
    await settled(page);
    assert.equal(await page.locator('.ctl select').first().inputValue(), 'CHN');
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  testOf('lab', 'the scenario file of a case can be taken along', async () => {
    const page = await open('lab');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Scenario file' }).click()]);
    assert.match(file.suggestedFilename(), /^lode-.*\.toml$/);
    assert.match(readFileSync(await file.path(), 'utf8'), /^# .*\n[^]*id = "/);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  testOf('lab', 'a run can be cancelled and its preview stays', async () => {
    const page = await open('lab');
    // So many futures that the run is not over before the button is found.
    await page.route('**/api/lab/runs', (route) => route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), replicates: 20_000 }) }));
    await page.getByRole('button', { name: 'Stop this flow' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForFunction(() => /Cancelled/.test(document.querySelector('.st')?.textContent ?? ''));
    assert.ok(await page.locator('#figure-run-out svg circle').count() > 20);
    assert.ok(await page.getByRole('button', { name: 'Stop this flow' }).isEnabled());
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  testOf('lab', 'assumptions can be read and replaced', async () => {
    const page = await open('lab');
    await page.locator('#figure-run-out').getByRole('button', { name: /Assumptions/ }).click();
    await page.waitForSelector('.as table');
    await clean(page, 'assumptions');
    const own = page.locator('.as input').first();
    await own.fill('1.5'); await own.press('Tab');
    await page.waitForFunction(() => /as=/.test(location.hash));
    await settled(page);
    assert.equal(await page.locator('.as tr.own').count(), 1);
    await page.context().close();
  });

  testOf('lab', 'a case can be pinned and compared', async () => {
    const page = await open('lab');
    await page.getByRole('button', { name: 'Compare' }).first().click();
    await page.waitForFunction(() => /vs=/.test(location.hash));
    const lever = page.locator('.sl input[type=range]').nth(1);
    await lever.fill('0'); await settled(page);
    assert.match(await page.locator('.base').innerText(), /pinned/);
    await clean(page, 'compare');
    await page.context().close();
  });

  testOf('steps', 'the steps are those of the interface, and a number leads to its record', async () => {
    const page = await open('steps');
    const answer = await page.evaluate(async () => (await fetch('api/steps?product=semiconductor')).json());
    assert.match(await page.locator('h1').innerText(), new RegExp(`\\b${answer.answer.args.halting}\\b.*\\b${answer.answer.args.steps}\\b`));
    const alone = answer.data.cut_sets.filter((c) => c.elements.length === 1);
    assert.equal(await page.locator('.cuts').first().locator('li').count(), alone.length);
    const first = answer.data.needs.filter((x) => x.halts && x.halt_days.value != null).sort((a, b) => a.halt_days.value - b.halt_days.value)[0];
    await page.locator('#figure-firsts').getByRole('button', { name: 'Table' }).click();
    assert.match(await page.locator('#figure-firsts tbody tr').first().innerText(), new RegExp(`${Math.round(first.halt_days.value)}`));
    // Recorded answers hold no records of steps.
    if (!(await page.evaluate(async () => (await (await fetch('api/meta')).json()).development))) {
      await page.locator('.ins .num').first().click();
      await page.waitForSelector('dialog.drawer[open] table');
      await clean(page, 'record of a need');
    }
    await page.context().close();
  });

  test('the brief is run, can be cancelled, and its files open', async () => {
    const page = await open('desk');
    if ((await page.evaluate(async () => (await fetch('api/runs')).status)) !== 200) { await page.context().close(); console.log('skipped: the brief, recorded answers hold none'); return; }
    await page.getByRole('button', { name: 'Two-page brief' }).click();
    await page.waitForSelector('dialog[open] [role=progressbar]');
    await clean(page, 'brief under way');
    await page.locator('dialog[open]').getByRole('button', { name: 'Cancel' }).click();
    await page.waitForFunction(() => /Cancelled/.test(document.querySelector('dialog[open]')?.textContent ?? ''), null, { timeout: 60_000 });
    await page.locator('dialog[open]').getByRole('button', { name: 'Close' }).click();
    await page.context().close();
    // Without a scenario nothing is simulated: the files are there at once.
    const quick = await open('desk');
    await quick.route('**/api/runs', (route) => (route.request().method() === 'POST' ? route.continue({ postData: JSON.stringify({ kind: 'brief', input: { country: 'JPN', commodity: 'rare-earths' } }) }) : route.continue()));
    await quick.getByRole('button', { name: 'Two-page brief' }).click();
    await quick.waitForSelector('dialog[open] .get a', { timeout: 60_000 });
    await clean(quick, 'brief ready');
    const [file] = await Promise.all([quick.waitForEvent('download'), quick.locator('dialog[open] .get a').first().click()]);
    assert.equal(readFileSync(await file.path()).toString('latin1').slice(0, 5), '%PDF-');
    assert.deepEqual(quick.errors, []);
    await quick.context().close();
  });

  test('every download opens', async () => {
    const page = await open('desk');
    const starts = { CSV: 'year,', XLSX: 'PK', SVG: '<svg', PNG: '\u0089PNG', JSON: '{' };
    for (const [kind, start] of Object.entries(starts)) {
      await page.locator('#figure-shares').getByRole('button', { name: 'Download' }).click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.locator('#figure-shares [role=menuitem]').filter({ hasText: kind }).first().click()]);
      const content = readFileSync(await file.path());
      assert.ok(content.length > 200, `${kind} is not empty`);
      assert.equal(content.toString('latin1').slice(0, start.length), start, kind);
      assert.ok(file.suggestedFilename().endsWith(kind.toLowerCase()));
    }
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  testOf('steps', 'a bad list gives all its mistakes and keeps nothing; a good one gives a result', async () => {
    const page = await open('steps?tab=own', { allow: ['status of 4'] });
    const input = page.locator('input[type=file]');
    await input.setInputFiles({ name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('product,plant,part,supplier,country,material,grams,stock_days\nPump,Kobe,=HYPERLINK(1),Example,VNM,neodymium-magnet,many,soon\n') });
    await page.waitForSelector('[role=alert] table');
    assert.ok(await page.locator('[role=alert] tbody tr').count() >= 3);
    await clean(page, 'mistakes');
    const template = await page.evaluate(async () => (await fetch('api/uploads/template.csv')).text());
    await input.setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(template) });
    await page.waitForSelector('.lists li');
    await page.waitForSelector('#figure-own-stops', { timeout: 90_000 });
    const cut = page.getByLabel('Or a cut');
    await cut.fill('dysprosium@CHN=1:12'); await cut.press('Tab');
    await settled(page);
    assert.equal(await page.locator('[role=alert]').count(), 0);
    await page.waitForSelector('#figure-own-stops');
    await settled(page);
    await clean(page, 'own list');
    await page.context().close();
  });

  test('a country without an answer says so and offers one action', async () => {
    const page = await open('desk?c=ABW', { allow: ['status of 404'] });
    if (await page.locator('[role=alert]').count()) {
      await page.getByRole('button', { name: /Choose Japan/ }).click();
      await page.waitForSelector('.kpi');
    }
    await clean(page, 'empty');
    await page.context().close();
  });

  test('a server that goes away is said, and the last answer stays', async () => {
    const page = await open('desk', { allow: ['Failed to load', 'ERR_'] });
    await page.route('**/api/desk**', (route) => route.abort());
    await page.getByRole('button', { name: 'By value' }).click();
    await page.waitForSelector('[role=alert]');
    assert.ok(await page.locator('.kpi').count());
    await page.context().close();
  });

  testOf('steps', 'text of a user is never markup', async () => {
    const page = await open('steps?tab=own', { allow: ['status of 4'] });
    await page.locator('input[type=file]').setInputFiles({ name: '<img src=x onerror=alert(1)>.csv', mimeType: 'text/csv', buffer: Buffer.from('product,plant,part,supplier,country,material,grams,stock_days\n<b>P</b>,<i>K</i>,M,,JPN,,,60\n') });
    await page.waitForSelector('.lists li');
    assert.equal(await page.locator('main img, main table b, main table i').count(), 0);
    await page.context().close();
  });

  test('own values are kept behind a passphrase, marked, and out of the address', async () => {
    const page = await open('desk', { allow: ['status of 4'] });
    const show = async () => { await page.getByRole('button', { name: 'More' }).click(); await page.getByRole('menuitem', { name: 'Values of your own' }).click(); await page.waitForSelector('dialog[open] form'); };
    await show();
    await clean(page, 'own values, closed');
    if (await page.locator('dialog[open] input[type=password]').count()) { await page.locator('dialog[open] input[type=password]').fill('correct horse battery'); await page.getByRole('button', { name: 'Open', exact: true }).click(); }
    await page.waitForSelector('dialog[open] .add');
    await page.locator('.add input[type=number]').first().fill('321');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.waitForSelector('dialog[open] tbody tr');
    await clean(page, 'own values, open');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.foot .own');
    assert.doesNotMatch(page.url(), /321/);
    await page.locator('.foot .own').click();
    await page.getByRole('button', { name: 'Remove' }).first().click();
    await page.getByRole('button', { name: 'Close and lock' }).click();
    await page.waitForSelector('dialog[open] input[type=password]');
    await page.context().close();
  });

  test('nothing is asked of another host', async () => {
    const context = await browser.newContext(), page = await context.newPage(), hosts = new Set();
    page.on('request', (r) => { const u = new URL(r.url()); if (u.protocol.startsWith('http')) hosts.add(u.host); });
    for (const hash of ['desk', 'chain', 'lab', 'ledger'].filter(has)) { await page.goto(`${site.url}#/${hash}?lang=ja`); await settled(page); }
    assert.deepEqual([...hosts], [new URL(site.url).host]);
    await context.close();
  });
});
