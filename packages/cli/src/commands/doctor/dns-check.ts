import { isIP } from 'node:net';
import { failed, ok, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './endpoint.ts';

/** The check `DNS`: does the host name have an address? */
export function dnsCheck(endpoint: Endpoint): Check {
  return { name: 'DNS', dependsOn: [], run: () => checkAddress(endpoint) };
}

/** A resolver asks the next name server after 5 s. */
const slowMs = 2_000;

async function checkAddress({ address: { host }, resolve, clock }: Endpoint): Promise<Finding> {
  if (isIP(host) !== 0) return ok(`${host} is an IP address`);
  const startedMs = clock.monotonic();
  try {
    const message = `${host} has the address ${(await resolve()).join(', ')}`;
    return clock.monotonic() - startedMs < slowMs ? ok(message) : warning(message, slowRemedy);
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = causes.get(code) ?? otherCause;
    return failed(`${host} ${cause} (${code})`, remedy);
  }
}

const slowRemedy =
  'Check the name servers of this machine (/etc/resolv.conf): each new connection waits so long, as when the first of them does not answer';

const otherCause = { cause: 'cannot be resolved', remedy: 'Check the DNS settings of this machine' };

const silentServers = {
  cause: 'cannot be resolved: no name server answers',
  remedy: 'Check the network, and the name servers of this machine (/etc/resolv.conf)',
};

const causes: ReadonlyMap<string, typeof otherCause> = new Map([
  [
    'ENOTFOUND',
    {
      cause: 'is not known to DNS',
      remedy:
        'Correct the host in the URL, or connect to the network that knows it: a VPN, a cluster, its DNS search domain',
    },
  ],
  ['EAI_AGAIN', silentServers],
  ['ETIMEDOUT', silentServers],
]);
