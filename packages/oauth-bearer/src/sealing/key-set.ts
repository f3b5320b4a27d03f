import type { SecretString } from '../secret-string.ts';

/** 32 random bytes, as bytes or as base64url text; or a function that is called once. */
export type SealingKey = KeyValue | (() => KeyValue | Promise<KeyValue>);
export type KeyValue = Uint8Array | string | SecretString;

/** Keys by their ids. New content is sealed with `current`; the others open what was sealed before. */
export interface KeySet {
  readonly current: string;
  readonly keys: Readonly<Record<string, SealingKey>>;
}

/** Keys that come from elsewhere, such as a KMS, and can change while the process runs. */
export interface KeySource {
  /** The id of the key that new content is sealed with. Called at each write. */
  current(): string | Promise<string>;
  /** The key of an id, `undefined` when there is none. Called once for each id. */
  get(id: string): KeyValue | undefined | Promise<KeyValue | undefined>;
}
