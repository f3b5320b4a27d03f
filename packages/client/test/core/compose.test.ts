import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import type { Stage } from '../../src/core/stage.ts';
import { caught } from '../caught.ts';
import { ok, scriptedFetch } from '../scripted.ts';

const through: Stage = (next) => next;
/** What JavaScript lets through and the compiler does not. */
const wrong = (value: unknown): never => value as never;

test.each([undefined, null, 'text', 200, {}])('a layer that answers with %j is named', async (answer) => {
  const forgetful = layer('auth', 'mine', () => async () => wrong(answer));
  const { fetch } = createClient({ fetch: scriptedFetch(ok) }, forgetful);

  const error = await caught(() => fetch('https://api.test/'));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'layers' });
  expect(error.message).toContain('The layer "mine" (slot auth) answered with');
});

test('a layer that forgets to return is named, also when it is the transport', async () => {
  const { fetch } = createClient(
    {},
    layer('transport', 'mock', () => wrong(() => {})),
  );

  expect((await caught(() => fetch('https://api.test/'))).message).toContain('The layer "mock" (slot transport)');
});

test('a raw fetch failure of a custom transport is a TRANSPORT error, through either entry, and quotes nothing', async () => {
  const failing = layer('transport', 'mine', () => async () => {
    throw new TypeError('fetch failed', { cause: new Error('connect to api.test/?token=CANARY') });
  });
  const client = createClient({ retry: 0 }, failing);
  const hooked = client.extend({ hooks: { beforeError: [({ error }) => error] } });

  const errors = [
    await caught(() => client.fetch('https://api.test/?token=CANARY')),
    await caught(() => client.get('https://api.test/?token=CANARY')),
    await caught(() => hooked.get('https://api.test/?token=CANARY')),
  ];

  expect(errors).toMatchObject([{ code: 'TRANSPORT' }, { code: 'TRANSPORT' }, { code: 'TRANSPORT' }]);
  expect(inspect(errors, { depth: 9 })).not.toContain('CANARY');
});

test('a fetch that answers with nothing is named', async () => {
  const { fetch } = createClient({ fetch: wrong(async () => {}) });

  const error = await caught(() => fetch('https://api.test/'));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'fetch' });
});

test.each([undefined, 'text', {}])('a stage that is %j is refused when the layer is made', async (stage) => {
  const error = await caught(() => layer('auth', 'mine', wrong(stage)));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'stage' });
  expect(error.message).toContain('"mine" (slot auth)');
});

test('a stage that returns no function is refused when the client is made', async () => {
  const error = await caught(() =>
    createClient(
      {},
      layer(
        'auth',
        'mine',
        wrong(() => undefined),
      ),
    ),
  );

  expect(error).toMatchObject({ code: 'CONFIG', field: 'stage' });
  expect(error.message).toContain('"mine" (slot auth)');
});

test('layers may come in lists', () => {
  const pair = [layer('observe', 'outer', through), layer('network', 'inner', through)];

  const { stages } = createClient({}, pair, layer('auth', 'mine', through));

  expect([stages[0], stages.at(-2)]).toEqual(['outer', 'inner']);
  expect(stages).toContain('mine');
});
