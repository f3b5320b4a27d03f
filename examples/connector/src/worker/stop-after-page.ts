import type { CheckpointStore } from '../checkpoint-store.ts';

/** When a run must end. */
export interface StopOptions {
  /** Aborted to end the run after the page in progress. */
  readonly stop: AbortSignal;
  /** Aborted to end it at once: the page is pulled again by the next attempt. */
  readonly stopNow: AbortSignal;
}

/** A checkpoint that, once it is saved after `stop`, aborts the signal of its run. */
export function stopAfterPage(
  store: CheckpointStore,
  { stop, stopNow }: StopOptions,
): { readonly store: CheckpointStore; readonly signal: AbortSignal } {
  const saved = new AbortController();
  return {
    store: {
      ...store,
      async save(checkpoint) {
        await store.save(checkpoint);
        if (stop.aborted && checkpoint.todo.length > 0) saved.abort();
      },
    },
    signal: AbortSignal.any([saved.signal, stopNow]),
  };
}
