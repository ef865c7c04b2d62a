import { describe, expect, it } from 'vitest';
import { address, parse } from './view.svelte';

describe('the address', () => {
  it('leaves defaults out and keeps what it does not know', () => {
    expect(address('desk', { c: 'JPN', b: 'quantity', later: '1' })).toBe('#/desk?later=1');
    expect(parse('#/desk?later=1&c=KOR')).toEqual({ page: 'desk', parameters: { later: '1', c: 'KOR' } });
  });
  it('goes to the desk where a page does not exist', () => {
    expect(parse('#/nowhere').page).toBe('desk');
    expect(parse('').page).toBe('desk');
  });
  it('reads what it writes', () => {
    const parameters = { c: 'KOR', f: 'a,b', cut: '.1:.2:.3', lang: 'ja' };
    expect(parse(address('lab', parameters)).parameters).toEqual(parameters);
  });
});
