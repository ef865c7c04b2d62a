// Prepares the fonts: Latin files as they come, and of Noto Sans JP the whole plus a small subset with the characters of the
// pages themselves, which is preloaded. The whole is only loaded for text that the subset lacks.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import subsetFont from 'subset-font';

const here = new URL('..', import.meta.url);
const out = new URL('./src/fonts/generated/', here);
const modules = new URL('./node_modules/', here);
mkdirSync(out, { recursive: true });

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const text = [
  read(new URL('./src/messages/ja.json', here)),
  read(new URL('../data/sources/countries.csv', here)),
  read(new URL('../data/sources/commodities.csv', here)),
  ...['forms', 'uses', 'regions', 'processes'].map((n) => read(new URL(`../data/sources/market/${n}.csv`, here))),
].join('');
const characters = [...new Set(text)].filter((c) => c.codePointAt(0) > 0x2e7f || '、。・「」（）：％〜―…→'.includes(c)).sort();
const stamp = characters.join('');
const stampFile = new URL('./characters.txt', out);
if (read(stampFile) === stamp && existsSync(new URL('./fonts.css', out))) process.exit(0);
for (const name of readdirSync(out)) rmSync(new URL(`./${name}`, out));

const ranges = (() => {
  const points = characters.map((c) => c.codePointAt(0)), found = [];
  for (const p of points) { const last = found.at(-1); if (last && p === last[1] + 1) last[1] = p; else found.push([p, p]); }
  return found.map(([a, b]) => `U+${a.toString(16)}${a === b ? '' : `-${b.toString(16)}`}`).join(',');
})();

const face = (family, weight, file, range) => `@font-face{font-family:'${family}';font-style:normal;font-display:swap;font-weight:${weight};src:url('./${file}') format('woff2');unicode-range:${range}}\n`;
const LATIN = 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD';
const EXTENDED = 'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF';
let css = '';
for (const [family, name, weights] of [['Source Sans 3', 'source-sans-3', '200 900'], ['Source Serif 4', 'source-serif-4', '200 900']])
  for (const [part, range] of [['latin-ext', EXTENDED], ['latin', LATIN]]) {
    copyFileSync(new URL(`./@fontsource-variable/${name}/files/${name}-${part}-wght-normal.woff2`, modules), new URL(`./${name}-${part}.woff2`, out));
    css += face(family, weights, `${name}-${part}.woff2`, range);
  }
for (const weight of [400, 700]) {
  const source = new URL(`./@fontsource/noto-sans-jp/files/noto-sans-jp-japanese-${weight}-normal.woff2`, modules);
  copyFileSync(source, new URL(`./noto-sans-jp-${weight}.woff2`, out));
  writeFileSync(new URL(`./noto-sans-jp-interface-${weight}.woff2`, out), await subsetFont(readFileSync(source), characters.join(''), { targetFormat: 'woff2' }));
  // Later faces are asked first: the subset stands last.
  css += face('Noto Sans JP', weight, `noto-sans-jp-${weight}.woff2`, 'U+2190-21FF,U+2460-24FF,U+25A0-25FF,U+2E80-9FFF,U+F900-FAFF,U+FE30-FE4F,U+FF00-FFEF');
  css += face('Noto Sans JP', weight, `noto-sans-jp-interface-${weight}.woff2`, ranges);
}
writeFileSync(new URL('./fonts.css', out), css);
writeFileSync(stampFile, stamp);
for (const name of readdirSync(out)) console.log(name, (statSync(new URL(`./${name}`, out)).size / 1024).toFixed(0), 'KiB');
