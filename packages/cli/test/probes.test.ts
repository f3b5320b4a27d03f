import { fakeIssuer, virtualClock } from '@bearings/testing';
import { systemClock } from '@bearings/client';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemProbes } from '../src/commands/doctor/probes.ts';
import { listen } from './fixtures/loopback.ts';

const addressOf = (origin: string) => ({ host: '127.0.0.1', port: Number(new URL(origin).port) });

const probes = systemProbes(systemClock);

test('a name has addresses', async () => {
  expect((await probes.addressesOf('localhost')).length).toBeGreaterThan(0);
});

test('a connection is opened where something listens, and refused where nothing does', async () => {
  const server = await listen();
  await expect(probes.open(addressOf(server.origin))).resolves.toBeUndefined();
  await server.close();

  await expect(probes.open(addressOf(server.origin))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a certificate that is not trusted is told by its names and its end, and not used', async () => {
  await using issuer = await fakeIssuer().listen({ tls: true });

  const { protocol, distrust, subject, endsAt } = await probes.shakeHands(addressOf(issuer.origin));

  expect({ protocol, distrust, subject }).toEqual({
    protocol: 'TLSv1.3',
    distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    subject: '127.0.0.1',
  });
  expect(endsAt).toBeGreaterThan(Date.now());
  expect(issuer.requests).toEqual([]);
});

test('what answers a handshake in plain text speaks no TLS', async () => {
  await using server = await listen();

  await expect(probes.shakeHands(addressOf(server.origin))).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/),
  });
});

test('whoever takes a connection and says nothing is given up after five seconds', async () => {
  const clock = virtualClock();
  const held: Socket[] = [];
  const server = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const shaken = systemProbes(clock).shakeHands({ host: '127.0.0.1', port });
  const told = expect(shaken).rejects.toMatchObject({ code: 'ETIMEDOUT', message: 'Nothing within 5 s' });
  await once(server, 'connection');
  await clock.advance(5_000);

  await told;
  for (const socket of held) socket.destroy();
  server.close();
});
