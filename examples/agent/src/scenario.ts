import { setTimeout as pause } from 'node:timers/promises';
import type { PendingTool } from '@bearings/user-tokens';
import type { ToolAnswer } from './agent-tools.ts';
import type { GitHub } from './github.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { NotesApi } from './notes-api.ts';
import type { NotesProvider } from './notes-provider.ts';
import type { Person, ToolName } from './people.ts';
import type { Replica } from './start-replica.ts';
import type { Timeline } from './timeline.ts';

/** The parts of the scenario. */
export interface ScenarioContext {
  readonly people: readonly [alice: Person, ...others: Person[]];
  readonly notes: NotesProvider;
  readonly notesApi: NotesApi;
  readonly github: GitHub;
  readonly balancer: LoadBalancer;
  readonly startReplica: () => Promise<Replica>;
  readonly tokenLifetimeMs: number;
  readonly timeline: Timeline;
}

/** What was observed; the final counts do not show it. */
export interface Observations {
  /** Refreshes of the burst after all tokens have expired. */
  readonly burstRefreshes: number;
  /** Refreshes after one user's access tokens were revoked. */
  readonly rotations: number;
  /** Refreshes of the grant whose refresh was interrupted. */
  readonly takeovers: number;
  /** How many times a tool was pending after the consent was withdrawn. */
  readonly askedAgain: number;
  readonly failures: readonly string[];
}

const tools: readonly ToolName[] = ['list_notes', 'list_issues'];
const isPending = (answer: ToolAnswer | PendingTool): answer is PendingTool => 'pending' in answer;

/** Runs the events in the life of users' grants, in order. */
export async function runScenario(context: ScenarioContext): Promise<Observations> {
  const failures: string[] = [];
  const steps = { ...context, failures };
  await connectAll(steps);
  const burstRefreshes = await sendBurstAfterExpiry(steps);
  const rotations = await revokeAccessTokens(steps);
  const askedAgain = await withdrawConsent(steps);
  const takeovers = await killReplica(steps);
  await replaceReplica(steps);
  const results = await sendCalls(steps, 5);
  context.timeline.printEvent('last calls', `${results} results, over both replicas`);
  return { burstRefreshes, rotations, takeovers, askedAgain, failures };
}

type Steps = ScenarioContext & { readonly failures: string[] };

/** No user has consented: each first call is pending. All users consent, and the same calls go on. */
async function connectAll(steps: Steps): Promise<void> {
  const { people, timeline, notes, github } = steps;
  let asked = 0;
  for (const person of people) {
    for (const tool of tools) {
      const answer = await person.ask(tool);
      if (!isPending(answer)) continue;
      asked += 1;
      await consent(steps, person, answer);
    }
  }
  const count = people.length * tools.length;
  timeline.printEvent('first calls', `${count} tool calls, ${asked} pending with a link`);
  timeline.printEvent(
    'consent',
    `${notes.seen.codes} at the OpenID provider, ${github.provider.counts.granted} at GitHub`,
  );
  const results = await sendCalls(steps, 10);
  timeline.printEvent('resumed', `${results} results, over both replicas at once`);
}

async function consent({ failures }: Steps, person: Person, pending: PendingTool): Promise<void> {
  const status = await person.consent(pending);
  if (status !== 'completed') failures.push(`the consent of ${person.user} has ${status}`);
}

/** Every tool for every user, many times at once. Returns the number of results. */
async function sendCalls(steps: Steps, times: number): Promise<number> {
  const calls = steps.people.flatMap((person) => tools.map((tool) => ({ person, tool })));
  const repeated = Array.from({ length: times }, () => calls).flat();
  return countResults(
    steps,
    repeated.map(({ person, tool }) => person.ask(tool)),
  );
}

/** All access tokens have expired, and all users call at once. Returns the number of refreshes. */
async function sendBurstAfterExpiry(steps: Steps): Promise<number> {
  await pause(steps.tokenLifetimeMs + 200);
  const before = refreshes(steps);
  const results = await sendCalls(steps, 10);
  const count = refreshes(steps) - before;
  const grants = steps.people.length * tools.length;
  steps.timeline.printEvent('tokens expired', `${results} results, ${count} refreshes for ${grants} grants`);
  return count;
}

