import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Addresses, Order, Seen } from './soak-servers.ts';

/** The servers of a soak, in a process of their own. */
export interface SoakServers extends Addresses {
  begin(trouble: string): Promise<void>;
  end(trouble: string): Promise<void>;
  seen(): Promise<Seen>;
  stop(): Promise<void>;
}

/** Starts the servers. */
export async function soakServers(): Promise<SoakServers> {
  const child = fork(new URL('./soak-servers.ts', import.meta.url), { execArgv: ['--no-warnings'] });
  const [addresses] = (await once(child, 'message')) as [Addresses];
  let orders = 0;
  const ask = async (order: Omit<Order, 'number'>): Promise<Seen> => {
    orders += 1;
    return answered(child, { ...order, number: orders });
  };
  return {
    ...addresses,
    begin: async (trouble) => void (await ask({ what: 'begin', trouble })),
    end: async (trouble) => void (await ask({ what: 'end', trouble })),
    seen: () => ask({ what: 'seen' }),
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function answered(child: ChildProcess, order: Order): Promise<Seen> {
  child.send(order);
  for (;;) {
    const [answer] = (await once(child, 'message')) as [{ readonly number: number; readonly seen: Seen }];
    if (answer.number === order.number) return answer.seen;
  }
}

/** A time in which something went wrong, on the monotonic clock. */
export interface Window {
  readonly trouble: string;
  readonly from: number;
  /** `Infinity` while it lasts. */
  to: number;
}

/**
 * What a call may fail with, for each fault.
 *
 * Without a new token the old one may be rejected when it expires, so faults of the issuer may show as a 401. While the
 * issuer works, a revoked token fails no call.
 */
export const fitting: Readonly<Record<string, readonly string[]>> = {
  'issuer busy': ['TOKEN_HTTP', 'TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'issuer busy and polite': ['TOKEN_HTTP', 'TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'issuer silent': ['TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'issuer resets': ['TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'issuer breaks off': ['TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'issuer talks nonsense': ['INVALID_TOKEN_RESPONSE', 'TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'issuer gone': ['TOKEN_UNAVAILABLE', 'HTTP_STATUS 401'],
  'tokens revoked': [],
  'keys rotated': [],
  'tokens revoked early': ['HTTP_STATUS 401'],
  'api busy': ['HTTP_STATUS 503'],
  'api silent': ['ATTEMPT_TIMEOUT', 'DEADLINE_EXCEEDED'],
  'api resets': ['TRANSPORT'],
  'api gone': ['TRANSPORT'],
};

/** How long a trouble shows after its end: until the next attempt at the issuer, which may have backed off. */
const afterMs = (trouble: string): number => (trouble.startsWith('api') ? 500 : 5_000);

/** What a call that lasted from then to then may have failed with; nothing in calm times. */
export function fittingCodes(windows: readonly Window[], from: number, to: number): readonly string[] {
  const around = windows.filter((window) => window.from <= to && window.to + afterMs(window.trouble) >= from);
  return around.flatMap(({ trouble }) => fitting[trouble] ?? []);
}

/** What a process holds on to. */
export interface Holdings {
  readonly heapBytes: number;
  /** What keeps the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

/** What this process holds on to when everything that can be let go has been. */
export async function holdings(): Promise<Holdings> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let turn = 0; turn < 5; turn += 1) {
    collect();
    await sleep(20);
  }
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { heapBytes: process.memoryUsage().heapUsed, resources };
}
