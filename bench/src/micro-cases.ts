import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Client, ClientOptions, Layer } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { Token } from '@bearings/oauth-bearer';
import ky from 'ky';
import { home, order, stubToken } from './stubs.ts';

/** One operation that is repeated many times. */
export interface MicroCase {
  readonly title: string;
  /** Returns a function that does the operation a given number of times. */
  readonly open: () => Promise<(times: number) => Promise<void>>;
}

/** Keeps results alive, so that no call can be optimized away. */
const kept: { last: unknown } = { last: undefined };

const readToken = async (): Promise<(times: number) => Promise<void>> => {
  const token = await stubToken();
  return async (times) => {
    for (let done = 0; done < times; done += 1) kept.last = token.read();
  };
};

/**
 * Ends the turn after every 64 operations: the target of a WeakRef is kept until then, so a loop of microtasks alone
 * would measure a heap that only grows. Operations without WeakRefs have longer turns, because ending a turn costs too.
 */
function repeated(act: () => Promise<unknown>, turn: number = 64): (times: number) => Promise<void> {
  return async (times) => {
    for (let done = 1; done <= times; done += 1) {
      kept.last = await act();
      if (done % turn === 0) await new Promise(setImmediate);
    }
  };
}

const longTurn = 4_096;

const headOnly = new Response(null, { status: 204 });
/** Returns the same response head each time, so that only the stack is measured. */
const bare = layer('transport', 'stub', () => async () => headOnly);
const withJson = layer('transport', 'stub', () => async () => new Response(order));

const onStub = (network: Layer, ...layers: readonly Layer[]): Client =>
  createClient({ baseUrl: home }, network, ...layers);

const idle = (count: number): readonly Layer[] =>
  Array.from({ length: count }, (_, place) =>
    layer('observe', `idle-${place}`, (next) => (request, call) => next(request, call)),
  );

const withToken = async (act: (bearer: Layer) => () => Promise<unknown>): Promise<(times: number) => Promise<void>> =>
  repeated(act(withBearerAuth(await stubToken())));

const idleCase = (count: number): MicroCase => ({
  title: `client.fetch, ${count} idle layers`,
  open: async () => {
    const client = onStub(bare, ...idle(count));
    return repeated(() => client.fetch('/orders/42'));
  },
});

const getToken = async (token: Token): Promise<(times: number) => Promise<void>> =>
  repeated(() => token.get(), longTurn);

/** The numbers of idle layers in the linearity cases. */
export const idleCounts = [1, 16, 32, 64] as const;

/** By the name that the child process receives. */
export const microCases: Readonly<Record<string, MicroCase>> = {
  read: { title: 'token.read(), fresh', open: readToken },
  get: { title: 'await token.get(), fresh', open: async () => getToken(await stubToken()) },
  resolved: {
    title: 'await of a resolved promise',
    open: async () => {
      const settled = Promise.resolve(order);
      return repeated(() => settled, longTurn);
    },
  },
  'stub-json': {
    title: 'the stub alone: new Response, .json()',
    open: async () => repeated(() => new Response(order).json()),
  },
  plain: {
    title: 'client.fetch, no bearer, head only',
    open: async () => {
      const client = onStub(bare);
      return repeated(() => client.fetch('/orders/42'));
    },
  },
  bearer: {
    title: 'client.fetch, bearer, head only',
    open: () =>
      withToken((bearer) => {
        const client = onStub(bare, bearer);
        return () => client.fetch('/orders/42');
      }),
  },
  'fetch-json': {
    title: 'client.fetch, bearer, .json()',
    open: () =>
      withToken((bearer) => {
        const client = onStub(withJson, bearer);
        return async () => (await client.fetch('/orders/42')).json();
      }),
  },
  'ky-json': {
    title: 'client.get, bearer, .json()',
    open: () =>
      withToken((bearer) => {
        const client = onStub(withJson, bearer);
        return () => client.get('orders/42').json();
      }),
  },
  'ky-hook-json': {
    title: 'ky with an auth hook, .json()',
    open: async () => {
      const fetch: ClientOptions['fetch'] = async () => new Response(order);
      const beforeRequest = [({ request }: { request: Request }) => request.headers.set('authorization', 'Bearer abc')];
      const api = ky.create({ prefix: home, fetch, hooks: { beforeRequest } });
      return repeated(() => api.get('orders/42').json());
    },
  },
  ...Object.fromEntries(idleCounts.map((count) => [`idle-${count}`, idleCase(count)])),
};
