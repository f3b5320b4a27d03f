import { networkInterfaces } from 'node:os';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { openStudio } from '../../src/create-studio.ts';
import { clientKind } from '../../src/kinds/client-kind.ts';
import { createFolder } from '../folder.ts';
import { openExample, send } from '../studio.ts';
import type { Sent } from '../studio.ts';

test('the URL works once: it sets a cookie that no script can read, and is gone from the address', async () => {
  const { studio, opened, get } = await openExample();

  const again = await send(studio.origin, new URL(studio.url).search);
  const wrong = await send(studio.origin, '/?token=guess');

  expect(opened.status).toBe(303);
  expect(opened.headers.location).toBe('/');
  expect(opened.headers['set-cookie']?.[0]).toMatch(
    /^bearings-studio-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
  );
  expect([again.status, wrong.status]).toEqual([403, 403]);
  expect([again.headers['set-cookie'], wrong.headers['set-cookie']]).toEqual([undefined, undefined]);
  expect((await get('/')).text).toContain('<div id="root">');
});

test('a look at the URL without opening it does not use it up', async () => {
  const documents = [
    { kind: 'clients', file: createFolder().write('bearings.yaml', ''), rules: await clientKind({ env: {} }) },
  ];
  await using studio = await openStudio({ documents }, { script: Buffer.from(''), style: Buffer.from('') });
  const path = new URL(studio.url).search;

  const look = await send(studio.origin, path, { method: 'HEAD' });
  const opened = await send(studio.origin, path);

  expect([look.status, opened.status]).toEqual([401, 303]);
});

test('without the cookie there is nothing but 401', async () => {
  const { studio } = await openExample();
  const cookie = `bearings-studio-${new URL(studio.origin).port}=guess`;
  const paths = ['/', '/app.js', '/api/state', '/api/events', '/nothing'];

  for (const path of paths) expect((await send(studio.origin, path)).status).toBe(401);
  expect((await send(studio.origin, '/api/state', { headers: { cookie } })).status).toBe(401);
});

test('a foreign host, origin or site is refused, also with the cookie', async () => {
  const { studio, cookie } = await openExample();
  const { port } = new URL(studio.origin);
  const json = { 'content-type': 'application/json' };
  const get = async (headers: Record<string, string>) =>
    (await send(studio.origin, '/api/state', { headers: { cookie, ...headers } })).status;
  const post = async (headers: Record<string, string>) => {
    const sent: Sent = { method: 'POST', headers: { cookie, ...headers }, body: '{}' };
    return (await send(studio.origin, '/api/read', sent)).status;
  };

  expect(await get({ host: 'evil.test' })).toBe(421);
  expect(await get({ host: `evil.test:${port}` })).toBe(421);
  expect(await get({ host: `127.0.0.1.evil.test:${port}` })).toBe(421);
  expect(await get({ host: `localhost:${port}` })).toBe(200);
  expect(await get({ origin: 'https://evil.test' })).toBe(403);
  expect(await get({ origin: 'null' })).toBe(403);
  expect(await get({ origin: 'http://127.0.0.1:1' })).toBe(403);
  expect(await get({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await get({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await get({ 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await post({ ...json, origin: 'https://evil.test' })).toBe(403);
  expect(await post({ ...json, 'sec-fetch-site': 'none' })).toBe(403);
  expect(await post({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(415);
  expect(await post({ 'content-type': 'text/plain' })).toBe(415);
  expect(await post({})).toBe(415);
});

test('a stream of events for another site is refused', async () => {
  const { studio, cookie } = await openExample();
  const events = (headers: Record<string, string>) =>
    send(studio.origin, '/api/events', { headers: { cookie, accept: 'text/event-stream', ...headers } });

  expect((await events({ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await events({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test('other methods, large bodies, bodies that are no object, and documents that do not exist get an error', async () => {
  const { studio, cookie, post } = await openExample();

  expect((await send(studio.origin, '/api/state', { method: 'PUT', headers: { cookie } })).status).toBe(405);
  expect((await send(studio.origin, '/api/state', { method: 'OPTIONS', headers: { cookie } })).status).toBe(405);
  expect((await post('/api/read', '[1]')).status).toBe(400);
  expect((await post('/api/read', '{')).status).toBe(400);
  expect((await post('/api/read', { id: 1 })).status).toBe(400);
  expect((await post('/api/read', { id: '../../etc/passwd' })).status).toBe(404);
  expect((await post('/api/read', `{"id":"${'x'.repeat(5 * 1024 * 1024)}"}`)).status).toBe(413);
  expect((await post('/api/nothing', {})).status).toBe(404);
});

test('the server listens on the loopback address only', async () => {
  const { studio } = await openExample();
  const { port, hostname } = new URL(studio.origin);
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');

  expect(hostname).toBe('127.0.0.1');
  for (const { address } of others) {
    await expect(send(`http://${address}:${port}`, '/')).rejects.toThrow('ECONNREFUSED');
  }
});

test('every response forbids scripts of others, frames and caching', async () => {
  const { studio, get, opened } = await openExample();
  const answers = [opened, await get('/'), await get('/app.js'), await get('/nothing'), await send(studio.origin, '/')];

  for (const { headers } of answers) {
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('after 30 minutes without a request it ends, says so to the page, and frees its port', async () => {
  const clock = virtualClock();
  const { studio, get, cookie } = await openExample({ clock });
  const events = send(studio.origin, '/api/events', { headers: { cookie } });
  await get('/');

  await clock.advance(29 * 60_000);
  expect((await get('/')).status).toBe(200); // the time begins again
  await clock.advance(29 * 60_000);
  expect((await get('/')).status).toBe(200);
  await clock.advance(30 * 60_000);
  await studio.ended;

  await expect(get('/')).rejects.toThrow('ECONNREFUSED');
  await expect(events).resolves.toMatchObject({ text: expect.stringContaining('event: ended') });
});

test('closing frees the port at once, also while a page follows events', async () => {
  const { studio, get, cookie } = await openExample();
  const events = send(studio.origin, '/api/events', { headers: { cookie } });
  await get('/');

  await studio[Symbol.asyncDispose]();
  await studio[Symbol.asyncDispose]();

  await Promise.allSettled([events]);
  await expect(get('/')).rejects.toThrow('ECONNREFUSED');
});

test('a page that follows events gets the ids of all documents first, then of those that have changed', async () => {
  const clock = virtualClock();
  const { folder, studio, get, cookie } = await openExample({ clock });
  const chunks: Buffer[] = [];
  const events = send(studio.origin, '/api/events', { headers: { cookie }, chunks });
  const countEvents = (): number =>
    Buffer.concat(chunks).toString('utf8').split('event: documents\ndata: ["bearings.yaml"]\n').length - 1;
  const lookUntil = async (count: number): Promise<void> => {
    while (countEvents() < count) {
      await clock.advance(1_000);
      await get('/');
    }
  };
  await lookUntil(1);

  folder.write('bearings.yaml', 'clients: {}\n');
  await lookUntil(2);
  for (let second = 0; second < 3; second += 1) {
    await clock.advance(1_000);
    await get('/');
  }

  await studio[Symbol.asyncDispose]();
  await events;

  expect(countEvents()).toBe(2);
});
