import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { clientSecret, golden, openShop } from './shop.ts';

test('a token that is revoked amid a run costs one 401, and no record', async () => {
  await using shop = await openShop();
  shop.api.onRequest((_request, _response, count) => {
    if (count === 6) shop.provider.revokeAll();
    return undefined;
  });

  const { error } = await shop.pull();

  expect([error, new Set(shop.output().split('\n')).size]).toEqual([undefined, 65]);
  expect([shop.api.rejected, shop.provider.tokenRequests]).toEqual([1, 2]);
});

test('a token that is turned away twice ends the run, and the message says so', async () => {
  await using shop = await openShop();
  shop.api.onRequest((_request, response, count) => {
    if (count < 3) return undefined;
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token", error_description="wrong audience"' });
    response.end('{"message":"not for me"}');
    return true;
  });

  const ended = await shop.run();

  expect([ended.code, golden(ended.stderr, shop)]).toEqual([
    1,
    `✗ shop: orders, page 3: https://api answered 401 (HTTP_STATUS)
    The API turns the token away, also a new one: look at spec.source.oauth.scopes and audience
    challenge: Bearer error="invalid_token", error_description="wrong audience"
    answer: {"message":"not for me"}
    kept: 10 records of 2 pages; the same command goes on after them`,
  ]);
  expect([shop.api.requests, shop.provider.tokenRequests]).toEqual([4, 2]);
});

const says =
  (status: number, body: string, type = 'application/json'): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);

const unusable = (reason: string): string =>
  `orders, page 1: no token: The response of https://id/token is not usable as a token: ${reason} (INVALID_RESPONSE)`;

interface Refusal {
  readonly oauth?: object;
  readonly answer?: RequestListener;
  readonly said: readonly string[];
}

test.each<[string, Refusal]>([
  [
    'a scope that the client may not have',
    {
      oauth: { scopes: ['shop.write'] },
      said: [
        'orders, page 1: no token: https://id/token answered 400: invalid_scope (requested scope is not allowed). ' +
          'Check scopes: the server does not know one of them, or does not allow it to this client (HTTP)',
        'field: spec.source.oauth.scopes',
        'status: 400',
        'answer: {"error":"invalid_scope","error_description":"requested scope is not allowed","scope":"shop.write"}',
      ],
    },
  ],
  [
    'a client that the provider does not know',
    {
      oauth: { clientId: 'connectro' },
      said: [
        'orders, page 1: no token: https://id/token answered 401: invalid_client (client authentication failed). ' +
          'Check clientId, the secret or key, and clientAuthMethod (HTTP)',
        'field: spec.source.oauth.clientId, spec.source.oauth.clientSecretRef, spec.source.oauth.clientAuthMethod',
        'status: 401',
        'answer: {"error":"invalid_client","error_description":"client authentication failed"}',
      ],
    },
  ],
  [
    'a page in place of a token',
    {
      answer: says(200, '<html><body>Maintenance</body></html>', 'text/html'),
      said: [
        unusable('its content-type is not application/json'),
        'field: spec.source.oauth.tokenUrl',
        'status: 200',
        'answer: <html><body>Maintenance</body></html>',
      ],
    },
  ],
  [
    'garbage',
    {
      answer: says(200, '}{'),
      said: [unusable('it is not a JSON object'), 'field: spec.source.oauth.tokenUrl', 'status: 200', 'answer: }{'],
    },
  ],
  [
    'a token under another name',
    {
      answer: says(200, '{"token":"t-0-p-s-e-c-r-e-t","expires_in":60}'),
      said: [
        unusable('access_token is missing'),
        'field: spec.source.oauth.tokenUrl',
        'status: 200',
        'answer: {"token":"[REDACTED]","expires_in":60}',
      ],
    },
  ],
  [
    'a lifetime that is none',
    {
      answer: says(200, '{"access_token":"a.b","token_type":"Bearer","expires_in":"soon"}'),
      said: [
        unusable('expires_in is not a number of seconds'),
        'field: spec.source.oauth.tokenUrl',
        'status: 200',
        'answer: {"access_token":"[REDACTED]","token_type":"Bearer","expires_in":"soon"}',
      ],
    },
  ],
  [
    'an answer that repeats the secret',
    {
      answer: says(400, `{"error":"invalid_request","you_sent":"${clientSecret}"}`),
      said: [
        'orders, page 1: no token: https://id/token answered 400: invalid_request (HTTP)',
        'field: spec.source.oauth.tokenUrl',
        'status: 400',
        'answer: {"error":"invalid_request","you_sent":"[REDACTED]"}',
      ],
    },
  ],
  [
    'an error of a proxy',
    {
      answer: says(502, 'upstream\n\u001b[31mfailed', 'text/plain'),
      said: [
        'orders, page 1: no token: https://id/token answered 502 (HTTP)',
        'field: spec.source.oauth.tokenUrl',
        'status: 502',
        'answer: upstream [31mfailed',
      ],
    },
  ],
])('why there is no token is said with field, status and answer: %s', async (_what, { oauth, answer, said }) => {
  await using shop = await openShop();
  await shop.describe({ oauth: { ...shop.source.oauth, ...oauth } });
  shop.provider.replaceBy(answer);

  const { error } = await shop.pull();

  const lines = [error?.message, ...(error?.details ?? [])].map((line) => golden(line ?? '', shop));
  expect(lines).toEqual([...said, 'kept: nothing yet']);
  expect([error?.code, shop.api.requests]).toEqual(['EXTRACTION', 0]);
  expect(error).toHideSecrets(clientSecret);
});

