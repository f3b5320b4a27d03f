import type { Client } from '@bearings/client';
import { faults } from '@bearings/testing';
import { expect } from 'vitest';
import { settleCall, expectCallOutcome, getStatus } from './call-outcome.ts';
import type { Service } from './create-service.ts';
import { createLoopbackService } from './create-loopback-service.ts';
import { replay } from './replay.ts';
import type { Run } from './replay.ts';

const invalidToken = faults.status(401, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });

/** The body of a request. */
interface Sent {
  readonly type: string | null;
  readonly bytes: readonly number[];
}

/** A service over sockets whose first POST is answered with 401, and the body of every POST. */
async function rejectedOnce(): Promise<Omit<Service, 'clock'> & { readonly posts: readonly Sent[] }> {
  const posts: Sent[] = [];
  const answer = async ({ request }: { request: Request }): Promise<object> => {
    posts.push({ type: request.headers.get('content-type'), bytes: [...new Uint8Array(await request.arrayBuffer())] });
    return {};
  };
  const service = await createLoopbackService({ routes: { 'POST /things': answer, 'GET /things': () => ({}) } });
  service.api.inject(invalidToken, { times: 1 });
  return { ...service, posts };
}

/** Sends a body that can be replayed, and expects it twice. */
function isReplayed(post: (client: Client) => Promise<Response>, expected: Sent): Run {
  return async ({ entry, hides }) => {
    const { api, client, posts, sent } = await rejectedOnce();

    const outcome = await settleCall(post(client));

    expectCallOutcome(entry, hides(outcome));
    expect(api.requests.map(({ status }) => status)).toEqual([401, 200]);
    expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
    expect(posts).toEqual([expected, expected]);
  };
}

const bytes = new Uint8Array([0, 255, 128, 10, 13, 0]);
const form = new URLSearchParams({ a: '1 & 2', ü: '+' });
const ofText = (text: string): readonly number[] => [...new TextEncoder().encode(text)];

replay('R4-016', async (each) => {
  const octets = { 'content-type': 'application/octet-stream' };
  const expected = { type: octets['content-type'], bytes: [...bytes] };
  const post = (client: Client): Promise<Response> => client.post('things', { body: bytes, headers: octets });
  await isReplayed(post, expected)(each);
  await isReplayed(
    (client) => client.fetch('things', { method: 'POST', body: bytes, headers: octets }),
    expected,
  )(each);
  await isReplayed((client) => client.post('things', { body: bytes }), { ...expected, type: null })(each);
});

replay('R4-017', async (each) => {
  const expected = {
    type: 'application/x-www-form-urlencoded;charset=UTF-8',
    bytes: ofText('a=1+%26+2&%C3%BC=%2B'),
  };
  await isReplayed((client) => client.post('things', { body: form }), expected)(each);
  await isReplayed((client) => client.fetch('things', { method: 'POST', body: form }), expected)(each);
});

replay('R4-020', async (each) => {
  const expected = { type: 'application/json', bytes: ofText('{"a":"ü","b":[1]}') };
  await isReplayed((client) => client.post('things', { json: { a: 'ü', b: [1] } }), expected)(each);
});

/** A body that can be read once, and whether it has been released. */
interface OneShot {
  readonly body: NonNullable<RequestInit['body']>;
  readonly isReleased: () => boolean;
}

/** Sends a body that can be read once. Expects it once, and a new token on the next call. */
function isSentOnce(make: () => OneShot): Run {
  return async ({ entry, hides }) => {
    for (const method of ['fetch', 'post'] as const) {
      const { api, client, posts, sent } = await rejectedOnce();
      const { body, isReleased } = make();
      const init = { method: 'POST', body, duplex: 'half' } as const;

      const outcome = await settleCall(method === 'fetch' ? client.fetch('things', init) : client.post('things', init));

      expectCallOutcome(entry, hides(outcome));
      expect(posts).toEqual([{ type: null, bytes: ofText('once') }]);
      expect(isReleased()).toBe(true);
      expect(getStatus(await settleCall(client.fetch('things')))).toBe(200);
      expect(api.counts.requests).toBe(2);
      expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
    }
  };
}

const oneShotStream = (): OneShot => {
  const body = new Blob(['once']).stream();
  return { body, isReleased: () => !body.locked };
};

const asyncIterator = (): OneShot => {
  let isOver = false;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield new TextEncoder().encode('on');
      yield new TextEncoder().encode('ce');
    } finally {
      isOver = true;
    }
  }
  return { body: pieces() as OneShot['body'], isReleased: () => isOver };
};

replay('R4-021', isSentOnce(oneShotStream));
replay('R4-022', isSentOnce(asyncIterator));

replay('R4-023', async ({ entry, hides }) => {
  for (const retry of [2, 0]) {
    const { api, client, issuer, posts } = await rejectedOnce();

    const outcome = await settleCall(client.post('things', { json: { amount: 1 }, retry }));

    expectCallOutcome(entry, hides(outcome));
    expect(api.requests.map(({ method, status }) => [method, status])).toEqual([
      ['POST', 401],
      ['POST', 200],
    ]);
    expect(posts[1]).toEqual(posts[0]);
    expect(issuer.counts.token).toBe(2);
  }
});
