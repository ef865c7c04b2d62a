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
  it('has every key that the server sends', () => {
    const server = files(new URL('../../../crates/server/src/', import.meta.url)).filter((f) => f.pathname.endsWith('.rs')).map((f) => readFileSync(f, 'utf8').split('#[cfg(test)]')[0]!).join('\n');
    const groups = new Set(Object.keys(en).filter((key) => key.includes('.')).map((key) => key.split('.')[0]!));
    // Keys are the words with points in them; names of files end in what they hold.
    const sent = [...server.matchAll(/"([a-z]+(?:\.[a-z0-9_]+)+)"/g)].map((m) => m[1]!).filter((key) => groups.has(key.split('.')[0]!) && !/\.(csv|json|pdf|docx|xlsx|html)$/.test(key));
    expect(sent.length).toBeGreaterThan(25);
    expect(sent.filter((key) => !(key in en))).toEqual([]);
    // Words that become part of a key on the page: states of controls, kinds of back-tests, marks of numbers.
    const words: Record<string, RegExp> = { 'control.state.': /"(in_force|suspended|lapsed|to_come)"/g, 'why.': /"(no_source|not_applicable|mixed_code|confidential)"/g };
    for (const [start, word] of Object.entries(words)) {
      const found = [...new Set([...server.matchAll(word)].map((m) => start + m[1]!))];
      expect(found.length).toBeGreaterThan(2);
      expect(found.filter((key) => !(key in en))).toEqual([]);
    }
    const scored = readFileSync(new URL('../../../validation/results.json', import.meta.url), 'utf8');
    const headlines = [...new Set([...scored.matchAll(/"headline": "([a-z ]+)"/g)].map((m) => `score.${m[1]!.replace(/ /g, '_')}`))];
    expect(headlines.length).toBeGreaterThan(2);
    expect(headlines.filter((key) => !(key in en))).toEqual([]);
  });
  it('has no Japanese text left in English and none empty but one', () => {
    expect(Object.entries(en).filter(([, text]) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(text) || !text).map(([k]) => k)).toEqual([]);
    expect(Object.entries(ja).filter(([, text]) => !text).map(([k]) => k)).toEqual(['chain.sentence.who']);
  });
});
