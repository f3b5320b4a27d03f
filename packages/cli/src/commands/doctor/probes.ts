import type { Clock } from '@bearings/client';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { withTimeout } from '../../time/with-timeout.ts';

/** A host and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The result of a TLS handshake. */
export interface Handshake {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** Why the certificate is not trusted, as OpenSSL's code; `undefined` when it is trusted. */
  readonly trustError: string | undefined;
  /** The name in the certificate. */
  readonly subject: string;
  /** The authority that issued the certificate. */
  readonly issuer: string;
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Tests of the network below HTTP. They fail with Node's own errors. */
export interface Probes {
  /** The addresses of a host name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Opens a connection and closes it. */
  readonly connect: (address: Address) => Promise<void>;
  /** Performs a TLS handshake, also with a certificate that is not trusted, and sends nothing. */
  readonly handshake: (address: Address) => Promise<Handshake>;
}

/** The time limit of a connection, and of a handshake, in milliseconds. */
const limitMs = 5_000;

/** A resolver asks the next name server after 5 s; it may have three. In milliseconds. */
const resolveLimitMs = 16_000;

/** How long an alert of the server is awaited after the handshake, in milliseconds. */
const alertLimitMs = 500;

/** Probes of this machine's network. */
export function createProbes(clock: Clock): Probes {
  return {
    resolve: (host) =>
      withTimeout(resolveLimitMs, clock, async () => (await lookup(host, { all: true })).map(({ address }) => address)),
    connect: (address) => withTimeout(limitMs, clock, (signal) => openAndClose(address, signal)),
    handshake: (address) => withTimeout(limitMs, clock, (signal) => performHandshake(address, { signal, clock })),
  };
}

async function openAndClose(address: Address, signal: AbortSignal): Promise<void> {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
}

interface HandshakeContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

async function performHandshake({ host, port }: Address, { signal, clock }: HandshakeContext): Promise<Handshake> {
  const name = isIP(host) === 0 ? { servername: host } : {};
  // the purpose is to report why a certificate is rejected; nothing is sent over this connection
  const socket = connectTls({ host, port, ...name, rejectUnauthorized: false });
  const alert = Promise.withResolvers<void>();
  socket.on('error', alert.reject);
  socket.once('session', alert.resolve).once('close', alert.resolve);
  alert.promise.catch(() => {}); // it is awaited after the handshake
  try {
    await once(socket, 'secureConnect', { signal });
    const handshake = readHandshake(socket);
    // in TLS 1.3 the server judges the client's certificate after the handshake: a session ticket shows that it agrees
    const cancel = clock.schedule(alertLimitMs, alert.resolve);
    await alert.promise.finally(cancel);
    return handshake;
  } finally {
    socket.destroy();
  }
}

function readHandshake(socket: TLSSocket): Handshake {
  const { subject, issuer, valid_to: end } = socket.getPeerCertificate();
  // the type says Error, but Node sets the code as a string
  const trustError = socket.authorized ? undefined : String(socket.authorizationError);
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    trustError,
    subject: certificateName(subject),
    issuer: certificateName(issuer),
    endsAt: Date.parse(end),
  };
}

type CertificateName = Readonly<Partial<Record<'CN' | 'O', string | string[]>>>;

function certificateName({ CN: name, O: organization }: CertificateName): string {
  return [name ?? organization ?? '(no name)'].flat().join(', ');
}
