import { isIP } from 'node:net';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './endpoint.ts';

/** The check `TCP`: does the server accept connections? */
export function tcpCheck(endpoint: Endpoint, dns: Check): Check {
  return { name: 'TCP', dependsOn: [dns], run: () => checkConnection(endpoint) };
}

async function checkConnection({ address: { host, port }, connect, resolve }: Endpoint): Promise<Finding> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    await connect();
    return ok(`${address} accepts connections`);
  } catch (error) {
    const code = errorCode(error);
    const isUnrouted =
      unroutedCodes.has(code) && (isIP(host) === 6 || (await resolve()).every((each) => isIP(each) === 6));
    const { cause, remedy } = isUnrouted ? onlyIpv6 : (causes.get(code) ?? otherCause);
    return failed(`${address} ${cause} (${code})`, remedy);
  }
}

/** There is no way to the address from here. */
const unroutedCodes: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL']);

const onlyIpv6 = {
  cause: 'has IPv6 addresses only, and this machine has no IPv6 connection',
  remedy: 'Enable IPv6 on this machine, container or cluster, or ask for an IPv4 address (an A record) of the server',
};

const otherCause = {
  cause: 'cannot be reached',
  remedy: 'Check the network path to the server: VPN, firewall, routes',
};

const causes: ReadonlyMap<string, typeof otherCause> = new Map([
  ['ECONNREFUSED', { cause: 'refuses connections', remedy: 'Start the server, or correct host and port in the URL' }],
  [
    'ETIMEDOUT',
    {
      cause: 'does not answer',
      remedy: 'Packets are dropped: check firewall, VPN and network policy, and whether a proxy is needed',
    },
  ],
]);