test('a provider that cannot be reached is named, and there is no answer to show', async () => {
  await using shop = await openShop();
  shop.provider.replaceBy((request) => void request.socket.destroy());

  const { error } = await shop.pull();

  expect(golden([error?.message, ...(error?.details ?? [])].join('\n'), shop)).toBe(
    `orders, page 1: no token: No answer from https://id: other side closed (UND_ERR_SOCKET) (UNAVAILABLE)
field: spec.source.oauth.tokenUrl
kept: nothing yet`,
  );
});

test('the command ends with 1 and says why, without the secret', async () => {
  await using shop = await openShop();
  shop.provider.replaceBy(says(400, `{"error":"invalid_grant","error_description":"not ${clientSecret}"}`));

  const { code, stderr } = await shop.run();

  expect([code, golden(stderr, shop)]).toEqual([
    1,
    `✗ shop: orders, page 1: no token: https://id/token answered 400: invalid_grant (HTTP)
    field: spec.source.oauth.tokenUrl
    status: 400
    answer: {"error":"invalid_grant","error_description":"not [REDACTED]"}
    kept: nothing yet`,
  ]);
});

test('a public client asks without a secret', async () => {
  await using shop = await openShop({ clientSecret: undefined });
  await shop.describe({ oauth: { ...shop.source.oauth, clientSecretRef: undefined, clientAuthMethod: undefined } });

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('a bearer token of somebody else goes as it is, and is not replaced when it is turned away', async () => {
  await using shop = await openShop();
  await shop.describe({ oauth: undefined, auth: { bearerTokenRef: 'env:SHOP_TOKEN' } });
  const sent: unknown[] = [];
  shop.api.onRequest(({ headers }) => void sent.push(headers.authorization));

  const { error } = await shop.pull();

  expect(sent).toEqual(['Bearer a-token-of-somebody-else']);
  expect([error?.message, error?.details[0]].map((line) => golden(line ?? '', shop))).toEqual([
    'orders, page 1: https://api answered 401 (HTTP_STATUS)',
    'The API turns the token away: look at spec.source.auth.bearerTokenRef',
  ]);
});

test('oauth goes before a bearer token and a hand-written Authorization header, and says so', async () => {
  await using shop = await openShop();
  const headers = { Authorization: 'Basic d3JpdHRlbjpieWhhbmQ=', 'X-Tenant': 'north' };
  await shop.describe({ headers, auth: { bearerTokenRef: 'env:SHOP_TOKEN' } });
  const sent = new Set<unknown>();
  shop.api.onRequest(({ headers: { authorization, 'x-tenant': tenant } }) => {
    sent.add(`${authorization?.slice(0, 7)}, ${String(tenant)}`);
    return undefined;
  });

  const { error, warnings } = await shop.pull();

  expect([error, ...sent]).toEqual([undefined, 'Bearer , north']);
  expect(warnings).toEqual([
    'spec.source.oauth goes before spec.source.auth, which is not used',
    'spec.source.oauth goes before spec.source.headers.Authorization, which is not sent',
  ]);
});

test('a hand-written Authorization header is sent when there is nothing else', async () => {
  await using shop = await openShop();
  await shop.describe({ oauth: undefined, headers: { authorization: 'Basic d3JpdHRlbg==' } });
  const sent = new Set<unknown>();
  shop.api.onRequest(({ headers }) => {
    sent.add(headers.authorization);
    return undefined;
  });

  const { error } = await shop.pull();

  expect([...sent]).toEqual(['Basic d3JpdHRlbg==']);
  expect([error?.details[0], JSON.stringify(error).includes('d3JpdHRlbg')]).toEqual([
    'The API wants another credential: look at spec.source.oauth, auth and headers',
    false,
  ]);
});
