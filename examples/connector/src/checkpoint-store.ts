import type { Checkpoint } from './checkpoint.ts';

/**
 * Where the progress of a run is kept between runs: a file, or a row of a database.
 *
 * One run at a time uses a store.
 */
export interface CheckpointStore {
  /** Names the place in messages, such as its path. */
  readonly name: string;
  /**
   * Claims the store for this run, and returns a function that releases it.
   *
   * @throws RunError `STATE` when another run uses the store
   */
  lock(): Promise<() => Promise<void>>;
  /** The JSON value that was saved last, unchecked; `undefined` when nothing was saved. */
  load(): Promise<unknown>;
  /**
   * Replaces the checkpoint atomically. After it resolves, the checkpoint survives a crash.
   *
   * @throws when this run no longer has the lock, so that a run that was taken over confirms nothing
   */
  save(checkpoint: Checkpoint): Promise<void>;
}
