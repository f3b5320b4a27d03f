/** Reads the next chunk of a body. */
export type Read = ReadableStreamDefaultReader<Uint8Array>['read'];

/** What a stage does with each read of a body, and once when the body has ended, failed or been cancelled. */
export interface BodyHook {
  /** Wraps each read: it may look at the chunk, throw, or wait no longer. Default: passes it on. */
  readonly read?: (read: Read) => ReturnType<Read>;
  /** Called once, when nothing more will be read. Default: nothing. */
  readonly end?: () => void;
  /** True when `read` matters only to a read that has to wait: chunks that are there already may bypass it. Default: false. */
  readonly onlyWhenWaiting?: boolean;
}

/** The property with the hooks of a response that reads its body itself, as that of another transport may. */
export const bodyHooks: unique symbol = Symbol.for('bearings.bodyHooks');

/** A response that reads its body through the hooks that are added here. It is not wrapped. */
export interface HasBodyHooks {
  /** `undefined` without a body. */
  readonly [bodyHooks]: BodyHooks | undefined;
}

/** The hooks of one body, innermost first. */
export class BodyHooks {
  readonly #hooks: BodyHook[] = [];
  #isOver = false;

  /** Adds a hook as the outermost. When the body is over already, only its `end` is called. */
  add(hook: BodyHook): void {
    if (this.#isOver) hook.end?.();
    else this.#hooks.push(hook);
  }

  /** True when no hook needs to see chunks that are there already. */
  get areOnlyForWaiting(): boolean {
    return this.#hooks.every(({ read, onlyWhenWaiting }) => read === undefined || onlyWhenWaiting === true);
  }

  /** A read through all hooks. Call it when all stages have added theirs. */
  through(source: Read): Read {
    let outermost = source;
    for (const { read } of this.#hooks) {
      if (read === undefined) continue;
      const next = outermost;
      outermost = () => read(next);
    }
    return outermost;
  }

  /** Calls `end` of each hook, once. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const hook of this.#hooks) hook.end?.();
    this.#hooks.length = 0;
  }
}
