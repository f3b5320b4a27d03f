import type { Clock } from '@bearings/client';
import type { Address, Handshake, Probes } from './probes.ts';

/** A server, and what the probes found out about it. Each probe runs once, however many checks use its result. */
export interface Endpoint {
  readonly url: URL;
  readonly address: Address;
  readonly clock: Clock;
  readonly resolve: () => Promise<readonly string[]>;
  readonly connect: () => Promise<void>;
  readonly handshake: () => Promise<Handshake>;
}

/** What endpoints use. */
export interface EndpointContext {
  readonly probes: Probes;
  readonly clock: Clock;
}

/** A function that gives the endpoint of a URL; URLs of the same origin share one. */
export function createEndpoints(context: EndpointContext): (url: string) => Endpoint {
  const known = new Map<string, Endpoint>();
  return (text) => {
    const url = new URL(text);
    const endpoint = known.get(url.origin) ?? createEndpoint(url, context);
    known.set(url.origin, endpoint);
    return endpoint;
  };
}

function createEndpoint(url: URL, { probes, clock }: EndpointContext): Endpoint {
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const address = { host, port };
  return {
    url,
    address,
    clock,
    resolve: once(() => probes.resolve(host)),
    connect: once(() => probes.connect(address)),
    handshake: once(() => probes.handshake(address)),
  };
}

/** Runs work at the first call, and gives its result, or its failure, to all calls. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
