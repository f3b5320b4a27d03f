import type { RequestListener } from 'node:http';
import { virtualClock } from '@bearings/testing';
import { expect, test, vi } from 'vitest';
import '@bearings/testing/vitest';
import { clientSecret, normalize, createShop } from './shop.ts';

test('a revoked token costs one 401 and no record', async () => {
  await using shop = await createShop();
  shop.api.onRequest((_request, _response, count) => {
    if (count === 6) shop.provider.revokeAll();
    return undefined;
  });

  const { error } = await shop.pull();

  expect([error, new Set(shop.output().split('\n')).size]).toEqual([undefined, 65]);
  expect([shop.api.rejected, shop.provider.tokenRequests]).toEqual([1, 2]);
});

test('expired tokens are replaced during a run, and no record is lost', async () => {
  const clock = virtualClock();
  using _ = fakeDate(clock.now());
  await using shop = await createShop({ tokenLifetimeS: 6 });
  shop.api.onRequest((_request, response) => {
    const end = response.end.bind(response);
    const answerLater = async (chunk: string): Promise<void> => {
      await clock.advance(1_000);
      vi.setSystemTime(clock.now()); // the provider's time
      end(chunk);
    };
    response.end = ((chunk: string) => void answerLater(chunk)) as unknown as typeof response.end;
    return undefined;
  });

  const { error } = await shop.pull({ clock });

  expect([error, shop.records().length]).toEqual([undefined, 64]);
  expect(shop.provider.tokenRequests).toBeGreaterThan(2);
});

function fakeDate(now: number): Disposable {
  vi.useFakeTimers({ toFake: ['Date'], now });
  return { [Symbol.dispose]: () => void vi.useRealTimers() };
}

test('a token that is rejected twice ends the run', async () => {
  await using shop = await createShop();
  shop.api.onRequest((_request, response, count) => {
    if (count < 3) return undefined;
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token", error_description="wrong audience"' });
    response.end('{"message":"not for me"}');
    return true;
  });

  const ended = await shop.run();

  expect([ended.code, normalize(ended.stderr, shop)]).toEqual([
    1,
    `✗ shop: orders, page 3: GET https://api/v1/orders answered 401 (HTTP_STATUS)
    The API rejects the token, also a newly acquired one: check spec.source.oauth.scopes and audience
    challenge: Bearer error="invalid_token", error_description="wrong audience"
    answer: {"message":"not for me"}
    kept: 10 records of 2 pages; the same command requests this page again`,
  ]);
  expect([shop.api.requests, shop.provider.tokenRequests]).toEqual([4, 2]);
});

const respondWith =
  (status: number, body: string, type = 'application/json'): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);

const unusable = (reason: string): string =>
  `orders, page 1: The response of https://id/token is not usable as a token: ${reason} (INVALID_TOKEN_RESPONSE)`;

interface TokenFailure {
  readonly oauth?: object;
  readonly answer?: RequestListener;
  readonly expected: readonly string[];
}

