import { Taps } from '@bearings/client';
import type { Read } from '@bearings/client';
import type { ReadResult, ByteSource } from './byte-source.ts';

/** A body as it is read, through taps: by whoever begins to, and once. */
export class BodyReader {
  readonly hooks: Taps = new Taps();
  readonly #source: ByteSource;
  #read: Read | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** True when somebody has begun to read, or has given the body up. */
  isUsed = false;

  /** The next piece, or `undefined` at the end. */
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

  /** Everything from here to the end. */
  async readAll(): Promise<readonly Uint8Array[]> {
    this.isUsed = true;
    const whole = this.#atOnce();
    if (whole !== undefined) return whole;
    const pieces: Uint8Array[] = [];
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) pieces.push(piece);
    return pieces;
  }

  cancel(reason?: unknown): void {
    this.isUsed = true;
    this.hooks.end();
    this.#source.cancel(reason);
  }

  /** All of it, when it is there and no tap wants to see it, other than those for waits: then there is nothing to wait for. */
  #atOnce(): readonly Uint8Array[] | undefined {
    if (!this.hooks.areOnlyForWaiting) return undefined;
    try {
      const whole = this.#source.takeBuffered();
      if (whole !== undefined) this.hooks.end();
      return whole;
    } catch (cause) {
      this.cancel(cause);
      throw cause;
    }
  }
}
