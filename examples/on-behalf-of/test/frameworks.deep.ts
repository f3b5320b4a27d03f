import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { expect, onTestFinished, test } from 'vitest';
import { createApp as createExpress } from '../src/express.ts';
import { createApp as createFastify } from '../src/fastify.ts';
import { createApp as createHono } from '../src/hono.ts';
import { createGateway } from '../src/gateway.ts';
import type { Gateway } from '../src/gateway.ts';
import { listen, signIn, startServers } from './servers.ts';

type CreateListener = (gateway: Gateway) => RequestListener | Promise<RequestListener>;

const frameworks: readonly (readonly [string, CreateListener])[] = [
  ['Express', createExpress],
  [
    'Fastify',
    async (gateway) => {
      const app = createFastify(gateway);
      await app.ready();
      return (request, response) => app.routing(request, response);
    },
  ],
  // other tests of the process keep the platform's Request and Response
  ['Hono', (gateway) => getRequestListener(createHono(gateway).fetch, { overrideGlobalObjects: false })],
];

interface StartedGateway {
  readonly exchanges: readonly string[];
  /** The status, and the user whose orders came back. */
  readonly send: (token: string | undefined, order?: object) => Promise<readonly [number, string | undefined]>;
}

async function startGateway(createListener: CreateListener): Promise<StartedGateway> {
  const { exchanges, ...servers } = await startServers();
  const gateway = createGateway({ clientId: 'gateway', clientSecret: 'a client secret', ...servers });
  onTestFinished(() => gateway[Symbol.asyncDispose]());
  const { origin } = await listen(await createListener(gateway));
  return {
    exchanges,
    async send(token, order) {
      const response = await fetch(`${origin}/orders`, {
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(order && { 'content-type': 'application/json' }),
        },
        ...(order && { method: 'POST', body: JSON.stringify(order) }),
      });
      const text = await response.text();
      const { user }: { user?: string } = text === '' ? {} : JSON.parse(text);
      return [response.status, user];
    },
  };
}

test.each(frameworks)(
  '%s: 1,000 requests of 50 users make 50 exchanges, and each user gets their own orders',
  async (_, create) => {
    const { send, exchanges } = await startGateway(create);
    const users = Array.from({ length: 50 }, (__, at) => `user-${at}`);
    const tokens = await Promise.all(users.map((user) => signIn(user)));
    const requests = Array.from({ length: 1_000 }, (__, at) => at % 50);

    const answers = await Promise.all(
      requests.map((at, count) => send(tokens[at], count % 2 === 0 ? undefined : { item: count })),
    );

    expect(answers).toEqual(requests.map((at) => [200, users[at]]));
    expect(exchanges.toSorted()).toEqual(users.toSorted());
  },
);

test.each(frameworks)(
  '%s: without a token, and with one that the provider refuses, the caller gets 401',
  async (_, create) => {
    const { send, exchanges } = await startGateway(create);
    const [valid, expired] = [await signIn('alice'), await signIn('bob', -60)];

    const answers = [await send(undefined), await send(expired), await send('no-jwt'), await send(valid)];

    expect(answers.map(([status]) => status)).toEqual([401, 401, 401, 200]);
    expect(exchanges).toEqual(['alice']);
  },
);
