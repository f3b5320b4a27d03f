import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { watchService } from '../../src/watch/watch-service.ts';
import { watchedService } from '../../src/watch/watched-service.ts';
import type { WatchEvent } from '../../src/watch/watch-service.ts';

const events = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
const snapshot = 'event: snapshot\ndata: {"at":1,"tokens":[],"clients":[],"users":null}\n\n';

/** Follows answers, one after the other, and collects what is known of the service. */
async function follow(answers: readonly (() => Promise<Response>)[], until: number) {
  const clock = virtualClock();
  const stop = new AbortController();
  let asked = 0;
  const fetch = async (): Promise<Response> => {
    const answer = answers[asked] ?? (() => new Promise<Response>(() => {}));
    asked += 1;
    return answer();
  };
  const seen: WatchEvent[] = [];
  const work = (async () => {
    for await (const event of watchService({ url: 'http://127.0.0.1:1/status', fetch, clock, signal: stop.signal })) {
      seen.push(event);
      if (seen.length === until) return;
    }
  })();
  for (let step = 0; step < until * 4; step += 1) await clock.advance(1_000);
  await work;
  stop.abort();
  return seen.map(({ name, value }) => (name === 'gone' ? (value as { reason: string }).reason : name));
}

const fails = (code: string) => () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) }));

test('a service that goes away is reported with its reason, and picked up again', async () => {
  const answers = [async () => events(snapshot), fails('ECONNREFUSED'), async () => events(snapshot)];

  expect(await follow(answers, 4)).toEqual(['snapshot', 'it has closed the connection', 'ECONNREFUSED', 'snapshot']);
});

test('what is no status is reported: another status code, a page, and broken events', async () => {
  const answers = [
    async () => new Response('no', { status: 404 }),
    async () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    async () => events('event: snapshot\ndata: {broken\n\n'),
  ];

  expect(await follow(answers, 3)).toEqual([
    'it answered 404',
    'it answers without events: is statusHandler mounted there?',
    'the connection failed',
  ]);
});

test('a page that is opened later gets the connectors of the service that runs now, not of the one before', async () => {
  const clock = virtualClock();
  const connectors = '{"status":{"connectors":[],"runs":[],"workers":[]},"at":1,"failure":null}';
  const answers = [snapshot.replace('"users":null', `"users":null,"connectors":${connectors}`), snapshot];
  const fetch = async (): Promise<Response> => {
    const answer = answers.shift();
    return answer === undefined ? new Promise<Response>(() => {}) : events(answer);
  };
  const service = watchedService({ url: 'http://127.0.0.1:1/status', fetch, clock });
  const stopFirst = service.subscribe(() => {});
  for (let step = 0; step < 8; step += 1) await clock.advance(1_000);

  const seen: WatchEvent[] = [];
  const stopSecond = service.subscribe((event) => void seen.push(event));
  stopFirst();
  stopSecond();

  expect(seen[0]).toMatchObject({ name: 'snapshot', value: { connectors: null } });
});

const row = {
  name: 't',
  clients: [],
  from: '',
  clientId: '',
  state: 'fresh',
  isStatic: false,
  isShared: false,
  generation: 1,
  issuedAt: 1,
  expiresAt: null,
  renewsAt: null,
  renewedAt: null,
  scopes: [],
  renewals: 0,
  rotations: 0,
  failure: null,
  events: [],
};

test.each<[string, object]>([
  ['a token without its fields', { tokens: [{ name: 't' }] }],
  ['a token with scopes that are no list', { tokens: [{ ...row, scopes: 'a' }] }],
  ['an instant that no date has', { tokens: [{ ...row, issuedAt: 1e300 }] }],
  ['a client without its counts', { clients: [{ name: 'c' }] }],
  ['no users', { users: undefined }],
  [
    'a run without its fields',
    { connectors: { status: { connectors: [], workers: [], runs: [{ connector: 'a' }] }, failure: null } },
  ],
])('a status that the page could not show is reported: %s', async (_, wrong) => {
  const value = { at: 1, tokens: [row], clients: [], users: null };
  const answers = [{ ...value, ...wrong }, value].map((each) =>
    events(`event: snapshot\ndata: ${JSON.stringify(each)}\n\n`),
  );
  const clock = virtualClock();
  const fetch = async (): Promise<Response> => answers.shift() ?? new Promise<Response>(() => {});
  const seen: WatchEvent[] = [];
  const stop = watchedService({ url: 'http://127.0.0.1:1/status', fetch, clock }).subscribe((event) =>
    seen.push(event),
  );

  for (let step = 0; step < 6; step += 1) await clock.advance(1_000);
  stop();

  expect(seen[0]).toMatchObject({
    name: 'gone',
    value: { reason: expect.stringContaining('no status of this version') },
  });
  expect(seen.find(({ name }) => name === 'snapshot')).toMatchObject({ value: { tokens: [row] } });
});
