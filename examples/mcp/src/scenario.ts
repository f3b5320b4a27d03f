import { orThrow } from '@bearings/client';
import type { FakeIssuer } from '@bearings/testing';
import type { Client } from '@modelcontextprotocol/client';
import { connectMcp } from './connect-mcp.ts';
import { createMachineToken } from './machine.ts';
import type { Registration } from './machine.ts';
import type { NotesServer } from './mcp-server.ts';
import { createUserTokens, openLink } from './people.ts';
import type { Timeline } from './timeline.ts';

/** The parts of the scenario. */
export interface ScenarioContext {
  readonly issuer: FakeIssuer;
  readonly server: NotesServer;
  readonly registration: Registration;
  readonly timeline: Timeline;
}

/** The results that the callers got. */
export interface Results {
  /** Answers with the notes of another subject. */
  readonly wrongUser: number;
  /** Users without consent, who got a link. */
  readonly pending: number;
  /** Tool calls without an answer, and consents that did not work. */
  readonly failures: readonly string[];
}

const callsAtOnce = 20;

/** Calls the MCP server as a machine, then as two users. */
export async function runScenario(context: ScenarioContext): Promise<Results> {
  const results = { wrongUser: 0, pending: 0, failures: [] as string[] };
  await callWithoutToken(context);
  await callAsMachine(context, results);
  await callAsUsers(context, results);
  return results;
}

interface MutableResults {
  wrongUser: number;
  pending: number;
  readonly failures: string[];
}

async function callWithoutToken({ server, timeline }: ScenarioContext): Promise<void> {
  const { status, headers } = await fetch(server.url, { method: 'POST' });
  const isNamed = headers.get('www-authenticate')?.includes('resource_metadata=') === true;
  timeline.printEvent('no token', `${status}; the challenge names the metadata: ${isNamed ? 'yes' : 'no'}`);
}

async function callAsMachine(context: ScenarioContext, results: MutableResults): Promise<void> {
  const { server, issuer, registration, timeline } = context;
  const token = await createMachineToken(server.url, registration);
  const machine = await connectMcp(server.url, token);
  await callMany(machine, registration.clientId, results);
  const version = machine.getNegotiatedProtocolVersion();
  timeline.printEvent('a machine', `MCP ${version}: ${callsAtOnce} tool calls, ${issuer.counts.token} token request`);
  const before = issuer.counts.token;
  server.revokeTokens(registration.clientId);
  await callMany(machine, registration.clientId, results);
  const requests = issuer.counts.token - before;
  timeline.printEvent('token revoked', `${callsAtOnce} tool calls, ${requests} token request`);
  await machine.close();
  await token.close();
}

async function callAsUsers(context: ScenarioContext, results: MutableResults): Promise<void> {
  const { server, issuer, registration, timeline } = context;
  const users = await createUserTokens(server.url, registration);
  const connected: { readonly user: string; readonly client: Client }[] = [];
  for (const user of ['alice', 'bob']) {
    const purpose = { user, connection: 'notes', returnTo: '/chat' };
    const access = await orThrow(users.authorize(purpose));
    if (access.status !== 'pending') continue;
    results.pending += 1;
    issuer.consent = { account: user };
    const end = await openLink(access.url, user, users);
    timeline.printEvent(`${user} consents`, `the browser is back at ${new URL(end).pathname}`);
    connected.push({ user, client: await connectMcp(server.url, users.for(purpose)) });
  }
  await Promise.all(connected.map(({ user, client }) => callMany(client, user, results)));
  timeline.printEvent(
    'two users',
    `${callsAtOnce} tool calls each, at once; answers for the wrong user: ${results.wrongUser}`,
  );
  const before = issuer.counts.refreshes;
  server.revokeTokens('alice');
  await Promise.all(connected.map(({ user, client }) => callMany(client, user, results)));
  timeline.printEvent('token revoked', `of alice: ${issuer.counts.refreshes - before} refresh`);
  await Promise.all(connected.map(({ client }) => client.close()));
  await users.close();
}

/** Many calls at once, whose answers must be for this subject. */
async function callMany(client: Client, subject: string, results: MutableResults): Promise<void> {
  const calls = Array.from({ length: callsAtOnce }, () => client.callTool({ name: 'list_notes' }));
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === 'rejected') results.failures.push(String(call.reason));
    else if (!JSON.stringify(call.value.content).includes(`\\"owner\\":\\"${subject}\\"`)) results.wrongUser += 1;
  }
}
