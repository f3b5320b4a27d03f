import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { EventSource } from 'eventsource';
import { afterAll, expect, test } from 'vitest';
import { guardedApi } from './guarded-api.ts';

/** Two events for each connection, which then ends. */
const api = await guardedApi(({ headers }, outgoing) => {
  const last = Number(headers['last-event-id'] ?? 0);
  const events = [last + 1, last + 2].map((id) => `id: ${id}\ndata: state ${id}\n\n`);
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).end(`retry: 1\n${events.join('')}`);
});
const token = await orThrow(Token.create(api.issuer.credentials));
// a stream is open, and may be silent, for as long as it likes
const client = createClient(
  { baseUrl: api.origin, bodyTimeout: false, maxResponseBytes: Infinity },
  withBearerAuth(token),
);

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a stream goes on after a revocation where it ended', async () => {
  const six = Promise.withResolvers<void>();
  const states: string[] = [];
  const source = new EventSource(`${api.origin}/states`, { fetch: client.fetch });
  source.addEventListener('message', ({ data }) => {
    states.push(data);
    if (states.length === 2) api.issuer.revoke();
    if (states.length === 6) six.resolve();
  });

  await six.promise;
  source.close();

  expect(states.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6].map((id) => `state ${id}`));
  expect(api.seen().slice(0, 4)).toEqual([
    'GET /states → 200',
    'GET /states → 401',
    ...Array(2).fill('GET /states → 200'),
  ]);
});
