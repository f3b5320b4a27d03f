import { inspect } from 'node:util';
import { virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { TokenPool } from '../../src/token/token-pool.ts';
import { platformKey, projectedFile, signToken } from './platform.ts';
import { exchangeGrant, startServer } from './real-server.ts';
import type { RealServer } from './real-server.ts';

const app = (server: RealServer, changes: Partial<TokenConfig> = {}): TokenConfig => ({
  issuerUrl: server.issuerUrl,
  clientId: 'app',
  clientSecret: 'a client secret',
  ...changes,
});

async function create(config: TokenConfig): Promise<Token> {
  const token = (await Token.create(config)).unwrap();
  onTestFinished(() => token.close());
  return token;
}

/** An assertion for the client itself, as RFC 7523 §3 has it. */
const assertionFor = (server: RealServer, exp?: number): Promise<string> =>
  signToken({ sub: 'workload', iss: 'workload', aud: server.issuerUrl, ...(exp !== undefined && { exp }) });

test('a client authenticates by an assertion that its platform signs, read from a file at each acquisition', async () => {
  const server = await startServer();
  const [first, second] = [await assertionFor(server), await assertionFor(server)];
  const { file, replace } = projectedFile(first);
  const config = { issuerUrl: server.issuerUrl, clientId: 'workload', clientAssertion: { file } };
  const token = await create(config);

  replace(second);
  const rotated = await token.invalidate(token.read().unwrap());

  expect(rotated.isOk()).toBe(true);
  expect(server.forms.map((form) => form['client_assertion'])).toEqual([first, second]);
});

test('a function gives the assertion for its audience and client', async () => {
  const server = await startServer();
  const asked: unknown[] = [];
  await create({
    issuerUrl: server.issuerUrl,
    clientId: 'workload',
    clientAssertion: (request) => {
      asked.push(request);
      return assertionFor(server);
    },
  });

  expect(asked).toEqual([{ clientId: 'workload', audience: server.issuerUrl }]);
});

test('a token is exchanged for its subject, with purpose, actor and types', async () => {
  const server = await startServer();
  const [subject, actor] = [await signToken({ sub: 'alice' }), await signToken({ sub: 'gateway' })];
  const token = await create(
    app(server, {
      scopes: ['orders.read'],
      audience: 'orders',
      resource: 'https://orders.internal/',
      grant: {
        type: 'token_exchange',
        subjectToken: () => subject,
        actorToken: () => actor,
        actorTokenType: 'jwt',
        requestedTokenType: 'access_token',
      },
    }),
  );

  expect(server.owner(token.read().unwrap().secret.expose())).toBe('alice');
  expect(server.forms[0]).toMatchObject({
    grant_type: exchangeGrant,
    subject_token: subject,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    actor_token: actor,
    actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: 'orders',
    scope: 'orders.read',
  });
});

test('an exchanged token is used no longer than its subject is valid', async () => {
  const server = await startServer();
  const subject = await signToken({ sub: 'alice', exp: Math.floor(Date.now() / 1_000) + 60 });

  const token = await create(app(server, { grant: { type: 'token_exchange', subjectToken: () => subject } }));

  expect(token.status().validForMs).toBeGreaterThan(0);
  expect(token.status().validForMs).toBeLessThanOrEqual(60_000);
});

test('a JWT is the grant: one of another party, and one that is signed here', async () => {
  const server = await startServer();
  const foreign = await signToken({ sub: 'alice', aud: server.issuerUrl });

  const tokens = [
    await create(app(server, { grant: { type: 'jwt_bearer', assertion: () => foreign } })),
    await create(
      app(server, {
        grant: { type: 'jwt_bearer', privateKey: platformKey.privateKey.export({ format: 'jwk' }), subject: 'bob' },
      }),
    ),
  ];

  const owners = tokens.map((token) => server.owner(token.read().unwrap().secret.expose()));
  expect(owners).toEqual(['alice', 'bob']);
});

test('a thousand requests of fifty users make fifty exchanges, and each gets the token of its user', async () => {
  const server = await startServer();
  const pool = TokenPool.create(app(server)).unwrap();
  const users = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => ({
      name: `user-${index}`,
      token: await signToken({ sub: `user-${index}` }),
    })),
  );

  const got = await Promise.all(
    Array.from({ length: 1_000 }, async (_, index) => {
      const user = users[index % 50];
      const handle = pool.onBehalfOf(user?.token ?? '', { scopes: ['orders.read'] }).unwrap();
      return { user: user?.name, value: (await handle.get()).unwrap().secret.expose() };
    }),
  );

  const owners = got.map(({ value }) => server.owner(value));
  expect(owners).toEqual(got.map(({ user }) => user));
  expect(server.forms).toHaveLength(50);
});

test('while the server is down, exchanged tokens that are valid are served, and one that is refused is an error of its user', async () => {
  const server = await startServer();
  const pool = TokenPool.create(app(server)).unwrap();
  const alice = await signToken({ sub: 'alice' });
  const forged = `${alice.slice(0, -4)}AAAA`;
  await pool.onBehalfOf(alice).unwrap().get();

  const refused = await pool.onBehalfOf(forged).unwrap().get();
  server.setDown(true);
  const served = await pool.onBehalfOf(alice).unwrap().get();

  expect(served.isOk()).toBe(true);
  expect(refused.isErr() && refused.error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_grant' });
  expect(inspect(refused, { depth: 9 }) + JSON.stringify(refused)).not.toContain(alice.split('.')[2]?.slice(0, 20));
});

test('two purposes of a user are two exchanges, and a pool evicts what is used least', async () => {
  const server = await startServer();
  const pool = TokenPool.create(app(server), { max: 2 }).unwrap();
  const alice = await signToken({ sub: 'alice' });

  for (const scope of ['orders.read', 'orders.write', 'orders.read'])
    await pool
      .onBehalfOf(alice, { scopes: [scope] })
      .unwrap()
      .get();
  await pool
    .onBehalfOf(await signToken({ sub: 'bob' }))
    .unwrap()
    .get();

  expect(server.forms.map((form) => form['scope'])).toEqual(['orders.read', 'orders.write', undefined]);
  expect(pool.size).toBe(2);
});

test('an exchanged token is not renewed by a timer', async () => {
  const server = await startServer();
  const clock = virtualClock({ startAt: Date.now() });
  const pool = TokenPool.create(app(server, { clock })).unwrap();

  await pool
    .onBehalfOf(await signToken({ sub: 'alice' }))
    .unwrap()
    .get();

  expect(clock.pending).toBe(0);
});
