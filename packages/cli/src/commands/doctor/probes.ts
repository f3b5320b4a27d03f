import type { Clock } from '@bearings/client';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { within } from './within.ts';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a TLS handshake came to. */
export interface Handshake {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** Why the certificate is not trusted, as a code; `undefined` when it is. */
  readonly distrust: string | undefined;
  /** Whose certificate it is. */
  readonly subject: string;
  /** Who says so. */
  readonly issuer: string;
  /** When it ends, in milliseconds since the epoch. */
  readonly endsAt: number;
}

/** How the network is looked at below HTTP. They fail with the system's own errors. */
export interface Probes {
  /** The addresses that a name has. */
  readonly addressesOf: (host: string) => Promise<readonly string[]>;
  /** Opens a connection, and closes it. */
  readonly open: (address: Address) => Promise<void>;
  /** Shakes hands, whether the certificate is trusted or not, and sends nothing. */
  readonly shakeHands: (address: Address) => Promise<Handshake>;
}

/** The most that one of them takes, in milliseconds. */
const limitMs = 5_000;

/** The network of this machine. */
export function systemProbes(clock: Clock): Probes {
  return {
    addressesOf: (host) =>
      within(limitMs, clock, async () => (await lookup(host, { all: true })).map(({ address }) => address)),
    open: (address) => within(limitMs, clock, (signal) => opened(address, signal)),
    shakeHands: (address) => within(limitMs, clock, (signal) => shaken(address, signal)),
  };
}

async function opened(address: Address, signal: AbortSignal): Promise<void> {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
}

async function shaken({ host, port }: Address, signal: AbortSignal): Promise<Handshake> {
  const name = isIP(host) === 0 ? { servername: host } : {};
  // whom it would refuse is what is asked here, and nothing is sent over this connection
  const socket = connectTls({ host, port, ...name, rejectUnauthorized: false });
  socket.on('error', () => {}); // one that comes after the handshake, such as for want of a client certificate
  try {
    await once(socket, 'secureConnect', { signal });
    return handshakeOf(socket);
  } finally {
    socket.destroy();
  }
}

function handshakeOf(socket: TLSSocket): Handshake {
  const { subject, issuer, valid_to: end } = socket.getPeerCertificate();
  // typed as an error, and a code in truth
  const distrust = socket.authorized ? undefined : String(socket.authorizationError);
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    distrust,
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    endsAt: Date.parse(end),
  };
}

type CertificateName = Readonly<Partial<Record<'CN' | 'O', string | string[]>>>;

function nameOf({ CN: name, O: organization }: CertificateName): string {
  return [name ?? organization ?? 'nobody in particular'].flat().join(', ');
}