test.each<[string, TokenFailure]>([
  [
    'a scope that the client is not allowed',
    {
      oauth: { scopes: ['shop.write'] },
      expected: [
        'orders, page 1: No token: https://id/token answered 400: invalid_scope (requested scope is not allowed). ' +
          'Check scopes: the server does not know one of them, or does not allow it to this client (TOKEN_HTTP)',
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
      expected: [
        'orders, page 1: No token: https://id/token answered 401: invalid_client (client authentication failed). ' +
          'Check clientId, the secret or key, and clientAuthMethod (TOKEN_HTTP)',
        'field: spec.source.oauth.clientId, spec.source.oauth.clientSecretRef, spec.source.oauth.clientAuthMethod',
        'status: 401',
        'answer: {"error":"invalid_client","error_description":"client authentication failed"}',
      ],
    },
  ],
  [
    'a page in place of a token',
    {
      answer: respondWith(200, '<html><body>Maintenance</body></html>', 'text/html'),
      expected: [
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
      answer: respondWith(200, '}{'),
      expected: [unusable('it is not a JSON object'), 'field: spec.source.oauth.tokenUrl', 'status: 200', 'answer: }{'],
    },
  ],
  [
    'a token under another name',
    {
      answer: respondWith(200, '{"token":"t-0-p-s-e-c-r-e-t","expires_in":60}'),
      expected: [
        unusable('access_token is missing'),
        'field: spec.source.oauth.tokenUrl',
        'status: 200',
        'answer: {"token":"[REDACTED]","expires_in":60}',
      ],
    },
  ],
  [
    'an invalid lifetime',
    {
      answer: respondWith(200, '{"access_token":"a.b","token_type":"Bearer","expires_in":"soon"}'),
      expected: [
        unusable('expires_in is not a number of seconds'),
        'field: spec.source.oauth.tokenUrl',
        'status: 200',
        'answer: {"access_token":"[REDACTED]","token_type":"Bearer","expires_in":"soon"}',
      ],
    },
  ],
  [
    'a response that quotes the secret',
    {
      answer: respondWith(400, `{"error":"invalid_request","you_sent":"${clientSecret}"}`),
      expected: [
        'orders, page 1: No token: https://id/token answered 400: invalid_request (TOKEN_HTTP)',
        'field: spec.source.oauth.tokenUrl',
        'status: 400',
        'answer: {"error":"invalid_request","you_sent":"[REDACTED]"}',
      ],
    },
  ],
  [
    'an error of a proxy',
    {
      answer: respondWith(502, 'upstream\n\u001b[31mfailed', 'text/plain'),
      expected: [
        'orders, page 1: No token: https://id/token answered 502 (TOKEN_HTTP)',
        'field: spec.source.oauth.tokenUrl',
        'status: 502',
        'answer: upstream [31mfailed',
      ],
    },
  ],
])('a missing token is reported with field, status and response: %s', async (_what, { oauth, answer, expected }) => {
  await using shop = await createShop();
  await shop.describe({ oauth: { ...shop.source.oauth, ...oauth } });
  shop.provider.replaceBy(answer);

  const { error } = await shop.pull();

  const lines = [error?.message, ...(error?.details ?? [])].map((line) => normalize(line ?? '', shop));
  expect(lines).toEqual([...expected, 'kept: nothing yet']);
  expect([error?.code, shop.api.requests]).toEqual(['EXTRACTION', 0]);
  expect(error).toHideSecrets(clientSecret);
});

test('a provider that cannot be reached is named, without a response', async () => {
  await using shop = await createShop();
  shop.provider.replaceBy((request) => void request.socket.destroy());

  const { error } = await shop.pull();

  expect(normalize([error?.message, ...(error?.details ?? [])].join('\n'), shop)).toBe(
    `orders, page 1: No token: POST https://id/token: no answer: other side closed (UND_ERR_SOCKET). Not retried again: the limit of retries is reached (TOKEN_UNAVAILABLE)
field: spec.source.oauth.tokenUrl
kept: nothing yet`,
  );
});

test('the command exits with 1 and the reason, without the secret', async () => {
  await using shop = await createShop();
  shop.provider.replaceBy(respondWith(400, `{"error":"invalid_grant","error_description":"not ${clientSecret}"}`));

  const { code, stderr } = await shop.run();

  expect([code, normalize(stderr, shop)]).toEqual([
    1,
    `✗ shop: orders, page 1: No token: https://id/token answered 400: invalid_grant (not [REDACTED]) (TOKEN_HTTP)
    field: spec.source.oauth.tokenUrl
    status: 400
    answer: {"error":"invalid_grant","error_description":"not [REDACTED]"}
    kept: nothing yet`,
  ]);
});

test('a public client requests tokens without a secret', async () => {
  await using shop = await createShop({ clientSecret: undefined });
  await shop.describe({ oauth: { ...shop.source.oauth, clientSecretRef: undefined, clientAuthMethod: undefined } });

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('a static bearer token is sent unchanged, and not replaced when it is rejected', async () => {
  await using shop = await createShop();
  await shop.describe({ oauth: undefined, auth: { bearerTokenRef: 'env:SHOP_TOKEN' } });
  const sent: unknown[] = [];
  shop.api.onRequest(({ headers }) => void sent.push(headers.authorization));

  const { error } = await shop.pull();

  expect(sent).toEqual(['Bearer a-planted-static-token']);
  expect([error?.message, error?.details[0]].map((line) => normalize(line ?? '', shop))).toEqual([
    'orders, page 1: GET https://api/v1/orders answered 401 (HTTP_STATUS)',
    'The API rejects the token: check spec.source.auth.bearerTokenRef',
  ]);
});

test('oauth takes precedence over a bearer token and an Authorization header, with a warning', async () => {
  await using shop = await createShop();
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
    'spec.source.oauth takes precedence over spec.source.auth, which is not used',
    'spec.source.oauth takes precedence over spec.source.headers.Authorization, which is not sent',
  ]);
});

test('a configured Authorization header is sent when there is no other credential', async () => {
  await using shop = await createShop();
  await shop.describe({ oauth: undefined, headers: { authorization: 'Basic d3JpdHRlbg==' } });
  const sent = new Set<unknown>();
  shop.api.onRequest(({ headers }) => {
    sent.add(headers.authorization);
    return undefined;
  });

  const { error } = await shop.pull();

  expect([...sent]).toEqual(['Basic d3JpdHRlbg==']);
  expect([error?.details[0], JSON.stringify(error).includes('d3JpdHRlbg')]).toEqual([
    'The API requires another credential: check spec.source.oauth, auth and headers',
    false,
  ]);
});
