import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { slots } from '../../src/core/slots.ts';
import type { Slot } from '../../src/core/slots.ts';
import type { Stage } from '../../src/core/stage.ts';
import { caught } from '../caught.ts';

const through: Stage = (next) => next;

/** Written out by hand. */
const designed = [
  'observe',
  'concurrency',
  'retry',
  'circuitBreaker',
  'auth',
  'timeout',
  'userAgent',
  'responseSize',
  'redirect',
  'destination',
  'network',
  'transport',
];

test('the slots are those of the design, in its order', () => {
  expect(slots).toEqual(designed);
});

test.each([
  ['as designed', (list: readonly Slot[]) => list],
  ['backwards', (list: readonly Slot[]) => list.toReversed()],
  ['inner ones first', (list: readonly Slot[]) => [...list.slice(2), ...list.slice(0, 2)]],
])('layers listed %s stand in the order of the design', (_listing, arrangement) => {
  const layers = arrangement(['observe', 'circuitBreaker', 'auth', 'transport']).map((slot) =>
    layer(slot, `my ${slot}`, through),
  );

  const { stages } = createClient({ concurrency: 5 }, ...layers);

  expect(stages).toEqual([
    'my observe',
    'concurrency',
    'retry',
    'my circuitBreaker',
    'my auth',
    'timeout',
    'userAgent',
    'responseSize',
    'redirect',
    'destination',
    'my transport',
  ]);
});

test('several layers of one slot keep the order listed', () => {
  const layers = ['b', 'c', 'a'].map((name) => layer('observe', name, through));

  expect(createClient({}, ...layers).stages.slice(0, 3)).toEqual(['b', 'c', 'a']);
});

test('the list of stages cannot be changed from outside', () => {
  expect(Object.isFrozen(createClient().stages)).toBe(true);
});

test('a slot that does not exist is refused by the compiler and at run time, with the slots there are', async () => {
  const error = await caught(() => {
    // @ts-expect-error -- there is no such slot
    layer('authentication', 'mine', through);
  });

  expect(error).toMatchObject({ code: 'CONFIG', field: 'slot' });
  expect(error.message).toContain('"authentication"');
  expect(error.message).toContain(designed.join(', '));
});

test.each([
  ['two of the caller', [layer('auth', 'bearer', through), layer('auth', 'bearer', through)], 'bearer'],
  ['two in different slots', [layer('auth', 'mine', through), layer('circuitBreaker', 'mine', through)], 'mine'],
  ['one that every client has', [layer('retry', 'retry', through)], 'retry'],
])('a name that is taken is refused: %s', async (_case, layers, name) => {
  const error = await caught(() => createClient({}, ...layers));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'layers' });
  expect(error.message).toContain(`"${name}"`);
});

test('a layer made by hand with a wrong slot is refused, not dropped', async () => {
  // @ts-expect-error -- there is no such slot
  const error = await caught(() => createClient({}, { slot: 'atuh', name: 'bearer', stage: through }));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'slot' });
});
