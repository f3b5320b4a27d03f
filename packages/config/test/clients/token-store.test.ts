import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClients, InvalidConfigError, loadConfig } from '../../src/index.ts';
import type { Config } from '../../src/index.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bearings-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const env = { ORDERS_SECRET: 'the secret', TOKEN_KEY: Buffer.alloc(32, 7).toString('base64') };
const issue = (): Response => Response.json({ access_token: 'at', token_type: 'Bearer', expires_in: 3600 });

async function load(changes: object = {}): Promise<Config> {
  const auth = {
    type: 'oauth2_client_credentials',
    tokenUrl: 'https://id.internal/token',
    clientId: 'billing',
    clientSecretRef: 'env:ORDERS_SECRET',
  };
  const tokenStore = { file: join(folder, 'cache', 'tokens.db'), keyRef: 'env:TOKEN_KEY' };
  const config = { tokenStore, clients: { orders: { baseUrl: 'https://orders.internal', auth } }, ...changes };
  return (await loadConfig(config, { env })).unwrap();
}

/** One run of a program: a call of orders. Answers with the number of token requests. */
async function runOnce(options: { readonly sharing?: false } = {}): Promise<number> {
  let requests = 0;
  const fetch: typeof globalThis.fetch = async (input) => {
    if (!String(input instanceof Request ? input.url : input).includes('/token')) return new Response('{}');
    requests += 1;
    return issue();
  };
  await using clients = await createClients(await load(), { fetch, ...options });
  await clients['orders']?.get('v1/orders/42');
  return requests;
}

test('runs of a program share a token by the file that the config names', async () => {
  const requests = [await runOnce(), await runOnce(), await runOnce()];

  expect(requests).toEqual([1, 0, 0]);
});

test('with sharing off nothing is stored', async () => {
  const requests = [await runOnce({ sharing: false }), await runOnce({ sharing: false })];

  expect(requests).toEqual([1, 1]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a token store without a key is a problem of the config', async () => {
  const loaded = await loadConfig({ tokenStore: { file: 'tokens.db' }, clients: {} }, { env });

  const error: unknown = loaded.isErr() ? loaded.error : undefined;
  expect(error).toBeInstanceOf(InvalidConfigError);
  expect(String(error)).toContain('tokenStore.keyRef');
});
