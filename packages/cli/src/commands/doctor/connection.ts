import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Place } from './place.ts';

/** TCP: something takes connections there. */
export function connectionCheck(place: Place, address: Check): Check {
  return { name: 'TCP', needs: [address], run: () => knock(place) };
}

async function knock({ address: { host, port }, opened }: Place): Promise<Finding> {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    await opened();
    return ok(`${where} takes connections`);
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = causes.get(code) ?? other;
    return failed(`${where} ${cause} (${code})`, remedy);
  }
}

const other = {
  cause: 'cannot be reached',
  remedy: 'Look at the network between here and there: VPN, firewall, route',
};

const causes: ReadonlyMap<string, typeof other> = new Map([
  ['ECONNREFUSED', { cause: 'takes no connections', remedy: 'Start the server, or correct host and port in the URL' }],
  [
    'ETIMEDOUT',
    {
      cause: 'does not answer',
      remedy: 'Something swallows the packets: look at firewall, VPN and network policy, and whether a proxy is needed',
    },
  ],
]);
