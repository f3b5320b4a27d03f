import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as overUndici from 'bearings';
import * as client from '@bearings/client';
import { layer } from '@bearings/client/layer';
import * as oauthBearer from '@bearings/oauth-bearer';
import * as oidcDiscovery from '@bearings/oidc-discovery';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import * as overFetch from '../src/over-fetch.ts';

const run = promisify(execFile);
const { createClient } = overUndici;

const networkName = (made: overUndici.Client): string | undefined => made.stages.at(-1);

/** What a new process prints that evaluates a module. */
async function evaluate(script: string, conditions: readonly string[] = []): Promise<string> {
  const flags = conditions.map((condition) => `--conditions=${condition}`);
  const args = [...flags, '--input-type=module', '--eval', script];
  const { stdout } = await run(process.execPath, args, { cwd: 'packages/bearings' });
  return stdout;
}

test('both entries have the same names, and each is that of the package it is from', () => {
  const originals: Readonly<Record<string, unknown>> = { ...client, ...oauthBearer, ...oidcDiscovery };
  const { createClient: _, ...others } = overUndici;
  const { createClient: fetchClient, ...same } = overFetch;

  expect(Object.keys(overUndici).toSorted()).toEqual(Object.keys(overFetch).toSorted());
  expect(Object.keys(overUndici).toSorted()).toEqual([
    'Err',
    'Ok',
    'Token',
    'TokenPool',
    'createClient',
    'discover',
    'explain',
    'fetchToken',
    'formatHttpError',
    'isBearingsError',
    'orThrow',
    'profiles',
    'staticToken',
    'withBearerAuth',
    'withCircuitBreaker',
  ]);
  for (const [name, value] of Object.entries(others)) expect(value).toBe(originals[name]);
  expect(same).toEqual(others);
  expect(fetchClient).toBe(client.createClient);
});

test('a client goes over undici', () => {
  expect(networkName(createClient())).toBe('undici');
});

test('a client with a network of its own goes over that', () => {
  const network = layer('transport', 'mine', () => async () => new Response());

  expect(networkName(createClient({ fetch: globalThis.fetch }))).toBe('fetch');
  expect(networkName(createClient({}, network))).toBe('mine');
  expect(networkName(createClient({}, [network]))).toBe('mine');
});

test.each([
  [() => createClient(null as never)],
  [() => createClient({ retires: 1 } as never)],
  [() => createClient({}, null as never)],
  [() => createClient({ baseUrl: 'ftp://orders.test' })],
])('wrong options and layers are errors of Bearings', (create) => {
  expect(create).toThrow(expect.toSatisfy(overUndici.isBearingsError));
});

test('closing a client closes its connections, once the bodies are read, and again does nothing', async () => {
  await using api = await fakeApi(fakeIssuer(), { 'GET /v1/orders': () => ({ id: '42' }) }).listen();
  const orders = createClient({ baseUrl: api.origin });
  const extended = orders.extend({ headers: { 'x-team': 'billing' } });
  await orders.fetch('/').then((response) => response.body?.cancel());

  await extended.close();
  const response = await orders.fetch('/v1/orders', { headers: { authorization: 'Bearer unknown' } });
  const closed = orders.close();
  const text = await response.text();
  await closed;
  await orders.close();

  expect(text).not.toBe('');
  await expect(orders.get('v1/orders')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('disposing of a client closes it', async () => {
  const orders = createClient({ baseUrl: 'https://orders.test' });

  await orders[Symbol.asyncDispose]();

  await expect(orders.get('v1/orders')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
});

test.each(['bun', 'deno', 'workerd'])('%s gets the entry without undici', async (condition) => {
  const script = `const { createClient } = await import('bearings'); console.log(createClient().stages.at(-1))`;

  expect(await evaluate(script, [condition])).toBe('fetch\n');
});

test('the import loads nothing of the command', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import('bearings');
    const ofCommand = /packages\\/(?:cli|config|studio|user-tokens)\\/|\\/node_modules\\/(?:commander|@inquirer|yaml|zod|open)\\//;
    console.log(loaded.length > 50, loaded.filter((url) => ofCommand.test(url)));`;

  expect(await evaluate(script)).toBe('true []\n');
});

test('the command is that of @bearings/cli', async () => {
  const { stdout } = await run(process.execPath, ['packages/bearings/src/main.ts', 'help']);

  expect(stdout).toMatch(/^ {2}doctor /m);
});
