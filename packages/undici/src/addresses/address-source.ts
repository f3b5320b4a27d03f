import { lookup, Resolver } from 'node:dns/promises';

/** Where one instance of a service is. */
export interface ServiceAddress {
  /** An IP address. */
  readonly address: string;
  /** Default: the port of the origin. */
  readonly port?: number | undefined;
}

/** Finds the addresses of a service, such as from a registry. */
export type AddressLookup = (origin: URL) => Promise<readonly ServiceAddress[]>;

/** All addresses of the host: of a headless service, each is an instance. */
export const lookupHost: AddressLookup = async ({ hostname }) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => ({ address }));
};

/**
 * The instances that SRV records name (RFC 2782), of the lowest priority number: `_https._tcp.orders.internal` for
 * `https://orders.internal`. An instance with twice the weight is there twice as often.
 *
 * @param resolver - asks the name servers. Default: those of the system
 */
export function lookupService(resolver: Pick<Resolver, 'resolveSrv'> = new Resolver()): AddressLookup {
  return async ({ protocol, hostname }) => {
    const records = await resolver.resolveSrv(`_${protocol.slice(0, -1)}._tcp.${hostname}`);
    const first = Math.min(...records.map(({ priority }) => priority));
    const used = records.filter(({ priority }) => priority === first);
    const smallest = Math.max(1, Math.min(...used.map(({ weight }) => weight)));
    const found = await Promise.all(
      used.map(async ({ name, port, weight }) => {
        const addresses = await lookup(name, { all: true });
        const times = Math.min(maxTimes, Math.max(1, Math.round(weight / smallest)));
        return addresses.flatMap(({ address }) => Array.from({ length: times }, () => ({ address, port })));
      }),
    );
    return found.flat();
  };
}

/** How often an instance is listed at most, by its weight. */
const maxTimes = 10;
