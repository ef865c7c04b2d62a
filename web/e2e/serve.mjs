// What the browser tests look at: a server that runs (`LODE_URL`), the program itself, started here with a workspace of its own
// (`LODE_PROGRAM`), or else the build over recorded answers.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { preview } from 'vite';

const root = new URL('..', import.meta.url).pathname;

export async function recorded() {
  const server = await preview({ root, preview: { port: 0, host: '127.0.0.1' }, logLevel: 'silent' });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}

async function started(program) {
  const folder = mkdtempSync(join(tmpdir(), 'lode-'));
  const server = spawn(resolve(program), ['serve', '--no-browser', '--port', '0', '--database', join(folder, 'workspace.sqlite')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((found, lost) => {
    createInterface(server.stdout).on('line', (line) => { const at = line.match(/^Lode is at (http\S+)/); if (at) found(at[1]); });
    server.once('exit', (code) => lost(new Error(`${program} ended with ${code}`)));
    server.once('error', lost);
  });
  return { url, close: () => new Promise((done) => { server.once('exit', () => { rmSync(folder, { recursive: true }); done(); }); server.kill('SIGINT'); }) };
}

export async function serve() {
  if (process.env.LODE_URL) return { url: process.env.LODE_URL.replace(/\/?$/, '/'), close: async () => {} };
  return process.env.LODE_PROGRAM ? started(process.env.LODE_PROGRAM) : recorded();
}
