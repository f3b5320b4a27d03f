import { closestName } from '@bearings/client/layer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { ClientRegistry } from './client-registry.ts';

/** The health of clients by name, as `@nestjs/terminus` takes it. */
export type HealthResult = Record<string, { readonly status: 'up' | 'down' } & Record<string, unknown>>;

/** Answers whether clients have what they need to call. Does no I/O, so it can be asked at any rate. */
export class ClientHealth {
  readonly #registry: ClientRegistry;

  constructor(registry: ClientRegistry) {
    this.#registry = registry;
  }

  /**
   * The state of clients. A client is down when it has no valid token and the last attempt to get one failed, or when
   * its token is closed. A token that was not needed yet is up.
   *
   * @param names - default: all clients
   * @throws RangeError for a name that has no client
   */
  check(...names: readonly string[]): HealthResult {
    const checked = names.length === 0 ? this.#registry.names() : names;
    return Object.fromEntries(checked.map((name) => [name, readHealth(this.#find(name))]));
  }

  #find(name: string): TokenHandle | undefined {
    const provided = this.#registry.get(name);
    if (provided !== undefined) return provided.token;
    const names = this.#registry.names();
    const closest = closestName(name, names);
    const hint = closest === undefined ? `There are: ${names.join(', ') || 'none'}` : `Did you mean "${closest}"?`;
    throw new RangeError(`There is no client "${name}". ${hint}`);
  }
}

function readHealth(token: TokenHandle | undefined): HealthResult[string] {
  if (token === undefined) return { status: 'up' };
  const { state, validForMs, failure } = token.status();
  const isDown = state === 'closed' || (validForMs === 0 && failure !== undefined);
  return { status: isDown ? 'down' : 'up', token: state, validForMs, ...(failure && { failure: failure.code }) };
}
