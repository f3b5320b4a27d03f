import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { chunked, scriptedFetch, status } from '../scripted.ts';

const url = 'https://api.test/';

test('a length that is stated is judged at the head', async () => {
  const network = scriptedFetch(status(200, { 'content-length': '6' }, '123456'));
  const { fetch } = createClient({ fetch: network, maxResponseBytes: 5 });

  expect(await caught(() => fetch(url))).toMatchObject({ code: 'BODY_TOO_LARGE', limitBytes: 5 });
});

test('a length that is not stated is counted while reading', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch(chunked('123', '456')), maxResponseBytes: 5 });

  const response = await fetch(url);

  expect(response.status).toBe(200);
  expect(await caught(() => response.text())).toMatchObject({ code: 'BODY_TOO_LARGE', origin: 'https://api.test' });
});

test('what is exactly as large as allowed comes through, either way', async () => {
  const network = scriptedFetch(chunked('123', '45'), status(200, { 'content-length': '5' }, '12345'));
  const { fetch } = createClient({ fetch: network, maxResponseBytes: 5 });

  expect(await (await fetch(url)).text()).toBe('12345');
  expect(await (await fetch(url)).text()).toBe('12345');
});

test('the length of a compressed body says nothing about what comes out of it', async () => {
  const headers = { 'content-length': '3', 'content-encoding': 'gzip' };
  const { fetch } = createClient({ fetch: scriptedFetch(status(200, headers, '123456')), maxResponseBytes: 5 });

  expect(await caught(async () => (await fetch(url)).text())).toMatchObject({ code: 'BODY_TOO_LARGE' });
});

test('a HEAD states the length of a body that it does not have', async () => {
  const { fetch } = createClient({
    fetch: scriptedFetch(status(200, { 'content-length': '999' })),
    maxResponseBytes: 5,
  });

  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
});

test.each([0, -1, Number.NaN])('a limit of %j is a wrong option', async (maxResponseBytes) => {
  expect(await caught(() => createClient({ maxResponseBytes }))).toMatchObject({ field: 'maxResponseBytes' });
});
