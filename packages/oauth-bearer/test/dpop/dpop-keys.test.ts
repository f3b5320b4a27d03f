import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { DpopKeys } from '../../src/dpop/dpop-keys.ts';
import type { BoundDpopKey } from '../../src/dpop/dpop-keys.ts';
import { TokenEndpoint } from '../../src/sources/token-endpoint.ts';
import type { GrantRequest } from '../../src/sources/token-endpoint.ts';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { proofThumbprint, startProvider } from './dpop-servers.ts';

const clock = virtualClock();
const newPem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const url = 'https://api.example/orders';

async function created(keys: DpopKeys): Promise<BoundDpopKey> {
  const key = await keys.create();
  if (key === undefined) throw new Error('the tokens are not bound');
  return key;
}

test('a key that is stored with its grant signs as the same key after a restart', async () => {
  const { key, binding } = await created(new DpopKeys(true, clock));

  const opened = new DpopKeys(false, clock).open(binding);

  const proofs = [await key.sign({ url, method: 'GET' }), (await opened?.key.sign({ url, method: 'GET' })) ?? ''];
  expect(await Promise.all(proofs.map(proofThumbprint))).toEqual([binding.thumbprint, binding.thumbprint]);
  expect(opened?.binding).toEqual(binding);
});

test('each grant has a key of its own, and a key that is given is the key of all and is not stored', async () => {
  const own = new DpopKeys(true, clock);
  const given = new DpopKeys({ privateKey: newPem() }, clock);

  const [one, other] = [await created(own), await created(own)];
  const [first, second] = [await created(given), await created(given)];

  expect(one.binding.thumbprint).not.toBe(other.binding.thumbprint);
  expect([first.binding.privateKey, first.key === second.key]).toEqual([undefined, true]);
});

test('tokens of a given key that was replaced or removed have no key', async () => {
  const { binding } = await created(new DpopKeys({ privateKey: newPem() }, clock));

  const settings = [{ privateKey: newPem() }, true, false, undefined];

  expect(settings.map((dpop) => new DpopKeys(dpop, clock).open(binding))).toEqual(settings.map(() => undefined));
  expect(await new DpopKeys(undefined, clock).create()).toBeUndefined();
});

test('a nonce that one key was sent is used by the others', async () => {
  const keys = new DpopKeys(true, clock);
  const [one, other] = [await created(keys), await created(keys)];

  one.key.keepNonce(url, new Headers({ 'dpop-nonce': 'n1' }));

  const claims = (await other.key.sign({ url, method: 'GET' })).split('.')[1] ?? '';
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ nonce: 'n1' });
});

test('nothing that is printed, written as JSON or cloned shows a stored key', async () => {
  const { key, binding } = await created(new DpopKeys(true, clock));
  const { d }: { d: string } = JSON.parse(binding.privateKey?.expose() ?? '');

  const shown = [key, binding].flatMap((each) => [
    inspect(each, { depth: 9, showHidden: true }),
    JSON.stringify(each),
    JSON.stringify(structuredClone(each)),
  ]);

  expect(d).toHaveLength(43);
  expect(shown.join('\n')).not.toContain(d);
});

const credentials = { clientId: 'orders', clientSecret: 'orders-secret' };
const request: GrantRequest = {
  params: [
    ['grant_type', 'client_credentials'],
    ['scope', 'orders.read'],
  ],
  scopes: [],
  retry: 'never',
  isProbe: false,
  signal: new AbortController().signal,
};

test('each request of a token endpoint may have a key of its own, over one client', async () => {
  await using provider = await startProvider();
  const endpoint = TokenEndpoint.create({ issuerUrl: provider.url, ...credentials }).unwrap();
  const keys = new DpopKeys(true, { ...clock, now: Date.now });
  const bound = [await created(keys), await created(keys)];

  const issued = [];
  for (const { key } of bound) issued.push((await endpoint.request({ ...request, dpopKey: key })).unwrap());
  const unbound = await endpoint.request(request);

  expect(issued.map(({ scheme, dpopKey }) => [scheme, dpopKey])).toEqual(bound.map(({ key }) => ['DPoP', key]));
  expect(unbound.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 400 }); // this client must send proofs
  expect(provider.statuses).toEqual([400, 200, 200, 400]); // one nonce for both keys
});

test('a token that is fetched once is signed for as well', async () => {
  await using provider = await startProvider();

  const access = (await fetchToken({ issuerUrl: provider.url, ...credentials, dpop: true })).unwrap();

  expect([access.scheme, access.dpopKey()]).toEqual(['DPoP', expect.anything()]);
});
