import type { Clock } from '@bearings/client';
import { readEvents } from './read-events.ts';
import type { ServerEvent } from './read-events.ts';

/** Where the status is, and how to ask for it. */
export interface WatchOptions {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What is known of the service: an event of its status, or that it does not answer. */
export type WatchEvent =
  | ServerEvent
  | { readonly name: 'gone'; readonly value: { readonly reason: string; readonly at: number } };

const retryMs = 2_000;
/** The handler sends something every second. */
const silenceMs = 10_000;

/**
 * Follows the status of a service until the signal is aborted. A service that does not answer is asked again every two
 * seconds.
 */
export async function* watchService(options: WatchOptions): AsyncGenerator<WatchEvent> {
  const { clock, signal } = options;
  while (!signal.aborted) {
    let reason = 'it has closed the connection';
    try {
      yield* connect(options);
    } catch (cause) {
      reason = describe(cause);
    }
    if (signal.aborted) return;
    yield { name: 'gone', value: { reason, at: clock.now() } };
    await pause(retryMs, options);
  }
}

async function* connect({ url, fetch, clock, signal }: WatchOptions): AsyncGenerator<ServerEvent> {
  const silence = new AbortController();
  let cancel = clock.schedule(silenceMs, () => silence.abort(new SilenceError()), { background: true });
  const either = AbortSignal.any([signal, silence.signal]);
  try {
    const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: either, redirect: 'error' });
    if (!response.ok) throw new StatusError(response.status);
    if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new FormatError();
    }
    for await (const event of readEvents(response.body)) {
      cancel();
      cancel = clock.schedule(silenceMs, () => silence.abort(new SilenceError()), { background: true });
      yield event;
    }
  } finally {
    cancel();
    silence.abort();
  }
}

class SilenceError extends Error {
  override readonly message = 'it says nothing for 10 s';
}
class StatusError extends Error {
  constructor(status: number) {
    super(`it answered ${status}`);
  }
}
class FormatError extends Error {
  override readonly message = 'it answers without events: is statusHandler mounted there?';
}

function describe(cause: unknown): string {
  if (cause instanceof SilenceError || cause instanceof StatusError || cause instanceof FormatError)
    return cause.message;
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  return code === '' || code.startsWith('UND_ERR_') ? 'the connection failed' : code;
}

function pause(ms: number, { clock, signal }: Pick<WatchOptions, 'clock' | 'signal'>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(ms, resolve, { background: true });
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
