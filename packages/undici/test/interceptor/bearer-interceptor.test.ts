import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Ok, Token } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { fakeIssuer } from '@bearings/testing';
import { Agent, Dispatcher1Wrapper, interceptors, Pool, fetch as undiciFetch, request } from 'undici';
import type { Dispatcher } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { bearerInterceptor } from '../../src/interceptor/bearer-interceptor.ts';
import type { BearerInterceptorOptions } from '../../src/interceptor/bearer-interceptor.ts';

type Answer = (incoming: IncomingMessage, response: ServerResponse, body: string) => void;

interface Scene {
  readonly origin: string;
  readonly agent: Dispatcher;
  readonly token: TokenHandle;
  readonly issuer: ReturnType<typeof fakeIssuer>;
  readonly seen: {
    readonly authorization: string | undefined;
    readonly body: string;
    readonly headers: IncomingMessage['headers'];
  }[];
}

/** A real server that accepts the issuer's valid tokens, and an Agent with the interceptor. */
async function scene(
  answer: Answer = (_, response, body) => response.end(`got ${body}`),
  changes = {},
): Promise<Scene> {
  const issuer = fakeIssuer();
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  const seen: Scene['seen'] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await incoming.toArray()).map(String).join('');
    const { authorization } = incoming.headers;
    seen.push({ authorization, body, headers: incoming.headers });
    if (typeof issuer.introspect(authorization?.replace('Bearer ', '') ?? '') === 'object')
      answer(incoming, response, body);
    else response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('rejected');
  };
  const server = createServer((incoming, response) => void serve(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const plain = new Agent();
  const agent = plain.compose(bearerInterceptor(token, { origins: [origin], ...changes }));
  onTestFinished(async () => {
    await plain.destroy();
    await token.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin, agent, token, issuer, seen };
}

test('requests of undici get the token, and keep their own headers in each form that undici takes', async () => {
  const { origin, agent, seen } = await scene();
  const forms: NonNullable<Dispatcher.RequestOptions['headers']>[] = [
    { 'x-a': '1', Authorization: 'Bearer old' },
    ['x-a', '1', 'authorization', 'Bearer old'],
    new Headers({ 'x-a': '1', authorization: 'Bearer old' }),
    new Map([['x-a', '1']]),
    { 'x-a': ['1', '2'] },
    {},
  ];

  const answers = [];
  for (const headers of forms) {
    const { statusCode, body } = await request(origin, { dispatcher: agent, headers, method: 'POST', body: 'x' });
    answers.push([statusCode, await body.text()]);
  }

  expect(answers).toEqual(forms.map(() => [200, 'got x']));
  expect(new Set(seen.map(({ authorization }) => authorization)).size).toBe(1);
  expect(seen.map(({ headers }) => headers['x-a'])).toEqual(['1', '1', '1', '1', '1, 2', undefined]);
});

test('twenty requests after a revocation all succeed, with one token request', async () => {
  const { origin, agent, issuer, seen } = await scene();
  await request(origin, { dispatcher: agent });
  issuer.revoke();
  const before = issuer.counts.token;

  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { statusCode, body } = await request(origin, { dispatcher: agent, method: 'POST', body: `order ${index}` });
      return [statusCode, await body.text()];
    }),
  );

  expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => [200, `got order ${index}`]));
  expect(issuer.counts.token - before).toBe(1);
  expect(seen.length).toBeLessThanOrEqual(41);
});

test.each([
  [
    'the fetch of the platform',
    (url: string, init: object, agent: Dispatcher) => fetch(url, { ...init, dispatcher: agent } as object),
  ],
  [
    'the fetch of undici',
    (url: string, init: object, agent: Dispatcher) => undiciFetch(url, { ...init, dispatcher: agent }),
  ],
])('%s goes on with a new token, also over the wrapper for older handlers', async (_, send) => {
  const { origin, agent, issuer } = await scene();
  const statuses = [];

  for (const dispatcher of [agent, new Dispatcher1Wrapper(agent)]) {
    statuses.push((await send(origin, {}, dispatcher)).status);
    issuer.revoke();
    const answer = await send(origin, { method: 'POST', body: 'again' }, dispatcher);
    statuses.push(answer.status, await answer.text());
  }

  expect(statuses).toEqual([200, 200, 'got again', 200, 200, 'got again']);
});

test('a streamed body is not sent again: its caller gets the 401 with its body, and the next request the new token', async () => {
  const { origin, agent, issuer } = await scene();
  await request(origin, { dispatcher: agent });
  issuer.revoke();

  const first = await request(origin, { dispatcher: agent, method: 'POST', body: Readable.from(['a', 'b']) });
  const text = await first.body.text();
  const next = await request(origin, { dispatcher: agent });

  expect([first.statusCode, text, next.statusCode]).toEqual([401, 'rejected', 200]);
});

test('a token that stays rejected is replaced once, and the caller gets the last 401', async () => {
  const { origin, agent, seen } = await scene((_, response) =>
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no'),
  );

  const { statusCode, body } = await request(origin, { dispatcher: agent });

  expect([statusCode, await body.text()]).toEqual([401, 'no']);
  expect(seen.length).toBeLessThanOrEqual(3);
});

