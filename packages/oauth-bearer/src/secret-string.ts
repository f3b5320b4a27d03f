const redacted = '[REDACTED]';

/**
 * A secret that cannot print itself: `toString`, JSON, templates, `util.inspect` at any depth and structuredClone show
 * nothing of it.
 *
 * JavaScript cannot erase the memory that holds it.
 */
export class SecretString {
  static {
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => redacted });
  }

  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. There is no other way to get it. */
  expose(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }
}
