import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { fakeIssuer } from '@bearings/testing';
import { afterAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

const issuer = await fakeIssuer({ tokenFormat: 'opaque' }).listen();
const upgrades: number[] = [];
const sockets = new WebSocketServer({ noServer: true });
const server = createServer().on('upgrade', (incoming, socket, head) => {
  const [, value = ''] = (incoming.headers.authorization ?? '').split(' ');
  const accepted = typeof issuer.introspect(value) !== 'string';
  upgrades.push(accepted ? 101 : 401);
  if (!accepted) {
    socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(incoming, socket, head, (accept) => accept.on('message', (word) => accept.send(word)));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
const token = await orThrow(Token.create(issuer.credentials));

afterAll(async () => {
  for (const socket of sockets.clients) socket.terminate();
  server.close();
  await token.close();
  await issuer.close();
});

/** Opens a socket with the token, once more after a 401. */
async function open(address: string, handle: TokenHandle, attempts = 2): Promise<WebSocket> {
  const current = await orThrow(handle.get());
  const socket = new WebSocket(address, { headers: { authorization: current.authorization() } });
  const result = Promise.withResolvers<number>();
  socket.once('open', () => result.resolve(101));
  socket.once('unexpected-response', (_request, { statusCode = 0 }) => result.resolve(statusCode));
  socket.once('error', (error) => result.reject(error));
  const status = await result.promise;
  if (status === 101) return socket;
  socket.on('error', () => undefined).terminate(); // it was not opened yet
  if (status !== 401 || attempts === 1) throw new Error(`${address} answered ${status}`);
  await handle.invalidate(current);
  return open(address, handle, attempts - 1);
}

test('a socket opens with the token, and after a revocation with the next one', async () => {
  const first = await open(url, token);
  issuer.revoke();

  const second = await open(url, token);
  const answer = once(second, 'message');
  second.send('hello');

  expect(String((await answer)[0])).toBe('hello');
  expect(upgrades).toEqual([101, 401, 101]);
  expect(issuer.counts.token).toBe(2);
  first.close();
});
