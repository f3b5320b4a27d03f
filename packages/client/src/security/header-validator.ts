import { InvalidHeaderError } from '../errors/index.ts';

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Checks the headers that stages set. A client's calls share one, because a token is long, and the same for many calls:
 * what was right the last time is not looked at again.
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

/** Names come from layers, so there are few; what makes up names is not let fill the memory. */
const maxNames = 50;
