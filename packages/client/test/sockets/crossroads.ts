import { watchedServer } from './watched-server.ts';
import type { Arrival, WatchedServer } from './watched-server.ts';

/** Three origins that redirect a request from one to the other, as the test says. */
export interface Crossroads {
  readonly a: WatchedServer;
  readonly b: WatchedServer;
  readonly c: WatchedServer;
  /** What arrived at any of them, in order. */
  readonly seen: readonly Arrival[];
  /** From now on, what asks for `from` is sent to `to`. What is sent nowhere is answered with 200. */
  readonly route: (from: string, to: string, status?: number) => void;
  /** From now on, what asks for `from` is answered with these statuses, one after the other, then with 200. */
  readonly answerWith: (from: string, ...statuses: readonly number[]) => void;
}

export async function crossroads(): Promise<Crossroads> {
  const seen: Arrival[] = [];
  const routes = new Map<string, { to: string; status: number }>();
  const statuses = new Map<string, number[]>();
  const start = (): Promise<WatchedServer> =>
    watchedServer((arrival, response) => {
      seen.push(arrival);
      const asked = `${arrival.origin}${arrival.path}`;
      const route = routes.get(asked);
      const status = statuses.get(asked)?.shift() ?? route?.status ?? 200;
      response.writeHead(status, route === undefined ? {} : { location: route.to }).end(`from ${arrival.path}`);
    });
  const [a, b, c] = await Promise.all([start(), start(), start()]);
  return {
    a,
    b,
    c,
    seen,
    route: (from, to, status = 302) => void routes.set(from, { to, status }),
    answerWith: (from, ...answers) => void statuses.set(from, [...answers]),
  };
}
