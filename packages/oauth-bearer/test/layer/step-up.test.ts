import { createClient } from '@bearings/client';
import { fakeIssuer } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import type { StepUpOptions } from '../../src/layer/step-up.ts';
import { TokenPool } from '../../src/token/token-pool.ts';

interface SceneOptions {
  readonly allow?: readonly string[];
  /** What the API needs. Default: `orders.read` for GET, `orders.write` for others. */
  readonly needs?: (method: string) => string;
  readonly challenge?: (scope: string) => string;
  /** The answer to a request whose token is enough. */
  readonly answer?: () => Response;
  readonly retry?: number;
  /** The body of a demand. */
  readonly body?: ReadableStream;
}

/** An API that demands scopes as RFC 6750 has it, and a client whose token may read. */
function scene(options: SceneOptions = {}) {
  const { allow = ['orders.write'], needs, challenge, retry = 0, answer = () => new Response('done') } = options;
  const issuer = fakeIssuer();
  const pool = TokenPool.create({ ...issuer.credentials, fetch: issuer.fetch }).unwrap();
  const seen: string[] = [];
  const api: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const found = issuer.introspect(request.headers.get('authorization')?.replace('Bearer ', '') ?? '');
    const scopes = typeof found === 'object' ? found.scopes : [];
    seen.push(scopes.join(' '));
    if (typeof found !== 'object')
      return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    const needed = needs?.(request.method) ?? (request.method === 'GET' ? 'orders.read' : 'orders.write');
    if (scopes.includes(needed)) return answer();
    const header = challenge?.(needed) ?? `Bearer error="insufficient_scope", scope="${needed}"`;
    return new Response(options.body ?? 'more', { status: 403, headers: { 'www-authenticate': header } });
  };
  const stepUp: StepUpOptions = { allow, token: (scopes) => pool.for({ scopes }) };
  const auth = withBearerAuth(pool.for({ scopes: ['orders.read'] }).unwrap(), { stepUp });
  const { fetch } = createClient(
    { baseUrl: 'https://api.test', fetch: api, retry: { limit: retry, delay: () => 0 } },
    auth,
  );
  return { fetch, seen, issuer };
}

const requestedScopes = (issuer: FakeIssuer): readonly (string | undefined)[] =>
  issuer.requests.filter(({ endpoint }) => endpoint === 'token').map((request) => request.params('scope')[0]);

test('a demand for an allowed scope gets one token with the scopes held and demanded, and the call succeeds', async () => {
  const { fetch, seen, issuer } = scene();

  const read = await fetch('/orders');
  const written = await Promise.all([1, 2, 3].map((id) => fetch('/orders', { method: 'POST', body: `order ${id}` })));

  expect([read.status, ...written.map(({ status }) => status)]).toEqual([200, 200, 200, 200]);
  expect(requestedScopes(issuer)).toEqual(['orders.read', 'orders.read orders.write']);
  expect(seen.filter((scopes) => scopes === 'orders.read orders.write')).toHaveLength(3);
});

test('a scope that is not allowed is a typed error with what is missing, and nothing is requested', async () => {
  const { fetch, issuer } = scene({ needs: () => 'orders.admin' });

  await expect(fetch('/orders')).rejects.toMatchObject({
    code: 'STEP_UP_REQUIRED',
    missingScopes: ['orders.admin'],
    origin: 'https://api.test',
    retryable: false,
  });
  expect(requestedScopes(issuer)).toEqual(['orders.read']);
});

test('the response of a demand that fails the call is discarded, so that its connection can be used again', async () => {
  let isRead = false;
  const body = new ReadableStream({
    pull(controller) {
      isRead = true;
      controller.close();
    },
  });
  const { fetch } = scene({ needs: () => 'orders.admin', body });

  await expect(fetch('/orders')).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  await expect.poll(() => isRead).toBe(true);
});

