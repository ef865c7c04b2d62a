// Starts what the browser tests look at: `LODE_URL` if it is given (the real server), else the build over recorded answers.
import { preview } from 'vite';
export async function serve() {
  if (process.env.LODE_URL) return { url: process.env.LODE_URL.replace(/\/?$/, '/'), close: async () => {} };
  const server = await preview({ root: new URL('..', import.meta.url).pathname, preview: { port: 0, host: '127.0.0.1' }, logLevel: 'silent' });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
