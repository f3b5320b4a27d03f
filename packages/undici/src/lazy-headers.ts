import { inspect } from 'node:util';
import type { InspectOptions } from 'node:util';
import type { RawHeaders } from './exchange.ts';

/**
 * Headers that are read by name from undici's own record. The platform's Headers are created for all other uses.
 *
 * `instanceof Headers` is true; the platform's constructor does not run.
 */
class LazyHeaders implements Headers {
  readonly #raw: RawHeaders;
  #created: Headers | undefined;

  static {
    Object.setPrototypeOf(this.prototype, Headers.prototype);
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: LazyHeaders, _depth: number, options: InspectOptions) {
        return inspect(this.#headers, options);
      },
    });
  }

  constructor(raw: RawHeaders) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    if (this.#created !== undefined || !isLowerCaseName(name)) return this.#headers.get(name);
    if (!Object.hasOwn(this.#raw, name)) return null;
    const value = this.#raw[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  }

  has(name: string): boolean {
    if (this.#created !== undefined || !isLowerCaseName(name)) return this.#headers.has(name);
    return Object.hasOwn(this.#raw, name);
  }

  getSetCookie(): string[] {
    return this.#headers.getSetCookie();
  }

  append(name: string, value: string): void {
    this.#headers.append(name, value);
  }

  set(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  delete(name: string): void {
    this.#headers.delete(name);
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this.#headers) visit.call(self, value, name, this);
  }

  keys(): ReturnType<Headers['keys']> {
    return this.#headers.keys();
  }

  values(): ReturnType<Headers['values']> {
    return this.#headers.values();
  }

  entries(): ReturnType<Headers['entries']> {
    return this.#headers.entries();
  }

  [Symbol.iterator](): ReturnType<Headers['entries']> {
    return this.#headers.entries();
  }

  get #headers(): Headers {
    this.#created ??= toHeaders(this.#raw);
    return this.#created;
  }
}

/** The headers of a response. Deno's `Response` reads the insides of what is an instance of Headers, so it gets real ones. */
export function createHeaders(raw: RawHeaders): Headers {
  return 'Deno' in globalThis ? toHeaders(raw) : new LazyHeaders(raw);
}

/** True for a name as undici writes it. All other names go to the platform's Headers, which reject invalid ones. */
const isLowerCaseName = (name: unknown): name is string => typeof name === 'string' && /^[a-z-]+$/.test(name);

function toHeaders(raw: RawHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each);
  }
  return headers;
}
