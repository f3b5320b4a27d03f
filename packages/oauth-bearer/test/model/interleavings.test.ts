import { expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Machine } from './explore.ts';
import { twoCallers } from './two-callers.ts';

/** A machine that writes three letters. */
const letters = (toDigest: (text: string) => string, ends: string[] = []): Machine => {
  let text = '';
  return {
    digest: () => toDigest(text),
    moves: () => (text.length < 3 ? ['a', 'b'] : []),
    make: async (letter) => {
      text += letter;
    },
    end: async () => void ends.push(text),
  };
};

test(
  'two callers, a renewal that is due, a rejection and an aborted wait: every order of events is correct',
  { timeout: 120_000 },
  async () => {
    const bounds = { ticks: 1, aborts: 1, revocations: 1, uses: 1, replies: ['new', 'same', 'refused'] } as const;

    const found = await explore(() => twoCallers(bounds), { compared: 60 });

    expect(found.differences).toEqual([]);
    expect(found.compared).toBeGreaterThan(40);
    expect(found.states).toBeGreaterThan(1_400);
    expect(found.transitions).toBeGreaterThan(2_400);
    expect(found.ends).toBeGreaterThan(200);
  },
);

test('a search visits every path', async () => {
  const ends: string[] = [];

  const found = await explore(async () => letters((text) => text, ends), { compared: Infinity });

  expect(found).toMatchObject({ states: 15, transitions: 14, ends: 8, compared: 0, differences: [] });
  expect(ends.toSorted()).toEqual(['aaa', 'aab', 'aba', 'abb', 'baa', 'bab', 'bba', 'bbb']);
});

test('a search does not visit a state twice, and reports different states with the same digest', async () => {
  const right = await explore(async () => letters((text) => String(text.length)), { compared: Infinity });
  const wrong = await explore(async () => letters((text) => text.slice(-1)), { compared: Infinity });

  expect(right).toMatchObject({ states: 4, transitions: 6, ends: 1, compared: 3, differences: [] });
  expect(wrong.differences).not.toEqual([]);
});
