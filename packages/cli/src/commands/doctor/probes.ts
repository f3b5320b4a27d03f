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

/** The time limit of each probe, in milliseconds. */
const limitMs = 5_000;

/** Probes of this machine's network. */
export function createProbes(clock: Clock): Probes {
  return {
    resolve: (host) =>
      withTimeout(limitMs, clock, async () => (await lookup(host, { all: true })).map(({ address }) => address)),
    connect: (address) => withTimeout(limitMs, clock, (signal) => openAndClose(address, signal)),
    handshake: (address) => withTimeout(limitMs, clock, (signal) => performHandshake(address, signal)),
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

async function performHandshake({ host, port }: Address, signal: AbortSignal): Promise<Handshake> {
  const name = isIP(host) === 0 ? { servername: host } : {};
  // the purpose is to report why a certificate is rejected; nothing is sent over this connection
  const socket = connectTls({ host, port, ...name, rejectUnauthorized: false });
  socket.on('error', () => {}); // an error after the handshake, such as a missing client certificate
  try {
    await once(socket, 'secureConnect', { signal });
    return readHandshake(socket);
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
