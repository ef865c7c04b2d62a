// Measures the build against its budget: JavaScript 150 KiB and styles 15 KiB in brotli, everything 5 MiB. Fails when over.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(new URL(`${e.name}/`, folder)) : [new URL(e.name, folder)]));
const dist = new URL('../dist/', import.meta.url), all = files(dist), kib = (n) => n / 1024;
const sum = (list, pack = (b) => b.length) => kib(list.reduce((s, f) => s + pack(readFileSync(f)), 0));
const ending = (end) => all.filter((f) => f.pathname.endsWith(end));
for (const f of all) console.log(kib(statSync(f).size).toFixed(1).padStart(8), 'KiB ', f.pathname.slice(dist.pathname.length));
const rows = [['JavaScript', sum(ending('.js'), (b) => brotliCompressSync(b).length), 150], ['styles', sum(ending('.css'), (b) => brotliCompressSync(b).length), 15], ['everything', sum(all), 5 * 1024]];
console.log(`JavaScript ${sum(ending('.js')).toFixed(1)} KiB, gzip ${sum(ending('.js'), (b) => gzipSync(b, { level: 9 }).length).toFixed(1)} KiB`);
for (const [name, size, budget] of rows) console.log(`${name}: ${size.toFixed(1)} of ${budget} KiB${name === 'everything' ? '' : ' (brotli)'}${size > budget ? '  OVER' : ''}`);
process.exit(rows.some(([, size, budget]) => size > budget) ? 1 : 0);
