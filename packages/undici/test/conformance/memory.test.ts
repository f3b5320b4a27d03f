import { layer } from '@bearings/client/layer';
import type { Client, Layer } from '@bearings/client';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import type { WatchedServer } from '../../../client/test/sockets/watched-server.ts';
import { collectGarbageUntil } from '../collect-garbage.ts';
import { networks } from '../networks.ts';

/** Ways in which a body does not end by itself. */
const endings: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
  ['was cut off by the server', (client) => caught(() => client.get('cut').text())],
  ['was cut off while its stream was read', async (client) => caught(async () => read(await client.fetch('/cut')))],
  ['was cancelled', async (client) => (await client.fetch('/drip')).body?.cancel()],
  ['was left in the middle of its stream', async (client) => readOne(await client.fetch('/drip'))],
  ['was aborted by its caller', async (client) => caught(() => abortInBody(client))],
  ['was larger than maxResponseBytes', (client) => caught(() => client.get('large', { retry: 0 }).text())],
  ['was discarded by a retry', (client) => client.get('large-503').text()],
  ['belonged to the error of a status', (client) => caught(() => client.get('404'))],
];

async function read({ body }: Response): Promise<void> {
  for await (const chunk of body ?? []) expect(chunk).toBeDefined();
}

async function readOne({ body }: Response): Promise<void> {
  for await (const chunk of body ?? []) if (chunk !== undefined) break;
}

async function abortInBody(client: Client): Promise<string> {
  const caller = new AbortController();
  const response = await client.fetch('/drip', { signal: caller.signal });
  const text = response.text();
  caller.abort();
  return text;
}

function server(): Promise<WatchedServer> {
  let asked = 0;
  return watchedServer(({ path }, response) => {
    asked += 1;
    if (path === '/large-503' && asked % 2 === 0) return response.end('done');
    if (path === '/large-503') return response.writeHead(503, { 'retry-after': '0' }).end('x'.repeat(200_000));
    if (path === '/large') return response.end('x'.repeat(300_000));
    if (path === '/404') return response.writeHead(404).end('none');
    if (path === '/drip') return response.write('first');
    response.writeHead(200, { 'content-length': 1_000 });
    return response.write('first', () => response.socket?.resetAndDestroy());
  });
}

/** Keeps a weak reference to each response that comes from the network. */
function responses(refs: WeakRef<Response>[]): Layer {
  return layer('network', 'responses', (next) => async (request, call) => {
    const response = await next(request, call);
    refs.push(new WeakRef(response));
    return response;
  });
}

test.each(networks.flatMap(([over, network]) => endings.map(([how, call]) => [over, how, { network, call }] as const)))(
  '%s: a response whose body %s can be collected',
  async (_, __, { network, call }) => {
    const { origin } = await server();
    const refs: WeakRef<Response>[] = [];
    const client = network({ baseUrl: origin, maxResponseBytes: 250_000, retry: 1 }, responses(refs));

    for (let count = 0; count < 4; count += 1) await call(client);

    expect(refs.length).toBeGreaterThanOrEqual(4);
    expect(await collectGarbageUntil(() => refs.every((ref) => ref.deref() === undefined), 50)).toBe(true);
  },
);
