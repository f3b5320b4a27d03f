import { chmodSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import { generateKeyPairSync } from 'node:crypto';
import { createClient } from '@bearings/client';
import { fakeApi, fakeIssuer, virtualClock } from '@bearings/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { googleServiceAccount } from '../../src/grants/google-service-account.ts';
import type { GrantConfig } from '../../src/grants/grant-config.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import { memoryTokenStore } from '../../src/store/index.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { TokenPool } from '../../src/token/token-pool.ts';
import { projectedFile, signToken } from './platform.ts';

const base = { tokenEndpoint: 'https://id.test/token', clientId: 'svc' };

/** A network that answers every token request, and remembers the forms. */
function network() {
  const forms: URLSearchParams[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    forms.push(new URLSearchParams(await new Request(input, init).text()));
    return Response.json({ access_token: `at-${forms.length}`, token_type: 'Bearer', expires_in: 3_600 });
  };
  return { forms, fetch };
}

test.each<[string, string | undefined, string]>([
  ['is missing', undefined, 'cannot be read (ENOENT)'],
  ['is empty', '', 'is empty'],
  ['was written in part', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOi', 'is not a complete JWT'],
  ['holds something else', 'not a token', 'is not a complete JWT'],
  ['was cut before the signature', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzdmMifQ', 'is not a complete JWT'],
])('an assertion file that %s is named, and nothing is sent', async (_, content, problem) => {
  const { fetch, forms } = network();
  const { file } = projectedFile(content ?? '');
  if (content === undefined) rmSync(file);

  const token = await Token.create({ ...base, fetch, clientAssertion: { file } });

  expect(token.isErr() && token.error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientAssertion' });
  expect(token.isErr() && token.error.message).toContain(problem);
  expect(forms).toEqual([]);
});

test('an assertion that has expired is read once more, and then named with its end', async () => {
  const { fetch, forms } = network();
  const clock = virtualClock();
  const expired = await signToken({ sub: 'svc', exp: Math.floor(clock.now() / 1_000) - 1 });
  const fresh = await signToken({ sub: 'svc', exp: Math.floor(clock.now() / 1_000) + 60 });
  const { file, replace } = projectedFile(expired);

  const first = Token.create({ ...base, fetch, clock, clientAssertion: { file } });
  await expect.poll(() => clock.waits.includes(100)).toBe(true);
  await clock.advance(100);
  const failed = await first;
  const second = Token.create({ ...base, fetch, clock, clientAssertion: { file } });
  await expect.poll(() => clock.waits.includes(100)).toBe(true);
  replace(fresh);
  await clock.advance(100);

  expect(failed.isErr() && failed.error.message).toContain('clientAssertion has expired at 2026-11-06T11:59:59.000Z');
  expect((await second).isOk()).toBe(true);
  expect(forms.map((form) => form.get('client_assertion'))).toEqual([fresh]);
  expect(inspect(failed, { depth: 9 })).not.toContain(expired.split('.')[2]);
});

test('a file that other accounts can read is refused unless it is allowed', async () => {
  const { fetch, forms } = network();
  const { file } = projectedFile(await signToken({ sub: 'svc' }));
  chmodSync(file, 0o644);

  const refused = await Token.create({ ...base, fetch, clientAssertion: { file } });
  const allowed = await Token.create({ ...base, fetch, clientAssertion: { file, readableByOthers: true } });

  expect(refused.isErr() && refused.error.message).toContain(
    'can be read by every account of this machine: chmod 600 it',
  );
  expect(allowed.isOk()).toBe(true);
  expect(forms).toHaveLength(1);
  await allowed.unwrap().close();
});

test('a file that other accounts can write is refused, whatever is allowed', async () => {
  const { fetch, forms } = network();
  const { file } = projectedFile(await signToken({ sub: 'svc' }));
  chmodSync(file, 0o602);

  const refused = await Token.create({ ...base, fetch, clientAssertion: { file, readableByOthers: true } });

  expect(refused.isErr() && refused.error.message).toContain('can be written by every account of this machine');
  expect(forms).toEqual([]);
});

test('another type of assertion is sent as it is named', async () => {
  const { fetch, forms } = network();
  const { file } = projectedFile(await signToken({ sub: 'svc' }));
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';

  const token = await Token.create({ ...base, fetch, clientAssertion: { file, type } });

  expect(forms[0]?.get('client_assertion_type')).toBe(type);
  await token.unwrap().close();
});

test('a failed function is an outage without its words, and a server that quotes the assertion is not quoted', async () => {
  const secret = await signToken({ sub: 'svc' });
  const quoting: typeof fetch = async () =>
    Response.json({ error: 'invalid_client', error_description: `bad ${secret}` }, { status: 401 });

  const failed = await Token.create({
    ...base,
    clientAssertion: () => {
      throw new Error(`cannot use ${secret}`);
    },
  });
  const quoted = await Token.create({ ...base, fetch: quoting, clientAssertion: () => secret });

  expect(failed.isErr() && failed.error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', kind: 'transient' });
  expect(inspect([failed, quoted], { depth: 9 })).not.toContain(secret.split('.')[2]?.slice(0, 30));
});

test.each<[string, Partial<TokenConfig>, string]>([
  [
    'two proofs',
    { clientSecret: 's', clientAssertion: { file: 'x' } },
    'clientSecret and clientAssertion are both set',
  ],
  ['no file', { clientAssertion: {} as never }, 'clientAssertion must be { file } or a function'],
  ['a wrong type', { clientAssertion: { file: 'x', type: 'jwt' } }, 'clientAssertion must have a type that is a URN'],
  [
    'a wrong method',
    { clientAssertion: { file: 'x' }, clientAuthMethod: 'client_secret_basic' },
    'clientSecret must not be empty',
  ],
  [
    'an unknown grant',
    { grant: { type: 'password' } as never },
    "grant.type must be 'client_credentials', 'token_exchange'",
  ],
  [
    'a misspelt field',
    { grant: { type: 'token_exchange', subjecttoken: () => 'x' } as never },
    'Did you mean subjectToken?',
  ],
  ['no subject', { grant: { type: 'token_exchange' } as never }, 'grant.subjectToken must be { file } or a function'],
  [
    'a wrong type of token',
    { grant: { type: 'token_exchange', subjectToken: () => 'x', subjectTokenType: 'opaque' as never } },
    'must be a URI, or one of access_token',
  ],
  ['no JWT and no key', { grant: { type: 'jwt_bearer' } }, 'takes one of assertion and privateKey'],
  [
    'a subject beside a JWT',
    { grant: { type: 'jwt_bearer', assertion: () => 'x', subject: 'a' } },
    'grant.subject has no effect with assertion',
  ],
  [
    'a claim of its own',
    { grant: { type: 'jwt_bearer', privateKey: pem(), claims: { exp: 1 } } },
    'contains exp, which has its own setting',
  ],
  [
    'a parameter of a grant',
    { extraParams: { subject_token: 'x' } },
    'contains subject_token, which has its own setting',
  ],
  [
    'a store',
    { ...sharing(), grant: { type: 'token_exchange', subjectToken: () => 'x' } },
    'replicas would share them',
  ],
])('a config with %s is refused before anything is sent', async (_, changes, message) => {
  const { fetch, forms } = network();
  const given: TokenConfig = { ...base, fetch, clientAuthMethod: 'none', ...changes };
  const { clientAuthMethod, ...others } = given;
  const isProof = 'clientAssertion' in changes && !('clientAuthMethod' in changes);

  const token = await Token.create(isProof ? others : { ...others, ...(clientAuthMethod && { clientAuthMethod }) });

  expect(token.isErr() && token.error.message).toContain(message);
  expect(forms).toEqual([]);
});

function pem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

function sharing(): Partial<TokenConfig> {
  return { store: memoryTokenStore(), storeKeys: { current: 'k', keys: { k: new Uint8Array(32).fill(1) } } };
}

test('an opaque subject is exchanged, and an empty one is not', async () => {
  const { fetch, forms } = network();
  const exchange = (subject: string): Promise<unknown> =>
    Token.create({
      ...base,
      fetch,
      clientAuthMethod: 'none',
      grant: { type: 'token_exchange', subjectToken: () => subject },
    });

  const [opaque, empty] = [await exchange('opaque-1'), await exchange('  ')];

  expect(opaque).toMatchObject({ value: expect.anything() });
  expect(inspect(empty)).toContain('grant.subjectToken is empty');
  expect(forms.map((form) => form.get('subject_token'))).toEqual(['opaque-1']);
});

test('a service-account key of Google is used as it is downloaded', async () => {
  const { fetch, forms } = network();
  const key = {
    type: 'service_account',
    project_id: 'shop',
    private_key_id: 'kid-1',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2_048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    client_email: 'svc@shop.iam.gserviceaccount.com',
    client_id: '1234',
    token_uri: 'https://oauth2.googleapis.com/token',
  };
  const scopes = ['https://www.googleapis.com/auth/cloud-platform'];

  const token = await Token.create({ ...googleServiceAccount(key, { scopes, subject: 'alice@shop.example' }), fetch });

  const assertion = forms[0]?.get('assertion') ?? '';
  expect(token.isOk()).toBe(true);
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion,
  });
  expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid-1' });
  expect(decodeJwt(assertion)).toMatchObject({
    iss: key.client_email,
    sub: 'alice@shop.example',
    aud: key.token_uri,
    scope: scopes[0],
  });
  expect(inspect(token, { depth: 9, showHidden: true })).not.toContain(assertion.split('.')[2]);
  await token.unwrap().close();
});

test.each([
  [null, 'must be the content of a service-account key file'],
  [{ type: 'authorized_user' }, 'whose type is service_account'],
  [{ type: 'service_account', client_email: 'a', private_key: 'PRIVATE' }, 'has no token_uri: use the key file'],
])('a key file %j is refused without its content', (key, message) => {
  const act = (): unknown => googleServiceAccount(key, { scopes: [] });

  expect(act).toThrow(message);
  expect(act).toThrow(expect.not.stringContaining('PRIVATE') as Error);
});

test.each<[unknown, string]>([
  ['', 'must not be empty: the incoming request has no token'],
  [undefined, 'must be a string, not undefined'],
  ['Bearer abc', "must be the token alone, without 'Bearer'"],
  ['a b', 'has characters that no token has'],
])('a subject %j is refused', (subject, message) => {
  const pool = TokenPool.create({ ...base, clientSecret: 's' }).unwrap();

  const handle = pool.onBehalfOf(subject as string);

  expect(handle.isErr() && handle.error.message).toContain(message);
  expect(pool.size).toBe(0);
});

test('a layer chooses the token of each call, also with a Result, and rotates the one that was rejected', async () => {
  const issuer = fakeIssuer();
  const api = fakeApi(issuer, { 'GET /': () => ({}) });
  const pool = TokenPool.create({ ...issuer.credentials, fetch: issuer.fetch }).unwrap();
  const choose = withBearerAuth((_call, request) => pool.for({ tenant: request.headers.get('x-tenant') ?? '' }));
  const client = createClient({ baseUrl: api.origin, fetch: api.fetch, retry: 0 }, choose);

  for (const tenant of ['a', 'b', 'a']) await client.get('', { headers: { 'x-tenant': tenant } });
  issuer.revoke();
  const after = await client.get('', { headers: { 'x-tenant': 'b' } });

  expect(after.status).toBe(200);
  expect(issuer.counts.token).toBe(3);
});

test('an error of the choice is thrown, and something else than a handle is refused', async () => {
  const pool = TokenPool.create({ ...base, clientSecret: 's' }).unwrap();
  const options = { baseUrl: 'https://api.test', retry: 0 };
  const empty = createClient(
    options,
    withBearerAuth(() => pool.onBehalfOf('')),
  );
  const wrong = createClient(
    options,
    withBearerAuth(() => 'token' as never),
  );

  await expect(empty.get('x')).rejects.toMatchObject({ code: 'TOKEN_CONFIG', field: 'subjectToken' });
  await expect(wrong.get('x')).rejects.toThrow('The function must return a token handle, or a Result of one');
});

test('a grant for the client itself is the default, and takes nothing else', async () => {
  const { fetch, forms } = network();
  const explicit = await Token.create({
    ...base,
    fetch,
    clientAuthMethod: 'none',
    grant: { type: 'client_credentials' },
  });
  const more = { type: 'client_credentials', scopes: [] } as GrantConfig;
  const wrong = await Token.create({ ...base, fetch, clientAuthMethod: 'none', grant: more });

  expect(explicit.isOk()).toBe(true);
  expect(forms[0]?.get('grant_type')).toBe('client_credentials');
  expect(wrong.isErr() && wrong.error.message).toContain('scopes is not an option of grant client_credentials');
});

test('an answer whose token type is not applicable is taken when another type was requested', async () => {
  const fetch: typeof globalThis.fetch = async () =>
    Response.json({ access_token: 'an.id.token', token_type: 'N_A', expires_in: 60 });
  const exchange = (more: object): ReturnType<typeof Token.create> =>
    Token.create({
      ...base,
      fetch,
      clientSecret: 's',
      grant: { type: 'token_exchange', subjectToken: () => 'subject', ...more },
    });

  const [requested, other] = [await exchange({ requestedTokenType: 'id_token' }), await exchange({})];

  expect(requested.unwrap().read().unwrap().secret.expose()).toBe('an.id.token');
  expect(other.isErr() && other.error.code).toBe('UNSUPPORTED_TOKEN_TYPE');
  await requested.unwrap().close();
});

test('the audience of the config is that of a function, too', async () => {
  const { fetch } = network();
  const audiences: string[] = [];
  const token = await Token.create({
    ...base,
    fetch,
    assertionAudience: 'https://sts.example',
    clientAssertion: ({ audience }) => {
      audiences.push(audience);
      return signToken({ sub: 'svc' });
    },
  });

  expect(audiences).toEqual(['https://sts.example']);
  await token.unwrap().close();
});

test.each<[string, GrantConfig | undefined, string]>([
  ['client credentials', undefined, 'this server does not offer the client credentials grant'],
  [
    'a token exchange',
    { type: 'token_exchange', subjectToken: () => 'token-of-alice' },
    'this server does not offer token exchange (RFC 8693)',
  ],
  [
    'an assertion',
    { type: 'jwt_bearer', assertion: async () => signToken({ sub: 'alice' }) },
    'this server does not offer the JWT bearer grant (RFC 7523)',
  ],
])('a refusal of %s names the grant that was sent', async (_, grant, remedy) => {
  const fetch = async (): Promise<Response> => Response.json({ error: 'unsupported_grant_type' }, { status: 400 });

  const token = await Token.create({ ...base, clientSecret: 's', fetch, ...(grant && { grant }) });

  expect(token.isErr() && token.error.message).toContain(remedy);
});
