import { mkdirSync, readdirSync } from 'node:fs';
import { appendFile, readFile, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { normalize, createShop } from './shop.ts';
import type { Shop } from './shop.ts';

/** Creates a shop whose connector has failed after six pages. */
async function createInterruptedShop(): Promise<Shop> {
  const shop = await createShop();
  shop.api.onRequest((_request, response, count) => {
    if (count < 7) return undefined;
    response.writeHead(400).end();
    return true;
  });
  await shop.pull();
  shop.api.onRequest(() => undefined);
  return shop;
}

test('bytes after the confirmed ones are cut off and pulled again', async () => {
  await using whole = await createShop();
  await whole.pull();
  await using shop = await createInterruptedShop();
  await appendFile(shop.path('shop.ndjson'), '{"resource":"customers","record":{"id":"custo');

  const { error } = await shop.pull();

  expect([error, shop.output()]).toEqual([undefined, whole.output()]);
});

test('a half-written checkpoint is not read', async () => {
  await using shop = await createInterruptedShop();
  await writeFile(shop.path('state.json.next'), '{"version":1,"sour');

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('a checkpoint that cannot be written ends the run, and the next run continues', async () => {
  await using shop = await createShop();
  shop.api.onRequest((_request, _response, count) => {
    if (count === 5) mkdirSync(shop.path('state.json.next'));
    return undefined;
  });

  const { error } = await shop.pull();
  await rmdir(shop.path('state.json.next'));
  const next = await shop.pull();

  expect(normalize(error?.message ?? '', shop)).toMatch(
    /^orders, page 5: EISDIR: .*, open '\/srv\/app\/state\.json\.next'$/,
  );
  expect([next.error, shop.records().length, new Set(shop.output().split('\n')).size]).toEqual([undefined, 64, 65]);
});

test.each<[string, (shop: Shop) => Promise<unknown>, string]>([
  [
    'the checkpoint is of another source',
    (shop) => shop.describe({ resources: shop.source.resources.slice(1) }),
    '/srv/app/state.json is the checkpoint of another source, or of this source before a change',
  ],
  [
    'the output is shorter than the checkpoint says',
    async (shop) => writeFile(shop.path('shop.ndjson'), (await readFile(shop.path('shop.ndjson'))).subarray(0, 99)),
    '/srv/app/shop.ndjson has 99 bytes, but /srv/app/state.json confirms 2284',
  ],
  [
    'the output is gone',
    (shop) => rename(shop.path('shop.ndjson'), shop.path('elsewhere.ndjson')),
    "ENOENT: no such file or directory, open '/srv/app/shop.ndjson'",
  ],
  [
    'the checkpoint is something else',
    (shop) => writeFile(shop.path('state.json'), '{"version":2}'),
    '/srv/app/state.json is not a checkpoint of this connector. It was not changed',
  ],
  [
    'there is an output and no checkpoint',
    (shop) => rename(shop.path('state.json'), shop.path('elsewhere.json')),
    '/srv/app/shop.ndjson is not empty, and has no checkpoint. It was not changed',
  ],
  [
    'the checkpoint is about another output',
    async (shop) => {
      const state = await readFile(shop.path('state.json'), 'utf8');
      await writeFile(shop.path('state.json'), state.replace('"shop.ndjson"', '"clients.ndjson"'));
    },
    '/srv/app/state.json is the checkpoint of the output clients.ndjson, not shop.ndjson',
  ],
])('writes and sends nothing when %s', async (_what, change, expected) => {
  await using shop = await createInterruptedShop();
  await change(shop);
  const before = [shop.output(), shop.api.requests, readdirSync(shop.path('')).toSorted()];

  const { error } = await shop.pull();

  expect([error?.code, normalize(error?.message ?? '', shop)]).toEqual(['STATE', expected]);
  expect([shop.output(), shop.api.requests, readdirSync(shop.path('')).toSorted()]).toEqual(before);
});

test('a run continues when only secrets, their places, timeouts and retries have changed', async () => {
  await using shop = await createInterruptedShop();
  const oauth = { ...shop.source.oauth, clientSecretRef: `file:${shop.path('secret')}`, clientAuthMethod: undefined };
  await writeFile(shop.path('secret'), 'planted-secret-of-the-shop\n', { mode: 0o600 });
  await shop.describe({ oauth, timeoutMs: 5_000, retryLimit: 5, headers: { 'x-api-key': 'new' } });

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('a second run on the same checkpoint is rejected, and the first continues', async () => {
  await using shop = await createShop();
  let second: ReturnType<Shop['run']> | undefined;
  shop.api.onRequest((_request, response, count) => {
    if (count !== 4) return undefined;
    second = shop.run();
    void second.then(() => response.writeHead(503, { 'retry-after': '0' }).end());
    return true;
  });

  const { error } = await shop.pull();

  const refused = await second;
  expect([refused?.code, normalize(refused?.stderr ?? '', shop)]).toEqual([
    2,
    `✗ shop: Process ${process.pid} on ${hostname()} is using /srv/app/state.json
    If it is not running, delete /srv/app/state.json.lock.${process.pid}@${hostname()}`,
  ]);
  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('the lock of a dead process is deleted, that of another machine is kept', async () => {
  await using shop = await createShop();
  const dead = shop.start();
  dead.kill();
  await dead.ended;
  await writeFile(shop.path(`state.json.lock.${dead.pid}@${hostname()}`), '');
  const { error } = await shop.pull();
  await writeFile(shop.path('state.json.lock.1@another-machine'), '');

  const refused = await shop.pull();

  expect([error, refused.error?.message]).toEqual([
    undefined,
    `Process 1 on another-machine is using ${shop.path('state.json')}`,
  ]);
  const left = readdirSync(shop.path('')).filter((name) => name.includes('.lock.'));
  expect(left).toEqual(['state.json.lock.1@another-machine']);
});

test('a checkpoint holds no secret, and only its owner can read it', async () => {
  await using shop = await createInterruptedShop();
  const { mode } = await stat(shop.path('state.json'));

  expect(mode & 0o077).toBe(0);
  expect(JSON.stringify(shop.checkpoint())).not.toContain('planted-secret');
});
