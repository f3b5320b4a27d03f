import { BodyHooks } from '@bearings/client/layer';
import type { Read } from '@bearings/client/layer';
import type { ByteSource, ReadResult } from './byte-source.ts';

/** Reads a body once, through the hooks that stages have added. */
export class BodyReader {
  readonly hooks: BodyHooks = new BodyHooks();
  /** True when reading has begun, or the body was cancelled. */
  isUsed = false;
  readonly #source: ByteSource;
  #read: Read | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Reads the next chunk; `undefined` at the end. */
  async next(): Promise<Uint8Array | undefined> {
    this.isUsed = true;
    try {
      this.#read ??= this.hooks.through(async (): Promise<ReadResult> => this.#source.read());
      const { done, value } = await this.#read();
      if (!done) return value;
      this.hooks.end();
      return undefined;
    } catch (cause) {
      this.cancel(cause);
      throw cause;
    }
  }

  /** Reads all chunks up to the end. */
  async readAll(): Promise<readonly Uint8Array[]> {
    this.isUsed = true;
    await Promise.resolve(); // an abort right after the call must be heard, also when the whole body has arrived
    const buffered = this.#takeBuffered();
    if (buffered !== undefined) return buffered;
    const chunks: Uint8Array[] = [];
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) chunks.push(chunk);
    return chunks;
  }

  cancel(reason?: unknown): void {
    this.isUsed = true;
    this.hooks.end();
    this.#source.cancel(reason);
  }

  /** Takes the whole body when it has arrived and no hook has to see its chunks: then there is nothing to wait for. */
  #takeBuffered(): readonly Uint8Array[] | undefined {
    if (!this.hooks.areOnlyForWaiting) return undefined;
    try {
      const chunks = this.#source.takeBuffered();
      if (chunks !== undefined) this.hooks.end();
      return chunks;
    } catch (cause) {
      this.cancel(cause);
      throw cause;
    }
  }
}
