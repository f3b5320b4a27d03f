import { randomBytes } from 'node:crypto';
import { findBrokenPromises } from './broken-promises.ts';
import type { Counts } from './broken-promises.ts';
import { createDatabase } from './database.ts';
import { startGitHub } from './github.ts';
import { startLoadBalancer } from './load-balancer.ts';
import { startNotesApi } from './notes-api.ts';
import { startNotesProvider } from './notes-provider.ts';
import { signIn } from './people.ts';
import { runScenario } from './scenario.ts';
import type { Observations } from './scenario.ts';
import { startReplica } from './start-replica.ts';
import type { Replica } from './start-replica.ts';
import type { AgentConfig } from './agent-tools.ts';
import { createTimeline } from './timeline.ts';

/** Long enough for the calls of a slow machine, short enough to wait for its end. */
const tokenLifetimeS = 8;
/** How long the grant of a killed replica is kept from the others. */
const leaseMs = 3_000;

const timeline = createTimeline(console.log);
const createSecret = (): string => randomBytes(32).toString('base64url');
const database = await createDatabase(process.env['DATABASE_URL']);
timeline.printEvent('database', database.description);
process.once('SIGINT', () => void database.drop().finally(() => process.exit(130))); // the replicas end with this process
const balancer = await startLoadBalancer();
const notesClient = { clientId: 'agent', clientSecret: createSecret() };
const githubClient = { clientId: 'Iv1.agent', clientSecret: createSecret() };
const notes = await startNotesProvider({
  ...notesClient,
  redirectUri: `${balancer.origin}/oauth/callback/notes`,
  tokenLifetimeS,
});
const notesApi = await startNotesApi(notes);
const github = await startGitHub({
  ...githubClient,
  redirectUri: `${balancer.origin}/oauth/callback/github`,
  tokenLifetimeMs: tokenLifetimeS * 1_000,
});
const config: AgentConfig = {
  origin: balancer.origin,
  store: database.address,
  keys: { current: 'k1', keys: { k1: randomBytes(32) } },
  notes: { ...notesClient, issuerUrl: notes.issuerUrl, apiUrl: notesApi.url },
  github: { ...githubClient, endpoints: github.provider.endpoints, apiUrl: github.api.origin },
  leaseMs,
};
const started: Replica[] = [];
const start = async (): Promise<Replica> => {
  const replica = await startReplica(config);
  started.push(replica);
  return replica;
};

try {
  balancer.replicas = await Promise.all([start(), start()]);
  timeline.printEvent('replicas', `2 processes: ${started.map(({ pid }) => pid).join(', ')}`);
  const signInAtGitHub = (account: string): void => void (github.provider.consent = { account });
  const enter = (user: string) => signIn(user, balancer.origin, signInAtGitHub);
  const people = await Promise.all([enter('alice'), enter('bob'), enter('carol')]);
  const parts = { people, notes, notesApi, github, balancer, timeline };
  const context = { ...parts, startReplica: start, tokenLifetimeMs: tokenLifetimeS * 1_000 };
  const observations = await runScenario(context);
  printResult(people.length, observations);
} finally {
  await Promise.all(started.map((replica) => replica.stop()));
  await Promise.all([balancer.close(), notes.close(), notesApi.close(), github.close()]);
  await database.drop();
}

/** Prints the broken promises, if any, and the counts as JSON for machines. */
function printResult(users: number, observations: Observations): void {
  const { counts: atGitHub } = github.provider;
  const counts: Counts = {
    users,
    toolCalls: balancer.seen.toolCalls,
    pending: balancer.seen.pending,
    refreshes: notes.seen.refreshes + atGitHub.refreshes,
    doubleRefreshes: notes.seen.doubleRefreshes + atGitHub.reuses,
    wrongUser: notesApi.seen.wrongUser + github.seen.wrongUser,
    lostGrants: notes.seen.lostGrants + atGitHub.reuses,
    failed: balancer.seen.failed,
  };
  const broken = [...observations.failures.slice(0, 5), ...findBrokenPromises(counts, observations)];
  for (const line of broken) timeline.printResult(`promise broken: ${line}`, 'bad');
  const all = `Every promise was kept: ${counts.toolCalls} tool calls, ${counts.refreshes} refreshes, no refresh token used twice.`;
  if (broken.length === 0) timeline.printResult(all, 'good');
  else process.exitCode = 1;
  console.log(JSON.stringify(counts));
}