test('a resource that demands again is given up after one step-up, and the caller gets its 403', async () => {
  let count = 0;
  const { fetch, seen } = scene({
    allow: ['scope-1', 'scope-2', 'scope-3'],
    needs: () => {
      count += 1;
      return `scope-${count}`;
    },
  });

  const answer = await fetch('/orders');

  expect([answer.status, await answer.text()]).toEqual([403, 'more']);
  expect(seen).toHaveLength(2);
});

test('without stepUp, the caller gets the 403 as it is', async () => {
  const issuer = fakeIssuer();
  const pool = TokenPool.create({ ...issuer.credentials, fetch: issuer.fetch }).unwrap();
  const api = async (): Promise<Response> =>
    new Response('more', {
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="a"' },
    });
  const auth = withBearerAuth(pool.for().unwrap());
  const { fetch } = createClient({ baseUrl: 'https://api.test', fetch: api, retry: 0 }, auth);

  expect((await fetch('/orders')).status).toBe(403);
});

test('a demand that only the user can meet is a typed error with how', async () => {
  const { fetch } = scene({
    challenge: () => 'Bearer error="insufficient_user_authentication", acr_values="phr mfa", max_age="300"',
    needs: () => 'x',
  });

  const error: unknown = await fetch('/orders').catch((cause: unknown) => cause);

  expect(error).toMatchObject({ code: 'STEP_UP_REQUIRED', acrValues: 'phr mfa', maxAgeS: 300, missingScopes: [] });
  expect(error).toHaveProperty(
    'message',
    'https://api.test demands that the user has logged in by phr mfa within the last 300 s',
  );
});

test.each([
  ['no scope', 'Bearer error="insufficient_scope"'],
  ['a scope that the token has', 'Bearer error="insufficient_scope", scope="orders.read"'],
  ['another error', 'Bearer error="invalid_request", scope="orders.write"'],
  ['another scheme', 'Basic error="insufficient_scope", scope="orders.write"'],
  ['text that is no scope', 'Bearer error="insufficient_scope", scope="\\"\\\\"'],
])('a 403 that names %s is the response of the call', async (_, header) => {
  const { fetch, issuer, seen } = scene({ needs: () => 'orders.write', challenge: () => header });

  expect((await fetch('/orders')).status).toBe(403);
  expect(seen).toHaveLength(1);
  expect(requestedScopes(issuer)).toEqual(['orders.read']);
});

test('a retry after a step-up goes on with the token of the step-up', async () => {
  let isDown = true;
  const { fetch, seen } = scene({
    retry: 1,
    answer: () => {
      const wasDown = isDown;
      isDown = false;
      return new Response(null, { status: wasDown ? 503 : 200 });
    },
  });

  const answer = await fetch('/orders', { method: 'PUT', body: 'x' });

  expect(answer.status).toBe(200);
  expect(seen).toEqual(['orders.read', 'orders.read orders.write', 'orders.read orders.write']);
});

test('a stream is not sent again: the caller gets the 403', async () => {
  const { fetch, seen } = scene();
  const body = new ReadableStream({ start: (controller) => controller.close() });

  const answer = await fetch('/orders', { method: 'POST', body, duplex: 'half' } as RequestInit);

  expect([answer.status, seen.length]).toEqual([403, 1]);
});

test('a token of the step-up that is rejected is rotated as any other', async () => {
  const { fetch, issuer } = scene();
  await fetch('/orders', { method: 'POST', body: 'first' });
  issuer.revoke();

  const answer = await fetch('/orders', { method: 'POST', body: 'second' });

  expect(answer.status).toBe(200);
});

test.each([
  [{}, 'stepUp needs allow, a list of scopes, and token, a function of the scopes'],
  [{ allow: 'orders.write', token: () => {} }, 'stepUp.allow must be a list'],
  [{ allow: [], tokens: () => {} }, 'A bearer layer has no option stepUp.tokens. Did you mean stepUp.token?'],
])('options %j are refused', (stepUp, message) => {
  const issuer = fakeIssuer();
  const pool = TokenPool.create({ ...issuer.credentials, fetch: issuer.fetch }).unwrap();

  expect(() => withBearerAuth(pool.for().unwrap(), { stepUp: stepUp as unknown as StepUpOptions })).toThrow(message);
});
