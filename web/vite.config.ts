import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
// @ts-expect-error plain script
import { mock, policy } from './mock/server.mjs';

/** Answers `/api` from recorded data unless a server is named: `LODE_SERVER=http://127.0.0.1:8080 npm run dev`. */
const recorded: Plugin = {
  name: 'recorded-answers',
  configureServer: (server) => { if (!process.env.LODE_SERVER) server.middlewares.use(mock); },
  configurePreviewServer: (server) => {
    server.middlewares.use((_request, response, next) => { response.setHeader('content-security-policy', policy); next(); });
    if (!process.env.LODE_SERVER) server.middlewares.use(mock);
  },
};

// The server checks host and origin: the proxy speaks as if it were the server's own page.
const server = process.env.LODE_SERVER;
const proxy = server ? { '/api': { target: server, changeOrigin: true, headers: { origin: server } } } : undefined;

export default defineConfig({
  base: './',
  plugins: [svelte(), recorded],
  server: { proxy }, preview: { proxy },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
