import { layer } from '@bearings/client/layer';
import type { Client, Layer } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { ClosableClients } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { Redaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';

/** A client of one endpoint, with its credential. The caller closes it. */
export interface Connection extends ClosableClients {
  readonly client: Client;
}

/** What a connection uses, besides its config. */
export interface ConnectOptions extends Pick<Terminal, 'tokenOptions'> {
  readonly redaction: Redaction;
  /** Called before each attempt. */
  readonly onSend: () => void;
  readonly observer: Observer | undefined;
}

/** Observes requests and token events, for `-v`. */
export interface Observer {
  readonly layer: (redaction: Redaction) => Layer;
  readonly onToken: (token: TokenHandle) => void;
}

/**
 * Creates the client of an endpoint. Sends nothing.
 *
 * @throws TokenError | ConfigError | InvalidConfigError for settings that only a token or a client can check
 */
export async function connect(
  config: EndpointsConfig,
  name: string,
  { tokenOptions, redaction, onSend, observer }: ConnectOptions,
): Promise<Connection> {
  const observerLayers = observer === undefined ? [] : [observer.layer(redaction)];
  const clients = await createClients(config, {
    ...tokenOptions,
    names: [name],
    layers: () => [recordCredentials(redaction, onSend), ...observerLayers],
    ...(observer && { onToken: observer.onToken }),
  });
  const close = (): Promise<void> => clients.close();
  const client = clients[name];
  if (client === undefined) throw new TypeError(`Endpoint ${name} was found before and is missing now`);
  return { client, close, [Symbol.asyncDispose]: close };
}

/** Records each sent credential, of any type of `auth`, so that it can be removed from texts of the server. */
function recordCredentials({ remember }: Redaction, onSend: () => void): Layer {
  return layer('network', 'record-credentials', (next) => (request, call) => {
    remember(call.headers.credentialValues());
    onSend();
    return next(request, call);
  });
}
