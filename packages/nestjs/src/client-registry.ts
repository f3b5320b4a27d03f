import type { Client } from '@bearings/client';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { OnApplicationShutdown } from '@nestjs/common';

/** A client, and the token that is closed with it. */
export interface ProvidedClient {
  readonly client: Client;
  /** Default: a client without a token, or with a token that its owner closes. */
  readonly token?: TokenHandle;
}

/** The clients of one module. Closes them when the application shuts down. */
export class ClientRegistry implements OnApplicationShutdown {
  readonly #clients = new Map<string, ProvidedClient>();

  /** @throws TypeError when a factory returned something else, such as the client itself */
  add(name: string, provided: ProvidedClient): Client {
    const given: Partial<ProvidedClient> | undefined = provided;
    if (typeof given?.client?.close !== 'function') {
      throw new TypeError(`bearingsModule: the factory of "${name}" must return { client, token }`);
    }
    this.#clients.set(name, provided);
    return provided.client;
  }

  get(name: string): ProvidedClient | undefined {
    return this.#clients.get(name);
  }

  names(): string[] {
    return [...this.#clients.keys()];
  }

  /** Runs after the servers of the application are closed, so that their last requests still have a client. */
  async onApplicationShutdown(): Promise<void> {
    const provided = [...this.#clients.values()];
    await Promise.all(provided.map(async ({ client }) => client.close()));
    // a token may belong to several clients
    const tokens = new Set(provided.flatMap(({ token }) => token ?? []));
    await Promise.all([...tokens].map(async (token) => token.close()));
  }
}
