import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Order, Report } from './replica-messages.ts';

/** What all replicas did together. */
export interface FleetReport extends Report {
  readonly replicas: number;
}

/** The replicas, each a process. */
export class Fleet {
  readonly #replicas: ChildProcess[];

  private constructor(replicas: ChildProcess[]) {
    this.#replicas = replicas;
  }

  /** Starts processes; answers when each is ready. */
  static async start(size: number, settings: object): Promise<Fleet> {
    const env = { ...process.env, FLEET_REPLICA: JSON.stringify(settings) };
    const replicas = Array.from({ length: size }, () =>
      fork(new URL('replica.ts', import.meta.url), { env, execArgv: [] }),
    );
    await Promise.all(replicas.map((replica) => once(replica, 'message')));
    return new Fleet(replicas);
  }

  get size(): number {
    return this.#replicas.length;
  }

  /** Lets every replica make calls. */
  async call(order: Order): Promise<FleetReport> {
    const reports = await Promise.all(this.#replicas.map((replica) => ask(replica, order)));
    const sum = (read: (report: Report) => number): number => reports.reduce((total, each) => total + read(each), 0);
    return {
      replicas: reports.length,
      calls: sum(({ calls }) => calls),
      failed: sum(({ failed }) => failed),
      fallbacks: sum(({ fallbacks }) => fallbacks),
      tookMs: Math.round(Math.max(...reports.map(({ tookMs }) => tookMs))),
    };
  }

  /** Lets the first replica make a call, and kills it when `isBusy` says so. The call ends with it. */
  async killOne(isBusy: () => Promise<void>): Promise<void> {
    const [first] = this.#replicas.splice(0, 1);
    if (first === undefined) return;
    first.send({ calls: 1, spreadMs: 0 } satisfies Order);
    await isBusy();
    const ended = once(first, 'exit');
    first.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    const ended = this.#replicas.map((replica) => once(replica, 'exit'));
    for (const replica of this.#replicas) replica.disconnect();
    await Promise.all(ended);
  }
}

async function ask(replica: ChildProcess, order: Order): Promise<Report> {
  const answered = once(replica, 'message');
  replica.send(order);
  const [report]: Report[] = await answered;
  if (report === undefined) throw new Error('A replica answered with nothing');
  return report;
}
