/** Reads the next piece of a body. */
export type Read = ReadableStreamDefaultReader<Uint8Array>['read'];

/** What a stage does with each read of a body, and once when it has ended, failed or been cancelled. */
export interface BodyHook {
  readonly read?: (read: Read) => ReturnType<Read>;
  readonly end?: () => void;
  /** True when `read` matters only to a read that has to wait: what is at hand need not go through it. Default: false. */
  readonly onlyWhenWaiting?: boolean;
}

/** By this name a response that reads its body by itself, as that of a faster network may, takes taps. */
export const bodyHooks: unique symbol = Symbol.for('bearings.tap');

/** A response that needs no wrapping: it reads its body through the taps that it was given, innermost first. */
export interface HasBodyHooks {
  [bodyHooks](tap: BodyHook): void;
}

/** The taps of one body, innermost first. */
export class BodyHooks {
  readonly #taps: BodyHook[] = [];
  #isOver = false;

  /** The tap that comes last is the outermost. One that comes when it is over is told so. */
  add(tap: BodyHook): void {
    if (this.#isOver) tap.end?.();
    else this.#taps.push(tap);
  }

  /** True when no tap wants to see what is at hand already. */
  get areOnlyForWaiting(): boolean {
    return this.#taps.every(({ read, onlyWhenWaiting: isForWaits }) => read === undefined || isForWaits === true);
  }

  /** A read through all of them. Ask when every stage has had the response. */
  through(source: Read): Read {
    return this.#taps.reduce<Read>((next, { read }) => (read === undefined ? next : () => read(next)), source);
  }

  /** Tells them all, once, that it is over. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const tap of this.#taps) tap.end?.();
    this.#taps.length = 0;
  }
}
