import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import type { TokenError } from '../../src/errors.ts';
import { Token } from '../../src/token/token.ts';
import { canary, clientSecret, configFor, fakeIssuer, grant, refuse, tokenFrom } from '../fake-issuer.ts';
import type { Reply } from '../fake-issuer.ts';

const good = { access_token: 'at_CANARY_1', token_type: 'Bearer', expires_in: 60 };

/** The error of a token whose every request is answered like this. */
async function failWith(reply: Reply): Promise<TokenError> {
  const created = await Token.create(configFor(fakeIssuer(reply, reply, reply)));
  return created.unwrapErr();
}

const answer =
  (body: string | null, status = 200, contentType = 'application/json'): Reply =>
  () =>
    new Response(body, { status, headers: { 'content-type': contentType } });

test.each<[string, Record<string, unknown>]>([
  ['no access_token', { access_token: undefined }],
  ['an empty access_token', { access_token: '' }],
  ['a number for access_token', { access_token: 5 }],
  ['a space in access_token', { access_token: 'at_CANARY 1' }],
  ['a line break in access_token', { access_token: 'at_CANARY\r\nx: y' }],
  ['beyond ASCII in access_token', { access_token: 'at_CANARY_é' }],
  ['a list for token_type', { token_type: ['Bearer'] }],
  ['rubbish after the digits of expires_in', { expires_in: '3600abc' }],
  ['a negative expires_in', { expires_in: -1 }],
  ['an empty expires_in', { expires_in: '' }],
  ['true for expires_in', { expires_in: true }],
  ['a list for expires_in', { expires_in: [60] }],
  ['two points in expires_in', { expires_in: '36.0.0' }],
  ['a list for scope', { scope: ['a'] }],
  ['an error with status 200', { error: 'invalid_client' }],
])('%s is not usable as a token', async (_, changes) => {
  const error = await failWith(answer(JSON.stringify({ ...good, ...changes })));

  expect(error.code).toBe('INVALID_TOKEN_RESPONSE');
  expect(error).toHideSecrets(canary);
});

test.each<[string, Reply]>([
  ['text', answer('at_CANARY_1', 200, 'application/json')],
  ['half a document', answer('{"access_token":"at_CANARY_1', 200)],
  ['a list', answer('["at_CANARY_1"]')],
  ['null', answer('null')],
  ['nothing', answer('')],
  ['HTML', answer('<p>at_CANARY_1</p>', 200, 'text/html')],
  ['JSON that says it is a form', answer(JSON.stringify(good), 200, 'application/x-www-form-urlencoded')],
  ['no content', () => new Response(null, { status: 204 })],
  ['created', answer(JSON.stringify(good), 201)],
  ['2 MiB', answer(`{"access_token":"at_CANARY_${'x'.repeat(2 * 1024 * 1024)}"}`)],
  ['a token in the prototype', answer('{"__proto__":{"access_token":"at_CANARY_1"}}')],
])('a response of %s is not usable as a token', async (_, reply) => {
  const error = await failWith(reply);

  expect(error).toMatchObject({ code: 'INVALID_TOKEN_RESPONSE', retryable: true });
  expect(error.message).toContain('https://as.example');
  expect(error).toHideSecrets(canary);
});

test.each(['DPoP', 'mac', ''])('a token of type %j is not presented as a bearer token', async (type) => {
  const error = await failWith(grant('at_CANARY_1', { token_type: type }));

  expect(error.code).toBe('UNSUPPORTED_TOKEN_TYPE');
  expect(error).toHideSecrets(canary);
});

test.each(['bearer', 'BEARER', undefined])('a token of type %j is a bearer token', async (type) => {
  const token = await tokenFrom(fakeIssuer(grant('at_CANARY_1', { token_type: type })));

  expect(token.read().unwrap().authorization()).toBe('Bearer at_CANARY_1');
});

