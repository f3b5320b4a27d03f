import { BodyHooks } from '@bearings/client/layer';
import type { Read } from '@bearings/client/layer';
import type { Piece, Source } from './source.ts';

/** A body as it is read, through taps: by whoever begins to, and once. */
export class BodyReading {
  readonly taps: BodyHooks = new BodyHooks();
  readonly #source: Source;
  #read: Read | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** True when somebody has begun to read, or has given the body up. */
  isBegun = false;

  /** The next piece, or `undefined` at the end. */
  async next(): Promise<Uint8Array | undefined> {
    this.isBegun = true;
    try {
      this.#read ??= this.taps.through(async (): Promise<Piece> => this.#source.read());
      const { done, value } = await this.#read();
      if (!done) return value;
      this.taps.end();
      return undefined;
    } catch (cause) {
      this.cancel(cause);
      throw cause;
    }
  }

  /** Everything from here to the end. */
  async rest(): Promise<readonly Uint8Array[]> {
    this.isBegun = true;
    const whole = this.#atOnce();
    if (whole !== undefined) return whole;
    const pieces: Uint8Array[] = [];
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) pieces.push(piece);
    return pieces;
  }

  cancel(reason?: unknown): void {
    this.isBegun = true;
    this.taps.end();
    this.#source.cancel(reason);
  }

  /** All of it, when it is there and no tap wants to see it, other than those for waits: then there is nothing to wait for. */
  #atOnce(): readonly Uint8Array[] | undefined {
    if (!this.taps.areOnlyForWaiting) return undefined;
    try {
      const whole = this.#source.takeAll();
      if (whole !== undefined) this.taps.end();
      return whole;
    } catch (cause) {
      this.cancel(cause);
      throw cause;
    }
  }
}
