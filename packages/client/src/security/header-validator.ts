import { InvalidHeaderError } from '../errors/index.ts';

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Validates the headers that stages set. The calls of a client share one: a token is long and the same for many calls, so
 * an unchanged value is not validated again.
 */
export class HeaderValidator {
  readonly #last = new Map<string, string>();

  /** @throws InvalidHeaderError naming the header; the value is not shown */
  assertValid(name: string, value: string): void {
    if (this.#last.get(name) === value) return;
    if (!headerName.test(name) || !headerValue.test(value)) throw new InvalidHeaderError(name);
    if (this.#last.size > maxNames) this.#last.clear();
    this.#last.set(name, value);
  }
}

/** Layers use few names. The limit protects the memory from a layer that generates names. */
const maxNames = 50;
