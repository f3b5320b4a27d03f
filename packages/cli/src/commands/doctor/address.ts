import { isIP } from 'node:net';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Place } from './place.ts';

/** DNS: the host's name has an address. */
export function addressCheck(place: Place): Check {
  return { name: 'DNS', needs: [], run: () => look(place) };
}

async function look({ address: { host }, addresses }: Place): Promise<Finding> {
  if (isIP(host) !== 0) return ok(`${host} is an address itself`);
  try {
    return ok(`${host} is ${(await addresses()).join(', ')}`);
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = causes.get(code) ?? other;
    return failed(`${host} ${cause} (${code})`, remedy);
  }
}

const other = { cause: 'could not be looked up', remedy: 'Look at the resolver of this machine' };

const causes: ReadonlyMap<string, typeof other> = new Map([
  [
    'ENOTFOUND',
    {
      cause: 'is a name that nobody knows',
      remedy: 'Correct the host in the URL, or join the network that knows it: a VPN, a cluster, its DNS search domain',
    },
  ],
  ['EAI_AGAIN', { cause: 'could not be asked about', remedy: 'The name server does not answer: look at the network' }],
  ['ETIMEDOUT', { cause: 'could not be asked about', remedy: 'The name server does not answer: look at the network' }],
]);