test('the token goes to the listed origins alone, also after a redirect', async () => {
  const other = await scene();
  const { origin, agent, seen } = await scene((_, response) =>
    response.writeHead(307, { location: other.origin }).end(),
  );
  const following = agent.compose(interceptors.redirect({ maxRedirections: 3 }));

  const direct = await request(other.origin, { dispatcher: agent });
  const redirected = await request(origin, { dispatcher: following });
  await Promise.all([direct.body.dump(), redirected.body.dump()]);

  expect([direct.statusCode, redirected.statusCode]).toEqual([401, 401]);
  expect(other.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  expect(seen[0]?.authorization).toMatch(/^Bearer /);
});

test('a large body arrives as it was sent, also one that is read slowly', async () => {
  const sent = Buffer.alloc(3_000_000, 'x');
  const { origin, agent } = await scene((_, response) => response.end(sent));

  const { body } = await request(origin, { dispatcher: agent });
  await new Promise(setImmediate);
  const bytes = await body.bytes();

  expect(Buffer.compare(bytes, sent)).toBe(0);
});

test('without a token the request fails with the error of the token, and is not sent', async () => {
  const { origin, agent, token, seen } = await scene();
  await token.close();

  await expect(request(origin, { dispatcher: agent })).rejects.toMatchObject({ code: 'TOKEN_CLOSED' });
  await expect(fetch(origin, { dispatcher: agent } as object)).rejects.toMatchObject({
    cause: { code: 'TOKEN_CLOSED' },
  });
  expect(seen).toEqual([]);
});

test('errors of the connection reach the caller, before and during the body', async () => {
  const { agent, origin } = await scene((incoming, response) => {
    if (incoming.url === '/start') incoming.socket.destroy();
    else response.write('part', () => incoming.socket.destroy());
  });

  const early = request(`${origin}/start`, { dispatcher: agent });
  await expect(early).rejects.toThrow('other side closed');
  const { body } = await request(`${origin}/body`, { dispatcher: agent });
  await expect(body.text()).rejects.toThrow();
});

test("the caller's abort ends the request, also while its token is rotated", async () => {
  const { origin, agent, issuer, seen } = await scene(() => {});
  const controller = new AbortController();
  const answer = request(origin, { dispatcher: agent, signal: controller.signal });
  await expect.poll(() => seen.length).toBe(1);
  controller.abort();

  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  issuer.revoke();
  const second = new AbortController();
  const rotating = request(origin, { dispatcher: agent, signal: second.signal });
  await expect.poll(() => seen.length).toBeGreaterThan(1);
  second.abort();
  await expect(rotating).rejects.toMatchObject({ name: 'AbortError' });
});

test('retries and other interceptors can be composed below and above', async () => {
  let failures = 1;
  const { origin, agent } = await scene((_, response) => {
    failures -= 1;
    response.writeHead(failures >= 0 ? 503 : 200).end('done');
  });

  const { statusCode } = await request(origin, { dispatcher: agent.compose(interceptors.retry({ minTimeout: 1 })) });

  expect(statusCode).toBe(200);
});

test('a Pool gives its requests its origin, and a request without one is refused', async () => {
  const { origin, token } = await scene();
  const pool = new Pool(origin);
  onTestFinished(() => pool.destroy());
  const intercept = bearerInterceptor(token, { origins: [origin] });

  const { statusCode } = await pool.compose(intercept).request({ path: '/', method: 'GET' });
  const dispatch = intercept(() => true);

  expect(statusCode).toBe(200);
  expect(() => dispatch({ path: '/', method: 'GET' }, {})).toThrow('The request has no origin');
});

test('a short body of a stream with a length is sent again, and one that is longer than it says is refused', async () => {
  const { origin, agent, issuer } = await scene();
  const headers = { 'content-length': '3' };
  await request(origin, { dispatcher: agent });
  issuer.revoke();

  const again = await request(origin, { dispatcher: agent, method: 'POST', body: Readable.from(['a', 'bc']), headers });
  const wrong = Readable.from(Array.from({ length: 30 }, () => 'x'.repeat(5_000)));

  expect([again.statusCode, await again.body.text()]).toEqual([200, 'got abc']);
  await expect(request(origin, { dispatcher: agent, method: 'POST', body: wrong, headers })).rejects.toThrow(
    'Request body length does not match content-length header',
  );
});

test.each([
  [undefined, 'origins must be a list of origins that get the token'],
  [{}, 'origins must be a list of origins that get the token'],
  [{ origins: [] }, 'The token has no destination'],
  [{ origins: ['orders.internal'] }, 'not an origin such as https://api.example'],
  [{ origins: ['https://a.example'], headers: {} }, 'A bearer layer has no option headers'],
])('options %j are refused', async (options, message) => {
  const { token } = await scene();

  expect(() => bearerInterceptor(token, options as BearerInterceptorOptions)).toThrow(message);
  expect(() => bearerInterceptor('token' as never, { origins: ['https://a.example'] })).toThrow(
    'token must be a token handle',
  );
});

test('a token that is bound to a certificate is sent: whether the dispatcher presents one is its own matter', async () => {
  const { origin, token } = await scene();
  const value = (await token.get()).unwrap().secret.expose();
  await using bound = (
    await Token.from({ acquire: async () => Ok({ value, lifetimeMs: 60_000, isCertificateBound: true }) })
  ).unwrap();
  const plain = new Agent();
  onTestFinished(() => plain.destroy());
  const dispatcher = plain.compose(bearerInterceptor(bound, { origins: [origin] }));

  const { statusCode, body } = await request(origin, { dispatcher, method: 'POST', body: 'x' });

  expect([statusCode, await body.text()]).toEqual([200, 'got x']);
});
