import { createClient, systemClock } from '@bearings/client';
import { Ok } from 'ts-results';
import { expect, test } from 'vitest';
import { DpopKeys } from '../../src/dpop/dpop-keys.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import type { AcquireOptions, IssuedToken } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';

const claims = btoa('{"access_token":{"nbf":{"essential":true,"value":"1"}}}');

/** An API that answers a token without `write` or claims with a challenge, and a client whose token has that scheme. */
async function scene(scheme: 'Bearer' | 'DPoP', response: { readonly status: number; readonly header: string }) {
  const made = await new DpopKeys(true, systemClock).create();
  const asked: (string | undefined)[] = [];
  const create = async (scope: string): Promise<Token> => {
    const acquire = async (options: AcquireOptions) => {
      asked.push(options.claims);
      const value = `${scope}-${options.claims === undefined ? 'plain' : 'claimed'}`;
      const bound = scheme === 'DPoP' ? { scheme, dpopKey: made?.key } : {};
      return Ok<IssuedToken>({ value, lifetimeMs: 3_600_000, scopes: [scope], ...bound });
    };
    return (await Token.from({ acceptsClaims: true, acquire })).unwrap();
  };
  const [token, raised] = [await create('read'), await create('write')];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const given = new Request(input, init).headers.get('authorization') ?? '';
    if (given === `${scheme} write-plain` || given === `${scheme} read-claimed`) return new Response('{}');
    return new Response('', { status: response.status, headers: { 'www-authenticate': response.header } });
  };
  const stepUp = { allow: ['write'], token: () => raised };
  return {
    client: createClient({ baseUrl: 'https://api.test', fetch, retry: 0 }, withBearerAuth(token, { stepUp })),
    asked,
  };
}

const moreScopes = 'error="insufficient_scope", scope="write"';
const login = 'error="insufficient_user_authentication", acr_values="mfa"';
const moreClaims = `error="insufficient_claims", claims="${claims}"`;

test.each([
  ['DPoP', `DPoP ${moreScopes}`],
  ['DPoP', `DPoP ${moreScopes}, Bearer realm="x"`],
  ['DPoP', `Bearer realm="x", DPoP ${moreScopes}`],
  ['DPoP', `Bearer ${moreScopes}`],
  ['Bearer', `DPoP algs="ES256", Bearer ${moreScopes}`],
] as const)('a %s token is raised for the challenge %s', async (scheme, header) => {
  const { client } = await scene(scheme, { status: 403, header });

  expect((await client.fetch('/orders')).status).toBe(200);
});

test('a 401 with insufficient_scope for Bearer does not rotate a DPoP token', async () => {
  const { client, asked } = await scene('DPoP', { status: 401, header: `Bearer ${moreScopes}` });

  expect((await client.fetch('/orders')).status).toBe(200);
  expect(asked).toHaveLength(2); // one for each scope, at the start
});

test.each([
  ['DPoP', `Bearer ${moreScopes}, DPoP algs="ES256"`],
  ['Bearer', `Bearer realm="x", DPoP ${moreScopes}`],
  ['Bearer', `DPoP ${moreScopes}`],
] as const)('a %s token is not raised for the challenge of the other scheme: %s', async (scheme, header) => {
  const { client } = await scene(scheme, { status: 403, header });

  expect((await client.fetch('/orders')).status).toBe(403);
});

test.each([
  ['DPoP', `DPoP ${login}`],
  ['DPoP', `Bearer, DPoP ${login}`],
  ['Bearer', `DPoP algs="ES256", Bearer ${login}`],
] as const)('the user must log in again, for a %s token and the challenge %s', async (scheme, header) => {
  const { client } = await scene(scheme, { status: 401, header });

  await expect(client.fetch('/orders')).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED', acrValues: 'mfa' });
});

test.each([
  ['DPoP', `DPoP ${moreClaims}`],
  ['DPoP', `Bearer, DPoP ${moreClaims}`],
  ['DPoP', `Bearer ${moreClaims}`],
  ['Bearer', `DPoP algs="ES256", Bearer ${moreClaims}`],
] as const)('claims are asked for, for a %s token and the challenge %s', async (scheme, header) => {
  const { client, asked } = await scene(scheme, { status: 401, header });

  expect((await client.fetch('/orders')).status).toBe(200);
  expect(asked).toEqual([undefined, undefined, claims]);
});
