import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { areReadings } from './readings.ts';
import type { Readings } from './readings.ts';

const names = ['tokenRequests', 'accepted', 'rejected', 'cpuUs'] as const;

/** The counters of the server since its start. */
export type Seen = Readings<(typeof names)[number]>;

/** The JSON API in its own process. */
export interface BenchServer {
  readonly origin: string;
  readonly close: () => void;
}

export async function startServer(): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), { execArgv: [] });
  const [message]: unknown[] = await once(child, 'message');
  if (!areReadings(message, ['port'])) throw new Error('The server did not start');
  return { origin: `http://127.0.0.1:${message.port}`, close: () => child.disconnect() };
}

export async function seenBy(origin: string): Promise<Seen> {
  const seen: unknown = await (await fetch(`${origin}/control/seen`)).json();
  if (!areReadings(seen, names)) throw new Error('The server did not say what it has seen');
  return seen;
}

/** Makes the server refuse every token that it has issued so far. */
export async function revoke(origin: string): Promise<void> {
  await (await fetch(`${origin}/control/revoke`, { method: 'POST' })).text();
}
