import { expect, test } from 'vitest';
import { caught } from '../../client/test/caught.ts';
import { readMetadata } from '../src/metadata.ts';
import type { ServerMetadata } from '../src/metadata.ts';

const issuerUrl = 'https://as.example';
const url = 'https://as.example/.well-known/openid-configuration';
const good = { issuer: issuerUrl, token_endpoint: 'https://as.example/token' };

function read(body: unknown, { insecureHttp = false, type = 'application/json' } = {}): Promise<ServerMetadata> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = new Response(text, { headers: { 'content-type': type } });
  return readMetadata(response, { issuerUrl, insecureHttp, url });
}

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])('%s is read', async (type) => {
  expect((await read(good, { type })).token_endpoint).toBe('https://as.example/token');
});

test.each([
  'https://as.example/',
  'https://AS.example',
  'https://as.example:443',
  'https://evil.example',
  'HTTPS://as.example',
])('metadata of %s is not that of https://as.example', async (issuer) => {
  const error = await caught(() => read({ ...good, issuer }));

  expect(error).toMatchObject({ code: 'ISSUER_MISMATCH', expected: issuerUrl });
  expect(error.message).toContain(url);
  expect(error.message).toContain(JSON.stringify(issuer));
});

test.each([
  ['http', 'http://as.example/token'],
  ['a user', 'https://u:CANARY@as.example/token'],
  ['a fragment', 'https://as.example/token#CANARY'],
  ['a script', 'javascript:alert("CANARY")'],
  ['a relative path', '/token'],
  ['nothing', undefined],
  ['a number', 5],
  ['null', null],
])('a token endpoint with %s is not usable', async (_, endpoint) => {
  const error = await caught(() => read({ ...good, token_endpoint: endpoint }));

  expect(error).toMatchObject({ code: 'INVALID_METADATA', url });
  expect(error.message).toContain(url);
  expect(error.message).not.toContain('CANARY');
});

test('an http token endpoint is taken on loopback, and where it was allowed', async () => {
  const loopback = await read({ ...good, token_endpoint: 'http://127.0.0.1:1/token' });
  const allowed = await read({ ...good, token_endpoint: 'http://as.internal/token' }, { insecureHttp: true });

  expect(loopback.token_endpoint).toBe('http://127.0.0.1:1/token');
  expect(allowed.token_endpoint).toBe('http://as.internal/token');
});

test.each(['CANARY', '{"issuer":"CANARY', '[]', 'null', '', '{}', '{"issuer":5}'])(
  'a document of %j is not usable, and is not quoted',
  async (text) => {
    const error = await caught(() => read(text));

    expect(error).toMatchObject({ code: 'INVALID_METADATA', url });
    expect(error.message).not.toContain('CANARY');
    expect(error.cause).toBeUndefined();
  },
);

test('a document that is not JSON by its type is not usable', async () => {
  expect(await caught(() => read(good, { type: 'text/html' }))).toMatchObject({ code: 'INVALID_METADATA' });
});

test.each(['client_secret_post', [5], {}])('%j is no list of authentication methods', async (methods) => {
  const error = await caught(() => read({ ...good, token_endpoint_auth_methods_supported: methods }));

  expect(error).toMatchObject({ code: 'INVALID_METADATA' });
});

test('what is in the prototype of a document is not in the document', async () => {
  const text = `{"issuer":"${issuerUrl}","__proto__":{"token_endpoint":"https://evil.example/token"}}`;

  const error = await caught(() => read(text));

  expect(error).toMatchObject({ code: 'INVALID_METADATA' });
  expect(Reflect.get({}, 'token_endpoint')).toBeUndefined();
});
