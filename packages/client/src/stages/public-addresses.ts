import type { LookupAddress, LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { DestinationNotAllowedError, TransportError } from '../errors/index.ts';
import { layer } from '../core/layer.ts';
import type { Layer } from '../core/layer.ts';
import type { ClientRequest } from '../core/request.ts';
import { checkOptions } from '../core/check-options.ts';
import type { OptionRules } from '../core/check-options.ts';
import { functionRule, listRule } from '../core/option-rules.ts';
import { untilAborted } from '../time/until-aborted.ts';

/** Which addresses are allowed. */
export interface PublicAddressOptions {
  /** Ranges that are allowed although they are not public, such as `10.1.0.0/16`. Default: none. */
  readonly allow?: readonly string[];
  /** Resolves a host name. Default: the system's resolver, which `fetch` uses too. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

/**
 * Allows public addresses only, for each redirect too. Use it for URLs from users (a webhook, an image), which must not
 * reach hosts that only this machine or its network can reach (SSRF).
 *
 * An address is public when it is in none of the special-purpose ranges of IANA: private, loopback, link-local with the
 * metadata services of clouds, carrier-grade NAT, documentation, multicast, and IPv6 forms of an IPv4 address. A name is
 * resolved before each request, and rejected when any of its addresses is not public. This does not detect a name server
 * that changes its response a moment later (DNS rebinding). To prevent that, pass {@link publicLookup} to the connection.
 *
 * @throws DestinationNotAllowedError from a call; nothing was sent
 * @throws ConfigError when `allow` has something that is not a range
 */
export function withPublicAddressesOnly(options: PublicAddressOptions = {}): Layer {
  checkOptions(options, addressRules, { owner: 'withPublicAddressesOnly' });
  const { allow = [], resolve = resolveAddresses } = options;
  const mayCall = createAddressCheck(allow);
  return layer('destination', { name: 'public-addresses', settings: { allow } }, (next) => async (request, call) => {
    const hostname = new URL(request.url).hostname.replace(/^\[|\]$/g, '');
    const addresses = ipaddr.isValid(hostname)
      ? [hostname]
      : await untilAborted(resolveName(resolve, hostname, request), call.signal);
    const rejected = addresses.find((address) => !mayCall(address));
    if (rejected === undefined) return next(request, call);
    throw new DestinationNotAllowedError(request, `its address is ${addressRange(rejected)}, not public`);
  });
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * A `lookup` for connections (`net.connect`, undici's `new Agent({ connect: { lookup } })`) that returns public addresses
 * only. The connection goes to the address that was checked, so DNS rebinding is not possible.
 */
export function publicLookup(
  options: Pick<PublicAddressOptions, 'allow'> = {},
): (hostname: string, options: LookupOptions, found: Found) => void {
  checkOptions(options, { allow: rangesRule }, { owner: 'publicLookup' });
  const mayCall = createAddressCheck(options.allow ?? []);
  return (hostname, lookupOptions, found) => {
    void lookUp(hostname, lookupOptions, (error, addresses) => {
      if (error !== null) return found(error, '');
      const rejected = addresses.find(({ address }) => !mayCall(address));
      if (rejected !== undefined) {
        const why = `its address is ${addressRange(rejected.address)}, not public`;
        return found(Object.assign(new Error(`${hostname} is not allowed: ${why}`), { code: 'EACCES' }), '');
      }
      const [first] = addresses;
      return lookupOptions.all === true ? found(null, addresses) : found(null, first?.address ?? '', first?.family);
    });
  };
}

const rangesRule = listRule({
  test: (value) => typeof value === 'string' && ipaddr.isValidCIDR(value),
  expected: 'a range such as 10.1.0.0/16',
});
const addressRules: OptionRules<PublicAddressOptions> = { allow: rangesRule, resolve: functionRule };

function createAddressCheck(allow: readonly string[]): (address: string) => boolean {
  const ranges = allow.map((range) => ipaddr.parseCIDR(range));
  return (text) => {
    const address = ipaddr.process(text);
    return (
      addressRange(text) === 'unicast' ||
      ranges.some((range) => address.kind() === range[0].kind() && address.match(range))
    );
  };
}

/** The kind of range an address is in. An IPv6 form of an IPv4 address counts as the IPv4 address. */
const addressRange = (address: string): string => ipaddr.process(address).range();

/** Loaded when it is used: runtimes without name resolution of their own can load the package. */
async function lookUp(
  hostname: string,
  options: LookupOptions,
  found: (error: Error | null, addresses: LookupAddress[]) => void,
): Promise<void> {
  const { lookup } = await import('node:dns');
  lookup(hostname, { ...options, all: true }, found);
}

async function resolveAddresses(hostname: string): Promise<readonly string[]> {
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
}

async function resolveName(
  resolve: (hostname: string) => Promise<readonly string[]>,
  hostname: string,
  request: ClientRequest,
): Promise<readonly string[]> {
  try {
    return await resolve(hostname);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'UNKNOWN';
    throw new TransportError(request, { reason, detail: 'its name was not found' });
  }
}
