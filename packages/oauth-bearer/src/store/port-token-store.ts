import { mustBeAnswer } from './store-answer.ts';
import type { TokenStore } from './token-store.ts';

/** One end of a channel between threads: a `MessagePort`, a `Worker`, or the `parentPort` of a worker. */
export interface StorePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
  ref?(): void;
  unref?(): void;
}

type Method = 'ask' | 'put' | 'release';

interface StoreCall {
  readonly type: 'bearings.store.call';
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

interface StoreReply {
  readonly type: 'bearings.store.reply';
  readonly id: number;
  readonly isOk: boolean;
  readonly value?: unknown;
}

/** The store of another thread, which calls `serveTokenStore` with the other end. Other messages are ignored. */
export function portTokenStore(port: StorePort): TokenStore {
  const waiting = new Map<number, (reply: StoreReply) => void>();
  let count = 0;
  port.on('message', (message) => {
    if (!hasType(message, 'bearings.store.reply')) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
    if (waiting.size === 0) port.unref?.();
  });
  port.unref?.(); // a store does not keep a thread alive
  const call = async (method: Method, args: readonly unknown[]): Promise<unknown> => {
    count += 1;
    const id = count;
    const { promise, resolve } = Promise.withResolvers<StoreReply>();
    waiting.set(id, resolve);
    port.ref?.();
    port.postMessage({ type: 'bearings.store.call', id, method, args } satisfies StoreCall);
    const { isOk, value } = await promise;
    if (!isOk) throw new Error('The token store of the other thread has failed');
    return value;
  };
  return {
    ask: async (...args) => mustBeAnswer(await call('ask', args)),
    put: async (...args) => (await call('put', args)) === true,
    release: async (...args) => void (await call('release', args)),
  };
}

/** Serves a store to the thread at the other end of a port. Answers with a function that stops it. */
export function serveTokenStore(store: TokenStore, port: StorePort): () => void {
  const answer = async ({ id, method, args }: StoreCall): Promise<void> => {
    const reply = { type: 'bearings.store.reply', id } as const;
    try {
      const value: unknown = await Reflect.apply(store[method], store, args);
      port.postMessage({ ...reply, isOk: true, value });
    } catch {
      port.postMessage({ ...reply, isOk: false }); // the error may not be fit to be sent
    }
  };
  const listener = (message: unknown): void => {
    if (hasType(message, 'bearings.store.call') && methods.has(message.method)) void answer(message); // never rejects
  };
  port.on('message', listener);
  return () => void port.off('message', listener);
}

const methods: ReadonlySet<unknown> = new Set<Method>(['ask', 'put', 'release']);

interface Messages {
  readonly 'bearings.store.call': StoreCall;
  readonly 'bearings.store.reply': StoreReply;
}

function hasType<T extends keyof Messages>(message: unknown, type: T): message is Messages[T] {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
