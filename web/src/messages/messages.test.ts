import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from './en.json';
import ja from './ja.json';

const files = (folder: URL): URL[] => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(new URL(`${e.name}/`, folder)) : [new URL(e.name, folder)]));
const source = files(new URL('../', import.meta.url)).filter((f) => /\.(svelte|ts)$/.test(f.pathname) && !/\.test\.ts$/.test(f.pathname)).map((f) => readFileSync(f, 'utf8')).join('\n');
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();

describe('messages', () => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort());
  });
  it('fills the same holes in both languages', () => {
    const differ = Object.entries(en).filter(([key, text]) => new Set(holes(text)).size !== new Set([...holes(text), ...holes((ja as Record<string, string>)[key]!)]).size && holes((ja as Record<string, string>)[key]!).some((h) => !holes(text).includes(h)));
    expect(differ.map(([key]) => key)).toEqual([]);
  });
  it('has every key that the pages name', () => {
    const asked = [...source.matchAll(/\b(?:t|text)\(\s*'([a-z][\w.#-]*)'/g)].map((m) => m[1]!);
    expect(asked.length).toBeGreaterThan(300);
    expect(asked.filter((key) => !(key in en))).toEqual([]);
  });
  it('has no Japanese text left in English and none empty but one', () => {
    expect(Object.entries(en).filter(([, text]) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(text) || !text).map(([k]) => k)).toEqual([]);
    expect(Object.entries(ja).filter(([, text]) => !text).map(([k]) => k)).toEqual(['chain.sentence.who']);
  });
});
