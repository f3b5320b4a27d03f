import { checkOptions, untilAborted } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { checkId } from '../check-identity.ts';
import { UserTokensConfigError } from '../errors.ts';
import { renameConfigError } from '../rename-config-error.ts';
import type { FlowRecord } from '../store/flow-record.ts';
import type { ConsentContext } from './consent-context.ts';

/** How a flow ended. */
export interface FlowResult {
  readonly status: 'completed' | 'denied' | 'expired' | 'failed';
  /** Why it was denied or failed: a `FlowReason`, such as `access_denied`. */
  readonly reason?: string | undefined;
}

export interface WaitOptions {
  /** Ends the wait; the flow goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a flow has ended: at once when it ends in this process, else within a second. It ends with the flow's time at
 * the latest, even while the store does not work.
 *
 * @throws the signal's reason when it is aborted
 * @throws UserTokensConfigError for an id that is unknown or none, and for wrong options
 */
export type Wait = (id: string, options?: WaitOptions) => Promise<FlowResult>;

const rules: OptionRules<WaitOptions> = {
  signal: { test: (value) => value instanceof AbortSignal, expected: 'an AbortSignal' },
};

const pollMs = 1_000;
/** How long the exchange of a code may take after the flow has expired. */
const graceMs = 60_000;

export function createWait(context: ConsentContext): Wait {
  const { store } = context;
  return async (id, options = {}) => {
    checkId('id', id);
    renameConfigError(() => checkOptions(options, rules, { owner: 'users.wait' }));
    const { signal = new AbortController().signal } = options;
    signal.throwIfAborted();
    let last: FlowRecord | undefined;
    let lastReadAt = 0;
    for (;;) {
      const pause = createPause(id, context);
      try {
        const flow = await untilAborted(readFlow(id, last, store), signal);
        if (flow !== undefined) [last, lastReadAt] = [flow, context.clock.monotonic()];
        const result = last && findResult(last, context.clock.monotonic() - lastReadAt);
        if (result !== undefined) return result;
        await untilAborted(pause.ended, signal);
      } finally {
        pause.cancel();
      }
    }
  };
}

/** `undefined` when the store does not work, after it has worked once. */
async function readFlow(
  id: string,
  last: FlowRecord | undefined,
  store: ConsentContext['store'],
): Promise<FlowRecord | undefined> {
  let flow: FlowRecord | undefined;
  try {
    flow = await store.getFlow(id);
  } catch (cause) {
    if (last === undefined) throw cause;
    return undefined;
  }
  if (flow !== undefined) return flow;
  if (last === undefined) throw new UserTokensConfigError('id', 'names no flow, or one that ended long ago');
  return { ...last, status: 'expired' }; // its user was forgotten
}

function findResult({ status, reason, expiresInMs }: FlowRecord, ageMs: number): FlowResult | undefined {
  const leftMs = expiresInMs - ageMs;
  switch (status) {
    case 'pending':
      return leftMs <= 0 ? { status: 'expired' } : undefined;
    case 'exchanging': // its process has died, or cannot write
      return leftMs <= -graceMs ? { status: 'failed', reason: 'code_interrupted' } : undefined;
    case 'completed':
    case 'expired':
      return { status };
    case 'denied':
    case 'failed':
      break;
  }
  return { status, reason };
}

/** Ends when the flow ends in this process, or after a second. */
function createPause(
  id: string,
  { clock, listeners }: ConsentContext,
): { readonly ended: Promise<void>; readonly cancel: () => void } {
  let cancel = (): void => {};
  const ended = new Promise<void>((resolve) => {
    const stop = listeners.add(id, resolve);
    const cancelTimer = clock.schedule(pollMs, resolve);
    cancel = () => {
      stop();
      cancelTimer();
    };
  });
  return { ended, cancel };
}
