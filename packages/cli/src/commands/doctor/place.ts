import type { Clock } from '@bearings/client';
import type { Address, Handshake, Probes } from './probes.ts';

/** Where a server is, and what was learnt of it: each is asked once, however many checks want to know. */
export interface Place {
  readonly url: URL;
  readonly address: Address;
  readonly clock: Clock;
  readonly addresses: () => Promise<readonly string[]>;
  readonly opened: () => Promise<void>;
  readonly handshake: () => Promise<Handshake>;
}

/** What places are looked at with. */
export interface PlaceParts {
  readonly probes: Probes;
  readonly clock: Clock;
}

/** Finds places by their URLs; one origin is one place. */
export function placesWith(parts: PlaceParts): (url: string) => Place {
  const known = new Map<string, Place>();
  return (text) => {
    const url = new URL(text);
    const place = known.get(url.origin) ?? placeOf(url, parts);
    known.set(url.origin, place);
    return place;
  };
}

function placeOf(url: URL, { probes, clock }: PlaceParts): Place {
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const address = { host, port };
  return {
    url,
    address,
    clock,
    addresses: once(() => probes.addressesOf(host)),
    opened: once(() => probes.open(address)),
    handshake: once(() => probes.shakeHands(address)),
  };
}

/** Asks once and remembers what came of it, a failure too. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}
