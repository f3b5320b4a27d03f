import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import { errorCode } from './error-code.ts';
import type { Endpoint } from './endpoint.ts';

/** The check `TCP`: does the server accept connections? */
export function tcpCheck(endpoint: Endpoint, dns: Check): Check {
  return { name: 'TCP', dependsOn: [dns], run: () => checkConnection(endpoint) };
}

async function checkConnection({ address: { host, port }, connect }: Endpoint): Promise<Finding> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    await connect();
    return ok(`${address} accepts connections`);
  } catch (error) {
    const code = errorCode(error);
    const { cause, remedy } = causes.get(code) ?? otherCause;
    return failed(`${address} ${cause} (${code})`, remedy);
  }
}

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
