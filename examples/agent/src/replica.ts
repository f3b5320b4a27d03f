import { isBearingsError, orThrow } from '@bearings/client';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAgent } from './agent-tools.ts';
import type { Agent, AgentConfig } from './agent-tools.ts';
import { listenOnLoopback } from './loopback-server.ts';
import { readSession } from './session.ts';

/** One process of the agent's back end. It gets its configuration from the process that starts it, and ends with it. */
process.once('message', (config: AgentConfig) => void serve(config));

async function serve(config: AgentConfig): Promise<void> {
  const agent = await createAgent(config);
  const server = await listenOnLoopback();
  server.answerWith((request, response) => {
    if (request.url?.startsWith('/oauth/')) agent.listener(request, response);
    else void answer(request, response, agent);
  });
  process.once('disconnect', () => void server.close().then(() => agent.close()));
  process.send?.(server.origin);
}

/** `POST /tools/<name>` calls a tool for the signed-in user; `GET /authorizations/<id>` waits for the end of a consent. */
async function answer(request: IncomingMessage, response: ServerResponse, agent: Agent): Promise<void> {
  try {
    send(response, 200, await act(request, agent));
  } catch (cause) {
    send(response, 500, { error: isBearingsError(cause) ? cause.code : String(cause) });
  }
}

async function act({ url = '', headers }: IncomingMessage, { users, tools }: Agent): Promise<unknown> {
  const [, folder, name = ''] = url.split('/');
  const user = readSession(headers.cookie);
  if (user === undefined) throw new Error('No user is signed in');
  if (folder === 'authorizations') return orThrow(users.wait(name));
  const tool = tools[name];
  if (tool === undefined) throw new Error('There is no such tool');
  return users.run({ user }, () => tool(undefined));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