test.each([
  [60, 60_000],
  ['60', 60_000],
  ['60.0', 60_000],
  ['0.25', 250],
  [0.5, 500],
  [undefined, 300_000],
  [null, 300_000],
  [1e12, 365 * 24 * 3_600_000],
])('expires_in %j gives the token %d ms', async (seconds, lifetimeMs) => {
  const token = await tokenFrom(fakeIssuer(grant('at_CANARY_1', { expires_in: seconds })));

  const { issuedAt, expiresAt } = token.read().unwrap();

  expect(expiresAt - issuedAt).toBe(lifetimeMs);
});

test.each([
  [undefined, ['a', 'b']],
  [null, ['a', 'b']],
  ['a', ['a']],
  [' a  c ', ['a', 'c']],
  ['', []],
  ['a \u001b[2J c\nd', ['a']],
])('a granted scope of %j is read as %j', async (scope, scopes) => {
  const token = await tokenFrom(fakeIssuer(grant('at_CANARY_1', { scope })), { scopes: ['a', 'b'] });

  expect(token.read().unwrap().scopes).toEqual(scopes);
});

test.each([
  [400, 'invalid_request', false],
  [400, 'invalid_scope', false],
  [400, 'unsupported_grant_type', false],
  [401, 'invalid_client', false],
  [503, 'temporarily_unavailable', true],
])("%d %s is reported with the server's description", async (status, code, retryable) => {
  const error = await failWith(refuse(status, { error: code, error_description: 'Ask the operator.' }));

  expect(error).toMatchObject({
    code: 'TOKEN_HTTP',
    status,
    retryable,
    oauthError: code,
    oauthErrorDescription: 'Ask the operator.',
  });
  const [words] = error.message.split('. Check ');
  expect(words).toBe(`No token: https://as.example/token answered ${status}: ${code} (Ask the operator.)`);
});

const encoded = (secret: string): string => secret.replaceAll(/./g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);

test.each<[unknown, string | undefined]>([
  [`the secret ${clientSecret} is wrong`, 'the secret [REDACTED] is wrong'],
  [`the secret ${encoded(clientSecret)} is wrong`, 'the secret [REDACTED] is wrong'],
  [`got Basic ${btoa(`svc:${clientSecret}`)}`, 'got Basic [REDACTED]'],
  [`got ${'k'.repeat(64)}`, 'got [REDACTED]'],
  ['quote " inside', 'quote " inside'],
  ['line\r\nbreak\u001b[2J\u202e', 'line break [2J'],
  ['  ', undefined],
  [5, undefined],
  [null, undefined],
  ['a b '.repeat(100), `${'a b '.repeat(75)}…`],
])('the description %j is shown as %j', async (words, shown) => {
  const error = await failWith(refuse(401, { error: 'invalid_client', error_description: words }));

  expect(error).toMatchObject({ oauthError: 'invalid_client', oauthErrorDescription: shown });
  expect(error).toHideSecrets(canary);
});

test("Entra's description keeps its error number and is cut", async () => {
  const description =
    "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '00000000-0000-4000-8000-000000000001'.\r\nTrace ID: 00000000-0000-4000-8000-000000000002\r\nCorrelation ID: 00000000-0000-4000-8000-000000000003\r\nTimestamp: 2026-11-27 00:00:00Z";

  const error = await failWith(refuse(401, { error: 'invalid_client', error_description: description }));

  expect(error.message).toContain('(AADSTS7000215: Invalid client secret provided. ');
  expect(error.message).not.toMatch(/[\r\n]/);
});

test.each([400, 401, 200])('an error member that repeats the secret is not shown, with status %d', async (status) => {
  const echoes = [clientSecret, `bad client_secret ${clientSecret}`, `x.${clientSecret}`, 'a sentence', 'x'.repeat(61)];
  for (const echo of echoes) {
    const error = await failWith(refuse(status, { error: echo, error_description: echo }));

    expect(error).toHideSecrets(canary);
    expect(error).toMatchObject({ oauthError: undefined });
  }
});

