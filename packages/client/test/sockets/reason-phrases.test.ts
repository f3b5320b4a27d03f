import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { withUndici } from '@bearings/undici';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';

/** What no constructor of a Response takes: Latin-1 that is no UTF-8, and UTF-8 beyond Latin-1. */
const phrases = [
  ['Latin-1', Buffer.from('Pas trouv\xe9', 'latin1')],
  ['Cyrillic', Buffer.from('Не найдено')],
] as const;

/** A server that answers with a status of the path. */
async function startServer(phrase: Buffer): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (request) => {
      const [, status = ''] = /^\w+ \/(\d+)/.exec(request.toString()) ?? [];
      const head = 'content-type: application/json\r\ncontent-length: 8\r\nconnection: close';
      socket.end(
        Buffer.concat([Buffer.from(`HTTP/1.1 ${status} `), phrase, Buffer.from(`\r\n${head}\r\n\r\n{"id":1}`)]),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const networks: readonly (readonly [string, () => readonly Layer[]])[] = [
  ['fetch', () => []],
  ['undici', () => [withUndici()]],
];

const cases = phrases.flatMap(([name, phrase]) =>
  networks.map(([over, layers]) => [name, over, { phrase, layers }] as const),
);

test.each(cases)('a reason phrase in %s over %s changes no answer', async (_name, _over, { phrase, layers }) => {
  const baseUrl = await startServer(phrase);
  await using api = createClient({ baseUrl, retry: { limit: 1, delay: () => 0 } }, ...layers());

  const failures = await Promise.all(['404', '503'].map((path) => caught(() => api.get(path))));
  const response = await api.fetch('/200');
  const copy = response.clone();

  expect(failures).toMatchObject([
    { code: 'HTTP_STATUS', status: 404 },
    { code: 'HTTP_STATUS', status: 503, attempts: 2 },
  ]);
  expect(await api.get('200').json()).toEqual({ id: 1 });
  expect([copy.statusText === response.statusText, response.statusText.length > 0]).toEqual([true, true]);
  expect([await response.json(), await copy.json()]).toEqual([{ id: 1 }, { id: 1 }]);
});
