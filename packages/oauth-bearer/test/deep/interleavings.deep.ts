import { expect, test } from 'vitest';
import { takeAmount } from '../../../../test/amount.ts';
import { explore } from '../model/explore.ts';
import { twoCallers } from '../model/two-callers.ts';
import type { Bounds } from '../model/two-callers.ts';
import { report } from './report.ts';

const usual: Bounds = { ticks: 1, aborts: 1, revocations: 1, uses: 1, replies: ['new', 'same', 'refused'] };

const searches: readonly (readonly [string, Bounds])[] = [
  ['with two timers', { ...usual, ticks: 2 }],
  ['with a server that is busy', { ...usual, replies: ['new', 'same', 'busy'] }],
  ['when the machine sleeps', { ...usual, sleeps: 1, replies: ['new', 'same', 'refused'] }],
  ['when the token is closed', { ...usual, closes: 1 }],
  ['when tokens expire at once', { ...usual, replies: ['new', 'same', 'useless'] }],
  ['when tokens are rejected twice and callers come again', { ...usual, aborts: 0, revocations: 2, uses: 2 }],
];

test.each(takeAmount(searches, Number(process.env['SEED'] ?? 0)))(
  'two callers, %s: every order of events is right',
  { timeout: 3_600_000 },
  async (which, bounds) => {
    const { differences, ...found } = await explore(() => twoCallers(bounds), { compared: 300 });

    report(`interleavings ${which}`, found);
    expect(differences).toEqual([]);
    expect(found.states).toBeGreaterThan(1_000);
  },
);
