const redacted = '[REDACTED]';

/**
 * A secret that cannot print itself: `toString`, JSON, templates, `util.inspect` at any depth and structuredClone show
 * nothing of it.
 *
 * The memory it is in cannot be wiped: JavaScript has no way to.
 */
export class SecretString {
  static {
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => redacted });
  }

  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The only way in. */
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
