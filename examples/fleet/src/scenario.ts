import { setTimeout } from 'node:timers/promises';
import type { Fleet, FleetReport } from './fleet.ts';
import type { Servers } from './servers.ts';
import type { StoreServer } from './store-server.ts';

/** One part of the story, as the servers counted it. */
export interface Chapter extends FleetReport {
  readonly title: string;
  /** The token requests that the provider saw in this part. */
  readonly tokenRequests: number;
  /** The most that may be. */
  readonly allowed: number;
}

export interface ScenarioContext {
  readonly servers: Servers;
  readonly fleet: Fleet;
  readonly store: StoreServer;
  /** Called after each part. */
  readonly onChapter: (chapter: Chapter) => void;
}

const burst = { calls: 10, spreadMs: 0 };

/** Tells the story. Answers with all parts. */
export async function runScenario(context: ScenarioContext): Promise<readonly Chapter[]> {
  const { servers, fleet, store, onChapter } = context;
  const chapters: Chapter[] = [];
  const tell = async (title: string, allowed: number, act: () => Promise<FleetReport>): Promise<void> => {
    const before = servers.tokenRequests;
    const report = await act();
    const chapter = { title, allowed, tokenRequests: servers.tokenRequests - before, ...report };
    chapters.push(chapter);
    onChapter(chapter);
  };
  const revoke = async (spreadMs: number): Promise<FleetReport> => {
    servers.revokeAll();
    return fleet.call({ ...burst, spreadMs });
  };

  servers.lifetimeS = 20; // so that the first token is renewed in seconds
  await tell('cold start, 50 callers in each process', 1, () => fleet.call({ calls: 50, spreadMs: 0 }));
  servers.lifetimeS = 300;
  await tell('renewal of the token', 1, () => waitForRenewal(context));
  await tell('all tokens revoked, 401s at once', 1, () => revoke(0));
  await tell('all tokens revoked, 401s over 1 s', 1, () => revoke(1_000));
  await tell('the process that requests the token is killed', 2, () => killHolder(context));
  if (store.control === undefined) return chapters;
  store.control.stop();
  await tell('all tokens revoked while Redis is stopped', fleet.size, () => revoke(0));
  store.control.resume();
  await setTimeout(3_500); // leases of questions that Redis answers late
  await tell('all tokens revoked, Redis is back', 1, () => revoke(300));
  return chapters;
}

/** The calls go on until every replica has the next token, at half of the lifetime of the first. */
async function waitForRenewal({ servers, fleet }: ScenarioContext): Promise<FleetReport> {
  const before = servers.tokenRequests;
  for (let tries = 0; tries < 200 && servers.tokenRequests === before; tries += 1) {
    await fleet.call({ calls: 1, spreadMs: 50 });
    await setTimeout(50);
  }
  await setTimeout(3_000); // the moments of the replicas are up to a tenth of the lifetime apart
  return fleet.call(burst);
}

async function killHolder({ servers, fleet }: ScenarioContext): Promise<FleetReport> {
  const before = servers.tokenRequests;
  servers.revokeAll();
  servers.delayMs = 1_000;
  await fleet.killOne(async () => {
    while (servers.tokenRequests === before) await setTimeout(10);
  });
  servers.delayMs = 200;
  servers.revokeAll();
  return fleet.call(burst);
}
