import { fakeIssuer, virtualClock } from '@bearings/testing';
import { systemClock } from '@bearings/client';
import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { createCertificate } from '../../../../testing/src/server/certificate.ts';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createProbes } from '../../../src/commands/doctor/probes.ts';
import { listen } from '../../fixtures/loopback.ts';

const loopbackAddress = (origin: string) => ({ host: '127.0.0.1', port: Number(new URL(origin).port) });

const probes = createProbes(systemClock);

test('a host name resolves to its addresses', async () => {
  expect((await probes.resolve('localhost')).length).toBeGreaterThan(0);
});

test('a connection succeeds to a listening port, and is refused otherwise', async () => {
  const server = await listen();
  await expect(probes.connect(loopbackAddress(server.origin))).resolves.toBeUndefined();
  await server.close();

  await expect(probes.connect(loopbackAddress(server.origin))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('an untrusted certificate is described, and nothing is sent over the connection', async () => {
  await using issuer = await fakeIssuer().listen({ tls: true });

  const { protocol, trustError: distrust, subject, endsAt } = await probes.handshake(loopbackAddress(issuer.origin));

  expect({ protocol, distrust, subject }).toEqual({
    protocol: 'TLSv1.3',
    distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    subject: '127.0.0.1',
  });
  expect(endsAt).toBeGreaterThan(Date.now());
  expect(issuer.requests).toEqual([]);
});

test('a server that requires a client certificate is recognised, although TLS 1.3 says so after the handshake', async () => {
  const certificate = await createCertificate();
  const required = { requestCert: true, rejectUnauthorized: true, ca: certificate.cert };
  await using server = await listen(createTlsServer({ ...certificate, ...required }), 'https');

  await expect(probes.handshake(loopbackAddress(server.origin))).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  });
});

test('an answer in plain text fails the TLS handshake', async () => {
  await using server = await listen();

  await expect(probes.handshake(loopbackAddress(server.origin))).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/),
  });
});

test('a server that accepts a connection and stays silent is given up after five seconds', async () => {
  const clock = virtualClock();
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const handshake = createProbes(clock).handshake({ host: '127.0.0.1', port });
  const timedOut = expect(handshake).rejects.toMatchObject({ code: 'ETIMEDOUT', message: 'No result within 5 s' });
  await once(server, 'connection');
  await clock.advance(5_000);

  await timedOut;
  for (const socket of sockets) socket.destroy();
  server.close();
});