/** The API ends the access tokens of one user, and the next calls are rejected. Returns the number of refreshes. */
async function revokeAccessTokens(steps: Steps): Promise<number> {
  const { people, notesApi, timeline } = steps;
  const bob = people[1] ?? people[0];
  const before = { refreshes: steps.notes.seen.refreshes, rejected: notesApi.seen.rejected };
  notesApi.revokeTokens(`${bob.user}@notes`);
  const results = await countResults(
    steps,
    Array.from({ length: 20 }, () => bob.ask('list_notes')),
  );
  const rotations = steps.notes.seen.refreshes - before.refreshes;
  const rejected = notesApi.seen.rejected - before.rejected;
  timeline.printEvent(
    'token revoked',
    `of ${bob.user}: ${rejected} calls rejected, ${rotations} refresh, ${results} results`,
  );
  return rotations;
}

/** A user withdraws consent at the provider: the tool is pending, at both replicas, until the user consents again. */
async function withdrawConsent(steps: Steps): Promise<number> {
  const { people, notes, timeline, balancer, failures } = steps;
  const [alice] = people;
  notes.withdraw(`${alice.user}@notes`);
  const asked: PendingTool[] = [];
  for (let at = 0; at < balancer.replicas.length; at += 1) {
    const answer = await alice.ask('list_notes');
    if (isPending(answer)) asked.push(answer);
  }
  const links = new Set(asked.map(({ authorization_id: id }) => id));
  timeline.printEvent('consent withdrawn', `by ${alice.user}: ${asked.length} calls pending, links: ${links.size}`);
  const [pending] = asked;
  if (pending === undefined) return 0;
  await consent(steps, alice, pending);
  const again = await alice.ask('list_notes');
  if (isPending(again)) failures.push(`${alice.user} has consented, and the tool is still pending`);
  else timeline.printEvent('consent again', `resumed for ${again.account}`);
  return asked.length;
}

/** A replica is killed while its token request is on the way. Returns the number of refreshes. */
async function killReplica(steps: Steps): Promise<number> {
  const { people, notes, notesApi, balancer, timeline } = steps;
  const carol = people.at(-1) ?? people[0];
  const replicas = balancer.replicas;
  const before = notes.seen.refreshes;
  notesApi.revokeTokens(`${carol.user}@notes`);
  const held = notes.holdTokenRequest();
  balancer.replicas = replicas.slice(0, 1);
  const first = carol.ask('list_notes');
  await held; // the grant was claimed before the token request was sent
  balancer.replicas = replicas;
  const others = Array.from({ length: 10 }, () => carol.ask('list_notes'));
  const startedAt = performance.now();
  await replicas[0]?.kill();
  const what = `it had claimed ${carol.user}'s grant and sent the refresh`;
  timeline.printEvent('replica killed', `SIGKILL for ${replicas[0]?.pid}: ${what}`);
  const results = await countResults(steps, [first, ...others]);
  const takeovers = notes.seen.refreshes - before;
  const waitedMs = Math.round(performance.now() - startedAt);
  timeline.printEvent(
    'taken over',
    `${results} results after ${waitedMs} ms, when its lease had ended; refreshes: ${takeovers}`,
  );
  return takeovers;
}

/** A new process takes the place of the killed one. */
async function replaceReplica({ balancer, startReplica, timeline }: Steps): Promise<void> {
  const replica = await startReplica();
  balancer.replicas = [...balancer.replicas, replica];
  timeline.printEvent('replica replaced', `by ${replica.pid}`);
}

/** Waits for tool calls; those without a result are failures. */
async function countResults({ failures }: Steps, calls: readonly ReturnType<Person['ask']>[]): Promise<number> {
  let results = 0;
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === 'rejected') failures.push(String(call.reason));
    else if (isPending(call.value)) failures.push(`a tool is pending without need: ${call.value.message}`);
    else results += 1;
  }
  return results;
}

const refreshes = ({ notes, github }: ScenarioContext): number =>
  notes.seen.refreshes + github.provider.counts.refreshes;
