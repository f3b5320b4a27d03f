import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { Client } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { serve } from '../loopback.ts';
import { transports } from '../sockets/transports.ts';

const canary = 'CANARY-4711';
/** V8 quotes the text around the mistake, here all of it. */
const body = `"${canary}" x`;

const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;

const readers: readonly (readonly [string, (api: Client) => Promise<unknown>])[] = [
  ['client.get().json()', (api) => api.get('').json()],
  ['client.get().json(schema)', (api) => api.get('').json(schema)],
  ['the json() of an awaited client.get()', async (api) => (await api.get('')).json()],
  ['the json() of client.fetch', async (api) => (await api.fetch('/')).json()],
  ['the json() of a clone', async (api) => (await api.fetch('/')).clone().json()],
  ['the json() of a clone of a clone', async (api) => (await api.fetch('/')).clone().clone().json()],
  [
    'client.get().json() with a hook',
    (api) => api.get('', { hooks: { afterResponse: [({ response }) => response] } }).json(),
  ],
  [
    'the json() in a hook',
    (api) => api.get('', { hooks: { afterResponse: [async ({ response }) => void (await response.json())] } }),
  ],
  [
    'the json() of a response with hooks',
    async (api) => (await api.get('', { hooks: { afterResponse: [() => {}] } })).json(),
  ],
  ['the json() with progress', async (api) => (await api.get('', { onDownloadProgress: () => {} })).json()],
];

const lengths = ['a stated length', 'chunks'] as const;

test.each(
  transports.flatMap(([over, create]) =>
    readers.flatMap(([reader, read]) => lengths.map((length) => [reader, length, over, { create, read }] as const)),
  ),
)(
  '%s of a body that is not JSON, of %s, %s: the error does not quote it',
  async (_reader, length, ...[, { create, read }]) => {
    const server = await serve((_request, response) => {
      if (length === 'chunks') response.write('');
      response.end(body);
    });

    const error = await caught(() => read(create({ baseUrl: server.origin })));

    expect(error).toBeInstanceOf(SyntaxError);
    expect(error.message).toBe('The response body is not valid JSON');
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(canary);
  },
);