test.each<[number, unknown, string]>([
  [401, { error: 'invalid_client' }, 'Check clientId, the secret or key, and clientAuthMethod'],
  [401, { error: 'unauthorized_client' }, 'Check clientId, the secret or key, and clientAuthMethod'],
  [401, { error: 'access_denied' }, 'Check clientId, the secret or key, and clientAuthMethod'],
  [401, '', 'Check clientId, the secret or key, and clientAuthMethod'],
  [403, '', 'Check clientId, the secret or key, and clientAuthMethod, and whether a gateway'],
  [403, { message: 'Forbidden' }, 'Check clientId, the secret or key, and clientAuthMethod, and whether a gateway'],
  [403, { error: 'access_denied' }, 'Check audience and scopes'],
  [403, { error: 'unauthorized_client' }, 'does not allow it the client credentials grant'],
  [400, { error: 'unauthorized_client' }, 'does not allow it the client credentials grant'],
  [404, '<h1>Not found</h1>', 'Check issuerUrl or tokenEndpoint'],
  [405, '', 'Check issuerUrl or tokenEndpoint'],
  [308, '', 'Check issuerUrl or tokenEndpoint'],
])('%d with %j says which setting to check', async (status, body, remedy) => {
  const reply: Reply = () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

  expect((await failWith(reply)).message).toContain(remedy);
});

test.each([400, 401, 403, 404, 500])('a %d with a huge body is that status, not "too large"', async (status) => {
  const error = await failWith(() => new Response('x'.repeat(3 * 1024 * 1024), { status }));

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', status, oauthError: undefined });
});

test('a description of 64 KiB is read in linear time', async () => {
  const timed = async (text: string): Promise<void> => {
    const error = await failWith(refuse(400, { error: 'invalid_request', error_description: text }));
    expect(error).toMatchObject({ oauthError: 'invalid_request' });
  };
  for (const piece of ['a', ' ', '=', '\r\n', 'a '.repeat(2), '&#x41;']) {
    await timed(piece.repeat(65_536 / piece.length));
  }
});

test('a token type that the config declares to mean Bearer is a bearer token', async () => {
  const token = await tokenFrom(fakeIssuer(grant('at_CANARY_1', { token_type: 'BearerToken' })), {
    bearerTokenTypes: ['bearertoken'],
  });

  expect(token.read().unwrap().authorization()).toBe('Bearer at_CANARY_1');
});

test.each<[string, unknown]>([
  ['a type that needs a proof', ['DPoP']],
  ['text', 'BearerToken'],
  ['a list of numbers', [1]],
])('%s cannot be declared to mean Bearer', async (_, value) => {
  const issuer = fakeIssuer();

  const created = await Token.create(configFor(issuer, { bearerTokenTypes: value as string[] }));

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'bearerTokenTypes' });
  expect(issuer.asked).toHaveLength(0);
});

test.each([301, 302, 307, 308])('a redirect (%d) of the token request is not followed', async (status) => {
  const issuer = fakeIssuer(() => new Response(null, { status, headers: { location: 'https://evil.example/' } }));

  const created = await Token.create(configFor(issuer));

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status });
  expect(issuer.asked).toHaveLength(1);
  expect(issuer.discoveries).toBe(0);
});

test('the query of the endpoint is in no message', async () => {
  const fetch: typeof globalThis.fetch = async () => new Response(null, { status: 400 });
  const tokenEndpoint = 'https://as.example/token?key=CANARY';

  const created = await Token.create(configFor(fakeIssuer(), { fetch, tokenEndpoint }));

  expect(created.unwrapErr()).toHideSecrets(canary);
});

test('a response that breaks off is UNAVAILABLE', async () => {
  const reply: Reply = () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error('at_CANARY_1')) });
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  };

  const error = await failWith(reply);

  expect(error.code).toBe('TOKEN_UNAVAILABLE');
  expect(error).toHideSecrets(canary);
});

test('a refusal whose reason phrase no Response may have is a refusal', async () => {
  const odd = (): Response =>
    Object.defineProperty(Response.json({ error: 'invalid_client' }, { status: 401 }), 'statusText', {
      value: 'Отказ',
    });

  expect(await failWith(odd)).toMatchObject({ code: 'TOKEN_HTTP', status: 401, oauthError: 'invalid_client' });
});
