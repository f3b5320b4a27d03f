import type { IncomingMessage } from 'node:http';

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/**
 * Refuses what the studio's own page does not send: another host name (DNS rebinding), another origin, another site, and
 * forms. `undefined` for a request that may go on.
 */
export function refuse({ method = '', headers }: IncomingMessage, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host)) return { status: 421, message: `This server is ${hosts[0]} and no other host` };
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, message: 'Another origin' };
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return { status: 403, message: 'Another site' };
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') return { status: 405, message: 'GET or POST' };
  if (site === 'none') return { status: 403, message: 'A POST of no page' };
  const isJson = /^application\/json(?:;|$)/i.test(headers['content-type'] ?? '');
  return isJson ? undefined : { status: 415, message: 'application/json only' };
}
