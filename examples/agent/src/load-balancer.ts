import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback-server.ts';
import type { Replica } from './start-replica.ts';

/** The address of the back end: sends each request to the next replica, and again when that one has died. */
export interface LoadBalancer {
  readonly origin: string;
  /** What it received and answered. */
  readonly seen: { readonly toolCalls: number; readonly pending: number; readonly failed: number };
  /** The replicas that get requests. */
  replicas: readonly Replica[];
  close(): Promise<void>;
}

/** Starts it, with sign-in: `/login?user=alice` sets the session, anything else that is not a replica's is a page. */
export async function startLoadBalancer(): Promise<LoadBalancer> {
  const server = await listenOnLoopback();
  const seen = { toolCalls: 0, pending: 0, failed: 0 };
  let turn = 0;
  const balancer: LoadBalancer = { origin: server.origin, seen, replicas: [], close: () => server.close() };

  const forward = async (request: IncomingMessage): Promise<Response> => {
    for (;;) {
      const replica = balancer.replicas[turn++ % balancer.replicas.length];
      if (replica === undefined) return new Response(null, { status: 503 });
      try {
        return await fetch(new URL(request.url ?? '/', replica.origin), toInit(request));
      } catch {
        balancer.replicas = balancer.replicas.filter((each) => each !== replica);
      }
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', server.origin);
    if (url.pathname === '/login') {
      response.setHeader('set-cookie', `session=${url.searchParams.get('user')}; Path=/; HttpOnly; SameSite=Lax`);
    }
    if (!/^\/(oauth|tools|authorizations)\//.test(url.pathname)) return void response.end('The agent');
    const answered = await forward(request);
    const body = await answered.text();
    if (url.pathname.startsWith('/tools/')) count(answered.status, body);
    const cookies = answered.headers.getSetCookie();
    response.writeHead(answered.status, { ...Object.fromEntries(answered.headers), 'set-cookie': cookies }).end(body);
  };

  const count = (status: number, body: string): void => {
    seen.toolCalls += 1;
    if (status !== 200) seen.failed += 1;
    else if (body.startsWith('{"pending":true')) seen.pending += 1;
  };

  server.answerWith((request, response) => void answer(request, response));
  return balancer;
}

function toInit({ method = 'GET', headers }: IncomingMessage): RequestInit {
  return { method, redirect: 'manual', headers: headers.cookie === undefined ? {} : { cookie: headers.cookie } };
}
