import { isIP } from 'node:net';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './endpoint.ts';

/** The check `DNS`: does the host name have an address? */
export function dnsCheck(endpoint: Endpoint): Check {
  return { name: 'DNS', dependsOn: [], run: () => checkAddress(endpoint) };
}

async function checkAddress({ address: { host }, resolve }: Endpoint): Promise<Finding> {
  if (isIP(host) !== 0) return ok(`${host} is an IP address`);
  try {
    return ok(`${host} has the address ${(await resolve()).join(', ')}`);
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = causes.get(code) ?? otherCause;
    return failed(`${host} ${cause} (${code})`, remedy);
  }
}

const otherCause = { cause: 'cannot be resolved', remedy: 'Check the DNS settings of this machine' };

const causes: ReadonlyMap<string, typeof otherCause> = new Map([
  [
    'ENOTFOUND',
    {
      cause: 'is not known to DNS',
      remedy:
        'Correct the host in the URL, or connect to the network that knows it: a VPN, a cluster, its DNS search domain',
    },
  ],
  ['EAI_AGAIN', { cause: 'cannot be resolved', remedy: 'Check the network: the name server does not answer' }],
  ['ETIMEDOUT', { cause: 'cannot be resolved', remedy: 'Check the network: the name server does not answer' }],
]);
